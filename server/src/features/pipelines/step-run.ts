import type { Caller } from '../../kernel/caller.ts';
import { digestOf } from '../../kernel/digest.ts';
import type { Project } from '../../kernel/project.ts';
import type { GroupSample } from '../../platform/compute/index.ts';
import type { Param } from './pipeline.ts';
import type { StepContext, StepsDeps } from './steps.ts';
import { recordSystemMetrics } from './system-metrics.ts';

/** What is known of a run before its step works. */
export interface StepRunNotes {
  readonly params: Readonly<Record<string, Param>>;
  readonly tags: Readonly<Record<string, string>>;
}

/** The run that tracks a step, while it works. */
export interface StepRun {
  readonly id: string;
  /** For the process that does the work. */
  readonly onSample: (sample: GroupSample) => void;
}

export interface StepRunResult<T> {
  readonly outcome: T;
  readonly cpu_ms: number;
  readonly bytes: number;
}

/** The limits of params of a run; a pipeline's own may go over them, and are then frozen with the execution only. */
const noted = { name: /^\w[\w.-]{0,249}$/, value_chars: 6000, atOnce: 100 } as const;

const leftRuns = 1000;

/** Tracks a step that works in a process of its own as a run, which ends as the work did. */
export async function inRun<T>(
  deps: StepsDeps,
  context: StepContext,
  notes: StepRunNotes,
  work: (run: StepRun) => Promise<StepRunResult<T>>,
): Promise<T> {
  const { runs } = deps;
  const { caller, project, signal } = context;
  const id = await beginRun(deps, context, notes);
  const system = recordSystemMetrics(deps, context, id);
  try {
    const { outcome, cpu_ms, bytes } = await work({ id, onSample: system.onSample });
    await system.end();
    await runs.updateRun(caller, project, id, { status: 'finished', cpu_ms, bytes });
    return outcome;
  } catch (error) {
    await system.end();
    // A run that was deleted meanwhile must not hide why the step failed.
    await runs.updateRun(caller, project, id, { status: signal.aborted ? 'killed' : 'failed' }).catch(() => undefined);
    throw error;
  }
}

/**
 * Ends the runs that a killed server left open: a step that is done again has a run of its own. Only for an execution that no process
 * works on. Its last page is enough, since each attempt ends what the one before left.
 */
export async function endLeftRuns(
  { runs }: Pick<StepsDeps, 'runs'>,
  caller: Caller,
  project: Project,
  execution_id: string,
): Promise<void> {
  const { items } = await runs.searchRuns(caller, project, { execution_id, limit: leftRuns });
  for (const run of items) if (run.status === 'running') await runs.updateRun(caller, project, run.id, { status: 'killed' });
}

async function beginRun({ runs, environment }: StepsDeps, context: StepContext, { params, tags }: StepRunNotes): Promise<string> {
  const { caller, project, execution, name } = context;
  const all = {
    'slipway.pipeline': execution.pipeline,
    'slipway.code': digestOf(execution.definition.files),
    'mlflow.source.name': `${execution.pipeline}/${name}`,
    'mlflow.source.type': 'JOB',
    ...environment,
    ...tags,
  };
  const { code } = execution.definition;
  const { id } = await runs.createRun(caller, project, {
    name: `${execution.pipeline}-${execution.number}`,
    execution_id: execution.id,
    step: name,
    tags: Object.entries(all).map(([key, value]) => ({ key, value })),
    ...(code ? { code } : {}),
  });
  const kept = Object.entries(params)
    .map(([key, value]) => ({ key, value: String(value) }))
    .filter(({ key, value }) => noted.name.test(key) && value.length <= noted.value_chars);
  for (let at = 0; at < kept.length; at += noted.atOnce) {
    await runs.logBatch(caller, project, id, { params: kept.slice(at, at + noted.atOnce) });
  }
  return id;
}
