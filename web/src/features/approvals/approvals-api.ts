import type { Client } from '@slipway/sdk';
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { client } from '../../client/client.ts';

type Items<T> = T extends { items: readonly (infer One)[] } ? One : never;
export type Approval = Items<Awaited<ReturnType<Client['approvals']['list']>>>;

/** The server keeps to so many in one answer; a page that gets all of them says that there may be older ones. */
export const listLimit = 200;

/** Newest first; of all, or of those in one state. */
export const approvalsQuery = (project: string, state?: Approval['state']) =>
  queryOptions({
    queryKey: ['approvals', project, 'list', state ?? null],
    queryFn: async ({ signal }) =>
      (await client.approvals.list({ params: { project }, query: state === undefined ? {} : { state }, signal })).items,
  });

export const approvalQuery = (project: string, approval: string) =>
  queryOptions({
    queryKey: ['approvals', project, 'one', approval],
    queryFn: ({ signal }) => client.approvals.get({ params: { project, approval }, signal }),
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
