import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { systemClock } from '../../server/src/kernel/clock.ts';
import { migrations, openDatabase } from '../../server/src/platform/database/index.ts';
import { type ServerPlace, startAndKill, startServer } from './crash-server.ts';

export interface MigrationReport {
  /** Folders of an older schema that were brought up to date. */
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

/** A data folder as a program of before that step left it. */
async function oldFolder(folder: string): Promise<void> {
  const until = migrations.findIndex(({ name }) => name === lastOfOld) + 1;
  const database = await openDatabase({ folder, migrations: migrations.slice(0, until), clock: systemClock });
  const rows = Array.from({ length: params }, (_, n) => [1, `p${n}`, n % 3 === 0 ? `text ${n}` : String(n / 4)]).flat();
  await database.write((tx) => database.many(tx, 'INSERT INTO run_params (run, key, value) VALUES (?, ?, ?)', rows, 3));
  await database.close();
}

/**
 * Starts the server on copies of an older data folder and kills it, up to three times each, at a random moment of the start; then
 * lets it come up. SQLite's files are looked into between the kills: the schema is the old one or the new one.
 */
export async function proveMigration(place: ServerPlace, folders: number, chance: () => number): Promise<MigrationReport> {
  const report = { folders, kills: 0, killsInside: 0, wrong: [] as string[] };
  if (folders === 0) return report;
  const template = join(place.cache, 'older');
  await oldFolder(template);
  let usual_ms = 1000;
  for (let n = 0; n < folders; n++) {
    const data = join(place.cache, `older-${n}`);
    cpSync(template, data, { recursive: true });
    const here = { ...place, data };
    for (let kill = 0; kill < 1 + Math.floor(chance() * 3); kill++) {
      await startAndKill(here, usual_ms * (0.2 + chance()));
      report.kills++;
      report.killsInside += lookInto(data, false, report.wrong);
    }
    const server = await startServer(here);
    // Killed inside the first ones: a start that has nothing left to change is shorter.
    usual_ms = Math.max(usual_ms * 0.8, server.ready_ms);
    await server.stop();
    lookInto(data, true, report.wrong);
    rmSync(data, { recursive: true, force: true });
  }
  return report;
}

/** Counts 1 if the kill came inside: a copy is there, and the schema is still the old one. */
function lookInto(data: string, mustBeNew: boolean, wrong: string[]): number {
  const copies = readdirSync(data).filter((name) => /^before-.*\.db$/.test(name));
  for (const name of copies) {
    const of = readState(join(data, name));
    if (of !== 'old') wrong.push(`${name} is ${of}`);
  }
  const state = readState(join(data, 'slipway.db'));
  if (state !== 'new' && (mustBeNew || state !== 'old')) wrong.push(`the database is ${state}`);
  return copies.length > 0 && state === 'old' ? 1 : 0;
}

/** `old`, `new`, or what is wrong. Opening it recovers its log, as the next start would. */
function readState(file: string): string {
  const database = new DatabaseSync(file);
  try {
    const whole = database.prepare('PRAGMA integrity_check').get()?.['integrity_check'];
    if (whole !== 'ok') return `damaged: ${String(whole)}`;
    const steps = Number(database.prepare('SELECT count(*) AS n FROM schema_migrations').get()?.['n']);
    const columns = database.prepare("SELECT count(*) AS n FROM pragma_table_info('run_params') WHERE name = 'number'").get()?.['n'];
    const rows = Number(database.prepare('SELECT count(*) AS n FROM run_params').get()?.['n']);
    if (rows !== params) return `without ${params - rows} rows`;
    if (columns === 0) return steps < migrations.length ? 'old' : 'named new, and its columns are old';
    const numbered = Number(database.prepare('SELECT count(*) AS n FROM run_params WHERE number IS NOT NULL').get()?.['n']);
    const due = params - Math.ceil(params / 3);
    if (numbered !== due) return `half changed: ${numbered} of ${due} rows`;
    return steps === migrations.length ? 'new' : 'changed, and its steps are not noted';
  } catch (error) {
    return `not readable: ${String(error)}`;
  } finally {
    database.close();
  }
}
