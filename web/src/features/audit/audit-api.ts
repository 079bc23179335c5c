import type { Client } from '@slipway/sdk';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { client } from '../../client/client.ts';

export { sentenceOf, whoDid } from './event-words.ts';
export { approversOf, servedAt } from './served.ts';
export { fromField } from './zone.ts';

export type AuditEvent = Awaited<ReturnType<Client['audit']['list']>>['events'][number];

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

/** The newest events that the filter lets through, at most `limit`. */
export const eventsQuery = (project: string, filter: Filter, limit: number) =>
  queryOptions({
    queryKey: ['audit', project, 'events', filter, limit],
    queryFn: async ({ signal }) => (await client.audit.list({ params: { project }, query: { ...filter, limit }, signal })).events,
  });

/** The same page by page, as they come in. */
export const eventPagesQuery = (project: string, filter: Filter, limit: number) =>
  infiniteQueryOptions({
    queryKey: ['audit', project, 'event pages', filter, limit],
    initialPageParam: undefined as number | undefined,
    queryFn: ({ signal, pageParam }) =>
      client.audit.list({
        params: { project },
        query: { ...filter, limit, ...(pageParam === undefined ? {} : { before: pageParam }) },
        signal,
      }),
    getNextPageParam: ({ next_before }) => next_before ?? undefined,
  });

/** One event by its number, for who did it. */
export const eventQuery = (project: string, number: number) =>
  queryOptions({
    queryKey: ['log', project, 'event', number],
    queryFn: async ({ signal }) => {
      const { events } = await client.audit.list({ params: { project }, query: { before: number + 1, limit: 1 }, signal });
      return events.find((event) => event.number === number) ?? null;
    },
    staleTime: Number.POSITIVE_INFINITY,
  });

/** How an event came about: the chain of its causes, which does not change any more. */
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
