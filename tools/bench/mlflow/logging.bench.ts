import type { BenchRow, Figures, Scale } from '../row.ts';
import { type Client, closedLoop, connect } from './client.ts';
import { type Running, sideBySide } from './subjects.ts';

const api = '/api/2.0/mlflow';
const keys = 10;
const batch_points = 1000;

async function newRun(client: Client): Promise<string> {
  const { run } = await client.post(`${api}/runs/create`, { experiment_id: '0', start_time: Date.now() });
  return (run as { info: { run_id: string } }).info.run_id;
}

/** The at-th batch of a run: its steps go on where the batch before ended. */
function batchOf(run_id: string, at: number): unknown {
  const timestamp = Date.now();
  const metrics = Array.from({ length: batch_points }, (_, index) => ({
    key: `metric-${index % keys}`,
    value: Math.sin(at * batch_points + index),
    timestamp,
    step: at * (batch_points / keys) + Math.floor(index / keys),
  }));
  return { run_id, metrics };
}

async function wholeRun(client: Client): Promise<void> {
  const run_id = await newRun(client);
  const timestamp = Date.now();
  const metrics = Array.from({ length: 10 }, (_, index) => ({ key: `metric-${index}`, value: index / 7, timestamp, step: 0 }));
  const pairs = (what: string) => Array.from({ length: 10 }, (_, index) => ({ key: `${what}-${index}`, value: String(index) }));
  await client.post(`${api}/runs/log-batch`, { run_id, metrics, params: pairs('param'), tags: pairs('tag') });
  await client.post(`${api}/runs/update`, { run_id, status: 'FINISHED', end_time: Date.now() });
}

async function measure(running: Running, for_ms: number): Promise<Figures> {
  const client = connect(running, 8);
  const load = (clients: number) => ({ clients, for_ms, least: 5 * clients });
  const loop = (clients: number, name: string, operation: (at: number) => Promise<void>) =>
    closedLoop(running, load(clients), name, operation);
  try {
    const runs = await Promise.all(Array.from({ length: 9 }, () => newRun(client)));
    const runAt = (at: number): string => runs[at] ?? '';
    const logBatch = async (run: string, at: number) => void (await client.post(`${api}/runs/log-batch`, batchOf(run, at)));
    return {
      ...(await loop(1, 'batch', (at) => logBatch(runAt(8), at))),
      ...(await loop(8, 'batch_8_clients', (at) => logBatch(runAt(at % 8), Math.floor(at / 8)))),
      ...(await loop(1, 'run', () => wholeRun(client))),
      ...(await loop(8, 'run_8_clients', () => wholeRun(client))),
      ...(await loop(1, 'metric', async (at) => {
        await client.post(`${api}/runs/log-metric`, {
          run_id: runAt(0),
          key: 'loss',
          value: 1 / (at + 1),
          timestamp: Date.now(),
          step: at,
        });
      })),
    };
  } finally {
    client.close();
  }
}

export const row = (scale: Scale): BenchRow => {
  const for_ms = scale.short ? 2000 : 5000;
  return sideBySide(scale, {
    name: 'mlflow-logging',
    what: `MLflow's REST, one raw keep-alive client in Node, both servers on SQLite with their defaults (ours with sign-in and a token): \`batch\` runs/log-batch of ${batch_points} metrics on ${keys} keys by 1 and by 8 clients; \`run\` runs/create, one log-batch of 10 metrics, 10 params and 10 tags, runs/update to FINISHED; \`metric\` one runs/log-metric; closed loops of ${for_ms / 1000} s, at least 5 calls for each client; cpu is that of the server's whole process tree for each operation, p50 what a client waits, wall the time for each operation of all clients together`,
    runs: 3,
    measure: (running) => measure(running, for_ms),
  });
};
