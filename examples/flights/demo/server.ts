import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface Server {
  /** Of each that was started. */
  readonly addresses: readonly string[];
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
  readonly database: string | undefined;
  readonly servers: 1 | 2;
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

/** What the launcher starts: one process on one data folder. */
interface Process extends Pick<Place, 'project' | 'port' | 'data' | 'database'> {
  /** Where all servers of one database keep files. */
  readonly blobs: string | undefined;
}

/** Two servers on one database: whichever is killed stays away, and the other one goes on. */
async function startTwo(place: Place, onKill: () => void): Promise<Server> {
  const blobs = `file://${join(place.data, 'files')}`;
  const first = launch({ ...place, blobs });
  // The first one makes the tables.
  await first.address;
  const all = [first, launch({ ...place, port: place.port + 1, data: join(place.data, 'second'), blobs })];
  let kills = 0;
  const { promise: ended, resolve: end } = Promise.withResolvers<string>();
  for (const one of all) {
    void one.ended.then(({ signal, said }) => {
      if (signal !== 'SIGKILL' || ++kills === all.length) end(said);
      else onKill();
    });
  }
  return {
    addresses: await Promise.all(all.map(({ address }) => address)),
    ended,
    kills: () => kills,
    up: () => Promise.resolve(),
    async stop() {
      await Promise.all(all.map(stopped));
    },
  };
}

async function stopped({ child, ended }: Running): Promise<void> {
  const tooLate = setTimeout(() => child.kill('SIGKILL'), stopLimit_ms);
  child.kill('SIGTERM');
  await ended;
  clearTimeout(tooLate);
}

/**
 * Starts the server on a data folder and waits for its address. When somebody kills it (`kill -9`, or a machine short of memory),
 * it is started again there, as a user or a service manager would, and goes on; one that ends by its own fault is not.
 */
export async function startServer(place: Place, onKill: () => void): Promise<Server> {
  if (place.servers === 2) return startTwo(place, onKill);
  const only = { ...place, blobs: undefined };
  let running = launch(only);
  let kills = 0;
  let isStopping = false;
  const address = await running.address;

  async function watch(): Promise<string> {
    for (;;) {
      const { signal, said } = await running.ended;
      if (isStopping || signal !== 'SIGKILL' || kills === killLimit) return said;
      kills++;
      onKill();
      running = launch(only);
    }
  }

  const ended = watch();
  return {
    addresses: [address],
    ended,
    kills: () => kills,
    up: () => running.address,
    async stop() {
      isStopping = true;
      await stopped(running);
      await ended;
    },
  };
}

interface Running {
  readonly child: ChildProcess;
  readonly address: Promise<string>;
  readonly ended: Promise<{ signal: NodeJS.Signals | null; said: string }>;
}

/** One process. It is a group of its own, so that Ctrl-C reaches only the player. */
function launch({ project, port, data, database, blobs }: Process): Running {
  const args = ['up', '--port', String(port), '--data', data, '--json', ...(blobs === undefined ? [] : ['--blobs', blobs])];
  const env = { ...ownEnvironment(), ...(database === undefined ? {} : { SLIPWAY_DATABASE: database }) };
  const child = spawn(slipway, args, { cwd: project, stdio: ['ignore', 'pipe', 'pipe'], detached: true, env });
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
