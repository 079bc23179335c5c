import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { checkoutRoot, readText } from '../../checkout.ts';
import { startPostgres } from '../../postgres.ts';
import { type StartedServer, slipway, startProgram, startServer } from '../a-started-server.ts';
import type { BenchRow, Figures, Scale } from '../row.ts';

/** The newest release that could be installed when the table was made: 3.18.0 was there, and what it depends on was not. */
export const peerVersion = '3.17.2';
const kept = join(checkoutRoot, '.cache/mlflow-bench');
const install_ms = 900_000;
/** With cold files the peer was seen to take more than a minute. */
const peerStart_ms = 180_000;
const poll_ms = 20;

type SubjectName = 'slipway' | 'slipway-postgres' | 'mlflow';

export interface Subject {
  readonly name: SubjectName;
  readonly version: string;
  /** The SQLite file that rows are seeded into. */
  readonly database: string;
  /** Makes that file with its schema. */
  make(): Promise<void>;
  start(): Promise<StartedServer>;
  /** Shown with each request. */
  token(): string | null;
}

/** The peer in a virtual environment of its own, installed once for a checkout. */
function peerPython(): string {
  const folder = join(kept, peerVersion);
  if (!existsSync(folder)) {
    const draft = `${folder}.new`;
    rmSync(draft, { recursive: true, force: true });
    mkdirSync(kept, { recursive: true });
    for (const [program, words] of [
      ['python3', ['-m', 'venv', draft]],
      [join(draft, 'bin/python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `mlflow==${peerVersion}`]],
    ] as const) {
      const done = spawnSync(program, words, { encoding: 'utf8', timeout: install_ms });
      if (done.status !== 0) throw new Error(`${program} ${words.join(' ')} failed:\n${done.stdout}\n${done.stderr}`);
    }
    renameSync(draft, folder);
  }
  return join(folder, 'bin/python');
}

const ourVersion = (): string => (JSON.parse(readText('package.json')) as { version: string }).version;

/** Slipway first: its figures are those that the others are multiples of. */
export function subjectsIn(root: string): readonly [Subject, Subject] {
  return [ours(join(root, 'slipway')), peer(join(root, 'mlflow'))];
}

/** Sign-in is on, as users have it; the peer has none. */
function ours(folder: string): Subject {
  const start = () => startWithToken(folder);
  return {
    name: 'slipway',
    version: ourVersion(),
    database: join(folder, 'slipway.db'),
    make: () => startAndStop(start),
    start,
    token: () => readFileSync(join(folder, tokenFile), 'utf8').trim(),
  };
}

/** Ours with its rows in a Postgres of its own, brought there from a SQLite file where some were seeded. */
function oursOnPostgres(folder: string): Subject {
  const [seeded, data] = [join(folder, 'seeded'), join(folder, 'data')];
  const { database, make } = ours(seeded);
  return {
    name: 'slipway-postgres',
    version: ourVersion(),
    database,
    make,
    start: async () => {
      const postgres = await startPostgres();
      try {
        if (existsSync(database)) slipway(['migrate', '--from', `sqlite:${seeded}`, '--to', postgres.url]);
        const server = await startWithToken(data, '--database', postgres.url);
        const stop = async (): Promise<void> => {
          await server.stop();
          await postgres.remove();
        };
        return { ...server, pids: [server.pid, postgres.pid()], stop };
      } catch (error) {
        await postgres.remove();
        throw error;
      }
    },
    token: () => readFileSync(join(data, tokenFile), 'utf8').trim(),
  };
}

const tokenFile = 'cli-token';

/** Each start makes a new token, soon after it serves. */
async function startWithToken(folder: string, ...words: readonly string[]): Promise<StartedServer> {
  const token = join(folder, tokenFile);
  rmSync(token, { force: true });
  const server = await startServer(folder, 'on', ...words);
  while (!existsSync(token)) await wait(poll_ms);
  return server;
}

function peer(folder: string): Subject {
  const start = () => {
    mkdirSync(folder, { recursive: true });
    return startProgram({
      words: (port) => [peerPython(), '-m', 'mlflow', 'server', '--host', '127.0.0.1', '--port', port],
      limit_ms: peerStart_ms,
      folder,
      variables: { MLFLOW_DISABLE_TELEMETRY: 'true' },
    });
  };
  return {
    name: 'mlflow',
    version: peerVersion,
    database: join(folder, 'mlflow.db'),
    make: () => startAndStop(start),
    start,
    token: () => null,
  };
}

async function startAndStop(start: () => Promise<StartedServer>): Promise<void> {
  await (await start()).stop();
}

export interface Running {
  readonly subject: Subject;
  readonly server: StartedServer;
}

interface SideBySide {
  readonly name: string;
  readonly what: string;
  readonly runs: number;
  /** Puts data into the files of a server that has made its schema and is stopped. */
  readonly seed?: (subject: Subject) => void;
  /** The same by the API of a server that runs. */
  readonly fill?: (running: Running) => Promise<void>;
  readonly measure: (running: Running) => Promise<Figures>;
}

/** A row whose servers run beside each other for all of its rounds; those that are not asked only idle. */
export function sideBySide({ subject: only, postgres }: Scale, { name, what, runs, seed, fill, measure }: SideBySide): BenchRow {
  const root = join(tmpdir(), `slipway-bench-${process.pid}-${name}`);
  const running = new Map<string, Running>();
  const all = (folder: string): Subject[] => {
    const [first, second] = subjectsIn(folder);
    return [first, ...(postgres ? [oursOnPostgres(join(folder, 'postgres'))] : []), second];
  };
  const undo = async (): Promise<void> => {
    for (const { server } of running.values()) await server.stop();
    running.clear();
    rmSync(root, { recursive: true, force: true });
  };
  return {
    name,
    what,
    runs,
    prepare: async () => {
      try {
        slipway(['--help']);
        mkdirSync(root, { recursive: true });
        for (const subject of all(mkdtempSync(join(root, 'servers-'))).filter((one) => one.name.includes(only))) {
          if (seed) {
            await subject.make();
            seed(subject);
          }
          const one = { subject, server: await subject.start() };
          running.set(subject.name, one);
          await fill?.(one);
        }
        return undo;
      } catch (error) {
        await undo();
        throw error;
      }
    },
    subjects: all(root).map(({ name: subject, version }) => ({
      name: subject,
      version,
      measure: () => {
        const found = running.get(subject);
        if (!found) throw new Error(`${subject} was not started`);
        return measure(found);
      },
    })),
  };
}
