/**
 * Proves that a backup holds what was acknowledged before it began: `backup.ts [--rounds N] [--seed N]`.
 *
 * One server, and clients that write all the time over HTTP as in `crash.ts`. In each round a backup is asked for, in a part of the
 * rounds the server is killed while it is made and started again; then the backup is brought back into a new folder, another server
 * serves it, and is asked for everything that was acknowledged before the backup was asked for: nothing of it may be missing or
 * different, nothing later may be there by half, and its doctor, hashing every file, may find nothing.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { seededUniform } from '../../server/src/platform/statistics/index.ts';
import { freePort } from '../free-port.ts';
import { type Api, apiAt, type Client } from './crash-api.ts';
import { doctorFinds, outcomesLost, writtenIsThere } from './crash-check.ts';
import { begin, runClients } from './crash-clients.ts';
import { type Ledger, newLedger } from './crash-ledger.ts';
import { bundledServer, type CrashServer, runVerb, type ServerPlace, startServer } from './crash-server.ts';
import { backupWords, completeBackups } from './crash-upkeep.ts';

export interface BackupReport {
  readonly rounds: number;
  readonly seed: number;
  readonly acknowledged: number;
  /** Rounds in which the server was killed while the backup was made. */
  readonly killed: number;
  readonly checked: number;
  readonly lost: readonly string[];
  readonly half: readonly string[];
  readonly damage: readonly string[];
  /** Of three planted lies for each round; fewer, and the proof is blind. */
  readonly liesFound: number;
  /** Writes that were acknowledged while backups were made. */
  readonly meanwhile: number;
  readonly backup_ms: { readonly median: number; readonly greatest: number };
  readonly restore_ms: { readonly median: number; readonly greatest: number };
  readonly load: number;
  readonly cores: number;
}

export interface BackupOptions {
  readonly rounds: number;
  readonly seed: number;
  readonly tell?: (line: string) => void;
}

const backupLimit_ms = 120_000;
/** What the clients write at least before each backup, on a machine that is not hopelessly busy. */
const leastWrites = 60;
const writingLimit_ms = 20_000;
/** One in so many backups is cut by a kill. */
const killEvery = 4;

interface World {
  readonly place: ServerPlace;
  readonly root: string;
  readonly folder: string;
  readonly ledger: Ledger;
  readonly chance: () => number;
  server: CrashServer;
}

interface Sums {
  checked: number;
  lies: number;
  killed: number;
  meanwhile: number;
  readonly lost: string[];
  readonly half: string[];
  readonly damage: string[];
  readonly backups_ms: number[];
  readonly restores_ms: number[];
}

export async function proveBackup({ rounds, seed, tell = () => undefined }: BackupOptions): Promise<BackupReport> {
  const root = mkdtempSync(join(tmpdir(), 'slipway-prove-backup-'));
  const folder = join(root, 'backups');
  const words = backupWords({ folder });
  const place: ServerPlace = { program: bundledServer(), data: join(root, 'data'), port: await freePort(), cache: root, words };
  const world: World = { place, root, folder, ledger: newLedger(seed), chance: seededUniform(seed), server: await startServer(place) };
  const sums: Sums = { checked: 0, lies: 0, killed: 0, meanwhile: 0, lost: [], half: [], damage: [], backups_ms: [], restores_ms: [] };
  try {
    await begin(clientOf(world, new AbortController().signal));
    for (let round = 0; round < rounds; round++) {
      const before = await writeAndBackUp(world, round % killEvery === killEvery - 1, sums);
      await lookIntoRestored(world, before, sums);
      tell(
        `round ${round + 1}: ${before.acknowledged} acknowledged, ${sums.checked} checked, ${sums.lost.length} lost, ${sums.half.length} half`,
      );
    }
    await world.server.stop();
    const { backups_ms, restores_ms, lies: liesFound, ...counted } = sums;
    return {
      rounds,
      seed,
      acknowledged: world.ledger.acknowledged,
      ...counted,
      liesFound,
      backup_ms: spreadOf(backups_ms),
      restore_ms: spreadOf(restores_ms),
      load: Math.round(loadavg()[0] ?? 0),
      cores: availableParallelism(),
    };
  } finally {
    await world.server.kill(true).catch(() => undefined);
    rmSync(root, { recursive: true, force: true });
  }
}

function clientOf({ place, ledger, chance }: World, gone: AbortSignal): Client {
  return { api: apiAt(place.port, ledger, gone), ledger, chance, gone };
}

/** Clients write; meanwhile a backup is asked for, and ends. Answers what had been acknowledged when it was asked for. */
async function writeAndBackUp(world: World, isKilled: boolean, sums: Sums): Promise<Ledger> {
  const { chance, folder, ledger } = world;
  let gone = new AbortController();
  let writing = runClients(clientOf(world, gone.signal));
  const enough = ledger.acknowledged + leastWrites;
  const until = performance.now() + writingLimit_ms;
  while (ledger.acknowledged < enough && performance.now() < until) await sleep(20);
  await sleep(chance() * 500);
  const earlier = new Set(completeBackups(folder));
  const before = structuredClone(ledger);
  const began_ms = performance.now();
  const asked = await clientOf(world, new AbortController().signal).api.send<unknown>('POST', '/operations/backup');
  if (asked?.status !== 202) throw new Error(`a backup was not begun: ${JSON.stringify(asked)}`);
  if (isKilled) {
    await sleep(chance() * 400);
    await world.server.kill(true);
    gone.abort();
    await writing;
    sums.killed++;
    world.server = await startServer(world.place);
    gone = new AbortController();
    writing = runClients(clientOf(world, gone.signal));
  }
  while (completeBackups(folder).every((name) => earlier.has(name))) {
    if (performance.now() - began_ms > backupLimit_ms) throw new Error('a backup that was acknowledged did not come to its end');
    await sleep(20);
  }
  if (!isKilled) sums.backups_ms.push(performance.now() - began_ms);
  gone.abort();
  await writing;
  sums.meanwhile += ledger.acknowledged - before.acknowledged;
  return before;
}

async function lookIntoRestored(world: World, before: Ledger, sums: Sums): Promise<void> {
  const data = join(world.root, 'restored');
  const began_ms = performance.now();
  runVerb(world.place, ['restore', world.folder, '--data', data]);
  sums.restores_ms.push(performance.now() - began_ms);
  const place = { ...world.place, data, port: await freePort(), words: [] };
  const server = await startServer(place);
  try {
    const api = apiAt(place.port, before, new AbortController().signal);
    const found = await writtenIsThere(api, withLaterTries(before, world.ledger), () => true);
    sums.checked += found.checked;
    sums.lost.push(...found.lost);
    sums.half.push(...found.half);
    const gone = await outcomesLost(api, before);
    sums.checked += before.outcomes.size;
    if (gone > 0) sums.lost.push(`${gone} outcomes`);
    sums.damage.push(...(await doctorFinds(api)));
    sums.lies += await liesFound(api, before);
  } finally {
    await server.kill(true);
    rmSync(data, { recursive: true, force: true });
  }
}

/** Of the runs that were known then, also the batches that came later: they may be there, but not by half. */
function withLaterTries(before: Ledger, now: Ledger): Ledger {
  const runs = new Map(
    [...before.runs].map(([id, run]) => [id, { ...run, attempted: now.runs.get(id)?.attempted ?? run.attempted }] as const),
  );
  return { ...before, runs };
}

/** How many of three things that nobody acknowledged the check misses as it should. */
async function liesFound(api: Api, before: Ledger): Promise<number> {
  const [first] = before.runs;
  if (!first) return 0;
  const lies = newLedger(before.seed);
  const never = 100_000;
  lies.runs.set(first[0], { acknowledged: new Set([never]), attempted: never });
  lies.artifacts.set(`${first[0]}/never.bin`, true);
  lies.versions.set(999_999, 'none');
  return (await writtenIsThere(api, lies, () => true)).lost.length;
}

function spreadOf(values: readonly number[]): { median: number; greatest: number } {
  const sorted = values.map(Math.round).toSorted((a, b) => a - b);
  return { median: sorted[Math.floor(sorted.length / 2)] ?? 0, greatest: sorted.at(-1) ?? 0 };
}

/** Whether a report proves what it should. */
export function isProved({ rounds, lost, half, damage, liesFound: lies }: BackupReport): boolean {
  return lost.length + half.length + damage.length === 0 && lies === 3 * rounds;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { rounds: { type: 'string', default: '20' }, seed: { type: 'string', default: String(process.pid) } },
  });
  const tell = (line: string) => void process.stderr.write(`${line}\n`);
  const report = await proveBackup({ rounds: Number(values.rounds), seed: Number(values.seed), tell });
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  if (!isProved(report)) process.exitCode = 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
