/**
 * Proves that what was acknowledged survives kill -9: `crash.ts [--cycles N] [--seed N]`.
 *
 * Each cycle starts a real server on the same data folder, lets clients write over HTTP (batches of metrics, uploads, versions
 * of a data set, trainings, alias moves, rollouts, outcomes) and notes every acknowledgement, kills the server at a random
 * moment, in half of the cycles with all its children, starts it again, and looks for what was acknowledged and for anything
 * half there. A kill cannot see a missing fsync, because the page cache survives it: `power.ts` proves that.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { seededUniform } from '../../server/src/platform/statistics/index.ts';
import { freePort } from '../free-port.ts';
import { type Api, apiAt } from './crash-api.ts';
import { check, doctorFinds, executionsEnd, type Finding, liesFound, outcomesLost } from './crash-check.ts';
import { addData, type Client, isDone, release, runClients, setUp, startTraining } from './crash-clients.ts';
import { type Ledger, newLedger } from './crash-ledger.ts';
import { bundledServer, type Refusal, type ServerPlace, startRefused, startServer } from './crash-server.ts';

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
    readonly aliasMoves: number;
    readonly releases: number;
  };
  readonly restart_ms: { readonly median: number; readonly greatest: number };
  /** The longest that a child outlived its server. */
  readonly orphans_ms: number;
  /** What the doctor and `PRAGMA integrity_check` found at the end. */
  readonly damage: readonly string[];
  /** Of four planted lies; fewer, and the proof is blind. */
  readonly liesFound: number;
  /** A second server on the folder, and one on the port, while the first served. */
  readonly refusals: { readonly pid: number; readonly folder: Refusal; readonly port: Refusal };
  readonly stop: { readonly code: number | null; readonly took_ms: number; readonly text: string };
}

export interface CrashOptions {
  readonly cycles: number;
  readonly seed: number;
  readonly tell?: (line: string) => void;
}

const longestRun_ms = 1_000;
/** Now and then a cycle is long enough for a training to end. */
const longRun_ms = 4_000;
const longShare = 0.15;
/** Runs and artifacts that are looked at again after each crash; at the end all are. */
const againShare = 0.2;

export async function proveCrash({ cycles, seed, tell = () => undefined }: CrashOptions): Promise<CrashReport> {
  const root = mkdtempSync(join(tmpdir(), 'slipway-crash-'));
  const place: ServerPlace = { program: bundledServer(), data: join(root, 'data'), port: await freePort(), cache: root };
  const ledger = newLedger(seed);
  const chance = seededUniform(seed);
  const restarts: number[] = [];
  const found: Found = { lost: [], half: [], checked: 0, orphans_ms: 0 };
  try {
    for (let cycle = 0; cycle < cycles; cycle++) {
      const server = await startServer(place);
      const gone = new AbortController();
      const api = apiAt(place.port, ledger, gone.signal);
      const client: Client = { api, ledger, chance, gone: gone.signal };
      if (cycle === 0) await begin(client);
      else {
        restarts.push(server.ready_ms);
        add(found, await check(api, ledger, () => chance() < againShare));
      }
      const writing = runClients(client);
      await sleep(chance() < longShare ? longRun_ms : 100 + chance() * longestRun_ms);
      const { children, gone_ms } = await server.kill(chance() < 0.5);
      gone.abort();
      await writing;
      found.orphans_ms = Math.max(found.orphans_ms, gone_ms);
      tell(
        `cycle ${cycle + 1}: ready after ${Math.round(server.ready_ms)} ms, ${ledger.acknowledged} acknowledged, ${children} children, ${found.lost.length} lost, ${found.half.length} half`,
      );
    }
    return await finish({ place, ledger, cycles, seed, restarts, found });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Nothing is killed before there is one version that serves. */
async function begin(client: Client): Promise<void> {
  await setUp(client);
  await addData(client.api, client.ledger, 1);
  await startTraining(client.api, client.ledger);
  const wrong = await executionsEnd(client.api, client.ledger);
  if (wrong.length > 0) throw new Error(`the first training: ${wrong.join('; ')}`);
  const released = await release(client.api, 1);
  if (!isDone(released)) throw new Error(`the first release: ${JSON.stringify(released)}`);
  client.ledger.champion.acknowledged = 1;
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
  readonly cycles: number;
  readonly seed: number;
  readonly restarts: number[];
  readonly found: Found;
}

/** The last start: all is looked for, what was begun goes on to its end, and the server stops as it should. */
async function finish({ place, ledger, cycles, seed, restarts, found }: Finish): Promise<CrashReport> {
  const server = await startServer(place);
  restarts.push(server.ready_ms);
  const api: Api = apiAt(place.port, ledger, new AbortController().signal);
  const folder = await startRefused({ ...place, port: await freePort() });
  const port = await startRefused({ ...place, data: join(place.cache, 'other') });
  add(found, await check(api, ledger, () => true));
  found.lost.push(...(await executionsEnd(api, ledger)));
  const lies = await liesFound(api, ledger);
  const gone = await outcomesLost(api, ledger);
  if (gone > 0) found.lost.push(`${gone} outcomes`);
  const damage = await doctorFinds(api);
  const stop = await server.stop();
  damage.push(...integrityOf(join(place.data, 'slipway.db')));
  const { runs, artifacts, versions, executions, outcomes } = ledger;
  const sorted = restarts.toSorted((a, b) => a - b);
  return {
    cycles,
    seed,
    acknowledged: ledger.acknowledged,
    ...found,
    unexpected: ledger.unexpected,
    written: {
      batches: [...runs.values()].reduce((sum, run) => sum + run.acknowledged.size, 0),
      artifacts: [...artifacts.values()].filter(Boolean).length,
      versions: versions.size,
      executions: executions.size,
      outcomes: outcomes.size,
      aliasMoves: ledger.alias.moves,
      releases: ledger.champion.moves,
    },
    restart_ms: { median: Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0), greatest: Math.round(sorted.at(-1) ?? 0) },
    damage,
    liesFound: lies,
    refusals: { pid: server.pid, folder, port },
    stop,
  };
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
    options: { cycles: { type: 'string', default: '200' }, seed: { type: 'string', default: String(process.pid) } },
  });
  const report = await proveCrash({
    cycles: Number(values.cycles),
    seed: Number(values.seed),
    tell: (line) => process.stderr.write(`${line}\n`),
  });
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  const { lost, half, unexpected, damage, stop } = report;
  const wrong = lost.length + half.length + unexpected.length + damage.length;
  if (wrong > 0 || report.liesFound < 4 || stop.code !== 0) process.exitCode = 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
