import { sql } from 'kysely';
import type { Handle } from '../../platform/database/index.ts';
import { codeFolder, codeOf, type RunCode } from './code.ts';
import type { KeyValue, LatestMetric, Lifecycle, Run } from './run.ts';
import type { RunRow } from './runs-store.ts';

export interface RunDetail extends Run {
  readonly params: readonly KeyValue[];
  readonly tags: readonly KeyValue[];
  readonly metrics: readonly LatestMetric[];
  readonly inputs: readonly RunInput[];
  readonly code: RunCode | null;
}

export interface RunInput {
  readonly dataset: string;
  readonly version: number | null;
  readonly digest: string;
  readonly context: string;
  /** What a client says beside it; only given on the way in, and by `withTracking`. */
  readonly tags?: readonly KeyValue[];
  /** Of a dataset that is not ours. */
  readonly outside?: OutsideDataset;
}

/** What a client tells of data that it read from elsewhere. All of it is text of its own. */
export interface OutsideDataset {
  readonly source_type: string;
  readonly source: string;
  readonly schema: string | null;
  readonly profile: string | null;
}

export interface Artifact {
  readonly path: string;
  readonly digest: string;
  readonly bytes: number;
}

/** So many runs in one statement: databases take some ten thousand values at once. */
const together = 5000;

/** The runs with all that was logged, in five statements for each five thousand of them. */
export async function withDetail(handle: Handle, rows: readonly RunRow[]): Promise<RunDetail[]> {
  const details: RunDetail[] = [];
  for (let from = 0; from < rows.length; from += together) {
    details.push(...(await withDetailOf(handle, rows.slice(from, from + together))));
  }
  return details;
}

async function withDetailOf(handle: Handle, rows: readonly RunRow[]): Promise<RunDetail[]> {
  const numbers = rows.map((row) => row.number);
  const [params, tags, metrics, inputs, files] = await Promise.all([
    handle.selectFrom('run_params').select(['run', 'key', 'value']).where('run', 'in', numbers).orderBy('key').execute(),
    handle.selectFrom('run_tags').selectAll().where('run', 'in', numbers).orderBy('key').execute(),
    handle
      .selectFrom('metric_latest')
      .innerJoin('metric_keys', 'metric_keys.id', 'metric_latest.key')
      .select(['run', 'name', 'step', 'timestamp_ms', 'value', 'is_nan', 'minimum', 'maximum'])
      .where('run', 'in', numbers)
      .orderBy('name')
      .execute(),
    handle
      .selectFrom('run_inputs')
      .select(['run', 'dataset', 'version', 'digest', 'context'])
      .where('run', 'in', numbers)
      .orderBy('dataset')
      .execute(),
    handle
      .selectFrom('run_artifacts')
      .select(['run', 'path', 'digest', 'bytes'])
      .where('run', 'in', numbers)
      .where('path', '>=', codeFolder)
      .where('path', '<', afterFolder(codeFolder))
      .orderBy('path')
      .execute(),
  ]);
  // Written out: to copy the rest of a row costs ten times as much, and a page of a hundred runs has thousands of rows.
  const pairOf = ({ key, value }: KeyValue): KeyValue => ({ key, value });
  const [paramsOf, tagsOf] = [byRun(params, pairOf), byRun(tags, pairOf)];
  const latestOf = byRun(metrics, ({ name, is_nan, value, step, timestamp_ms, minimum, maximum }): LatestMetric => {
    return { key: name, value: is_nan ? Number.NaN : value, step, timestamp_ms, minimum, maximum };
  });
  const inputsOf = byRun(inputs, ({ dataset, version, digest, context }): RunInput => ({ dataset, version, digest, context }));
  const filesOf = byRun(files, ({ path, digest, bytes }): Artifact => ({ path, digest, bytes }));
  return rows.map(({ number, project_id: _, reported_user: __, ...run }) => ({
    ...run,
    params: paramsOf(number),
    tags: tagsOf(number),
    metrics: latestOf(number),
    inputs: inputsOf(number),
    code: codeOf(tagsOf(number), filesOf(number)),
  }));
}

/** What one run read. */
export async function selectInputs(handle: Handle, run: number): Promise<RunInput[]> {
  const query = handle.selectFrom('run_inputs').select(['dataset', 'version', 'digest', 'context']).where('run', '=', run);
  return query.orderBy('dataset').execute();
}

/** The first text behind all paths of a folder: `0` comes after `/`. */
function afterFolder(folder: string): string {
  return `${folder.slice(0, -1)}0`;
}

function byRun<T extends { run: number }, V>(rows: readonly T[], partOf: (row: T) => V): (run: number) => V[] {
  const found = new Map<number, V[]>();
  for (const row of rows) {
    const list = found.get(row.run);
    if (list) list.push(partOf(row));
    else found.set(row.run, [partOf(row)]);
  }
  return (run) => found.get(run) ?? [];
}

export interface RunFilter {
  readonly experiment?: number;
  readonly execution_id?: string;
  readonly lifecycle: Lifecycle;
  /** Continue after this run, in the order newest first. */
  readonly after?: { readonly started_at_ms: number; readonly number: number };
  readonly limit: number;
}

/** Newest first, paged by key. */
export async function selectRuns(handle: Handle, project_id: string, filter: RunFilter): Promise<RunRow[]> {
  let query = handle.selectFrom('runs').selectAll().where('project_id', '=', project_id).where('lifecycle', '=', filter.lifecycle);
  if (filter.experiment !== undefined) query = query.where('experiment', '=', filter.experiment);
  if (filter.execution_id !== undefined) query = query.where('execution_id', '=', filter.execution_id);
  if (filter.after) {
    const { started_at_ms, number } = filter.after;
    query = query.where(sql<boolean>`(started_at_ms, number) < (${started_at_ms}, ${number})`);
  }
  const rows = await query.orderBy('started_at_ms', 'desc').orderBy('number', 'desc').limit(filter.limit).execute();
  return rows.map((row) => ({ ...row, experiment: String(row.experiment) }));
}

export async function selectArtifacts(handle: Handle, run: number): Promise<Artifact[]> {
  return handle.selectFrom('run_artifacts').select(['path', 'digest', 'bytes']).where('run', '=', run).orderBy('path').execute();
}

export async function findArtifact(handle: Handle, run: number, path: string): Promise<Artifact | null> {
  const found = handle.selectFrom('run_artifacts').select(['path', 'digest', 'bytes']).where('run', '=', run).where('path', '=', path);
  return (await found.executeTakeFirst()) ?? null;
}

/** Every blob that an artifact names, for the sweep of blobs that nothing names any more. */
export async function selectArtifactDigests(handle: Handle): Promise<string[]> {
  const rows = await handle.selectFrom('run_artifacts').select('digest').distinct().execute();
  return rows.map((row) => row.digest);
}
