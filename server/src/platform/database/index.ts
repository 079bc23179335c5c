import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Clock } from '../../kernel/clock.ts';
import { failure, type SlipwayError } from '../../kernel/error.ts';
import { bound, handleOver } from './dialect.ts';
import { assertOpen, GroupCommit } from './group-commit.ts';
import type { Handle } from './handle.ts';
import { applyMigrations, pendingMigrations } from './migrate.ts';
import type { Migration } from './migration.ts';
import { type DatabaseProfile, sqliteProfile } from './profiles.ts';
import { SqlClient } from './sql-client.ts';

export { type Aside, openAside } from './aside.ts';
export { type FolderLock, lockFolder } from './folder-lock.ts';
export { afterCommit } from './group-commit.ts';
export * from './handle.ts';
export type { Migration } from './migration.ts';
export { migrations } from './migrations/index.ts';
export { isUniqueViolation } from './sql-client.ts';

export interface Database {
  readonly profile: DatabaseProfile;
  /** Sees what is committed. Statements run on a thread of their own. */
  readonly read: Handle;
  /**
   * Runs `work` as one atomic, durable change; resolves after it is on disk. All writes of the process share one commit,
   * so `work` awaits nothing but statements of its own `tx`. It may run only once per call: an error undoes it alone.
   */
  write<T>(work: (tx: Handle) => Promise<T>): Promise<T>;
  /** One statement with `?` placeholders over many rows, in one hop: `values` holds the rows end to end, `arity` values each. */
  many(tx: Handle, sql: string, values: readonly unknown[], arity: number): Promise<number>;
  /** Why it cannot be used until a restart, or null: a failed write, or a thread that died. */
  readonly failed: SlipwayError | null;
  readonly queuedWrites: number;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** Made when missing, mode 0700. */
  readonly folder: string;
  readonly migrations: readonly Migration[];
  readonly clock: Clock;
}

/** Opens or makes the database of a data folder, brings its schema up to date (after a copy), and only then serves. */
export async function openDatabase({ folder, migrations, clock }: DatabaseOptions): Promise<Database> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  fsyncFolder(dirname(folder));
  const file = join(folder, 'slipway.db');
  const existed = existsSync(file);
  const writer = new SqlClient({ file, mode: 'write' });
  // Started beside the writer, since a thread takes 100 ms to come up; it opens the file with its first request.
  const reader = new SqlClient({ file, mode: 'read' });
  const commits = new GroupCommit(writer, clock);
  try {
    const { pending, fresh } = await commits.submit((tx) => pendingMigrations(tx, migrations));
    if (existed && !fresh && pending.length > 0) await writer.backup(join(folder, `before-${pending[0]?.name}-${clock.now()}.db`));
    if (pending.length > 0) await commits.submit((tx) => applyMigrations(tx, pending, clock.now()));
  } catch (error) {
    await Promise.all([reader.close(), writer.close()]);
    throw error;
  }
  chmodSync(file, 0o600);
  fsyncFolder(folder);
  return {
    profile: sqliteProfile,
    read: handleOver(reader, () => undefined),
    write: (work) => commits.submit(work),
    many(tx, sql, values, arity) {
      assertOpen(tx);
      return writer.many(sql, values.map(bound), arity);
    },
    get failed() {
      const lost = writer.ended ?? reader.ended;
      return commits.dead ?? (lost === null ? null : failure('storage_failed', {}, {}, lost));
    },
    get queuedWrites() {
      return commits.queued;
    },
    async close() {
      await commits.close();
      await reader.close();
      await writer.close();
    },
  };
}

function fsyncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
