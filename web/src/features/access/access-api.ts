import type { Client } from '@slipway/sdk';
import { queryOptions, useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { client } from '../../client/client.ts';

export type Me = Awaited<ReturnType<Client['access']['me']>>;
export type Project = Awaited<ReturnType<Client['access']['getProject']>>;
export type Permission = Project['permissions'][number];

export const meQuery = queryOptions({ queryKey: ['access', 'me'], queryFn: ({ signal }) => client.access.me({ signal }) });

export const projectsQuery = queryOptions({
  queryKey: ['access', 'projects'],
  queryFn: ({ signal }) => client.access.listProjects({ signal }),
});

export const projectQuery = (project: string) =>
  queryOptions({
    queryKey: ['access', 'project', project],
    queryFn: ({ signal }) => client.access.getProject({ params: { project }, signal }),
  });

/** Inside a project's pages, whose frame has loaded it already. */
export function useProject(project: string): Project {
  return useSuspenseQuery(projectQuery(project)).data;
}

export const useMe = () => useQuery(meQuery);
