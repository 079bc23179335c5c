import { failure } from '../../kernel/error.ts';
import type { ProfiledColumn } from '../../platform/analytics/index.ts';
import type { Column } from '../datasets/index.ts';
import type { ReferenceProfile, Signature, SignatureInput } from '../models/index.ts';
import { type FitResult, trainerSettings } from '../training/index.ts';
import type { FittedOutcome, StepOutcome, TableOutcome } from './execution.ts';
import type { FitStep, Param } from './pipeline.ts';
import { inRun } from './step-run.ts';
import type { StepContext, StepsDeps } from './steps.ts';

/** Same settings and same rows give the same model, on any day. */
const seed = 1;
const profileLimit_bytes = 64 * 2 ** 20;
const categoriesLimit = 1000;

/** Fits a model, tracks it as a run, and keeps what a version of it needs: files, signature, profile of the training rows. */
export async function runFitStep(deps: StepsDeps, step: FitStep, context: StepContext): Promise<StepOutcome> {
  const table = context.tables.get(step.from);
  if (!table) throw failure('step_output_missing', { step: context.name, output: `table ${step.from}` });
  const schema = await inputSchema(deps, context);
  const features = featuresOf(step, table, schema);
  const params = { ...knownSettings(step.trainer, context.execution.params), ...step.settings };
  const notes = { params: { trainer: step.trainer, target: step.target, seed, ...params }, tags: {} };
  return inRun(deps, context, notes, async ({ id: run_id, onSample }) => {
    const parquet = await deps.blobs.path(table.digest);
    const fitted = await deps.training.fit(
      {
        parquet,
        trainer: step.trainer,
        target: step.target,
        features,
        params,
        seed,
        model: context.execution.definition.register ?? context.name,
      },
      {
        onProgress: ({ round, rounds }) => {
          if (round === rounds || round % 20 === 0) context.log(`round ${round} of ${rounds}`);
        },
        onSample,
        signal: context.signal,
      },
    );
    const profiled = (await deps.analytics.profile({ parquet })).filter(
      (column) => column.name === step.target || features.some((one) => one.name === column.name),
    );
    const outcome = await keep(deps, step, context, { run_id, fitted, profiled, schema });
    return { outcome, cpu_ms: fitted.cpu_ms, bytes: outcome.fitted.model.bytes };
  });
}

interface Kept {
  readonly run_id: string;
  readonly fitted: FitResult;
  readonly profiled: readonly ProfiledColumn[];
  readonly schema: ReadonlyMap<string, Column>;
}

async function keep(
  deps: StepsDeps,
  step: FitStep,
  context: StepContext,
  { run_id, fitted, profiled, schema }: Kept,
): Promise<StepOutcome & { readonly fitted: FittedOutcome }> {
  const { caller, project } = context;
  const { blobs, runs } = deps;
  const model = await blobs.put(fitted.onnx, { limit_bytes: 2 ** 31 });
  const baseline = await blobs.put(fitted.baseline, { limit_bytes: 2 ** 31 });
  const columns = Object.fromEntries(profiled.map((column) => [column.name, column.profile]));
  const reference: ReferenceProfile = { columns, score: fitted.score_profile, estimator: null };
  const { digest: profile_digest } = await blobs.put(Buffer.from(JSON.stringify(reference)), { limit_bytes: profileLimit_bytes });
  const timestamp_ms = context.execution.created_at_ms;
  await runs.logBatch(caller, project, run_id, {
    metrics: [
      { key: 'training/rows', value: fitted.rows, step: 0, timestamp_ms },
      { key: 'training/cpu_s', value: fitted.cpu_ms / 1000, step: 0, timestamp_ms },
      ...fitted.losses.map(({ round, loss }) => ({ key: 'training/held_back_loss', value: loss, step: round, timestamp_ms })),
    ],
  });
  for (const [path, digest] of [
    ['model/model.onnx', model.digest],
    ['model/baseline.onnx', baseline.digest],
    ['profile.json', profile_digest],
  ] as const) {
    await runs.putArtifact(caller, project, run_id, { path, digest });
  }
  await runs.setInputs(caller, project, run_id, await runInputs(deps, context));
  await runs.setTag(caller, project, run_id, { key: 'slipway.onnx_runtime', value: fitted.verified.runtime });
  context.log(
    `${fitted.rows} rows, ${fitted.rounds} rounds; the ONNX file answers as the trainer on ${fitted.verified.rows} rows (${fitted.verified.runtime})`,
  );
  const signature = signatureOf(step, fitted, profiled, schema);
  return {
    tables: {},
    fitted: { model, baseline, profile_digest, signature, importance: fitted.importance },
    evaluation_digest: null,
    run_id,
    cpu_ms: fitted.cpu_ms,
  };
}

async function runInputs({ datasets }: StepsDeps, { project, execution }: StepContext) {
  const inputs = Object.entries(execution.inputs ?? {});
  return Promise.all(
    inputs.map(async ([dataset, number]) => ({
      dataset,
      version: number,
      digest: (await datasets.version(project, dataset, number)).digest,
      context: 'training',
    })),
  );
}

/** Columns of the pipeline's inputs by name: SQL steps pass them on under their names, with their roles and units. */
async function inputSchema({ datasets }: StepsDeps, { project, execution }: StepContext): Promise<Map<string, Column>> {
  const schema = new Map<string, Column>();
  for (const [dataset, number] of Object.entries(execution.inputs ?? {})) {
    for (const column of (await datasets.version(project, dataset, number)).schema) schema.set(column.name, column);
  }
  return schema;
}

/** Every column of the table but target, key, time and outcome-only ones; moments and days are no features by themselves. */
export function featuresOf(
  step: FitStep,
  table: TableOutcome,
  schema: ReadonlyMap<string, Pick<Column, 'role'>>,
): { name: string; kind: 'number' | 'category' }[] {
  const wanted = step.features === undefined ? null : new Set(step.features);
  return table.columns.flatMap(({ name, type }) => {
    if (name === step.target || step.exclude.includes(name)) return [];
    const role = schema.get(name)?.role ?? 'feature';
    const isFeature = wanted ? wanted.has(name) : role === 'feature' && type !== 'timestamp' && type !== 'date';
    return isFeature ? [{ name, kind: type === 'text' ? ('category' as const) : ('number' as const) }] : [];
  });
}

function knownSettings(trainer: string, params: Readonly<Record<string, Param>>): Record<string, number> {
  const known = trainerSettings(trainer);
  return Object.fromEntries(
    Object.entries(params).flatMap(([name, value]) => (known.has(name) && typeof value === 'number' ? [[name, value]] : [])),
  );
}

export function signatureOf(
  step: Pick<FitStep, 'target'>,
  fitted: FitResult,
  profiled: readonly ProfiledColumn[],
  schema: ReadonlyMap<string, Column>,
): Signature {
  const inputs = profiled.filter((column) => column.name !== step.target).map((column) => inputOf(column, schema.get(column.name)));
  return { task: fitted.task, classes: fitted.classes, target: step.target, inputs };
}

function inputOf({ name, type, profile }: ProfiledColumn, column: Column | undefined): SignatureInput {
  const plain = { name, integer: type === 'integer', unit: column?.unit ?? null, nullable: profile.missing > 0 };
  if (type !== 'text') {
    const [min, max] = profile.kind === 'number' ? [profile.min, profile.max] : [0, 1];
    return { ...plain, kind: 'number', min, max, categories: null };
  }
  const known = profile.kind === 'category' && profile.top.length <= categoriesLimit ? profile.top.map(([value]) => value) : null;
  return { ...plain, kind: 'category', min: null, max: null, categories: known };
}
