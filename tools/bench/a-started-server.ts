import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { checkoutRoot } from '../checkout.ts';

export const launcher = join(checkoutRoot, 'slipway');
const startLimit_ms = 20_000;
const stopLimit_ms = 12_000;

export interface StartedServer {
  readonly address: string;
  readonly pid: number;
  /** Its own, and that of the database server that it has for itself. */
  readonly pids: readonly number[];
  /** From exec to the first 200. */
  readonly start_ms: number;
  stop(): Promise<void>;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}

/** Asks until the server answers 200, and tells how long that took since `began`. */
async function firstAnswer_ms(address: string, began: number, limit_ms: number, ended: () => string | null): Promise<number> {
  while (performance.now() - began < limit_ms) {
    const why = ended();
    if (why !== null) throw new Error(`a server ended before it served: ${why}`);
    const response = await fetch(address).catch(() => null);
    await response?.body?.cancel();
    if (response?.status === 200) return performance.now() - began;
    await wait(2);
  }
  throw new Error(`${address} was not served within ${limit_ms} ms`);
}

/** `./slipway up` on a data folder, until the first 200 of /health. */
export function startServer(data: string, auth: 'off' | 'on' = 'off', ...more: readonly string[]): Promise<StartedServer> {
  const words = (port: string) => [launcher, 'up', '--port', port, '--data', data, '--auth', auth, ...more];
  return startProgram({ words, limit_ms: startLimit_ms });
}

interface Program {
  readonly words: (port: string) => readonly string[];
  readonly limit_ms: number;
  readonly folder?: string;
  readonly variables?: Readonly<Record<string, string>>;
}

/** A server on a free port of this machine, until the first 200 of its /health. */
export async function startProgram({ words, limit_ms, folder, variables }: Program): Promise<StartedServer> {
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const [program = '', ...rest] = words(String(port));
  const began = performance.now();
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'], cwd: folder, env: { ...process.env, ...variables } });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => (output = (output + text.toString('utf8')).slice(-2_000)));
  const exited = new Promise<void>((resolve) => child.on('close', () => resolve()));
  async function stop(): Promise<void> {
    child.kill('SIGTERM');
    const kill = setTimeout(() => child.kill('SIGKILL'), stopLimit_ms);
    await exited;
    clearTimeout(kill);
  }
  try {
    const { pid } = child;
    if (pid === undefined) throw new Error(`${program} could not be started`);
    const start_ms = await firstAnswer_ms(`${address}/health`, began, limit_ms, () => (child.exitCode === null ? null : output));
    return { address, pid, pids: [pid], start_ms, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** One verb to its end; throws what it said when it fails. */
export function slipway(words: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(launcher, words, { encoding: 'utf8', timeout: 120_000 });
  if (status !== 0) throw new Error(`slipway ${words.join(' ')} failed: ${stdout}${stderr}`);
}
