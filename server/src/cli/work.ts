import { type Client, createClient } from '@slipway/sdk';
import type { LogLevel } from '../platform/log/index.ts';
import { type Connection, findConnection, findProject } from './connection.ts';
import type { Environment } from './environment.ts';
import { type Cell, table, whenIn } from './format.ts';

/** How `up` starts a server. The room that knows all rooms makes it, so it comes from `main.ts`, and loads only when called. */
export type StartServer = (options: {
  readonly data: string;
  readonly database: string | undefined;
  readonly blobs: string | undefined;
  readonly traces: string | undefined;
  readonly mlflowArtifactRoot: string | undefined;
  readonly port: number;
  readonly host: string;
  readonly auth: 'on' | 'off';
  readonly logLevel: LogLevel;
  readonly backups?: BackupsFolder;
}) => Promise<RunningServer>;

/** Where backups go, how often, and how many of them stay. */
export interface BackupsFolder {
  readonly folder: string;
  readonly every_ms: number;
  readonly keep: number;
}

export interface RunningServer {
  readonly address: string;
  /** The one-time link that makes the first account; null once somebody can sign in. */
  readonly setupLink: string | null;
  readonly opened: { readonly folder: string; readonly rows: string | null; readonly projects: number };
  stop(): Promise<void>;
}

/** What is done to folders in this process, while no server holds them; it knows all rooms too. */
interface FolderWork {
  readonly progress: (doing: string, done: number, of: number | null) => void;
  readonly signal: AbortSignal;
}

/** What `restore` brought back, or what a rehearsal of it read. */
export interface Restored {
  readonly from: string;
  readonly manifest: {
    readonly created_at_ms: number;
    readonly counts: { readonly projects: number; readonly events: number };
    readonly blobs: { readonly blobs: number };
    readonly rows: Readonly<Record<string, number>>;
  };
}

export type Operation = Awaited<ReturnType<Client['operations']['get']>>;
type Answered<Value> = Value extends readonly (infer Item)[]
  ? readonly Answered<Item>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: Answered<Value[Key]> }
    : Value;

/** What an operation answers, wherever it ran. */
export type OperationResult = {
  [Kind in Operation['kind']]: {
    readonly kind: Kind;
    readonly result: Answered<NonNullable<Extract<Operation, { kind: Kind }>['result']>>;
  };
}[Operation['kind']];

export interface KeepFolder {
  readonly data: string;
  readonly backups: BackupsFolder | null;
  readonly request:
    | { readonly kind: 'backup' }
    | { readonly kind: 'gc'; readonly apply: boolean }
    | { readonly kind: 'doctor'; readonly deep: boolean };
}

/** How `migrate` moves rows between SQLite and Postgres, in this process. */
export type MigrateRows = (options: {
  readonly from: string;
  readonly to: string;
  readonly progress: (doing: string, done: number, of: number | null) => void;
}) => Promise<readonly { readonly table: string; readonly rows: number; readonly digest: string }[]>;

/** What runs in this process instead of at a server. */
export interface InProcess {
  readonly startServer: StartServer;
  readonly restoreFolder: (options: FolderWork & { readonly from: string; readonly data: string }) => Promise<Restored>;
  readonly verifyFolder: (options: FolderWork & { readonly from: string; readonly scratch?: string }) => Promise<Restored>;
  /** One operation of the upkeep, as the server would do it. */
  readonly migrateRows: MigrateRows;
  readonly keepFolder: (options: FolderWork & KeepFolder) => Promise<OperationResult>;
}

/** Where the words go: standard output and standard error. */
export interface Streams {
  out(text: string): void;
  error(text: string): void;
  /** Whether standard error is a terminal, where a line can be written over. */
  readonly live: boolean;
}

/** Formats that depend on where the project is. */
export interface See {
  /** UTC milliseconds in the project's zone. */
  when(at_ms: number | null | undefined): string;
  readonly zone: string;
  /** Aligned columns; `>` before a title aligns it right. */
  table(titles: readonly string[], rows: readonly (readonly Cell[])[], empty: string): string[];
}

/** What a verb works with. */
export interface Work extends InProcess {
  readonly environment: Environment;
  /** Aborted by Ctrl-C and by SIGTERM. */
  readonly signal: AbortSignal;
  readonly json: boolean;
  readonly streams: Streams;
  /** Throws where no server is known. */
  readonly connection: Connection;
  readonly client: Client;
  readonly project: string;
  /** What was asked for by option or environment, whatever file lies here. */
  readonly askedProject: string | undefined;
  /** Prints the answer as it is with `--json`, else in lines for people. */
  answer<T>(value: T, lines: (value: T, see: See) => readonly string[]): Promise<void>;
  /** Prints to people only: not with `--json`. */
  say(...lines: readonly string[]): void;
}

export interface WorkOptions extends InProcess {
  readonly environment: Environment;
  readonly signal: AbortSignal;
  readonly streams: Streams;
  readonly json: boolean;
  readonly server: string | undefined;
  readonly project: string | undefined;
  /** Whether times are shown in the zone of the project. */
  readonly inProject: boolean;
}

export function createWork({ server, project, inProject, ...parts }: WorkOptions): Work {
  let connection: Connection | undefined;
  let client: Client | undefined;

  /** For people only, so that a script pays for one request. A project that cannot be read has no zone to show. */
  async function zone(): Promise<string | undefined> {
    if (!inProject || connection === undefined) return undefined;
    const found = await work.client.access.getProject({ params: { project: work.project } }).catch(() => null);
    return found?.zone;
  }

  // The members name `work`, not `this`: verbs take them apart.
  const work: Work = {
    ...parts,
    get connection() {
      connection ??= findConnection(server, parts.environment);
      return connection;
    },
    get client() {
      client ??= createClient(work.connection);
      return client;
    },
    get project() {
      return findProject(project, parts.environment);
    },
    get askedProject() {
      return project ?? parts.environment.project;
    },
    async answer(value, lines) {
      if (parts.json) {
        parts.streams.out(`${JSON.stringify(value, null, 2)}\n`);
        return;
      }
      const where = await zone();
      work.say(...lines(value, { when: whenIn(where), zone: where ?? 'local time', table }));
    },
    say(...lines) {
      if (!parts.json && lines.length > 0) parts.streams.out(`${lines.join('\n')}\n`);
    },
  };
  return work;
}
