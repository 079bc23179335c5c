import assert from 'node:assert/strict';
import { test } from 'node:test';
import { binsOf } from './distribution.ts';
import {
  asJudged,
  columnsByStrength,
  estimateBias,
  incidentSentences,
  levelOf,
  listSentence,
  monitorSentence,
  mostUrgent,
  qualitySeries,
  wouldAlert,
} from './monitor-view.ts';
import type { Definition, Drift, Incident, Monitor, Result } from './monitors-api.ts';
import { startOf, usualRange } from './ranges.ts';
import { type Answer, storyOf } from './story.ts';

const when = (at_ms: number) => `day ${at_ms}`;
const definition: Definition = {
  deployment: 'delay',
  window_ms: 1,
  every_ms: 604_800_000,
  drift: 'default',
  performance: { gap: { max: 0.04 } },
  estimate: true,
  notify: [],
};
const drift = (score: number, scoreIs: Drift['scoreIs'] = 'distance'): Drift => ({
  method: 'x',
  scoreIs,
  score,
  threshold: 0.1,
  drifted: scoreIs === 'distance' ? score > 0.1 : score < 0.1,
  strength: score,
  p: null,
  rows: { reference: 1, current: 1 },
  binning: '',
  fill: '',
  reason: null,
});
const result = (at: number, gap: number | null, estimate: number, moved: number, judgement: Partial<Result['judgement']>): Result => ({
  id: String(at),
  monitor: 'delay',
  deployment: 'delay',
  revision: 1,
  version: 1,
  window_from_ms: at - 1,
  window_to_ms: at,
  severity: 'none',
  asked: false,
  skipped: 0,
  measurements: {
    window: { from_ms: at - 1, to_ms: at },
    version: 1,
    served: { ok: 1, refused: 0, failed: 0 },
    rows_by_version: {},
    outcomes: 1,
    coverage: 1,
    outcomes_unknown: 0,
    sampled_share: 1,
    rows_with_body: 1,
    violations: {},
    warnings: {},
    missing: {},
    drift: { calm: drift(0.01), wild: drift(moved) },
    prediction_drift: null,
    no_reference: null,
    quality: { gap: { value: gap, low: gap, high: gap, rows: 1 } },
    estimated: { gap: { value: estimate, low: estimate, high: estimate } },
    slices: {},
  },
  judgement: {
    severity: 'none',
    breaches: [],
    held: ['gap'],
    unjudged: [],
    watch: [],
    drift_judged: true,
    estimates_beyond: [],
    ...judgement,
  },
  event: 1,
  created_at_ms: 0,
});
const breach = {
  metric: 'gap',
  source: 'realised' as const,
  value: 0.05,
  low: null,
  high: null,
  limit: { kind: 'max' as const, value: 0.04 },
  since_ms: 2,
};
const waiting = { held: [], unjudged: [{ metric: 'gap', reason: 'few' }] };
const results = [
  result(1, 0.03, 0.05, 0.02, {}),
  result(2, 0.05, 0.06, 0.2, { held: [], breaches: [breach] }),
  result(3, 0.9, 0.07, 0.3, waiting),
];
const incident: Incident = {
  id: 'inc_1',
  monitor: 'delay',
  deployment: 'delay',
  severity: 'incident',
  state: 'open',
  version: 4,
  since_ms: 2,
  last_to_ms: 3,
  windows: 2,
  breaches: [breach],
  watch: [{ kind: 'column', name: 'wild', method: 'x', score: 0.3, threshold: 0.1, strength: 1, since_ms: 2 }],
  causes: [],
  acknowledged: null,
  resolved: null,
  opened_event: 1,
  created_at_ms: 0,
};

test('a figure with too little truth is not drawn, and its window is hatched', () => {
  const series = qualitySeries(results, 'gap');
  assert.deepEqual(series.realised.values, [0.03, 0.05, null]);
  assert.deepEqual(series.estimated?.values, [0.05, 0.06, 0.07]);
  assert.deepEqual(series.hatched, [{ from: 2, to: 3, label: 'truth not in' }]);
  const bias = estimateBias(series);
  assert.equal(bias?.windows, 2);
  assert.ok(Math.abs((bias?.mean ?? 0) - 0.015) < 1e-9);
});

test('the page says what hurts, since when, and how much has moved', () => {
  assert.equal(
    monitorSentence(results[1], definition, when),
    'gap past its limit since day 2. 1 of 2 columns have moved away from training.',
  );
  assert.equal(monitorSentence(results[0], { ...definition, drift: 'none' }, when), 'Quality is inside its limits. Drift is not watched.');
  assert.match(monitorSentence(results[2], definition, when), /^Quality could not be judged/);
  assert.equal(monitorSentence(undefined, definition, when), 'No window was checked yet.');
});

test('an entry of drift alone says that nobody was paged, unless quality broke as well', () => {
  assert.deepEqual(incidentSentences(incident, when), [
    'gap is 0.05, limit 0.04 (realised).',
    '2 windows in a row, the first to day 2.',
    'v4 served.',
  ]);
  const watch = { ...incident, severity: 'watch' as const, breaches: [] };
  assert.deepEqual(incidentSentences(watch, when).toSpliced(1, 1), [
    'wild differs from the training data: 0.3, limit 0.1.',
    'No figure of quality is past its limit, so nobody was paged.',
  ]);
  assert.match(incidentSentences({ ...watch, breaches: [breach] }, when).join(' '), /past its limit as well/);
  assert.equal(mostUrgent([watch, incident]), incident);
  assert.equal(mostUrgent([{ ...incident, state: 'resolved' }]), undefined);
});

test('an incident is drawn with the limit that it was judged by, whatever the limit is today', () => {
  const monitor: Monitor = { name: 'delay', definition, managed_by: 'file', revision: 1, changed_event: 1, person: null, retired: false };
  const eased = { ...monitor, definition: { ...definition, performance: { gap: { max: 0.9 }, auc: { min: 0.6 } } } };
  assert.deepEqual(asJudged(eased, incident).definition.performance, { gap: { max: 0.04 }, auc: { min: 0.6 } });
});

test('the list counts incidents apart from what nobody was paged for', () => {
  const monitor: Monitor = { name: 'delay', definition, managed_by: 'file', revision: 1, changed_event: 1, person: null, retired: false };
  assert.equal(
    listSentence([monitor], [incident, { ...incident, severity: 'watch' }]),
    'One incident is open. One investigation entry is open; nobody was paged for it.',
  );
  assert.equal(listSentence([monitor], []), 'One monitor watches; all is inside its limits.');
  assert.equal(listSentence([], []), 'Nothing is watched yet.');
});

test('columns stand by how far they moved now; small p-values are far', () => {
  assert.deepEqual(columnsByStrength(results), ['wild', 'calm']);
  assert.deepEqual([drift(0.01), drift(0.08), drift(0.2), drift(0.15, 'p'), drift(0.9, 'p'), undefined].map(levelOf), [
    'still',
    'near',
    'past',
    'near',
    'still',
    'none',
  ]);
});

test('other limits say how often they would have alerted, and count no figure without truth', () => {
  assert.equal(wouldAlert(results, { gap: { max: 0.02 } }), 2);
  assert.equal(wouldAlert(results, { gap: { max: 0.06 } }), 0);
});

test('the first range holds some tens of windows', () => {
  assert.equal(usualRange(definition), '1y');
  assert.equal(usualRange({ ...definition, every_ms: 3_600_000 }), '14d');
  assert.equal(startOf('all', 5), 0);
});

test('both sides are counted in the same bins, with what only one of them has', () => {
  const bins = binsOf(
    {
      kind: 'category',
      rows: 10,
      missing: 0,
      distinct: 2,
      distinctExact: true,
      top: [
        ['A', 8],
        ['B', 2],
      ],
      other: 0,
    },
    ['A', 'C', 'C', null],
  );
  assert.deepEqual(
    bins.map(({ name, reference, current }) => [name, reference, current]),
    [
      ['A', 0.8, 0.25],
      ['C', 0, 0.5],
      ['B', 0.2, 0],
      ['missing', 0, 0.25],
    ],
  );
  const histogram = { edges: [0, 1, 2], counts: [3, 1] };
  const base = {
    infinite: 0,
    distinct: 1,
    min: 0,
    max: 2,
    mean: 1,
    std: 1,
    quantiles: [],
    tails: { low: [], high: [] },
    isInteger: false,
    topValues: [],
  };
  const numbers = binsOf({ kind: 'number', rows: 4, missing: 0, histogram, ...base }, [0.5, 2, 3, 3]);
  assert.deepEqual(
    numbers.map(({ name, current }) => [name, current]),
    [
      ['0 – 1', 0.25],
      ['1 – 2', 0.25],
      ['above 2', 0.5],
    ],
  );
});

test('the story of an incident holds what happened while it lasted, newest first, and what people did on top', () => {
  const decision = (clock_ms: number, action: 'start' | 'skip') => ({
    id: `d${clock_ms}`,
    policy: 'p',
    trigger: 'performance',
    action,
    reason: 'r',
    clock_ms,
    event: 1,
  });
  const taken = { ...incident, state: 'acknowledged' as const, acknowledged: { by: 'Ada', person: null, reason: 'mine', at_ms: 99 } };
  assert.deepEqual(
    storyOf(taken, [], [decision(1, 'start'), decision(4, 'skip'), decision(3, 'start')], []).map(({ title, now }) => [title, now]),
    [
      ['Taken by Ada', true],
      ['Retraining waited', false],
      ['Retraining started by itself', false],
      ['Past its limit, incident opened', false],
    ],
  );
  const closed = { ...incident, state: 'resolved' as const, resolved: { by: 'schedules.tick', person: null, reason: '', at_ms: 9 } };
  assert.deepEqual(
    storyOf(closed, [], [decision(4, 'skip')], []).map(({ title }) => title),
    ['Closed by itself', 'Past its limit, incident opened'],
  );
  const execution = { id: 'exe_1', number: 4, state: 'succeeded', version: 3, created_at_ms: 120 } as Answer['execution'];
  const [answered] = storyOf(taken, [], [], [{ who: 'Ada', execution }]);
  assert.deepEqual(answered, {
    key: 'exe_1',
    at_ms: 120,
    title: 'Ada started execution 4',
    detail: 'It succeeded and made version 3.',
    execution: 'exe_1',
    now: true,
  });
});
