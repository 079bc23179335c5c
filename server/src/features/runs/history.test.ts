import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { systemCaller } from '../../kernel/caller.ts';
import { systemClock } from '../../kernel/clock.ts';
import type { Project } from '../../kernel/project.ts';
import { openBlobs } from '../../platform/blobs/index.ts';
import { migrations } from '../../platform/database/migrations/index.ts';
import { openTestDatabase } from '../../platform/database/test-database.fixture.ts';
import { createEvents } from '../../platform/events/index.ts';
import { createLog } from '../../platform/log/index.ts';
import { createRuns, type MetricPoint, type Runs } from './index.ts';

const project: Project = { id: 'prj_1', name: 'default', zone: 'UTC', clock: 'wall' };
const caller = systemCaller('test');

async function withHistories(work: (log: (points: readonly MetricPoint[]) => Promise<string>, runs: Runs) => Promise<void>) {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-history-'));
  const clock = systemClock;
  const database = await openTestDatabase({ folder, migrations, clock });
  const blobs = await openBlobs({ folder: join(folder, 'blobs'), clock, log: createLog({ level: 'silent' }) });
  const runs = createRuns({ database, events: createEvents({ database, clock }), blobs, clock });
  const log = async (points: readonly MetricPoint[]): Promise<string> => {
    const { id } = await runs.createRun(caller, project, {});
    for (let from = 0; from < points.length; from += 1000)
      await runs.logBatch(caller, project, id, { metrics: points.slice(from, from + 1000) });
    return id;
  };
  try {
    await work(log, runs);
  } finally {
    await database.close();
    await blobs.close();
    rmSync(folder, { recursive: true });
  }
}

const point = (step: number, timestamp_ms: number, value: number): MetricPoint => ({ key: 'm', step, timestamp_ms, value });
const range = <T>(count: number, one: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => one(at));
/** Without order, and of all sizes. */
const valueAt = (at: number): number => Math.sin(at * 12.9898) * 10 ** ((at % 41) - 20);

test('a whole history comes by time with every value as it was logged, whichever way its steps go', async () => {
  await withHistories(async (log, runs) => {
    const histories = {
      'steps with the time': range(12_345, (at) => point(at, 1000 + at, valueAt(at))),
      'steps that begin again': range(12_345, (at) => point(at % 5000, 1000 + at, valueAt(at))),
      'one moment': range(50, (at) => point(-1 - at, 7, valueAt(at))),
      'a single one': [point(3, 4, Number.MAX_VALUE)],
    };
    for (const [name, points] of Object.entries(histories)) {
      const id = await log(points);
      const { steps, timestamps_ms, values } = await runs.wholeHistory(caller, project, id, 'm');
      const expected = points.toSorted((a, b) => a.timestamp_ms - b.timestamp_ms || a.step - b.step);
      const got = [...steps].map((step, at) => point(step, timestamps_ms[at] ?? 0, values[at] ?? 0));
      // Told in one word: to write down how thousands of points differ takes minutes.
      assert.ok(isDeepStrictEqual(got, expected), name);
    }
    const odd = [Number.NaN, 0, Infinity, -Infinity, 5e-324];
    const { values } = await runs.wholeHistory(caller, project, await log(odd.map((value) => point(0, 1, value))), 'm');
    assert.deepEqual([...values], [-Infinity, 0, Number.NaN, 5e-324, Infinity]);
  });
});

test('a chart of some points has every n-th of them in the order of their steps, however the steps lie', async () => {
  await withHistories(async (log, runs) => {
    const histories = {
      'a point each step': range(1000, (at) => point(at, at, valueAt(at))),
      'a point every seventh step, from below zero': range(1000, (at) => point(at * 7 - 500, at, valueAt(at))),
      'two points at each step': range(1000, (at) => point(Math.floor(at / 2), at, valueAt(at))),
      'one gap and one step that has two': range(1000, (at) => point(at === 500 ? 499 : at, at, valueAt(at))),
      'a gap that a doubled step far from it makes up for': range(1000, (at) => point(at === 10 ? 900 : at, at, valueAt(at))),
      'all at one step': range(300, (at) => point(0, at, valueAt(at))),
      'ever wider': range(300, (at) => point(at * at, at, valueAt(at))),
    };
    for (const [name, points] of Object.entries(histories)) {
      const id = await log(points);
      const sorted = points.toSorted((a, b) => a.step - b.step || a.timestamp_ms - b.timestamp_ms);
      for (const most of [1, 2, 10, 299]) {
        const found = await runs.metricSamples(caller, project, id, 'm', { most });
        const every = (at: number) => Math.round((at * (sorted.length - 1)) / (most - 1));
        const expected = most === 1 ? [sorted.at(-1)] : range(most, (at) => sorted[every(at)]);
        assert.deepEqual(found, expected, `${name}, ${most} points`);
      }
      const some = await runs.metricSamples(caller, project, id, 'm', { most: 5, from: 3, to: 40 });
      const within = sorted.filter(({ step }) => step >= 3 && step <= 40);
      const expected = within.length <= 5 ? within : range(5, (at) => within[Math.round((at * (within.length - 1)) / 4)]);
      assert.deepEqual(some, expected, `${name}, steps 3 to 40`);
    }
  });
});
