import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Evidence, Verdict } from '../gates/gates-api.ts';
import { effectsOf } from './effects.ts';
import { axisOf, boundOf, closenessOf, nearest, plainWords } from './evidence.ts';
import { sorted, standingOf, waitingSentence } from './standing.ts';

const ben = { person: 'per_ben', mayApprove: true };
const asked = { state: 'requested', excluded: ['per_ada'], decisions: [], created_at_ms: 1 } as const;
const yes = { person: 'per_ben', name: 'Ben', decision: 'approve', reason: '', at_ms: 2 } as const;

test('who asked for a release, who answered already and who has no right are told so before they try', () => {
  assert.equal(standingOf({ ...asked, excluded: ['per_ada'], decisions: [] }, ben), 'decide');
  assert.equal(standingOf({ ...asked, excluded: ['per_ben'], decisions: [] }, ben), 'asked');
  assert.equal(standingOf({ ...asked, excluded: [], decisions: [yes] }, ben), 'decided');
  assert.equal(standingOf({ ...asked, excluded: [], decisions: [] }, { ...ben, mayApprove: false }), 'not-allowed');
  assert.equal(standingOf({ ...asked, excluded: [], decisions: [] }, { person: null, mayApprove: true }), 'not-allowed');
  assert.equal(standingOf({ ...asked, state: 'granted', excluded: [], decisions: [] }, ben), 'closed');
});

test('what waits for me comes first, the longest wait on top', () => {
  const one = (created_at_ms: number, excluded: string[], state: 'requested' | 'refused' = 'requested') => ({
    created_at_ms,
    excluded,
    state,
    decisions: [],
  });
  const { mine, others, decided } = sorted([one(9, []), one(5, ['per_ben']), one(3, []), one(1, [], 'refused')], ben);
  assert.deepEqual(
    [mine, others, decided].map((list) => list.map(({ created_at_ms }) => created_at_ms)),
    [[3, 9], [5], [1]],
  );
  assert.equal(waitingSentence(2, 1, null), '2 questions wait for you. One waits for somebody else.');
  assert.equal(waitingSentence(0, 0, '21 Nov 14:02'), 'Nothing waits for you. Last answered 21 Nov 14:02.');
});

const figure: Evidence = {
  criterion: 'auc at least 0.58',
  metric: 'auc',
  slice: null,
  value: 0.64,
  low: 0.61,
  high: 0.67,
  rows: 2408,
  rival: null,
  limit: 'at least 0.58',
  holds: true,
  reason: 'auc is 0.64.',
};

test('a limit is drawn where it is a number, and nowhere else', () => {
  assert.deepEqual(boundOf('at least 0.58'), { kind: 'min', value: 0.58 });
  assert.deepEqual(boundOf('at most 20 ms'), { kind: 'max', value: 20 });
  assert.equal(boundOf('at least 99% within 0.005 to 0.98'), null);
  assert.equal(boundOf('no worse than by 0.02'), null);
});

test('a figure is close when its interval reaches over its limit; what is missing is not known', () => {
  assert.equal(closenessOf(figure), 'inside');
  assert.equal(closenessOf({ ...figure, low: 0.57 }), 'close');
  assert.equal(closenessOf({ ...figure, value: 0.5, holds: false }), 'past');
  assert.equal(closenessOf({ ...figure, value: null, holds: false }), 'unknown');
  const near = { ...figure, slice: 'EWR', value: 0.59, low: 0.57, high: 0.61 };
  assert.equal(nearest([figure, near])?.slice, 'EWR');
  const axis = axisOf([figure, near], 'auc');
  assert.ok(axis && axis.from < 0.57 && axis.to > 0.67);
  assert.equal(axisOf([{ ...figure, low: null, high: null }], 'auc'), null);
});

test('the plain words hold the figures of the verdict and say why a person is asked', () => {
  const verdict: Verdict = {
    id: 'vdt_1',
    gate: 'release',
    gate_revision: 1,
    version_id: 'ver_1',
    model: 'delay',
    version: 10,
    champion: 9,
    result: 'needs approval',
    approvals: { production: 1 },
    evidence: [{ ...figure, value: 0.59, low: 0.57, high: 0.61 }],
    evidence_digest: '',
    event: 5,
    created_at_ms: 0,
  };
  const text = plainWords(verdict, 1, 'production').join('\n');
  assert.match(text, /Version 10 of delay was measured beside version 9/);
  assert.match(text, /2,408 rows/);
  assert.match(text, /auc: 0\.59, limit 0\.58; its interval reaches over the limit/);
  assert.match(text, /wants one person to say yes/);
});

test('what a yes sets going is told from the deployment that takes the version', () => {
  const approval = { model: 'delay', version: 10, environment: 'production', needed: 1, decisions: [] };
  const definition = {
    model: 'delay',
    environment: 'production',
    rollout: { steps: [0.05, 0.25, 1], guard: ['errors'], bake_ms: 1 },
    limits: {},
    unexpected: {},
  };
  const told = effectsOf(approval, [{ name: 'delay', champion: 9, retired: false, definition }]);
  assert.deepEqual(
    told.map(({ title }) => title),
    ['v10 gets 5 % of delay', 'v9 stays loaded', 'champion moves to v10'],
  );
  assert.match(told[0]?.text ?? '', /25 %, 100 %/);
  assert.equal(effectsOf({ ...approval, needed: 2 }, [])[0]?.text, 'one person more must approve first');
  assert.equal(effectsOf(approval, [])[0]?.title, 'It may be released');
});
