import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { failure } from '../../kernel/error.ts';
import type { GroupEnd, SqlValue, Statements, WriteConnection } from './connection.ts';
import type { Database, DatabaseOptions } from './database.ts';
import { bound, handleOver, sqliteSpeech } from './dialect.ts';
import { assertOpen, GroupCommit } from './group-commit.ts';
import type { Handle } from './handle.ts';
import { applyMigrations, migrationLimit_ms, pendingMigrations } from './migrate.ts';
import { sqliteProfile } from './profiles.ts';
import { SqlClient, SqliteError } from './sql-client.ts';
import type { Step } from './sql-protocol.ts';
import { sqliteRows } from './sqlite-rows.ts';
import { type CopiedTable, type Copying, type Rows, transfer } from './transfer.ts';

/** Opens or makes the SQLite file of a data folder, brings its schema up to date (after a copy), and only then serves. */
export async function openSqlite({ folder, migrations, clock }: DatabaseOptions): Promise<Database> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  fsyncFolder(dirname(folder));
  const file = join(folder, 'slipway.db');
  const existed = existsSync(file);
  // Made here, so that its log and its index of the log, which get the mode of the file, are closed to others too.
  if (!existed) closeSync(openSync(file, 'a', 0o600));
  const writer = new SqlClient({ file, mode: 'write' });
  // Started beside the writer, since a thread takes 100 ms to come up; it opens the file with its first request.
  const reader = new SqlClient({ file, mode: 'read' });
  const writing = writingOver(writer);
  const commits = new GroupCommit(writing, sqliteSpeech, clock);
  try {
    const { pending, fresh } = await commits.submit((tx) => pendingMigrations(tx, sqliteProfile, migrations));
    if (existed && !fresh && pending.length > 0) await writer.backup(join(folder, `before-${pending[0]?.name}-${clock.now()}.db`));
    if (pending.length > 0) await commits.submit((tx) => applyMigrations(tx, sqliteProfile, pending, clock.now()), migrationLimit_ms);
  } catch (error) {
    await Promise.all([reader.close(), writer.close()]);
    throw error;
  }
  chmodSync(file, 0o600);
  fsyncFolder(folder);
  return {
    profile: sqliteProfile,
    place: null,
    read: handleOver(readingOver(reader), sqliteSpeech, () => undefined),
    write: (work) => commits.submit(work),
    many(tx, sql, values, arity) {
      assertOpen(tx);
      return writer.many(sql, values instanceof Float64Array ? values : values.map(bound), arity);
    },
    send(tx, sql, values, arity) {
      assertOpen(tx);
      writing.send(sql, values instanceof Float64Array ? values : values.map(bound), arity);
    },
    copyInto: (target) => copyFile(file, join(target, 'slipway.db')),
    aside: (use) => beside(file, use),
    bytesElsewhere: () => Promise.resolve(0),
    problems: (limit) => problemsOf(file, limit),
    // One process holds the folder: nobody else commits.
    onForeignCommit: () => () => undefined,
    get failed() {
      const lost = writer.ended ?? reader.ended;
      return commits.dead ?? (lost === null ? null : failure('storage_failed', {}, {}, lost));
    },
    get undone() {
      return commits.undone;
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

/** What was committed when this is called, in a new file, while others go on writing. */
async function copyFile(from: string, to: string): Promise<void> {
  const client = new SqlClient({ file: from, mode: 'read' });
  try {
    // SQLite's backup begins again whenever another connection has written between two of its steps, and beside a busy
    // writer never ends, unless its own connection holds a snapshot; the first read takes it.
    await client.exec('BEGIN');
    await client.run('SELECT count(*) FROM sqlite_schema', []);
    await client.backup(to);
    await client.exec('COMMIT');
  } finally {
    await client.close();
  }
  chmodSync(to, 0o600);
}

async function beside<T>(file: string, use: (read: Handle) => Promise<T>): Promise<T> {
  const client = new SqlClient({ file, mode: 'read' });
  try {
    return await use(handleOver(client, sqliteSpeech, () => undefined));
  } finally {
    await client.close();
  }
}

/** Every page, row and index, on a connection of its own: it takes seconds (2.7 s for 631 MB). Resolves to what is wrong. */
async function problemsOf(file: string, limit: number): Promise<string[]> {
  const client = new SqlClient({ file, mode: 'read' });
  try {
    const { rows } = await client.run(`PRAGMA integrity_check(${limit})`, []);
    return rows.map((row) => String(Object.values(row as object)[0])).filter((line) => line !== 'ok');
  } finally {
    await client.close();
  }
}

/** Reads all rows of a data folder as they are at one moment. */
export async function withSqliteSnapshot<T>(folder: string, work: (rows: Rows) => Promise<T>): Promise<T> {
  const client = new SqlClient({ file: join(folder, 'slipway.db'), mode: 'read' });
  try {
    await client.exec('BEGIN');
    return await work(sqliteRows(client));
  } finally {
    await client.close();
  }
}

/** Makes the SQLite file of a folder from the rows of another database, in one transaction. */
export async function fillSqlite(options: Omit<DatabaseOptions, 'url'>, rows: Rows, progress: Copying): Promise<CopiedTable[]> {
  await (await openSqlite(options)).close();
  const client = new SqlClient({ file: join(options.folder, 'slipway.db'), mode: 'write' });
  try {
    await client.exec('BEGIN IMMEDIATE');
    const copied = await transfer(rows, { ...sqliteRows(client), insert }, progress);
    await client.exec('COMMIT');
    return copied;
  } finally {
    await client.close();
  }

  async function insert(table: string, columns: readonly string[], values: readonly SqlValue[]): Promise<void> {
    const names = columns.map((column) => `"${column}"`).join(', ');
    const places = columns.map(() => '?').join(', ');
    await client.many(`insert into "${table}" (${names}) values (${places})`, values, columns.length);
  }
}

/** Out of memory 7, I/O 10, corrupt 11, full 13, not a database 26. */
const ending: readonly number[] = [7, 10, 11, 13, 26];
const full = 13;
/** A statement that was sent and did not fit (1, 18, 19, 20, 25), or a database that is busy (5): what is stored is known, which is nothing of the group. */
const harmless: readonly number[] = [1, 5, 18, 19, 20, 25];

/** A disk that fails (10, 14) or a damaged page (11, 26) is told as that; anything else is a fault of ours. */
function readingOver(client: SqlClient): Statements {
  return {
    run: (sql, params) =>
      client.run(sql, params).catch((error: unknown) => {
        const isStorage = error instanceof SqliteError && [10, 11, 14, 26].includes(error.primaryCode);
        throw isStorage ? failure('storage_unreadable', {}, {}, error) : error;
      }),
  };
}

/** Some 20 ms of inserts: a group that only sends is put together long before the thread has done it. */
const sentLimit_values = 50_000;

function writingOver(client: SqlClient): WriteConnection {
  let sent_values = 0;
  // The thread refuses what comes after one that failed, the COMMIT included.
  const sendStep = (step: Step): Promise<void> => {
    client.sendStep(step);
    return Promise.resolve();
  };
  return {
    groupTime_ms: 5,
    run: (sql, params) => client.run(sql, params),
    many: (sql, values, arity) => client.many(sql, values, arity),
    send(sql, values, arity) {
      sent_values += values.length;
      client.send(sql, values, arity);
    },
    get isFull() {
      return sent_values >= sentLimit_values;
    },
    begin() {
      sent_values = 0;
      return sendStep('begin');
    },
    save: () => sendStep('save'),
    keep: () => sendStep('keep'),
    undo: () => client.step('undo'),
    commit: () => client.step('commit'),
    rollback: () => client.step('rollback'),
    // Or SQLite rolled everything back by itself.
    endsGroup: (error) => error instanceof SqliteError && (ending.includes(error.primaryCode) || !error.inTransaction),
    groupEnd,
  };
}

function groupEnd(error: unknown): GroupEnd {
  const code = error instanceof SqliteError ? error.primaryCode : 0;
  if (code === full) return { why: failure('storage_full', {}, {}, error), dead: false };
  // A failed write or fsync (10), a corrupt page (11, 26) or a dead thread (0): never retried, read-only from here on.
  return { why: failure('storage_failed', {}, {}, error), dead: !harmless.includes(code) };
}

function fsyncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
