import { setTimeout as sleep } from 'node:timers/promises';
import { type Caller, systemCaller } from '../../kernel/caller.ts';
import type { Clock } from '../../kernel/clock.ts';
import { newId } from '../../kernel/ids.ts';
import { afterCommit, type Database, type Handle } from '../database/index.ts';
import type { Log } from '../log/index.ts';
import { afterFailure, backoff_ms, type JobContext, type JobDefinition, type NewJob } from './job.ts';
import * as store from './jobs-store.ts';

export type { JobContext, JobDefinition, NewJob } from './job.ts';

export interface Jobs {
  /** Declares the jobs of a room; all are known before `start`. */
  define(definitions: readonly AnyJob[]): void;
  /** Puts a job on the queue in the write that asks for it. False when its once-key was seen before. */
  enqueue(tx: Handle, job: NewJob): Promise<boolean>;
  cancel(tx: Handle, id: string): Promise<boolean>;
  /** Jobs of the project that are due now or running. */
  due(project_id: string): Promise<number>;
  start(): Promise<void>;
  /** Takes no more, aborts what runs, and waits for it at most `grace_ms`; what did not end is run again at the next start. */
  stop(grace_ms: number): Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: each definition checks its own payload before its handler sees it.
export type AnyJob = JobDefinition<any>;

export interface JobsOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Pick<Log, 'error'>;
  /** How many run at once. */
  readonly concurrency?: number;
}

const lease_ms = 60_000;
const heartbeat_ms = 20_000;
/** The longest the loop sleeps; a job that is put on the queue wakes it at once. */
const sleepLimit_ms = 30_000;
const retry_ms = 1000;
/** Done jobs are kept for a week; what is older goes once an hour, so that the table stays small. */
const keep_ms = 7 * 86_400_000;
const sweepEvery_ms = 3_600_000;

export function createJobs(options: JobsOptions): Jobs {
  const runner = new JobRunner(options);
  return {
    define: (definitions) => runner.define(definitions),
    enqueue: (tx, job) => runner.enqueue(tx, job),
    cancel: (tx, id) => runner.cancel(tx, id),
    due: (project_id) => store.countDueJobs(options.database.read, project_id, options.clock.now()),
    start: () => runner.start(),
    stop: (grace_ms) => runner.stop(grace_ms),
  };
}

class JobRunner {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #log: JobsOptions['log'];
  readonly #concurrency: number;
  readonly #definitions = new Map<string, AnyJob>();
  readonly #running = new Map<string, { abort: AbortController; ended: Promise<void> }>();
  readonly #owner = newId('own');
  #wake: (() => void) | null = null;
  #woken = false;
  readonly #stopped = new AbortController();
  #loop: Promise<void> | null = null;
  #heartbeat: NodeJS.Timeout | null = null;
  #nextSweep_ms = 0;

  constructor({ database, clock, log, concurrency = 4 }: JobsOptions) {
    this.#database = database;
    this.#clock = clock;
    this.#log = log;
    this.#concurrency = concurrency;
  }

  get #stopping(): boolean {
    return this.#stopped.signal.aborted;
  }

  define(definitions: readonly AnyJob[]): void {
    for (const definition of definitions) {
      if (this.#definitions.has(definition.name)) throw new Error(`the job ${definition.name} is defined twice`);
      this.#definitions.set(definition.name, definition);
    }
  }

  async enqueue(tx: Handle, job: NewJob): Promise<boolean> {
    const definition = this.#definition(job.name);
    const payload: unknown = definition.payload.parse(job.payload);
    const now_ms = this.#clock.now();
    const made = await store.insertJob(tx, {
      id: newId('job'),
      name: job.name,
      project_id: job.project_id,
      payload: JSON.stringify(payload),
      once_key: job.once ?? null,
      lane: definition.lane?.(payload) ?? null,
      state: 'waiting',
      due_at_ms: job.due_at_ms ?? now_ms,
      attempts: 0,
      lease_owner: null,
      lease_until_ms: null,
      cause: job.cause ?? null,
      person: job.person ?? null,
      error: null,
      created_at_ms: now_ms,
      ended_at_ms: null,
    });
    afterCommit(tx, () => this.#rouse());
    return made;
  }

  async cancel(tx: Handle, id: string): Promise<boolean> {
    const cancelled = await store.cancelJob(tx, id, this.#clock.now());
    afterCommit(tx, () => this.#running.get(id)?.abort.abort());
    return cancelled;
  }

  async start(): Promise<void> {
    // The folder lock means that no other process serves these rows: what is marked as running died with its process.
    await this.#database.write((tx) => store.reclaimJobs(tx));
    this.#heartbeat = setInterval(() => void this.#extend(), heartbeat_ms);
    this.#loop = this.#turn();
  }

  async stop(grace_ms: number): Promise<void> {
    this.#stopped.abort();
    if (this.#heartbeat) clearInterval(this.#heartbeat);
    this.#rouse();
    for (const { abort } of this.#running.values()) abort.abort();
    await this.#loop;
    const ended = Promise.all([...this.#running.values()].map((job) => job.ended));
    await Promise.race([ended, sleep(grace_ms, undefined, { ref: false })]);
  }

  async #turn(): Promise<void> {
    while (!this.#stopping) {
      this.#woken = false;
      try {
        await this.#sweep();
        await this.#claim();
        await this.#sleep();
      } catch (error) {
        this.#log.error('the job loop could not read its queue; it tries again in a second', { err: error });
        await this.#pause(retry_ms);
      }
    }
  }

  async #claim(): Promise<void> {
    const free = this.#concurrency - this.#running.size;
    const next = await store.nextDueTime(this.#database.read);
    if (free <= 0 || next === null || next > this.#clock.now()) return;
    const claimed = await this.#database.write((tx) =>
      store.claimJobs(tx, { owner: this.#owner, now_ms: this.#clock.now(), lease_ms, limit: free }),
    );
    // Stopped meanwhile: what was claimed stays as it is, and the next start takes it back.
    if (this.#stopping) return;
    for (const row of claimed) this.#launch(row);
  }

  #launch(row: store.JobRow): void {
    const abort = new AbortController();
    const ended = this.#run(row, abort).finally(() => {
      this.#running.delete(row.id);
      this.#rouse();
    });
    this.#running.set(row.id, { abort, ended });
  }

  async #run(row: store.JobRow, abort: AbortController): Promise<void> {
    const definition = this.#definitions.get(row.name);
    const caller: Caller = { ...systemCaller(row.name, row.cause, row.person), id: row.id };
    const context: JobContext = { id: row.id, project_id: row.project_id, attempt: row.attempts, caller, signal: abort.signal };
    let error: string | null = null;
    const timer = setTimeout(() => abort.abort(new Error('timeout')), definition?.timeout_ms ?? 0);
    try {
      if (!definition) throw new Error(`no job is called ${row.name} in this version`);
      await definition.handle(JSON.parse(row.payload), context);
    } catch (failed) {
      error = failed instanceof Error ? failed.message : String(failed);
      this.#log.error('a job failed', { err: failed, job: row.name, id: row.id, attempt: row.attempts });
    } finally {
      clearTimeout(timer);
    }
    // A stop in mid-work is no failure: the row stays as it is, and the next start takes it back.
    if (this.#stopping && error !== null) return;
    await this.#end(row, definition, context, error);
  }

  async #end(row: store.JobRow, definition: AnyJob | undefined, context: JobContext, error: string | null): Promise<void> {
    const state = error === null ? 'done' : afterFailure(row.attempts, definition?.attempts ?? 1);
    // A full disk, say, is passing: until its end is written a job would count as running, and hold its lane.
    do {
      const now_ms = this.#clock.now();
      const due_at_ms = state === 'waiting' ? now_ms + backoff_ms(row.attempts + 1) : row.due_at_ms;
      try {
        if (state === 'failed') await definition?.gaveUp?.(JSON.parse(row.payload), error ?? '', context);
        await this.#database.write((tx) => store.endJob(tx, { id: row.id, owner: this.#owner, state, error, due_at_ms, now_ms }));
        return;
      } catch (failed) {
        this.#log.error('the end of a job could not be written; it is tried again in a second', { err: failed, job: row.name, id: row.id });
        await this.#pause(retry_ms);
      }
    } while (!this.#stopping);
  }

  async #extend(): Promise<void> {
    if (this.#running.size === 0) return;
    try {
      await this.#database.write((tx) => store.extendLeases(tx, this.#owner, this.#clock.now() + lease_ms));
    } catch (error) {
      this.#log.error('the heartbeat of the running jobs could not be written', { err: error });
    }
  }

  #rouse(): void {
    this.#woken = true;
    this.#wake?.();
  }

  async #sleep(): Promise<void> {
    if (this.#woken || this.#stopping) return;
    const next = this.#running.size >= this.#concurrency ? null : await store.nextDueTime(this.#database.read);
    if (this.#woken || this.#stopping) return;
    const until_ms = next === null ? sleepLimit_ms : Math.min(sleepLimit_ms, Math.max(0, next - this.#clock.now()));
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, until_ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = null;
  }

  async #sweep(): Promise<void> {
    const now_ms = this.#clock.now();
    if (now_ms < this.#nextSweep_ms) return;
    await this.#database.write((tx) => store.deleteEndedJobs(tx, now_ms - keep_ms));
    this.#nextSweep_ms = now_ms + sweepEvery_ms;
  }

  /** Waits, but not for longer than the server runs. */
  async #pause(wait_ms: number): Promise<void> {
    await sleep(wait_ms, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
  }

  #definition(name: string): AnyJob {
    const found = this.#definitions.get(name);
    if (!found) throw new Error(`no job is called ${name}`);
    return found;
  }
}
