import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { admin, withWorld, work } from './operations.fixture.ts';

test('a sweep removes what nothing names, counts first, and refuses a clock that moved back', async () => {
  let shift_ms = 0;
  await withWorld(
    async ({ app, run }) => {
      const named = randomBytes(100_000);
      await run({ 'named.bin': named });
      const orphan = await app.blobs.put(randomBytes(80_000), { limit_bytes: 1_000_000 });
      const sweep = async (apply: boolean) => (await app.operations.run(admin, { kind: 'gc', apply }, work)).result;
      assert.deepEqual(await sweep(true), { applied: true, blobs: 0, bytes: 0, live: 1 });
      shift_ms = 25 * 3_600_000;
      assert.deepEqual(await sweep(false), { applied: false, blobs: 1, bytes: 80_000, live: 1 });
      assert.equal((await app.blobs.usage()).blobs, 2);
      assert.deepEqual(await sweep(true), { applied: true, blobs: 1, bytes: 80_000, live: 1 });
      assert.equal((await app.blobs.has([orphan.digest])).size, 0);
      shift_ms = 0;
      await assert.rejects(sweep(true), { code: 'clock_moved_back' });
      const { digest } = await app.blobs.put(named, { limit_bytes: 1_000_000 });
      assert.equal((await app.blobs.verify(digest)).bytes, 100_000);
    },
    { now: () => Date.now() + shift_ms },
  );
});

test('usage tells the bytes of each project by kind, and only a server admin may ask', async () => {
  await withWorld(async ({ app, run }) => {
    await run({ 'a.bin': randomBytes(70_000), 'b.bin': randomBytes(100) });
    await app.blobs.put(randomBytes(90_000), { limit_bytes: 1_000_000 });
    const usage = await app.operations.usage(admin);
    const stored = new Map(usage.stored.map(({ what, bytes }) => [what, bytes] as const));
    assert.equal(stored.get('files that nothing names'), 90_000);
    assert.ok((stored.get('files in use') ?? 0) >= 70_100);
    assert.deepEqual(
      usage.projects.filter((one) => one.kind === 'artifacts of runs'),
      [{ project: 'default', kind: 'artifacts of runs', files: 2, bytes: 70_100 }],
    );
    assert.ok((usage.stored.find((one) => one.what === 'database')?.bytes ?? 0) > 4096);
    await assert.rejects(app.operations.usage({ ...admin, serverAdmin: false }), { code: 'server_admin_only' });
  });
});
