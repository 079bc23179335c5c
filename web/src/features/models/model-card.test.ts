import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunDetail } from '../runs/runs-api.ts';
import { calibrationSentences, importanceRows, qualityRows, sliceRows } from './model-card.ts';
import { evidence, verdict } from './models.fixture.ts';

function runOf(metrics: Readonly<Record<string, number>>): RunDetail {
  const points = Object.entries(metrics).map(([key, value]) => ({ key, value, step: 0, timestamp_ms: 0, minimum: value, maximum: value }));
  return {
    id: 'a'.repeat(32),
    experiment: '1',
    name: 'train-1',
    status: 'finished',
    lifecycle: 'active',
    started_at_ms: 0,
    ended_at_ms: 0,
    person: null,
    execution_id: null,
    step: null,
    started_event: 1,
    cpu_ms: 0,
    bytes: 0,
    params: [],
    tags: [],
    metrics: points,
    inputs: [],
    code: null,
  };
}

const judged = verdict({
  evidence: [
    evidence(),
    evidence({ metric: 'output', value: 1, low: null, high: null }),
    evidence({ criterion: 'auc of origin JFK at least 0.55', slice: 'JFK', value: 0.66, low: 0.61, high: 0.71, limit: 'at least 0.55' }),
    evidence({ criterion: 'auc of origin EWR at least 0.55', slice: 'EWR', value: 0.62, low: 0.56, high: 0.67, limit: 'at least 0.55' }),
  ],
});

test('quality is what the gate measured, with its interval, then what the run adds', () => {
  const rows = qualityRows(judged, runOf({ auc: 0.7312, 'baseline/auc': 0.5, recall: 0.06, 'baseline/recall': 0, 'training/cpu_s': 2 }));
  assert.deepEqual(
    rows.map(({ metric, value, low, baseline }) => [metric, value, low, baseline]),
    [
      ['auc', 0.7312, 0.708, 0.5],
      ['recall', 0.06, null, 0],
    ],
  );
});

test('a baseline of other rows is not put beside the figure', () => {
  const [auc] = qualityRows(judged, runOf({ auc: 0.8, 'baseline/auc': 0.5 }));
  assert.equal(auc?.baseline, null);
});

test('groups stand worst first on one axis', () => {
  const { rows, from, to } = sliceRows(judged);
  assert.deepEqual(
    rows.map(({ name }) => name),
    ['auc of origin EWR', 'auc of origin JFK'],
  );
  assert.deepEqual([from, to], [0.56, 0.71]);
});

test('calibration is said where it was measured', () => {
  assert.deepEqual(calibrationSentences(qualityRows(judged, undefined)), []);
  const measured = verdict({ evidence: [evidence({ metric: 'calibration_error', value: 0.0564, low: 0.0427, high: 0.071 })] });
  assert.match(calibrationSentences(qualityRows(measured, undefined)).join(' '), /0\.0564 \(0\.0427 to 0\.071\)/);
});

test('importance is largest first and leaves out what was not used', () => {
  assert.deepEqual(
    importanceRows({ importance: { a: 0.2, b: 0, c: 0.8 } }, 8).map(({ name }) => name),
    ['c', 'a'],
  );
});
