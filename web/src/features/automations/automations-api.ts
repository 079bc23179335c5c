import type { Client } from '@slipway/sdk';
import { queryOptions } from '@tanstack/react-query';
import { client } from '../../client/client.ts';

type Items<T> = T extends { items: readonly (infer One)[] } ? One : never;
export type Policy = Items<Awaited<ReturnType<Client['automations']['list']>>>;
type Page = Awaited<ReturnType<Client['automations']['decisions']>>;
export type Decision = Items<Page>;

/** The newest decisions to train again or to wait, and whether there are older ones. */
export interface Decisions {
  readonly items: readonly Decision[];
  readonly more: boolean;
}

const decisionsOfPage = 100;
const mostOfPage = 500;

export const automationsQueries = {
  policies: (project: string) =>
    queryOptions({
      queryKey: ['automations', project, 'list'],
      queryFn: async ({ signal }) => (await client.automations.list({ params: { project }, signal })).items,
    }),
  decisions: (project: string) =>
    queryOptions({
      queryKey: ['automations', project, 'decisions'],
      queryFn: async ({ signal }): Promise<Decisions> => {
        const { items, next } = await client.automations.decisions({ params: { project }, query: { limit: decisionsOfPage }, signal });
        return { items, more: next !== null };
      },
    }),
  /** Every decision from a moment of the project's time on, newest first. */
  decisionsSince: (project: string, from_ms: number) =>
    queryOptions({
      queryKey: ['automations', project, 'decisions since', from_ms],
      queryFn: async ({ signal }) => {
        const found: Decision[] = [];
        let cursor: string | null = '';
        while (cursor !== null) {
          const query = { limit: mostOfPage, ...(cursor === '' ? {} : { cursor }) };
          const page: Page = await client.automations.decisions({ params: { project }, query, signal });
          found.push(...page.items);
          // The clock of a project never goes back, so what is older than the first one that is too old is too old as well.
          cursor = (page.items.at(-1)?.clock_ms ?? from_ms) >= from_ms ? page.next : null;
        }
        return found.filter(({ clock_ms }) => clock_ms >= from_ms);
      },
    }),
};
