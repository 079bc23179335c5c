import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import { failure, SlipwayError } from '../../kernel/error.ts';
import type { Settings } from './messages.ts';

/** Two threads: more only help on files above about 10 million rows, and the server runs beside us. */
const threads = 2;

/** Extensions are never fetched: what is not built in is not there. */
export const closed = {
  threads: String(threads),
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  allow_community_extensions: 'false',
} as const;

let instance: Promise<DuckDBInstance> | undefined;

/** A connection of its own for one request: its temporary tables end with it. */
export async function withConnection<T>(settings: Settings, use: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  instance ??= open(settings);
  const connection = await (await instance).connect();
  try {
    return await use(connection);
  } catch (cause) {
    throw translated(cause);
  } finally {
    connection.closeSync();
  }
}

async function open(settings: Settings): Promise<DuckDBInstance> {
  deleteLeftovers(settings.folder);
  const spill = spillFolder(settings.folder);
  process.on('exit', () => rmSync(spill, { recursive: true, force: true }));
  return DuckDBInstance.create(':memory:', { ...closed, memory_limit: `${settings.duckdb_bytes}B`, temp_directory: spill });
}

/** What a process spilled that was killed over its memory or time, when it could not tidy up itself. */
function deleteLeftovers(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(folder)) {
    const pid = /^spill-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** One for each process: two DuckDBs must not spill into the same files. */
export function spillFolder(folder: string): string {
  const spill = join(folder, `spill-${process.pid}`);
  mkdirSync(spill, { recursive: true, mode: 0o700 });
  return spill;
}

/** Failures of the machine get their own codes; everything else stays as it is. */
export function translated(cause: unknown): unknown {
  if (cause instanceof SlipwayError) return cause;
  const text = String((cause as Error).message);
  if (/No space left on device|Disk quota exceeded/i.test(text)) return failure('storage_full', {}, {}, cause);
  if (/^Out of Memory Error/.test(text))
    return failure('limit_reached', { what: 'Memory of the analytics process', limit: 'its memory limit', where: 'settings' }, {}, cause);
  return cause;
}

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteText(text: string): string {
  if (text.includes('\0')) throw new TypeError('a text for SQL may not hold NUL');
  return `'${text.replaceAll("'", "''")}'`;
}

/** DuckDB reads `*?[]{}` in a path as a pattern; our paths have none, and a pattern must never match a second file. */
export function quotePath(path: string): string {
  if (/[*?[\]{}]/.test(path)) throw new TypeError('a path for DuckDB may not hold a pattern');
  return quoteText(path);
}

export async function rowsOf(connection: DuckDBConnection, sql: string): Promise<DuckDBValue[][]> {
  return (await connection.runAndReadAll(sql)).getRows();
}

/** The first row of a query, as numbers. */
export async function numbersOf(connection: DuckDBConnection, sql: string): Promise<number[]> {
  const [row = []] = await rowsOf(connection, sql);
  return row.map((value) => Number(value ?? 0));
}
