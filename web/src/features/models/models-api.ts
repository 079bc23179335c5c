import type { Client } from '@slipway/sdk';
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { client } from '../../client/client.ts';

type Items<T> = T extends { items: readonly (infer One)[] } ? One : never;
export type Model = Items<Awaited<ReturnType<Client['models']['list']>>>;
export type ListedVersion = Items<Awaited<ReturnType<Client['models']['versions']>>>;
export type Version = Awaited<ReturnType<Client['models']['version']>>;
export type Verdict = Items<Awaited<ReturnType<Client['gates']['verdicts']>>>;
export type Evidence = Verdict['evidence'][number];
export type Gate = Items<Awaited<ReturnType<Client['gates']['list']>>>;
export type Criterion = Gate['definition']['criteria'][number];
export type Approval = Items<Awaited<ReturnType<Client['approvals']['list']>>>;
export type Deployment = Items<Awaited<ReturnType<Client['deployments']['list']>>>;
export type Rollout = Items<Awaited<ReturnType<Client['deployments']['rollouts']>>>;
export type Run = Awaited<ReturnType<Client['runs']['get']>>;
export type Execution = Items<Awaited<ReturnType<Client['pipelines']['executions']>>>;
export type ExecutionDetail = Awaited<ReturnType<Client['pipelines']['execution']>>;
export type AuditEvent = Awaited<ReturnType<Client['audit']['list']>>['events'][number];

const inProject = (project: string) => ({ params: { project } });

/** Each part of a page asks for itself; keys end in `of models`, since other rooms ask the same addresses for other ends. */
export const modelsQueries = {
  list: (project: string) =>
    queryOptions({
      queryKey: ['models', project, 'list'],
      queryFn: async ({ signal }) => (await client.models.list({ ...inProject(project), signal })).items,
    }),
  versions: (project: string, model: string) =>
    queryOptions({
      queryKey: ['models', project, model, 'versions'],
      queryFn: async ({ signal }) => (await client.models.versions({ params: { project, model }, signal })).items,
    }),
  version: (project: string, model: string, version: number) =>
    queryOptions({
      queryKey: ['models', project, model, 'version', version],
      queryFn: ({ signal }) => client.models.version({ params: { project, model, version }, signal }),
    }),
  /** Newest first. */
  verdicts: (project: string, model?: string) =>
    queryOptions({
      queryKey: ['gates', project, 'verdicts of models', model ?? ''],
      queryFn: async ({ signal }) =>
        (await client.gates.verdicts({ ...inProject(project), query: model === undefined ? {} : { model }, signal })).items,
    }),
  gates: (project: string) =>
    queryOptions({
      queryKey: ['gates', project, 'of models'],
      queryFn: async ({ signal }) => (await client.gates.list({ ...inProject(project), signal })).items,
    }),
  approvals: (project: string) =>
    queryOptions({
      queryKey: ['approvals', project, 'of models'],
      queryFn: async ({ signal }) => (await client.approvals.list({ ...inProject(project), signal })).items,
    }),
  deployments: (project: string) =>
    queryOptions({
      queryKey: ['deployments', project, 'of models'],
      queryFn: async ({ signal }) => (await client.deployments.list({ ...inProject(project), signal })).items,
    }),
  rollouts: (project: string, deployment: string) =>
    queryOptions({
      queryKey: ['deployments', project, deployment, 'rollouts of models'],
      queryFn: async ({ signal }) => (await client.deployments.rollouts({ params: { project, deployment }, signal })).items,
    }),
  /** Rows by version; of the whole time, or of the event times from `from_ms` to `to_ms`. */
  served: (project: string, deployment: string, span: { readonly from_ms?: number; readonly to_ms?: number } = {}) =>
    queryOptions({
      queryKey: ['deployments', project, deployment, 'served of models', span],
      queryFn: ({ signal }) => client.deployments.served({ params: { project, deployment }, query: span, signal }),
    }),
  executions: (project: string) =>
    queryOptions({
      queryKey: ['pipelines', project, 'executions of models'],
      queryFn: async ({ signal }) => (await client.pipelines.executions({ ...inProject(project), signal })).items,
    }),
  execution: (project: string, execution: string) =>
    queryOptions({
      queryKey: ['pipelines', project, execution, 'of models'],
      queryFn: ({ signal }) => client.pipelines.execution({ params: { project, execution }, signal }),
    }),
  run: (project: string, run: string) =>
    queryOptions({
      queryKey: ['runs', project, run, 'of models'],
      queryFn: ({ signal }) => client.runs.get({ params: { project, run }, signal }),
    }),
  datasetVersion: (project: string, dataset: string, version: number) =>
    queryOptions({
      queryKey: ['datasets', project, dataset, version, 'of models'],
      queryFn: ({ signal }) => client.datasets.version({ params: { project, dataset, version: String(version) }, signal }),
    }),
  aliasMoves: (project: string, model: string) =>
    queryOptions({
      queryKey: ['models', project, model, 'alias moves'],
      queryFn: async ({ signal }) =>
        (await client.audit.list({ ...inProject(project), query: { type: 'alias.moved', subject: `model ${model}`, limit: 100 }, signal }))
          .events,
    }),
  /** One event by its number, for who did it. */
  event: (project: string, number: number) =>
    queryOptions({
      queryKey: ['audit', project, 'event of models', number],
      staleTime: Number.POSITIVE_INFINITY,
      queryFn: async ({ signal }) =>
        (await client.audit.list({ ...inProject(project), query: { before: number + 1, limit: 1 }, signal })).events.find(
          (event) => event.number === number,
        ) ?? null,
    }),
};

/** A change, and which answers it makes stale; the live stream would say so too, a moment later. */
function useChange<Input, Answer>(change: (input: Input) => Promise<Answer>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () =>
      Promise.all(['models', 'gates', 'approvals', 'deployments'].map((noun) => queries.invalidateQueries({ queryKey: [noun] }))),
  });
}

export const useRoll = (project: string) =>
  useChange(({ deployment, version }: { readonly deployment: string; readonly version: number }) =>
    client.deployments.roll({ params: { project, deployment }, body: { version } }),
  );

export const useEvaluate = (project: string) =>
  useChange(({ gate, model, version }: { readonly gate: string; readonly model: string; readonly version: number }) =>
    // Hundreds of rows are scored and the latency is measured: it may take a while on a busy machine.
    client.gates.evaluate({ params: { project, gate }, body: { model, version }, timeout_ms: 300_000 }),
  );

export interface MoveOfAlias {
  readonly alias: string;
  readonly version: number;
  /** Where it was when the person decided: another move meanwhile is a conflict, not a surprise. */
  readonly expected: number | null;
  readonly reason: string;
}

export const useMoveAlias = (project: string, model: string) =>
  useChange(({ alias, version, expected, reason }: MoveOfAlias) =>
    client.models.setAlias({ params: { project, model, alias }, body: { version, expected, ...(reason === '' ? {} : { reason }) } }),
  );

export const useRetire = (project: string, model: string) =>
  useChange((version: number) => client.models.retireVersion({ params: { project, model, version } }));

/** Where a browser fetches a file of a version; the session goes with it. */
export function fileAddress(project: string, model: string, version: number, path: string): string {
  const [p, m, file] = [project, model, path].map(encodeURIComponent);
  return `/api/v1/projects/${p}/models/${m}/versions/${version}/file?path=${file}`;
}
