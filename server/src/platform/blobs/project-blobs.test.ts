import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemClock as clock } from '../../kernel/clock.ts';
import { openDatabase } from '../database/index.ts';
import { migrations } from '../database/migrations/index.ts';
import { createLog } from '../log/index.ts';
import { assertOfProject, findOfProject, openBlobs, putOfProject } from './index.ts';

async function openStores(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-project-blobs-'));
  const database = await openDatabase({ folder, migrations, clock });
  const blobs = await openBlobs({ folder: join(folder, 'blobs'), clock, log: createLog({ level: 'silent' }) });
  t.after(async () => {
    await blobs.close();
    await database.close();
    rmSync(folder, { recursive: true });
  });
  return { database, blobs };
}

test('a file may be named only in the projects that it was sent to, though its bytes are stored once', async (t) => {
  const { database, blobs } = await openStores(t);
  const deps = { database, blobs, clock };
  const [ours, theirs] = [{ id: 'prj_ours' }, { id: 'prj_theirs' }];
  const bytes = Buffer.from('what only we know');
  const { digest } = await putOfProject(deps, ours, bytes, { limit_bytes: 100 });
  assert.deepEqual(await findOfProject(deps, ours, [digest, digest]), new Map([[digest, bytes.length]]));
  assert.deepEqual(await findOfProject(deps, theirs, [digest]), new Map());
  await assert.rejects(assertOfProject(deps, theirs, [digest]), { code: 'not_found' });
  await putOfProject(deps, theirs, bytes, { limit_bytes: 100, expect: digest });
  assert.equal((await assertOfProject(deps, theirs, [digest])).get(digest), bytes.length);
  assert.equal((await blobs.usage()).blobs, 1);
});

test('thousands of names are looked up in one call, and what was never sent is left out', async (t) => {
  const { database, blobs } = await openStores(t);
  const { digest } = await putOfProject({ database, blobs, clock }, { id: 'prj_1' }, Buffer.from('one'), { limit_bytes: 100 });
  const unknown = Array.from({ length: 9_999 }, (_, at) => at.toString(16).padStart(64, '0'));
  assert.deepEqual([...(await findOfProject({ database, blobs }, { id: 'prj_1' }, [...unknown, digest])).keys()], [digest]);
});
