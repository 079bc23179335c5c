import { z } from 'zod';
import type { Caller } from '../../kernel/caller.ts';
import { digestOf } from '../../kernel/digest.ts';
import { failure, SlipwayError } from '../../kernel/error.ts';
import type { Project } from '../../kernel/project.ts';
import { afterCommit } from '../../platform/database/index.ts';
import type { JobContext, JobDefinition } from '../../platform/jobs/index.ts';
import type { Models } from '../models/index.ts';
import { runCommandStep } from './command-step.ts';
import { type CacheNote, type CacheParts, type Execution, missReason, type StepOutcome, type TableOutcome } from './execution.ts';
import { runFitStep } from './fit-step.ts';
import { freezeInputs, type InputsDeps } from './inputs.ts';
import type { StepLogs } from './logs.ts';
import { inOrder, type StepDefinition, stepOf, stepsBefore, tablesRead } from './pipeline.ts';
import { executeJob, existing, type PipelinesDeps } from './pipelines.ts';
import * as store from './pipelines-store.ts';
import { versionOf } from './register.ts';
import { endLeftRuns } from './step-run.ts';
import { ownParts, runEvaluateStep, runSqlStep, type StepContext, type StepsDeps } from './steps.ts';

export type ExecutorDeps = PipelinesDeps &
  InputsDeps &
  StepsDeps & {
    readonly models: Models;
    readonly logs: StepLogs;
    readonly projectById: (id: string) => Promise<Project>;
    readonly revokeTokens: (execution: string) => Promise<void>;
    /** Executions that run in this process, so that a cancellation reaches them. */
    readonly running: Map<string, AbortController>;
  };

const attemptsLimit = 3;
const payload = z.object({ execution: z.string() });

/** An execution is one job: killed half-way it is run again, and goes on after the last step that ended. */
export function executeJobOf(deps: ExecutorDeps): JobDefinition<z.infer<typeof payload>> {
  return {
    name: executeJob,
    payload,
    attempts: attemptsLimit,
    timeout_ms: 6 * 3_600_000,
    lane: ({ execution }) => `execution ${execution}`,
    handle: ({ execution }, context) => execute(deps, execution, context),
    async gaveUp({ execution }, error, context) {
      await end(deps, context, execution, messageOf(error, context.id));
      await endLeftRuns(deps, context.caller, await deps.projectById(context.project_id ?? ''), execution);
    },
  };
}

async function execute(deps: ExecutorDeps, id: string, context: JobContext): Promise<void> {
  const project = await deps.projectById(context.project_id ?? '');
  const { caller } = context;
  const abort = new AbortController();
  const signal = AbortSignal.any([abort.signal, context.signal]);
  deps.running.set(id, abort);
  try {
    await endLeftRuns(deps, caller, project, id);
    const execution = await begin(deps, caller, project, id);
    if (!execution) return;
    const outcomes = await runSteps(deps, caller, project, execution, signal);
    await succeed(deps, caller, project, execution, outcomes);
  } catch (error) {
    // A stop of the server is no failure of the pipeline: the job is run again at the next start.
    if (context.signal.aborted && !abort.signal.aborted) throw error;
    // What is of no table is the queue's to log, to try again and to give up.
    if (!(error instanceof SlipwayError)) throw error;
    await end(deps, context, id, error.message);
  } finally {
    deps.running.delete(id);
    await deps.revokeTokens(id);
  }
}

/** Freezes the inputs once; null when the execution had ended before it began. */
async function begin(deps: ExecutorDeps, caller: Caller, project: Project, id: string): Promise<Execution | null> {
  const execution = await existing(deps.database.read, project, id);
  if (execution.state !== 'waiting' && execution.state !== 'running') return null;
  const given = execution.inputs ?? {};
  const open = execution.definition.inputs.filter((name) => !Object.hasOwn(given, name));
  const inputs = { ...(await freezeInputs(deps, caller, project, open)), ...given };
  const live = await deps.database.write((tx) => store.setExecution(tx, id, { state: 'running', inputs }));
  return live ? { ...execution, state: 'running', inputs } : null;
}

async function runSteps(
  deps: ExecutorDeps,
  caller: Caller,
  project: Project,
  execution: Execution,
  signal: AbortSignal,
): Promise<Map<string, StepOutcome>> {
  const ended = new Map<string, StepOutcome>();
  for (const step of await store.listSteps(deps.database.read, execution.id)) {
    if (step.state === 'succeeded' && step.outcome) ended.set(step.name, step.outcome);
  }
  const tables = await inputTables(deps, project, execution);
  for (const name of inOrder(execution.definition)) {
    const known = ended.get(name);
    const outcome = known ?? (await runStep(deps, { caller, project, execution, name, tables, ended, signal, log: () => undefined }));
    ended.set(name, outcome);
    for (const [table, made] of Object.entries(outcome.tables)) tables.set(table, made);
  }
  return ended;
}

async function inputTables({ datasets }: ExecutorDeps, project: Project, execution: Execution): Promise<Map<string, TableOutcome>> {
  const tables = new Map<string, TableOutcome>();
  for (const [name, number] of Object.entries(execution.inputs ?? {})) {
    const { parquet_digest, rows, schema } = await datasets.version(project, name, number);
    tables.set(name, { digest: parquet_digest, rows, columns: schema.map((column) => ({ name: column.name, type: column.type })) });
  }
  return tables;
}

/** One attempt at one step: from the cache if equal parts gave a result before, else by doing the work. */
async function runStep(deps: ExecutorDeps, context: StepContext): Promise<StepOutcome> {
  const { execution, name, project, signal } = context;
  if (signal.aborted) throw failure('step_failed', { step: name, reason: 'the execution was cancelled.' });
  const step = stepOf(execution.definition, name);
  const parts = partsOf(step, context);
  const key = digestOf(parts);
  const { cached, note } = await lookUp(deps, context, key, parts);
  const attempt = await beginAttempt(deps, execution.id, name, note);
  const log = deps.logs.open(execution.id, name, attempt);
  log.write(note.hit ? `taken from the cache: ${note.reason}` : `runs because ${note.reason}`);
  try {
    const outcome = cached ?? (await perform(deps, step, { ...context, log: (text) => log.write(text) }));
    await deps.database.write(async (tx) => {
      const ended_at_ms = deps.clock.now();
      await store.setStep(tx, execution.id, name, { state: 'succeeded', outcome, ended_at_ms, cpu_ms: cached ? 0 : outcome.cpu_ms });
      if (!cached) {
        await store.putCached(tx, {
          project_id: project.id,
          key,
          pipeline: execution.pipeline,
          step: name,
          parts,
          outcome,
          execution_id: execution.id,
          created_at_ms: ended_at_ms,
        });
      }
      afterCommit(tx, () => log.write('done'));
    });
    return outcome;
  } catch (error) {
    const message = messageOf(error, context.caller.id);
    log.write(message);
    await deps.database.write((tx) =>
      store.setStep(tx, execution.id, name, { state: 'failed', error: message, ended_at_ms: deps.clock.now() }),
    );
    throw error;
  } finally {
    await log.close();
  }
}

function perform(deps: ExecutorDeps, step: StepDefinition, context: StepContext): Promise<StepOutcome> {
  switch (step.kind) {
    case 'sql':
      return runSqlStep(deps, step, context);
    case 'fit':
      return runFitStep(deps, step, context);
    case 'evaluate':
      return runEvaluateStep(deps, step, context);
    case 'run':
      return runCommandStep(deps, step, context);
  }
}

async function lookUp(
  deps: ExecutorDeps,
  { execution, name, project }: StepContext,
  key: string,
  parts: CacheParts,
): Promise<{ cached: StepOutcome | null; note: CacheNote }> {
  if (!execution.use_cache) {
    const reason =
      execution.rerun_of === null ? 'it was started without the cache' : 'this execution proves an earlier one, without the cache';
    return { cached: null, note: { hit: false, reason } };
  }
  const found = await store.findCached(deps.database.read, project.id, key);
  if (found)
    return { cached: found.outcome, note: { hit: true, reason: `nothing that it depends on has changed since ${found.execution_id}` } };
  const newest = await store.newestCached(deps.database.read, project.id, execution.pipeline, name);
  return { cached: null, note: { hit: false, reason: missReason(parts, newest?.parts ?? null) } };
}

async function beginAttempt(deps: ExecutorDeps, id: string, name: string, cache: CacheNote): Promise<number> {
  return deps.database.write(async (tx) => {
    const before = (await store.listSteps(tx, id)).find((step) => step.name === name);
    const attempts = (before?.attempts ?? 0) + 1;
    await store.setStep(tx, id, name, {
      state: 'running',
      attempts,
      cache,
      error: null,
      started_at_ms: deps.clock.now(),
      ended_at_ms: null,
    });
    return attempts;
  });
}

function partsOf(step: StepDefinition, { execution, tables, ended, name }: StepContext): Record<string, string> {
  const read = tablesRead(step, execution.definition.inputs).map(
    (table) => [`table ${table}`, tables.get(table)?.digest ?? 'missing'] as const,
  );
  const models = [...stepsBefore(execution.definition, name)].flatMap((before) => {
    const fitted = ended.get(before)?.fitted;
    return fitted ? [[`model of ${before}`, `${fitted.model.digest} ${ended.get(before)?.run_id}`] as const] : [];
  });
  return { ...ownParts(step, execution), ...Object.fromEntries([...read, ...models]) };
}

async function succeed(
  deps: ExecutorDeps,
  caller: Caller,
  project: Project,
  execution: Execution,
  outcomes: ReadonlyMap<string, StepOutcome>,
): Promise<void> {
  const steps = await store.listSteps(deps.database.read, execution.id);
  const cpu_ms = steps.reduce((sum, step) => sum + step.cpu_ms, 0);
  const verified = execution.rerun_of === null ? null : await sameModel(deps, execution.rerun_of, outcomes);
  const prepared = execution.rerun_of === null ? await versionOf(deps, project, execution, outcomes) : null;
  await deps.database.write(async (tx) => {
    const version = prepared === null ? null : await deps.models.registerIn(tx, caller, project, prepared);
    const change = { state: 'succeeded' as const, ended_at_ms: deps.clock.now(), cpu_ms };
    const live = await store.setExecution(tx, execution.id, {
      ...change,
      ...(verified === null ? {} : { verified }),
      ...(version === null ? {} : { version_id: version.id, version: version.number }),
    });
    if (!live) throw failure('conflict', { what: 'Execution', name: String(execution.number), expected: 'running', found: 'ended' });
    await deps.events.emit(tx, caller, {
      project_id: project.id,
      type: 'execution.succeeded',
      subject: `execution ${execution.id}`,
      note: noteOf(execution, verified, version?.number ?? null),
      after: {
        pipeline: execution.pipeline,
        number: execution.number,
        cpu_ms,
        verified,
        model: execution.model,
        version: version?.number ?? null,
      },
    });
  });
}

function noteOf({ pipeline, number, model }: Execution, verified: boolean | null, version: number | null): string {
  if (verified !== null)
    return `Execution ${number} of ${pipeline} ${verified ? 'gave the same model, bit for bit' : 'gave another model than the first time'}.`;
  return `Execution ${number} of ${pipeline} succeeded${version === null ? '' : ` and made version ${version} of ${model}`}.`;
}

/** A rerun proves itself by the digests of the models that it fitted. */
async function sameModel(deps: ExecutorDeps, first: string, outcomes: ReadonlyMap<string, StepOutcome>): Promise<boolean> {
  const before = await store.listSteps(deps.database.read, first);
  const fitted = before.filter((step) => step.outcome?.fitted);
  return fitted.length > 0 && fitted.every((step) => outcomes.get(step.name)?.fitted?.model.digest === step.outcome?.fitted?.model.digest);
}

async function end(deps: ExecutorDeps, context: Omit<JobContext, 'signal'>, id: string, error: string): Promise<void> {
  await deps.database.write(async (tx) => {
    if (!(await store.setExecution(tx, id, { state: 'failed', error, ended_at_ms: deps.clock.now() }))) return;
    await deps.events.emit(tx, context.caller, {
      project_id: context.project_id,
      type: 'execution.failed',
      subject: `execution ${id}`,
      note: `The execution failed: ${error}`,
      after: { error },
    });
  });
}

/** Errors of the system name places of this machine: those are for the server's log, under the id of the job. */
function messageOf(error: unknown, job: string): string {
  return error instanceof SlipwayError ? error.message : failure('internal', { request: job }).message;
}
