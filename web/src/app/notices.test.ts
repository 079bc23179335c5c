import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newestEnd, noticesOf } from './notices.ts';

const approval = (id: string, excluded: string[], created_at_ms: number) => ({
  ...{ id, model: 'delay', version: 3, environment: 'production', state: 'requested' as const },
  ...{ excluded, decisions: [], created_at_ms },
});
const incident = (id: string, created_at_ms: number) => ({ id, deployment: 'delay', breaches: [], created_at_ms });
const failure = (id: string, ended_at_ms: number) => ({
  id,
  pipeline: 'train',
  number: 4,
  error: 'it ended with 1',
  created_at_ms: 0,
  ended_at_ms,
});

const ben = { person: 'per_ben', mayApprove: true };
const facts = {
  approvals: [approval('mine', ['per_ada'], 20), approval('older', [], 10), approval('asked-by-me', ['per_ben'], 5)],
  incidents: [incident('newer', 40), incident('first', 30)],
  failed: [failure('seen', 100), failure('early', 200), failure('late', 300)],
  viewer: ben,
  seenUntil_ms: 100,
};

test('it lists what the reader may answer, what is open, and what failed since they looked', () => {
  assert.deepEqual(
    noticesOf(facts).map(({ key }) => key),
    ['older', 'mine', 'first', 'newer', 'late', 'early'],
  );
  assert.deepEqual(
    noticesOf({ ...facts, viewer: { ...ben, mayApprove: false }, incidents: [] }).map(({ key }) => key),
    ['late', 'early'],
  );
});

test('once seen, failures go; what waits for an answer stays', () => {
  const seenUntil_ms = newestEnd(facts.failed);
  assert.deepEqual(
    noticesOf({ ...facts, seenUntil_ms }).map(({ key }) => key),
    ['older', 'mine', 'first', 'newer'],
  );
  assert.equal(newestEnd([]), 0);
});

test('each leads to the page where something can be done', () => {
  const paths = noticesOf(facts).map(({ kind, path }) => `${kind} ${path}`);
  assert.deepEqual(paths.slice(1, 5), [
    'human /questions/approvals/mine',
    'bad /incidents/first',
    'bad /incidents/newer',
    'bad /executions/late',
  ]);
});
