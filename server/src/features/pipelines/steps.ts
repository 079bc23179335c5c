import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Caller } from '../../kernel/caller.ts';
import type { Clock } from '../../kernel/clock.ts';
import { failure } from '../../kernel/error.ts';
import type { Project } from '../../kernel/project.ts';
import type { Analytics } from '../../platform/analytics/index.ts';
import type { Blobs } from '../../platform/blobs/index.ts';
import type { Compute } from '../../platform/compute/index.ts';
import type { Datasets } from '../datasets/index.ts';
import type { Runs } from '../runs/index.ts';
import type { Training } from '../training/index.ts';
import type { Execution, StepOutcome, TableOutcome } from './execution.ts';
import { type EvaluateStep, outputsOf, type SqlStep, type StepDefinition, tablesRead } from './pipeline.ts';

export interface StepsDeps {
  readonly datasets: Datasets;
  readonly runs: Runs;
  readonly training: Training;
  readonly analytics: Analytics;
  readonly blobs: Blobs;
  readonly compute: Compute;
  readonly clock: Clock;
  readonly folder: string;
  /** Where a step reaches this server, and a token that is good for its execution only. */
  readonly address: () => string;
  /** What steps run on (versions, system, processors, memory), as tags of their runs. */
  readonly environment: Readonly<Record<string, string>>;
  readonly issueToken: (execution: string, project: Project, person: string | null) => Promise<string>;
}

/** What a step works with. */
export interface StepContext {
  readonly caller: Caller;
  readonly project: Project;
  readonly execution: Execution;
  readonly name: string;
  /** Tables that can be read by now: inputs and outputs of steps that ended. */
  readonly tables: ReadonlyMap<string, TableOutcome>;
  /** Outcomes of the steps that ended, by name. */
  readonly ended: ReadonlyMap<string, StepOutcome>;
  readonly signal: AbortSignal;
  readonly log: (text: string) => void;
}

export const stepLimits = {
  time_ms: 3_600_000,
  memory_bytes: 4 * 2 ** 30,
  log_bytes: 20 * 2 ** 20,
  file_bytes: 5 * 2 ** 30,
  processes: 200,
} as const;

export async function runSqlStep(deps: StepsDeps, step: SqlStep, context: StepContext): Promise<StepOutcome> {
  const { execution, name } = context;
  const folder = await mkdtemp(join(deps.folder, 'step-'));
  try {
    const sql = (await deps.blobs.read(fileOf(execution, step.file), 2 ** 20)).toString('utf8');
    const outputs = outputsOf(name, step);
    const written = await deps.analytics.sql({
      inputs: await pathsOf(deps, context, tablesRead(step, execution.definition.inputs)),
      sql,
      outputs,
      folder,
      params: execution.params,
      limits: { time_ms: stepLimits.time_ms, memory_bytes: stepLimits.memory_bytes, signal: context.signal },
    });
    const tables: Record<string, TableOutcome> = {};
    for (const { name: output, path, rows, columns } of written) {
      tables[output] = {
        digest: (await putFile(deps, path)).digest,
        rows,
        columns: columns.map((column) => ({ name: column.name, type: column.type })),
      };
      context.log(`${output}: ${rows} rows`);
    }
    return { tables, fitted: null, evaluation_digest: null, run_id: null, cpu_ms: 0 };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Scores the fitted model and its baseline, and notes the figures on the run of the fit. */
export async function runEvaluateStep(deps: StepsDeps, step: EvaluateStep, context: StepContext): Promise<StepOutcome> {
  const { caller, project, tables } = context;
  const made = context.ended.get(step.model);
  const table = tables.get(step.on);
  if (!made?.fitted || !made.run_id || !table) throw failure('step_output_missing', { step: step.model, output: 'fitted model' });
  const { fitted, run_id } = made;
  const signature = fitted.signature as {
    task: 'binary' | 'multiclass' | 'regression';
    classes: string[];
    target: string;
    inputs: { name: string; kind: 'number' | 'category' }[];
  };
  const inputs = signature.inputs.map(({ name, kind }) => ({ name, kind }));
  const files = { model: fitted.model.digest, baseline: fitted.baseline.digest };
  const request = {
    parquet: await deps.blobs.path(table.digest),
    target: signature.target,
    task: signature.task,
    classes: signature.classes,
    models: await Promise.all(
      Object.entries(files).map(async ([name, digest]) => ({ name, digest, path: await deps.blobs.path(digest), inputs })),
    ),
    slices: step.slices,
    bounds: [],
    pairs: [['baseline', 'model']] as const,
  };
  const result = await deps.training.evaluate(request, { signal: context.signal });
  const evaluation = await deps.blobs.put(Buffer.from(JSON.stringify(result)), { limit_bytes: stepLimits.file_bytes });
  const timestamp_ms = context.execution.created_at_ms;
  const metrics = Object.entries(result.models).flatMap(([name, one]) =>
    Object.entries(one.metrics).flatMap(([metric, { value }]) =>
      value === null ? [] : [{ key: name === 'model' ? metric : `baseline/${metric}`, value, step: 0, timestamp_ms }],
    ),
  );
  // The fit may have come from the cache, and its run gone to the bin since: what was made is there all the same.
  if ((await deps.runs.getRun(caller, project, run_id)).lifecycle === 'active') {
    await deps.runs.logBatch(caller, project, run_id, { metrics });
    await deps.runs.putArtifact(caller, project, run_id, { path: `evaluation/${step.on}.json`, digest: evaluation.digest });
  } else context.log(`run ${run_id} is deleted, so the figures are not noted on it`);
  for (const { key, value } of metrics) context.log(`${key} ${value.toPrecision(4)}`);
  return { tables: {}, fitted: null, evaluation_digest: evaluation.digest, run_id, cpu_ms: result.cpu_ms };
}

export function fileOf({ definition }: Execution, path: string): string {
  const digest = Object.hasOwn(definition.files, path) ? definition.files[path] : undefined;
  if (digest === undefined) throw failure('not_found', { what: 'file of the pipeline', name: path });
  return digest;
}

export async function pathsOf(deps: StepsDeps, context: StepContext, names: readonly string[]): Promise<Record<string, string>> {
  const paths: Record<string, string> = {};
  for (const name of names) {
    const table = context.tables.get(name);
    if (!table) throw failure('step_output_missing', { step: context.name, output: `table ${name}` });
    paths[name] = await deps.blobs.path(table.digest);
  }
  return paths;
}

export async function putFile({ blobs }: StepsDeps, path: string): Promise<{ digest: string; bytes: number }> {
  return blobs.put(createReadStream(path), { limit_bytes: stepLimits.file_bytes });
}

/** What a step's result depends on besides its tables. */
export function ownParts(step: StepDefinition, execution: Execution): Record<string, string> {
  const { needs: _, ...plain } = step;
  const files =
    step.kind === 'sql'
      ? { [`file ${step.file}`]: fileOf(execution, step.file) }
      : step.kind === 'run'
        ? prefixed(execution.definition.files)
        : {};
  return { step: JSON.stringify(plain), params: JSON.stringify(execution.params), ...files };
}

function prefixed(files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, digest]) => [`file ${path}`, digest]));
}
