import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemCaller } from '../../kernel/caller.ts';
import { systemClock } from '../../kernel/clock.ts';
import { SlipwayError } from '../../kernel/error.ts';
import type { Project } from '../../kernel/project.ts';
import { migrations } from '../../platform/database/migrations/index.ts';
import { openTestDatabase } from '../../platform/database/test-database.fixture.ts';
import { createPredictions, type Envelope, type Predictions } from './index.ts';

const project: Project = { id: 'prj_1', name: 'default', zone: 'UTC', clock: 'wall' };
const caller = systemCaller('test');

async function withPredictions(work: (predictions: Predictions) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-predictions-'));
  const database = await openTestDatabase({ folder, migrations, clock: systemClock });
  const predictions = createPredictions({ database, clock: systemClock, log: { error: () => undefined } });
  try {
    await work(predictions);
    await predictions.flush();
  } finally {
    await database.close();
    rmSync(folder, { recursive: true });
  }
}

function envelope(id: string, event_time_ms: number, more: Partial<Envelope> = {}): Envelope {
  return {
    deployment: 'delay',
    id,
    project_id: project.id,
    version: 1,
    rollout: null,
    event_time_ms,
    received_at_ms: 1,
    status: 'ok',
    error_code: null,
    latency_us: 100,
    queue_us: 10,
    score: 0.25,
    label: '0',
    warnings: [],
    body: { carrier: 'UA' },
    sampled_share: 1,
    ...more,
  };
}

const outcome = (id: string, value: string, observed_at_ms = 5) => ({ id, value, observed_at_ms, extra: null });

test('rows of a window come back in the order of event time with the outcomes that came', async () => {
  await withPredictions(async (predictions) => {
    predictions.record([envelope('b', 20), envelope('a', 20), envelope('c', 10), envelope('late', 99)]);
    const receipt = await predictions.addOutcomes(caller, project, 'delay', [outcome('a', '1'), outcome('unknown', '0')]);
    assert.deepEqual(receipt, { matched: 1, unmatched: 1, changed: 0 });
    const rows = await predictions.window({ deployment: 'delay', from_ms: 0, to_ms: 50, limit: 10 });
    assert.deepEqual(
      rows.map((row) => [row.id, row.outcome?.value ?? null, row.body]),
      [
        ['c', null, { carrier: 'UA' }],
        ['a', '1', { carrier: 'UA' }],
        ['b', null, { carrier: 'UA' }],
      ],
    );
  });
});

test('an outcome that came before its prediction is matched when the prediction comes', async () => {
  await withPredictions(async (predictions) => {
    assert.equal((await predictions.addOutcomes(caller, project, 'delay', [outcome('x', '1')])).unmatched, 1);
    predictions.record([envelope('x', 5)]);
    await predictions.flush();
    const [row] = await predictions.window({ deployment: 'delay', from_ms: 0, to_ms: 50, limit: 10 });
    assert.equal(row?.outcome?.value, '1');
  });
});

test('the same outcome again changes nothing, another one replaces it and is counted', async () => {
  await withPredictions(async (predictions) => {
    predictions.record([envelope('x', 5)]);
    const post = (value: string) => predictions.addOutcomes(caller, project, 'delay', [outcome('x', value)]);
    assert.deepEqual(
      [await post('1'), await post('1'), await post('0')].map((receipt) => receipt.changed),
      [0, 0, 1],
    );
  });
});

test('paging through many rows of one moment misses none and repeats none', async () => {
  await withPredictions(async (predictions) => {
    predictions.record(Array.from({ length: 2500 }, (_, n) => envelope(`row-${n}`, n % 3)));
    const seen: string[] = [];
    for await (const page of predictions.rows({ deployment: 'delay', from_ms: 0, to_ms: 10 })) seen.push(...page.map((row) => row.id));
    assert.equal(seen.length, 2500);
    assert.equal(new Set(seen).size, 2500);
  });
});

test('the same row asked for again replaces its envelope and keeps its outcome', async () => {
  await withPredictions(async (predictions) => {
    predictions.record([envelope('x', 5)]);
    await predictions.addOutcomes(caller, project, 'delay', [outcome('x', '1')]);
    predictions.record([envelope('x', 5, { version: 2 })]);
    await predictions.flush();
    const rows = await predictions.window({ deployment: 'delay', from_ms: 0, to_ms: 50, limit: 10 });
    assert.deepEqual(
      rows.map((row) => [row.version, row.outcome?.value]),
      [[2, '1']],
    );
  });
});

test('outcomes with twin ids, empty values or too many rows are refused whole', async () => {
  await withPredictions(async (predictions) => {
    const post = (outcomes: ReturnType<typeof outcome>[]) => predictions.addOutcomes(caller, project, 'delay', outcomes);
    await assert.rejects(post([outcome('a', '1'), outcome('a', '0')]), SlipwayError);
    await assert.rejects(post([outcome('a', '1'), outcome('b', '')]), SlipwayError);
    await assert.rejects(post([]), SlipwayError);
    await assert.rejects(post(Array.from({ length: 10_001 }, (_, n) => outcome(`${n}`, '1'))), SlipwayError);
    assert.equal((await post([outcome('a', '1')])).changed, 0);
  });
});

test('served rows are counted by version and status', async () => {
  await withPredictions(async (predictions) => {
    predictions.record([
      envelope('a', 1),
      envelope('b', 2, { version: 2 }),
      envelope('c', 3, { status: 'refused', version: null, score: null }),
    ]);
    assert.deepEqual(await predictions.served('delay', 0, 10), [
      { version: null, status: 'refused', rows: 1, outcomes: 0 },
      { version: 1, status: 'ok', rows: 1, outcomes: 0 },
      { version: 2, status: 'ok', rows: 1, outcomes: 0 },
    ]);
    assert.deepEqual(await predictions.range('delay'), { first_ms: 1, last_ms: 3 });
  });
});
