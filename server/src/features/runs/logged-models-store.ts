import type { Database, Handle } from '../../platform/database/index.ts';
import { foldersOf, type KeyValue } from './run.ts';

export type LoggedModelStatus = 'pending' | 'uploading' | 'ready' | 'failed';

interface LoggedModelsTable {
  number: number;
  id: string;
  project_id: string;
  experiment: number;
  name: string;
  kind: string;
  status: LoggedModelStatus;
  status_message: string | null;
  run_id: string | null;
  created_at_ms: number;
  updated_at_ms: number;
  deleted_at_ms: number | null;
}

interface MetricsTable {
  model: number;
  key: string;
  run_id: string;
  dataset: string;
  digest: string;
  step: number;
  timestamp_ms: number;
  value: number;
  is_nan: number;
}

declare module '../../platform/database/handle.ts' {
  interface Tables {
    logged_models: LoggedModelsTable;
    logged_model_params: { model: number; key: string; value: string };
    logged_model_tags: { model: number; key: string; value: string };
    logged_model_metrics: MetricsTable;
    logged_model_files: { model: number; path: string; digest: string; bytes: number };
    run_models: { run: number; model_id: string; direction: 'in' | 'out'; step: number };
  }
}

export type LoggedModelRow = LoggedModelsTable;
export type LoggedMetricRow = MetricsTable;

export async function insertLoggedModel(tx: Handle, row: Omit<LoggedModelsTable, 'number'>): Promise<number> {
  const last = await tx
    .selectFrom('logged_models')
    .select((of) => of.fn.max('number').as('last'))
    .executeTakeFirst();
  const number = Number(last?.last ?? 0) + 1;
  await tx
    .insertInto('logged_models')
    .values({ ...row, number })
    .execute();
  return number;
}

export async function findLoggedModel(handle: Handle, project_id: string, id: string): Promise<LoggedModelRow | null> {
  const found = handle.selectFrom('logged_models').selectAll().where('id', '=', id).where('project_id', '=', project_id);
  return (await found.executeTakeFirst()) ?? null;
}

export async function setLoggedModel(
  tx: Handle,
  number: number,
  change: Partial<Pick<LoggedModelsTable, 'status' | 'status_message' | 'updated_at_ms' | 'deleted_at_ms'>>,
): Promise<void> {
  await tx.updateTable('logged_models').set(change).where('number', '=', number).execute();
}

export async function putLoggedModelTags(database: Database, tx: Handle, model: number, tags: readonly KeyValue[]): Promise<void> {
  const upsert =
    'insert into logged_model_tags (model, key, value) values (?, ?, ?) on conflict (model, key) do update set value = excluded.value';
  await database.many(
    tx,
    upsert,
    tags.flatMap(({ key, value }) => [model, key, value]),
    3,
  );
}

export async function deleteLoggedModelTag(tx: Handle, model: number, key: string): Promise<boolean> {
  const result = await tx.deleteFrom('logged_model_tags').where('model', '=', model).where('key', '=', key).executeTakeFirst();
  return Number(result.numDeletedRows) > 0;
}

export async function paramKeys(handle: Handle, model: number): Promise<Set<string>> {
  const rows = await handle.selectFrom('logged_model_params').select('key').where('model', '=', model).execute();
  return new Set(rows.map(({ key }) => key));
}

export async function insertLoggedModelParams(database: Database, tx: Handle, model: number, params: readonly KeyValue[]): Promise<void> {
  await database.many(
    tx,
    'insert into logged_model_params (model, key, value) values (?, ?, ?)',
    params.flatMap(({ key, value }) => [model, key, value]),
    3,
  );
}

/** The same point again is one row. */
export async function insertLoggedModelMetrics(tx: Handle, rows: readonly MetricsTable[]): Promise<void> {
  await tx
    .insertInto('logged_model_metrics')
    .values([...rows])
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** True when a file of the model lies above or below `path`: a file cannot be a folder too. */
export async function clashesWithModelFolder(tx: Handle, model: number, path: string): Promise<boolean> {
  const folders = foldersOf(path);
  const found = tx
    .selectFrom('logged_model_files')
    .select('path')
    .where('model', '=', model)
    .where((is) =>
      is.or([
        is.and([is('path', '>', `${path}/`), is('path', '<', `${path}0`)]),
        ...(folders.length > 0 ? [is('path', 'in', folders)] : []),
      ]),
    );
  return (await found.executeTakeFirst()) !== undefined;
}

export async function putLoggedModelFile(tx: Handle, row: { model: number; path: string; digest: string; bytes: number }): Promise<void> {
  await tx
    .insertInto('logged_model_files')
    .values(row)
    .onConflict((conflict) => conflict.columns(['model', 'path']).doUpdateSet({ digest: row.digest, bytes: row.bytes }))
    .execute();
}

export async function deleteLoggedModelFiles(tx: Handle, model: number, paths: readonly string[]): Promise<void> {
  await tx
    .deleteFrom('logged_model_files')
    .where('model', '=', model)
    .where('path', 'in', [...paths])
    .execute();
}

export async function selectLoggedModelFiles(handle: Handle, model: number) {
  return handle.selectFrom('logged_model_files').select(['path', 'digest', 'bytes']).where('model', '=', model).orderBy('path').execute();
}

export async function findLoggedModelFile(handle: Handle, model: number, path: string) {
  const found = handle
    .selectFrom('logged_model_files')
    .select(['path', 'digest', 'bytes'])
    .where('model', '=', model)
    .where('path', '=', path);
  return (await found.executeTakeFirst()) ?? null;
}

export async function selectLoggedModelDigests(handle: Handle): Promise<string[]> {
  const rows = await handle.selectFrom('logged_model_files').select('digest').distinct().execute();
  return rows.map(({ digest }) => digest);
}

export async function insertRunModels(
  tx: Handle,
  rows: readonly { run: number; model_id: string; direction: 'in' | 'out'; step: number }[],
): Promise<void> {
  await tx
    .insertInto('run_models')
    .values([...rows])
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Params, tags and metrics of some models, in three statements. */
export async function selectLoggedModelParts(handle: Handle, numbers: readonly number[]) {
  const among = [...numbers];
  const [params, tags, metrics] = await Promise.all([
    handle.selectFrom('logged_model_params').selectAll().where('model', 'in', among).orderBy('key').execute(),
    handle.selectFrom('logged_model_tags').selectAll().where('model', 'in', among).orderBy('key').execute(),
    handle
      .selectFrom('logged_model_metrics')
      .selectAll()
      .where('model', 'in', among)
      .orderBy('key')
      .orderBy('step')
      .orderBy('timestamp_ms')
      .execute(),
  ]);
  return { params, tags, metrics };
}
