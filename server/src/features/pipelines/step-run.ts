import { digestOf } from '../../kernel/digest.ts';
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
