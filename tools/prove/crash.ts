/**
 * Proves that what was acknowledged survives kill -9: `crash.ts [--cycles N] [--migrations N] [--seed N] [--minutes N] [--postgres]`.
 *
 * Each cycle starts a real server on the same data folder, lets clients write over HTTP (batches of metrics, uploads, versions
 * of a data set, trainings, alias moves, rollouts, outcomes; runs, files and models by the MLflow protocol) beside sweeps and backups, and notes every acknowledgement, kills
 * the server at a random moment, in half of the cycles with all its children, starts it again, and looks for what was
 * acknowledged and for anything half there. Each life is a day after the one before, so that sweeps have something to remove.
 * At the end the last backup is restored and looked into. Then older databases are brought up to date under kills.
 * `--postgres` starts a Postgres server for it, which is killed too in some of the cycles.
 * A kill cannot see a missing fsync, because the page cache survives it: `power.ts` proves that.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { seededUniform } from '../../server/src/platform/statistics/index.ts';
import { freePort } from '../free-port.ts';
import { type PostgresServer, startPostgres } from '../postgres.ts';
import { type Api, apiAt, type Client } from './crash-api.ts';
import { check, doctorFinds, executionsEnd, liesFound, outcomesLost, plantedLies } from './crash-check.ts';
import { begin, runClients } from './crash-clients.ts';
import { type Finding, type Ledger, newLedger } from './crash-ledger.ts';
import { type MigrationReport, proveMigration } from './crash-migration.ts';
import { postgresDamage } from './crash-postgres.ts';
import { bundledServer, type CrashServer, type Refusal, runVerb, type ServerPlace, startRefused, startServer } from './crash-server.ts';
import { backupWords, finishedBackup, forgetComplete, keep, lastSweep, newUpkeep, restoredHas, type Upkeep } from './crash-upkeep.ts';
import { movedClock } from './moved-clock.ts';

export interface CrashReport {
  readonly cycles: number;
  readonly seed: number;
  readonly acknowledged: number;
  readonly checked: number;
  readonly lost: readonly string[];
  readonly half: readonly string[];
  /** Answers that were neither success nor an honest "not now". */
  readonly unexpected: readonly string[];
  readonly written: {
    readonly batches: number;
    readonly artifacts: number;
    readonly versions: number;
    readonly executions: number;
    readonly outcomes: number;
    readonly trackedBatches: number;
    readonly trackedFiles: number;
    readonly trackedVersions: number;
    readonly aliasMoves: number;
    readonly releases: number;
    readonly sweeps: number;
    readonly backups: number;
  };
  /** Files that sweeps removed; null where there is no clock to move, and so nothing old enough. */
  readonly swept: number | null;
  /** Cycles in which Postgres was killed too. */
  readonly databaseKills: number;
  /** What was looked for in the restored backup, which is a data folder with SQLite whatever it was made of; null when none ended. */
  readonly restored: number | null;
  readonly migration: MigrationReport;
  /** From the start of the process to its first answer, by the clock and in CPU time. */
  readonly restart_ms: Spread;
  readonly restartCpu_ms: Spread;
  /** Of the machine at the end, over 1, 5 and 15 minutes, and how many cores it has. */
  readonly load: readonly number[];
  readonly cores: number;
  /** The longest that a child outlived its server. */
  readonly orphans_ms: number;
  /** What the doctor found at the end, and `PRAGMA integrity_check` or Postgres' `amcheck`. */
  readonly damage: readonly string[];
  /** Of the planted lies; fewer, and the proof is blind. */
  readonly liesFound: number;
  /** A second server on the folder, and one on the port, while the first served. */
  readonly refusals: { readonly pid: number; readonly folder: Refusal; readonly port: Refusal };
  readonly stop: { readonly code: number | null; readonly took_ms: number; readonly text: string };
}

export interface Spread {
  readonly least: number;
  readonly median: number;
  readonly greatest: number;
}

export interface CrashOptions {
  readonly cycles: number;
  /** How many databases of an older schema are brought up to date under kills. */
  readonly migrations: number;
  readonly seed: number;
  /** No cycle begins later; the last looks, which take a while, come then. */
  readonly minutes?: number | undefined;
  /** Without it the server's own file. */
  readonly postgres?: PostgresServer | undefined;
  readonly tell?: (line: string) => void;
}

/** The age from which the store sweeps, and some more. */
const day_ms = 25 * 3_600_000;
const longestRun_ms = 1_000;
/** Now and then a cycle is long enough for a training to end. */
const longRun_ms = 4_000;
const longShare = 0.15;
/** Runs and artifacts that are looked at again after each crash; at the end all are. */
const againShare = 0.2;
/** Of the cycles on Postgres: those in which it is killed as well. */
const databaseKillShare = 0.2;

export async function proveCrash(options: CrashOptions): Promise<CrashReport> {
  const { seed, minutes = Number.POSITIVE_INFINITY, postgres, tell = () => undefined } = options;
  const until = performance.now() + minutes * 60_000;
  const root = mkdtempSync(join(tmpdir(), 'slipway-crash-'));
  const clock = movedClock(root);
  const program = bundledServer();
  const environment = clock?.environment ?? {};
  const upkeep = newUpkeep(join(root, 'backups'));
  const words = [...backupWords(upkeep), ...(postgres === undefined ? [] : ['--database', postgres.url])];
  const place: ServerPlace = { program, data: join(root, 'data'), port: await freePort(), cache: root, words, environment };
  const ledger = newLedger(seed);
  const chance = seededUniform(seed);
  const restarts: Restart[] = [];
  const found: Found = { lost: [], half: [], checked: 0, orphans_ms: 0 };
  let databaseKills = 0;
  let cycle = 0;
  try {
    for (; cycle < options.cycles && performance.now() < until; cycle++) {
      clock?.set(cycle * day_ms);
      const server = await startServer(place);
      const gone = new AbortController();
      const api = apiAt(place.port, ledger, gone.signal);
      const client: Client = { api, ledger, chance, gone: gone.signal };
      if (cycle === 0) await begin(client);
      else {
        restarts.push(server);
        const now = await check(api, ledger, () => chance() < againShare);
        add(found, now);
        for (const one of [...now.lost, ...now.half]) tell(one);
      }
      const writing = [runClients(client), keep(upkeep, client)];
      await sleep(chance() < longShare ? longRun_ms : 100 + chance() * longestRun_ms);
      const killsDatabase = postgres !== undefined && chance() < databaseKillShare;
      if (killsDatabase) await postgres.kill();
      const { children, gone_ms } = await server.kill(chance() < 0.5);
      gone.abort();
      if (killsDatabase) {
        databaseKills++;
        await postgres.start();
      }
      await Promise.all(writing);
      forgetComplete(upkeep);
      found.orphans_ms = Math.max(found.orphans_ms, gone_ms);
      tell(
        `cycle ${cycle + 1}: ready after ${Math.round(server.ready_ms)} ms, ${ledger.acknowledged} acknowledged, ${children} children, ${found.lost.length} lost, ${found.half.length} half`,
      );
    }
    clock?.set(cycle * day_ms);
    const ended = await finish({ place, ledger, upkeep, restarts, found, database: postgres?.url });
    const migration = await proveMigration({ ...place, words: [], environment: {} }, options.migrations, chance, postgres?.url);
    return { cycles: cycle, seed, ...ended, databaseKills, swept: clock ? ended.swept : null, migration };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

type Found = Finding & { orphans_ms: number };

function add(found: Found, more: Finding): void {
  found.lost.push(...more.lost);
  found.half.push(...more.half);
  found.checked += more.checked;
}

interface Finish {
  readonly place: ServerPlace;
  readonly ledger: Ledger;
  readonly upkeep: Upkeep;
  readonly restarts: Restart[];
  readonly found: Found;
  /** The address of Postgres. */
  readonly database: string | undefined;
}

type Restart = Pick<CrashServer, 'ready_ms' | 'readyCpu_ms'>;
type Ended = Omit<CrashReport, 'cycles' | 'seed' | 'migration' | 'databaseKills'>;

/** The last start: all is looked for, what was begun goes on to its end, and the server stops as it should. */
async function finish({ place, ledger, upkeep, restarts, found, database }: Finish): Promise<Ended> {
  const server = await startServer(place);
  restarts.push(server);
  const api: Api = apiAt(place.port, ledger, new AbortController().signal);
  const folder = await startRefused({ ...place, port: await freePort() });
  const port = await startRefused({ ...place, data: join(place.cache, 'other') });
  add(found, await check(api, ledger, () => true));
  found.lost.push(...(await executionsEnd(api, ledger)));
  const lies = await liesFound(api, ledger);
  const gone = await outcomesLost(api, ledger);
  if (gone > 0) found.lost.push(`${gone} outcomes`);
  const backup = await finishedBackup(upkeep);
  const { swept, wrong } = await lastSweep(api);
  const damage = [...wrong, ...(await doctorFinds(api))];
  const stop = await server.stop();
  damage.push(...(database === undefined ? integrityOf(join(place.data, 'slipway.db')) : await postgresDamage(database)));
  if (typeof backup === 'string') found.lost.push(backup);
  const restored = backup !== null && typeof backup !== 'string' ? await lookIntoRestored(place, backup) : null;
  if (restored) add(found, restored);
  const { runs, artifacts, versions, executions, outcomes, trackedRuns, trackedModels, trackedFiles } = ledger;
  return {
    acknowledged: ledger.acknowledged,
    ...found,
    unexpected: ledger.unexpected,
    written: {
      batches: [...runs.values()].reduce((sum, run) => sum + run.acknowledged.size, 0),
      artifacts: [...artifacts.values()].filter(Boolean).length,
      versions: versions.size,
      executions: executions.size,
      outcomes: outcomes.size,
      trackedBatches: [...trackedRuns.values()].reduce((sum, { batches }) => sum + [...batches.values()].filter(Boolean).length, 0),
      trackedFiles: [...trackedFiles.values()].filter(Boolean).length,
      trackedVersions: [...trackedModels.values()].reduce((sum, model) => sum + model.versions.size, 0),
      aliasMoves: ledger.alias.moves,
      releases: ledger.champion.moves,
      sweeps: upkeep.sweeps,
      backups: upkeep.backups,
    },
    swept,
    restored: restored?.checked ?? null,
    restart_ms: spreadOf(restarts.map((one) => one.ready_ms)),
    restartCpu_ms: spreadOf(restarts.map((one) => one.readyCpu_ms)),
    load: loadavg().map((one) => Math.round(one * 10) / 10),
    cores: availableParallelism(),
    damage,
    liesFound: lies,
    refusals: { pid: server.pid, folder, port },
    stop,
  };
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = values.map(Math.round).toSorted((a, b) => a - b);
  return { least: sorted[0] ?? 0, median: sorted[Math.floor(sorted.length / 2)] ?? 0, greatest: sorted.at(-1) ?? 0 };
}

/** A server on the folder that the backup was restored to must know what was acknowledged before the backup began. */
async function lookIntoRestored(place: ServerPlace, { folder, before }: { folder: string; before: Ledger }): Promise<Finding> {
  const data = join(place.cache, 'restored');
  runVerb(place, ['restore', folder, '--data', data]);
  const server = await startServer({ ...place, data, words: [] });
  const found = await restoredHas(apiAt(place.port, before, new AbortController().signal), before);
  await server.stop();
  return found;
}

function integrityOf(file: string): string[] {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const rows = database.prepare('PRAGMA integrity_check').all();
    return rows.map((row) => String(Object.values(row)[0])).filter((line) => line !== 'ok');
  } finally {
    database.close();
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      cycles: { type: 'string', default: '200' },
      migrations: { type: 'string', default: '40' },
      seed: { type: 'string', default: String(process.pid) },
      minutes: { type: 'string' },
      postgres: { type: 'boolean', default: false },
    },
  });
  const postgres = values.postgres ? await startPostgres() : undefined;
  const report = await proveCrash({
    cycles: Number(values.cycles),
    migrations: Number(values.migrations),
    seed: Number(values.seed),
    minutes: values.minutes === undefined ? undefined : Number(values.minutes),
    postgres,
    tell: (line) => process.stderr.write(`${line}\n`),
  }).finally(() => postgres?.remove());
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  const { lost, half, unexpected, damage, stop, migration } = report;
  const wrong = lost.length + half.length + unexpected.length + damage.length + migration.wrong.length;
  if (wrong > 0 || report.liesFound < plantedLies || stop.code !== 0) process.exitCode = 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
