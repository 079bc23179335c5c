import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { readText } from '../checkout.ts';
import { slipway, startServer } from './a-started-server.ts';
import { deployModel, fillBlobs, fillDatabase } from './filled-folders.ts';
import { cpuOf_ms, memoryOf } from './process-tree.ts';
import type { BenchRow, Figures } from './row.ts';

const settle_ms = 5_000;
const idle_ms = 10_000;

const root = join(tmpdir(), `slipway-bench-${process.pid}`);
const folders = { database: join(root, 'database'), blobs: join(root, 'blobs'), deployment: join(root, 'deployment') };

/** One start on a data folder: from exec of the shell script to the first 200, then the idle tree. */
async function measure(data: string): Promise<Figures> {
  const server = await startServer(data);
  try {
    const start_cpu_ms = cpuOf_ms(server.pid);
    await wait(settle_ms);
    const memory = memoryOf(server.pid);
    const before_ms = cpuOf_ms(server.pid);
    await wait(idle_ms);
    return {
      start_ms: server.start_ms,
      start_cpu_ms,
      idle_memory_MB: memory.pss_MB,
      idle_memory_alone_MB: memory.alone_MB,
      'idle_cpu_%': ((cpuOf_ms(server.pid) - before_ms) / idle_ms) * 100,
    };
  } finally {
    await server.stop();
  }
}

async function measureEmpty(): Promise<Figures> {
  const folder = mkdtempSync(join(root, 'empty-'));
  try {
    return await measure(join(folder, 'data'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Bundles and fills the compile cache, so that every measured start is a second one; then fills the folders, once. */
async function prepare(): Promise<() => Promise<void>> {
  const undo = async (): Promise<void> => rmSync(root, { recursive: true, force: true });
  try {
    slipway(['--help']);
    await fillDatabase(folders.database);
    await fillBlobs(folders.blobs);
    await deployModel(folders.deployment);
    return undo;
  } catch (error) {
    await undo();
    throw error;
  }
}

const { version } = JSON.parse(readText('package.json')) as { version: string };

export const row: BenchRow = {
  name: 'start-and-memory',
  what: '`./slipway up --auth off`, bundle, compile cache and files in memory: time from exec to the first 200 of /health, and the CPU time of that; PSS of the process tree 5 s later, and the same when nothing else on the machine runs this Node; its CPU over the next 10 s. On an empty data folder; with 1 GB of SQLite (200,000 events, 50,000 jobs, runs of 20 params and 5,000 metric points); with 1 GB of blobs (600 of 1 MB, 40,000 of 10 KB in packs); with one deployment (100 trees, 20 columns), its model host included',
  runs: 5,
  prepare,
  subjects: [
    { name: 'slipway', version, measure: measureEmpty },
    { name: 'slipway, 1 GB of SQLite', version, measure: () => measure(folders.database) },
    { name: 'slipway, 1 GB of blobs', version, measure: () => measure(folders.blobs) },
    { name: 'slipway, one deployment', version, measure: () => measure(folders.deployment) },
  ],
};
