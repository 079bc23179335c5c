import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Caller, systemCaller } from '../../kernel/caller.ts';
import { systemClock } from '../../kernel/clock.ts';
import { SlipwayError } from '../../kernel/error.ts';
import type { Project } from '../../kernel/project.ts';
import { openBlobs } from '../../platform/blobs/index.ts';
import { migrations } from '../../platform/database/migrations/index.ts';
import { openTestDatabase } from '../../platform/database/test-database.fixture.ts';
import { createEvents, type Events } from '../../platform/events/index.ts';
import { createLog } from '../../platform/log/index.ts';
import { createRuns, type MetricPoint, type Runs } from './index.ts';

const project: Project = { id: 'prj_1', name: 'default', zone: 'UTC', clock: 'wall' };
const other: Project = { id: 'prj_2', name: 'other', zone: 'UTC', clock: 'wall' };
const caller: Caller = systemCaller('test');
const refused = (code: string) => (error: unknown) => error instanceof SlipwayError && error.code === code;

async function withRuns(work: (runs: Runs, events: Events) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-runs-'));
  const database = await openTestDatabase({ folder, migrations, clock: systemClock });
  const blobs = await openBlobs({ folder: join(folder, 'blobs'), clock: systemClock, log: createLog({ level: 'silent' }) });
  const events = createEvents({ database, clock: systemClock });
  try {
    await work(createRuns({ database, events, blobs, clock: systemClock }), events);
  } finally {
    await database.close();
    await blobs.close();
    rmSync(folder, { recursive: true });
  }
}

test('the first run of project default makes its Default experiment, which has id 0', async () => {
  await withRuns(async (runs) => {
    const run = await runs.createRun(caller, project, { name: 'first' });
    assert.equal(run.experiment, '0');
    assert.match(run.id, /^[0-9a-f]{32}$/);
    assert.equal((await runs.createRun(caller, other, { experiment: '0' })).experiment, '1');
  });
});

test('a batch is kept whole, its latest values follow step, and the same batch again changes nothing', async () => {
  await withRuns(async (runs) => {
    const { id } = await runs.createRun(caller, project, {});
    const metrics = [3, 1, 2].map((step) => ({ key: 'loss', value: 10 - step, step, timestamp_ms: 1000 + step }));
    const batch = {
      metrics: [...metrics, { key: 'odd', value: Number.NaN, step: 0, timestamp_ms: 5 }],
      params: [{ key: 'rate', value: '0.1' }],
      tags: [{ key: 'who', value: 'me' }],
    };
    await runs.logBatch(caller, project, id, batch);
    await runs.logBatch(caller, project, id, batch);
    const run = await runs.getRun(caller, project, id);
    assert.deepEqual(run.params, [{ key: 'rate', value: '0.1' }]);
    assert.deepEqual(
      run.metrics.map(({ key, value, step, minimum, maximum }) => [key, value, step, minimum, maximum]),
      [
        ['loss', 7, 3, 7, 9],
        ['odd', Number.NaN, 0, null, null],
      ],
    );
    const history = await runs.metricHistory(caller, project, id, 'loss', { limit: 100 });
    assert.deepEqual(
      history.map((point) => point.step),
      [1, 2, 3],
    );
  });
});

test('a batch with one bad part leaves nothing behind', async () => {
  await withRuns(async (runs) => {
    const { id } = await runs.createRun(caller, project, {});
    await runs.logBatch(caller, project, id, { params: [{ key: 'rate', value: '0.1' }] });
    const bad = runs.logBatch(caller, project, id, {
      metrics: [{ key: 'm', value: 1, step: 0, timestamp_ms: 1 }],
      params: [{ key: 'rate', value: '0.2' }],
    });
    await assert.rejects(bad, refused('param_already_set'));
    assert.deepEqual((await runs.getRun(caller, project, id)).metrics, []);
  });
});

test('latest values logged by several batches keep the greatest step whatever the order of arrival', async () => {
  await withRuns(async (runs) => {
    const { id } = await runs.createRun(caller, project, {});
    for (const [step, value] of [
      [5, 1],
      [2, 8],
      [4, -3],
    ] as const) {
      await runs.logBatch(caller, project, id, { metrics: [{ key: 'loss', value, step, timestamp_ms: 1 }] });
    }
    const [latest] = (await runs.getRun(caller, project, id)).metrics;
    assert.deepEqual([latest?.step, latest?.value, latest?.minimum, latest?.maximum], [5, 1, -3, 8]);
  });
});

test('points are paged by key without a gap or a repeat, also where only NaN tells them apart', async () => {
  await withRuns(async (runs) => {
    const { id } = await runs.createRun(caller, project, {});
    const values = [0, Number.NaN, -1, Infinity];
    await runs.logBatch(caller, project, id, { metrics: values.map((value) => ({ key: 'loss', value, step: 0, timestamp_ms: 1 })) });
    const seen: number[] = [];
    for (let after: MetricPoint | undefined; ; ) {
      const [point] = await runs.metricHistory(caller, project, id, 'loss', { limit: 1, ...(after ? { after } : {}) });
      if (!point) break;
      seen.push(point.value);
      after = point;
    }
    assert.deepEqual(seen, [-1, 0, Number.NaN, Infinity]);
  });
});

test('a deleted run is read but not written, and comes back whole', async () => {
  await withRuns(async (runs) => {
    const { id } = await runs.createRun(caller, project, {});
    await runs.setRunLifecycle(caller, project, id, 'deleted');
    await assert.rejects(runs.setTag(caller, project, id, { key: 'a', value: 'b' }), refused('run_not_active'));
    assert.equal((await runs.getRun(caller, project, id)).lifecycle, 'deleted');
    await runs.setRunLifecycle(caller, project, id, 'active');
    await runs.setTag(caller, project, id, { key: 'a', value: 'b' });
  });
});

test('a run that just logged takes nothing more once its experiment is deleted, and goes on when it is restored', async () => {
  await withRuns(async (runs) => {
    const experiment = await runs.createExperiment(caller, project, { name: 'tried' });
    const { id } = await runs.createRun(caller, project, { experiment });
    const log = (step: number) => runs.logBatch(caller, project, id, { metrics: [{ key: 'loss', value: 1, step, timestamp_ms: 1 }] });
    await log(0);
    await runs.setExperimentLifecycle(caller, project, experiment, 'deleted');
    await assert.rejects(log(1), refused('run_not_active'));
    await assert.rejects(runs.createRun(caller, project, { experiment }), refused('experiment_not_active'));
    await runs.setExperimentLifecycle(caller, project, experiment, 'active');
    await log(2);
    assert.equal((await runs.getRun(caller, project, id)).metrics[0]?.step, 2);
  });
});

test('a run of another project is not found', async () => {
  await withRuns(async (runs) => {
    const { id } = await runs.createRun(caller, project, {});
    await assert.rejects(runs.getRun(caller, other, id), refused('not_found'));
    await assert.rejects(runs.logBatch(caller, other, id, { tags: [{ key: 'a', value: 'b' }] }), refused('not_found'));
  });
});

test('a viewer may read runs and write none', async () => {
  await withRuns(async (runs) => {
    const { id } = await runs.createRun(caller, project, {});
    const viewer: Caller = { ...caller, grants: new Map([[project.id, new Set(['read'] as const)]]), name: 'vera' };
    assert.equal((await runs.getRun(viewer, project, id)).id, id);
    await assert.rejects(runs.createRun(viewer, project, {}), refused('not_permitted'));
  });
});

test('runs are paged by key, newest first, without a gap or a repeat', async () => {
  await withRuns(async (runs) => {
    for (let n = 0; n < 7; n++) await runs.createRun(caller, project, { started_at_ms: 1000 + (n % 3) });
    const seen: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await runs.searchRuns(caller, project, { limit: 3, ...(cursor === undefined ? {} : { cursor }) });
      seen.push(...page.items.map((run) => run.id));
      cursor = page.next;
    }
    assert.equal(new Set(seen).size, 7);
    assert.equal(seen.length, 7);
  });
});

test('a run that another client logged shows its code by the tags of that client, and one without says nothing', async () => {
  await withRuns(async (runs) => {
    const tags = [
      { key: 'mlflow.source.git.commit', value: 'f'.repeat(40) },
      { key: 'mlflow.source.git.branch', value: 'trunk' },
      { key: 'mlflow.source.git.dirty', value: 'True' },
    ];
    const { id } = await runs.createRun(caller, project, { tags });
    const { code } = await runs.getRun(caller, project, id);
    assert.deepEqual([code?.commit, code?.branch, code?.dirty, code?.lock_files], ['f'.repeat(40), 'trunk', true, []]);
    const bare = await runs.createRun(caller, project, {});
    assert.equal((await runs.getRun(caller, project, bare.id)).code, null);
  });
});
