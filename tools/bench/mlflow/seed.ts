import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import type { Subject } from './subjects.ts';

/** What is told of the seeded runs: the same numbers for both servers. */
export const seeded = { metrics: 5, params: 5, tags: 3, depths: 10 } as const;
const newest_ms = Date.UTC(2026, 0, 1);

const runId = (number: number): string => number.toString(16).padStart(32, '0');
/** In [0, 1), without order and the same for both (Weyl sequence). */
const spread = (number: number, of: number): number => (number * 0.6180339887 + of * 0.7548776662) % 1;

type Insert = (table: string, row: Readonly<Record<string, SQLInputValue>>) => void;

/**
 * Rows straight into the file of a stopped server that has made its schema: the peer's own API would take hours. Nothing is told to
 * either that its API would not have told it.
 */
function into({ database }: Subject, work: (insert: Insert, file: DatabaseSync) => void): void {
  const file = new DatabaseSync(database, { enableForeignKeyConstraints: false });
  const statements = new Map<string, ReturnType<DatabaseSync['prepare']>>();
  file.exec('PRAGMA synchronous=OFF; PRAGMA cache_size=-200000; BEGIN');
  work((table, row) => {
    const names = Object.keys(row);
    const sql = `insert into ${table} (${names.map((name) => `"${name}"`).join(', ')}) values (${names.map(() => '?').join(', ')})`;
    const statement = statements.get(sql) ?? file.prepare(sql);
    statements.set(sql, statement);
    statement.run(...Object.values(row));
  }, file);
  file.exec('COMMIT');
  file.close();
}

/** Our default project, and its Default experiment, which is made when it is first asked for. */
function oursIn(file: DatabaseSync, insert: Insert): string {
  const project_id = String(file.prepare(`select id from access_projects where name = 'default'`).get()?.['id']);
  const experiment = { number: 0, project_id, name: 'Default', lifecycle: 'active', created_at_ms: newest_ms, updated_at_ms: newest_ms };
  insert('experiments', experiment);
  return project_id;
}

/** Finished runs of experiment 0, a second apart. */
export function seedRuns(subject: Subject, runs: number): void {
  const each = <T>(count: number, one: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => one(at));
  const of = (number: number) => ({
    id: runId(number),
    at_ms: newest_ms - (runs - number) * 1000,
    metrics: each(seeded.metrics, (at) => ({ key: `metric-${at}`, value: spread(number, at), step: 10, timestamp: newest_ms })),
    params: each(seeded.params, (at) => ({ key: `param-${at}`, value: String((number + at) % seeded.depths) })),
    tags: each(seeded.tags, (at) => ({ key: `tag-${at}`, value: `value ${(number * 7 + at) % 100}` })),
  });
  into(subject, (insert, file) => {
    if (subject.name === 'mlflow') {
      for (let number = 1; number <= runs; number++) {
        const { id, at_ms, metrics, params, tags } = of(number);
        const times = { start_time: at_ms, end_time: at_ms + 500 };
        const source = { source_type: 'LOCAL', source_name: '', entry_point_name: '', source_version: '' };
        const state = { status: 'FINISHED', lifecycle_stage: 'active', artifact_uri: `mlflow-artifacts:/0/${id}/artifacts` };
        insert('runs', { run_uuid: id, name: `run ${number}`, user_id: '', experiment_id: 0, ...times, ...source, ...state });
        for (const metric of metrics) {
          insert('metrics', { ...metric, is_nan: 0, run_uuid: id });
          insert('latest_metrics', { ...metric, is_nan: 0, run_uuid: id });
        }
        for (const param of params) insert('params', { ...param, run_uuid: id });
        for (const tag of [...tags, { key: 'mlflow.runName', value: `run ${number}` }]) insert('tags', { ...tag, run_uuid: id });
      }
      return;
    }
    const project_id = oursIn(file, insert);
    for (let key = 0; key < seeded.metrics; key++) insert('metric_keys', { id: key + 1, name: `metric-${key}` });
    for (let number = 1; number <= runs; number++) {
      const { id, at_ms, metrics, params, tags } = of(number);
      const times = { started_at_ms: at_ms, ended_at_ms: at_ms + 500 };
      const state = { status: 'finished', lifecycle: 'active', started_event: 1, cpu_ms: 0, bytes: 0, reported_user: '' };
      insert('runs', { number, id, project_id, experiment: 0, name: `run ${number}`, ...times, ...state });
      metrics.forEach(({ value, step, timestamp }, at) => {
        const point = { run: number, key: at + 1, step, timestamp_ms: timestamp, value, is_nan: 0 };
        insert('metric_points', point);
        insert('metric_latest', { ...point, minimum: value, maximum: value });
      });
      for (const param of params) insert('run_params', { ...param, number: Number(param.value), run: number });
      for (const tag of tags) insert('run_tags', { ...tag, run: number });
    }
  });
}

export const historyRun = runId(1);
export const historyKey = 'metric-0';

/** One run with so many points of one key. */
export function seedHistory(subject: Subject, points: number): void {
  seedRuns(subject, 1);
  into(subject, (insert) => {
    for (let step = 11; step < points + 10; step++) {
      const point = { step, value: Math.sin(step / 1000), is_nan: 0 };
      if (subject.name === 'mlflow') insert('metrics', { ...point, key: historyKey, timestamp: newest_ms + step, run_uuid: historyRun });
      else insert('metric_points', { ...point, key: 1, timestamp_ms: newest_ms + step, run: 1 });
    }
  });
}

export const teams = 100;

/** Registered models without versions, each of one of a hundred teams. Ours come by the API, which is quick enough. */
export function seedModels(subject: Subject, models: number): void {
  if (subject.name !== 'mlflow') return;
  into(subject, (insert) => {
    for (let number = 0; number < models; number++) {
      const { name, tags } = modelOf(number);
      insert('registered_models', { name, creation_time: newest_ms, last_updated_time: newest_ms });
      for (const tag of tags) insert('registered_model_tags', { name, ...tag });
    }
  });
}

export function modelOf(number: number): { readonly name: string; readonly tags: readonly { key: string; value: string }[] } {
  return { name: `model-${number}`, tags: [{ key: 'team', value: `team-${number % teams}` }] };
}
