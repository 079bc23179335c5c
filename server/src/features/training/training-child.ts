/** The process in which models are fitted and evaluated: a crash, a hang or a runaway here harms nobody else. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { failure } from '../../kernel/error.ts';
import { readTable } from '../../platform/analytics/index.ts';
import { serveChild } from '../../platform/compute/index.ts';
import { createSession, type InferResult, probeRuntime, type Runtime } from '../../platform/inference/index.ts';
import { type ColumnProfile, fitEstimator, profileNumber } from '../../platform/statistics/index.ts';
import { scoreRows } from './evaluate-fitted.ts';
import { compareScores, type EvaluationInput, evaluateScores, type ModelScores, truthOf } from './evaluation.ts';
import { type FitSpec, type Fitted, fitModel } from './fit.ts';
import type { FittedModel, Table } from './fitted-model.ts';
import { exportOnnx } from './onnx/export-onnx.ts';
import { verifyExport } from './onnx/verify.ts';
import {
  type EvaluateRequest,
  type EvaluateResult,
  type FitProgress,
  type FitRequest,
  type FitResult,
  type ModelInput,
  pairKey,
} from './training.ts';

interface Settings {
  readonly folder: string;
  readonly duckdb_bytes: number;
}
type Asked<T> = T & { readonly settings: Settings };

let knownRuntime: Promise<Runtime> | undefined;
function runtime(): Promise<Runtime> {
  knownRuntime ??= probeRuntime();
  return knownRuntime;
}

serveChild({
  fit: (request: Asked<FitRequest>, progress) => fit(request, progress),
  evaluate: (request: Asked<EvaluateRequest>) => evaluate(request),
  sample: (request: Asked<{ parquet: string; inputs: readonly ModelInput[]; rows: number }>) => sample(request),
});

async function fit(request: Asked<FitRequest>, progress: (value: FitProgress) => void): Promise<FitResult> {
  const begun = process.cpuUsage();
  const names = request.features.map((feature) => feature.name);
  const table = await tableOf(request.settings, request.parquet, [...names, request.target], request.features);
  const spec: FitSpec = { kind: request.trainer, target: request.target, features: names, params: request.params };
  const fitted = fitModel(spec, table, { seed: request.seed, onProgress: ({ round, rounds }) => progress({ round, rounds }) });
  const baseline = fitModel({ kind: 'baseline', target: request.target, features: names, task: fitted.model.task }, table, {
    seed: request.seed,
  });
  const meta = { model_name: request.model };
  const onnx = exportOnnx(fitted.model, meta);
  const verified = await verifyExport({ model: fitted.model, bytes: onnx, table, score: scoreRows, runtime: await runtime() });
  return {
    onnx,
    baseline: await exportVerified(baseline.model, table, meta),
    task: fitted.model.task,
    classes: fitted.model.classes,
    rows: table.rows,
    rounds: fitted.rounds,
    importance: importanceOf(fitted),
    losses: fitted.trainMetrics.map(({ round, held_back }) => ({ round, loss: held_back })),
    score_profile: scoreProfile(fitted.model, table),
    verified: { rows: verified.checked, edge_rows: verified.edge_rows, runtime: verified.runtime },
    cpu_ms: cpuSince(begun),
  };
}

function scoreProfile(model: FittedModel, table: Table): ColumnProfile | null {
  if (model.task === 'multiclass') return null;
  const { raw, probabilities } = scoreRows(model, table);
  return profileNumber(model.task === 'regression' ? raw : Float64Array.from(raw, (_, row) => probabilities[row * 2 + 1] ?? Number.NaN));
}

async function exportVerified(model: FittedModel, table: Table, meta: { model_name: string }): Promise<Uint8Array> {
  const bytes = exportOnnx(model, { model_name: `${meta.model_name} baseline` });
  await verifyExport({ model, bytes, table, score: scoreRows, runtime: await runtime() });
  return bytes;
}

function importanceOf(fitted: Fitted): Record<string, number> {
  return Object.fromEntries(fitted.importance.map(({ column, gain }) => [column, gain]));
}

async function evaluate(request: Asked<EvaluateRequest>): Promise<EvaluateResult> {
  const begun = process.cpuUsage();
  const inputs = new Map(request.models.flatMap((model) => model.inputs.map((input) => [input.name, input] as const)));
  const columns = [...new Set([...inputs.keys(), request.target, ...request.slices])];
  const table = await tableOf(request.settings, request.parquet, columns, [...inputs.values()]);
  const target = table.numbers.get(request.target) ?? table.texts.get(request.target);
  if (!target) throw failure('column_unknown', { column: request.target, known: columns.join(', ') });
  const input: EvaluationInput = {
    task: request.task,
    classes: request.classes.length,
    truth: truthOf(request.task, request.classes, target),
    slices: Object.fromEntries(request.slices.map((name) => [name, textsOf(table, name)])),
    bounds: request.bounds,
  };
  const scores = new Map<string, ModelScores>();
  for (const model of request.models) scores.set(model.name, { name: model.name, values: await scoresOf(model, request, table) });
  const comparisons = request.pairs.flatMap(([first, second]) => {
    const pair = [scores.get(first), scores.get(second)] as const;
    return pair[0] && pair[1] ? [[pairKey(first, second), compareScores(input, pair[0], pair[1])] as const] : [];
  });
  return {
    rows: table.rows,
    models: Object.fromEntries([...scores].map(([name, values]) => [name, evaluateScores(input, values)])),
    comparisons: Object.fromEntries(comparisons),
    estimators:
      request.task === 'binary'
        ? Object.fromEntries([...scores].map(([name, { values }]) => [name, fitEstimator(input.truth, values)]))
        : {},
    score_profiles:
      request.task === 'multiclass' ? {} : Object.fromEntries([...scores].map(([name, { values }]) => [name, profileNumber(values)])),
    cpu_ms: cpuSince(begun),
  };
}

/** Rows that one run of a session takes: larger ones gain nothing and hold more memory. */
const batch_rows = 4096;

async function scoresOf(model: EvaluateRequest['models'][number], { task, classes }: EvaluateRequest, table: Table): Promise<Float64Array> {
  const bytes = await readFile(model.path);
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== model.digest) throw failure('artifact_changed', { model: model.digest, found });
  const session = await createSession(bytes, await runtime());
  try {
    const width = task === 'multiclass' ? classes.length : 1;
    const values = new Float64Array(table.rows * width);
    for (let from = 0; from < table.rows; from += batch_rows) {
      const to = Math.min(table.rows, from + batch_rows);
      const result = await session.run(columnsOf(table, model.inputs, from, to), to - from);
      for (let row = from; row < to; row++) copyScore(values, row, width, result, row - from, task);
    }
    return values;
  } finally {
    await session.release();
  }
}

function copyScore(values: Float64Array, row: number, width: number, result: InferResult, at: number, task: EvaluateRequest['task']): void {
  const wide = result.classes.length;
  if (task === 'regression') values[row] = result.predictions?.[at] ?? Number.NaN;
  else if (task === 'binary') values[row] = result.probabilities?.[at * wide + 1] ?? Number.NaN;
  else for (let k = 0; k < width; k++) values[row * width + k] = result.probabilities?.[at * wide + k] ?? Number.NaN;
}

async function sample(request: Asked<{ parquet: string; inputs: readonly ModelInput[]; rows: number }>) {
  const table = await tableOf(
    request.settings,
    request.parquet,
    request.inputs.map((input) => input.name),
    request.inputs,
  );
  return columnsOf(table, request.inputs, 0, Math.min(table.rows, request.rows));
}

/** A column that a model takes as text is read as text, whatever the file holds, and the other way round. */
async function tableOf(settings: Settings, parquet: string, columns: readonly string[], inputs: readonly ModelInput[]): Promise<Table> {
  const read = await readTable(settings, { parquet, columns });
  const kinds = new Map(inputs.map((input) => [input.name, input.kind]));
  const numbers = new Map<string, Float64Array>();
  const texts = new Map<string, readonly string[]>();
  for (const column of read.columns) {
    const kind = kinds.get(column.name) ?? (column.type === 'text' ? 'category' : 'number');
    if (kind === 'number') numbers.set(column.name, column.type === 'text' ? Float64Array.from(column.values, numberOf) : column.values);
    else texts.set(column.name, column.type === 'text' ? column.values : Array.from(column.values, textOf));
  }
  return { rows: read.rows, numbers, texts };
}

const numberOf = (text: string): number => (text === '' ? Number.NaN : Number(text));
const textOf = (value: number): string => (Number.isNaN(value) ? '' : String(value));

function textsOf(table: Table, name: string): readonly string[] {
  return table.texts.get(name) ?? Array.from(table.numbers.get(name) ?? [], textOf);
}

function columnsOf(table: Table, inputs: readonly ModelInput[], from: number, to: number): Record<string, Float64Array | string[]> {
  return Object.fromEntries(
    inputs.map(({ name, kind }) => [
      name,
      kind === 'number'
        ? (table.numbers.get(name)?.slice(from, to) ?? new Float64Array(to - from).fill(Number.NaN))
        : (table.texts.get(name)?.slice(from, to) ?? new Array<string>(to - from).fill('')),
    ]),
  );
}

function cpuSince(begun: NodeJS.CpuUsage): number {
  const used = process.cpuUsage(begun);
  return (used.user + used.system) / 1000;
}
