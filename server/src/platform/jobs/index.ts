import { setTimeout as sleep } from 'node:timers/promises';
import { type Caller, systemCaller } from '../../kernel/caller.ts';
import type { Clock } from '../../kernel/clock.ts';
import { newId } from '../../kernel/ids.ts';
import { afterCommit, type Database, type Handle } from '../database/index.ts';
import type { Log } from '../log/index.ts';
import { noSpans, type Spans } from '../telemetry/index.ts';
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
  readonly spans?: Pick<Spans, 'isOn' | 'record'>;
  /** How many run at once. */
  readonly concurrency?: number;
}

/** How long a process that died holds what it ran, and how often one that lives says so. */
const lease_ms = 20_000;
const heartbeat_ms = 5_000;
/** The longest the loop sleeps; a job that is put on the queue wakes it at once. */
const sleepLimit_ms = 30_000;
const retry_ms = 1000;
/** Done jobs are kept for a week; what is older goes once an hour, so that the table stays small. */
const keep_ms = 7 * 86_400_000;
const sweepEvery_ms = 3_600_000;
/** Less is a clock that is slewed, not set. */
const setBack_ms = 1000;

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
  readonly #spans: NonNullable<JobsOptions['spans']>;
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
  /** Another process committed: it may have cancelled what runs here. */
  #othersWrote = false;
  /** When the first lease of another process ends. */
  #leaseEnd_ms: number | null = null;
  #deaf: (() => void) | null = null;
  /** What both clocks read at the last look. */
  #read: { readonly now_ms: number; readonly monotonic_ms: number };

  constructor({ database, clock, log, spans = noSpans, concurrency = 4 }: JobsOptions) {
    this.#database = database;
    this.#clock = clock;
    this.#log = log;
    this.#spans = spans;
    this.#concurrency = concurrency;
    this.#read = this.#clocks();
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
    // Where no other process serves these rows, what is marked as running died with its process.
    const endedBefore_ms = this.#database.profile.shared ? this.#clock.now() : null;
    await this.#database.write(async (tx) => {
      await store.reclaimJobs(tx, endedBefore_ms);
      // Made later than now: the clock was set back since.
      const newest_ms = await store.newestWaiting(tx);
      if (newest_ms !== null) await this.#follow(tx, newest_ms - this.#clock.now());
    });
    this.#read = this.#clocks();
    this.#deaf = this.#database.onForeignCommit(() => {
      this.#othersWrote = true;
      this.#rouse();
    });
    this.#heartbeat = setInterval(() => void this.#extend(), heartbeat_ms);
    this.#loop = this.#turn();
  }

  async stop(grace_ms: number): Promise<void> {
    this.#stopped.abort();
    if (this.#heartbeat) clearInterval(this.#heartbeat);
    this.#deaf?.();
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
        await this.#followClock();
        await this.#sweep();
        if (this.#database.profile.shared) await this.#minds();
        await this.#claim();
        await this.#sleep();
      } catch (error) {
        this.#log.error('the job loop could not read its queue; it tries again in a second', { err: error });
        await this.#pause(retry_ms);
      }
    }
  }

  /** Takes back what ran in a process that died, and ends here what another process cancelled or took over. */
  async #minds(): Promise<void> {
    const now_ms = this.#clock.now();
    this.#leaseEnd_ms = await store.nextLeaseEnd(this.#database.read, this.#owner);
    if (this.#leaseEnd_ms !== null && this.#leaseEnd_ms < now_ms) {
      await this.#database.write((tx) => store.reclaimJobs(tx, now_ms));
      this.#leaseEnd_ms = null;
    }
    if (!this.#othersWrote || this.#running.size === 0) return;
    this.#othersWrote = false;
    const before = [...this.#running];
    const ours = await store.listLeased(this.#database.read, this.#owner);
    for (const [id, { abort }] of before) if (!ours.has(id)) abort.abort();
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
    // Its lease was lost, as after a standstill, and it came back to us: what still runs of it ends first.
    const before = this.#running.get(row.id);
    before?.abort.abort();
    const abort = new AbortController();
    const ended = Promise.resolve(before?.ended)
      .then(() => this.#run(row, abort))
      .finally(() => {
        if (this.#running.get(row.id)?.abort === abort) this.#running.delete(row.id);
        this.#rouse();
      });
    this.#running.set(row.id, { abort, ended });
  }

  async #run(row: store.JobRow, abort: AbortController): Promise<void> {
    const definition = this.#definitions.get(row.name);
    const caller: Caller = { ...systemCaller(row.name, row.cause, row.person), id: row.id };
    const context: JobContext = { id: row.id, project_id: row.project_id, attempt: row.attempts, caller, signal: abort.signal };
    let error: string | null = null;
    const begun = this.#clock.monotonic();
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
    if (this.#spans.isOn) {
      this.#spans.record({
        name: `job ${row.name}`,
        kind: 'internal',
        end_ms: this.#clock.now(),
        duration_ms: this.#clock.monotonic() - begun,
        attributes: { 'slipway.job': row.name, 'slipway.job.attempt': row.attempts },
        failed: error !== null,
      });
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
    const now_ms = this.#clock.now();
    const waits_ms = [next, this.#leaseEnd_ms].flatMap((at_ms) => (at_ms === null ? [] : [Math.max(0, at_ms - now_ms) + 1]));
    const until_ms = Math.min(sleepLimit_ms, ...waits_ms);
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

  #clocks() {
    return { now_ms: this.#clock.now(), monotonic_ms: this.#clock.monotonic() };
  }

  /** What is due now must not wait until a wall clock that was set back has caught up. */
  async #followClock(): Promise<void> {
    const before = this.#read;
    const read = this.#clocks();
    const back_ms = before.now_ms + (read.monotonic_ms - before.monotonic_ms) - read.now_ms;
    if (back_ms >= setBack_ms) await this.#database.write((tx) => this.#follow(tx, back_ms));
    this.#read = read;
  }

  async #follow(tx: Handle, back_ms: number): Promise<void> {
    if (back_ms >= setBack_ms) await store.moveDueTimes(tx, back_ms);
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
