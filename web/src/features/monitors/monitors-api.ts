import type { Client } from '@slipway/sdk';
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { client } from '../../client/client.ts';

type Items<T> = T extends { items: readonly (infer One)[] } ? One : never;
export type Monitor = Items<Awaited<ReturnType<Client['monitors']['list']>>>;
export type Result = Items<Awaited<ReturnType<Client['monitors']['results']>>>;
export type Incident = Awaited<ReturnType<Client['monitors']['incident']>>;
export type Drift = Result['measurements']['drift'][string];
export type Definition = Monitor['definition'];

export interface IncidentFilter {
  readonly monitor?: string;
  readonly state?: Incident['state'];
}

const resultsOfPage = 100;
const incidentsOfPage = 50;
const listedIncidents = 200;
const answersLimit = 100;
export const stripWindows = 40;
const rowsOfPage = 1000;

export const monitorQueries = {
  list: (project: string) =>
    queryOptions({
      queryKey: ['monitors', project, 'list'],
      queryFn: async ({ signal }) => (await client.monitors.list({ params: { project }, signal })).items,
    }),
  newest: (project: string, monitor: string) =>
    queryOptions({
      queryKey: ['monitors', project, monitor, 'newest'],
      queryFn: async ({ signal }) =>
        (await client.monitors.results({ params: { project, monitor }, query: { limit: stripWindows }, signal })).items,
    }),
  /** Every window that ended after `from_ms`, oldest first. */
  results: (project: string, monitor: string, from_ms: number) =>
    queryOptions({
      queryKey: ['monitors', project, monitor, 'results', from_ms],
      queryFn: async ({ signal }) => {
        const found: Result[] = [];
        let cursor: string | null = '';
        while (cursor !== null) {
          const query = { limit: resultsOfPage, ...(cursor === '' ? {} : { cursor }) };
          const page: { readonly items: readonly Result[]; readonly next: string | null } = await client.monitors.results({
            params: { project, monitor },
            query,
            signal,
          });
          found.push(...page.items);
          const reached = page.items.at(-1);
          cursor = reached && reached.window_to_ms > from_ms ? page.next : null;
        }
        return found.filter(({ window_to_ms }) => window_to_ms > from_ms).toSorted((a, b) => a.window_to_ms - b.window_to_ms);
      },
    }),
  incidents: (project: string, filter: IncidentFilter) =>
    infiniteQueryOptions({
      queryKey: ['monitors', project, 'incidents', filter.monitor ?? null, filter.state ?? null],
      queryFn: ({ signal, pageParam }) =>
        client.monitors.incidents({
          params: { project },
          query: { ...filter, limit: incidentsOfPage, ...(pageParam === '' ? {} : { cursor: pageParam }) },
          signal,
        }),
      initialPageParam: '',
      getNextPageParam: ({ next }) => next,
    }),
  /** Incidents, or investigation entries, that nobody has taken or closed, newest first, as many as the server lists at once. */
  open: (project: string, severity: Incident['severity']) =>
    queryOptions({
      queryKey: ['monitors', project, 'open', severity],
      queryFn: async ({ signal }) =>
        (await client.monitors.incidents({ params: { project }, query: { severity, state: 'open', limit: listedIncidents }, signal }))
          .items,
    }),
  /** Every incident of a deployment, newest first; entries that only watch are left out. */
  incidentsOf: (project: string, deployment: string) =>
    queryOptions({
      queryKey: ['monitors', project, 'incidents of', deployment],
      queryFn: async ({ signal }) => {
        const found: Incident[] = [];
        let cursor: string | null = '';
        while (cursor !== null) {
          const query = { deployment, severity: 'incident', limit: listedIncidents, ...(cursor === '' ? {} : { cursor }) } as const;
          const page: Awaited<ReturnType<Client['monitors']['incidents']>> = await client.monitors.incidents({
            params: { project },
            query,
            signal,
          });
          found.push(...page.items);
          cursor = page.next;
        }
        return found;
      },
    }),
  incident: (project: string, incident: string) =>
    queryOptions({
      queryKey: ['monitors', project, 'incident', incident],
      queryFn: ({ signal }) => client.monitors.incident({ params: { project, incident }, signal }),
    }),
  /** The executions that people started as their answer to what an event told of, by the number of the event that began them, with who did. */
  answers: (project: string, event: number) =>
    queryOptions({
      queryKey: ['audit', project, 'answers', event],
      queryFn: async ({ signal }) => {
        const query = { type: 'execution.started', cause: event, limit: answersLimit };
        const { events } = await client.audit.list({ params: { project }, query, signal });
        return new Map(events.map(({ number, caller }) => [number, caller.name]));
      },
    }),
  /** The inputs of every row that was answered in a window; whoever asks has looked how many there are. */
  bodies: (project: string, deployment: string, from_ms: number, to_ms: number) =>
    queryOptions({
      queryKey: ['deployments', project, deployment, 'bodies', from_ms, to_ms],
      queryFn: async ({ signal }) => {
        const found: Readonly<Record<string, unknown>>[] = [];
        let cursor: string | null = '';
        while (cursor !== null) {
          const query = { from_ms, to_ms, limit: rowsOfPage, ...(cursor === '' ? {} : { cursor }) };
          const page: Awaited<ReturnType<Client['deployments']['rows']>> = await client.deployments.rows({
            params: { project, deployment },
            query,
            signal,
          });
          for (const { body, status } of page.items) if (body !== null && status === 'ok') found.push(body);
          cursor = page.next;
        }
        return found;
      },
    }),
};

export function useMonitorActions(project: string) {
  const queries = useQueryClient();
  const refresh = (...nouns: readonly string[]) => Promise.all(nouns.map((noun) => queries.invalidateQueries({ queryKey: [noun] })));
  const onSuccess = async () => {
    await refresh('monitors', 'audit');
  };
  return {
    check: useMutation({ mutationFn: (monitor: string) => client.monitors.check({ params: { project, monitor } }), onSuccess }),
    define: useMutation({
      mutationFn: ({ monitor, body }: { readonly monitor: string; readonly body: Definition }) =>
        client.monitors.define({ params: { project, monitor }, body }),
      onSuccess,
    }),
    acknowledge: useMutation({
      mutationFn: ({ incident, reason }: { readonly incident: string; readonly reason: string }) =>
        client.monitors.acknowledge({ params: { project, incident }, body: { reason } }),
      onSuccess,
    }),
    resolve: useMutation({
      mutationFn: ({ incident, reason }: { readonly incident: string; readonly reason: string }) =>
        client.monitors.resolve({ params: { project, incident }, body: { reason } }),
      onSuccess,
    }),
    retrain: useMutation({
      mutationFn: ({ pipeline, because }: { readonly pipeline: string; readonly because: number }) =>
        client.pipelines.start({ params: { project, pipeline }, body: { because } }),
      onSuccess: async () => {
        await refresh('pipelines', 'runs', 'automations', 'audit');
      },
    }),
    stop: useMutation({
      mutationFn: (execution: string) => client.pipelines.cancel({ params: { project, execution } }),
      onSuccess: async () => {
        await refresh('pipelines', 'audit');
      },
    }),
  };
}
