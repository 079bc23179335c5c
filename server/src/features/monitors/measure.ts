import { setImmediate as breathe } from 'node:timers/promises';
import { type DriftRule, driftOf, estimateQuality } from '../../platform/statistics/index.ts';
import type { ModelVersion, ReferenceProfile, Signature } from '../models/index.ts';
import type { Predictions } from '../predictions/index.ts';
import { numbersOf, textsOf } from './columns.ts';
import { type DriftScore, type EstimatedFigure, type Measurements, type SliceMeasurement, scoreOf } from './measurement.ts';
import type { MonitorDefinition, Window } from './monitor.ts';
import { realisedQuality, rowLoss, truthOfOutcomes } from './quality.ts';
import { shareToKeep, WindowReader, type WindowRows } from './window-rows.ts';

export interface MeasureInput {
  readonly definition: MonitorDefinition;
  readonly window: Window;
  readonly version: ModelVersion;
  readonly reference: ReferenceProfile | null;
}

/** Measures a window. It works column by column and lets the event loop breathe in between: some milliseconds each. */
export async function measureWindow(predictions: Predictions, input: MeasureInput): Promise<Measurements> {
  const { definition, window, version, reference } = input;
  const { signature } = version;
  const counts = await countServed(predictions, definition.deployment, window);
  const share = shareToKeep(counts.served.ok, signature.inputs.length);
  const reader = new WindowReader(signature, share);
  for await (const page of predictions.rows({ deployment: definition.deployment, ...window })) reader.add(page);
  const rows = reader.read();
  const compared = await compareColumns(input, rows);
  const prediction_drift = predictionDrift(input, rows);
  await breathe();
  const estimated = estimate(input, rows);
  await breathe();
  const quality = realisedQuality(signature, rows);
  await breathe();
  const truth = truthOfOutcomes(signature, rows.outcomes);
  return {
    window,
    version: version.number,
    ...counts,
    coverage: counts.served.ok === 0 ? 0 : counts.outcomes / counts.served.ok,
    outcomes_unknown: rows.outcomes.filter((outcome, row) => outcome !== null && !Number.isFinite(truth[row])).length,
    sampled_share: share,
    rows_with_body: rows.hasBody.filter(Boolean).length,
    violations: rows.violations,
    warnings: rows.warnings,
    ...compared,
    prediction_drift,
    no_reference: reference === null ? `version ${version.number} came without a profile of its training data` : null,
    quality,
    estimated,
    slices: await measureSlices(signature, rows, truth),
  };
}

async function countServed(predictions: Predictions, deployment: string, { from_ms, to_ms }: Window) {
  const served = { ok: 0, refused: 0, failed: 0 };
  const rows_by_version: Record<string, number> = {};
  let outcomes = 0;
  for (const count of await predictions.served(deployment, from_ms, to_ms)) {
    served[count.status] += count.rows;
    if (count.status !== 'ok') continue;
    outcomes += count.outcomes;
    rows_by_version[String(count.version)] = (rows_by_version[String(count.version)] ?? 0) + count.rows;
  }
  return { served, rows_by_version, outcomes };
}

type Compared = Pick<Measurements, 'drift' | 'missing'>;

async function compareColumns({ definition, version, reference }: MeasureInput, rows: WindowRows): Promise<Compared> {
  const drift: Record<string, DriftScore> = {};
  const missing: Record<string, { current: number; reference: number | null }> = {};
  const together = judgedTogether({ definition, version });
  for (const { name, kind } of version.signature.inputs) {
    const profile = reference?.columns[name];
    const values = (rows.columns.get(name) ?? []).filter((_, row) => rows.hasBody[row]);
    // As the reference sees the column: a category of digits is a column of numbers in some tables.
    const current = (profile?.kind ?? kind) === 'number' ? numbersOf(values) : textsOf(values);
    const absent = current instanceof Float64Array ? current.filter(Number.isNaN).length : current.filter((text) => text === null).length;
    missing[name] = {
      current: values.length === 0 ? 0 : absent / values.length,
      reference: profile && profile.rows > 0 ? profile.missing / profile.rows : null,
    };
    if (profile && isCompared(definition, name)) drift[name] = scoreOf(driftOf(profile, current, ruleOf(definition, name, together)));
    await breathe();
  }
  return { drift, missing };
}

/** The columns that are compared, and the scores, which are judged with them. */
function judgedTogether({ definition, version }: Pick<MeasureInput, 'definition' | 'version'>): number {
  return version.signature.inputs.filter((input) => isCompared(definition, input.name)).length + 1;
}

function isCompared({ drift }: MonitorDefinition, column: string): boolean {
  return drift === 'default' || (drift !== 'none' && Object.hasOwn(drift.columns, column));
}

/** A limit that somebody set is a distance, so a distance decides, however few rows the reference has. */
function ruleOf({ drift }: MonitorDefinition, column: string, columns: number): Partial<DriftRule> {
  const max = typeof drift === 'object' ? drift.columns[column]?.max : undefined;
  return max === undefined ? { columns } : { columns, distance: max, testLimit_rows: 0 };
}

/** Only rows that the champion answered: the scores of two versions lie differently without any drift. */
function championScores({ version }: MeasureInput, rows: WindowRows): Float64Array {
  return rows.scores.filter((_, row) => rows.versions[row] === version.number);
}

function predictionDrift(input: MeasureInput, rows: WindowRows): DriftScore | null {
  const profile = input.reference?.score;
  if (!profile || input.definition.drift === 'none') return null;
  return scoreOf(driftOf(profile, championScores(input, rows), { columns: judgedTogether(input) }));
}

const estimatedNames = {
  auc: 'auc',
  f1: 'f1',
  precision: 'precision',
  recall: 'recall',
  accuracy: 'accuracy',
  brier: 'brier',
  logLoss: 'log_loss',
} as const;

function estimate(input: MeasureInput, rows: WindowRows): Record<string, EstimatedFigure> | null {
  const estimator = input.reference?.estimator;
  if (!input.definition.estimate || !estimator) return null;
  const estimates = estimateQuality(estimator, championScores(input, rows));
  const names = Object.keys(estimatedNames) as (keyof typeof estimatedNames)[];
  return Object.fromEntries(
    names.map((name) => {
      const { value, low, high } = estimates[name];
      return [estimatedNames[name], { value, low, high }];
    }),
  );
}

const sliceColumnsLimit = 20;
const sliceValuesLimit = 50;

async function measureSlices(signature: Signature, rows: WindowRows, truth: Float64Array): Promise<Measurements['slices']> {
  const slices: Record<string, Record<string, SliceMeasurement>> = {};
  const columns = signature.inputs.filter((input) => input.kind === 'category' && (input.categories?.length ?? 0) <= sliceValuesLimit);
  for (const { name } of columns.slice(0, sliceColumnsLimit)) {
    const found = sliceLosses(signature, rows, truth, name);
    if (found !== null) slices[name] = found;
    await breathe();
  }
  return slices;
}

/** Null where the column has too many values now to be told apart. */
function sliceLosses(signature: Signature, rows: WindowRows, truth: Float64Array, column: string): Record<string, SliceMeasurement> | null {
  const sums = new Map<string, { rows: number; loss: number; expected: number }>();
  const values = rows.columns.get(column) ?? [];
  for (let row = 0; row < values.length; row++) {
    const score = rows.scores[row] ?? Number.NaN;
    const loss = rowLoss(signature, truth[row] ?? Number.NaN, score, rows.labels[row] ?? null);
    if (!rows.hasBody[row] || !Number.isFinite(loss)) continue;
    const value = String(values[row] ?? '(missing)');
    const sum = sums.get(value) ?? { rows: 0, loss: 0, expected: 0 };
    sum.rows++;
    sum.loss += loss;
    sum.expected += score * (1 - score);
    sums.set(value, sum);
    if (sums.size > sliceValuesLimit) return null;
  }
  const binary = signature.task === 'binary';
  return Object.fromEntries(
    [...sums].map(([value, sum]) => [
      value,
      { rows: sum.rows, loss: sum.loss / sum.rows, expected: binary ? sum.expected / sum.rows : null },
    ]),
  );
}
