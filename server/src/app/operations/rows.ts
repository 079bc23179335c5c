import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Database, Handle } from '../../platform/database/index.ts';
import { databaseFile, digestOfFile, syncPath } from './folders.ts';

/**
 * How the rows of an installation are copied, brought back and counted: all that this room knows of what a database is kept in.
 * A snapshot is everything that was committed at one moment, taken while others go on writing.
 */
export async function snapshotRows(database: Database, folder: string): Promise<void> {
  await database.copyInto(folder);
  await chmod(join(folder, databaseFile), 0o600);
}

/** About what a snapshot of these rows takes, wherever they are. */
export async function snapshotSize(database: Database, data: string): Promise<number> {
  const parts = await Promise.all(['', '-wal'].map((end) => stat(join(data, databaseFile + end)).catch(() => null)));
  return parts.reduce((sum, part) => sum + (part?.size ?? 0), await database.bytesElsewhere());
}

/** Puts a snapshot on disk and tells what it is. */
export async function sealSnapshot(folder: string, signal: AbortSignal): Promise<{ digest: string; bytes: number }> {
  await syncPath(join(folder, databaseFile));
  return digestOfFile(join(folder, databaseFile), signal);
}

/** Copies a snapshot into a new data folder; the digest of what was read tells whether it is the one that was written. */
export async function bringSnapshot(from: string, folder: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  const hashed = async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      hash.update(chunk);
      yield chunk;
    }
  };
  const to = createWriteStream(join(folder, databaseFile), { flags: 'wx', mode: 0o600, flush: true });
  await pipeline(createReadStream(join(from, databaseFile), { highWaterMark: 262_144 }), hashed, to, { signal });
  return hash.digest('hex');
}

/** The rows of every table. */
export async function countRows(handle: Handle): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const tables = await handle.introspection.getTables();
  for (const name of tables.map((table) => table.name).sort()) {
    const row = await handle
      .selectFrom(name as 'events')
      .select((of) => of.fn.countAll<number>().as('rows'))
      .executeTakeFirst();
    counts[name] = Number(row?.rows ?? 0);
  }
  return counts;
}
