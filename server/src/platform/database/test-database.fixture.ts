import { createHash } from 'node:crypto';
import { after } from 'node:test';
import pg from 'pg';
import { systemClock } from '../../kernel/clock.ts';
import { type Database, type DatabaseOptions, migrations, openDatabase } from './index.ts';

/** The Postgres server that tests run on instead of SQLite: `sh tools/with-node.sh tools/postgres.ts --test FILE…` sets it. */
const server = process.env['SLIPWAY_TEST_DATABASE'];

/** True where tests run on Postgres; what is only so on one database asks. */
export const onPostgres = server !== undefined;

/** Opens the database of a folder for a test: the same one for the same folder, whichever kind the tests run on. */
export async function openTestDatabase(options: Omit<DatabaseOptions, 'url'>): Promise<Database> {
  return openDatabase({ ...options, url: await testDatabaseUrl(options.folder, options.migrations === migrations) });
}

const made = new Map<string, Promise<string>>();

/** The address of a folder's database, made on first use; undefined where tests run on SQLite. `whole`: with all tables in it. */
export function testDatabaseUrl(folder: string, whole = true): Promise<string | undefined> {
  if (server === undefined) return Promise.resolve(undefined);
  const name = `test_${createHash('sha256').update(folder).digest('hex').slice(0, 24)}`;
  const url = made.get(name) ?? make(name, whole);
  if (made.size === 0) after(dropAll);
  made.set(name, url);
  return url;
}

async function make(name: string, whole: boolean): Promise<string> {
  const source = whole ? await template() : 'template0';
  await administer(async (client) => {
    await client.query(`create database ${name} template ${source} strategy file_copy`);
  });
  return urlOf(name);
}

/** A database with all tables, made once for all test files of a server. */
async function template(): Promise<string> {
  const name = `template_${createHash('sha256')
    .update(migrations.map((one) => one.name).join())
    .digest('hex')
    .slice(0, 24)}`;
  await administer(async (client) => {
    await client.query('select pg_advisory_lock(1)');
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (rowCount === 1) return;
    await client.query(`create database ${name}_new template template0`);
    const database = await openDatabase({ folder: '/tmp', url: urlOf(`${name}_new`), migrations, clock: systemClock });
    await database.close();
    await client.query(`alter database ${name}_new rename to ${name}`);
  });
  return name;
}

async function dropAll(): Promise<void> {
  await administer(async (client) => {
    for (const name of made.keys()) await client.query(`drop database if exists ${name} with (force)`);
  });
}

async function administer(work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client(server);
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function urlOf(name: string): string {
  const url = new URL(server ?? '');
  url.pathname = `/${name}`;
  return url.href;
}
