import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { failure, SlipwayError } from '../../kernel/error.ts';
import { createWorkerChild, type WorkerChild } from '../compute/index.ts';
import type { Log } from '../log/index.ts';
import type {
  Column,
  Columns,
  CountGroupsOptions,
  GroupCounts,
  Inspection,
  PackedColumn,
  Preview,
  PreviewOptions,
  ProfiledColumn,
  ReadColumnsOptions,
  ReadOptions,
  Settings,
  SqlOptions,
  SqlOutput,
  ToParquetOptions,
  WriteRowsOptions,
  Written,
} from './messages.ts';
import { checkedStatements } from './statements.ts';

export type * from './messages.ts';

export interface AnalyticsOptions {
  /** Ours alone: spilled data, deleted at start. */
  readonly folder: string;
  readonly log: Log;
  /** Of each process. DuckDB is told 60% of it; the process is killed over it. Default 2 GiB. */
  readonly memory_bytes?: number;
  /** How long a process waits for the next request. Default 60 s. */
  readonly idle_ms?: number;
  /** For one request. Default 10 minutes. */
  readonly timeout_ms?: number;
}

export interface SqlLimits {
  readonly time_ms: number;
  readonly memory_bytes: number;
  readonly signal?: AbortSignal;
}

/** Tables in child processes. Paths are ours, never a client's. Errors name files by `name`. */
export interface Analytics {
  /** Columns, types and rows of files that are to be one version. Reads every byte; throws what is wrong and where. */
  inspect(options: ReadOptions): Promise<Inspection>;
  /** Checks as `inspect` does and writes one Parquet file; the same rows give the same bytes. */
  toParquet(options: ToParquetOptions): Promise<Inspection & Written>;
  profile(options: {
    readonly parquet: string;
    readonly onProgress?: (done: { done: number; of: number }) => void;
  }): Promise<ProfiledColumn[]>;
  preview(options: PreviewOptions): Promise<Preview>;
  readColumns(options: ReadColumnsOptions): Promise<Columns>;
  writeRows(options: WriteRowsOptions): Promise<Written>;
  countGroups(options: CountGroupsOptions): Promise<GroupCounts>;
  /** A pipeline's SQL step, in a process of its own that is locked down and killed at its limits. */
  sql(options: SqlOptions & { readonly limits: SqlLimits }): Promise<SqlOutput[]>;
  stop(): Promise<void>;
}

const gib = 2 ** 30;
const duckdbShare = 0.6;

export function createAnalytics({
  folder,
  log,
  memory_bytes = 2 * gib,
  idle_ms = 60_000,
  timeout_ms = 600_000,
}: AnalyticsOptions): Analytics {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(folder)) if (name.startsWith('spill-')) rmSync(join(folder, name), { recursive: true, force: true });
  const child = (bytes: number) => createWorkerChild({ entry: 'analytics-child', idle_ms, memory_bytes: bytes, log });
  // Two, so that looking at a table does not wait for a file that is being read in.
  const intake = child(memory_bytes);
  const lookup = child(memory_bytes);
  const steps = new Set<WorkerChild>();
  const settingsFor = (bytes: number) => ({ folder, duckdb_bytes: Math.floor(bytes * duckdbShare) });
  const settings = settingsFor(memory_bytes);

  function ask<T>(worker: WorkerChild, kind: string, options: object, onProgress?: (value: unknown) => void): Promise<T> {
    return worker.request<T>(kind, { ...options, settings }, { timeout_ms, ...(onProgress && { onProgress }) });
  }

  /** A file that brings the parser down is a broken file, not a broken server. */
  async function askAboutFiles<T>(kind: string, options: ReadOptions): Promise<T> {
    try {
      return await ask<T>(intake, kind, options);
    } catch (cause) {
      if (!(cause instanceof SlipwayError) || cause.code !== 'worker_failed' || !/signal SIG(SEGV|ABRT|BUS|ILL|FPE)/.test(cause.message))
        throw cause;
      const names = options.files.map((file) => file.name).join(', ');
      throw failure('file_not_readable', { file: names, expected: 'a well-formed file', got: 'one that crashed its reader' }, {}, cause);
    }
  }

  async function sql({ limits, ...options }: SqlOptions & { readonly limits: SqlLimits }): Promise<SqlOutput[]> {
    if (limits.signal?.aborted) throw failure('process_cancelled', { what: 'The SQL step' });
    checkedStatements(options.sql);
    const step = child(limits.memory_bytes);
    // Of its own, so that it can be deleted when the process was killed.
    const spill = mkdtempSync(join(folder, 'spill-step-'));
    const cancel = () => void step.stop();
    steps.add(step);
    limits.signal?.addEventListener('abort', cancel, { once: true });
    try {
      const value = { ...options, settings: { ...settingsFor(limits.memory_bytes), folder: spill } };
      return await step.request<SqlOutput[]>('sql', value, { timeout_ms: limits.time_ms });
    } finally {
      limits.signal?.removeEventListener('abort', cancel);
      steps.delete(step);
      await step.stop();
      rmSync(spill, { recursive: true, force: true });
    }
  }

  return {
    inspect: (options) => askAboutFiles('inspect', options),
    toParquet: (options) => askAboutFiles('toParquet', options),
    profile: ({ parquet, onProgress }) => ask(intake, 'profile', { parquet }, onProgress as ((value: unknown) => void) | undefined),
    preview: (options) => ask(lookup, 'preview', options),
    async readColumns(options) {
      const { rows, columns } = await ask<{ rows: number; columns: PackedColumn[] }>(lookup, 'readColumns', options);
      return { rows, columns: columns.map(unpacked) };
    },
    writeRows: (options) => ask(intake, 'writeRows', options),
    countGroups: (options) => ask(lookup, 'countGroups', options),
    sql,
    async stop() {
      await Promise.all([intake, lookup, ...steps].map((worker) => worker.stop()));
    },
  };
}

function unpacked(column: PackedColumn): Column {
  if (column.type !== 'text') return column;
  const { name, type, dictionary, codes } = column;
  return { name, type, values: Array.from(codes, (code) => dictionary[code] ?? '') };
}

/**
 * Reads a table in the calling process, for children that work on it themselves, as the training child does. It loads DuckDB
 * (70 MB): never in the server.
 */
export async function readTable(settings: Settings, options: ReadColumnsOptions): Promise<Columns> {
  const [{ withConnection }, { readColumns }] = await Promise.all([import('./duck.ts'), import('./read-parquet.ts')]);
  const { rows, columns } = await withConnection(settings, (connection) => readColumns(connection, options));
  return { rows, columns: columns.map(unpacked) };
}
