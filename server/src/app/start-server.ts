import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../kernel/clock.ts';
import { failure } from '../kernel/error.ts';
import { lockFolder, migrations, openDatabase } from '../platform/database/index.ts';
import type { Http } from '../platform/http/index.ts';
import { createLog, type LogLevel } from '../platform/log/index.ts';
import { createSpans, noSpans, tracesAddress } from '../platform/telemetry/index.ts';
import { startSchedules } from './automatic.ts';
import type { BackupsFolder } from './operations/index.ts';
import { version } from './version.ts';

export interface StartOptions {
  /** The data folder; made when missing. */
  readonly data: string;
  /** `postgres://…`; without it a SQLite file in the data folder. */
  readonly database?: string | undefined;
  /** `file:///…`: where stored files lie, for several servers on one database; without it in the data folder. */
  readonly blobs?: string | undefined;
  /** `file:///…`: where MLflow clients on this machine keep files of new experiments themselves; without it here. */
  readonly mlflowArtifactRoot?: string | undefined;
  readonly port: number;
  readonly host: string;
  /** `off` only on loopback. */
  readonly auth: 'on' | 'off';
  readonly logLevel: LogLevel;
  /** The OTLP receiver of the server's own traces; none are made without. */
  readonly traces?: string | undefined;
  /** Where backups go; none are made without. */
  readonly backups?: BackupsFolder;
}

export interface StartedServer {
  readonly address: string;
  /** The one-time link that makes the first account; null once it was used. */
  readonly setupLink: string | null;
  /** `rows`: where they are, if that is not the folder; without a password. */
  readonly opened: { readonly folder: string; readonly rows: string | null; readonly projects: number };
  /** Takes no more requests, ends what runs within ten seconds, and closes everything. */
  stop(): Promise<void>;
}

const loopback: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);
const httpGrace_ms = 4_000;
const jobsGrace_ms = 3_000;

/** Opens the data folder and serves it. Refuses with what to do: a folder in use, a port that is taken, an unsafe address. */
export async function startServer(options: StartOptions): Promise<StartedServer> {
  assertSafe(options);
  const data = resolve(options.data);
  const blobs = blobsFolderOf(options);
  const traces = options.traces === undefined ? null : tracesAddress(options.traces);
  if (options.database === undefined && existsSync(join(data, 'restoring')) && !existsSync(join(data, 'slipway.db')))
    throw failure('restore_unfinished', { folder: data });
  // For its user alone, also what libraries and children make: SQLite's log, and its lock, would be readable by all.
  process.umask(0o077);
  mkdirSync(data, { recursive: true, mode: 0o700 });
  // Closed in the opposite order, by a stop as by a start that fails half-way: what stays open keeps the process alive.
  const opened = new AsyncDisposableStack();
  try {
    const lock = lockFolder(data);
    opened.defer(() => lock.release());
    // Its threads come up while this one loads the rooms.
    const database = openDatabase({ folder: data, url: options.database, migrations, clock: systemClock });
    const settled = database.catch(() => null);
    opened.defer(async () => (await settled)?.close());
    const { buildApp, createHttpOf } = await import('./rooms.ts');
    const log = createLog({ level: options.logLevel });
    const spans = traces === null ? noSpans : createSpans({ address: traces, version, log });
    opened.defer(() => spans.stop());
    let address = '';
    const { auth, backups = null } = options;
    const app = await buildApp({ data, database, blobs, auth, backups, clock: systemClock, log, spans, address: () => address });
    opened.defer(() => app.close());
    opened.defer(() => app.jobs.stop(jobsGrace_ms));
    await app.access.installation.ensure();
    // Before the first request: a deployment that is not known yet would look as if it were not there. Its models come by and by.
    await app.deployments.start();
    const http = createHttpOf(app, options);
    opened.defer(() => http.close(httpGrace_ms));
    address = await listen(http, options);
    if (options.auth === 'on') await app.access.ensureCliToken(data);
    opened.defer(() => rmSync(join(data, addressNote), { force: true }));
    noteAddress(data, address);
    await app.jobs.start();
    opened.defer(startSchedules(app));
    const setupPath = options.auth === 'on' ? await app.access.installation.openSetupLink() : null;
    return {
      address,
      setupLink: setupPath === null ? null : `${address}${setupPath}`,
      opened: { folder: data, rows: app.database.place, projects: (await app.access.projects.all()).length },
      stop: () => opened.disposeAsync(),
    };
  } catch (error) {
    // Why it failed is what the caller is told; what fails to close after that follows from it.
    await opened.disposeAsync().catch(() => undefined);
    throw error;
  }
}

/** Files that only one of several servers had would be missing for the others. */
function blobsFolderOf({ blobs, database }: StartOptions): string | undefined {
  if (blobs === undefined) return undefined;
  if (database === undefined)
    throw failure('blobs_address_not_valid', { reason: 'rows in the data folder go with files in the data folder' });
  const url = URL.canParse(blobs) ? new URL(blobs) : null;
  if (url?.protocol !== 'file:' || url.host !== '') throw failure('blobs_address_not_valid', { reason: 'it does not begin with file:///' });
  return fileURLToPath(url);
}

const addressNote = 'server.json';

/** For the command line and others who look for the server of a folder: whole or not at all, since they look at any moment. */
function noteAddress(data: string, address: string): void {
  const note = join(data, addressNote);
  writeFileSync(`${note}.new`, `${JSON.stringify({ address, pid: process.pid })}\n`, { mode: 0o600 });
  renameSync(`${note}.new`, note);
}

/** Resolves to the address of the server. */
async function listen(http: Http, { host, port }: StartOptions): Promise<string> {
  try {
    const at = await http.listen({ host, port });
    return `http://${host.includes(':') ? `[${host}]` : host}:${at.port}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') throw failure('port_taken', { port, host }, {}, error);
    throw error;
  }
}

/** Sign-in is off on loopback only; any other address waits for TLS. */
function assertSafe({ host, auth }: StartOptions): void {
  if (loopback.has(host)) return;
  if (auth === 'off') throw failure('auth_off_not_loopback', { host });
  throw failure('bind_not_safe', { host });
}
