import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { SlipwayError } from '../../kernel/error.ts';
import type { Log } from '../log/index.ts';
import { createFrameReader } from './frames.ts';
import { inheritedEnv } from './launch.ts';
import { createLogLines } from './log-lines.ts';
import { giveWay } from './priority.ts';
import { createProcessGroup, type GroupSample } from './process-group.ts';
import type { WorkerReply } from './worker-protocol.ts';

/** How a worker process ended: by our hand, for a reason, or by itself. */
export interface WorkerEnd {
  readonly killedFor: SlipwayError | null;
  /** `exit code 7`, `signal SIGSEGV`, or that it never started, and why. */
  readonly how: string;
}

/** One running process of ours that speaks frames. */
export interface WorkerProcess {
  readonly pid: number | null;
  /** Resolves when the process is gone; never rejects. */
  readonly gone: Promise<WorkerEnd>;
  /** False once it was asked to end, or did. */
  usable(): boolean;
  send(frame: readonly Uint8Array[]): void;
  /** Closes its input: it ends when it has nothing to do. */
  end(): void;
  kill(error: SlipwayError): void;
  sample(limit_bytes: number): Promise<GroupSample>;
}

export interface WorkerProcessOptions {
  readonly name: string;
  readonly path: string;
  readonly log: Log;
  readonly onReply: (reply: WorkerReply) => void;
  /** It sent something that is no frame. */
  readonly onNonsense: (reason: string) => void;
}

const logLimit_bytes = 1_000_000;

export function startWorkerProcess({ name, path, log, onReply, onNonsense }: WorkerProcessOptions): WorkerProcess {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', path], {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    env: inheritedEnv(),
  });
  if (child.pid === undefined) return neverStarted(child, log);
  giveWay(child.pid);
  const group = createProcessGroup(child.pid);
  const { promise: gone, resolve } = Promise.withResolvers<WorkerEnd>();
  let killedFor: SlipwayError | null = null;
  let how = '';
  child.stdin.on('error', () => {});
  const replies = child.stdio[3] as Readable;
  const read = createFrameReader((message) => onReply(message as WorkerReply));
  replies.on('error', () => {});
  replies.on('data', (chunk: Buffer) => {
    try {
      read(chunk);
    } catch (cause) {
      onNonsense((cause as Error).message);
    }
  });
  const lines = createLogLines(
    logLimit_bytes,
    () => 0,
    ({ text }) => log.warn(`${name}: ${text}`, { pid: child.pid ?? null }),
  );
  for (const stream of ['stdout', 'stderr'] as const) child[stream].on('data', (bytes: Buffer) => lines.write(stream, bytes));
  child.on('error', (cause) => log.warn('a signal to a worker failed', { worker: name, cause: String(cause) }));
  child.once('exit', (code, signal) => {
    how = signal ? `signal ${signal}` : `exit code ${code}`;
  });
  child.once('close', () => {
    lines.end();
    resolve({ killedFor, how });
  });
  return {
    pid: child.pid,
    gone,
    usable: () => child.stdin.writable && killedFor === null,
    send(frame) {
      for (const part of frame) child.stdin.write(part);
    },
    end: () => child.stdin.end(),
    kill(error) {
      killedFor ??= error;
      group.signal('SIGKILL');
    },
    sample: (limit_bytes) => group.sample(limit_bytes),
  };
}

/** Where the system gives no process, Node makes no pipes either. */
function neverStarted(child: ChildProcess, log: Log): WorkerProcess {
  const gone = new Promise<WorkerEnd>((resolve) => {
    child.once('error', (cause: NodeJS.ErrnoException) => {
      log.error('a worker could not be started', { cause: cause.message });
      resolve({ killedFor: null, how: `it could not be started (${cause.code ?? 'unknown'})` });
    });
  });
  const nothing = (): void => undefined;
  const sample = async (): Promise<GroupSample> => ({ processes: 0, bytes: 0, cpu_ms: 0 });
  return { pid: null, gone, usable: () => false, send: nothing, end: nothing, kill: nothing, sample };
}
