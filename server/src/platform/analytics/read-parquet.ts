import type { DuckDBConnection, DuckDBValue, DuckDBVector } from '@duckdb/node-api';
import { failure } from '../../kernel/error.ts';
import { profileNumber, profileText } from '../statistics/index.ts';
import { type Canonical, canonicalColumns, statementColumns } from './canonical.ts';
import { numbersOf, quoteName, quotePath, rowsOf } from './duck.ts';
import type {
  CountGroupsOptions,
  GroupCounts,
  PackedColumn,
  Preview,
  PreviewOptions,
  ProfiledColumn,
  ReadColumnsOptions,
} from './messages.ts';

const previewLimit = 500;
const groupLimit = 10_000;
/** What a frame may carry: 512 MB of numbers. */
const valueLimit = 64_000_000;

/** Makes the file the view `parquet`; a file that is no Parquet is refused by name. */
async function openParquet(connection: DuckDBConnection, path: string): Promise<Canonical[]> {
  try {
    await connection.run(`SET TimeZone = 'UTC'`);
    await connection.run(`CREATE OR REPLACE TEMP VIEW parquet AS SELECT * FROM read_parquet(${quotePath(path)})`);
    return await canonicalColumns(connection, 'parquet', { path, name: 'the Parquet file' });
  } catch (cause) {
    if (!(cause instanceof Error) || 'code' in cause) throw cause;
    const got = cause.message.split('\n')[0]?.replaceAll(path, 'it') ?? '';
    throw failure('file_not_readable', { file: 'The Parquet file', expected: 'a whole Parquet file', got }, {}, cause);
  }
}

/** Cells in the form that `Preview` describes. */
export async function preview(connection: DuckDBConnection, { parquet, offset, limit }: PreviewOptions): Promise<Preview> {
  if (!Number.isInteger(limit) || limit < 1 || limit > previewLimit) {
    throw failure('invalid_input', { field: 'limit', expected: `1 to ${previewLimit}`, got: limit });
  }
  if (!Number.isSafeInteger(offset) || offset < 0) throw failure('invalid_input', { field: 'offset', expected: '0 or more', got: offset });
  const columns = await openParquet(connection, parquet);
  const picks = columns.map(({ name, type, expression }) => {
    const cell =
      type === 'timestamp'
        ? `strftime(${expression}, '%Y-%m-%dT%H:%M:%S.%gZ')`
        : type === 'date'
          ? `CAST(${expression} AS VARCHAR)`
          : expression;
    return `${cell} AS ${quoteName(name)}`;
  });
  const rows = await rowsOf(connection, `SELECT ${picks.join(', ')} FROM parquet LIMIT ${limit} OFFSET ${offset}`);
  const [total_rows = 0] = await numbersOf(connection, 'SELECT count(*) FROM parquet');
  return { columns: columns.map(({ name, type }) => ({ name, type })), rows: rows.map((row) => row.map(cellOf)), total_rows };
}

function cellOf(value: DuckDBValue): string | number | boolean | null {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  return Number(value);
}

export async function readColumns(
  connection: DuckDBConnection,
  options: ReadColumnsOptions,
): Promise<{ rows: number; columns: PackedColumn[] }> {
  const all = await openParquet(connection, options.parquet);
  const wanted = (options.columns ?? all.map(({ name }) => name)).map((name) => columnNamed(all, name));
  const where = options.between ? betweenSql(columnNamed(all, options.between.column), options.between) : 'true';
  const [rows = 0] = await numbersOf(connection, `SELECT count(*) FROM parquet WHERE ${where}`);
  if (rows * wanted.length > valueLimit) {
    throw failure('limit_reached', { what: 'Values read at once', limit: valueLimit, where: 'fewer columns, or a shorter time' });
  }
  const columns: PackedColumn[] = [];
  const together = Math.max(columnsAtOnce, columnsTogether(rows));
  for (let from = 0; from < wanted.length; from += together) {
    columns.push(...(await readPacked(connection, wanted.slice(from, from + together), rows, where)));
  }
  return { rows, columns };
}

function betweenSql({ name, type, expression }: Canonical, { from_ms, to_ms }: { from_ms: number; to_ms: number }): string {
  if (type !== 'timestamp' && type !== 'date')
    throw failure('invalid_input', { field: `between.${name}`, expected: 'a timestamp or date column', got: type });
  if (!Number.isFinite(from_ms) || !Number.isFinite(to_ms))
    throw failure('invalid_input', { field: 'between', expected: 'UTC milliseconds', got: `${from_ms} to ${to_ms}` });
  return `epoch_ms(CAST(${expression} AS TIMESTAMP)) >= ${Math.ceil(from_ms)} AND epoch_ms(CAST(${expression} AS TIMESTAMP)) < ${Math.ceil(to_ms)}`;
}

function columnNamed(columns: readonly Canonical[], name: string): Canonical {
  const found = columns.find((column) => column.name === name);
  if (!found) throw failure('column_not_found', { column: name, columns: columns.map((column) => column.name).join(', ') });
  return found;
}

/** Columns that one query reads at least: fewer queries cost less, more hold more memory in DuckDB. */
const columnsAtOnce = 16;
/** Values of a short table that one query reads: 8 MB of numbers. */
const valuesTogether = 1_000_000;

/** As many columns as hold so few values; opening a file of 2,000 columns for each of them takes minutes. */
function columnsTogether(rows: number): number {
  return Math.min(statementColumns, Math.max(1, Math.floor(valuesTogether / Math.max(1, rows))));
}

async function readPacked(
  connection: DuckDBConnection,
  columns: readonly Canonical[],
  rows: number,
  where: string,
): Promise<PackedColumn[]> {
  const readers = columns.map((column) => readerFor(column, rows));
  const result = await connection.stream(`SELECT ${readers.map(({ sql }) => sql).join(', ')} FROM parquet WHERE ${where}`);
  let row = 0;
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    for (const [index, reader] of readers.entries()) reader.take(chunk.getColumnVector(index), chunk.rowCount, row);
    row += chunk.rowCount;
  }
  return readers.map((reader) => reader.end());
}

interface Reader {
  readonly sql: string;
  take(vector: DuckDBVector, count: number, row: number): void;
  end(): PackedColumn;
}

function readerFor({ name, type, expression }: Canonical, rows: number): Reader {
  if (type === 'text') {
    const codes = new Uint32Array(rows);
    const known = new Map<string, number>();
    return {
      sql: `coalesce(${expression}, '')`,
      take(vector, count, row) {
        for (let index = 0; index < count; index++) {
          const text = String(vector.getItem(index));
          const code = known.get(text) ?? known.size;
          if (code === known.size) known.set(text, code);
          codes[row + index] = code;
        }
      },
      end: () => ({ name, type, dictionary: [...known.keys()], codes }),
    };
  }
  const values = new Float64Array(rows);
  const number = type === 'timestamp' || type === 'date' ? `epoch_ms(CAST(${expression} AS TIMESTAMP))` : expression;
  return {
    sql: `coalesce(CAST(${number} AS DOUBLE), CAST('NaN' AS DOUBLE))`,
    take(vector, count, row) {
      // The driver holds the numbers as they are; asking it for one at a time costs twenty times as much.
      const items: unknown = Reflect.get(vector, 'items');
      if (items instanceof Float64Array) values.set(items.subarray(0, count), row);
      else for (let index = 0; index < count; index++) values[row + index] = Number(vector.getItem(index));
    },
    end: () => ({ name, type, values }),
  };
}

/** A few columns at a time, of a long table one: the whole file never lies in memory. */
export async function profile(
  connection: DuckDBConnection,
  { parquet }: { parquet: string },
  progress: (value: unknown) => void,
): Promise<ProfiledColumn[]> {
  const columns = await openParquet(connection, parquet);
  const [rows = 0] = await numbersOf(connection, 'SELECT count(*) FROM parquet');
  const together = columnsTogether(rows);
  const profiles: ProfiledColumn[] = [];
  for (let from = 0; from < columns.length; from += together) {
    const some = columns.slice(from, from + together);
    for (const [index, read] of (await readPacked(connection, some.map(inWords), rows, 'true')).entries()) {
      const summary = read.type === 'text' ? profileText(expand(read)) : profileNumber(read.values);
      profiles.push({ name: read.name, type: some[index]?.type ?? read.type, profile: summary });
      progress({ done: profiles.length, of: columns.length });
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  return profiles;
}

/** Profiles count true and false as two words. */
function inWords(column: Canonical): Canonical {
  return column.type === 'boolean' ? { ...column, type: 'text', expression: `CAST(${column.expression} AS VARCHAR)` } : column;
}

/** The texts of a packed column, one for each row. */
function expand({ dictionary, codes }: { dictionary: readonly string[]; codes: Uint32Array }): string[] {
  return Array.from(codes, (code) => dictionary[code] ?? '');
}

export async function countGroups(connection: DuckDBConnection, { parquet, column, limit }: CountGroupsOptions): Promise<GroupCounts> {
  if (!Number.isInteger(limit) || limit < 1 || limit > groupLimit)
    throw failure('invalid_input', { field: 'limit', expected: `1 to ${groupLimit}`, got: limit });
  const { expression } = columnNamed(await openParquet(connection, parquet), column);
  const groups = `SELECT coalesce(CAST(${expression} AS VARCHAR), '') AS value, count(*) AS rows FROM parquet GROUP BY 1`;
  const rows = await rowsOf(connection, `${groups} ORDER BY rows DESC, value LIMIT ${limit}`);
  const [distinct = 0] = await numbersOf(connection, `SELECT count(*) FROM (${groups})`);
  return { groups: rows.map((row) => ({ value: String(row[0]), rows: Number(row[1]) })), distinct };
}
