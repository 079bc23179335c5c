import type { Client } from '@slipway/sdk';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { client } from '../../client/client.ts';

export { sentenceOf, whoDid } from './event-words.ts';
export { approversOf, servedAt } from './served.ts';
export { fromField } from './zone.ts';

type Items<T> = T extends { items: readonly (infer One)[] } ? One : never;
export type AuditEvent = Awaited<ReturnType<Client['audit']['list']>>['events'][number];
export type Rollout = Items<Awaited<ReturnType<Client['deployments']['rollouts']>>>;

export interface Filter {
  readonly caller?: string;
  readonly type?: string;
  readonly subject?: string;
  readonly text?: string;
  readonly from_ms?: number;
  readonly to_ms?: number;
}

const page = 100;

/**
 * The log as it was when it was asked for. Its key has no noun that the live stream touches, so its rows stay where they are;
 * `newerQuery` says how many came since.
 */
export const logQuery = (project: string, filter: Filter) =>
  infiniteQueryOptions({
    queryKey: ['log', project, filter],
    initialPageParam: undefined as number | undefined,
    queryFn: ({ signal, pageParam }) => pageOf(project, filter, pageParam, signal),
    getNextPageParam: ({ next_before }) => next_before ?? undefined,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });

function pageOf(project: string, filter: Filter, before: number | undefined, signal: AbortSignal | undefined) {
  const query = { ...filter, limit: page, ...(before === undefined ? {} : { before }) };
  return client.audit.list({ params: { project }, query, ...(signal ? { signal } : {}) });
}

/** Events that came after `newest`; as many as `full` means that there may be more. */
export const newerQuery = (project: string, filter: Filter, newest: number) =>
  queryOptions({
    queryKey: ['audit', project, 'newer', filter, newest],
    queryFn: async ({ signal }) => {
      const { events } = await pageOf(project, filter, undefined, signal);
      const amount = events.filter(({ number }) => number > newest).length;
      return { amount, full: amount === page };
    },
  });

export const whyQuery = (project: string, number: number) =>
  queryOptions({
    queryKey: ['log', project, 'why', number],
    queryFn: async ({ signal }) => (await client.audit.why({ params: { project, number }, signal })).story,
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Everything that the filter lets through, however many pages; `onPage` hears how many are there so far. */
export async function wholeLog(project: string, filter: Filter, onPage: (amount: number) => void): Promise<AuditEvent[]> {
  const all: AuditEvent[] = [];
  for (let before: number | undefined, more = true; more; ) {
    const { events, next_before } = await pageOf(project, filter, before, undefined);
    all.push(...events);
    onPage(all.length);
    more = next_before !== null;
    before = next_before ?? undefined;
  }
  return all;
}

/** The server keeps to so many rollouts of a deployment in one answer. */
export const rolloutsLimit = 100;

export const rolloutsQuery = (project: string, deployment: string) =>
  queryOptions({
    queryKey: ['deployments', project, deployment, 'rollouts'],
    queryFn: async ({ signal }) => (await client.deployments.rollouts({ params: { project, deployment }, signal })).items,
  });
