import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { backupDefaults, backupsOf } from './backup-options.ts';
import { chosen } from './choices.ts';
import { dataFolder } from './connection.ts';
import { type Exit, exits } from './exits.ts';
import { numberText } from './format.ts';
import { explain, usageProblem } from './problem.ts';
import { projectFileName } from './project-folder.ts';
import { verb } from './verb.ts';
import type { RunningServer, Work } from './work.ts';

const portDefault = 7575;
/** A clean stop takes no longer; then the process ends as it is, and the next start recovers. */
const stopLimit_ms = 10_000;
const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;

export const up = verb({
  usage: 'up',
  summary: 'Serve the project in this folder.',
  example: 'up --port 7600',
  options: {
    'port <number>': `port to listen on (default ${portDefault}); a taken one is refused, never moved`,
    'data <folder>': `data folder (default ${dataFolder}), made with mode 0700`,
    'database <address>':
      'keep rows in Postgres: `postgres://USER@HOST:5432/NAME`, also SLIPWAY_DATABASE (default: a SQLite file in the data folder)',
    'database-file <file>': 'read that address from a file, which keeps a password out of the list of processes',
    'blobs <address>': 'with --database: keep files in a folder that other servers on it see too, as `file:///srv/slipway/blobs`',
    'host <name>': 'loopback address to listen on (default 127.0.0.1)',
    'auth <on|off>': 'whether callers sign in (default on); `off` makes every local user an admin',
    'backups <folder>': 'make backups there, best on another disk; without it none are made',
    'backup-every <hours>': `hours between backups (default ${backupDefaults.every_hours})`,
    'backup-keep <count>': `how many backups stay (default ${backupDefaults.keep}); older ones go`,
    'otlp-traces <address>':
      'send a span of each request and job to this OTLP receiver, as `http://127.0.0.1:4318`, also OTEL_EXPORTER_OTLP_ENDPOINT (default: nowhere)',
    'mlflow-artifact-root <address>':
      'for MLflow clients on this machine: new experiments of theirs keep files below it, as `file:///srv/mlflow`; Slipway never opens them',
    'log-level <level>': `${logLevels.join(', ')} (default warn); the log goes to standard error`,
  },
  local: true,
  async run(input, work) {
    const host = loopback(input.host ?? '127.0.0.1');
    const auth = chosen('--auth', input.auth ?? 'on', ['on', 'off']);
    const { folder } = work.environment;
    const server = await work.startServer({
      data: resolve(folder, input.data ?? dataFolder),
      database: databaseOf(input.database, input['database-file'], work),
      blobs: input.blobs,
      port: portOf(input.port),
      host,
      auth,
      mlflowArtifactRoot: artifactRoot(input['mlflow-artifact-root']),
      ...backupsOf(input, folder),
      traces: input['otlp-traces'] ?? tracesBelow(work.environment.telemetry),
      logLevel: chosen('--log-level', input['log-level'] ?? 'warn', logLevels),
    });
    announce(server, auth, work);
    await planOf(work, server).catch(() => undefined);
    await interrupted(work.signal);
    return stop(server, work);
  },
});

/** The variable names the root of all telemetry, whatever its path. */
function tracesBelow(root: string | undefined): string | undefined {
  return root === undefined ? undefined : `${root.replace(/\/$/, '')}/v1/traces`;
}

function portOf(text: string | undefined): number {
  const port = text === undefined ? portDefault : Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw usageProblem(`--port ${text} is not a port.`, 'Give a number from 1 to 65535; 0 lets the system choose a free one.');
}

/** Written by clients that share a disk with this server, and kept as text. */
function artifactRoot(address: string | undefined): string | undefined {
  if (address === undefined) return undefined;
  const isFolder = /^file:\/\/\/[^/]/.test(address) && !/\p{Cc}|[\\#?]|%2e|%2f|%5c|%25|(?:^|\/)\.\.?(?:\/|$)/iu.test(address);
  if (isFolder) return address.replace(/\/+$/, '');
  throw usageProblem(
    `--mlflow-artifact-root ${address} is no address of a folder.`,
    'Give it as `file:///srv/mlflow`, without `..`, `#` and `?`.',
  );
}

/** The address of the database, from an option, a file or the environment; undefined: the data folder. */
function databaseOf(named: string | undefined, file: string | undefined, work: Work): string | undefined {
  if (named !== undefined && file !== undefined) throw usageProblem('--database and --database-file are both given.', 'Give one of them.');
  // The list of processes shows the words of a command to everybody on the machine.
  if (named !== undefined) process.title = 'slipway up';
  if (file === undefined) return named ?? work.environment.database;
  try {
    return readFileSync(resolve(work.environment.folder, file), 'utf8').trim();
  } catch (error) {
    throw usageProblem(
      `--database-file ${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}.`,
      'Name a file that holds the address on one line.',
    );
  }
}

function loopback(host: string): string {
  if (host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)) return host;
  throw usageProblem(
    `--host ${host} would serve other machines without TLS, which is refused.`,
    'Serve on 127.0.0.1 and put a proxy with TLS before it, or reach it through `ssh -L 7575:127.0.0.1:7575 USER@MACHINE`.',
  );
}

type Auth = 'on' | 'off';

function announce(server: RunningServer, auth: Auth, work: Work): void {
  const { address, setupLink, opened } = server;
  if (work.json) {
    work.streams.out(`${JSON.stringify({ address, setup_link: setupLink, opened, auth, pid: process.pid })}\n`);
    return;
  }
  const held = `${numberText(opened.projects)} project${opened.projects === 1 ? '' : 's'}`;
  work.say(
    ...(auth === 'off' ? ['SIGN-IN IS OFF: everyone who can reach this port on this machine is an admin.', ''] : []),
    `Slipway serves ${shownFolder(opened.folder, work.environment.folder)} (${held})`,
    ...(opened.rows === null ? [] : [`with its rows in ${opened.rows}`]),
    `at ${address}`,
    ...signInLines(server, auth, work.environment.folder),
    '',
    'Ctrl-C stops it.',
  );
}

function signInLines({ setupLink, opened, address }: RunningServer, auth: Auth, folder: string): string[] {
  if (auth === 'off') return [];
  const first = setupLink === null ? `Sign in at ${address}/sign-in` : `Make the first account, once, within 24 hours: ${setupLink}`;
  const isNear = opened.folder === resolve(folder, dataFolder);
  const token = join(shownFolder(opened.folder, folder), 'cli-token');
  const shell = isNear
    ? 'The command line is signed in, in this folder and below. Programs: `slipway token create NAME`'
    : `The command line: export SLIPWAY_SERVER=${address} SLIPWAY_TOKEN=$(cat '${token.replaceAll("'", "'\\''")}')`;
  return [first, shell];
}

function shownFolder(folder: string, from: string): string {
  const short = relative(from, folder);
  return short === '' || short.startsWith('..') ? folder : short;
}

/** What `apply` would do, for information: `up` itself changes nothing. It comes after the address, since it reads data files. */
async function planOf(work: Work, server: RunningServer): Promise<void> {
  const { folder } = work.environment;
  if (work.json || !existsSync(join(folder, projectFileName))) return;
  const { planForUp } = await import('./apply.ts');
  try {
    const lines = await planForUp(work, server);
    work.say('', ...lines);
  } catch (error) {
    work.say('', ...explain(error).lines);
  }
}

function interrupted(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) return done();
    // The listener alone does not keep the process alive while the server is idle between two sockets.
    const alive = setInterval(() => undefined, 3_600_000);
    signal.addEventListener('abort', () => {
      clearInterval(alive);
      done();
    });
  });
}

async function stop(server: RunningServer, work: Work): Promise<Exit> {
  work.say('Stopping. Ctrl-C again stops at once.');
  const late = setTimeout(() => {
    work.streams.error(`Not stopped within ${stopLimit_ms / 1000} s; ended as it was. The next start recovers.\n`);
    process.exit(exits.failed);
  }, stopLimit_ms);
  await server.stop();
  clearTimeout(late);
  // What a room forgot to close must not keep a stopped server in memory.
  setTimeout(() => process.exit(), 500).unref();
  return exits.ok;
}
