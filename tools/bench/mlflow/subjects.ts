import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { checkoutRoot, readText } from '../../checkout.ts';
import { type StartedServer, slipway, startProgram, startServer } from '../a-started-server.ts';
import type { BenchRow, Figures, Scale } from '../row.ts';

/** The newest release that could be installed when the table was made: 3.18.0 was there, and what it depends on was not. */
export const peerVersion = '3.17.2';
const kept = join(checkoutRoot, '.cache/mlflow-bench');
const install_ms = 900_000;
/** With cold files the peer was seen to take more than a minute. */
const peerStart_ms = 180_000;
const poll_ms = 20;

export interface Subject {
  readonly name: 'slipway' | 'mlflow';
  readonly version: string;
  /** What the server keeps; a start on an empty folder makes the schema. */
  readonly folder: string;
  /** The SQLite file below it. */
  readonly database: string;
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

/** Slipway first: its figures are those that the others are multiples of. Sign-in is on, as users have it; the peer has none. */
export function subjectsIn(root: string): readonly [Subject, Subject] {
  const ours = join(root, 'slipway');
  const token = join(ours, 'cli-token');
  const peer = join(root, 'mlflow');
  mkdirSync(peer, { recursive: true });
  return [
    {
      name: 'slipway',
      version: (JSON.parse(readText('package.json')) as { version: string }).version,
      folder: ours,
      database: join(ours, 'slipway.db'),
      start: async () => {
        // Each start makes a new token, soon after it serves.
        rmSync(token, { force: true });
        const server = await startServer(ours, 'on');
        while (!existsSync(token)) await wait(poll_ms);
        return server;
      },
      token: () => readFileSync(token, 'utf8').trim(),
    },
    {
      name: 'mlflow',
      version: peerVersion,
      folder: peer,
      database: join(peer, 'mlflow.db'),
      start: () =>
        startProgram({
          words: (port) => [peerPython(), '-m', 'mlflow', 'server', '--host', '127.0.0.1', '--port', port],
          limit_ms: peerStart_ms,
          folder: peer,
          variables: { MLFLOW_DISABLE_TELEMETRY: 'true' },
        }),
      token: () => null,
    },
  ];
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

/** A row whose two servers run beside each other for all of its rounds; the one that is not asked only idles. */
export function sideBySide({ subject: only }: Scale, { name, what, runs, seed, fill, measure }: SideBySide): BenchRow {
  const root = join(tmpdir(), `slipway-bench-${process.pid}-${name}`);
  const running = new Map<string, Running>();
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
        for (const subject of subjectsIn(mkdtempSync(join(root, 'servers-'))).filter((one) => one.name.includes(only))) {
          if (seed) {
            await (await subject.start()).stop();
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
    subjects: [
      { name: 'slipway', version: (JSON.parse(readText('package.json')) as { version: string }).version },
      { name: 'mlflow', version: peerVersion },
    ].map((subject) => ({
      ...subject,
      measure: () => {
        const found = running.get(subject.name);
        if (!found) throw new Error(`${subject.name} was not started`);
        return measure(found);
      },
    })),
  };
}
