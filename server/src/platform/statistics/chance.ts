import { alignNamed, cutOf, type PreparedCategory, type PreparedNumber } from './against.ts';
import { type Counts, stdFloor } from './distances.ts';
import { rankSumTest } from './hypotheses.ts';
import { kolmogorovUpper } from './kolmogorov.ts';
import { lowerBound, upperBound } from './samples.ts';
import { logGamma } from './special.ts';

/**
 * What chance alone does to a distance. A window of 150 rows from an unchanged column has a Wasserstein distance near
 * 0.1 standard deviations, which is the usual alarm limit; these bounds are what keeps a stationary stream silent. All
 * probabilities here rest on ranks or counts, so they hold for any distribution, long tails included.
 */

/** Stored summaries know the distribution function to 0.001; that much of D is no evidence. */
const summaryError = 0.001;

/** Average Wasserstein distance over std of two samples of one distribution: sqrt(2/pi) * integral of sqrt(F (1 - F)) * sqrt(1/n + 1/m). */
export function chanceWasserstein(before: PreparedNumber, after: PreparedNumber, std: number): number {
  const average = spreadOf(before.sorted) * Math.sqrt(2 / Math.PI) * Math.sqrt(1 / before.present + 1 / after.present);
  return Math.min(Number.MAX_VALUE, average / Math.max(std, stdFloor));
}

const spreads = new WeakMap<Float64Array, number>();

/** Integral of sqrt(F (1 - F)) over a rising sample; kept, since references are used again and again. */
function spreadOf(sorted: Float64Array): number {
  const known = spreads.get(sorted);
  if (known !== undefined) return known;
  let integral = 0;
  for (let i = 1; i < sorted.length; i++) {
    const share = i / sorted.length;
    integral += Math.sqrt(share * (1 - share)) * ((sorted[i] ?? 0) / 2 - (sorted[i - 1] ?? 0) / 2);
  }
  spreads.set(sorted, 2 * integral);
  return 2 * integral;
}

/** Average Jensen-Shannon distance (base e) of two samples of one distribution: 1/8 (1/n + 1/m) for each full bin, at most p ln 2. */
export function chanceShannon(counts: Counts): number {
  const n = counts.reference.reduce((sum, count) => sum + count, 0);
  const m = counts.current.reduce((sum, count) => sum + count, 0);
  if (n === 0 || m === 0) return 0;
  let [divergence, bins] = [0, 0];
  for (let k = 0; k < counts.reference.length; k++) {
    const share = ((counts.reference[k] ?? 0) + (counts.current[k] ?? 0)) / (n + m);
    if (share > 0) bins++;
    divergence += Math.min((1 / n + 1 / m) / 8, share * Math.LN2);
  }
  return Math.sqrt((divergence * Math.max(0, bins - 1)) / Math.max(1, bins));
}

/** The smaller p-value of the Kolmogorov-Smirnov and the rank-sum test. */
export function shiftP(before: PreparedNumber, after: PreparedNumber, statistic: number): number {
  const error = before.sorted.length === before.present ? 0 : summaryError;
  const equivalent = Math.max(1, Math.round((before.present / (before.present + after.present)) * after.present));
  const anyChange = kolmogorovUpper(equivalent, statistic - error);
  return Math.min(anyChange, rankSumTest(before.sorted, after.sorted, before.present).p);
}

/**
 * P(as many current values above the reference's largest, or below its smallest) when both are one sample in random
 * order: C(n + m - k, n) / C(n + m, n). It sees what ranks cannot: a few values far outside.
 */
export function outOfRangeP(before: PreparedNumber, after: PreparedNumber): number {
  const { sorted } = after;
  const outside = Math.max(sorted.length - upperBound(sorted, before.highest), lowerBound(sorted, before.lowest));
  if (outside === 0) return 1;
  const [n, m] = [before.present, sorted.length];
  const k = Math.min(outside, m);
  return Math.min(1, 2 * Math.exp(logGamma(n + m - k + 1) - logGamma(m - k + 1) - logGamma(n + m + 1) + logGamma(m + 1)));
}

/** -ln(1e-6): the bounds of `newTextsP` hold but for once in a million. */
const surely = 13.8;

/**
 * An upper bound of P(as many current rows of texts that the reference does not name), small only where it is beyond doubt. It sees
 * what bins cannot: many new texts of few rows each. Bernstein's inequality; their expected share is held at the upper bound of
 * its own Poisson law, and a text that a reference leaves out has at most `surely` rows in it, beside its cut.
 */
export function newTextsP(before: PreparedCategory, after: PreparedCategory): number {
  const { reference, current } = alignNamed(before, after);
  const [expected, found] = [reference[1] ?? 0, current[1] ?? 0];
  const scale = after.present / Math.max(1, before.present);
  const mean = (expected + Math.sqrt(2 * surely * expected) + surely) * scale;
  const jump = 1 + (cutOf(before) + surely) * scale;
  const excess = found - mean;
  return excess > 0 ? Math.exp((-excess * excess) / (2 * jump * (mean + excess / 3))) : 1;
}

/** Bins in which either side is expected to have fewer than 5 rows are pooled into one, so that the tests' tails hold. */
export function pooled(counts: Counts): Counts {
  const n = counts.reference.reduce((sum, count) => sum + count, 0);
  const m = counts.current.reduce((sum, count) => sum + count, 0);
  const smaller = Math.min(n, m) / Math.max(1, n + m);
  const kept: (readonly [number, number])[] = [];
  const rest: [number, number] = [0, 0];
  for (let k = 0; k < Math.max(counts.reference.length, counts.current.length); k++) {
    const bin = [counts.reference[k] ?? 0, counts.current[k] ?? 0] as const;
    // The last bin is a pool already; it joins the other one.
    if ((bin[0] + bin[1]) * smaller >= 5 && k < counts.reference.length - 1) kept.push(bin);
    else {
      rest[0] += bin[0];
      rest[1] += bin[1];
    }
  }
  kept.push(rest);
  return { reference: kept.map((bin) => bin[0]), current: kept.map((bin) => bin[1]) };
}
