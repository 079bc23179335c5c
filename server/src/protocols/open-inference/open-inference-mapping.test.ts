import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerOf } from './open-inference-mapping.ts';

test('a classifier that gives labels only is not answered with probabilities of zero', () => {
  const predictions = [{ id: 'a', version: 1, label: 'late', warnings: [] }];
  const answer = { deployment: 'delay', model: 'delay', version: 1, predictions };
  const { outputs } = answerOf(answer, { id: null, request: { rows: [] }, outputs: null }, ['late', 'in time']);
  assert.deepEqual(outputs, [{ name: 'label', datatype: 'BYTES', shape: [1], data: ['late'] }]);
});
