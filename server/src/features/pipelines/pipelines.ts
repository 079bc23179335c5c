import { assertMay, type Caller } from '../../kernel/caller.ts';
import type { Clock } from '../../kernel/clock.ts';
import { failure } from '../../kernel/error.ts';
import { newId } from '../../kernel/ids.ts';
import type { Project } from '../../kernel/project.ts';
import { assertOfProject, type Blobs } from '../../platform/blobs/index.ts';
import type { Database, Handle } from '../../platform/database/index.ts';
import type { Definitions, DefinitionsOf, ManagedBy } from '../../platform/definitions/index.ts';
import type { Events } from '../../platform/events/index.ts';
import type { Jobs } from '../../platform/jobs/index.ts';
import type { Datasets } from '../datasets/index.ts';
import { appliedCodeOf } from './applied-code.ts';
import type { Execution } from './execution.ts';
import { assertPipeline, inOrder, type Param, type PipelineDefinition } from './pipeline.ts';
import * as store from './pipelines-store.ts';

export interface PipelinesDeps {
  readonly database: Database;
  readonly blobs: Blobs;
  readonly events: Events;
  readonly jobs: Jobs;
  readonly definitions: Definitions;
  readonly clock: Clock;
  readonly projectNow: (project_id: string) => Promise<number>;
}

export interface Start {
  readonly pipeline: string;
  /** Values that take the place of the pipeline's own; unknown names are refused. */
  readonly params?: Readonly<Record<string, Param>>;
  /** Versions to use; of an input that is not named, the newest one, grown as far as outcomes have come. */
  readonly inputs?: Readonly<Record<string, number>>;
  readonly use_cache?: boolean;
  /** Number of the event that a person answers by it. */
  readonly because?: number;
}

export type StartDeps = PipelinesDeps & { readonly datasets: Datasets };

export const executeJob = 'pipelines.execute';

export function pipelineDefinitions(deps: Pick<PipelinesDeps, 'definitions'>): DefinitionsOf<PipelineDefinition> {
  return deps.definitions.of<PipelineDefinition>('pipeline');
}

/** Commands of others run on this machine, so a pipeline with `run` steps needs the right `execute` of whoever defines or starts it. */
function assertMayRun(caller: Caller, project: Project, definition: PipelineDefinition): void {
  assertMay(caller, project, 'write');
  if (Object.values(definition.steps).some((step) => step.kind === 'run')) assertMay(caller, project, 'execute');
}

export async function define(
  deps: PipelinesDeps,
  caller: Caller,
  project: Project,
  name: string,
  definition: PipelineDefinition,
  managed_by: ManagedBy,
) {
  assertMayRun(caller, project, definition);
  assertPipeline(definition);
  const known = await pipelineDefinitions(deps).find(project, name);
  const held = new Set(Object.values(known?.definition.files ?? {}));
  const added = Object.values(definition.files).filter((digest) => !held.has(digest));
  await assertOfProject(deps, project, added);
  return deps.database.write((tx) => pipelineDefinitions(deps).putIn(tx, caller, project, name, definition, managed_by));
}

/** Starts an execution in the background. One of a pipeline runs at a time: `pipeline_busy` names the one that does. */
export async function start(deps: StartDeps, caller: Caller, project: Project, input: Start): Promise<Execution> {
  const { definition } = await pipelineDefinitions(deps).get(project, input.pipeline);
  assertMayRun(caller, project, definition);
  await assertInputs(deps, project, definition, input.inputs ?? {});
  const { because, ...wanted } = input;
  if (because !== undefined && (await deps.events.get(because))?.project_id !== project.id)
    throw failure('not_found', { what: 'event', name: because });
  const starter = because === undefined ? caller : { ...caller, cause: because };
  const clock_ms = await deps.projectNow(project.id);
  return deps.database.write((tx) => startIn(deps, tx, starter, project, { ...wanted, clock_ms }));
}

/** The same in the write of whoever decided it, so that a decision and what it starts are both there or neither. */
export async function startIn(
  deps: PipelinesDeps,
  tx: Handle,
  caller: Caller,
  project: Project,
  input: Omit<Start, 'because'> & Pick<Execution, 'clock_ms'>,
): Promise<Execution> {
  const { definition, managed_by } = await pipelineDefinitions(deps).get(project, input.pipeline, tx);
  assertMayRun(caller, project, definition);
  const code = managed_by === 'file' ? await appliedCodeOf(deps.definitions, tx, project, input.pipeline, definition) : null;
  return begin(deps, tx, caller, project, {
    pipeline: input.pipeline,
    definition: code ? { ...definition, code } : definition,
    params: mergedParams(definition, input.params ?? {}),
    inputs: input.inputs ?? null,
    use_cache: input.use_cache ?? true,
    rerun_of: null,
    clock_ms: input.clock_ms,
  });
}

/** Repeats an execution on the same inputs, code and params without the cache, to prove that it gives the same model. */
export async function rerun(deps: PipelinesDeps, caller: Caller, project: Project, id: string): Promise<Execution> {
  const first = await existing(deps.database.read, project, id);
  assertMayRun(caller, project, first.definition);
  if (first.state !== 'succeeded' || first.inputs === null) {
    throw failure('rerun_not_possible', { what: `Execution ${first.number} of ${first.pipeline}`, reason: `it is ${first.state}` });
  }
  const { pipeline, definition, params, inputs, clock_ms } = first;
  return deps.database.write((tx) =>
    begin(deps, tx, caller, project, { pipeline, definition, params, inputs, use_cache: false, rerun_of: first.id, clock_ms }),
  );
}

type NewExecution = Pick<Execution, 'pipeline' | 'definition' | 'params' | 'inputs' | 'use_cache' | 'rerun_of' | 'clock_ms'>;

async function begin(
  { events, jobs, clock }: PipelinesDeps,
  tx: Handle,
  caller: Caller,
  project: Project,
  wanted: NewExecution,
): Promise<Execution> {
  const live = await store.liveExecution(tx, project.id, wanted.pipeline);
  if (live) throw failure('pipeline_busy', { pipeline: wanted.pipeline, number: live.number });
  const id = newId('exe');
  const number = await store.nextExecutionNumber(tx, project.id, wanted.pipeline);
  const started_event = await events.emit(tx, caller, {
    project_id: project.id,
    type: 'execution.started',
    subject: `execution ${id}`,
    note:
      wanted.rerun_of === null
        ? `Pipeline ${wanted.pipeline} was started (execution ${number}).`
        : `Execution ${number} of ${wanted.pipeline} repeats an earlier one.`,
    after: { pipeline: wanted.pipeline, number, params: wanted.params, inputs: wanted.inputs, rerun_of: wanted.rerun_of },
  });
  const execution: Execution = {
    ...wanted,
    id,
    number,
    state: 'waiting',
    error: null,
    verified: null,
    version_id: null,
    model: wanted.definition.register ?? null,
    version: null,
    person: caller.person,
    started_event,
    cpu_ms: 0,
    created_at_ms: clock.now(),
    ended_at_ms: null,
  };
  await store.insertExecution(tx, project.id, execution, inOrder(wanted.definition));
  await jobs.enqueue(tx, {
    name: executeJob,
    project_id: project.id,
    payload: { execution: id },
    once: `execute ${id}`,
    cause: started_event,
    person: caller.person,
  });
  return execution;
}

/** Ends an execution; what runs is killed. One that has ended already is refused. */
export async function cancel({ database, events, clock }: PipelinesDeps, caller: Caller, project: Project, id: string): Promise<Execution> {
  assertMay(caller, project, 'write');
  return database.write(async (tx) => {
    const execution = await existing(tx, project, id);
    const ended_at_ms = clock.now();
    if (!(await store.setExecution(tx, id, { state: 'cancelled', ended_at_ms }))) {
      throw failure('conflict', {
        what: 'Execution',
        name: String(execution.number),
        expected: 'waiting or running',
        found: execution.state,
      });
    }
    await events.emit(tx, caller, {
      project_id: project.id,
      type: 'execution.cancelled',
      subject: `execution ${id}`,
      note: `Execution ${execution.number} of ${execution.pipeline} was cancelled.`,
    });
    return { ...execution, state: 'cancelled' as const, ended_at_ms };
  });
}

export async function existing(handle: Handle, project: Project, id: string): Promise<Execution> {
  const execution = await store.findExecution(handle, project.id, id);
  if (!execution) throw failure('not_found', { what: 'execution', name: id });
  return execution;
}

/** What is named wrongly is told at once, not by an execution that fails. */
async function assertInputs(
  { datasets }: StartDeps,
  project: Project,
  definition: PipelineDefinition,
  given: Readonly<Record<string, number>>,
): Promise<void> {
  const unknown = Object.keys(given).find((name) => !definition.inputs.includes(name));
  if (unknown !== undefined) {
    throw failure('invalid_input', { field: 'inputs', expected: `one of ${definition.inputs.join(', ') || 'none'}`, got: unknown });
  }
  for (const [name, number] of Object.entries(given)) await datasets.version(project, name, number);
}

function mergedParams(definition: PipelineDefinition, given: Readonly<Record<string, Param>>): Record<string, Param> {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(definition.params, name));
  if (unknown !== undefined) {
    throw failure('invalid_input', {
      field: 'params',
      expected: `one of ${Object.keys(definition.params).join(', ') || 'none'}`,
      got: unknown,
    });
  }
  return { ...definition.params, ...given };
}
