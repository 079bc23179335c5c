import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differenceRows, leaderOf, measureRow, measureRows } from './comparison.ts';
import { completionsAt } from './completions.ts';
import { linesOf } from './curve-lines.ts';
import { directionOf, judge } from './direction.ts';
import { readEvaluation, worstFirst } from './evaluation.ts';
import { previewOf } from './preview.ts';
import {
  experimentSentence,
  exportedCell,
  factsOf,
  filterOfBrush,
  readBrush,
  usualColumns,
  writeBrush,
  writtenCell,
} from './run-columns.ts';
import { codeNameOf, runSentence, settingsOf } from './run-view.ts';
import type { Buckets, RunDetail } from './runs-api.ts';

const run = (change: Partial<RunDetail>): RunDetail => ({
  id: 'a'.repeat(32),
  experiment: '1',
  name: 'train-1',
  status: 'finished',
  lifecycle: 'active',
  started_at_ms: 1000,
  ended_at_ms: 53_000,
  person: null,
  execution_id: null,
  step: null,
  started_event: 1,
  cpu_ms: 0,
  bytes: 0,
  params: [],
  tags: [],
  metrics: [],
  inputs: [],
  code: null,
  ...change,
});
const point = (key: string, value: number) => ({ key, value, step: 0, timestamp_ms: 0, minimum: value, maximum: value });

test('which way a metric is better follows from its name, and from nothing else', () => {
  const cases = [
    ['auc', 'higher'],
    ['validation/log_loss', 'lower'],
    ['brier', 'lower'],
    ['brier_skill', 'higher'],
    ['calibration_error', 'lower'],
    ['training/rows', null],
    ['learning_rate', null],
  ] as const;
  for (const [name, direction] of cases) assert.equal(directionOf(name), direction, name);
  assert.equal(judge('brier', 0.1, 0.2), 'better');
  assert.equal(judge('auc', 0.1, 0.2), 'worse');
  assert.equal(judge('rows', 1, 2), null);
  assert.equal(judge('auc', Number.NaN, 0.2), null);
});

test('the page of a run begins with how it ended, what it reached and what became of it', () => {
  const done = run({ metrics: [point('training/rows', 10), point('auc', 0.75), point('baseline/auc', 0.5)] });
  assert.equal(
    runSentence(done, { model: 'delay', number: 3 }, 0),
    'It ended after 52 s. auc is 0.75, 0.25 better than the baseline. It became delay v3.',
  );
  assert.equal(runSentence(run({ status: 'running', ended_at_ms: null }), null, 31_000), 'It has run for 30 s.');
  assert.equal(runSentence(run({ status: 'failed' }), null, 0), 'It failed.');
});

test('the page of an experiment begins with its best run, and says only what is known', () => {
  assert.equal(
    experimentSentence({ best: { metric: 'auc', value: 0.871, name: 'heron' }, running: 1, failed: 6 }),
    'The best auc is 0.871, of heron. 1 run goes on. 6 failed.',
  );
  assert.equal(experimentSentence({ best: null, running: 0, failed: 0 }), '');
});

test('settings stand beside those of another run', () => {
  const mine = run({
    params: [
      { key: 'depth', value: '8' },
      { key: 'rate', value: '0.1' },
    ],
  });
  const theirs = run({
    params: [
      { key: 'depth', value: '6' },
      { key: 'rate', value: '0.1' },
      { key: 'gone', value: 'x' },
    ],
  });
  assert.deepEqual(
    settingsOf(mine, theirs).map(({ key, value, other, differs }) => [key, value, other, differs]),
    [
      ['depth', '8', '6', true],
      ['gone', null, 'x', true],
      ['rate', '0.1', '0.1', false],
    ],
  );
  assert.ok(settingsOf(mine, null).every(({ differs }) => !differs));
});

test('compared runs are judged against the first, and a best is named only where a direction is known', () => {
  const row = measureRow('auc', [0.7, 0.8, null]);
  assert.deepEqual([row.best, row.verdict, row.differs], [[1], 'better', true]);
  assert.deepEqual(measureRow('brier', [0.1, 0.2, 0.15]).best, [0]);
  assert.deepEqual(measureRow('rows', [1, 2]).best, []);
  assert.deepEqual(measureRow('auc', [0.7, 0.7]).best, []);
  const runs = [
    run({ metrics: [point('auc', 0.7), point('brier', 0.2)] }),
    run({ id: 'b'.repeat(32), metrics: [point('auc', 0.8), point('brier', 0.3)] }),
  ];
  assert.deepEqual(leaderOf(measureRows(runs), 2), { place: 1, better: 1, worse: 1, of: 2 });
  assert.equal(leaderOf([], 2), null);
});

test('what was different is settings, data and code, each said where any run has it', () => {
  const data = (version: number) => [{ dataset: 'departures', version, digest: 'd', context: 'training' }];
  const rows = differenceRows([run({ params: [{ key: 'depth', value: '8' }], inputs: data(1) }), run({ inputs: data(2) })]);
  assert.deepEqual(
    rows.map(({ kind, values, differs }) => [kind, values, differs]),
    [
      ['setting', ['8', null], true],
      ['data', ['departures@1', 'departures@2'], true],
    ],
  );
});

test('a column is read from its key, and its cell written for people and for programs', () => {
  assert.deepEqual(factsOf('metrics.a.b@max'), { kind: 'metric', name: 'a.b', summary: 'max' });
  assert.deepEqual(factsOf('params.depth'), { kind: 'param', name: 'depth', summary: 'last' });
  assert.equal(writtenCell('metrics.auc', 'NaN'), 'NaN');
  assert.equal(writtenCell('metrics.auc', null), '–');
  assert.equal(writtenCell('took', 52_000), '52 s');
  assert.equal(exportedCell('started', 0), '1970-01-01T00:00:00.000Z');
  assert.equal(exportedCell('metrics.auc', 0.123456789), '0.123456789');
  assert.equal(exportedCell('metrics.auc', null), '');
});

test('usual columns are those with a known better direction and the settings that differ', () => {
  const items = [
    { name: 'metrics.auc', runs: 3, differs: true },
    { name: 'metrics.system/cpu', runs: 3, differs: true },
    { name: 'metrics.rows', runs: 3, differs: true },
    { name: 'params.same', runs: 3, differs: false },
    { name: 'params.depth', runs: 3, differs: true },
  ];
  assert.deepEqual(usualColumns({ total: 3, items }), [
    'name',
    'status',
    'started',
    'took',
    'metrics.auc',
    'params.depth',
    'params.same',
    'data',
  ]);
});

test('a brush goes into the address and becomes a filter behind the one that is there', () => {
  const brush = readBrush(['metrics.auc~0.85~', 'params.odd key~1~2', '~1~2']);
  assert.deepEqual(writeBrush(brush), ['metrics.auc~0.85~', 'params.odd key~1~2']);
  assert.equal(
    filterOfBrush('a = 1 or b = 2', brush),
    '(a = 1 or b = 2) and metrics.auc >= 0.85 and "params.odd key" >= 1 and "params.odd key" <= 2',
  );
});

test('names are offered where a name stands, not where a value stands', () => {
  const names = ['metrics.auc', 'params.depth', 'status'];
  assert.deepEqual(completionsAt('au', 2, names), { from: 0, to: 2, names: ['metrics.auc'] });
  assert.deepEqual(completionsAt('auc > 1 and dep', 15, names)?.names, ['params.depth']);
  assert.equal(completionsAt('auc > d', 7, names), null);
  assert.equal(completionsAt('name = "st', 10, names), null);
  assert.equal(completionsAt('auc ', 4, names), null);
});

test('curves of several runs share an axis, and every point counts', () => {
  const buckets = (at: number[], count: number[], mean: (number | string)[]): Buckets => ({
    axis: 'step',
    from: 0,
    to: 9,
    size: 1,
    points: count.reduce((a, b) => a + b, 0),
    not_numbers: 0,
    at,
    count,
    first: mean,
    last: mean,
    minimum: mean,
    maximum: mean,
    mean,
  });
  const drawn = linesOf([
    { name: 'a', buckets: buckets([0, 2], [1, 3], [1, 2]) },
    { name: 'a', buckets: buckets([1, 2], [1, 1], [5, 'Infinity']) },
  ]);
  assert.deepEqual(drawn.x, [0, 1, 2]);
  assert.deepEqual(
    drawn.lines.map(({ name, values }) => [name, values]),
    [
      ['a', [1, null, 2]],
      ['a (2)', [null, 5, null]],
    ],
  );
  assert.deepEqual([drawn.points, drawn.hasShade], [6, true]);
});

test('an evaluation is read with care, and slices come worst first', () => {
  assert.equal(readEvaluation('not json'), null);
  assert.equal(readEvaluation('{"models": 3}'), null);
  const metrics = (value: number | null) => ({ auc: { value, low: 0.1, high: 0.9, rows: 5 } });
  const text = JSON.stringify({
    models: {
      model: {
        rows: 9,
        metrics: metrics(0.7),
        slices: {
          origin: [
            { value: 'A', rows: 4, metrics: metrics(0.8) },
            { value: 'B', rows: 5, metrics: metrics(0.6) },
            { value: 'C', rows: 1, metrics: metrics(null) },
            7,
          ],
        },
        reliability: [{ meanScore: 0.1, meanTruth: 0.2, rows: 3 }, { meanScore: 'x' }],
      },
    },
  });
  const evaluation = readEvaluation(text);
  assert.equal(evaluation?.baseline, null);
  assert.deepEqual(
    worstFirst(evaluation?.model.slices ?? [], 'auc', 'higher').map(({ value }) => value),
    ['B', 'A', 'C'],
  );
  assert.deepEqual(evaluation?.model.reliability, [{ said: 0.1, happened: 0.2, rows: 3 }]);
});

test('markup and SVG are shown as text, pictures as pixels, and what is large or strange not at all', () => {
  const kind = (path: string, bytes = 10) => previewOf({ path, bytes });
  assert.deepEqual(
    [kind('a.svg'), kind('x/page.html'), kind('plot.PNG'), kind('model.onnx'), kind('big.csv', 9e9)],
    ['text', 'text', 'image', 'none', 'large'],
  );
});

test('the code of a run is its commit, marked where files differed from it, else the digest of its files', () => {
  const code = {
    commit: '9f31c2e07d1aa',
    branch: 'main',
    remote: null,
    dirty: true,
    diff: null,
    untracked: null,
    lock_files: [],
    notes: [],
  };
  assert.equal(codeNameOf(run({ code })), '9f31c2e0+');
  assert.equal(codeNameOf(run({ code: { ...code, dirty: false } })), '9f31c2e0');
  assert.equal(codeNameOf(run({ tags: [{ key: 'slipway.code', value: '3656073c57ebd65167' }] })), '3656073c57eb');
  assert.equal(codeNameOf(run({})), null);
});
