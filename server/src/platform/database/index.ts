import type { Database, DatabaseOptions } from './database.ts';
import { openSqlite } from './sqlite.ts';

export { type CopyDatabase, copyDatabase } from './copy-database.ts';
export type { Database, DatabaseOptions } from './database.ts';
export { type FolderLock, lockFolder } from './folder-lock.ts';
export { afterCommit } from './group-commit.ts';
export * from './handle.ts';
export { Kept } from './kept.ts';
export type { Migration } from './migration.ts';
export { migrations } from './migrations/index.ts';
export type { DatabaseProfile } from './profiles.ts';
export * from './search.ts';
export { isUniqueViolation } from './sql-error.ts';
export * from './tagged.ts';

/** Opens the database of a data folder, or the one that `url` names, brings its schema up to date, and only then serves. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  if (options.url === undefined) return openSqlite(options);
  // Loaded on need: who keeps rows in the folder never pays for it.
  const { openPostgres } = await import('./postgres/open.ts');
  return openPostgres({ ...options, url: options.url });
}
