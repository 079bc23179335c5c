import type { CodeCapture } from '../runs/index.ts';
import type { Param, PipelineDefinition } from './pipeline.ts';

/** One running of a pipeline, on frozen inputs and a frozen definition. */
export interface Execution {
  readonly id: string;
  readonly pipeline: string;
  readonly number: number;
  readonly definition: FrozenDefinition;
  readonly params: Readonly<Record<string, Param>>;
  /** Dataset to version; null until they were frozen. */
  readonly inputs: Readonly<Record<string, number>> | null;
  readonly state: ExecutionState;
  readonly error: string | null;
  readonly use_cache: boolean;
  /** The execution that this one repeats, to prove that it gives the same. */
  readonly rerun_of: string | null;
  /** Of a rerun that ended: whether the model has the same digest. */
  readonly verified: boolean | null;
  readonly version_id: string | null;
  readonly model: string | null;
  readonly version: number | null;
  readonly person: string | null;
  readonly started_event: number;
  /** The project's time when it was started. */
  readonly clock_ms: number;
  readonly cpu_ms: number;
  readonly created_at_ms: number;
  readonly ended_at_ms: number | null;
}

/** A pipeline as it was when it was started, with the state of the code that it came from, where that is known. */
export interface FrozenDefinition extends PipelineDefinition {
  readonly code?: CodeCapture;
}

export type ExecutionState = 'waiting' | 'running' | 'succeeded' | 'failed' | 'cancelled';
export type StepState = 'waiting' | 'running' | 'succeeded' | 'failed' | 'skipped';

export interface StepRecord {
  readonly name: string;
  readonly state: StepState;
  readonly attempts: number;
  /** Whether the cache had it, and why or why not. */
  readonly cache: CacheNote | null;
  readonly outcome: StepOutcome | null;
  readonly error: string | null;
  readonly started_at_ms: number | null;
  readonly ended_at_ms: number | null;
  readonly cpu_ms: number;
}

export interface CacheNote {
  readonly hit: boolean;
  readonly reason: string;
}

/** What a step left behind; enough to go on without the step. */
export interface StepOutcome {
  /** Tables by name. */
  readonly tables: Readonly<Record<string, TableOutcome>>;
  readonly fitted: FittedOutcome | null;
  /** Of an evaluation: the digest of its JSON, which the run has as an artifact. */
  readonly evaluation_digest: string | null;
  /** The run that tracks it. */
  readonly run_id: string | null;
  readonly cpu_ms: number;
}

export interface TableOutcome {
  readonly digest: string;
  readonly rows: number;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

export interface FittedOutcome {
  readonly model: { readonly digest: string; readonly bytes: number };
  readonly baseline: { readonly digest: string; readonly bytes: number };
  readonly profile_digest: string;
  readonly signature: unknown;
  readonly importance: Readonly<Record<string, number>>;
}

/** What a step's result depends on, by name, as digests or plain values. Equal parts, equal key, equal result. */
export type CacheParts = Readonly<Record<string, string>>;

/** Why the cache had no answer: what differs from the newest one of the same step. */
export function missReason(parts: CacheParts, newest: CacheParts | null): string {
  if (newest === null) return 'it has not run before';
  const changed = [...new Set([...Object.keys(parts), ...Object.keys(newest)])].filter((name) => parts[name] !== newest[name]).sort();
  return changed.length === 0 ? 'its earlier result is gone' : `changed since: ${changed.join(', ')}`;
}

/** How an execution stands by its steps. */
export function stateOf(steps: readonly Pick<StepRecord, 'state'>[]): 'running' | 'succeeded' | 'failed' {
  if (steps.some((step) => step.state === 'failed')) return 'failed';
  return steps.every((step) => step.state === 'succeeded' || step.state === 'skipped') ? 'succeeded' : 'running';
}
