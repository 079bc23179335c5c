import type { Client } from '@slipway/sdk';
import { queryOptions } from '@tanstack/react-query';
import { client } from '../../client/client.ts';

type Items<T> = T extends { items: readonly (infer One)[] } ? One : never;
export type Performance = Awaited<ReturnType<Client['reports']['performance']>>;
export type Summary = Awaited<ReturnType<Client['reports']['summary']>>;
export type Incident = Items<Awaited<ReturnType<Client['monitors']['incidents']>>>;
export type Monitor = Items<Awaited<ReturnType<Client['monitors']['list']>>>;
export type Decision = Items<Awaited<ReturnType<Client['automations']['decisions']>>>;
export type Policy = Items<Awaited<ReturnType<Client['automations']['list']>>>;
export type Model = Items<Awaited<ReturnType<Client['models']['list']>>>;
export type Version = Awaited<ReturnType<Client['models']['version']>>;

/** Of a deployment, in the time of the project; an end that is null is that of the record. */
export interface Period {
  readonly from_ms: number | null;
  readonly to_ms: number | null;
}

export const performanceQuery = (project: string, deployment: string, { from_ms, to_ms }: Period, by: 'month' | 'all') =>
  queryOptions({
    queryKey: ['reports', project, 'performance', deployment, from_ms, to_ms, by],
    queryFn: ({ signal }) =>
      client.reports.performance({
        params: { project },
        query: {
          deployment,
          by,
          versions: 'served,1',
          ...(from_ms === null ? {} : { from_ms }),
          ...(to_ms === null ? {} : { to_ms }),
        },
        signal,
      }),
    // It reads every row of the period, and months that are past do not change.
    staleTime: 300_000,
  });

export const summaryQuery = (project: string, deployment: string) =>
  queryOptions({
    queryKey: ['reports', project, 'summary', deployment],
    queryFn: ({ signal }) => client.reports.summary({ params: { project }, query: { deployment }, signal }),
  });

/** All incidents of the project, however many pages. */
export const incidentsQuery = (project: string) =>
  queryOptions({
    queryKey: ['monitors', project, 'incidents', 'all'],
    queryFn: async ({ signal }) => {
      const all: Incident[] = [];
      for (let cursor: string | undefined, more = true; more; ) {
        const query = { limit: 50, ...(cursor === undefined ? {} : { cursor }) };
        const { items, next } = await client.monitors.incidents({ params: { project }, query, signal });
        all.push(...items);
        more = next !== null;
        cursor = next ?? undefined;
      }
      return all;
    },
  });

export const monitorsQuery = (project: string) =>
  queryOptions({
    queryKey: ['monitors', project, 'list'],
    queryFn: async ({ signal }) => (await client.monitors.list({ params: { project }, signal })).items,
  });

export const policiesQuery = (project: string) =>
  queryOptions({
    queryKey: ['automations', project, 'list'],
    queryFn: async ({ signal }) => (await client.automations.list({ params: { project }, signal })).items,
  });

export const decisionsQuery = (project: string) =>
  queryOptions({
    queryKey: ['automations', project, 'decisions'],
    queryFn: async ({ signal }) => (await client.automations.decisions({ params: { project }, signal })).items,
  });

export const modelsQuery = (project: string) =>
  queryOptions({
    queryKey: ['models', project, 'list'],
    queryFn: async ({ signal }) => (await client.models.list({ params: { project }, signal })).items,
  });

export const versionQuery = (project: string, model: string, version: number) =>
  queryOptions({
    queryKey: ['models', project, model, 'version', version],
    queryFn: ({ signal }) => client.models.version({ params: { project, model, version }, signal }),
  });
