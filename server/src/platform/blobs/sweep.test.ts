import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { sha256 } from '../../kernel/digest.ts';
import { createLog } from '../log/index.ts';
import { type Blobs, openBlobs } from './index.ts';

const log = createLog({ level: 'silent' });
const limit_bytes = 1_000_000;
const day_ms = 24 * 3_600_000;
const worker = fileURLToPath(new URL('./sweeper.fixture.ts', import.meta.url));

/** Content number `n`: every second one is large enough for a file of its own. */
function contentOf(n: number): Buffer {
  return Buffer.alloc(n % 2 === 0 ? 70_000 : 500, sha256(Buffer.from(String(n))));
}

async function newStore(context: TestContext, clock: { now(): number; monotonic(): number }): Promise<{ folder: string; blobs: Blobs }> {
  const parent = mkdtempSync(join(tmpdir(), 'slipway-sweep-'));
  const folder = join(parent, 'blobs');
  const blobs = await openBlobs({ folder, clock, log });
  context.after(async () => {
    await blobs.close();
    rmSync(parent, { recursive: true, force: true });
  });
  return { folder, blobs };
}

test('an upload that names bytes again while they are swept never loses them', async (context) => {
  let now_ms = Date.now();
  const clock = { now: () => now_ms, monotonic: () => performance.now() };
  const { blobs } = await newStore(context, clock);
  const count = 60;
  let reused = 0;
  let swept = 0;
  for (let round = 0; round < 8; round++) {
    const contents = Array.from({ length: count }, (_, n) => contentOf(round * 1000 + n));
    const digests = (await blobs.putMany(contents)).map(({ digest }) => digest);
    // All of it is a day and more old now, and nothing names it: the sweep may take any of it.
    now_ms += day_ms + 1000;
    const told = new Set<string>();
    const upload = async (n: number): Promise<void> => {
      await sleep(Math.random() * 15);
      const digest = digests[n] ?? '';
      // As an upload does: asks first, and sends what is not there.
      if (n % 3 === 0) {
        if ((await blobs.has([digest])).has(digest)) told.add(digest);
      } else {
        await blobs.put(contents[n] ?? Buffer.of(), { limit_bytes });
        told.add(digest);
      }
    };
    const uploads = Array.from({ length: count / 2 }, (_, n) => upload(n * 2 + (round % 2)));
    await sleep(Math.random() * 10);
    const [{ blobs: gone }] = await Promise.all([blobs.sweep({ live: new Set(), dryRun: false }), ...uploads]);
    swept += gone;
    reused += told.size;
    for (const digest of told) assert.equal((await blobs.verify(digest)).digest, digest, `round ${round}`);
  }
  assert.ok(reused > 150 && swept > 70, `${reused} were named again, ${swept} swept: too few to show anything`);
});

/** Sweeps a folder in a process of its own, all but the contents below `live`. */
function sweeper(folder: string, live: number): ChildProcess {
  const argv = ['--disable-warning=ExperimentalWarning', worker, folder, String(live)];
  return spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
}

test('a sweep that is killed again and again keeps what is named, and is ended by the next one', { timeout: 120_000 }, async (context) => {
  const clock = { now: () => Date.now(), monotonic: () => performance.now() };
  const { folder, blobs } = await newStore(context, clock);
  const [live, dead] = [40, 800];
  const contents = Array.from({ length: live + dead }, (_, n) => contentOf(n));
  const digests = (await blobs.putMany(contents)).map(({ digest }) => digest);
  await blobs.close();
  const left = () => readdirSync(join(folder, 'objects'), { recursive: true, withFileTypes: true }).filter((one) => one.isFile()).length;
  const before = left();
  let cut = 0;
  for (let round = 0; round < 6; round++) {
    const child = sweeper(folder, live);
    await once(child.stdout ?? child, 'data');
    await sleep(round * 5);
    if (child.exitCode === null && child.kill('SIGKILL')) cut++;
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
  assert.ok(cut >= 3 && left() < before, `${cut} sweeps were cut; ${left()} of ${before} files are left`);
  const last = sweeper(folder, live);
  const [code] = (await once(last, 'exit')) as [number | null];
  assert.equal(code, 0);
  const again = await openBlobs({ folder, clock, log });
  for (const digest of digests.slice(0, live)) assert.equal((await again.verify(digest)).digest, digest);
  assert.equal((await again.stored(digests)).size, live, 'all that nothing names is gone');
  assert.deepEqual(readdirSync(join(folder, 'trash')), []);
  await again.close();
});

test('looking at what is stored keeps nothing from being swept, and writes nothing', async (context) => {
  let now_ms = Date.now();
  const clock = { now: () => now_ms, monotonic: () => performance.now() };
  const { blobs } = await newStore(context, clock);
  const [small, large] = await blobs.putMany([contentOf(1), contentOf(2)]);
  now_ms += day_ms + 1000;
  const digests = [small?.digest ?? '', large?.digest ?? ''];
  const before = await blobs.usage();
  assert.deepEqual([...(await blobs.stored(digests)).values()], [500, 70_000]);
  assert.deepEqual(await blobs.usage(), before);
  assert.equal((await blobs.sweep({ live: new Set(), dryRun: true })).blobs, 2);
  await blobs.has(digests);
  assert.equal((await blobs.sweep({ live: new Set(), dryRun: true })).blobs, 0);
});
