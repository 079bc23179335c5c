import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { systemClock } from '../../server/src/kernel/clock.ts';
import { migrations, openDatabase } from '../../server/src/platform/database/index.ts';
import { administer, databaseUrl } from '../../server/src/platform/database/postgres/administer.fixture.ts';
import { type ServerPlace, startAndKill, startServer } from './crash-server.ts';

export interface MigrationReport {
  /** Databases of an older schema that were brought up to date. */
  readonly folders: number;
  readonly kills: number;
  /** Kills that came after the start had begun to change the schema, or copied before it. */
  readonly killsInside: number;
  /** Rows that were not there or not changed as the step says, schemas half applied, copies that are not whole. */
  readonly wrong: readonly string[];
}

/** The step that is killed: it gives every param that is a number its number, which takes a while where there are many. */
const lastOfOld = '0013-sign-in-links';
const params = 40_000;

/** A database as a program of before that step left it. */
async function makeOlder(folder: string, url?: string): Promise<void> {
  const until = migrations.findIndex(({ name }) => name === lastOfOld) + 1;
  const database = await openDatabase({ folder, url, migrations: migrations.slice(0, until), clock: systemClock });
  const rows = Array.from({ length: params }, (_, n) => [1, `p${n}`, n % 3 === 0 ? `text ${n}` : String(n / 4)]).flat();
  await database.write((tx) => database.many(tx, 'INSERT INTO run_params (run, key, value) VALUES (?, ?, ?)', rows, 3));
  await database.close();
}

/** One older database that is brought up to date. */
interface Older {
  readonly place: ServerPlace;
  /** Right before a kill. */
  readonly beforeKill: () => Promise<void>;
  /** Counts 1 if the kill came inside. */
  readonly look: (mustBeNew: boolean, wrong: string[]) => Promise<number>;
  readonly remove: () => Promise<void>;
}

/**
 * Starts the server on copies of an older database and kills it, up to three times each, at a random moment of the start; then
 * lets it come up. Between the kills it is looked into: the schema is the old one or the new one. `database` is the address of a
 * Postgres server that may make more of them; without it SQLite's files are taken.
 */
export async function proveMigration(
  place: ServerPlace,
  folders: number,
  chance: () => number,
  database?: string,
): Promise<MigrationReport> {
  const report = { folders, kills: 0, killsInside: 0, wrong: [] as string[] };
  if (folders === 0) return report;
  const nth = database === undefined ? await olderFolders(place) : await olderDatabases(place, database);
  let usual_ms = 1000;
  for (let n = 0; n < folders; n++) {
    const older = await nth(n);
    for (let kill = 0; kill < 1 + Math.floor(chance() * 3); kill++) {
      await startAndKill(older.place, usual_ms * (0.2 + chance()), older.beforeKill);
      report.kills++;
      report.killsInside += await older.look(false, report.wrong);
    }
    const server = await startServer(older.place);
    // Killed inside the first ones: a start that has nothing left to change is shorter.
    usual_ms = Math.max(usual_ms * 0.8, server.ready_ms);
    await server.stop();
    await older.look(true, report.wrong);
    await older.remove();
  }
  return report;
}

async function olderFolders(place: ServerPlace): Promise<(n: number) => Promise<Older>> {
  const template = join(place.cache, 'older');
  await makeOlder(template);
  return async (n) => {
    const data = join(place.cache, `older-${n}`);
    cpSync(template, data, { recursive: true });
    return {
      place: { ...place, data },
      beforeKill: async () => undefined,
      look: async (mustBeNew, wrong) => lookIntoFolder(data, mustBeNew, wrong),
      remove: async () => rmSync(data, { recursive: true, force: true }),
    };
  };
}

/** It is inside when a copy is there, and the schema is still the old one. */
function lookIntoFolder(data: string, mustBeNew: boolean, wrong: string[]): number {
  const copies = readdirSync(data).filter((name) => /^before-.*\.db$/.test(name));
  for (const name of copies) {
    const of = readFile(join(data, name));
    if (of !== 'old') wrong.push(`${name} is ${of}`);
  }
  const state = readFile(join(data, 'slipway.db'));
  if (state !== 'new' && (mustBeNew || state !== 'old')) wrong.push(`the database is ${state}`);
  return copies.length > 0 && state === 'old' ? 1 : 0;
}

/** Opening it recovers its log, as the next start would. */
function readFile(file: string): string {
  const database = new DatabaseSync(file);
  try {
    const whole = database.prepare('PRAGMA integrity_check').get()?.['integrity_check'];
    if (whole !== 'ok') return `damaged: ${String(whole)}`;
    const count = (from: string): number => Number(database.prepare(`SELECT count(*) AS n FROM ${from}`).get()?.['n']);
    const columns = count("pragma_table_info('run_params') WHERE name = 'number'");
    const numbered = columns === 0 ? 0 : count('run_params WHERE number IS NOT NULL');
    return stateOf({ steps: count('schema_migrations'), columns, rows: count('run_params'), numbered });
  } catch (error) {
    return `not readable: ${String(error)}`;
  } finally {
    database.close();
  }
}

async function olderDatabases(place: ServerPlace, server: string): Promise<(n: number) => Promise<Older>> {
  await administer(server, (client) => client.query('CREATE DATABASE older TEMPLATE template0'));
  await makeOlder(join(place.cache, 'older-data'), databaseUrl(server, 'older'));
  return async (n) => {
    const name = `older_${n}`;
    const url = databaseUrl(server, name);
    await administer(server, (client) => client.query(`CREATE DATABASE ${name} TEMPLATE older`));
    let isInside = false;
    return {
      place: { ...place, data: join(place.cache, name), words: ['--database', url] },
      async beforeKill() {
        const changing = "SELECT 1 FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND relation = 'run_params'::regclass";
        isInside = await administer(url, async (client) => (await client.query(changing)).rowCount !== 0);
      },
      async look(mustBeNew, wrong) {
        const state = await readDatabase(url);
        if (state !== 'new' && (mustBeNew || state !== 'old')) wrong.push(`${name} is ${state}`);
        return isInside && state === 'old' ? 1 : 0;
      },
      remove: () => administer(server, async (client) => void (await client.query(`DROP DATABASE ${name} WITH (FORCE)`))),
    };
  };
}

/** A change that a killed server left open holds its lock until Postgres has taken it back, so this waits for it. */
function readDatabase(url: string): Promise<string> {
  return administer(url, async (client) => {
    const count = async (from: string): Promise<number> =>
      Number((await client.query<{ n: string }>(`SELECT count(*) AS n FROM ${from}`)).rows[0]?.n);
    const rows = await count('run_params');
    const columns = await count("information_schema.columns WHERE table_name = 'run_params' AND column_name = 'number'");
    const numbered = columns === 0 ? 0 : await count('run_params WHERE number IS NOT NULL');
    return stateOf({ steps: await count('schema_migrations'), columns, rows, numbered });
  });
}

interface Counted {
  readonly steps: number;
  readonly columns: number;
  readonly rows: number;
  readonly numbered: number;
}

/** `old`, `new`, or what is wrong. */
function stateOf({ steps, columns, rows, numbered }: Counted): string {
  if (rows !== params) return `without ${params - rows} rows`;
  if (columns === 0) return steps < migrations.length ? 'old' : 'named new, and its columns are old';
  const due = params - Math.ceil(params / 3);
  if (numbered !== due) return `half changed: ${numbered} of ${due} rows`;
  return steps === migrations.length ? 'new' : 'changed, and its steps are not noted';
}
