import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Worker } from 'node:worker_threads';
import { startServer } from './start-server.ts';

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Something in the data folder that fails a start early, and something that fails it when it listens already. */
const obstacles: readonly (readonly [what: string, put: (data: string) => void])[] = [
  ['blobs', (data) => writeFileSync(join(data, 'blobs'), 'a file where a folder should be')],
  ['server.json', (data) => mkdirSync(join(data, 'server.json'))],
];

for (const [what, put] of obstacles) {
  test(`a start that fails at ${what} leaves no thread, no port and no lock behind`, async () => {
    const data = mkdtempSync(join(tmpdir(), 'slipway-start-'));
    const threads = new Set<Worker>();
    const watch = (thread: Worker): void => {
      threads.add(thread);
      thread.once('exit', () => threads.delete(thread));
    };
    process.on('worker', watch);
    try {
      put(data);
      const options = { data, port: await freePort(), host: '127.0.0.1', auth: 'off', logLevel: 'silent' } as const;
      await assert.rejects(startServer(options));
      assert.equal(threads.size, 0);
      await assert.rejects(fetch(`http://127.0.0.1:${options.port}/health`));
      rmSync(join(data, what), { recursive: true });
      const server = await startServer(options);
      assert.equal((await fetch(`${server.address}/health`)).status, 200);
      await server.stop();
    } finally {
      process.off('worker', watch);
      rmSync(data, { recursive: true, force: true });
    }
  });
}
