import type { Client } from '@slipway/sdk';
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { client } from '../../client/client.ts';

type Items<T> = T extends { items: readonly (infer One)[] } ? One : never;
export type Approval = Items<Awaited<ReturnType<Client['approvals']['list']>>>;
export type Verdict = Items<Awaited<ReturnType<Client['gates']['verdicts']>>>;
export type Evidence = Verdict['evidence'][number];
export type Deployment = Items<Awaited<ReturnType<Client['deployments']['list']>>>;
export type TrailEvent = Awaited<ReturnType<Client['audit']['list']>>['events'][number];

/** The server keeps to so many in one answer; a page that gets all of them says that there may be older ones. */
export const listLimit = 200;

export const approvalsQuery = (project: string) =>
  queryOptions({
    queryKey: ['approvals', project, 'list'],
    queryFn: async ({ signal }) => (await client.approvals.list({ params: { project }, signal })).items,
  });

export const approvalQuery = (project: string, approval: string) =>
  queryOptions({
    queryKey: ['approvals', project, 'one', approval],
    queryFn: ({ signal }) => client.approvals.get({ params: { project, approval }, signal }),
  });

/** The verdict that the approval was asked on; an approval counts for exactly that evidence. */
export const verdictOf = (project: string, { model, version, verdict_event }: Pick<Approval, 'model' | 'version' | 'verdict_event'>) =>
  queryOptions({
    queryKey: ['gates', project, 'verdict', verdict_event],
    queryFn: async ({ signal }) => {
      const { items } = await client.gates.verdicts({ params: { project }, query: { model, version }, signal });
      return items.find(({ event }) => event === verdict_event) ?? null;
    },
  });

export const deploymentsOf = (project: string) =>
  queryOptions({
    queryKey: ['deployments', project, 'list'],
    queryFn: async ({ signal }) => (await client.deployments.list({ params: { project }, signal })).items,
  });

/** What happened to a version, newest first, page by page. */
export const trailOf = (project: string, model: string, version: number) =>
  infiniteQueryOptions({
    queryKey: ['audit', project, 'version', model, version],
    initialPageParam: undefined as number | undefined,
    queryFn: ({ signal, pageParam }) =>
      client.audit.list({
        params: { project },
        query: { text: `version ${version} of ${model}`, limit: 50, ...(pageParam === undefined ? {} : { before: pageParam }) },
        signal,
      }),
    getNextPageParam: ({ next_before }) => next_before ?? undefined,
  });

export function useDecide(project: string, approval: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: { readonly decision: 'approve' | 'refuse'; readonly reason: string }) =>
      client.approvals.decide({ params: { project, approval }, body }),
    onSettled: () =>
      Promise.all(['approvals', 'gates', 'models', 'audit', 'deployments'].map((noun) => queries.invalidateQueries({ queryKey: [noun] }))),
  });
}
