/**
 * Proves that a server does not grow while it works: `soak.ts [--minutes N] [--seed N]`.
 *
 * Everyday load for minutes: runs that log and upload, predictions and their outcomes, lists that are read, streams of events that come
 * and go. Meanwhile memory of all processes, open files, threads and the delay of the event loop are looked at. What is held at the end
 * must be what was held half-way, but for a little: a leak of 1 kB a request shows within minutes.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { memoryOf, processTree } from '../bench/process-tree.ts';
import { freePort } from '../free-port.ts';
import { type Api, apiAt } from './crash-api.ts';
import { begin, logBatch, startRun, tellTruth, upload } from './crash-clients.ts';
import { type Ledger, newLedger } from './crash-ledger.ts';
import { bundledServer, startServer } from './crash-server.ts';
import { judgeSoak, type Look, type SoakVerdict } from './soak-verdict.ts';

export interface SoakReport extends SoakVerdict {
  readonly minutes: number;
  readonly requests: number;
  readonly acknowledged: number;
}

export interface SoakOptions {
  readonly seed: number;
  readonly minutes: number;
  readonly tell?: (line: string) => void;
}

const looks = 60;
const clients = 4;
const batchesPerRun = 100;
/** Between two requests of a client: some hundreds a second in all, which leaves the machine half idle. */
const pause_ms = 5;
const reads = ['/projects/default/runs', '/projects/default/models', '/projects/default/deployments', '/projects/default/events', '/me'];

export async function proveSoak({ seed, minutes, tell = () => undefined }: SoakOptions): Promise<SoakReport> {
  const root = mkdtempSync(join(tmpdir(), 'slipway-soak-'));
  const port = await freePort();
  const server = await startServer({ program: bundledServer(), data: join(root, 'data'), port, cache: root });
  const over = new AbortController();
  try {
    const ledger = newLedger(seed);
    const api = apiAt(port, ledger, over.signal);
    await begin({ api, ledger, chance: () => 0.5, gone: over.signal });
    const count = { requests: 0 };
    const load = Promise.all([
      ...Array.from({ length: clients }, (_, nth) => client(api, ledger, over.signal, nth, count)),
      listener(port, over.signal),
    ]);
    const seen: Look[] = [];
    for (let nth = 0; nth < looks; nth++) {
      await sleep((minutes * 60_000) / looks);
      seen.push(await look(server.pid, port));
      const { memory_MB, files, threads, delay_p99_ms } = seen.at(-1) as Look;
      tell(
        `${count.requests} requests: ${memory_MB.toFixed(1)} MB, ${files} files, ${threads} threads, event loop held ${delay_p99_ms.toFixed(1)} ms at p99`,
      );
    }
    over.abort();
    await load;
    const verdict = judgeSoak(seen);
    return {
      minutes,
      requests: count.requests,
      acknowledged: ledger.acknowledged,
      ...verdict,
      wrong: [...verdict.wrong, ...ledger.unexpected],
    };
  } finally {
    over.abort();
    await server.stop();
    rmSync(root, { recursive: true, force: true });
  }
}

async function client(api: Api, ledger: Ledger, over: AbortSignal, nth: number, count: { requests: number }): Promise<void> {
  for (let round = 0; !over.aborted; round++) {
    const run = await startRun(api);
    if (run === null) return;
    const known = { acknowledged: new Set<number>(), attempted: 0 };
    await upload(api, ledger, run, 'model.bin');
    while (!over.aborted && known.attempted < batchesPerRun) {
      await logBatch(api, run, known);
      await tellTruth(api, ledger, `${nth}-${round}-${known.attempted}`);
      await api.get(reads[known.attempted % reads.length] ?? '').catch(() => null);
      count.requests += 4;
      await sleep(pause_ms);
    }
    // What the proof remembers is not the server's.
    ledger.artifacts.clear();
    ledger.outcomes.clear();
  }
}

/** A page that is opened, looked at for a moment and left. */
async function listener(port: number, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    const left = new AbortController();
    const open = fetch(`http://127.0.0.1:${port}/api/v1/projects/default/events/stream`, { signal: AbortSignal.any([over, left.signal]) });
    open.then((answer) => answer.text()).catch(() => undefined);
    await sleep(200);
    left.abort();
  }
}

async function look(pid: number, port: number): Promise<Look> {
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const metric = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1] ?? Number.NaN);
  const count = (what: string): number => processTree(pid).reduce((sum, one) => sum + entries(`/proc/${one}/${what}`), 0);
  return {
    memory_MB: memoryOf(pid).alone_MB,
    files: count('fd'),
    threads: count('task'),
    delay_p99_ms: metric('event_loop_delay_p99_seconds') * 1000,
  };
}

function entries(folder: string): number {
  try {
    return readdirSync(folder).length;
  } catch {
    return 0;
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { seed: { type: 'string', default: String(process.pid) }, minutes: { type: 'string', default: '5' } },
  });
  const report = await proveSoak({
    seed: Number(values.seed),
    minutes: Number(values.minutes),
    tell: (line) => process.stderr.write(`${line}\n`),
  });
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  if (report.wrong.length > 0) process.exitCode = 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
