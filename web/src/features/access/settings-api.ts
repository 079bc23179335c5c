import type { Client } from '@slipway/sdk';
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { client } from '../../client/client.ts';

type Items<T> = T extends { items: readonly (infer One)[] } ? One : never;
export type Token = Awaited<ReturnType<Client['access']['listTokens']>>['tokens'][number];
export type Session = Awaited<ReturnType<Client['access']['listSessions']>>['sessions'][number];
export type Receiver = Items<Awaited<ReturnType<Client['notifications']['list']>>>;
export type Delivery = Items<Awaited<ReturnType<Client['notifications']['deliveries']>>>;
export type Usage = Awaited<ReturnType<Client['operations']['usage']>>;

export const tokensQuery = queryOptions({
  queryKey: ['access', 'tokens'],
  queryFn: async ({ signal }) => (await client.access.listTokens({ signal })).tokens,
});

export const sessionsQuery = queryOptions({
  queryKey: ['access', 'sessions'],
  queryFn: async ({ signal }) => (await client.access.listSessions({ signal })).sessions,
});

export const receiversQuery = (project: string) =>
  queryOptions({
    queryKey: ['notifications', project, 'receivers'],
    queryFn: async ({ signal }) => (await client.notifications.list({ params: { project }, signal })).items,
  });

export const deliveriesQuery = (project: string) =>
  infiniteQueryOptions({
    queryKey: ['notifications', project, 'deliveries'],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ signal, pageParam }) =>
      client.notifications.deliveries({
        params: { project },
        query: { limit: 50, ...(pageParam === undefined ? {} : { cursor: pageParam }) },
        signal,
      }),
    getNextPageParam: ({ next }) => next ?? undefined,
  });

export const usageQuery = queryOptions({
  queryKey: ['operations', 'usage'],
  queryFn: ({ signal }) => client.operations.usage({ signal }),
});

/** A mutation after which everything of a noun is asked again. */
export function useChange<Input, Answer>(noun: string, change: (input: Input) => Promise<Answer>) {
  const queries = useQueryClient();
  return useMutation({ mutationFn: change, onSuccess: () => queries.invalidateQueries({ queryKey: [noun] }) });
}
