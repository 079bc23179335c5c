import { type Figure, multiclassQuality } from '../../platform/statistics/index.ts';
import type { Signature } from '../models/index.ts';
import { evaluateScores, truthOf } from '../training/index.ts';

/** What was answered, and what turned out: row i is the same row everywhere. */
export interface Answered {
  /** Probability of the positive class, or the predicted number; NaN where there is none. */
  readonly scores: Float64Array;
  readonly labels: readonly (string | null)[];
  readonly outcomes: readonly (string | null)[];
}

/** Outcomes as numbers: class numbers (binary: 1 is positive) or values; NaN where there is none or it is unknown. */
export function truthOfOutcomes({ task, classes }: Signature, outcomes: readonly (string | null)[]): Float64Array {
  const known = outcomes.map((outcome) => outcome ?? '');
  return task === 'regression'
    ? Float64Array.from(known, (outcome) => (outcome.trim() === '' ? Number.NaN : Number(outcome)))
    : truthOf(task === 'binary' ? 'binary' : 'multiclass', classes, known);
}

/** Realised figures by metric name. Rows without an outcome, or with one that the model cannot mean, are left out. */
export function realisedQuality(signature: Signature, answered: Answered): Readonly<Record<string, Figure>> {
  const all = truthOfOutcomes(signature, answered.outcomes);
  const rows = Uint32Array.from(all.keys()).filter((row) => Number.isFinite(all[row]));
  if (rows.length === 0) return {};
  const truth = Float64Array.from(rows, (row) => all[row] ?? Number.NaN);
  // What has several classes, and what nobody tried: neither has a score to judge.
  if (signature.task === 'multiclass' || signature.task === 'unknown') return labelQuality(signature, truth, rows, answered.labels);
  const values = Float64Array.from(rows, (row) => answered.scores[row] ?? Number.NaN);
  const { task, classes } = signature;
  return evaluateScores({ task, classes: classes.length, truth, slices: {}, bounds: [] }, { name: 'served', values }).metrics;
}

/** Of several classes only the answered one is kept with a row, which defines the figures that need no probability. */
function labelQuality({ classes }: Signature, truth: Float64Array, rows: Uint32Array, labels: readonly (string | null)[]) {
  const sure = new Float64Array(rows.length * classes.length);
  rows.forEach((row, at) => {
    const label = classes.indexOf(labels[row] ?? '');
    if (label >= 0) sure[at * classes.length + label] = 1;
  });
  const { accuracy, macroF1 } = multiclassQuality(truth, sure, classes.length);
  return { accuracy, f1: macroF1 };
}

/** The loss of a row: Brier's, the squared error, or 1 for a wrong class; NaN where it is not known. */
export function rowLoss({ task, classes }: Signature, truth: number, score: number, label: string | null): number {
  if (task === 'multiclass') return Number.isNaN(truth) || label === null ? Number.NaN : Number(classes[truth] !== label);
  return (score - truth) ** 2;
}
