import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemCaller } from '../../kernel/caller.ts';
import { systemClock } from '../../kernel/clock.ts';
import { SlipwayError } from '../../kernel/error.ts';
import type { Project } from '../../kernel/project.ts';
import { openBlobs } from '../../platform/blobs/index.ts';
import type { Database } from '../../platform/database/index.ts';
import { migrations } from '../../platform/database/migrations/index.ts';
import { openTestDatabase } from '../../platform/database/test-database.fixture.ts';
import { createEvents } from '../../platform/events/index.ts';
import { createLog } from '../../platform/log/index.ts';
import { bucketsOf } from './buckets.ts';
import { createRuns, createRunTable, type Runs, type RunTable } from './index.ts';

const project: Project = { id: 'prj_1', name: 'default', zone: 'UTC', clock: 'wall' };
const other: Project = { id: 'prj_2', name: 'other', zone: 'UTC', clock: 'wall' };
const caller = systemCaller('test');

async function withTable(work: (table: RunTable, runs: Runs, database: Database) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-run-table-'));
  const database = await openTestDatabase({ folder, migrations, clock: systemClock });
  const blobs = await openBlobs({ folder: join(folder, 'blobs'), clock: systemClock, log: createLog({ level: 'silent' }) });
  const events = createEvents({ database, clock: systemClock });
  try {
    await work(createRunTable({ database, clock: systemClock }), createRuns({ database, events, blobs, clock: systemClock }), database);
  } finally {
    await database.close();
    await blobs.close();
    rmSync(folder, { recursive: true });
  }
}

interface Tried {
  readonly name: string;
  readonly auc?: number;
  readonly depth?: string;
  readonly failed?: boolean;
}

async function tryRuns(runs: Runs, tried: readonly Tried[]): Promise<void> {
  for (const [at, { name, auc, depth, failed }] of tried.entries()) {
    const { id } = await runs.createRun(caller, project, { name, started_at_ms: 1000 + at });
    await runs.logBatch(caller, project, id, {
      metrics: auc === undefined ? [] : [{ key: 'auc', value: auc, step: 0, timestamp_ms: 1 }],
      params: depth === undefined ? [] : [{ key: 'depth', value: depth }],
    });
    await runs.updateRun(caller, project, id, { status: failed ? 'failed' : 'finished', ended_at_ms: 61_000 + at });
  }
}

const five: readonly Tried[] = [
  { name: 'a', auc: 0.7, depth: '8' },
  { name: 'b', auc: 0.9, depth: '10', failed: true },
  { name: 'c', depth: '9' },
  { name: 'd', auc: Number.NaN, depth: 'none' },
  { name: 'e', auc: 0.8 },
];

async function names(table: RunTable, search: { filter?: string; order?: string }): Promise<string> {
  const { runs } = await table.find(caller, project, search);
  if (runs.length === 0) return '';
  const page = await table.table(caller, project, { runs, columns: ['name'], limit: 100 });
  return (page.columns['name'] ?? []).join('');
}

test('a filter keeps the runs that it says, and missing values satisfy nothing but is missing', async () => {
  await withTable(async (table, runs) => {
    await tryRuns(runs, five);
    const kept = async (filter: string) => [...(await names(table, { filter }))].sort().join('');
    assert.equal(await kept('auc > 0.75'), 'be');
    assert.equal(await kept('auc > 0.75 and params.depth = 10 and status = failed'), 'b');
    assert.equal(await kept('not auc > 0.75'), 'acd');
    assert.equal(await kept('auc is missing'), 'cd');
    assert.equal(await kept('depth > 8'), 'bc');
    assert.equal(await kept('depth != 8'), 'bcd');
    assert.equal(await kept('depth = none'), 'd');
    assert.equal(await kept('depth = 8.0 or name = "e"'), 'ae');
    assert.equal(await kept('name contains "C"'), 'c');
    assert.equal(await kept('took = 60 and started > 1970-01-01'), 'abcde');
    assert.equal(await kept(''), 'abcde');
  });
});

test('runs that lack what a filter compares are counted by name', async () => {
  await withTable(async (table, runs) => {
    await tryRuns(runs, five);
    const lacking = async (filter: string) => (await table.find(caller, project, { filter })).lacking;
    assert.deepEqual(await lacking('auc > 0.75 and (depth > 8 or auc < 0.1)'), [
      { name: 'auc', runs: 2 },
      { name: 'depth', runs: 1 },
    ]);
    assert.deepEqual(await lacking('auc is missing or status = failed'), []);
    assert.deepEqual(await lacking(''), []);
  });
});

test('runs are ordered by any metric or param as numbers, missing ones last in either direction, equal ones newest first', async () => {
  await withTable(async (table, runs) => {
    await tryRuns(runs, five);
    assert.equal(await names(table, { order: 'auc' }), 'aebdc');
    assert.equal(await names(table, { order: '-auc' }), 'beadc');
    assert.equal(await names(table, { order: 'params.depth' }), 'acbde');
    assert.equal(await names(table, { order: '-depth' }), 'bcade');
    assert.equal(await names(table, { order: 'status,-auc' }), 'beadc');
    assert.equal(await names(table, {}), 'edcba');
  });
});

test('an unknown name or a value of the wrong kind is refused with its place and the nearest name', async () => {
  await withTable(async (table, runs) => {
    await tryRuns(runs, five);
    const refused = async (filter: string) => {
      const error: unknown = await table.find(caller, project, { filter }).catch((thrown: unknown) => thrown);
      assert.ok(error instanceof SlipwayError && error.code === 'filter_not_understood', filter);
      return error.details;
    };
    assert.deepEqual(await refused('status = failed and aux > 1'), { at: 20, length: 3, nearest: ['metrics.auc'] });
    assert.deepEqual(await refused('auc > high'), { at: 6, length: 4, nearest: [] });
    assert.deepEqual(await refused('status = faild'), { at: 9, length: 5, nearest: ['failed'] });
    assert.deepEqual((await refused('metrics.depth > 3'))['at'], 0);
  });
});

test('a metric of another project is no known name here', async () => {
  await withTable(async (table, runs) => {
    const { id } = await runs.createRun(caller, other, {});
    await runs.logBatch(caller, other, id, { metrics: [{ key: 'secret_auc', value: 1, step: 0, timestamp_ms: 1 }] });
    await tryRuns(runs, five);
    const error: unknown = await table.find(caller, project, { filter: 'secret_auc > 0' }).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof SlipwayError && !JSON.stringify(error.details).includes('secret'));
    const { runs: mine } = await table.find(caller, project, {});
    assert.deepEqual((await table.table(caller, other, { runs: mine, columns: ['name'], limit: 100 })).runs, []);
  });
});

test('only the asked columns come, NaN and missing apart, and pages by key hold every run once', async () => {
  await withTable(async (table, runs) => {
    await tryRuns(runs, five);
    const seen: unknown[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await table.table(caller, project, {
        columns: ['name', 'metrics.auc', 'metrics.auc@max', 'params.depth', 'tags.none'],
        limit: 2,
        ...(cursor === undefined ? {} : { cursor }),
      });
      page.runs.forEach((_, at) => {
        seen.push(Object.values(page.columns).map((column) => column[at]));
      });
      cursor = page.next;
    }
    assert.deepEqual(seen, [
      ['a', 0.7, 0.7, '8', null],
      ['b', 0.9, 0.9, '10', null],
      ['c', null, null, '9', null],
      ['d', 'NaN', null, 'none', null],
      ['e', 0.8, 0.8, null, null],
    ]);
  });
});

test('the columns of an experiment say how many runs have them and whether they differ', async () => {
  await withTable(async (table, runs) => {
    await tryRuns(runs, [
      { name: 'a', auc: 0.5, depth: '8' },
      { name: 'b', auc: 0.6, depth: '8' },
    ]);
    assert.deepEqual(await table.columns(caller, project, {}), {
      total: 2,
      items: [
        { name: 'metrics.auc', runs: 2, differs: true },
        { name: 'params.depth', runs: 2, differs: false },
      ],
    });
  });
});

test('buckets hold every point: the counts add up and a spike of one point is the maximum of its bucket', async () => {
  await withTable(async (_, runs, database) => {
    const { id } = await runs.createRun(caller, project, {});
    const points = Array.from({ length: 1000 }, (_, step) => ({
      key: 'loss',
      value: step === 617 ? 99 : step / 1000,
      step,
      timestamp_ms: step,
    }));
    await runs.logBatch(caller, project, id, { metrics: points });
    await runs.logBatch(caller, project, id, { metrics: [{ key: 'loss', value: Number.NaN, step: 5, timestamp_ms: 9 }] });
    const all = await bucketsOf(database, caller, project, id, { key: 'loss', width: 10, axis: 'step' });
    assert.deepEqual([all.points, all.not_numbers, all.size, all.count.reduce((a, b) => a + b)], [1001, 1, 100, 1001]);
    assert.deepEqual([all.at[6], all.first[6], all.last[6], all.minimum[6], all.maximum[6]], [600, 0.6, 0.699, 0.6, 99]);
    const near = await bucketsOf(database, caller, project, id, { key: 'loss', width: 100, axis: 'time', from: 600, to: 650 });
    assert.deepEqual([near.size, near.count.length, near.maximum[17], near.mean[17]], [1, 51, 99, 99]);
    const none = await bucketsOf(database, caller, project, id, { key: 'other', width: 10, axis: 'step' });
    assert.deepEqual([none.points, none.from, none.at], [0, null, []]);
  });
});
