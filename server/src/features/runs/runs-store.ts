import type { Database, Handle } from '../../platform/database/index.ts';
import { type KeyValue, type LatestMetric, type Lifecycle, type MetricPoint, numberOf, type Run, type RunStatus } from './run.ts';

interface ExperimentsTable {
  number: number;
  project_id: string;
  name: string;
  lifecycle: Lifecycle;
  created_at_ms: number;
  updated_at_ms: number;
  artifact_root: string | null;
}

interface RunsTable {
  number: number;
  id: string;
  project_id: string;
  experiment: number;
  name: string;
  status: RunStatus;
  lifecycle: Lifecycle;
  started_at_ms: number;
  ended_at_ms: number | null;
  person: string | null;
  execution_id: string | null;
  step: string | null;
  started_event: number;
  cpu_ms: number;
  bytes: number;
  reported_user: string | null;
}

interface OutsideDatasetsTable {
  experiment: number;
  name: string;
  digest: string;
  source_type: string;
  source: string;
  schema: string | null;
  profile: string | null;
}

interface KeyValueTable {
  run: number;
  key: string;
  value: string;
}

interface PointsTable {
  run: number;
  key: number;
  step: number;
  timestamp_ms: number;
  value: number;
  is_nan: number;
}

declare module '../../platform/database/handle.ts' {
  interface Tables {
    experiments: ExperimentsTable;
    runs: RunsTable;
    run_params: KeyValueTable & { number: number | null };
    run_tags: KeyValueTable;
    metric_keys: { id: number; name: string };
    metric_points: PointsTable;
    metric_latest: PointsTable & { minimum: number | null; maximum: number | null };
    run_artifacts: { run: number; path: string; digest: string; bytes: number; put_at_ms: number };
    run_inputs: { run: number; dataset: string; version: number | null; digest: string; context: string; tags: string | null };
    outside_datasets: OutsideDatasetsTable;
  }
}

export type ExperimentRow = ExperimentsTable;
/** A run with the small number that its points and params are filed under. */
export type RunRow = Run & { readonly number: number; readonly project_id: string; readonly reported_user: string | null };

export async function lastRunNumber(tx: Handle): Promise<number> {
  const row = await tx
    .selectFrom('runs')
    .select((of) => of.fn.max('number').as('last'))
    .executeTakeFirst();
  return Number(row?.last ?? 0);
}

const insertOne = `insert into runs (number, id, project_id, experiment, name, status, lifecycle, started_at_ms, ended_at_ms, person,
  execution_id, step, started_event, cpu_ms, bytes, reported_user) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** Its number is free. */
export function insertRun(database: Database, tx: Handle, run: RunsTable): void {
  const { number, id, project_id, experiment, name, status, lifecycle, started_at_ms, ended_at_ms } = run;
  const first = [number, id, project_id, experiment, name, status, lifecycle, started_at_ms, ended_at_ms];
  const { person, execution_id, step, started_event, cpu_ms, bytes, reported_user } = run;
  database.send(tx, insertOne, [...first, person, execution_id, step, started_event, cpu_ms, bytes, reported_user], 16);
}

export async function findRun(handle: Handle, project_id: string, id: string): Promise<RunRow | null> {
  const row = await handle.selectFrom('runs').selectAll().where('id', '=', id).where('project_id', '=', project_id).executeTakeFirst();
  return row ? { ...row, experiment: String(row.experiment) } : null;
}

export async function setRun(tx: Handle, number: number, change: Partial<Pick<RunsTable, 'name' | 'lifecycle'>>): Promise<void> {
  await tx.updateTable('runs').set(change).where('number', '=', number).execute();
}

const updateState = 'update runs set name = ?, status = ?, ended_at_ms = ?, cpu_ms = ?, bytes = ? where number = ?';

/** What a run tells of itself while it goes on, and at its end. */
export function setState(
  database: Database,
  tx: Handle,
  { number, name, status, ended_at_ms, cpu_ms, bytes }: Pick<RunsTable, 'number' | 'name' | 'status' | 'ended_at_ms' | 'cpu_ms' | 'bytes'>,
): void {
  database.send(tx, updateState, [name, status, ended_at_ms, cpu_ms, bytes, number], 6);
}

export async function setLifecycleOfRuns(tx: Handle, experiment: number, lifecycle: Lifecycle): Promise<void> {
  await tx.updateTable('runs').set({ lifecycle }).where('experiment', '=', experiment).execute();
}

export async function findParams(handle: Handle, run: number, keys: readonly string[]): Promise<Map<string, string>> {
  const rows = await handle
    .selectFrom('run_params')
    .select(['key', 'value'])
    .where('run', '=', run)
    .where('key', 'in', [...keys])
    .execute();
  return new Map(rows.map((row) => [row.key, row.value]));
}

/** Params whose keys the run does not have. */
export function insertParams(database: Database, tx: Handle, run: number, params: readonly KeyValue[]): void {
  const values: unknown[] = [];
  for (const { key, value } of params) values.push(run, key, value, numberOf(value));
  database.send(tx, 'insert into run_params (run, key, value, number) values (?, ?, ?, ?)', values, 4);
}

const upsertTag = 'insert into run_tags (run, key, value) values (?, ?, ?) on conflict (run, key) do update set value = excluded.value';

export function putTags(database: Database, tx: Handle, run: number, tags: readonly KeyValue[]): void {
  const values: unknown[] = [];
  for (const { key, value } of tags) values.push(run, key, value);
  database.send(tx, upsertTag, values, 3);
}

export async function deleteTag(tx: Handle, run: number, key: string): Promise<boolean> {
  const result = await tx.deleteFrom('run_tags').where('run', '=', run).where('key', '=', key).executeTakeFirst();
  return Number(result.numDeletedRows) > 0;
}

/** Ids of metric names, made where they are new. */
export async function metricKeyIds(tx: Handle, names: readonly string[]): Promise<Map<string, number>> {
  const found = await tx
    .selectFrom('metric_keys')
    .selectAll()
    .where('name', 'in', [...names])
    .execute();
  const ids = new Map(found.map((row) => [row.name, row.id]));
  const fresh = names.filter((name) => !ids.has(name));
  if (fresh.length === 0) return ids;
  const row = await tx
    .selectFrom('metric_keys')
    .select((of) => of.fn.max('id').as('last'))
    .executeTakeFirst();
  let id = Number(row?.last ?? 0);
  const rows = fresh.map((name) => ({ id: ++id, name }));
  await tx.insertInto('metric_keys').values(rows).execute();
  for (const made of rows) ids.set(made.name, made.id);
  return ids;
}

const insertPoint =
  'insert into metric_points (run, key, step, timestamp_ms, value, is_nan) values (?, ?, ?, ?, ?, ?) on conflict do nothing';

/**
 * Values are NaN-flagged: SQL has no NaN. All six columns are numbers, and go as one array of doubles; those of a key together, as they
 * lie in the table.
 */
export function insertPoints(
  database: Database,
  tx: Handle,
  run: number,
  keys: ReadonlyMap<string, number>,
  points: readonly MetricPoint[],
): void {
  const values = new Float64Array(points.length * 6);
  const ends = placesOf(points);
  for (const { key, step, timestamp_ms, value } of points) {
    const isNan = Number.isNaN(value);
    const at = ends.get(key) ?? 0;
    ends.set(key, at + 6);
    values[at] = run;
    values[at + 1] = keys.get(key) ?? Number.NaN;
    values[at + 2] = step;
    values[at + 3] = timestamp_ms;
    values[at + 4] = isNan ? 0 : value;
    values[at + 5] = isNan ? 1 : 0;
  }
  database.send(tx, insertPoint, values, 6);
}

/** Where the first point of each key comes in such an array. */
function placesOf(points: readonly MetricPoint[]): Map<string, number> {
  const places = new Map<string, number>();
  for (const { key } of points) places.set(key, (places.get(key) ?? 0) + 6);
  let next = 0;
  for (const [key, size] of places) {
    places.set(key, next);
    next += size;
  }
  return places;
}

/** `newer` compares (step, timestamp, value) with NaN as the least, as `isNewer` does. */
const placeOf = (row: string): string => `(${row}.step, ${row}.timestamp_ms, -${row}.is_nan, ${row}.value)`;
const newer = `${placeOf('excluded')} > ${placeOf('metric_latest')}`;
const pick = (column: string): string => `${column} = case when ${newer} then excluded.${column} else metric_latest.${column} end`;
const upsertLatest = `insert into metric_latest (run, key, step, timestamp_ms, value, is_nan, minimum, maximum) values (?, ?, ?, ?, ?, ?, ?, ?)
  on conflict (run, key) do update set ${['step', 'timestamp_ms', 'value', 'is_nan'].map(pick).join(', ')},
  minimum = case when metric_latest.minimum is null or excluded.minimum < metric_latest.minimum then excluded.minimum else metric_latest.minimum end,
  maximum = case when metric_latest.maximum is null or excluded.maximum > metric_latest.maximum then excluded.maximum else metric_latest.maximum end`;

export function foldLatestInto(
  database: Database,
  tx: Handle,
  run: number,
  keys: ReadonlyMap<string, number>,
  latest: ReadonlyMap<string, LatestMetric>,
): void {
  const values: unknown[] = [];
  for (const [key, point] of latest) {
    const isNan = Number.isNaN(point.value);
    values.push(run, keys.get(key), point.step, point.timestamp_ms, isNan ? 0 : point.value, isNan ? 1 : 0, point.minimum, point.maximum);
  }
  database.send(tx, upsertLatest, values, 8);
}

export async function putArtifact(
  tx: Handle,
  row: { run: number; path: string; digest: string; bytes: number; put_at_ms: number },
): Promise<void> {
  await tx
    .insertInto('run_artifacts')
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(['run', 'path']).doUpdateSet({ digest: row.digest, bytes: row.bytes, put_at_ms: row.put_at_ms }),
    )
    .execute();
}

export async function insertInputs(
  tx: Handle,
  rows: readonly { run: number; dataset: string; version: number | null; digest: string; context: string; tags: string | null }[],
): Promise<void> {
  await tx
    .insertInto('run_inputs')
    .values([...rows])
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** What is told of an outside dataset is kept once in an experiment, however many runs read it. */
export async function insertOutsideDataset(tx: Handle, row: OutsideDatasetsTable): Promise<void> {
  await tx
    .insertInto('outside_datasets')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
