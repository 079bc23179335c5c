import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Evaluation } from '../training/index.ts';
import { type Figures, judge, judgeOrder, judgeWithoutTable, type Measured, resultOf } from './decide.ts';
import type { Criterion, Evidence } from './gate.ts';

const figure = (value: number | null) => ({ value, low: value, high: value, rows: 1000 });

function evaluation(metrics: Record<string, number | null>, slices: Evaluation['slices'] = {}): Evaluation {
  return {
    rows: 1000,
    metrics: Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, figure(value)])),
    reliability: [],
    slices,
    output: { min: 0, max: 1, mean: 0.5 },
    within: [],
  };
}

function figures(
  own: Record<string, number | null>,
  rival: Record<string, number | null>,
  more: Partial<Measured> = {},
  latency: number | null = null,
): Figures {
  const measured: Measured = {
    version: evaluation(own),
    rival: evaluation(rival),
    rivalName: 'champion (version 1)',
    comparison: {},
    within: [],
    ...more,
  };
  return { tables: new Map([['', measured]]), latency_p99_ms: latency };
}

const paired = (betterBy: number) => ({ difference: betterBy / 100, standardError: 0.01, betterBy, rows: 1000 });

test('what a run reported counts only where the criterion takes it and nothing was measured, and is marked', () => {
  const takes = { kind: 'bound', metric: 'auc', min: 0.6, reported: 'accepted' } as const;
  const plain = { kind: 'bound', metric: 'auc', min: 0.6 } as const;
  const reported = new Map([['auc', 0.9]]);
  const nothing: Figures = { tables: new Map(), latency_p99_ms: null };
  const cases: readonly (readonly [string, Evidence[], boolean, number | null, true | undefined])[] = [
    ['nothing measured, taken', judge([takes], nothing, reported), true, 0.9, true],
    ['nothing measured, not taken', judge([plain], nothing, reported), false, null, undefined],
    ['measured worse than reported', judge([takes], figures({ auc: 0.5 }, {}), reported), false, 0.5, undefined],
    ['measured, but this metric is not defined', judge([takes], figures({ auc: null }, {}), reported), true, 0.9, true],
    ['no table at all, taken', judgeWithoutTable([takes], reported), true, 0.9, true],
    ['no table at all, not taken', judgeWithoutTable([plain], reported), false, null, undefined],
    ['reported, below the limit', judgeWithoutTable([takes], new Map([['auc', 0.1]])), false, 0.1, true],
    ['never reported', judgeWithoutTable([takes], new Map()), false, null, true],
  ];
  for (const [what, [one], holds, value, mark] of cases)
    assert.deepEqual([one?.holds, one?.value, one?.reported], [holds, value, mark], what);
});

test('each criterion holds exactly where it should', () => {
  const cases: [string, Criterion, Figures, boolean][] = [
    ['at the minimum', { kind: 'bound', metric: 'auc', min: 0.58 }, figures({ auc: 0.58 }, {}), true],
    ['below the minimum', { kind: 'bound', metric: 'auc', min: 0.58 }, figures({ auc: 0.57999 }, {}), false],
    ['above the maximum', { kind: 'bound', metric: 'brier', max: 0.2 }, figures({ brier: 0.21 }, {}), false],
    ['an undefined figure', { kind: 'bound', metric: 'auc', min: 0 }, figures({ auc: null }, {}), false],
    ['an unknown figure', { kind: 'bound', metric: 'what', min: 0 }, figures({ auc: 1 }, {}), false],
    ['one standard error better', better(1), figures({ brier: 0.1 }, { brier: 0.2 }, { comparison: { brier: paired(1.01) } }), true],
    ['exactly one standard error', better(1), figures({ brier: 0.1 }, { brier: 0.2 }, { comparison: { brier: paired(1) } }), false],
    ['no paired test', better(1), figures({ brier: 0.1 }, { brier: 0.2 }), false],
    ['no worse, a loss', noWorse('calibration_error'), figures({ calibration_error: 0.05 }, { calibration_error: 0.035 }), true],
    ['worse, a loss', noWorse('calibration_error'), figures({ calibration_error: 0.06 }, { calibration_error: 0.035 }), false],
    ['no worse, a gain', noWorse('auc'), figures({ auc: 0.69 }, { auc: 0.7 }), true],
    ['worse, a gain', noWorse('auc'), figures({ auc: 0.67 }, { auc: 0.7 }), false],
    ['outputs inside', { kind: 'output', min: 0, max: 1, share: 0.99 }, figures({}, {}, { within: [0.99] }), true],
    ['outputs outside', { kind: 'output', min: 0, max: 1, share: 0.99 }, figures({}, {}, { within: [0.98] }), false],
    ['fast enough', { kind: 'latency', p99_ms: 20 }, figures({}, {}, {}, 19.9), true],
    ['not measured', { kind: 'latency', p99_ms: 20 }, figures({}, {}, {}, null), false],
    ['an output that is not there', { kind: 'bound', metric: 'auc', min: 0, on: 'gone' }, figures({ auc: 1 }, {}), false],
  ];
  for (const [name, criterion, measured, holds] of cases) {
    const [evidence] = judge([criterion], measured);
    assert.equal(evidence?.holds, holds, `${name}: ${evidence?.reason}`);
    assert.ok((evidence?.reason.length ?? 0) > 10, name);
  }
});

function better(value: number): Criterion {
  return { kind: 'champion', metric: 'brier', better_by: { unit: 'standard_errors', value } };
}

function noWorse(metric: string): Criterion {
  return { kind: 'champion', metric, no_worse_than: 0.02 };
}

test('every slice with enough rows is judged by itself, and none is a failure', () => {
  const slice = (value: string, rows: number, auc: number) => ({ value, rows, metrics: { auc: figure(auc) } });
  const slices = { origin: [slice('EWR', 400, 0.6), slice('JFK', 350, 0.5), slice('LGA', 20, 0.1)] };
  const criterion: Criterion = { kind: 'slice', slice: 'origin', metric: 'auc', min: 0.55, least_rows: 300 };
  const measured = figures({}, {}, { version: evaluation({}, slices) });
  assert.deepEqual(
    judge([criterion], measured).map((one) => [one.slice, one.holds]),
    [
      ['EWR', true],
      ['JFK', false],
    ],
  );
  assert.deepEqual(
    judge([{ ...criterion, least_rows: 1000 }], measured).map((one) => one.holds),
    [false],
  );
});

test('two output criteria on one table are judged by their own bounds', () => {
  const criteria: Criterion[] = [
    { kind: 'output', min: 0, share: 0.9 },
    { kind: 'output', max: 1, share: 0.9 },
  ];
  const measured = figures({}, {}, { within: [0.95, 0.5] });
  assert.deepEqual(
    judge(criteria, measured).map((one) => one.holds),
    [true, false],
  );
});

test('a gate that was changed after the making began refuses, one that was there before does not', () => {
  assert.deepEqual(judgeOrder({ name: 'release', changed_event: 10 }, 10), []);
  assert.equal(judgeOrder({ name: 'release', changed_event: 11 }, 10)[0]?.holds, false);
});

test('one figure that does not hold is a failure; approvals are asked for only when all hold', () => {
  const [good] = judge([{ kind: 'latency', p99_ms: 20 }], figures({}, {}, {}, 1));
  const [bad] = judge([{ kind: 'latency', p99_ms: 20 }], figures({}, {}, {}, 30));
  assert.ok(good && bad);
  assert.equal(resultOf([good], {}), 'pass');
  assert.equal(resultOf([good], { production: 1 }), 'needs approval');
  assert.equal(resultOf([good], { production: 0 }), 'pass');
  assert.equal(resultOf([good, bad], { production: 1 }), 'fail');
});
