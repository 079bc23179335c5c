import { type RawBuilder, sql } from 'kysely';
import {
  type DatabaseProfile,
  type Handle,
  type Placed,
  selectTagged,
  type Tagged,
  type TaggedQuery,
} from '../../platform/database/index.ts';
import { type StoredVersion, storedVersion, type VersionRow } from './registry-store.ts';

export type ModelColumn = 'name' | 'created_at_ms' | 'updated_at_ms';
export type VersionColumn = 'model' | 'number' | 'run_id' | 'source' | 'created_at_ms' | 'updated_at_ms';

export interface ModelRow {
  readonly name: string;
  /** JSON. */
  readonly definition: string;
  readonly kind: 'model' | 'prompt';
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
}

type Profile = Pick<DatabaseProfile, 'exactLike'>;
type Asked<C extends string> = TaggedQuery<C> & { readonly after: readonly (string | number)[] | null; readonly limit: number };

/** A model that no client of the registry touched has the times of its versions, or of its definition. */
function modelsSql(project_id: string, defined: RawBuilder<unknown>): RawBuilder<unknown> {
  const ofVersions = (time: RawBuilder<unknown>) => sql`(select ${time} from model_versions as v
    where v.project_id = ${project_id} and v.model = d.name and v.retired_at_ms is null)`;
  return sql`(select d.name, d.definition, coalesce(f.kind, 'model') as kind,
    coalesce(f.created_at_ms, ${ofVersions(sql`min(v.created_at_ms)`)}, d.changed_at_ms) as created_at_ms,
    coalesce(f.updated_at_ms, ${ofVersions(sql`max(v.created_at_ms)`)}, d.changed_at_ms) as updated_at_ms
    from ${defined} as d left join model_facts as f on f.project_id = ${project_id} and f.model = d.name) as models`;
}

/** `defined` is the table of the definitions of models; prompts are listed only where they are asked for. */
export function selectModels(
  handle: Handle,
  profile: Profile,
  { project_id, defined, prompts }: { readonly project_id: string; readonly defined: RawBuilder<unknown>; readonly prompts: boolean },
  asked: Asked<ModelColumn>,
): Promise<Placed<ModelRow>[]> {
  const models: Tagged<ModelColumn> = {
    table: 'models',
    from: modelsSql(project_id, defined),
    where: [prompts ? sql`1 = 1` : sql`models.kind <> 'prompt'`],
    columns: { name: sql`models.name`, created_at_ms: sql`models.created_at_ms`, updated_at_ms: sql`models.updated_at_ms` },
    tags: { table: 'model_tags', of: 'model', is: sql`models.name`, among: sql`tag.project_id = ${project_id}` },
    last: [{ value: sql`models.name`, descending: false }],
  };
  return selectTagged(handle, profile, models, asked);
}

/** Versions that are not retired; those of prompts only where they are asked for. */
export async function selectVersions(
  handle: Handle,
  profile: Profile,
  { project_id, prompts }: { readonly project_id: string; readonly prompts: boolean },
  asked: Asked<VersionColumn>,
): Promise<Placed<StoredVersion>[]> {
  const updated = sql`coalesce(versions.updated_at_ms, versions.created_at_ms)`;
  const versions: Tagged<VersionColumn> = {
    table: 'versions',
    from: sql`(select v.*, told.source, told.outside, told.logged_model, told.run_link, told.description, told.stage, told.flavors,
      told.updated_at_ms from model_versions as v left join model_version_facts as told on told.version_id = v.id) as versions`,
    where: [
      sql`versions.project_id = ${project_id} and versions.retired_at_ms is null`,
      ...(prompts ? [] : [sql`versions.flavor <> 'prompt'`]),
    ],
    columns: {
      model: sql`versions.model`,
      number: sql`versions.number`,
      run_id: sql`versions.run_id`,
      source: sql`coalesce(versions.source, 'models:/' || versions.model || '/' || versions.number)`,
      created_at_ms: sql`versions.created_at_ms`,
      updated_at_ms: updated,
    },
    lacking: { run_id: '' },
    tags: { table: 'model_version_tags', of: 'version_id', is: sql`versions.id` },
    last: [
      { value: updated, descending: true },
      { value: sql`versions.model`, descending: false },
      { value: sql`versions.number`, descending: true },
    ],
  };
  const rows = await selectTagged<VersionRow, VersionColumn>(handle, profile, versions, asked);
  return rows.map(({ row, at }) => ({ row: storedVersion(row), at }));
}
