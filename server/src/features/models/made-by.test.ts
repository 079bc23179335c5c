import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemCaller } from '../../kernel/caller.ts';
import { systemClock as clock } from '../../kernel/clock.ts';
import { SlipwayError } from '../../kernel/error.ts';
import type { Project } from '../../kernel/project.ts';
import { openBlobs } from '../../platform/blobs/index.ts';
import { openDatabase } from '../../platform/database/index.ts';
import { migrations } from '../../platform/database/migrations/index.ts';
import { createEvents } from '../../platform/events/index.ts';
import { createLog } from '../../platform/log/index.ts';
import { createRuns } from '../runs/index.ts';
import { madeByRun } from './made-by.ts';

const project: Project = { id: 'prj_1', name: 'default', zone: 'UTC', clock: 'wall' };
const caller = systemCaller('test');

test('a version made of the file of a run names the run and the data that it read; a file that the run does not have is refused', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-made-by-'));
  const database = await openDatabase({ folder, migrations, clock });
  const blobs = await openBlobs({ folder: join(folder, 'blobs'), clock, log: createLog({ level: 'silent' }) });
  t.after(async () => {
    await database.close();
    await blobs.close();
    rmSync(folder, { recursive: true });
  });
  const runs = createRuns({ database, events: createEvents({ database, clock }), blobs, clock });
  const [mine, other] = await Promise.all(['a model', 'another'].map((text) => blobs.put(Buffer.from(text), { limit_bytes: 100 })));
  const { id } = await runs.createRun(caller, project, { name: 'tried', started_at_ms: 1 });
  await runs.putArtifact(caller, project, id, { path: 'model.onnx', digest: mine?.digest ?? '' });
  await runs.setInputs(caller, project, id, [
    { dataset: 'departures', version: 3, digest: 'd3', context: 'training' },
    { dataset: 'from elsewhere', version: null, digest: 'x', context: 'training' },
  ]);
  assert.deepEqual(await madeByRun(runs, caller, project, id, mine?.digest ?? ''), {
    run_id: id,
    dataset_versions: [{ dataset: 'departures', number: 3, digest: 'd3' }],
    code: null,
  });
  await assert.rejects(
    madeByRun(runs, caller, project, id, other?.digest ?? ''),
    (error) => error instanceof SlipwayError && error.code === 'not_found',
  );
});
