import {
  alignCounts,
  type Base,
  type Counts,
  countBetween,
  jensenShannon,
  ksStatistic,
  normedBy,
  psi,
  type Wasserstein,
  wassersteinSorted,
} from './distances.ts';
import { ksUpper, type TestResult } from './hypotheses.ts';
import { type CategoryProfile, type ColumnProfile, type NumberProfile, presentRows, sampleOf } from './profile.ts';
import { countTexts, sortedSample, upperBound } from './samples.ts';

/** A current column: raw numbers (NaN missing), raw texts (null and '' missing), or a stored profile of it. */
export type ColumnSample = Float64Array | readonly (string | null)[] | ColumnProfile;

/** A column made ready for comparison. */
export type Prepared = PreparedNumber | PreparedCategory;

export interface PreparedNumber {
  readonly kind: 'number';
  readonly rows: number;
  readonly missing: number;
  readonly infinite: number;
  /** Finite values; more than `sorted.length` where `sorted` stands for a stored profile. */
  readonly present: number;
  readonly sorted: Float64Array;
  /** Smallest and largest value; a stand-in for a stored profile does not reach them. */
  readonly lowest: number;
  readonly highest: number;
  /** Exact counts of each value where a stored profile holds them all; null where `sorted` says it. */
  readonly few: ReadonlyMap<string, number> | null;
}

export interface PreparedCategory {
  readonly kind: 'category';
  readonly rows: number;
  readonly missing: number;
  readonly infinite: 0;
  readonly present: number;
  readonly counts: ReadonlyMap<string, number>;
  /** Rows whose text is known only to be none of `counts`. */
  readonly other: number;
}

export function prepare(column: ColumnSample): Prepared {
  if (column instanceof Float64Array) {
    const sample = sortedSample(column);
    const { sorted } = sample;
    return { kind: 'number', ...sample, present: sorted.length, lowest: sorted[0] ?? 0, highest: sorted.at(-1) ?? 0, few: null };
  }
  if ('kind' in column) return column.kind === 'number' ? prepareNumber(column) : prepareCategory(column);
  const counts = countTexts(column);
  const present = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return { kind: 'category', rows: column.length, missing: column.length - present, infinite: 0, present, counts, other: 0 };
}

/** Stored references are compared again and again; a prepared one is about 80 KB and lives as long as its profile. */
const preparedNumbers = new WeakMap<NumberProfile, PreparedNumber>();

export function prepareNumber(profile: NumberProfile): PreparedNumber {
  const known = preparedNumbers.get(profile) ?? prepareAnew(profile);
  preparedNumbers.set(profile, known);
  return known;
}

function prepareAnew(profile: NumberProfile): PreparedNumber {
  const { rows, missing, infinite } = profile;
  const few =
    profile.distinct <= profile.topValues.length ? new Map(profile.topValues.map(([value, count]) => [String(value), count])) : null;
  return {
    kind: 'number',
    rows,
    missing,
    infinite,
    present: presentRows(profile),
    sorted: sampleOf(profile),
    lowest: profile.min ?? 0,
    highest: profile.max ?? 0,
    few,
  };
}

export function prepareCategory(profile: CategoryProfile): PreparedCategory {
  const { rows, missing, other } = profile;
  return { kind: 'category', rows, missing, infinite: 0, present: presentRows(profile), counts: new Map(profile.top), other };
}

/** Counts on the categories that the reference names, and one explicit bin for all others, last. */
export function alignCategories(reference: PreparedCategory, current: PreparedCategory): Counts {
  let unnamed = current.other;
  const named = new Map<string, number>();
  for (const [key, count] of current.counts) {
    if (reference.counts.has(key)) named.set(key, count);
    else unnamed += count;
  }
  const aligned = alignCounts(reference.counts, named);
  return { reference: [...aligned.reference, reference.other], current: [...aligned.current, unnamed] };
}

/**
 * Counts for a test: each category of either side is a bin, chosen by the two sides' total, never by the reference's own
 * count, which would favour it. Where a stored side names only its most frequent texts, those too near its cut are
 * pooled with the unnamed. The last bin is that pool.
 */
export function alignForTest(reference: PreparedCategory, current: PreparedCategory): Counts {
  const [n, m] = [Math.max(1, reference.present), Math.max(1, current.present)];
  const least = Math.max(cutOf(reference) / n, cutOf(current) / m) * (n + m);
  const all = alignCounts(reference.counts, current.counts);
  const pool: [number, number] = [reference.other, current.other];
  const kept: (readonly [number, number])[] = [];
  for (let k = 0; k < all.keys.length; k++) {
    const bin = [all.reference[k] ?? 0, all.current[k] ?? 0] as const;
    if (bin[0] + bin[1] >= least) kept.push(bin);
    else {
      pool[0] += bin[0];
      pool[1] += bin[1];
    }
  }
  kept.push(pool);
  return { reference: kept.map((bin) => bin[0]), current: kept.map((bin) => bin[1]) };
}

/** The least frequent named text of a truncated column, and five standard deviations: 0 when every text is named. */
export function cutOf(column: PreparedCategory): number {
  if (column.other === 0) return 0;
  const least = leastNamed(column);
  return least + 5 * Math.sqrt(least);
}

function leastNamed({ counts }: PreparedCategory): number {
  let least = Number.POSITIVE_INFINITY;
  for (const count of counts.values()) least = Math.min(least, count);
  return Number.isFinite(least) ? least : 0;
}

/**
 * Rows of texts that the reference names, and of texts that it does not. On its own side a row counts as not named if the other
 * rows alone would not have named its text (Good 1953): so many rows of an unchanged column are not named either.
 */
export function alignNamed(reference: PreparedCategory, current: PreparedCategory): Counts {
  const barely = reference.other === 0 ? 1 : leastNamed(reference);
  let [expected, found] = [reference.other, 0];
  for (const count of reference.counts.values()) if (count === barely) expected += count;
  for (const [text, count] of current.counts) if (!reference.counts.has(text)) found += count;
  return { reference: [reference.present - expected, expected], current: [current.present - found, found] };
}

/** Counts of each distinct value of two prepared columns of few numbers. */
export function alignValues(reference: PreparedNumber, current: PreparedNumber): Counts {
  return alignCounts(valueCounts(reference), valueCounts(current));
}

function valueCounts(column: PreparedNumber): ReadonlyMap<string, number> {
  if (column.few !== null) return column.few;
  const counts = new Map<string, number>();
  const weight = column.present / Math.max(1, column.sorted.length);
  for (let start = 0; start < column.sorted.length; ) {
    const end = upperBound(column.sorted, column.sorted[start] ?? 0);
    counts.set(String(column.sorted[start]), (end - start) * weight);
    start = end;
  }
  return counts;
}

/** Kolmogorov-Smirnov of a current column against a stored reference: D within 0.001 of the raw one, exact up to 1000 reference values. */
export function ksAgainst(reference: NumberProfile, current: Float64Array | NumberProfile): TestResult {
  const [first, second] = pair(reference, current);
  const statistic = ksStatistic(first.sorted, second.sorted);
  return { statistic, p: ksUpper(statistic, first.present, second.present) };
}

/** Wasserstein-1 of a current column against a stored reference, also divided by the reference's standard deviation. */
export function wassersteinAgainst(reference: NumberProfile, current: Float64Array | NumberProfile): Wasserstein {
  const [first, second] = pair(reference, current);
  return normedBy(wassersteinSorted(first.sorted, second.sorted), reference.std ?? 0);
}

/** Jensen-Shannon distance on the reference's histogram with one open bin below and one above, or on its categories. */
export function jensenShannonAgainst(reference: ColumnProfile, current: ColumnSample, base: Base = 'e'): number {
  return jensenShannon(
    countsAgainst(reference, current, (profile) => profile.histogram.edges),
    base,
  );
}

/** PSI on the distinct deciles of the reference (outer bins open), or on its categories with an explicit bin for all others. */
export function psiAgainst(reference: ColumnProfile, current: ColumnSample): number {
  return psi(countsAgainst(reference, current, decileEdges));
}

function countsAgainst(reference: ColumnProfile, current: ColumnSample, edgesOf: (profile: NumberProfile) => readonly number[]): Counts {
  const other = prepare(current);
  if (reference.kind === 'category') {
    return other.kind === 'category' ? alignCategories(prepareCategory(reference), other) : disjoint(presentRows(reference), other.present);
  }
  if (other.kind === 'category') return disjoint(presentRows(reference), other.present);
  const edges = edgesOf(reference);
  const first = prepareNumber(reference);
  return { reference: weighted(first, edges), current: weighted(other, edges) };
}

function decileEdges(profile: NumberProfile): readonly number[] {
  const edges: number[] = [];
  for (let k = 1; k < 10; k++) {
    const edge = profile.quantiles[100 * k];
    if (edge !== undefined && edge !== edges.at(-1)) edges.push(edge);
  }
  return edges;
}

function weighted(column: PreparedNumber, edges: readonly number[]): number[] {
  const weight = column.present / Math.max(1, column.sorted.length);
  return countBetween(column.sorted, edges).map((count) => count * weight);
}

/** A number column against a text column: nothing in common. */
function disjoint(reference: number, current: number): Counts {
  return { reference: [reference, 0], current: [0, current] };
}

function pair(reference: NumberProfile, current: Float64Array | NumberProfile): readonly [PreparedNumber, PreparedNumber] {
  const other = prepare(current);
  if (other.kind !== 'number') throw new TypeError('a profile of numbers was expected');
  return [prepareNumber(reference), other];
}
