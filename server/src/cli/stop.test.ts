import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sha256 } from '../kernel/digest.ts';
import { exits } from './exits.ts';
import { startUp, temporaryFolder } from './up.fixture.ts';

const stopLimit_ms = 10_000;
const part = Buffer.alloc(100_000, 7);

/** An upload that is sent in parts, as over a slow line. */
function upload(address: string) {
  const sending = request(`${address}/api/v1/projects/default/blobs`, {
    method: 'PUT',
    headers: { 'content-type': 'application/octet-stream', 'transfer-encoding': 'chunked' },
  });
  const answered = new Promise<{ status: number; body: string } | null>((resolve) => {
    sending.on('error', () => resolve(null));
    sending.on('response', async (answer) => {
      let body = '';
      for await (const text of answer.setEncoding('utf8')) body += String(text);
      resolve({ status: answer.statusCode ?? 0, body });
    });
  });
  sending.write(part);
  return { sending, answered };
}

test('a stop ends what is in flight and acknowledges it; what never ends is cut, and the process with it', {
  timeout: 120_000,
}, async (t) => {
  const folder = temporaryFolder(t);
  const up = await startUp(t, folder, ['--auth', 'off']);
  const [slow, stalled] = [upload(up.address), upload(up.address)];
  await sleep(500);
  const began_ms = performance.now();
  const stopping = up.stop('SIGTERM');
  await sleep(700);
  await assert.rejects(fetch(`${up.address}/health`), 'it takes nothing new');
  slow.sending.end(part);
  const answer = await slow.answered;
  assert.equal(answer?.status, 200, 'the upload was taken whole');
  assert.equal(JSON.parse(answer?.body ?? '{}').digest, sha256(Buffer.concat([part, part])));
  assert.equal(await stopping, exits.ok);
  const took_ms = performance.now() - began_ms;
  assert.ok(took_ms < stopLimit_ms, `the stop took ${took_ms} ms`);
  assert.equal(await stalled.answered, null, 'it was cut');

  const again = await startUp(t, folder, ['--auth', 'off']);
  const digest = JSON.parse(answer?.body ?? '{}').digest as string;
  const missing = await fetch(`${again.address}/api/v1/projects/default/blobs/missing`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ digests: [digest] }),
  });
  assert.deepEqual(await missing.json(), { missing: [] }, 'what was acknowledged is there');
  await again.stop();
});
