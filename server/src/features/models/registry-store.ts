import { parsed } from '../../kernel/json.ts';
import type { Handle } from '../../platform/database/index.ts';
import type { ModelVersion } from './model.ts';
import { inParts, toVersion, type VersionsTable } from './models-store.ts';

interface ModelFactsTable {
  project_id: string;
  model: string;
  kind: 'model' | 'prompt';
  created_at_ms: number;
  updated_at_ms: number;
}

interface VersionFactsTable {
  version_id: string;
  source: string;
  outside: string | null;
  logged_model: string | null;
  run_link: string | null;
  description: string | null;
  stage: string | null;
  flavors: string;
  updated_at_ms: number;
}

declare module '../../platform/database/handle.ts' {
  interface Tables {
    model_facts: ModelFactsTable;
    model_tags: { project_id: string; model: string; key: string; value: string };
    model_version_facts: VersionFactsTable;
    model_version_tags: { version_id: string; key: string; value: string };
  }
}

export interface Tag {
  readonly key: string;
  readonly value: string;
}

/** What is told of a version beside what it is. */
export interface VersionFacts {
  /** As whoever registered it named it. */
  readonly source: string;
  /** Where its files lie, when they do not lie here. */
  readonly outside: string | null;
  readonly logged_model: string | null;
  readonly run_link: string | null;
  readonly description: string | null;
  readonly stage: string | null;
  readonly flavors: readonly string[];
  readonly updated_at_ms: number;
}

export type StoredVersion = ModelVersion & { readonly facts: VersionFacts | null };

/** Marks that a model, or a version of it, changed now; makes its facts when there are none. */
export async function touchModel(
  tx: Handle,
  project_id: string,
  model: string,
  now_ms: number,
  kind: 'model' | 'prompt' = 'model',
): Promise<void> {
  await tx
    .insertInto('model_facts')
    .values({ project_id, model, kind, created_at_ms: now_ms, updated_at_ms: now_ms })
    .onConflict((conflict) => conflict.columns(['project_id', 'model']).doUpdateSet({ updated_at_ms: now_ms }))
    .execute();
}

export async function promptNames(handle: Handle, project_id: string): Promise<Set<string>> {
  const rows = await handle
    .selectFrom('model_facts')
    .select('model')
    .where('project_id', '=', project_id)
    .where('kind', '=', 'prompt')
    .execute();
  return new Set(rows.map(({ model }) => model));
}

export async function listModelTags(handle: Handle, project_id: string, models: readonly string[]) {
  return inParts(models, (some) =>
    handle.selectFrom('model_tags').selectAll().where('project_id', '=', project_id).where('model', 'in', some).orderBy('key').execute(),
  );
}

export async function putModelTag(tx: Handle, project_id: string, model: string, { key, value }: Tag): Promise<void> {
  await tx
    .insertInto('model_tags')
    .values({ project_id, model, key, value })
    .onConflict((conflict) => conflict.columns(['project_id', 'model', 'key']).doUpdateSet({ value }))
    .execute();
}

export async function deleteModelTag(tx: Handle, project_id: string, model: string, key: string): Promise<void> {
  await tx.deleteFrom('model_tags').where('project_id', '=', project_id).where('model', '=', model).where('key', '=', key).execute();
}

/** Takes the facts and the tags of a model away; its versions stay. */
export async function forgetModel(tx: Handle, project_id: string, model: string): Promise<void> {
  await tx.deleteFrom('model_tags').where('project_id', '=', project_id).where('model', '=', model).execute();
  await tx.deleteFrom('model_facts').where('project_id', '=', project_id).where('model', '=', model).execute();
  await tx.deleteFrom('model_aliases').where('project_id', '=', project_id).where('model', '=', model).execute();
}

/** Moves everything that is filed under the name of a model. */
export async function renameModel(tx: Handle, project_id: string, from: string, to: string): Promise<void> {
  for (const table of ['model_versions', 'model_aliases', 'model_tags', 'model_facts'] as const) {
    await tx.updateTable(table).set({ model: to }).where('project_id', '=', project_id).where('model', '=', from).execute();
  }
}

export async function deleteAliasesOf(tx: Handle, project_id: string, model: string, version: number): Promise<void> {
  await tx
    .deleteFrom('model_aliases')
    .where('project_id', '=', project_id)
    .where('model', '=', model)
    .where('version', '=', version)
    .where('protected_by', 'is', null)
    .execute();
}

export async function putVersionFacts(tx: Handle, version_id: string, { flavors, ...facts }: VersionFacts): Promise<void> {
  const row = { ...facts, flavors: JSON.stringify(flavors) };
  await tx
    .insertInto('model_version_facts')
    .values({ version_id, ...row })
    .onConflict((conflict) => conflict.column('version_id').doUpdateSet(row))
    .execute();
}

export async function putVersionTag(tx: Handle, version_id: string, { key, value }: Tag): Promise<void> {
  await tx
    .insertInto('model_version_tags')
    .values({ version_id, key, value })
    .onConflict((conflict) => conflict.columns(['version_id', 'key']).doUpdateSet({ value }))
    .execute();
}

export async function deleteVersionTag(tx: Handle, version_id: string, key: string): Promise<void> {
  await tx.deleteFrom('model_version_tags').where('version_id', '=', version_id).where('key', '=', key).execute();
}

export async function listVersionTags(handle: Handle, version_ids: readonly string[]) {
  return inParts(version_ids, (some) =>
    handle.selectFrom('model_version_tags').selectAll().where('version_id', 'in', some).orderBy('key').execute(),
  );
}

export interface VersionsAsked {
  readonly models?: readonly string[];
  readonly number?: number;
  readonly id?: string;
  /** Only the newest of each stage of each model. */
  readonly newestOfStage?: boolean;
  readonly limit: number;
}

/** Versions that are not retired, with their facts. */
export async function selectStoredVersions(handle: Handle, project_id: string, asked: VersionsAsked): Promise<StoredVersion[]> {
  let query = handle
    .selectFrom('model_versions')
    .leftJoin('model_version_facts as told', 'told.version_id', 'model_versions.id')
    .selectAll('model_versions')
    .select([
      'told.source',
      'told.outside',
      'told.logged_model',
      'told.run_link',
      'told.description',
      'told.stage',
      'told.flavors',
      'told.updated_at_ms',
    ])
    .where('project_id', '=', project_id)
    .where('retired_at_ms', 'is', null);
  if (asked.models !== undefined) query = query.where('model_versions.model', 'in', [...asked.models]);
  if (asked.number !== undefined) query = query.where('model_versions.number', '=', asked.number);
  if (asked.id !== undefined) query = query.where('model_versions.id', '=', asked.id);
  if (asked.newestOfStage) {
    query = query.where((is) =>
      is.not(
        is.exists(
          is
            .selectFrom('model_versions as newer')
            .leftJoin('model_version_facts as said', 'said.version_id', 'newer.id')
            .select('newer.id')
            .whereRef('newer.project_id', '=', 'model_versions.project_id')
            .whereRef('newer.model', '=', 'model_versions.model')
            .where('newer.retired_at_ms', 'is', null)
            .whereRef('newer.number', '>', 'model_versions.number')
            .where((and) => and(and.fn.coalesce('said.stage', and.val('None')), '=', and.fn.coalesce('told.stage', and.val('None')))),
        ),
      ),
    );
  }
  const rows = await query.orderBy('model_versions.model').orderBy('model_versions.number').limit(asked.limit).execute();
  return rows.map(storedVersion);
}

/** A version with what is told of it, all of it missing where nothing is. */
export type VersionRow = VersionsTable & { readonly [Fact in keyof Omit<VersionFactsTable, 'version_id'>]: VersionFactsTable[Fact] | null };

export function storedVersion(row: VersionRow): StoredVersion {
  const { source, outside, logged_model, run_link, description, stage, flavors, updated_at_ms, ...version } = row;
  return {
    ...toVersion(version),
    facts:
      source === null || updated_at_ms === null
        ? null
        : { source, outside, logged_model, run_link, description, stage, flavors: parsed(flavors ?? '[]'), updated_at_ms },
  };
}
