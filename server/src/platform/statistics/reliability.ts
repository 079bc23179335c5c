import { type Figure, noFigure } from './figure.ts';
import { seededNormal } from './random.ts';
import { lowerBound, type Numbers } from './samples.ts';

/** One bin of a reliability table. */
export interface ReliabilityBin {
  readonly rows: number;
  readonly low: number;
  readonly high: number;
  readonly meanScore: number;
  /** Share of positive rows. */
  readonly meanTruth: number;
}

/** Bins of equal count by rising score (stable; the first n mod bins are one row longer, as numpy's array_split). Empty bins are left out. */
export function reliabilityTable(truth: Numbers, scores: Numbers, bins = 10): ReliabilityBin[] {
  const rows = truth.length;
  const order = risingOrder(scores);
  const table: ReliabilityBin[] = [];
  let start = 0;
  for (let bin = 0; bin < bins && start < rows; bin++) {
    const end = start + Math.floor(rows / bins) + (bin < rows % bins ? 1 : 0);
    let [scoreSum, truthSum] = [0, 0];
    for (let i = start; i < end; i++) {
      scoreSum += scores[order[i] ?? 0] ?? 0;
      truthSum += truth[order[i] ?? 0] ?? 0;
    }
    const count = end - start;
    const ends = { low: scores[order[start] ?? 0] ?? 0, high: scores[order[end - 1] ?? 0] ?? 0 };
    if (count > 0) table.push({ rows: count, ...ends, meanScore: scoreSum / count, meanTruth: truthSum / count });
    start = end;
  }
  return table;
}

/** Row numbers by rising score, equal scores as they come. A sort with a comparison of ours takes three times as long. */
function risingOrder(scores: Numbers): Uint32Array {
  const sorted = new Float64Array(scores).sort();
  const placed = new Uint32Array(sorted.length);
  const order = new Uint32Array(sorted.length);
  for (let row = 0; row < sorted.length; row++) {
    const first = lowerBound(sorted, scores[row] ?? 0);
    const before = placed[first] ?? 0;
    order[first + before] = row;
    placed[first] = before + 1;
  }
  return order;
}

const resamples = 400;

/**
 * Expected calibration error: mean of |mean score - mean truth| over the bins, weighted by rows. Interval: 400 seeded
 * resamples of each bin's share of positives by its normal law. Few rows make the error look too high, so it reaches
 * down to 0 where scores that are right would have as large an error in one of 40 samples.
 */
export function calibrationError(table: readonly ReliabilityBin[], seed = 1): Figure {
  const rows = table.reduce((sum, bin) => sum + bin.rows, 0);
  if (rows === 0) return noFigure();
  const mean = (errorOf: (bin: ReliabilityBin) => number) =>
    table.reduce((sum, bin) => sum + (bin.rows / rows) * Math.abs(errorOf(bin)), 0);
  const drawn = (errorOf: (bin: ReliabilityBin, normal: number) => number, from: number) => {
    const normal = seededNormal(from);
    return Float64Array.from({ length: resamples }, () => mean((bin) => errorOf(bin, normal()))).sort();
  };
  const spread = (share: number, { rows: count }: ReliabilityBin) => Math.sqrt((share * (1 - share)) / count);
  const gap = ({ meanTruth, meanScore }: ReliabilityBin) => meanTruth - meanScore;
  const value = mean(gap);
  const around = drawn((bin, normal) => gap(bin) + normal * spread(bin.meanTruth, bin), seed);
  const byChance = drawn((bin, normal) => normal * spread(bin.meanScore, bin), seed + 1);
  const [lowest, highest] = [Math.floor(0.025 * resamples), Math.ceil(0.975 * resamples) - 1];
  const low = value <= (byChance[highest] ?? 0) ? 0 : Math.min(value, around[lowest] ?? value);
  return { value, low, high: Math.min(1, Math.max(value, around[highest] ?? value)), rows };
}
