/**
 * Proves that a full disk loses nothing and heals by itself: `disk.ts [--points N] [--seed N]`.
 *
 * A real server on a small file system of its own, which is filled at many points: from nothing free to most of what a round of writes takes. At each point
 * clients write one of each kind. Writers that find no place are told 507, reads go on, nothing is half there; when there is room
 * again the same process takes writes. It needs the right to mount a file system.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { freePort } from '../free-port.ts';
import { mib, noMount, type SmallDisk, smallDisk } from '../small-disk.ts';
import { apiAt, honest } from './crash-api.ts';
import { check, doctorFinds, executionsEnd, liesFound, plantedLies } from './crash-check.ts';
import { addData, begin, startRun } from './crash-clients.ts';
import { newLedger } from './crash-ledger.ts';
import { bundledServer, type CrashServer, startServer } from './crash-server.ts';
import { oneOfEach } from './one-of-each.ts';

export interface DiskReport {
  readonly points: number;
  /** Points at which something was refused for want of space. */
  readonly full: number;
  readonly refused: number;
  readonly acknowledged: number;
  readonly lost: readonly string[];
  readonly half: readonly string[];
  /** Answers other than 507, reads that failed, writes that were still refused when there was room. */
  readonly wrong: readonly string[];
  readonly damage: readonly string[];
  readonly liesFound: number;
  /** Of the clean stop of the one process that lived through all of it. */
  readonly stop: number | null;
}

export interface DiskOptions {
  readonly points: number;
  readonly seed: number;
}

const disk_bytes = 96 * mib;
/** Less than a round of writes takes. */
const most_bytes = 1.25 * mib;

/** Undefined where we may not mount a file system. */
export async function proveDisk(options: DiskOptions): Promise<DiskReport | undefined> {
  const disk = smallDisk(disk_bytes);
  if (disk === null) return undefined;
  const cache = mkdtempSync(join(tmpdir(), 'slipway-full-'));
  const place = { program: bundledServer(), data: join(disk.path, 'data'), port: await freePort(), cache };
  const server = await startServer(place);
  try {
    return await fillAndFree(disk, server, place.port, options);
  } finally {
    if (server.isRunning()) await server.kill(true);
    disk.remove();
    rmSync(cache, { recursive: true, force: true });
  }
}

async function fillAndFree(disk: SmallDisk, server: CrashServer, port: number, { points, seed }: DiskOptions): Promise<DiskReport> {
  const ledger = newLedger(seed);
  const gone = new AbortController().signal;
  const api = apiAt(port, ledger, gone);
  const [lost, half, wrong]: [string[], string[], string[]] = [[], [], []];
  await begin({ api, ledger, chance: () => 0.5, gone });
  const counted = { refused: 0, full: 0 };
  const tight = apiAt(port, ledger, gone, [...honest, 507]);
  const whenFull: typeof tight = {
    ...tight,
    async send<Body>(method: string, path: string, body?: unknown) {
      const answer = await tight.send<Body>(method, path, body);
      if (answer === null) wrong.push(`${method} ${path}: no answer`);
      if (answer?.status === 507) counted.refused++;
      const told = (answer?.body as { error_code?: string } | null)?.error_code;
      if (answer?.status === 507 && path.startsWith('/api/') && told !== 'RESOURCE_EXHAUSTED')
        wrong.push(`${method} ${path}: 507 in another form than MLflow’s: ${JSON.stringify(answer.body)}`);
      return answer;
    },
  };
  for (let point = 0; point < points; point++) {
    const before = counted.refused;
    disk.leaveFree(Math.floor((most_bytes * point) / points));
    await oneOfEach(whenFull, ledger, point);
    await addData(whenFull, ledger, point);
    if (counted.refused > before) counted.full++;
    const when = `at point ${point}`;
    const found = await check(api, ledger, () => true).catch((error: unknown) => {
      wrong.push(`${when}: reads do not go on: ${String(error)}`);
      return { lost: [], half: [] };
    });
    lost.push(...found.lost.map((one) => `${when}: ${one}`));
    half.push(...found.half.map((one) => `${when}: ${one}`));
    disk.makeRoom();
    if ((await startRun(api)) === null) wrong.push(`${when}: there is room again, and no write is taken`);
  }
  wrong.push(...ledger.unexpected, ...(await executionsEnd(api, ledger)));
  const report = { points, ...counted, acknowledged: ledger.acknowledged, lost, half, wrong };
  const damage = await doctorFinds(api);
  const lies = await liesFound(api, ledger);
  const { code } = await server.stop();
  return { ...report, damage, liesFound: lies, stop: code };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { points: { type: 'string', default: '20' }, seed: { type: 'string', default: String(process.pid) } },
  });
  const report = await proveDisk({ points: Number(values.points), seed: Number(values.seed) });
  if (report === undefined) {
    process.stderr.write(`Nothing was proved: ${noMount}.\n`);
    process.exitCode = process.env['CI'] === 'true' ? 1 : 0;
    return;
  }
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  const { lost, half, wrong, damage, stop } = report;
  if (lost.length + half.length + wrong.length + damage.length > 0 || report.liesFound < plantedLies || stop !== 0) process.exitCode = 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
