import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { slipway } from '../a-started-server.ts';
import { cpuOf_ms, memoryOf } from '../process-tree.ts';
import type { BenchRow, Figures, Scale } from '../row.ts';
import { connect } from './client.ts';
import { type Subject, subjectsIn } from './subjects.ts';

const settle_ms = 5000;
const batch_points = 1000;

/** A second start on a folder, its idle memory, and its memory after some load by eight clients. */
async function measure(subject: Subject, batches: number): Promise<Figures> {
  const server = await subject.start();
  try {
    const start_cpu_ms = cpuOf_ms(server.pid);
    await wait(settle_ms);
    const idle = memoryOf(server.pid);
    const client = connect({ subject, server }, 8);
    const { run } = await client.post('/api/2.0/mlflow/runs/create', { experiment_id: '0', start_time: Date.now() });
    const { run_id } = (run as { info: { run_id: string } }).info;
    const timestamp = Date.now();
    const point = (at: number) => ({ key: `metric-${at % 10}`, value: at, timestamp, step: Math.floor(at / 10) });
    let next = 0;
    const one = async (): Promise<void> => {
      while (next < batches) {
        const first = next++ * batch_points;
        const metrics = Array.from({ length: batch_points }, (_, at) => point(first + at));
        await client.post('/api/2.0/mlflow/runs/log-batch', { run_id, metrics });
      }
    };
    await Promise.all(Array.from({ length: 8 }, one));
    client.close();
    const { pss_MB, alone_MB } = memoryOf(server.pid);
    return {
      start_ms: server.start_ms,
      start_cpu_ms,
      idle_memory_MB: idle.pss_MB,
      idle_memory_alone_MB: idle.alone_MB,
      loaded_memory_MB: pss_MB,
      loaded_memory_alone_MB: alone_MB,
    };
  } finally {
    await server.stop();
  }
}

export const row = ({ short, subject: only }: Scale): BenchRow => {
  const batches = short ? 40 : 200;
  const root = join(tmpdir(), `slipway-bench-${process.pid}-mlflow-start`);
  mkdirSync(root, { recursive: true });
  const subjects = subjectsIn(mkdtempSync(join(root, 'servers-')));
  return {
    name: 'mlflow-start',
    what: `a start on a folder that was used once, from exec to the first 200 of /health, and the CPU time of that; memory of the process tree 5 s later, and after ${batches} batches of ${batch_points} metrics by 8 clients: PSS, and the same when nothing else on the machine maps those files`,
    runs: 3,
    prepare: async () => {
      const undo = async (): Promise<void> => rmSync(root, { recursive: true, force: true });
      try {
        slipway(['--help']);
        for (const subject of subjects.filter(({ name }) => name.includes(only))) await subject.make();
        return undo;
      } catch (error) {
        await undo();
        throw error;
      }
    },
    subjects: subjects.map((subject) => ({ name: subject.name, version: subject.version, measure: () => measure(subject, batches) })),
  };
};
