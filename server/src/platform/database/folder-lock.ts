import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { failure } from '../../kernel/error.ts';

export interface FolderLock {
  release(): void;
}

/**
 * Holds the data folder for one server process. The operating system drops the lock when the process dies, however it
 * dies, so no stale lock file is ever in the way; the pid beside it is only there for the message.
 */
export function lockFolder(folder: string): FolderLock {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const pidFile = join(folder, 'server.pid');
  const holder = new DatabaseSync(join(folder, 'server.lock'), { timeout: 0 });
  try {
    holder.exec('PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    holder.close();
    if ((error as { errcode?: number }).errcode !== sqliteBusy) throw error;
    throw failure('data_folder_in_use', { pid: readPid(pidFile) }, {}, error);
  }
  writeFileSync(pidFile, `${process.pid}\n`, { mode: 0o600 });
  return { release: () => holder.close() };
}

const sqliteBusy = 5;

function readPid(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim() || 'unknown';
  } catch {
    return 'unknown';
  }
}
