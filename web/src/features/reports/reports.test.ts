import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  changesIn,
  entryOf,
  lead,
  limitsIn,
  monthsOf,
  type PeriodFigures,
  retrainSentence,
  shortMonth,
  stepsOf,
  unknownReason,
} from './report.ts';

const figure = (value: number | null) => ({ value, low: value, high: value, rows: 10 });

function period(label: string, served: number | null, reference: number | null, rows = 10): PeriodFigures {
  const entry = (version: 'served' | 1, value: number | null) => ({
    version,
    rows,
    without_body: 0,
    metrics: { brier: figure(value) },
    mean_prediction: 0.2,
    observed_rate: 0.25,
  });
  return { label, from_ms: 0, to_ms: 100, entries: [entry('served', served), entry(1, reference)] };
}

const utc = { zone: 'UTC', now_ms: Date.UTC(2013, 11, 1) };

test('the first words say how good it was, and whether training again was worth it', () => {
  assert.match(
    lead('delay', period('all', 0.16, 0.18), 'brier').join(' '),
    /Brier score was 0\.16; version 1 .* 0\.18\. .* better by 0\.02\./,
  );
  assert.match(lead('delay', period('all', 0.18, 0.16), 'brier').join(' '), /worse by 0\.02/);
  assert.match(lead('delay', period('all', 0.18, null), 'brier').join(' '), /was 0\.18\.$/);
  assert.match(lead('delay', period('all', null, null, 0), 'brier').join(' '), /not known/);
  assert.match(lead('delay', undefined, 'brier').join(' '), /not known/);
});

test('a figure that cannot be said comes with the reason', () => {
  assert.equal(unknownReason(entryOf(period('all', 0.1, 0.1), 'served'), 0.1), null);
  assert.match(unknownReason(entryOf(period('all', null, null, 0), 'served'), null) ?? '', /no outcome/);
  assert.match(unknownReason(entryOf(period('all', null, null), 'served'), null) ?? '', /cannot be computed/);
  assert.deepEqual(monthsOf([period('2013-03', 0.1, 0.2)], 'auc')[0]?.served.value, null);
});

test('what changed is told in order, and nothing from outside of the period', () => {
  const at = (month: number) => Date.UTC(2013, month, 1);
  const rollout = (version: number, state: 'promoted' | 'rolled back' | 'rolling', ended_ms: number | null) => ({
    version,
    displaced: version === 1 ? null : version - 1,
    state,
    ended_ms,
  });
  const incident = {
    id: 'inc_1',
    severity: 'incident' as const,
    state: 'open' as const,
    since_ms: at(4),
    last_to_ms: at(5),
    breaches: [{ metric: 'brier', value: 0.3, limit: { value: 0.2 } }],
  };
  const rollouts = [
    rollout(1, 'promoted', at(1)),
    rollout(3, 'rolled back', at(6)),
    rollout(2, 'promoted', at(3)),
    rollout(4, 'rolling', null),
  ];
  const told = changesIn(
    { from_ms: at(2), to_ms: at(8) },
    { rollouts, incidents: [incident, { ...incident, id: 'w', severity: 'watch' }] },
    utc,
  );
  assert.deepEqual(
    told.map(({ text }) => text),
    [
      'Version 2 replaced version 1 on 1 Apr.',
      'Incident of 1 May: Brier score was 0.3, limit 0.2; still open.',
      'Version 3 was taken back on 1 Jul.',
    ],
  );
});

test('the limits of the monitor are held against the period and each month', () => {
  const months = [period('a', 0.1, null), period('b', 0.3, null), period('c', null, null)];
  const [row, missing] = limitsIn({ brier: { max: 0.2 }, auc: { min: 0.6 } }, period('all', 0.19, null), months);
  assert.deepEqual([row?.state, row?.limit, row?.months], ['partly', 'at most 0.2', '1 of 2 months inside']);
  assert.deepEqual([missing?.state, missing?.months], ['unknown', 'not known']);
});

test('the policy is told with what it started and what it let wait', () => {
  const decision = (action: 'start' | 'skip', clock_ms: number) => ({ action, clock_ms });
  const all = [decision('start', 5), decision('skip', 6), decision('skip', 7), decision('start', 50)];
  assert.equal(retrainSentence({ from_ms: 0, to_ms: 10 }, all), 'The policy trained again once and waited 2 times.');
  assert.equal(retrainSentence({ from_ms: 100, to_ms: 110 }, all), null);
});

test('an axis has round steps that hold what is drawn, and short names of months', () => {
  assert.deepEqual(
    ['2013-11', '2013-12', '2014-01', 'all'].map((label, index) => shortMonth(label, index === 0)),
    ['Nov 2013', 'Dec', 'Jan 2014', 'all'],
  );
  assert.deepEqual(stepsOf(0, 0.23), [0, 0.1, 0.2, 0.3]);
  assert.deepEqual(stepsOf(-0.03, 0.1), [-0.05, 0, 0.05, 0.1]);
});
