import { type RawBuilder, sql } from 'kysely';
import type { Handle } from '../database/index.ts';

interface DefinitionsTable {
  project_id: string;
  kind: string;
  name: string;
  definition: string;
  managed_by: 'file' | 'ui';
  revision: number;
  changed_event: number;
  changed_at_ms: number;
  person: string | null;
  retired_at_ms: number | null;
}

declare module '../database/handle.ts' {
  interface Tables {
    definitions: DefinitionsTable;
  }
}

export type DefinitionRow = DefinitionsTable;

export async function findDefinition(handle: Handle, project_id: string, kind: string, name: string): Promise<DefinitionRow | null> {
  const row = await handle
    .selectFrom('definitions')
    .selectAll()
    .where('project_id', '=', project_id)
    .where('kind', '=', kind)
    .where('name', '=', name)
    .executeTakeFirst();
  return row ?? null;
}

export async function putDefinition(tx: Handle, row: DefinitionRow): Promise<void> {
  const { project_id: _, kind: __, name: ___, ...change } = row;
  await tx
    .insertInto('definitions')
    .values(row)
    .onConflict((conflict) => conflict.columns(['project_id', 'kind', 'name']).doUpdateSet(change))
    .execute();
}

export async function listDefinitions(handle: Handle, project_id: string, kind?: string): Promise<DefinitionRow[]> {
  const query = handle.selectFrom('definitions').selectAll().where('project_id', '=', project_id);
  return (kind === undefined ? query : query.where('kind', '=', kind)).orderBy('kind').orderBy('name').execute();
}

/** Those in force, as a table of a statement of whoever keeps more about them. */
export function definedSql(project_id: string, kind: string): RawBuilder<unknown> {
  return sql`(select name, definition, changed_at_ms from definitions
    where project_id = ${project_id} and kind = ${kind} and retired_at_ms is null)`;
}
