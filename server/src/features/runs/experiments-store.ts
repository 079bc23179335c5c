import type { Database, Handle } from '../../platform/database/index.ts';
import type { KeyValue, Lifecycle } from './run.ts';
import type { ExperimentRow } from './runs-store.ts';

declare module '../../platform/database/handle.ts' {
  interface Tables {
    experiment_tags: { experiment: number; key: string; value: string };
  }
}

/** Experiment 0 is the Default of project `default`; all others are counted up. */
export async function nextExperimentNumber(tx: Handle): Promise<number> {
  const row = await tx
    .selectFrom('experiments')
    .select((of) => of.fn.max('number').as('last'))
    .executeTakeFirst();
  return Math.max(0, Number(row?.last ?? 0)) + 1;
}

export async function insertExperiment(tx: Handle, row: ExperimentRow): Promise<void> {
  await tx.insertInto('experiments').values(row).execute();
}

export async function findExperiment(
  handle: Handle,
  project_id: string,
  by: { number: number } | { name: string },
): Promise<ExperimentRow | null> {
  const query = handle.selectFrom('experiments').selectAll().where('project_id', '=', project_id);
  const row = await ('number' in by ? query.where('number', '=', by.number) : query.where('name', '=', by.name)).executeTakeFirst();
  return row ?? null;
}

export async function setExperiment(
  tx: Handle,
  number: number,
  change: Partial<Pick<ExperimentRow, 'name' | 'lifecycle' | 'updated_at_ms'>>,
): Promise<void> {
  await tx.updateTable('experiments').set(change).where('number', '=', number).execute();
}

export async function listExperiments(handle: Handle, project_id: string, lifecycle: Lifecycle, limit: number): Promise<ExperimentRow[]> {
  return handle
    .selectFrom('experiments')
    .selectAll()
    .where('project_id', '=', project_id)
    .where('lifecycle', '=', lifecycle)
    .orderBy('number', 'desc')
    .limit(limit)
    .execute();
}

export async function putExperimentTags(database: Database, tx: Handle, experiment: number, tags: readonly KeyValue[]): Promise<void> {
  const values = tags.flatMap(({ key, value }) => [experiment, key, value]);
  const upsert =
    'insert into experiment_tags (experiment, key, value) values (?, ?, ?) on conflict (experiment, key) do update set value = excluded.value';
  await database.many(tx, upsert, values, 3);
}

export async function deleteExperimentTag(tx: Handle, experiment: number, key: string): Promise<boolean> {
  const result = await tx.deleteFrom('experiment_tags').where('experiment', '=', experiment).where('key', '=', key).executeTakeFirst();
  return Number(result.numDeletedRows) > 0;
}

/** Databases take some ten thousand values in one statement. */
const together = 5000;

export async function selectExperimentTags(handle: Handle, experiments: readonly number[]): Promise<Map<number, KeyValue[]>> {
  const found = new Map<number, KeyValue[]>();
  for (let from = 0; from < experiments.length; from += together) {
    const some = experiments.slice(from, from + together);
    const rows = await handle.selectFrom('experiment_tags').selectAll().where('experiment', 'in', some).orderBy('key').execute();
    for (const { experiment, key, value } of rows) {
      const list = found.get(experiment);
      if (list) list.push({ key, value });
      else found.set(experiment, [{ key, value }]);
    }
  }
  return found;
}
