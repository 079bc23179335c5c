import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  binaryQuality,
  compareBinary,
  compareRegression,
  estimateQuality,
  type Figure,
  fitCalibration,
  fitEstimator,
  rankCauses,
  regressionQuality,
  seededNormal,
  seededUniform,
  sliceQuality,
  usualRange,
} from './index.ts';

/** Well calibrated scores and their outcomes. */
function drawn(rows: number, seed: number): { truth: Float64Array; scores: Float64Array } {
  const uniform = seededUniform(seed);
  const scores = Float64Array.from({ length: rows }, () => uniform());
  return { scores, truth: scores.map((score) => (uniform() < score ? 1 : 0)) };
}

test('95% intervals hold the true value in about 95 of 100 samples', () => {
  // Of scores uniform on (0, 1) that are true probabilities: Brier 1/6, skill 1/3, log loss 1/2, accuracy 3/4, AUC 5/6.
  const wanted = { brier: 1 / 6, brierSkill: 1 / 3, logLoss: 0.5, accuracy: 0.75, precision: 0.75, recall: 0.75, f1: 0.75, auc: 5 / 6 };
  const held = new Map<string, number>();
  const samples = 300;
  for (let seed = 0; seed < samples; seed++) {
    const { truth, scores } = drawn(400, 1000 + seed);
    const quality = binaryQuality(truth, scores);
    for (const [name, value] of Object.entries(wanted)) {
      const { low, high } = quality[name as keyof typeof wanted];
      if ((low ?? 1) <= value && (high ?? 0) >= value) held.set(name, (held.get(name) ?? 0) + 1);
    }
  }
  for (const name of Object.keys(wanted)) {
    const share = (held.get(name) ?? 0) / samples;
    assert.ok(share > 0.91 && share < 0.985, `${name}: ${share}`);
  }
});

test('regression figures have intervals that hold their true values', () => {
  const samples = 200;
  let [bias, rmse, r2] = [0, 0, 0];
  for (let seed = 0; seed < samples; seed++) {
    const normal = seededNormal(seed + 1);
    const truth = Float64Array.from({ length: 300 }, () => 2 * normal());
    const quality = regressionQuality(
      truth,
      truth.map((value) => value + 0.5 + normal()),
    );
    const holds = (figure: Figure, value: number) => ((figure.low ?? 1e9) <= value && (figure.high ?? -1e9) >= value ? 1 : 0);
    bias += holds(quality.bias, 0.5);
    rmse += holds(quality.rmse, Math.sqrt(1.25));
    r2 += holds(quality.r2, 1 - 1.25 / 4);
  }
  for (const count of [bias, rmse, r2]) assert.ok(count / samples > 0.9, `${bias} ${rmse} ${r2}`);
});

test('figures that the rows do not define are null, with their rows: one class, no row', () => {
  const one = binaryQuality([1, 1, 1], [0.2, 0.5, 0.9]);
  assert.deepEqual(one.auc, { value: null, low: null, high: null, rows: 3 });
  assert.equal(one.brierSkill.value, null);
  assert.equal(binaryQuality([], []).logLoss.value, null);
  const partly = binaryQuality([1, 0, Number.NaN, 1], [0.9, 0.1, 0.5, Number.NaN]);
  assert.deepEqual([partly.rows, partly.skipped, partly.auc.value], [2, 2, 1]);
  assert.ok((partly.auc.low ?? 1) < 0.5, 'two rows prove little, however well they are ordered');
});

test('calibration gap and error see scores that are too high, and the gap is 0 within its interval where they are right', () => {
  const { truth, scores } = drawn(5000, 3);
  const good = binaryQuality(truth, scores);
  assert.equal(good.calibrationGap.low, 0);
  const high = binaryQuality(
    truth,
    scores.map((score) => Math.min(1, score + 0.1)),
  );
  assert.ok((high.calibrationGap.low ?? 0) > 0.07);
  assert.ok((high.calibrationError.low ?? 0) > (good.calibrationError.high ?? 1));
  assert.equal(high.reliability.length, 10);
});

test('the calibration error of scores that are right reaches down to 0 in about 39 of 40 windows, however few rows make it look large', () => {
  const figures = Array.from({ length: 120 }, (_, window) => {
    const { truth, scores } = drawn(200, 1000 + window);
    return binaryQuality(truth, scores).calibrationError;
  });
  assert.ok(figures.filter(({ value }) => (value ?? 0) > 0.03).length > 100, 'by chance alone most are above a usual limit');
  const wrong = figures.filter(({ low }) => low !== 0).length;
  assert.ok(wrong <= 9, `${wrong} of 120 windows look wrong`);
});

test('the better of two models on the same rows is better by standard errors, and neither is against itself', () => {
  const { truth, scores } = drawn(2000, 4);
  const normal = seededNormal(5);
  const noisy = scores.map((score) => Math.min(1, Math.max(0, score + 0.15 * normal())));
  const found = compareBinary(truth, noisy, scores);
  for (const difference of [found.brier, found.logLoss, found.auc]) assert.ok((difference?.betterBy ?? 0) > 2, JSON.stringify(difference));
  const same = compareBinary(truth, scores, scores);
  assert.deepEqual([same.brier.betterBy, same.auc?.betterBy, same.mcnemar.p], [0, 0, 1]);
  const turned = compareBinary(truth, scores, noisy);
  assert.ok(Math.abs(turned.brier.betterBy + found.brier.betterBy) < 1e-9);
  assert.equal(compareRegression([1, 2, 3], [1, 2, 4], [1, 2, 3]).difference, 1 / 3);
});

test('slices below the least number of rows are left out and counted', () => {
  const { truth, scores } = drawn(300, 6);
  const values = Array.from(truth, (_, i) => (i < 200 ? 'JFK' : i < 290 ? 'LGA' : null));
  const { slices, left } = sliceQuality(values, truth, scores, binaryQuality, { leastRows: 50 });
  assert.deepEqual(
    slices.map((slice) => [slice.value, slice.rows, slice.quality.rows]),
    [
      ['JFK', 200, 200],
      ['LGA', 90, 90],
    ],
  );
  assert.deepEqual(left, { values: 1, rows: 10 });
});

test('scores that are right are not calibrated, and scores of one class or of few rows neither', () => {
  const { truth, scores } = drawn(20_000, 7);
  const right = fitCalibration(truth, scores);
  assert.ok(right.errorBefore !== null && right.errorBefore < 0.02);
  assert.equal(fitCalibration(new Float64Array(100).fill(1), scores.subarray(0, 100)).needed, false);
  assert.equal(fitCalibration([1, 0], [0.9, 0.1]).needed, false);
});

test('quality estimated without outcomes follows the outcomes when only the inputs change', () => {
  const { truth, scores } = drawn(20_000, 8);
  const distort = (score: number) => score ** 2;
  const estimator = fitEstimator(truth, scores.map(distort));
  assert.equal(estimator.calibration.needed, true);
  const uniform = seededUniform(9);
  const later = Float64Array.from({ length: 10_000 }, () => 0.3 + 0.4 * uniform());
  const outcomes = later.map((score) => (uniform() < score ? 1 : 0));
  const estimate = estimateQuality(estimator, later.map(distort));
  const realised = binaryQuality(outcomes, later.map(distort));
  for (const name of ['auc', 'accuracy', 'brier', 'logLoss', 'recall'] as const) {
    const gap = Math.abs((estimate[name].value ?? 0) - (realised[name].value ?? 0));
    assert.ok(gap < 0.02, `${name}: estimated ${estimate[name].value}, realised ${realised[name].value}`);
  }
  assert.equal(estimateQuality(estimator, []).auc.value, null);
});

test('the usual range of a metric is its mean and three standard deviations over past windows', () => {
  assert.equal(usualRange([0.8]), null);
  const range = usualRange([0.7, 0.9, 0.8], 0, 1);
  assert.ok(Math.abs((range?.low ?? 0) - (0.8 - 3 * Math.sqrt(0.02 / 3))) < 1e-12);
  assert.equal(range?.high, 1);
});

test('a drifted column that the model reads comes before a stronger drift in one that it ignores', () => {
  const { columns, ranked } = rankCauses({
    drift: [
      { column: 'wind', drifted: true, strength: 3 },
      { column: 'tail number', drifted: true, strength: 9 },
      { column: 'hour', drifted: false, strength: 0.4 },
    ],
    importance: { wind: 0.5, hour: 0.45, 'tail number': 0.05 },
    slices: [],
  });
  assert.deepEqual(
    columns.map((cause) => cause.column),
    ['wind', 'tail number'],
  );
  assert.equal(ranked[0]?.kind, 'column');
});

test('slices are ranked by their part of the rise of the loss, and the parts of a column add up to it', () => {
  const slice = (value: string, rows: readonly [number, number], loss: readonly [number, number]) => ({
    column: 'origin',
    value,
    referenceRows: rows[0],
    currentRows: rows[1],
    referenceLoss: loss[0],
    currentLoss: loss[1],
  });
  const { slices } = rankCauses({
    drift: [],
    importance: {},
    slices: [slice('EWR', [100, 100], [0.1, 0.3]), slice('JFK', [100, 200], [0.2, 0.25]), slice('LGA', [0, 100], [0, 0.1])],
  });
  const rise = (0.3 * 100 + 0.25 * 200 + 0.1 * 100) / 400 - 0.15;
  assert.deepEqual(
    slices.map((cause) => cause.value),
    ['EWR', 'JFK'],
  );
  const parts = 0.25 * 0.2 - 0.25 * -0.05 + 0.5 * 0.05 + 0 + 0.25 * (0.1 - 0.15);
  assert.ok(Math.abs(parts - rise) < 1e-12);
  assert.ok(Math.abs((slices[0]?.weight ?? 0) - (0.25 * 0.2 + 0.25 * 0.05)) < 1e-12);
});
