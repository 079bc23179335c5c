import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkGroups, criterionRow, headline, limitNumber } from './criteria.ts';
import { evidence, verdict } from './models.fixture.ts';

const againstChampion = evidence({
  criterion: 'brier against champion (version 10): better by more than 1 standard error',
  metric: 'brier',
  value: 0.189,
  low: 0.1792,
  high: 0.1988,
  rival: { name: 'champion (version 10)', value: 0.1891 },
  limit: 'better by more than 1 standard error',
  holds: false,
});
const ofSlice = evidence({ criterion: 'auc of origin EWR at least 0.55', slice: 'EWR', limit: 'at least 0.55' });
const latency = evidence({
  criterion: 'latency (p99 of single rows) at most 20 ms',
  metric: 'latency_p99_ms',
  value: 0.7427,
  low: null,
  high: null,
  limit: 'at most 20 ms',
});
const scores = evidence({
  criterion: 'scores at least 99% within 0 to 1',
  metric: 'output',
  value: 1,
  low: null,
  high: null,
  limit: 'at least 99% within 0 to 1',
});

test('criteria stand in groups by what they are for, each with how many hold', () => {
  const groups = checkGroups(verdict({ evidence: [latency, ofSlice, evidence(), scores, againstChampion] }));
  assert.deepEqual(
    groups.map(({ name, holds, checks }) => [name, holds, checks.map((check) => check.name)]),
    [
      ['champion', 0, ['brier']],
      ['enough', 2, ['auc', 'scores']],
      ['groups', 1, ['auc of origin EWR']],
      ['safe', 1, ['latency (p99 of single rows)']],
    ],
  );
});

test('a finding has its value, its interval, and whom it was compared with', () => {
  const findings = checkGroups(verdict({ evidence: [againstChampion, evidence(), scores, latency] })).flatMap(({ checks }) => checks);
  assert.deepEqual(
    findings.map(({ finding }) => finding),
    ['0.189 (0.1792 to 0.1988) against 0.1891 of v10', '0.7312 (0.708 to 0.7543)', '100 %', '0.743 ms'],
  );
});

test('what could not be measured is not known, never zero', () => {
  const [group] = checkGroups(verdict({ evidence: [evidence({ value: null, low: null, high: null, holds: false })] }));
  assert.equal(group?.checks[0]?.finding, 'not known');
});

test('a figure that a client reported is told apart from one that was measured', () => {
  const told = evidence({ value: 0.9, low: null, high: null, reported: true });
  const [measured, reported] = checkGroups(verdict({ evidence: [evidence({ value: 0.9, low: null, high: null }), told] }))[0]?.checks ?? [];
  assert.deepEqual([measured?.finding, reported?.finding], ['0.9', '0.9, reported']);
});

test('a criterion keeps its key from version to version', () => {
  const later = { ...againstChampion, criterion: 'brier against champion (version 11): better by more than 1 standard error', value: 0.2 };
  const keys = checkGroups(verdict({ evidence: [againstChampion, later] })).flatMap(({ checks }) => checks.map(({ key }) => key));
  assert.equal(new Set(keys).size, 1);
});

test('the figure of a version in a list is one of quality, not of a group or of speed', () => {
  assert.equal(headline(verdict({ evidence: [latency, scores, ofSlice, againstChampion] }))?.metric, 'brier');
});

test('a limit has a number where the definition of the gate has one', () => {
  const criteria = [
    { kind: 'champion', metric: 'brier' },
    { kind: 'bound', metric: 'auc', min: 0.58 },
    { kind: 'slice', slice: 'origin', metric: 'auc', min: 0.55, least_rows: 300 },
  ] as const;
  assert.deepEqual(
    [evidence(), ofSlice, againstChampion].map((one) => limitNumber(one, [...criteria])),
    [0.58, 0.55, undefined],
  );
});

test('each kind of criterion is written out', () => {
  const rows = [
    { kind: 'bound', metric: 'auc', min: 0.58 },
    { kind: 'bound', metric: 'accuracy', min: 0.9, reported: 'accepted' },
    { kind: 'champion', metric: 'brier', better_by: { unit: 'standard_errors', value: 1 }, on: 'recent' },
    { kind: 'champion', metric: 'brier', no_worse_than: 0.02 },
    { kind: 'slice', slice: 'origin', metric: 'auc', min: 0.55, least_rows: 300 },
    { kind: 'output', min: 0.005, max: 0.98, share: 0.99 },
    { kind: 'latency', p99_ms: 20 },
  ] as const;
  assert.deepEqual(
    rows.map((row) => Object.values(criterionRow(row)).join('|')),
    [
      'auc|at least 0.58|rows it was not trained on',
      'accuracy|at least 0.9|measured here, or else as its run reported',
      'brier against the champion|better by more than 1 standard error|recent',
      'brier against the champion|no worse than by 0.02|rows it was not trained on',
      'auc of each origin with at least 300 rows|at least 0.55|rows it was not trained on',
      'scores|99 % between 0.005 and 0.98|rows it was not trained on',
      'latency, 99th percentile of single rows|at most 20 ms|single rows, one after another',
    ],
  );
});
