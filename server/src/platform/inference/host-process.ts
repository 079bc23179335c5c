import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { entryPath } from '../compute/entries.ts';
import { type Frame, FrameReader, frameKind } from './frames.ts';
import { childEnvironment } from './probe.ts';
import type { Runtime } from './types.ts';
import { watchMemory } from './watch-memory.ts';

export interface HostLimits {
  readonly start_limit_ms: number;
  readonly memory_bytes: number;
  readonly grace_ms: number;
}

export interface HostProcess {
  readonly pid: number;
  /** Resident bytes at the last look of the watchdog. */
  rss_bytes(): number;
  send(frame: Buffer): void;
  /** Ends the process at once; `onEnd` gets the reason. */
  kill(reason: string): void;
  /** Closes the socket, on which the process ends by itself; kills it after the grace period. */
  stop(): Promise<void>;
  /** Resolves when the process is gone, whatever the reason. */
  readonly ended: Promise<HostEnd>;
}

export interface HostEnd {
  /** Fit for users. */
  readonly reason: string;
  /** Its last words, for the log only: they may name paths of this machine. */
  readonly said: string;
}

const heap_megabytes = 1_024;
const stderrKept_chars = 2_000;

/** Starts a model host and waits until it says that its runtime is loaded. Rejects when it ends or is silent until then. */
export async function startHost(runtime: Runtime, limits: HostLimits, onFrame: (frame: Frame) => void): Promise<HostProcess> {
  // mkdtemp makes the folder with mode 0700: nobody else can connect.
  const folder = await mkdtemp(join(tmpdir(), 'slipway-host-'));
  const server = createServer();
  try {
    const path = join(folder, 'socket');
    await listening(server, path);
    const child = spawn(process.execPath, [`--max-old-space-size=${heap_megabytes}`, entryPath('inference-child'), path, runtime], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: childEnvironment,
    });
    return await connected(child, server, limits, onFrame);
  } finally {
    // One connection is all there is: after it, or without it, nothing stays behind on the disk.
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
}

function connected(child: ChildProcess, server: Server, limits: HostLimits, onFrame: (frame: Frame) => void): Promise<HostProcess> {
  return new Promise((resolve, reject) => {
    let reason: string | undefined;
    let socket: Socket | undefined;
    const said = keepTail(child);
    const kill = (why: string) => {
      reason ??= why;
      child.kill('SIGKILL');
    };
    const startTimer = setTimeout(() => kill(`it did not start within ${limits.start_limit_ms} ms`), limits.start_limit_ms);
    const watchdog = watchMemory(child.pid ?? 0, limits.memory_bytes, kill);
    const ended = new Promise<HostEnd>((done) => {
      const onGone = (why: string) => {
        clearTimeout(startTimer);
        watchdog.end();
        socket?.destroy();
        const end = { reason: reason ?? why, said: said() };
        done(end);
        // Without effect once it has started.
        reject(new Error([end.reason, end.said].filter(Boolean).join(': ')));
      };
      child.once('error', (error) => onGone(error.message));
      child.once('exit', (code, signal) => onGone(signal ? `ended by ${signal}` : `ended with code ${code}`));
    });
    const stop = async () => {
      socket?.end();
      socket?.destroy();
      const grace = setTimeout(() => kill('did not end in time'), limits.grace_ms);
      await ended;
      clearTimeout(grace);
    };
    server.once('connection', (accepted) => {
      socket = accepted;
      const send = (frame: Buffer) => void accepted.write(frame);
      const host: HostProcess = { pid: child.pid ?? 0, rss_bytes: watchdog.rss_bytes, send, kill, stop, ended };
      // A socket that closes says nothing about the cause; the way in which the process ended does.
      accepted.on('error', () => child.kill('SIGKILL'));
      accepted.on('close', () => child.kill('SIGKILL'));
      readFrames(accepted, kill, (frame) => {
        if (frame.kind !== frameKind.hello) return onFrame(frame);
        clearTimeout(startTimer);
        resolve(host);
      });
    });
  });
}

function readFrames(socket: Socket, kill: (why: string) => void, onFrame: (frame: Frame) => void): void {
  const reader = new FrameReader();
  socket.on('data', (chunk) => {
    try {
      for (const frame of reader.push(chunk)) onFrame(frame);
    } catch (error) {
      kill(`it sent what is no frame (${error instanceof Error ? error.message : 'unreadable'})`);
    }
  });
}

/** The last words of the process, for the log. */
function keepTail(child: ChildProcess): () => string {
  let tail = '';
  child.stderr?.setEncoding('utf8');
  child.stderr?.on('data', (text: string) => {
    tail = (tail + text).slice(-stderrKept_chars);
  });
  return () => tail.trim();
}
