import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface Server {
  readonly address: string;
  /** Resolves with what it said last when the process ends by itself. */
  readonly ended: Promise<string>;
  /** How often it was killed, and started again. */
  readonly kills: () => number;
  /** Resolves when it serves. */
  readonly up: () => Promise<unknown>;
  stop(): Promise<void>;
}

interface Place {
  readonly project: string;
  readonly port: number;
  readonly data: string;
}

/** `slipway up`, as a user types it. */
export const slipway = join(import.meta.dirname, '../../../slipway');

/** The first start in a fresh clone makes the bundle. */
const startLimit_ms = 180_000;
const stopLimit_ms = 15_000;
const lastWords_chars = 8_000;
const lastLines = 5;
const lastLine_chars = 400;

/** A server that is killed this often is killed by something that a new start does not mend. */
const killLimit = 20;

/**
 * Starts the server on a data folder and waits for its address. When somebody kills it (`kill -9`, or a machine short of memory),
 * it is started again there, as a user or a service manager would, and goes on; one that ends by its own fault is not.
 */
export async function startServer(place: Place, onKill: () => void): Promise<Server> {
  let running = launch(place);
  let kills = 0;
  let isStopping = false;
  const address = await running.address;

  async function watch(): Promise<string> {
    for (;;) {
      const { signal, said } = await running.ended;
      if (isStopping || signal !== 'SIGKILL' || kills === killLimit) return said;
      kills++;
      onKill();
      running = launch(place);
    }
  }

  const ended = watch();
  return {
    address,
    ended,
    kills: () => kills,
    up: () => running.address,
    async stop() {
      isStopping = true;
      const { child } = running;
      const tooLate = setTimeout(() => child.kill('SIGKILL'), stopLimit_ms);
      child.kill('SIGTERM');
      await ended;
      clearTimeout(tooLate);
    },
  };
}

interface Running {
  readonly child: ChildProcess;
  readonly address: Promise<string>;
  readonly ended: Promise<{ signal: NodeJS.Signals | null; said: string }>;
}

/** One process. It is a group of its own, so that Ctrl-C reaches only the player. */
function launch({ project, port, data }: Place): Running {
  const args = ['up', '--port', String(port), '--data', data, '--json'];
  const child = spawn(slipway, args, { cwd: project, stdio: ['ignore', 'pipe', 'pipe'], detached: true, env: ownEnvironment() });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-lastWords_chars);
  });
  const ended = once(child, 'close').then(([, signal]) => ({ signal: signal as NodeJS.Signals | null, said: lastWords(words) }));
  const tooLate = setTimeout(() => child.kill(), startLimit_ms);
  const address = Promise.race([
    addressOf(child),
    ended.then(({ said }) => Promise.reject(new Error(`the server did not start:\n${said}`))),
  ]).finally(() => clearTimeout(tooLate));
  // Who waits for it hears of it; after a kill nobody may.
  address.catch(() => undefined);
  return { child, address, ended };
}

/** What the caller's shell says about other servers is not about ours. */
export function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^SLIPWAY_(SERVER|TOKEN|PROJECT)$/.test(name)));
}

/** The first line of its output is a JSON object with the address. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((found, failed) => {
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (part: string) => {
      if (text.includes('\n')) return;
      text += part;
      if (!text.includes('\n')) return;
      const address = (JSON.parse(text.slice(0, text.indexOf('\n'))) as { address?: unknown }).address;
      if (typeof address === 'string') found(address);
      else failed(new Error(`the server said no address: ${text.slice(0, 200)}`));
    });
  });
}

/** The end of its log; a line of it can hold a whole stack. */
function lastWords(words: string): string {
  const lines = words.trim().split('\n').slice(-lastLines);
  return lines.map((line) => line.slice(0, lastLine_chars)).join('\n');
}
