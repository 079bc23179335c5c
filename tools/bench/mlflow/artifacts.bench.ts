import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { memoryOf } from '../process-tree.ts';
import type { BenchRow, Figures, Scale } from '../row.ts';
import { closedLoop, connect } from './client.ts';
import { type Running, sideBySide } from './subjects.ts';

const chunk_bytes = 2 ** 20;
const small_bytes = 4096;
const look_ms = 200;

/** Bytes that were never sent before: each chunk begins with random ones, and a store that keeps the same bytes once gains nothing. */
function fresh(size_bytes: number): Readable {
  const chunk = randomBytes(chunk_bytes);
  return Readable.from(
    (function* () {
      for (let sent = 0; sent < size_bytes; sent += chunk_bytes) {
        const own = Buffer.from(chunk.subarray(0, Math.min(chunk_bytes, size_bytes - sent)));
        randomBytes(16).copy(own);
        yield own;
      }
    })(),
  );
}

/** The greatest PSS of a server while something is done. */
async function withPeak({ server }: Running, work: () => Promise<Figures>): Promise<Figures> {
  let peak_MB = 0;
  const look = (): void => {
    peak_MB = Math.max(peak_MB, memoryOf(...server.pids).pss_MB);
  };
  look();
  const timer = setInterval(look, look_ms);
  try {
    return { ...(await work()), big_peak_MB: peak_MB };
  } finally {
    clearInterval(timer);
  }
}

async function measure(running: Running, big_bytes: number, files: number): Promise<Figures> {
  const client = connect(running, 8);
  try {
    const { run } = await client.post('/api/2.0/mlflow/runs/create', { experiment_id: '0', start_time: Date.now() });
    const folder = `/api/2.0/mlflow-artifacts/artifacts/0/${(run as { info: { run_id: string } }).info.run_id}/artifacts`;
    const once = { clients: 1, for_ms: 0, least: 1 };
    const many = { clients: 8, for_ms: 0, least: files };
    const big = await withPeak(running, async () => ({
      ...(await closedLoop(running, once, 'big_up', () => client.put(`${folder}/big.bin`, fresh(big_bytes), big_bytes))),
      ...(await closedLoop(running, once, 'big_down', async () => {
        const got = await client.download(`${folder}/big.bin`);
        if (got !== big_bytes) throw new Error(`${big_bytes} bytes were sent, and ${got} came back`);
      })),
    }));
    return {
      ...big,
      ...(await closedLoop(running, many, 'small_up', (at) =>
        client.put(`${folder}/small/${at % 100}/${at}.bin`, randomBytes(small_bytes), small_bytes),
      )),
      ...(await closedLoop(running, many, 'small_down', async (at) => {
        await client.download(`${folder}/small/${at % 100}/${at}.bin`);
      })),
    };
  } finally {
    client.close();
  }
}

export const row = (scale: Scale): BenchRow => {
  const [big_bytes, files] = scale.short ? [1e8, 500] : [1e9, 10_000];
  return sideBySide(scale, {
    name: 'mlflow-artifacts',
    what: `artifacts through the server: \`big\` one file of ${big_bytes / 1e6} MB up and down by one client, with the greatest PSS of the process tree meanwhile; \`small\` ${files} files of ${small_bytes} bytes in 100 folders by 8 clients, figures for each file; all bytes are new, those of ours are on disk (fsync) before the answer`,
    runs: scale.short ? 2 : 3,
    measure: (running) => measure(running, big_bytes, files),
  });
};
