import { mkdirSync } from 'node:fs';
import { newId } from '../../../kernel/ids.ts';
import type { SqlValue } from '../connection.ts';
import type { Database, DatabaseOptions } from '../database.ts';
import { bound, handleOver } from '../dialect.ts';
import { assertOpen, GroupCommit } from '../group-commit.ts';
import { applyMigrations, migrationLimit_ms, pendingMigrations } from '../migrate.ts';
import { postgresProfile } from '../profiles.ts';
import { fillSqlite } from '../sqlite.ts';
import { type CopiedTable, type Copying, type Rows, transfer } from '../transfer.ts';
import { addressOf } from './address.ts';
import { PostgresListener } from './listener.ts';
import { prepareMarks } from './marks.ts';
import { PostgresReaders } from './readers.ts';
import { postgresRows, withSnapshot } from './rows.ts';
import { postgresSpeech } from './speech.ts';
import { channel, PostgresWriter } from './writer.ts';

type PostgresOptions = DatabaseOptions & { readonly url: string };

/** Opens the database that `url` names (decision 0017): refuses one that does not fit, brings its schema up to date, and only then serves. */
export async function openPostgres(options: PostgresOptions): Promise<Database> {
  const { folder, url, migrations, clock } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const address = addressOf(url);
  const process = newId('own');
  const writer = new PostgresWriter(address, process);
  const readers = new PostgresReaders(address);
  const listener = new PostgresListener(address, channel, process);
  const commits = new GroupCommit(writer, postgresSpeech, clock);
  const end = async (): Promise<void> => {
    await commits.close();
    await Promise.all([listener.close(), readers.close(), writer.close()]);
  };
  let ended: Promise<void> | null = null;
  // Whoever opened it and whoever was given it close it.
  const close = (): Promise<void> => (ended ??= end());
  try {
    await bringUpToDate(commits, options);
    writer.migrated();
    await listener.open();
  } catch (error) {
    await close();
    throw error;
  }
  const read = handleOver(readers, postgresSpeech, () => undefined);
  return {
    profile: postgresProfile,
    place: `the Postgres database ${address.database} at ${address.server}`,
    read,
    write: (work) => commits.submit(work),
    many(tx, sql, values, arity) {
      assertOpen(tx);
      return writer.many(sql, values instanceof Float64Array ? values : values.map(bound), arity);
    },
    send(tx, sql, values, arity) {
      assertOpen(tx);
      writer.send(sql, values instanceof Float64Array ? values : values.map(bound), arity);
    },
    onForeignCommit: (told) => listener.listen(told),
    copyInto: (target) =>
      withSnapshot(address, async (rows) => void (await fillSqlite({ folder: target, migrations, clock }, rows, () => undefined))),
    // Readers have a connection each.
    aside: (use) => use(read),
    async bytesElsewhere() {
      const { rows } = await readers.run('select pg_database_size(current_database()) as bytes', []);
      return (rows[0] as { bytes: number }).bytes;
    },
    // The pages are the database server's to check; that each row can be read is what we can tell.
    problems: () => withSnapshot(address, unreadable),
    get failed() {
      return listener.failed;
    },
    get undone() {
      return commits.undone;
    },
    get queuedWrites() {
      return commits.queued;
    },
    close,
  };
}

/** Looked at and applied under the write lock: of several processes that start, one applies. */
async function bringUpToDate(commits: GroupCommit, { migrations, clock }: PostgresOptions): Promise<void> {
  await commits.submit(async (tx) => {
    const { pending } = await pendingMigrations(tx, postgresProfile, migrations);
    if (pending.length > 0) await applyMigrations(tx, postgresProfile, pending, clock.now());
    await prepareMarks(tx);
  }, migrationLimit_ms);
}

async function unreadable(rows: Rows): Promise<string[]> {
  for (const [table, columns] of await rows.tables()) {
    try {
      for await (const _ of rows.pages(table, columns));
    } catch (error) {
      return [`the table ${table} cannot be read: ${error instanceof Error ? error.message : String(error)}`];
    }
  }
  return [];
}

/** Fills an empty database with the rows of another, in one transaction; brings its schema up to date first. */
export async function fillPostgres(options: PostgresOptions, rows: Rows, progress: Copying): Promise<CopiedTable[]> {
  const writer = new PostgresWriter(addressOf(options.url), newId('own'));
  const commits = new GroupCommit(writer, postgresSpeech, options.clock);
  const insert = async (table: string, columns: readonly string[], values: readonly SqlValue[]): Promise<void> => {
    const names = columns.map((column) => `"${column}"`).join(', ');
    await writer.many(`insert into ${table} (${names}) values (${columns.map(() => '?').join(', ')})`, values, columns.length);
  };
  try {
    await bringUpToDate(commits, options);
    return await commits.submit(() => transfer(rows, { ...postgresRows(writer), insert }, progress), migrationLimit_ms);
  } finally {
    await commits.close();
    await writer.close();
  }
}

/** All rows of a database as they are at one moment; brings its schema up to date first. */
export async function withPostgresSnapshot<T>(options: PostgresOptions, work: (rows: Rows) => Promise<T>): Promise<T> {
  await (await openPostgres(options)).close();
  return withSnapshot(addressOf(options.url), work);
}
