import { type ChildProcess, spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { delimiter } from 'node:path';
import type { Clock } from '../../kernel/clock.ts';
import { failure, type SlipwayError } from '../../kernel/error.ts';
import type { Log } from '../log/index.ts';
import { createLogLines, type LogChunk } from './log-lines.ts';
import { giveWay } from './priority.ts';
import { createProcessGroup, type GroupSample, type ProcessGroup } from './process-group.ts';

export interface Limits {
  readonly time_ms: number;
  /** Of the whole group. Watched every 250 ms on Linux; elsewhere there is no watch. */
  readonly memory_bytes: number;
  readonly log_bytes: number;
  readonly processes?: number;
}

export interface Launch {
  /** The program and its arguments, never a shell line. A bare name is looked up on `env.PATH`. */
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  /** The whole environment: nothing is added to it. Start from `inheritedEnv()`. */
  readonly env: Readonly<Record<string, string>>;
  readonly limits: Limits;
  readonly onLog?: (chunk: LogChunk) => void;
  /** Hears every look at the whole group: 20 ms after the start, then every 250 ms. Nothing comes where there is no `/proc`. */
  readonly onSample?: (sample: GroupSample) => void;
  /** Written to standard input, which is closed after it. */
  readonly input?: string | Uint8Array;
}

export type StopReason = 'timeout' | 'memory' | 'processes' | 'cancelled' | 'log limit';

export interface Exit {
  /** Null when a signal ended it, or when it never started. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly reason: 'exited' | 'failed to start' | StopReason;
  /** The clear text for every reason but `exited`. A code other than 0 is the caller's to judge. */
  readonly error: SlipwayError | null;
  /** As of the last look at `/proc`: up to 250 ms of the end may be missing. */
  readonly cpu_ms: number;
  readonly peak_bytes: number;
  readonly wall_ms: number;
}

export interface Running {
  /** Null when it could not be started. */
  readonly pid: number | null;
  /** Never rejects. Resolves when the whole group is gone. */
  readonly done: Promise<Exit>;
  kill(reason?: StopReason): void;
}

export interface Compute {
  launch(launch: Launch): Running;
}

const sampleEvery_ms = 250;
const grace_ms = 2_000;

/** The variables a child may take over from us; everything else of our environment stays ours. */
export function inheritedEnv(from: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const env: Record<string, string> = {};
  for (const name of ['PATH', 'HOME', 'LANG', 'TMPDIR']) {
    const value = from[name];
    if (value !== undefined) env[name] = value;
  }
  return env;
}

/** Child processes as values: each is a group of its own, with limits, a bounded log and one promise for its end. */
export function createCompute({ clock, log }: { clock: Clock; log: Log }): Compute {
  return { launch: (wanted) => launch(wanted, clock, log) };
}

function launch(wanted: Launch, clock: Clock, log: Log): Running {
  const began = clock.monotonic();
  const [program, ...args] = wanted.argv;
  let child: ChildProcess;
  try {
    if (!statSync(wanted.cwd).isDirectory()) throw new Error(`${wanted.cwd} is not a folder`);
    child = spawn(program, args, { cwd: wanted.cwd, env: { ...wanted.env }, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  } catch (cause) {
    return neverStarted(notStarted(wanted, cause), began, clock);
  }
  if (child.pid === undefined) {
    const { promise, resolve } = Promise.withResolvers<Exit>();
    child.once('error', (cause) => resolve(exitOfFailure(notStarted(wanted, cause), began, clock)));
    return { pid: null, done: promise, kill: () => {} };
  }
  giveWay(child.pid);
  const group = createProcessGroup(child.pid);
  const stop = createStop(group);
  const watch = watchGroup(group, wanted, stop.because);
  const timer = setTimeout(() => stop.because('timeout'), wanted.limits.time_ms);
  const lines = createLogLines(wanted.limits.log_bytes, () => clock.now(), guarded(wanted.onLog, log));
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.on('data', (bytes: Buffer) => {
      if (!lines.write(stream, bytes)) stop.because('log limit');
    });
  }
  feed(child, wanted.input);
  return { pid: child.pid, done: ended(), kill: (reason = 'cancelled') => stop.because(reason) };

  async function ended(): Promise<Exit> {
    const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
    const { code, signal } = await new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
      child.once('exit', (exitCode, exitSignal) => resolve({ code: exitCode, signal: exitSignal }));
      child.on('error', (cause) => log.warn('a signal to a child process failed', { program, cause: String(cause) }));
    });
    clearTimeout(timer);
    stop.leaderGone();
    await group.end(grace_ms);
    // A process that left the group before we saw it may hold the pipes open for ever: do not wait for it.
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 1_000).unref())]);
    child.stdout?.destroy();
    child.stderr?.destroy();
    lines.end();
    const used = watch.end();
    const reason = stop.reason() ?? 'exited';
    return { code, signal, reason, error: errorOf(reason, wanted), ...used, wall_ms: clock.monotonic() - began };
  }
}

/** The first reason counts. SIGTERM to the whole group, SIGKILL two seconds later. */
function createStop(group: ProcessGroup) {
  let because: StopReason | undefined;
  let second: NodeJS.Timeout | undefined;
  let gone = false;
  return {
    because(reason: StopReason): void {
      if (because !== undefined || gone) return;
      because = reason;
      group.signal('SIGTERM');
      second = setTimeout(() => group.signal('SIGKILL'), grace_ms);
    },
    leaderGone(): void {
      gone = true;
      clearTimeout(second);
    },
    reason: () => because,
  };
}

function watchGroup(group: ProcessGroup, { limits, onSample }: Launch, stop: (reason: StopReason) => void) {
  let peak_bytes = 0;
  let cpu_ms = 0;
  let over = false;
  let timer: NodeJS.Timeout | undefined;
  async function look(): Promise<void> {
    const sample = await group.sample(limits.memory_bytes);
    peak_bytes = Math.max(peak_bytes, sample.bytes);
    cpu_ms = Math.max(cpu_ms, sample.cpu_ms);
    if (sample.bytes > limits.memory_bytes) stop('memory');
    if (limits.processes !== undefined && sample.processes > limits.processes) stop('processes');
    if (over) return;
    if (sample.processes > 0) onSample?.(sample);
    timer = setTimeout(look, sampleEvery_ms);
  }
  // The first look is early so that short programs are measured at all.
  timer = setTimeout(look, 20);
  return {
    end(): { cpu_ms: number; peak_bytes: number } {
      over = true;
      clearTimeout(timer);
      return { cpu_ms, peak_bytes };
    },
  };
}

function feed(child: ChildProcess, input: string | Uint8Array | undefined): void {
  // A program that does not read its input closes the pipe: its right, not our error.
  child.stdin?.on('error', () => {});
  child.stdin?.end(input ?? '');
}

function guarded(onLog: Launch['onLog'], log: Log): (chunk: LogChunk) => void {
  let failed = false;
  return (chunk) => {
    try {
      onLog?.(chunk);
    } catch (cause) {
      if (!failed) log.error('keeping a log line failed', { cause: String(cause) });
      failed = true;
    }
  };
}

function notStarted(wanted: Launch, cause: unknown): SlipwayError {
  const [program] = wanted.argv;
  const code = (cause as NodeJS.ErrnoException).code;
  const syscall = (cause as NodeJS.ErrnoException).syscall ?? '';
  if (code === 'ENOENT' && syscall.startsWith('spawn')) {
    const path = (wanted.env['PATH'] ?? '').split(delimiter).slice(0, 20).join(delimiter);
    return failure('program_not_found', { program, path: path || 'which is not set' }, {}, cause);
  }
  const reasons: Record<string, string> = {
    EACCES: 'it may not be executed',
    E2BIG: 'its arguments and environment are too long',
    ENOENT: 'its working folder is not there',
  };
  return failure('process_not_started', { program, reason: reasons[code ?? ''] ?? String((cause as Error).message) }, {}, cause);
}

function neverStarted(error: SlipwayError, began: number, clock: Clock): Running {
  return { pid: null, done: Promise.resolve(exitOfFailure(error, began, clock)), kill: () => {} };
}

function exitOfFailure(error: SlipwayError, began: number, clock: Clock): Exit {
  const wall_ms = clock.monotonic() - began;
  return { code: null, signal: null, reason: 'failed to start', error, cpu_ms: 0, peak_bytes: 0, wall_ms };
}

function errorOf(reason: 'exited' | StopReason, { argv, limits }: Launch): SlipwayError | null {
  const what = argv[0];
  switch (reason) {
    case 'exited':
      return null;
    case 'timeout':
      return failure('process_timeout', { what, limit_ms: limits.time_ms });
    case 'memory':
      return failure('process_memory', { what, limit_bytes: limits.memory_bytes });
    case 'processes':
      return failure('process_count', { what, limit: limits.processes ?? 0 });
    case 'log limit':
      return failure('process_log_flood', { what, limit_bytes: limits.log_bytes });
    case 'cancelled':
      return failure('process_cancelled', { what });
  }
}
