import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchOf } from './runs-wire.ts';

const first = { key: 'loss', value: 1, timestamp: 5, step: 0 };
const point = { key: 'loss', value: 1, timestamp_ms: 5, step: 0, model_id: '', dataset: '', digest: '' };

const readable = [
  ['numbers', { value: 2.5, timestamp: 6, step: -3 }, { value: 2.5, timestamp_ms: 6, step: -3 }],
  ['texts of numbers', { value: '2.5', timestamp: '6', step: '7' }, { value: 2.5, timestamp_ms: 6, step: 7 }],
  ['no step', { value: 2, timestamp: 6 }, { value: 2, timestamp_ms: 6 }],
  ['infinity', { value: '-Infinity', timestamp: 6, step: 1 }, { value: Number.NEGATIVE_INFINITY, timestamp_ms: 6, step: 1 }],
  [
    'a model, in either spelling',
    { value: 2, timestamp: 6, modelId: 'm-1', dataset_name: 'd' },
    { value: 2, timestamp_ms: 6, model_id: 'm-1', dataset: 'd' },
  ],
] as const;

for (const [what, sent, read] of readable) {
  test(`a later point of a key is read as the first is: ${what}`, () => {
    assert.deepEqual(batchOf([first, { key: 'loss', ...sent }], [], []).metrics, [point, { ...point, ...read }]);
  });
}

const wrong = [
  ['a value that is no number', { value: [], timestamp: 6, step: 1 }, /metrics\[1\]\.value/],
  ['no time', { value: 1, step: 1 }, /metrics\[1\]\.timestamp/],
  ['a time before 1970', { value: 1, timestamp: -1, step: 1 }, /metrics\[1\]\.timestamp.*nonnegative/],
  ['a step that is no whole number', { value: 1, timestamp: 6, step: 1.5 }, /metrics\[1\]\.step/],
  ['a model that is no text', { value: 1, timestamp: 6, step: 1, model_id: 7 }, /metrics\[1\]\.model_id/],
] as const;

for (const [what, sent, told] of wrong) {
  test(`a later point of a key is looked at as the first is: ${what}`, () => {
    assert.throws(
      () => batchOf([first, { key: 'loss', ...sent }], [], []),
      (error: unknown) => told.test(String((error as { details: { mlflow_message?: unknown } }).details.mlflow_message)),
    );
  });
}
