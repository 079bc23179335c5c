import { parsed } from '../../kernel/json.ts';
import type { Handle } from '../../platform/database/index.ts';
import type { Flavor, Hold, ModelVersion } from './model.ts';

export interface VersionsTable {
  id: string;
  project_id: string;
  model: string;
  number: number;
  digest: string;
  flavor: Flavor;
  files: string;
  signature: string;
  profile_digest: string | null;
  importance: string;
  run_id: string | null;
  execution_id: string | null;
  dataset_versions: string;
  outputs: string;
  code: string | null;
  person: string | null;
  started_event: number;
  event: number;
  created_at_ms: number;
  retired_at_ms: number | null;
}

interface AliasesTable {
  project_id: string;
  model: string;
  alias: string;
  version: number | null;
  protected_by: string | null;
}

declare module '../../platform/database/handle.ts' {
  interface Tables {
    model_versions: VersionsTable;
    model_aliases: AliasesTable;
    model_holds: { version_id: string; holder: string; reason: string };
  }
}

export async function nextVersionNumber(tx: Handle, project_id: string, model: string): Promise<number> {
  const row = await tx
    .selectFrom('model_versions')
    .select((of) => of.fn.max('number').as('last'))
    .where('project_id', '=', project_id)
    .where('model', '=', model)
    .executeTakeFirst();
  return Number(row?.last ?? 0) + 1;
}

export async function insertVersion(tx: Handle, project_id: string, version: ModelVersion): Promise<void> {
  const { files, signature, importance, dataset_versions, outputs, code, ...plain } = version;
  await tx
    .insertInto('model_versions')
    .values({
      ...plain,
      project_id,
      files: JSON.stringify(files),
      signature: JSON.stringify(signature),
      importance: JSON.stringify(importance),
      dataset_versions: JSON.stringify(dataset_versions),
      outputs: JSON.stringify(outputs),
      code: code === null ? null : JSON.stringify(code),
    })
    .execute();
}

export async function findVersion(handle: Handle, project_id: string, model: string, number: number): Promise<ModelVersion | null> {
  const row = await handle
    .selectFrom('model_versions')
    .selectAll()
    .where('project_id', '=', project_id)
    .where('model', '=', model)
    .where('number', '=', number)
    .executeTakeFirst();
  return row ? toVersion(row) : null;
}

export async function findVersionById(handle: Handle, id: string): Promise<ModelVersion | null> {
  const row = await handle.selectFrom('model_versions').selectAll().where('id', '=', id).executeTakeFirst();
  return row ? toVersion(row) : null;
}

/** The newest thousand. */
export async function listVersions(handle: Handle, project_id: string, model: string): Promise<ModelVersion[]> {
  const query = handle.selectFrom('model_versions').selectAll().where('project_id', '=', project_id).where('model', '=', model);
  return (await query.orderBy('number', 'desc').limit(1000).execute()).map(toVersion);
}

/** How many versions each model of a project has, and the number of its newest. */
export async function countVersions(handle: Handle, project_id: string): Promise<Map<string, { versions: number; latest: number }>> {
  const rows = await handle
    .selectFrom('model_versions')
    .select((of) => ['model', of.fn.countAll().as('versions'), of.fn.max('number').as('latest')])
    .where('project_id', '=', project_id)
    .groupBy('model')
    .execute();
  return new Map(rows.map(({ model, versions, latest }) => [model, { versions: Number(versions), latest: Number(latest) }]));
}

/** Versions that were made from a run, for the lineage the other way round. */
export async function listVersionsOfRun(handle: Handle, project_id: string, run_id: string): Promise<ModelVersion[]> {
  const rows = await handle
    .selectFrom('model_versions')
    .selectAll()
    .where('project_id', '=', project_id)
    .where('run_id', '=', run_id)
    .execute();
  return rows.map(toVersion);
}

export async function setRetired(tx: Handle, id: string, retired_at_ms: number): Promise<void> {
  await tx.updateTable('model_versions').set({ retired_at_ms }).where('id', '=', id).execute();
}

export async function findAlias(handle: Handle, project_id: string, model: string, alias: string): Promise<AliasesTable | null> {
  const row = await handle
    .selectFrom('model_aliases')
    .selectAll()
    .where('project_id', '=', project_id)
    .where('model', '=', model)
    .where('alias', '=', alias)
    .executeTakeFirst();
  return row ?? null;
}

export async function putAlias(tx: Handle, row: AliasesTable): Promise<void> {
  await tx
    .insertInto('model_aliases')
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(['project_id', 'model', 'alias']).doUpdateSet({ version: row.version, protected_by: row.protected_by }),
    )
    .execute();
}

export async function listAliases(handle: Handle, project_id: string, models?: readonly string[]): Promise<AliasesTable[]> {
  const query = handle.selectFrom('model_aliases').selectAll().where('project_id', '=', project_id).orderBy('alias');
  return models === undefined ? query.execute() : inParts(models, (some) => query.where('model', 'in', some).execute());
}

/** Databases take some ten thousand values in one statement. */
const together = 5000;

/** What statements find for a list that may be too long for one of them. */
export async function inParts<T>(values: readonly string[], find: (some: string[]) => Promise<T[]>): Promise<T[]> {
  const found: T[][] = [];
  for (let from = 0; from < values.length; from += together) found.push(await find(values.slice(from, from + together)));
  return found.flat();
}

export async function putHold(tx: Handle, version_id: string, hold: Hold): Promise<void> {
  await tx
    .insertInto('model_holds')
    .values({ version_id, ...hold })
    .onConflict((conflict) => conflict.columns(['version_id', 'holder']).doUpdateSet({ reason: hold.reason }))
    .execute();
}

export async function deleteHold(tx: Handle, version_id: string, holder: string): Promise<void> {
  await tx.deleteFrom('model_holds').where('version_id', '=', version_id).where('holder', '=', holder).execute();
}

export async function listHolds(handle: Handle, version_id: string): Promise<Hold[]> {
  return handle.selectFrom('model_holds').select(['holder', 'reason']).where('version_id', '=', version_id).orderBy('holder').execute();
}

export function toVersion(row: VersionsTable): ModelVersion {
  const { project_id: _, ...plain } = row;
  return {
    ...plain,
    files: parsed(row.files),
    signature: parsed(row.signature),
    importance: parsed(row.importance),
    dataset_versions: parsed(row.dataset_versions),
    outputs: parsed(row.outputs),
    code: row.code === null ? null : parsed(row.code),
  };
}

export async function listBlobDigests(handle: Handle): Promise<string[]> {
  const rows = await handle.selectFrom('model_versions').select(['files', 'profile_digest', 'outputs']).execute();
  return rows.flatMap((row) => [
    ...(parsed(row.files) as { digest: string }[]).map((file) => file.digest),
    ...(row.profile_digest === null ? [] : [row.profile_digest]),
    ...Object.values(parsed(row.outputs) as Record<string, string>),
  ]);
}
