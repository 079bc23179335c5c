import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changesOf } from './incident.ts';
import { type Judgement, judge, type Past } from './judge.ts';
import type { Measurements } from './measurement.ts';
import { anchorOf, dueWindow, type MonitorDefinition } from './monitor.ts';

const day_ms = 86_400_000;
const definition: MonitorDefinition = {
  deployment: 'delay',
  window_ms: day_ms,
  every_ms: day_ms,
  drift: 'default',
  performance: { calibration_gap: { max: 0.04 }, calibration_error: { max: 0.04 }, auc: { min: 0.6 } },
  estimate: true,
  notify: [],
};

const figure = (value: number, low = value, high = value) => ({ value, low, high, rows: 500 });
const drift = (drifted: boolean) => ({
  method: 'wasserstein' as const,
  scoreIs: 'distance' as const,
  score: drifted ? 0.3 : 0.01,
  threshold: 0.1,
  drifted,
  strength: drifted ? 3 : 0.05,
  p: null,
  rows: { reference: 1, current: 1 },
  binning: '',
  fill: '',
  reason: null,
});

function measured(change: Partial<Measurements> = {}): Measurements {
  return {
    window: { from_ms: 9 * day_ms, to_ms: 10 * day_ms },
    version: 1,
    served: { ok: 500, refused: 0, failed: 0 },
    rows_by_version: { 1: 500 },
    outcomes: 500,
    coverage: 1,
    outcomes_unknown: 0,
    sampled_share: 1,
    rows_with_body: 500,
    violations: {},
    warnings: {},
    missing: {},
    drift: { wind: drift(false) },
    prediction_drift: null,
    no_reference: null,
    quality: { calibration_gap: figure(0.01), auc: figure(0.7) },
    estimated: null,
    slices: {},
    ...change,
  };
}

const good = judge(measured(), definition, []);
const past = (to_day: number, change: Partial<Measurements>, history: readonly Past[] = []): Past => {
  const window = { from_ms: (to_day - 1) * day_ms, to_ms: to_day * day_ms };
  return { to_ms: window.to_ms, judgement: judge(measured({ ...change, window }), definition, history) };
};

const cases: readonly [string, Partial<Measurements>, Judgement['severity'], readonly string[]][] = [
  ['figures within their limits', {}, 'none', []],
  ['a gap above its limit', { quality: { calibration_gap: figure(0.05, 0.03, 0.07), auc: figure(0.7) } }, 'incident', ['calibration_gap']],
  ['a gap that its interval cannot tell from none', { quality: { calibration_gap: figure(0.05, 0, 0.1), auc: figure(0.7) } }, 'none', []],
  ['a figure at its limit', { quality: { calibration_gap: figure(0.04), auc: figure(0.6) } }, 'none', []],
  ['two figures beyond', { quality: { calibration_gap: figure(0.06), auc: figure(0.5) } }, 'incident', ['calibration_gap', 'auc']],
  [
    'an error of calibration that scores that are right have as well',
    { quality: { calibration_error: figure(0.05, 0, 0.1), calibration_gap: figure(0.01), auc: figure(0.7) } },
    'none',
    [],
  ],
  ['outcomes of which 99 are classes of the model', { outcomes_unknown: 401, quality: { auc: figure(0.5) } }, 'none', []],
  ['99 outcomes', { outcomes: 99, quality: { calibration_gap: figure(0.2), auc: figure(0.5) } }, 'none', []],
  ['outcomes for less than half of the rows', { coverage: 0.49, quality: { calibration_gap: figure(0.2), auc: figure(0.5) } }, 'none', []],
  ['drift alone', { drift: { wind: drift(true) } }, 'watch', []],
  ['drift with a breach', { drift: { wind: drift(true) }, quality: { auc: figure(0.5) } }, 'incident', ['auc']],
  ['drift of the predictions alone', { prediction_drift: drift(true) }, 'watch', []],
];
for (const [what, change, severity, breached] of cases) {
  test(`a window with ${what} is judged as ${severity}`, () => {
    const judgement = judge(measured(change), definition, []);
    assert.equal(judgement.severity, severity);
    assert.deepEqual(
      judgement.breaches.map((breach) => breach.metric),
      breached,
    );
  });
}

test('a series keeps its first window through windows that could not be judged, and ends with one that holds', () => {
  const bad = { quality: { calibration_gap: figure(0.09), auc: figure(0.7) } };
  const first = past(6, bad);
  const blind = past(7, { outcomes: 0 }, [first]);
  assert.equal(judge(measured(bad), definition, [blind, first]).breaches[0]?.since_ms, 6 * day_ms);
  assert.equal(judge(measured(bad), definition, [past(7, {}), first]).breaches[0]?.since_ms, 10 * day_ms);
  const drifting = past(8, { drift: { wind: drift(true) } });
  assert.equal(judge(measured({ drift: { wind: drift(true) } }), definition, [drifting]).watch[0]?.since_ms, 8 * day_ms);
});

test('without outcomes an estimate counts once it is beyond its limit in two windows of three', () => {
  const blind = { outcomes: 0, coverage: 0, quality: {}, estimated: { auc: figure(0.55) } };
  const once = past(8, blind);
  assert.deepEqual([once.judgement.severity, once.judgement.estimates_beyond], ['none', ['auc']]);
  const twice = judge(measured(blind), definition, [past(9, { ...blind, estimated: { auc: figure(0.7) } }), once]);
  assert.deepEqual(
    twice.breaches.map(({ metric, source }) => [metric, source]),
    [['auc', 'estimated']],
  );
});

test('an estimate does not count twice for a window that was asked for in between, nor with one of long ago', () => {
  const blind = { outcomes: 0, coverage: 0, quality: {}, estimated: { auc: figure(0.55) } };
  const severityAfter = (to_day: number) => judge(measured(blind), definition, [past(to_day, blind)]).severity;
  assert.deepEqual([9.9, 9, 8, 7.9].map(severityAfter), ['none', 'incident', 'incident', 'none']);
});

test('an estimate from fewer than 100 rows of the champion is not judged, however many rows another version answered', () => {
  const blind = { outcomes: 0, coverage: 0, quality: {}, estimated: { auc: figure(0.55) }, version: 2 };
  const beyond = (rows: number) => judge(measured({ ...blind, rows_by_version: { 1: 400, 2: rows } }), definition, []).estimates_beyond;
  assert.deepEqual([beyond(99), beyond(100)], [[], ['auc']]);
});

const breach = judge(measured({ quality: { calibration_gap: figure(0.01), auc: figure(0.5) } }), definition, []);
const watch = judge(measured({ drift: { wind: drift(true) } }), definition, []);
const both = judge(
  measured({ drift: { wind: drift(true) }, quality: { calibration_gap: figure(0.01), auc: figure(0.5) } }),
  definition,
  [],
);
const blind = judge(measured({ outcomes: 0, drift: { wind: { ...drift(false), method: 'none' } } }), definition, []);
const incident = { id: 'i', severity: 'incident' as const, breaches: breach.breaches };
const entry = { id: 'w', severity: 'watch' as const, breaches: [] };
const open = (severity: 'incident' | 'watch') => ({ kind: 'open' as const, severity });
const goOn = (id: string) => ({ kind: 'continue' as const, id });
const end = (id: string) => ({ kind: 'resolve' as const, id });

/** The transition table: what is open, the window, what becomes of it. */
const transitions: readonly [string, readonly (typeof incident | typeof entry)[], string, Judgement, readonly object[]][] = [
  ['nothing', [], 'good', good, []],
  ['nothing', [], 'breach', breach, [open('incident')]],
  ['nothing', [], 'drift', watch, [open('watch')]],
  ['nothing', [], 'breach and drift', both, [open('incident')]],
  ['nothing', [], 'blind', blind, []],
  ['incident', [incident], 'good', good, [end('i')]],
  ['incident', [incident], 'breach', breach, [goOn('i')]],
  ['incident', [incident], 'drift', watch, [end('i'), open('watch')]],
  ['incident', [incident], 'breach and drift', both, [goOn('i')]],
  ['incident', [incident], 'blind', blind, []],
  ['entry', [entry], 'good', good, [end('w')]],
  ['entry', [entry], 'breach', breach, [open('incident'), end('w')]],
  ['entry', [entry], 'drift', watch, [goOn('w')]],
  ['entry', [entry], 'breach and drift', both, [open('incident'), goOn('w')]],
  ['entry', [entry], 'blind', blind, []],
  ['incident and entry', [incident, entry], 'good', good, [end('i'), end('w')]],
  ['incident and entry', [incident, entry], 'blind', blind, []],
];
for (const [name, opened, what, judgement, expected] of transitions) {
  test(`with ${name} open, a ${what} window changes it as the table says`, () => {
    assert.deepEqual(changesOf(opened, judgement), expected);
  });
}

test('an incident about a figure that has no limit any more is over', () => {
  const looser = judge(measured(), { ...definition, performance: {} }, []);
  assert.deepEqual(changesOf([incident], looser), [end('i')]);
});

const schedule = { window_ms: 14 * day_ms, every_ms: 7 * day_ms, anchor_ms: 20 * day_ms };
const due: readonly [string, number | null, number, readonly [number, number] | null][] = [
  ['before the first window is full', null, 19.9, null],
  ['when the first window is full', null, 20, [20, 0]],
  ['a week later', 20, 27, [27, 0]],
  ['a day later', 20, 21, null],
  ['after a jump', 20, 50, [48, 3]],
  ['after a check that was asked for between two windows', 23.5, 27, [27, 0]],
  ['when the clock was set back', 27, 21, null],
];
for (const [when, last, now, expected] of due) {
  test(`the window that is due ${when}`, () => {
    const found = dueWindow({ ...schedule, last_to_ms: last === null ? null : last * day_ms }, now * day_ms);
    assert.deepEqual(found && [found.to_ms / day_ms, found.skipped, (found.to_ms - found.from_ms) / day_ms], expected && [...expected, 14]);
  });
}

test('the first window begins with the first whole UTC day', () => {
  assert.equal(anchorOf(3 * day_ms, 14 * day_ms), 17 * day_ms);
  assert.equal(anchorOf(3 * day_ms + 1, 14 * day_ms), 18 * day_ms);
});
