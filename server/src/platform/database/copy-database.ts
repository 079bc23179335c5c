import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Clock } from '../../kernel/clock.ts';
import { failure } from '../../kernel/error.ts';
import { lockFolder } from './folder-lock.ts';
import type { Migration } from './migration.ts';
import { fillSqlite, openSqlite, withSqliteSnapshot } from './sqlite.ts';
import type { CopiedTable, Copying } from './transfer.ts';

export interface CopyDatabase {
  /** `sqlite:FOLDER` (a data folder that no server holds) or `postgres://…`; both sides are brought up to date first. */
  readonly from: string;
  readonly to: string;
  readonly migrations: readonly Migration[];
  readonly clock: Clock;
  readonly progress: Copying;
}

/** Moves all rows from one kind of database to the other, whole or not at all. Files stay where they are. */
export async function copyDatabase({ from, to, migrations, clock, progress }: CopyDatabase): Promise<CopiedTable[]> {
  const [source, target] = [folderOf(from), folderOf(to)];
  if ((source === null) === (target === null)) throw failure('transfer_addresses_not_valid', { from: kindOf(from), to: kindOf(to) });
  const folder = source ?? target ?? '';
  const lock = lockFolder(folder);
  try {
    const { fillPostgres, withPostgresSnapshot } = await import('./postgres/open.ts');
    if (source !== null) {
      if (!existsSync(join(folder, databaseFile))) throw failure('not_found', { what: 'database in the folder', name: folder });
      await (await openSqlite({ folder, migrations, clock })).close();
      return await withSqliteSnapshot(folder, (rows) => fillPostgres({ folder, url: to, migrations, clock }, rows, progress));
    }
    if (existsSync(join(folder, databaseFile))) throw failure('transfer_target_not_empty', { table: databaseFile });
    try {
      return await withPostgresSnapshot({ folder, url: from, migrations, clock }, (rows) =>
        fillSqlite({ folder, migrations, clock }, rows, progress),
      );
    } catch (error) {
      for (const end of ['', '-wal', '-shm']) await rm(join(folder, `${databaseFile}${end}`), { force: true });
      throw error;
    }
  } finally {
    lock.release();
  }
}

const databaseFile = 'slipway.db';

function folderOf(address: string): string | null {
  return address.startsWith('sqlite:') ? resolve(address.slice('sqlite:'.length)) : null;
}

function kindOf(address: string): string {
  return /^([a-z]+):/.exec(address)?.[1] ?? 'no address';
}
