import type { z } from 'zod';
import type { Caller } from '../../kernel/caller.ts';

/** Background work as data: declared once by a room in its `*-jobs.ts`, kept as a row while it waits and runs. */
export interface JobDefinition<P> {
  readonly name: string;
  readonly payload: z.ZodType<P>;
  /** How often it may be tried in all. */
  readonly attempts: number;
  readonly timeout_ms: number;
  /** Jobs of one lane run one after the other; null: no lane. */
  readonly lane?: (payload: P) => string;
  /** Must bear being run twice: a server that is killed runs it again. */
  readonly handle: (payload: P, context: JobContext) => Promise<void>;
  /** Called in a write of its own once all attempts have failed, so that whoever waits is told. */
  readonly gaveUp?: (payload: P, error: string, context: Omit<JobContext, 'signal'>) => Promise<void>;
}

export interface JobContext {
  readonly id: string;
  readonly project_id: string | null;
  readonly attempt: number;
  /** The server on behalf of whoever caused the job; its events carry the job's cause. */
  readonly caller: Caller;
  /** Aborted on timeout, cancellation and stop. */
  readonly signal: AbortSignal;
}

export interface NewJob {
  readonly name: string;
  readonly project_id: string | null;
  readonly payload: unknown;
  /** A second job with this key is not made while the first is kept, a week after its end: twice is once. */
  readonly once?: string;
  /** Not before this moment of the wall clock. */
  readonly due_at_ms?: number;
  /** Number of the event that asked for it. */
  readonly cause?: number | null;
  /** On whose behalf, for separation of duties. */
  readonly person?: string | null;
}

export type JobState = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';

/** Wait before attempt `next` (2, 3, ...): 1 s, 4 s, 16 s ..., at most 5 minutes. */
export function backoff_ms(next: number): number {
  return Math.min(300_000, 1000 * 4 ** (next - 2));
}

/** What becomes of a job whose attempt failed. */
export function afterFailure(attempts: number, limit: number): 'waiting' | 'failed' {
  return attempts < limit ? 'waiting' : 'failed';
}
