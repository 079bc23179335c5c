import { failure, type SlipwayError } from '../../kernel/error.ts';
import type { Log } from '../log/index.ts';
import { type EntryName, entryPath } from './entries.ts';
import { encodeFrame } from './frames.ts';
import type { GroupSample } from './process-group.ts';
import { startWorkerProcess, type WorkerProcess } from './worker-process.ts';
import { errorFromText, type WorkerReply } from './worker-protocol.ts';

export interface RequestOptions {
  /** Counted from when the request is sent, not from when it was queued. */
  readonly timeout_ms: number;
  /** Called with what the handler passes to its `progress`. */
  readonly onProgress?: (value: unknown) => void;
  /** Hears every look at the child and all it started: 20 ms after the request began, then every 250 ms. Nothing comes where there is no `/proc`. */
  readonly onSample?: (sample: GroupSample) => void;
  /** Takes the request back: out of the queue, or by ending the process that works on it. It then fails with process_cancelled. */
  readonly signal?: AbortSignal;
}

export interface WorkerChild {
  /** Resolves with the handler's answer. Rejects with the handler's error, or with process_timeout, process_memory, worker_failed or busy. */
  request<T = unknown>(kind: string, value: unknown, options: RequestOptions): Promise<T>;
  /** Ends the child; what waits fails with process_cancelled. Later requests fail so too. */
  stop(): Promise<void>;
  /** Id of the running child, for measurements. */
  pid(): number | null;
}

export interface WorkerOptions {
  /** One of our entries; a test may give a file of its own. */
  readonly entry: EntryName | { readonly name: string; readonly path: string };
  readonly idle_ms: number;
  readonly memory_bytes: number;
  readonly log: Log;
}

interface Job {
  readonly id: number;
  readonly kind: string;
  readonly value: unknown;
  readonly options: RequestOptions;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: SlipwayError) => void;
}

const queueLimit = 256;
const sampleEvery_ms = 250;
const firstSample_ms = 20;

/**
 * A process of ours that answers requests one at a time. It starts on first need, ends when idle, is killed when a request
 * takes too long or it grows over its memory, and the next request then starts a fresh one.
 */
export function createWorkerChild(options: WorkerOptions): WorkerChild {
  const worker = new Worker(options);
  return {
    request: <T>(kind: string, value: unknown, more: RequestOptions) => worker.request(kind, value, more) as Promise<T>,
    stop: () => worker.stop(),
    pid: () => worker.child?.pid ?? null,
  };
}

class Worker {
  child: WorkerProcess | null = null;
  readonly #options: WorkerOptions;
  readonly #name: string;
  readonly #queue: Job[] = [];
  #current: Job | null = null;
  #lastId = 0;
  #stopped = false;
  #deadline: NodeJS.Timeout | undefined;
  #watch: NodeJS.Timeout | undefined;
  #idle: NodeJS.Timeout | undefined;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#name = typeof options.entry === 'string' ? options.entry : options.entry.name;
  }

  request(kind: string, value: unknown, options: RequestOptions): Promise<unknown> {
    if (this.#stopped) return Promise.reject(this.#cancelled(kind));
    if (this.#queue.length >= queueLimit) {
      return Promise.reject(failure('busy', { what: this.#name, reason: `${queueLimit} requests wait already` }));
    }
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const job = { id: ++this.#lastId, kind, value, options, resolve, reject };
    this.#queue.push(job);
    if (options.signal) this.#takeBackOn(options.signal, job, promise);
    this.#next();
    return promise;
  }

  #takeBackOn(signal: AbortSignal, job: Job, settled: Promise<unknown>): void {
    const takeBack = (): void => {
      const at = this.#queue.indexOf(job);
      if (at >= 0) this.#queue.splice(at, 1);
      if (this.#current === job) this.child?.kill(this.#cancelled(job.kind));
      else job.reject(this.#cancelled(job.kind));
    };
    const forget = (): void => signal.removeEventListener('abort', takeBack);
    settled.then(forget, forget);
    signal.addEventListener('abort', takeBack, { once: true });
    // One that was aborted before tells nobody again.
    if (signal.aborted) takeBack();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#idle);
    for (const job of this.#queue.splice(0)) job.reject(this.#cancelled(job.kind));
    const child = this.child;
    if (!child) return;
    const cancelled = this.#cancelled(this.#current?.kind ?? 'idle');
    if (this.#current) child.kill(cancelled);
    else child.end();
    const last = setTimeout(() => child.kill(cancelled), 2_000);
    await child.gone;
    clearTimeout(last);
  }

  #next(): void {
    clearTimeout(this.#idle);
    if (this.#current || this.#stopped) return;
    const job = this.#queue.shift();
    if (!job) {
      this.#idle = setTimeout(() => this.child?.end(), this.#options.idle_ms).unref();
      return;
    }
    this.#current = job;
    try {
      const frame = encodeFrame({ id: job.id, kind: job.kind, value: job.value });
      const child = this.child?.usable() ? this.child : this.#start();
      child.send(frame);
      this.#guard(child, job);
    } catch (cause) {
      this.#settle(() => job.reject(this.#lost(job, (cause as Error).message)));
    }
  }

  #start(): WorkerProcess {
    const { entry, log } = this.#options;
    const path = typeof entry === 'string' ? entryPath(entry) : entry.path;
    const child = startWorkerProcess({
      name: this.#name,
      path,
      log,
      onReply: (reply) => this.#receive(child, reply),
      onNonsense: (reason) => {
        if (this.#current) child.kill(this.#lost(this.#current, `it sent what is not an answer (${reason})`));
      },
    });
    this.child = child;
    void child.gone.then(({ killedFor, how }) => {
      if (this.child !== child) return;
      this.child = null;
      const job = this.#current;
      if (job) this.#settle(() => job.reject(killedFor ?? this.#lost(job, how)));
    });
    return child;
  }

  #guard(child: WorkerProcess, job: Job): void {
    const { timeout_ms, onSample } = job.options;
    const { memory_bytes } = this.#options;
    const what = `${this.#name} (${job.kind})`;
    this.#deadline = setTimeout(() => child.kill(failure('process_timeout', { what, limit_ms: timeout_ms })), timeout_ms);
    const look = async () => {
      const sample = await child.sample(memory_bytes);
      if (this.#current !== job) return;
      if (sample.processes > 0) onSample?.(sample);
      if (sample.bytes > memory_bytes) child.kill(failure('process_memory', { what, limit_bytes: memory_bytes }));
      else this.#watch = setTimeout(look, sampleEvery_ms);
    };
    // Who wants to know hears of short work too.
    this.#watch = setTimeout(look, onSample ? firstSample_ms : sampleEvery_ms);
  }

  #receive(from: WorkerProcess, reply: WorkerReply): void {
    const job = this.#current;
    if (from !== this.child || !job || reply.id !== job.id) return;
    if ('progress' in reply) job.options.onProgress?.(reply.progress);
    else if ('value' in reply) this.#settle(() => job.resolve(reply.value));
    else this.#settle(() => job.reject(errorFromText(reply.failed) ?? this.#broken(job, reply.failed.message)));
  }

  #settle(finish: () => void): void {
    clearTimeout(this.#deadline);
    clearTimeout(this.#watch);
    this.#current = null;
    finish();
    this.#next();
  }

  #lost(job: Job, reason: string): SlipwayError {
    return failure('worker_failed', { worker: this.#name, request: job.kind, reason });
  }

  /** An error of no table may hold a path of this machine or a query of ours: its text is for the log only. */
  #broken(job: Job, text: string): SlipwayError {
    this.#options.log.error('a worker could not answer', { worker: this.#name, request: job.kind, reason: text });
    const reason = 'something in it went wrong, and the log of the server says what';
    return failure('worker_failed', { worker: this.#name, request: job.kind, reason }, {}, new Error(text));
  }

  #cancelled(kind: string): SlipwayError {
    return failure('process_cancelled', { what: `${this.#name} (${kind})` });
  }
}
