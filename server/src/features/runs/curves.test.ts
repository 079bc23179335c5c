import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemCaller } from '../../kernel/caller.ts';
import { systemClock } from '../../kernel/clock.ts';
import type { Project } from '../../kernel/project.ts';
import { openBlobs } from '../../platform/blobs/index.ts';
import { migrations } from '../../platform/database/migrations/index.ts';
import { openTestDatabase } from '../../platform/database/test-database.fixture.ts';
import { createEvents } from '../../platform/events/index.ts';
import { createLog } from '../../platform/log/index.ts';
import { type Curves, type CurvesAsked, curvesOf } from './curves.ts';
import { createRuns } from './index.ts';

const project: Project = { id: 'prj_1', name: 'default', zone: 'UTC', clock: 'wall' };
const other: Project = { id: 'prj_2', name: 'other', zone: 'UTC', clock: 'wall' };
const caller = systemCaller('test');

interface Room {
  /** Logs a run of the metric `loss`; answers its number. */
  log(values: readonly number[], how?: { readonly from?: number; readonly of?: Project }): Promise<number>;
  curves(asked: Partial<CurvesAsked> & Pick<CurvesAsked, 'runs'>): Promise<Curves>;
}

async function withRuns(work: (room: Room) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-curves-'));
  const database = await openTestDatabase({ folder, migrations, clock: systemClock });
  const blobs = await openBlobs({ folder: join(folder, 'blobs'), clock: systemClock, log: createLog({ level: 'silent' }) });
  const runs = createRuns({ database, events: createEvents({ database, clock: systemClock }), blobs, clock: systemClock });
  try {
    await work({
      log: async (values, { from = 0, of = project } = {}) => {
        const { id } = await runs.createRun(caller, of, {});
        const metrics = values.map((value, at) => ({ key: 'loss', value, step: from + at, timestamp_ms: at }));
        await runs.logBatch(caller, of, id, { metrics, params: [], tags: [] });
        const row = await database.read.selectFrom('runs').select('number').where('id', '=', id).executeTakeFirstOrThrow();
        return row.number;
      },
      curves: (asked) => curvesOf(database, caller, project, { key: 'loss', width: 10, ...asked }),
    });
  } finally {
    await database.close();
    await blobs.close();
    rmSync(folder, { recursive: true });
  }
}

const range = (length: number) => Array.from({ length }, (_, at) => at);

test('curves of several runs share their buckets, from the first step that any has to the last', async () => {
  await withRuns(async ({ log, curves }) => {
    const early = await log(range(50).map((at) => at / 100));
    const late = await log([1, 2, 3], { from: 97 });
    const { curves: both, ...shared } = await curves({ runs: [late, early] });
    assert.deepEqual(shared, { from: 0, to: 99, size: 10, read: 2 });
    assert.deepEqual(
      both.map(({ run, bucket, minimum, maximum, mean, points }) => ({ run, bucket, minimum, maximum, mean, points })),
      [
        { run: late, bucket: [9], minimum: [1], maximum: [3], mean: [2], points: 3 },
        {
          run: early,
          bucket: [0, 1, 2, 3, 4],
          minimum: [0, 0.1, 0.2, 0.3, 0.4],
          maximum: [0.09, 0.19, 0.29, 0.39, 0.49],
          mean: both[1]?.mean,
          points: 50,
        },
      ],
    );
  });
});

test('a spike of one point stays, NaN is counted and no value, an infinity travels as text', async () => {
  await withRuns(async ({ log, curves }) => {
    const values = range(1000).map((at) => (at === 617 ? 99 : at === 5 ? Number.NaN : at === 950 ? Number.POSITIVE_INFINITY : 0));
    const [curve] = (await curves({ runs: [await log(values)] })).curves;
    assert.deepEqual(curve?.maximum, [0, 0, 0, 0, 0, 0, 99, 0, 0, 'Infinity']);
    assert.deepEqual([curve.points, curve.not_numbers, curve.minimum[0]], [1000, 1, 0]);
  });
});

test('a part of the steps is cut into buckets of its own', async () => {
  await withRuns(async ({ log, curves }) => {
    const run = await log(range(1000));
    const near = await curves({ runs: [run], from: 600, to: 604 });
    assert.deepEqual([near.from, near.to, near.size, near.curves[0]?.minimum], [600, 604, 1, [600, 601, 602, 603, 604]]);
    assert.deepEqual((await curves({ runs: [run], from: 2000, to: 2010 })).curves[0]?.bucket, []);
  });
});

test('an answer says about how many of the named runs it is, and the others come with the same buckets', async () => {
  await withRuns(async ({ log, curves }) => {
    const runs: number[] = [];
    for (let at = 0; at < 60; at++) runs.push(await log([at, at + 1]));
    const first = await curves({ runs });
    assert.equal(first.read, 50);
    const rest = await curves({ runs: runs.slice(first.read), from: first.from ?? 0, to: first.to ?? 0 });
    assert.deepEqual([rest.read, rest.size], [10, first.size]);
    assert.deepEqual(
      [...first.curves, ...rest.curves].map(({ run }) => run),
      runs,
    );
    const long = await log(range(900));
    assert.equal((await curves({ runs: Array(12).fill(long), width: 4000 })).read, 9, 'long ones end an answer earlier');
  });
});

test('runs of another project, of no such number and without the metric have no curve', async () => {
  await withRuns(async ({ log, curves }) => {
    const secret = await log([1, 2], { of: other, from: 900 });
    const mine = await log([3]);
    const found = await curves({ runs: [secret, mine, 123_456] });
    assert.deepEqual([found.from, found.to, found.read, found.curves.map(({ run }) => run)], [0, 0, 3, [mine]]);
    const none = await curves({ runs: [mine], key: 'no such metric' });
    assert.deepEqual([none.from, none.curves, none.read], [null, [], 1]);
    assert.deepEqual((await curves({ runs: [] })).curves, []);
  });
});
