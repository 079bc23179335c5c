import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deployment, rollout } from './models.fixture.ts';
import { momentIn, servingAt, spansOf, usageOf } from './served.ts';

const first = rollout();
const second = rollout({
  number: 2,
  version: 2,
  displaced: 1,
  started_ms: 1000,
  ended_ms: 3000,
  permit: { verdict_event: 1, approval_events: [7] },
  evidence: [
    { at_ms: 1000, step: 0, share: 0.05, decision: 'start', text: '', guards: [] },
    { at_ms: 1500, step: 0, share: 0.05, decision: 'wait', text: '', guards: [] },
    { at_ms: 2000, step: 0, share: 0.05, decision: 'next', text: '', guards: [] },
    { at_ms: 3000, step: 1, share: 0.25, decision: 'promote', text: '', guards: [] },
  ],
});
const failed = rollout({ number: 3, version: 3, displaced: 2, state: 'rolled back', started_ms: 4000, ended_ms: 5000 });
const all = [failed, second, first];

test('a version serves until the next one has all traffic', () => {
  assert.deepEqual(
    spansOf(all).map(({ version, from_ms, full_ms, until_ms, approvals }) => [version, from_ms, full_ms, until_ms, approvals]),
    [
      [3, 4000, null, 5000, []],
      [2, 1000, 3000, null, [7]],
      [1, 100, 200, 3000, []],
    ],
  );
});

test('at any moment the shares are those of the step that ran then', () => {
  const at = (at_ms: number) =>
    servingAt(all, at_ms)
      .map(({ version, share }) => `${version}:${share}`)
      .join(' ');
  assert.equal(at(50), '');
  assert.equal(at(500), '1:1');
  assert.equal(at(1200), '1:0.95 2:0.05');
  assert.equal(at(2500), '1:0.75 2:0.25');
  assert.equal(at(3000), '2:1');
  assert.equal(at(4500), '2:0.95 3:0.05');
  assert.equal(at(9000), '2:1');
});

test('a version serves, has served, or never did', () => {
  const spans = spansOf(all);
  const deployments = [deployment({ split: [{ version: 2, share: 1 }] })];
  assert.deepEqual(usageOf(2, deployments, spans), { kind: 'serves', share: 1 });
  assert.deepEqual(usageOf(1, deployments, spans), { kind: 'served', until_ms: 3000 });
  assert.deepEqual(usageOf(9, deployments, spans), { kind: 'never' });
});

test('a moment is read on the clock of the project, in summer and in winter', () => {
  const iso = (text: string) => new Date(momentIn('America/New_York', text) ?? Number.NaN).toISOString();
  assert.equal(iso('2013-10-12T10:00'), '2013-10-12T14:00:00.000Z');
  assert.equal(iso('2013-12-12T10:00'), '2013-12-12T15:00:00.000Z');
  assert.equal(iso('2013-03-10T03:30'), '2013-03-10T07:30:00.000Z');
  assert.equal(momentIn('UTC', ''), undefined);
});
