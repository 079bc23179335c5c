import type { Client } from '@slipway/sdk';
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { client } from '../../client/client.ts';

type Items<T> = T extends { items: readonly (infer One)[] } ? One : never;
export type Deployment = Items<Awaited<ReturnType<Client['deployments']['list']>>>;
export type Rollout = Items<Awaited<ReturnType<Client['deployments']['rollouts']>>>;
export type StepEvidence = Rollout['evidence'][number];
export type GuardEvidence = StepEvidence['guards'][number];
export type Served = Awaited<ReturnType<Client['deployments']['served']>>;
export type ServedRow = Items<Awaited<ReturnType<Client['deployments']['rows']>>>;
export type Prediction = Awaited<ReturnType<Client['deployments']['predict']>>;

/** Event time, the end not included. */
export interface Span {
  readonly from_ms: number;
  readonly to_ms?: number;
}

/** The server keeps to so many rollouts of a deployment in one answer. */
export const listedRollouts = 100;

const rowsOfPage = 200;

const named = (project: string, deployment: string) => ({ params: { project, deployment } });

export const deploymentQueries = {
  list: (project: string) =>
    queryOptions({
      queryKey: ['deployments', project, 'list'],
      queryFn: async ({ signal }) => (await client.deployments.list({ params: { project }, signal })).items,
    }),
  one: (project: string, deployment: string) =>
    queryOptions({
      queryKey: ['deployments', project, deployment, 'one'],
      queryFn: ({ signal }) => client.deployments.get({ ...named(project, deployment), signal }),
    }),
  rollouts: (project: string, deployment: string) =>
    queryOptions({
      queryKey: ['deployments', project, deployment, 'rollouts'],
      queryFn: async ({ signal }) => (await client.deployments.rollouts({ ...named(project, deployment), signal })).items,
    }),
  /** Rows by version and status; of the whole time, or of a span of it. */
  served: (project: string, deployment: string, span: Partial<Span> = {}) =>
    queryOptions({
      queryKey: ['deployments', project, deployment, 'served', span.from_ms ?? null, span.to_ms ?? null],
      queryFn: ({ signal }) => client.deployments.served({ ...named(project, deployment), query: span, signal }),
    }),
  rows: (project: string, deployment: string, span: Span) =>
    infiniteQueryOptions({
      queryKey: ['deployments', project, deployment, 'rows', span.from_ms, span.to_ms ?? null],
      queryFn: ({ signal, pageParam }) =>
        client.deployments.rows({
          ...named(project, deployment),
          query: { ...span, limit: rowsOfPage, ...(pageParam === '' ? {} : { cursor: pageParam }) },
          signal,
        }),
      initialPageParam: '',
      getNextPageParam: ({ next }) => next,
    }),
  /** The row that was served last, as an example of what is asked. */
  example: (project: string, deployment: string) =>
    queryOptions({
      queryKey: ['deployments', project, deployment, 'example'],
      queryFn: async ({ signal }) => {
        const { last_ms } = await client.deployments.served({ ...named(project, deployment), signal });
        if (last_ms === null) return null;
        const { items } = await client.deployments.rows({ ...named(project, deployment), query: { from_ms: last_ms, limit: 1 }, signal });
        return items[0] ?? null;
      },
    }),
};

/** The calls that move traffic; what they answer is in the pages at once. */
export function useDeploymentActions(project: string, deployment: string) {
  const queries = useQueryClient();
  const onSuccess = async () => {
    await Promise.all(['deployments', 'models', 'audit'].map((noun) => queries.invalidateQueries({ queryKey: [noun] })));
  };
  const target = named(project, deployment);
  return {
    roll: useMutation({ mutationFn: (version: number) => client.deployments.roll({ ...target, body: { version } }), onSuccess }),
    rollback: useMutation({
      mutationFn: (reason: string) => client.deployments.rollback({ ...target, body: reason === '' ? {} : { reason } }),
      onSuccess,
    }),
    promote: useMutation({ mutationFn: () => client.deployments.promote(target), onSuccess }),
    retire: useMutation({ mutationFn: () => client.deployments.retire(target), onSuccess }),
    predict: useMutation({
      mutationFn: (row: Readonly<Record<string, unknown>>) =>
        client.deployments.predict({ params: { deployment }, body: { rows: [{ ...row }] } }),
      onSuccess,
    }),
  };
}
