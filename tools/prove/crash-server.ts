import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuOf_ms, processTree } from '../bench/process-tree.ts';
import { checkoutRoot } from '../checkout.ts';

/** A hang, and not only a machine that does much beside. */
const startLimit_ms = 120_000;
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
  /** CPU time of all its processes until then: what the machine does beside is not in it. */
  readonly readyCpu_ms: number;
  /** False once it has ended, for whatever reason. */
  isRunning(): boolean;
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
  /** More words for `up`, as `--database URL`. */
  readonly words?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** Makes the bundle that users run if a source is newer than it, and gives its main program. */
export function bundledServer(): string {
  execFileSync(join(checkoutRoot, 'slipway'), ['--version'], { stdio: 'ignore', timeout: 120_000 });
  return join(checkoutRoot, 'server/dist/main.js');
}

function start({ program, data, port, cache, words = [], environment = {} }: ServerPlace): ChildProcess {
  const up = ['up', '--data', data, '--port', String(port), '--log-level', 'error', ...(words.includes('--auth') ? [] : ['--auth', 'off'])];
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, ...up, ...words], {
    env: { ...process.env, NODE_COMPILE_CACHE: join(cache, 'compile'), ...environment },
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
    readyCpu_ms: cpuOf_ms(pid),
    isRunning: () => child.exitCode === null && child.signalCode === null,
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

/** Starts a server and kills it after so long, whether it is ready or not. `look` is the last thing before. */
export async function startAndKill(place: ServerPlace, after_ms: number, look: () => Promise<void> = async () => undefined): Promise<void> {
  const child = start(place);
  child.stdout?.resume();
  child.stderr?.resume();
  const ended = new Promise((resolve) => child.on('close', resolve));
  await sleep(after_ms);
  await look();
  const { pid } = child;
  if (pid !== undefined) processTree(pid).forEach(killQuietly);
  await ended;
}

/** Runs another verb of the bundle to its end. */
export function runVerb({ program }: Pick<ServerPlace, 'program'>, words: readonly string[]): void {
  execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', program, ...words], { stdio: ['ignore', 'ignore', 'pipe'] });
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
