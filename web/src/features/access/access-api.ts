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

export type Member = Awaited<ReturnType<Client['access']['listMembers']>>['members'][number];

export const membersQuery = (project: string) =>
  queryOptions({
    queryKey: ['access', 'members', project],
    queryFn: async ({ signal }) => (await client.access.listMembers({ params: { project }, signal })).members,
  });

/** The name of a person by id; the id itself where the person is no member (any more). */
export function usePersonName(project: string): (person: string) => string {
  const members = useQuery(membersQuery(project)).data ?? [];
  return (person) => members.find((one) => one.person === person)?.name ?? person;
}
