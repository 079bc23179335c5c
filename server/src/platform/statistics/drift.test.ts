import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ColumnProfile, driftOf, ksTest, profileNumber, profileText, seededNormal, seededUniform } from './index.ts';

type Column = { readonly profile: ColumnProfile; readonly window: (rows: number) => Float64Array | string[] };

const streamRows = 60_000;

/** 25 columns of very different shapes: bell, flat, long tails, counts with many zeros, two humps, few values, 2 to 3000 categories. */
function columnsOf(seed: number, rows: number): Column[] {
  const uniform = seededUniform(seed * 7919 + 1);
  const normal = seededNormal(seed * 104_729 + 2);
  const numbers: (() => number)[] = [
    normal,
    uniform,
    () => Math.exp(normal()),
    () => -Math.log(uniform()),
    () => Math.floor(uniform() * 100),
    () => (uniform() < 0.9 ? 0 : Math.floor(-50 * Math.log(uniform()))),
    () => normal() + (uniform() < 0.5 ? 4 : 0),
    () => Math.tan(Math.PI * (uniform() - 0.5)),
    () => Math.round(normal() * 3),
    () => Math.floor(uniform() * 4),
  ];
  const categories = [2, 3, 5, 12, 40, 300, 3000];
  return Array.from({ length: 25 }, (_, at) => {
    const number = numbers[at % numbers.length] ?? normal;
    const kinds = categories[at % categories.length] ?? 2;
    // Windows are drawn from one long stream, which is ten times faster than drawing each value anew.
    const pick = () => Math.floor(uniform() * streamRows);
    if (at < 18) {
      const stream = Float64Array.from({ length: streamRows }, number);
      const window = (count: number) => new Float64Array(count).map(() => stream[pick()] ?? 0);
      return { profile: profileNumber(window(rows)), window };
    }
    const stream = Array.from({ length: streamRows }, () => `kind ${Math.floor(kinds * uniform() ** 2)}`);
    const window = (count: number) => Array.from({ length: count }, () => stream[pick()] ?? '');
    return { profile: profileText(window(rows)), window };
  });
}

/** The whole proof is 20 seeds and 24 s of CPU: SLIPWAY_PROVE=1. Every run does 4. */
const seeds = process.env['SLIPWAY_PROVE'] === '1' ? 20 : 4;

test('a stationary replay opens nothing in 25 columns and 50 windows of 150 to 2500 rows, seed after seed', () => {
  let beyondThreshold = 0;
  for (let seed = 0; seed < seeds; seed++) {
    const uniform = seededUniform(seed);
    const columns = columnsOf(seed, [1500, 5000, 20_000][seed % 3] ?? 1500);
    for (let window = 0; window < 50; window++) {
      const rows = 150 + Math.floor(uniform() * 2351);
      for (const [at, column] of columns.entries()) {
        const drift = driftOf(column.profile, column.window(rows));
        if (drift.score >= drift.threshold) beyondThreshold++;
        assert.equal(drift.drifted, false, `seed ${seed}, column ${at}, ${rows} rows: ${drift.method} ${drift.score}, p ${drift.p}`);
      }
    }
  }
  assert.ok(beyondThreshold > 50 * seeds, `the bare threshold would have opened ${beyondThreshold}: the bound on chance is what is tested`);
});

test('half a standard deviation added to one of 25 columns is ranked first and found from 300 rows on', () => {
  for (let seed = 100; seed < 106; seed++) {
    const columns = columnsOf(seed, 5000);
    for (const rows of [150, 300, 1000, 2500]) {
      const drifts = columns.map((column, at) => {
        const window = column.window(rows);
        return driftOf(column.profile, at === 0 && window instanceof Float64Array ? window.map((value) => value + 0.5) : window);
      });
      const first = drifts.indexOf(drifts.reduce((best, drift) => (drift.strength > best.strength ? drift : best)));
      assert.equal(first, 0, `seed ${seed}, ${rows} rows: column ${first} came first`);
      if (rows >= 300) assert.equal(drifts[0]?.drifted, true, `seed ${seed}, ${rows} rows`);
      assert.equal(drifts.slice(1).filter((drift) => drift.drifted).length, 0);
    }
  }
});

test('up to 1000 reference values the default tests decide, with the p-value of the raw samples', () => {
  const normal = seededNormal(5);
  const [reference, current] = [Float64Array.from({ length: 700 }, normal), Float64Array.from({ length: 450 }, () => normal() + 0.3)];
  const drift = driftOf(profileNumber(reference), current);
  const raw = ksTest(reference, current);
  assert.deepEqual([drift.method, drift.score, drift.statistic, drift.drifted], ['ks', raw.p, raw.statistic, true]);

  const three = (shares: readonly number[]) => shares.flatMap((count, kind) => Array.from({ length: count }, () => `k${kind}`));
  assert.equal(driftOf(profileText(three([50, 30, 20])), three([20, 30, 50])).method, 'chi_square');
  assert.equal(driftOf(profileText(three([50, 30])), three([52, 28])).method, 'two_proportion_z');
  const few = Float64Array.from({ length: 600 }, (_, i) => i % 4);
  assert.equal(driftOf(profileNumber(few), few).method, 'chi_square');
});

test('above 1000 reference values a distance decides: Wasserstein over std for numbers, Jensen-Shannon for few values and texts', () => {
  const normal = seededNormal(6);
  const numbers = Float64Array.from({ length: 2000 }, () => normal());
  const few = numbers.map((value) => Math.sign(Math.round(value)));
  const texts = Array.from(few, String);
  const shifted = driftOf(
    profileNumber(numbers),
    numbers.map((value) => value + 0.5),
  );
  assert.deepEqual([shifted.method, shifted.threshold, shifted.drifted], ['wasserstein', 0.1, true]);
  assert.ok(Math.abs(shifted.score - 0.5) < 0.03, `${shifted.score}`);
  assert.equal(driftOf(profileNumber(few), few).method, 'jensen_shannon');
  assert.equal(driftOf(profileText(texts), texts).method, 'jensen_shannon');
});

test('a new category that takes a tenth of the rows is found', () => {
  const reference = Array.from({ length: 5000 }, (_, i) => `carrier ${i % 12}`);
  const current = Array.from({ length: 800 }, (_, i) => (i % 10 === 0 ? 'a new one' : `carrier ${i % 12}`));
  const drift = driftOf(profileText(reference), current);
  assert.equal(drift.drifted, true);
  assert.ok(Number.isFinite(drift.score));
});

test('a column of very many texts, few rows each, is found when all of them are new, and is silent when they come from the same ones', () => {
  const uniform = seededUniform(8);
  const draw = (prefix: string, kinds: number, rows: number) =>
    Array.from({ length: rows }, () => `${prefix}${Math.floor(kinds * uniform())}`);
  for (const [kinds, before, after] of [
    [500, 5000, 500],
    [500, 800, 400],
    [3000, 20_000, 2000],
    [50_000, 20_000, 2000],
  ] as const) {
    const reference = profileText(draw('old ', kinds, before));
    const told = `${kinds} kinds in ${before} rows`;
    assert.equal(driftOf(reference, draw('new ', kinds, after)).drifted, kinds < before, told);
    assert.equal(driftOf(reference, draw('old ', kinds, after)).drifted, false, told);
  }
});

test('a wrong unit in one row of a hundred is found although the ranks hardly change', () => {
  const normal = seededNormal(7);
  const reference = Float64Array.from({ length: 20_000 }, () => 50 + normal());
  const current = Float64Array.from({ length: 2000 }, (_, i) => (50 + normal()) * (i % 100 === 0 ? 1000 : 1));
  assert.equal(driftOf(profileNumber(reference), current).drifted, true);
});

test('constants, empty columns and columns without any value have verdicts, never NaN', () => {
  const constant = new Float64Array(2000).fill(7);
  const none = new Float64Array(2000).fill(Number.NaN);
  const empty = new Float64Array(0);
  const columns = {
    constant,
    none,
    empty,
    other: new Float64Array(2000).fill(8),
    infinite: new Float64Array(2000).fill(Number.POSITIVE_INFINITY),
  };
  for (const [before, reference] of Object.entries(columns)) {
    for (const [after, current] of Object.entries(columns)) {
      const drift = driftOf(profileNumber(reference), current);
      const text = JSON.stringify(drift);
      assert.ok(
        Number.isFinite(drift.score) && Number.isFinite(drift.strength) && !text.includes('"score":null'),
        `${before} ${after}: ${text}`,
      );
      assert.equal(drift.drifted && before === after, false, `${before} ${after}`);
    }
  }
  assert.equal(driftOf(profileNumber(constant), columns.other).drifted, true);
  const gone = driftOf(profileNumber(constant), none);
  assert.deepEqual([gone.method, gone.drifted, gone.missing.current], ['missing_share', true, 1]);
  assert.equal(driftOf(profileText(['a', null, '']), []).reason, 'too few rows');
  assert.equal(
    driftOf(
      profileNumber(constant),
      Array.from({ length: 50 }, () => 'text'),
    ).method,
    'kind',
  );
});

test('a column that is missing in many more rows drifted, although the values that are left are as before', () => {
  const normal = seededNormal(10);
  const draw = (rows: number, missing: number) => Float64Array.from({ length: rows }, (_, i) => (i % 10 < missing ? Number.NaN : normal()));
  for (const rows of [800, 5000]) {
    const reference = profileNumber(draw(rows, 1));
    const lost = driftOf(reference, draw(2000, 6));
    assert.deepEqual([lost.drifted, lost.method, lost.missing.current], [true, 'missing_share', 0.6]);
    assert.equal(driftOf(reference, draw(2000, 1)).drifted, false);
  }
});

test('fewer than 30 current rows give no verdict and say so', () => {
  const reference = profileNumber(Float64Array.from({ length: 5000 }, (_, i) => i));
  const drift = driftOf(reference, new Float64Array(29).fill(1e9));
  assert.deepEqual([drift.drifted, drift.reason], [false, 'too few rows']);
  assert.equal(driftOf(reference, new Float64Array(29).fill(Number.NaN)).drifted, false);
});

test('several columns judged together ask for a smaller p-value', () => {
  const normal = seededNormal(9);
  const reference = profileNumber(Float64Array.from({ length: 500 }, normal));
  const current = Float64Array.from({ length: 200 }, () => normal() + 0.25);
  const alone = driftOf(reference, current);
  assert.equal(alone.drifted, true);
  const among = driftOf(reference, current, { columns: 1000 });
  assert.deepEqual([among.drifted, among.threshold], [false, 0.05 / 1000]);
});
