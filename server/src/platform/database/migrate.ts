import { sql } from 'kysely';
import { failure } from '../../kernel/error.ts';
import type { Handle } from './handle.ts';
import type { Migration } from './migration.ts';
import type { DatabaseProfile } from './profiles.ts';

interface MigrationsTable {
  name: string;
  applied_at_ms: number;
}

declare module './handle.ts' {
  interface Tables {
    schema_migrations: MigrationsTable;
  }
}

/** The steps that the database does not have yet, and whether it has none. Refuses one with a step that this program does not know. */
export async function pendingMigrations(
  handle: Handle,
  profile: DatabaseProfile,
  migrations: readonly Migration[],
): Promise<{ pending: Migration[]; fresh: boolean }> {
  const tables = await sql.raw<{ found: number }>(profile.hasTable('schema_migrations')).execute(handle);
  if (tables.rows.length === 0) return { pending: [...migrations], fresh: true };
  const applied = await handle.selectFrom('schema_migrations').select('name').orderBy('name').execute();
  const known = new Set(migrations.map((migration) => migration.name));
  const newer = applied.find((row) => !known.has(row.name));
  if (newer) throw failure('schema_too_new', { name: newer.name });
  const done = new Set(applied.map((row) => row.name));
  return { pending: migrations.filter((migration) => !done.has(migration.name)), fresh: applied.length === 0 };
}

/** A migration may fill a table of millions of rows. Other processes wait, and refuse what waits too long. */
export const migrationLimit_ms = 30 * 60_000;

/** Applies all of `pending` in the write that `tx` belongs to: all or none. */
export async function applyMigrations(tx: Handle, profile: DatabaseProfile, pending: readonly Migration[], now_ms: number): Promise<void> {
  await tx.schema
    .createTable('schema_migrations')
    .ifNotExists()
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('applied_at_ms', 'bigint', (column) => column.notNull())
    .execute();
  for (const migration of pending) {
    await migration.up(tx, profile);
    await tx.insertInto('schema_migrations').values({ name: migration.name, applied_at_ms: now_ms }).execute();
  }
}
