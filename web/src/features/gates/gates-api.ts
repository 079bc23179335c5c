import type { Client } from '@slipway/sdk';
import { queryOptions } from '@tanstack/react-query';
import { client } from '../../client/client.ts';

type Items<T> = T extends { items: readonly (infer One)[] } ? One : never;
export type Gate = Items<Awaited<ReturnType<Client['gates']['list']>>>;
export type Criterion = Gate['definition']['criteria'][number];
export type Verdict = Items<Awaited<ReturnType<Client['gates']['verdicts']>>>;
export type Evidence = Verdict['evidence'][number];

export interface VerdictFilter {
  readonly model?: string;
  readonly version?: number;
}

const verdicts = (project: string, filter: VerdictFilter = {}) =>
  queryOptions({
    queryKey: ['gates', project, 'verdicts', filter.model ?? null, filter.version ?? null],
    queryFn: async ({ signal }) => (await client.gates.verdicts({ params: { project }, query: filter, signal })).items,
  });

export const gatesQueries = {
  list: (project: string) =>
    queryOptions({
      queryKey: ['gates', project, 'list'],
      queryFn: async ({ signal }) => (await client.gates.list({ params: { project }, signal })).items,
    }),
  /** Newest first. */
  verdicts,
  /** The verdict that an event wrote; an approval counts for exactly that evidence. Null where the server no longer lists it. */
  verdictAt: (project: string, model: string, version: number, event: number) => ({
    ...verdicts(project, { model, version }),
    select: (items: readonly Verdict[]) => items.find((verdict) => verdict.event === event) ?? null,
  }),
};
