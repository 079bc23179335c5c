import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processTree } from '../bench/process-tree.ts';
import { checkoutRoot } from '../checkout.ts';

const startLimit_ms = 30_000;
const goneLimit_ms = 10_000;

/** What a start that was refused answered. */
export interface Refusal {
  readonly code: number | null;
  readonly text: string;
}

export interface CrashServer {
  readonly pid: number;
  /** From the start of the process to the first 200 of /health. */
  readonly ready_ms: number;
  /** Ends it as a power button would. `family`: the children too, at the same moment. Resolves when all of them are gone. */
  kill(family: boolean): Promise<{ children: number; gone_ms: number }>;
  /** Resolves when it has ended by itself after SIGTERM. */
  stop(): Promise<{ code: number | null; took_ms: number; text: string }>;
}

export interface ServerPlace {
  /** The bundle's main program. */
  readonly program: string;
  readonly data: string;
  readonly port: number;
  /** Holds the compile cache, so that a start is measured as the second one on a machine. */
  readonly cache: string;
}

/** Makes the bundle that users run if a source is newer than it, and gives its main program. */
export function bundledServer(): string {
  execFileSync(join(checkoutRoot, 'slipway'), ['--version'], { stdio: 'ignore', timeout: 120_000 });
  return join(checkoutRoot, 'server/dist/main.js');
}

function start({ program, data, port, cache }: ServerPlace): ChildProcess {
  const args = ['--disable-warning=ExperimentalWarning', program, 'up', '--auth', 'off', '--data', data, '--port', String(port)];
  return spawn(process.execPath, [...args, '--log-level', 'error'], {
    env: { ...process.env, NODE_COMPILE_CACHE: join(cache, 'compile') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

export async function startServer(place: ServerPlace): Promise<CrashServer> {
  const started = performance.now();
  const child = start(place);
  const { pid } = child;
  if (pid === undefined) throw new Error('the server could not be started');
  let text = '';
  const keep = (chunk: Buffer): void => {
    text = (text + chunk.toString('utf8')).slice(-20_000);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  try {
    await untilHealthy(place.port, child, started);
  } catch (error) {
    child.kill('SIGKILL');
    throw new Error(`the server did not come up: ${text}`, { cause: error });
  }
  return {
    pid,
    ready_ms: performance.now() - started,
    async kill(family) {
      const children = processTree(pid).filter((one) => one !== pid);
      child.kill('SIGKILL');
      if (family) children.forEach(killQuietly);
      await ended;
      const from = performance.now();
      // A child sees that its server is gone and ends by itself.
      while (children.some(isAlive) && performance.now() - from < goneLimit_ms) await sleep(20);
      return { children: children.length, gone_ms: performance.now() - from };
    },
    async stop() {
      const from = performance.now();
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), startLimit_ms);
      const code = await ended;
      clearTimeout(late);
      return { code, took_ms: performance.now() - from, text };
    },
  };
}

/** Starts a server that must refuse to start. */
export function startRefused(place: ServerPlace): Promise<Refusal> {
  const child = start(place);
  let text = '';
  child.stdout?.on('data', (chunk) => (text += chunk));
  child.stderr?.on('data', (chunk) => (text += chunk));
  const late = setTimeout(() => child.kill('SIGKILL'), startLimit_ms);
  return new Promise((resolve) => {
    child.on('close', (code) => {
      clearTimeout(late);
      resolve({ code, text });
    });
  });
}

async function untilHealthy(port: number, child: ChildProcess, started: number): Promise<void> {
  while (performance.now() - started < startLimit_ms) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
    const answer = await fetch(`http://127.0.0.1:${port}/health`).catch(() => null);
    if (answer?.status === 200) return;
    await sleep(10);
  }
  throw new Error(`no answer within ${startLimit_ms} ms`);
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended before we came to it.
  }
}

function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}`);
}
