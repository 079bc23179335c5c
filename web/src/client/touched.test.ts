import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nounsTouchedBy } from './touched.ts';

test('an event makes stale what shows its noun, and the audit trail always', () => {
  assert.deepEqual(nounsTouchedBy('gate.needs-approval'), ['audit', 'gates', 'models', 'approvals']);
  assert.deepEqual(nounsTouchedBy('dataset-version.added'), ['audit', 'datasets']);
});

test('an event of a noun without a row of its own touches the plural', () => {
  assert.deepEqual(nounsTouchedBy('run.started'), ['audit', 'runs']);
});
