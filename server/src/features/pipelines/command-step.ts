import { chmod, copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { failure } from '../../kernel/error.ts';
import { inheritedEnv } from '../../platform/compute/index.ts';
import type { Execution, StepOutcome, TableOutcome } from './execution.ts';
import type { Param, RunStep } from './pipeline.ts';
import { inRun, type StepRun } from './step-run.ts';
import { pathsOf, putFile, type StepContext, type StepsDeps, stepLimits } from './steps.ts';

/** Any command, as its arguments: never a shell line. It gets its tables as files and leaves its outputs as files. */
export function runCommandStep(deps: StepsDeps, step: RunStep, context: StepContext): Promise<StepOutcome> {
  const notes = { params: context.execution.params, tags: { 'slipway.command': commandText(step.command) } };
  return inRun(deps, context, notes, async (run) => {
    const { tables, cpu_ms } = await runCommand(deps, step, context, run);
    return { outcome: { tables, fitted: null, evaluation_digest: null, run_id: run.id, cpu_ms }, cpu_ms, bytes: 0 };
  });
}

const commandLimit_chars = 8000;

/** As JSON, since arguments may hold blanks; cut where a tag ends. */
function commandText(command: readonly string[]): string {
  const text = JSON.stringify(command);
  return text.length <= commandLimit_chars ? text : `${text.slice(0, commandLimit_chars - 1)}…`;
}

async function runCommand(
  deps: StepsDeps,
  step: RunStep,
  context: StepContext,
  run: StepRun,
): Promise<Pick<StepOutcome, 'tables' | 'cpu_ms'>> {
  const folder = await mkdtemp(join(deps.folder, 'step-'));
  try {
    const code = join(folder, 'code');
    await layOut(deps, context.execution, code);
    const inputs = await pathsOf(deps, context, step.from);
    const outputs = Object.fromEntries(step.out.map((name) => [name, join(folder, `${name}.parquet`)]));
    const [program = '', ...rest] = step.command;
    const running = deps.compute.launch({
      argv: [program, ...rest],
      cwd: code,
      env: { ...inheritedEnv(), ...step.environment, ...(await stepVariables(deps, context, inputs, outputs)), SLIPWAY_RUN: run.id },
      limits: {
        time_ms: stepLimits.time_ms,
        memory_bytes: stepLimits.memory_bytes,
        log_bytes: stepLimits.log_bytes,
        processes: stepLimits.processes,
      },
      onLog: (chunk) => context.log(chunk.text),
      onSample: run.onSample,
    });
    const cancel = (): void => running.kill('cancelled');
    context.signal.addEventListener('abort', cancel, { once: true });
    // It may have been cancelled while it was prepared: an aborted signal tells nobody again.
    if (context.signal.aborted) cancel();
    const exit = await running.done;
    context.signal.removeEventListener('abort', cancel);
    if (exit.error) throw exit.error;
    if (exit.code !== 0)
      throw failure('step_failed', { step: context.name, reason: `the command ended with ${exit.signal ?? `code ${exit.code}`}.` });
    return { tables: await collect(deps, context.name, outputs), cpu_ms: exit.cpu_ms };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Parameters, tables and where to log to, as environment variables. The token is good for this execution only. */
async function stepVariables(
  deps: StepsDeps,
  { project, execution, name }: StepContext,
  inputs: Record<string, string>,
  outputs: Record<string, string>,
) {
  const upper = (prefix: string, of: Readonly<Record<string, Param>>) =>
    Object.fromEntries(Object.entries(of).map(([key, value]) => [`${prefix}${key.replace(/\W/g, '_').toUpperCase()}`, String(value)]));
  const token = await deps.issueToken(execution.id, project, execution.person);
  return {
    ...upper('SLIPWAY_PARAM_', execution.params),
    ...upper('SLIPWAY_INPUT_', inputs),
    ...upper('SLIPWAY_OUTPUT_', outputs),
    SLIPWAY_SERVER: deps.address(),
    SLIPWAY_TOKEN: token,
    SLIPWAY_PROJECT: project.name,
    SLIPWAY_EXECUTION: execution.id,
    SLIPWAY_STEP: name,
    MLFLOW_TRACKING_URI: deps.address(),
    MLFLOW_TRACKING_TOKEN: token,
  };
}

async function collect(deps: StepsDeps, step: string, outputs: Readonly<Record<string, string>>): Promise<Record<string, TableOutcome>> {
  const tables: Record<string, TableOutcome> = {};
  for (const [name, path] of Object.entries(outputs)) {
    const stored = await putFile(deps, path).catch(() => null);
    if (!stored)
      throw failure('step_output_missing', { step, output: `table ${name} (a Parquet file at $SLIPWAY_OUTPUT_${name.toUpperCase()})` });
    const { total_rows, columns } = await deps.analytics.preview({ parquet: await deps.blobs.path(stored.digest), offset: 0, limit: 1 });
    tables[name] = {
      digest: stored.digest,
      rows: total_rows,
      columns: columns.map((column) => ({ name: column.name, type: column.type })),
    };
  }
  return tables;
}

async function layOut(deps: StepsDeps, { definition }: Execution, folder: string): Promise<void> {
  await mkdir(folder, { mode: 0o700 });
  for (const [path, digest] of Object.entries(definition.files)) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await copyFile(await deps.blobs.path(digest), file);
    await chmod(file, 0o600);
  }
}
