import type { Client } from '@slipway/sdk';
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { client } from '../../client/client.ts';

export type RunDetail = Awaited<ReturnType<Client['runs']['get']>>;
export type RunStatus = RunDetail['status'];
export type Experiment = Awaited<ReturnType<Client['runs']['listExperiments']>>['items'][number];
export type Artifact = Awaited<ReturnType<Client['runs']['artifacts']>>['items'][number];
export type CellsPage = Awaited<ReturnType<typeof readCells>>;
type TablePage = Awaited<ReturnType<Client['runs']['table']>>;
export type Buckets = Awaited<ReturnType<Client['runs']['buckets']>>;
export type ReadCurves = Awaited<ReturnType<Client['runs']['curves']>>;
export type Columns = Awaited<ReturnType<Client['runs']['columns']>>;
export type Cell = string | number | null;

export interface RunScope {
  readonly experiment: string;
  readonly deleted: boolean;
}

const scopeOf = ({ experiment, deleted }: RunScope) => ({ experiment, ...(deleted ? { deleted: 'true' } : {}) });

export const experimentsQuery = (project: string) =>
  queryOptions({
    queryKey: ['runs', project, 'experiments'],
    queryFn: ({ signal }) => client.runs.listExperiments({ params: { project }, signal }),
  });

/** Which runs a filter keeps, in their order: all of them. */
export const findQuery = (project: string, scope: RunScope, filter: string, order: string) =>
  queryOptions({
    queryKey: ['runs', project, 'find', scope, filter, order],
    queryFn: ({ signal }) =>
      client.runs.find({
        params: { project },
        query: { ...scopeOf(scope), ...(filter ? { filter } : {}), ...(order ? { order } : {}) },
        signal,
      }),
  });

/** The columns of a table are those of so many runs until somebody asks for all. */
export const newestLooked = 100;

/** `newest`: of the newest runs only, which is quick; else of all. */
export const columnsQuery = (project: string, scope: RunScope, newest?: number) =>
  queryOptions({
    queryKey: ['runs', project, 'columns', scope, newest ?? 'all'],
    queryFn: ({ signal }) =>
      client.runs.columns({ params: { project }, query: { ...scopeOf(scope), ...(newest === undefined ? {} : { newest }) }, signal }),
  });

/** At most so many runs and columns are asked for at once. */
const runsAtOnce = 200;
const columnsAtOnce = 90;

/** Cells of the named runs, however many. */
export async function readCells(
  project: string,
  scope: RunScope,
  numbers: readonly number[],
  columns: readonly string[],
  signal?: AbortSignal,
) {
  const all: { runs: number[]; columns: Record<string, Cell[]> } = {
    runs: [],
    columns: Object.fromEntries(columns.map((name) => [name, []])),
  };
  for (let from = 0; from < numbers.length; from += runsAtOnce) {
    const runs = numbers.slice(from, from + runsAtOnce).join(',');
    for (let at = 0; at < columns.length; at += columnsAtOnce) {
      const asked = columns.slice(at, at + columnsAtOnce);
      const query = { ...scopeOf(scope), runs, columns: asked.join(',') };
      const page = await client.runs.table({ params: { project }, query, ...(signal ? { signal } : {}) });
      if (at === 0) all.runs.push(...page.runs);
      for (const name of asked) all.columns[name]?.push(...(page.columns[name] ?? []));
    }
  }
  return all;
}

/** Ids of runs by their numbers. */
export async function readIds(project: string, scope: RunScope, numbers: readonly number[]): Promise<string[]> {
  return ((await readCells(project, scope, numbers, ['id'])).columns['id'] ?? []).map(String);
}

/** Cells of these runs, which their numbers name. */
export const cellsQuery = (project: string, scope: RunScope, numbers: readonly number[], columns: readonly string[]) =>
  queryOptions({
    queryKey: ['runs', project, 'cells', scope, numbers.join(','), columns.join(',')],
    queryFn: ({ signal }) => readCells(project, scope, numbers, columns, signal),
  });

/** Small enough that what the reader waits for comes between. */
const pageRuns = 1000;

/** The asked columns of every run that the filter keeps, page after page. */
export async function readAll(
  asked: { readonly project: string; readonly scope: RunScope; readonly filter: string; readonly columns: readonly string[] },
  how: { readonly signal?: AbortSignal; readonly onPage?: (runs: number) => void } = {},
): Promise<{ runs: number[]; columns: Record<string, Cell[]> }> {
  const { project, scope, filter, columns } = asked;
  const all: { runs: number[]; columns: Record<string, Cell[]> } = {
    runs: [],
    columns: Object.fromEntries(columns.map((name) => [name, []])),
  };
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page: TablePage = await client.runs.table({
      params: { project },
      query: {
        ...scopeOf(scope),
        columns: columns.join(','),
        limit: pageRuns,
        ...(filter ? { filter } : {}),
        ...(cursor === undefined ? {} : { cursor }),
      },
      ...(how.signal ? { signal: how.signal } : {}),
    });
    all.runs.push(...page.runs);
    for (const name of columns) all.columns[name]?.push(...(page.columns[name] ?? []));
    how.onPage?.(all.runs.length);
    cursor = page.next;
  }
  return all;
}

export const allCellsQuery = (project: string, scope: RunScope, filter: string, columns: readonly string[]) =>
  queryOptions({
    queryKey: ['runs', project, 'all', scope, filter, columns.join(',')],
    queryFn: ({ signal }) => readAll({ project, scope, filter, columns }, { signal }),
    enabled: columns.length > 1,
  });

export const runQuery = (project: string, run: string) =>
  queryOptions({ queryKey: ['runs', project, 'run', run], queryFn: ({ signal }) => client.runs.get({ params: { project, run }, signal }) });

export const artifactsQuery = (project: string, run: string) =>
  queryOptions({
    queryKey: ['runs', project, 'artifacts', run],
    queryFn: ({ signal }) => client.runs.artifacts({ params: { project, run }, signal }),
  });

export interface BucketsAsked {
  readonly key: string;
  readonly width: number;
  readonly axis?: 'step' | 'time';
  readonly from?: number;
  readonly to?: number;
}

export const bucketsQuery = (project: string, run: string, asked: BucketsAsked) =>
  queryOptions({
    queryKey: ['runs', project, 'buckets', run, asked],
    queryFn: ({ signal }) => client.runs.buckets({ params: { project, run }, query: asked, signal }),
  });

/** An artifact as text; what is an answer of bytes is read whole, so ask only for what is small. */
export const artifactTextQuery = (project: string, run: string, path: string) =>
  queryOptions({
    queryKey: ['runs', project, 'artifact', run, path],
    queryFn: async ({ signal }) => {
      const answer = await client.runs.getArtifact({ params: { project, run }, query: { path }, signal });
      return answer.text();
    },
    staleTime: Number.POSITIVE_INFINITY,
  });

export const logQuery = (project: string, execution: string, step: string) =>
  queryOptions({
    queryKey: ['pipelines', project, 'log', execution, step],
    queryFn: async ({ signal }) => {
      let text = '';
      for (let from = 0, more = true; more; ) {
        const part = await client.pipelines.logs({ params: { project, execution, step }, query: { from }, signal });
        text += part.text;
        more = part.text !== '' && part.next > from;
        from = part.next;
      }
      return text;
    },
  });

/** One change of runs; afterwards all that shows runs is asked again. */
export function useRunChange<Input, Output>(change: (input: Input) => Promise<Output>, done?: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: async () => {
      done?.();
      await queries.invalidateQueries({ queryKey: ['runs'] });
    },
  });
}

export const changes = {
  createExperiment: (project: string) => (name: string) => client.runs.createExperiment({ params: { project }, body: { name } }),
  rename: (project: string, run: string) => (name: string) => client.runs.update({ params: { project, run }, body: { name } }),
  archive: (project: string) => async (runs: readonly string[]) => {
    for (const run of runs) await client.runs.delete({ params: { project, run } });
  },
  restore: (project: string) => async (runs: readonly string[]) => {
    for (const run of runs) await client.runs.restore({ params: { project, run } });
  },
  tag:
    (project: string) =>
    async ({ runs, key, value }: { readonly runs: readonly string[]; readonly key: string; readonly value: string }) => {
      for (const run of runs) await client.runs.log({ params: { project, run }, body: { tags: [{ key, value }] } });
    },
  stop: (project: string) => (execution: string) => client.pipelines.cancel({ params: { project, execution } }),
  register:
    (project: string) =>
    ({ model, file, run }: { readonly model: string; readonly file: string; readonly run: string }) =>
      client.models.add({ params: { project, model }, body: { file, run } }),
} as const;
