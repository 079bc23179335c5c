import {
  alignForTest,
  alignNamed,
  alignValues,
  type ColumnSample,
  type Prepared,
  type PreparedCategory,
  type PreparedNumber,
  prepare,
  prepareCategory,
  prepareNumber,
} from './against.ts';
import { chanceShannon, chanceWasserstein, newTextsP, outOfRangeP, pooled, shiftP } from './chance.ts';
import { type Counts, jensenShannon, ksStatistic, normedBy, wassersteinSorted } from './distances.ts';
import { chiSquareTest, gTest, ksUpper, type TestResult, twoProportionTest } from './hypotheses.ts';
import type { ColumnProfile } from './profile.ts';
import { finite } from './samples.ts';

export type DriftMethod = 'ks' | 'chi_square' | 'two_proportion_z' | 'wasserstein' | 'jensen_shannon' | 'missing_share' | 'kind' | 'none';

export interface Drift {
  readonly method: DriftMethod;
  /** What `score` is: a p-value drifts at or below `threshold`, a distance at or above it. */
  readonly scoreIs: 'p' | 'distance';
  readonly score: number;
  readonly threshold: number;
  readonly drifted: boolean;
  /** The statistic behind a p-value (D, chi-square, z), or the distance again. */
  readonly statistic: number;
  /**
   * How likely as large a difference is by chance alone. Beyond a distance threshold, drift also needs at most
   * `chanceLimit`; null where the distance stays below it, since nothing hangs on it there.
   */
  readonly p: number | null;
  /** Distance that chance alone gives on average for these numbers of rows: Wasserstein over std, or Jensen-Shannon. */
  readonly chance: number;
  /**
   * For ranking columns of any kind. Drifted: 1 and the distance above chance in units of 0.1. Not drifted: below 1, how
   * far the column is on its way, first in distance (to 0.5), then in evidence.
   */
  readonly strength: number;
  readonly rows: { readonly reference: number; readonly current: number };
  /** Shares of missing values, in [0, 1]. */
  readonly missing: { readonly reference: number; readonly current: number };
  readonly binning: string;
  readonly fill: string;
  /** Why there is no verdict, or what kind of change it is; null when the score says all. */
  readonly reason: string | null;
}

export interface DriftRule {
  /** Fewer current rows with a value give no verdict. */
  readonly leastRows: number;
  /** Up to this many reference values a test decides, above it a distance. */
  readonly testLimit_rows: number;
  /** p-value at or below which a test says drift; it is divided by `columns`. */
  readonly alpha: number;
  /** Columns judged together (Bonferroni). */
  readonly columns: number;
  /** Wasserstein over std, and Jensen-Shannon in base e. */
  readonly distance: number;
  /** A distance drifts only when chance gives as much at most this often: one in a million column windows. */
  readonly chanceLimit: number;
}

/** Evidently's choice and thresholds (stattests/registry.py), with a least number of rows and a bound on chance. */
export const defaultDriftRule: DriftRule = {
  leastRows: 30,
  testLimit_rows: 1000,
  alpha: 0.05,
  columns: 1,
  distance: 0.1,
  chanceLimit: 1e-6,
};

/** Numbers with at most this many distinct values in both columns are compared value by value. */
const fewValues = 5;

const texts = {
  numbers: 'no bins: every finite value counts; NaN and infinities are left out',
  values: 'one bin per distinct value',
  categories:
    'one bin per category of either side; beyond the 1000 stored ones, one bin for all others; for the test, bins expected to hold fewer than 5 rows are pooled, and texts that the reference does not name are counted apart',
  noFill: 'none: empty bins are used as they are',
} as const;

/**
 * Whether a current column departs from its stored reference. Never NaN: empty, constant and all-missing columns have
 * verdicts of their own.
 */
export function driftOf(reference: ColumnProfile, current: ColumnSample, rule: Partial<DriftRule> = {}): Drift {
  const settled = { ...defaultDriftRule, ...rule };
  const before = reference.kind === 'number' ? prepareNumber(reference) : prepareCategory(reference);
  const after = prepare(current);
  const unable = withoutValues(before, after, settled);
  if (unable !== null) return unable;
  const values = valuesDrift(reference, before, after, settled);
  if (values.drifted) return values;
  const missing = missingDrift(before, after, settled);
  return missing.drifted ? missing : values;
}

function valuesDrift(reference: ColumnProfile, before: Prepared, after: Prepared, settled: DriftRule): Drift {
  if (before.kind === 'number' && after.kind === 'number' && reference.kind === 'number') {
    const few = alignFew(before, after, reference.distinct);
    return few !== null
      ? countsDrift(before, after, { counts: few, distance: jensenShannon(few), newP: () => 1, binning: texts.values }, settled)
      : numberDrift(before, after, reference.std ?? 0, settled);
  }
  if (before.kind === 'category' && after.kind === 'category') {
    return categoryDrift(before, after, settled);
  }
  return verdict(before, after, {
    method: 'kind',
    score: 1,
    threshold: 1,
    drifted: true,
    reason: 'numbers on one side, texts on the other',
  });
}

/** The verdict where one side has too little to compare; null where there is enough. */
function withoutValues(before: Prepared, after: Prepared, rule: DriftRule): Drift | null {
  if (after.rows < rule.leastRows) return verdict(before, after, { reason: 'too few rows' });
  if (before.rows === 0) return verdict(before, after, { reason: 'the reference is empty' });
  if (before.present > 0 && after.present >= rule.leastRows) return null;
  const reason = before.present === 0 && after.present === 0 ? 'no values on either side' : 'too few rows';
  const missing = missingDrift(before, after, rule);
  return missing.drifted ? missing : { ...missing, reason };
}

/** A column that lost its values, or found some, without a change of those that are there. */
function missingDrift(before: Prepared, after: Prepared, rule: DriftRule): Drift {
  const [was, is] = [before.rows - before.present, after.rows - after.present];
  const gap = Math.abs(was / before.rows - is / after.rows);
  const { p } = twoProportionTest([was, is], [before.rows, after.rows]);
  const drifted = gap >= rule.distance && p <= rule.chanceLimit;
  return verdict(before, after, {
    method: 'missing_share',
    score: gap,
    threshold: rule.distance,
    drifted,
    p,
    strength: strengthOf(drifted, gap / rule.distance, 0),
    reason: drifted ? 'the share of rows with a value changed' : null,
  });
}

function alignFew(before: PreparedNumber, after: PreparedNumber, distinct: number): Counts | null {
  if (distinct > fewValues) return null;
  let values = 1;
  for (let i = 1; i < after.sorted.length && values <= fewValues; i++) if (after.sorted[i] !== after.sorted[i - 1]) values++;
  if (values > fewValues) return null;
  const counts = alignValues(before, after);
  // The last bin of a test is the pool of rare ones: empty here.
  return counts.reference.length > fewValues ? null : { reference: [...counts.reference, 0], current: [...counts.current, 0] };
}

function numberDrift(before: PreparedNumber, after: PreparedNumber, std: number, rule: DriftRule): Drift {
  const { normed } = normedBy(wassersteinSorted(before.sorted, after.sorted), std);
  const chance = Math.min(normed, chanceWasserstein(before, after, std));
  const excess = Math.max(0, normed - chance) / rule.distance;
  const sides = { before, after, rule };
  const shared = { chance, excess, binning: texts.numbers, fill: texts.noFill };
  const statistic = () => ksStatistic(before.sorted, after.sorted);
  if (before.present <= rule.testLimit_rows) {
    const d = statistic();
    return tested(sides, 'ks', { statistic: d, p: ksUpper(d, before.present, after.present) }, shared);
  }
  const p = () => Math.min(1, 3 * Math.min(shiftP(before, after, statistic()), outOfRangeP(before, after)));
  return measured(sides, 'wasserstein', normed, p, shared);
}

function categoryDrift(before: PreparedCategory, after: PreparedCategory, rule: DriftRule): Drift {
  const counts = alignForTest(before, after);
  const binned = jensenShannon(counts);
  // Of a column of very many texts nearly all are in the pool of `counts`, which looks alike whatever they are.
  const distance = before.other === 0 ? binned : Math.max(binned, jensenShannon(alignNamed(before, after)));
  return countsDrift(before, after, { counts, distance, newP: () => newTextsP(before, after), binning: texts.categories }, rule);
}

interface Counted {
  readonly counts: Counts;
  readonly distance: number;
  readonly newP: () => number;
  readonly binning: string;
}

/** The bound on new texts is so far on the safe side that the smaller p-value needs no correction. */
function countsDrift(before: Prepared, after: Prepared, { counts, distance, newP, binning }: Counted, rule: DriftRule): Drift {
  const chance = Math.min(distance, chanceShannon(counts));
  const excess = Math.sqrt(Math.max(0, distance ** 2 - chance ** 2)) / rule.distance;
  const sides = { before, after, rule };
  const shared = { chance, excess, binning, fill: texts.noFill };
  if (before.present > rule.testLimit_rows) {
    return measured(sides, 'jensen_shannon', distance, () => Math.min(gTest(pooled(counts)).p, newP()), shared);
  }
  const used = counts.reference.flatMap((count, k) =>
    count + (counts.current[k] ?? 0) > 0 ? [[count, counts.current[k] ?? 0] as const] : [],
  );
  if (used.length > 2) {
    const { statistic, p } = chiSquareTest(pooled(counts));
    return tested(sides, 'chi_square', { statistic, p: Math.min(p, newP()) }, shared);
  }
  const [was, is] = used[0] ?? [0, 0];
  return tested(sides, 'two_proportion_z', twoProportionTest([was, is], [before.present, after.present]), shared);
}

interface Sides {
  readonly before: Prepared;
  readonly after: Prepared;
  readonly rule: DriftRule;
}

interface Shared extends Pick<Drift, 'chance' | 'binning' | 'fill'> {
  /** The distance above chance, in units of the distance threshold. */
  readonly excess: number;
}

/** `nearness` is how far a column is on its way to drift. */
function strengthOf(drifted: boolean, excess: number, nearness: number): number {
  return drifted ? finite(1 + excess) : Math.min(1 - Number.EPSILON, Math.max(0, nearness));
}

/** The logarithm of a p-value in units of the limit's: 0 for no evidence, 1 at the limit. */
function evidence(p: number, limit: number): number {
  return p > 0 ? Math.log(p) / Math.log(limit) : 1;
}

function tested({ before, after, rule }: Sides, method: DriftMethod, test: TestResult, { excess, ...shared }: Shared): Drift {
  const threshold = rule.alpha / Math.max(1, rule.columns);
  const drifted = test.p <= threshold;
  const strength = strengthOf(drifted, excess, evidence(test.p, threshold));
  const { p, statistic } = test;
  return verdict(before, after, { ...shared, method, scoreIs: 'p', score: p, threshold, drifted, p, statistic, strength });
}

function measured(
  { before, after, rule }: Sides,
  method: DriftMethod,
  score: number,
  chanceOf: () => number,
  { excess, ...shared }: Shared,
): Drift {
  const far = score >= rule.distance;
  const p = far ? chanceOf() : null;
  const drifted = p !== null && p <= rule.chanceLimit;
  const nearness = p === null ? score / rule.distance / 2 : (1 + evidence(p, rule.chanceLimit)) / 2;
  const strength = strengthOf(drifted, excess, nearness);
  const reason = far && !drifted ? 'within what chance gives for so few rows' : null;
  return verdict(before, after, { ...shared, method, score, threshold: rule.distance, drifted, p, statistic: score, strength, reason });
}

function verdict(before: Prepared, after: Prepared, found: Partial<Drift>): Drift {
  const share = (column: Prepared) => (column.rows === 0 ? 0 : column.missing / column.rows);
  return {
    method: 'none',
    scoreIs: 'distance',
    score: 0,
    threshold: 0,
    drifted: false,
    statistic: found.score ?? 0,
    p: null,
    chance: 0,
    strength: 0,
    rows: { reference: before.rows, current: after.rows },
    missing: { reference: share(before), current: share(after) },
    binning: texts.noFill,
    fill: texts.noFill,
    reason: null,
    ...found,
  };
}
