import type { DuckDBConnection } from '@duckdb/node-api';
import { failure, type SlipwayError } from '../../kernel/error.ts';
import { type Canonical, canonicalColumns, statementColumns } from './canonical.ts';
import { lineOfBadJson, lineOfMixedEnd, lineOfRecord } from './csv-lines.ts';
import { numbersOf, quoteName, quotePath, quoteText, rowsOf } from './duck.ts';
import { candidate, decide, type Evidence, expectedFor, foreignFor, present, typed, wrongFor } from './infer.ts';
import type { ColumnType, DataFile, Inspection, ReadOptions } from './messages.ts';
import { assertNames, notReadable, type Probe, probe } from './probe.ts';

export interface Opened extends Inspection {
  /** SQL: the typed columns of all rows, in file order, then row order. */
  readonly select: string;
}

/** One file as a relation of the connection: `data_<index>`. */
interface Part {
  readonly probe: Probe;
  readonly relation: string;
  readonly rows: number;
  readonly columns: readonly Canonical[];
}

const fileLimit = 1_000;
const sampleRows = 1_000;
/** The same where each column takes about a hundred steps, 32 KB of buffer each. */
const provingColumns = 20;

/** Reads files of one version: finds their types, checks every value, and makes them one relation. Throws the first thing that is wrong. */
export async function openFiles(connection: DuckDBConnection, { files, types = {}, zone = 'UTC' }: ReadOptions): Promise<Opened> {
  const [first] = files;
  if (!first || files.length > fileLimit)
    throw failure('invalid_input', { field: 'files', expected: `1 to ${fileLimit} files`, got: files.length });
  await setZone(connection, zone);
  const parts: Part[] = [];
  for (const [index, file] of files.entries()) {
    const part = await openFile(connection, await probe(file), `data_${index}`, zone !== 'UTC');
    if (parts[0]) assertSameColumns(parts[0], part);
    parts.push(part);
  }
  const [head] = parts;
  if (!head) throw new TypeError('no file was opened');
  const unknown = Object.keys(types).find((name) => !head.columns.some((column) => column.name === name));
  if (unknown !== undefined)
    throw failure('column_not_found', { column: unknown, columns: head.columns.map((column) => column.name).join(', ') });
  // A map: `types` as an object has a member for a column called `constructor`, which nobody declared.
  const columns = await resolveTypes(connection, parts, new Map(Object.entries(types)));
  const picks = columns.map(
    ({ name, type, isText }) => `${isText ? typed(type, quoteName(name)) : native(type, quoteName(name))} AS ${quoteName(name)}`,
  );
  const select = `SELECT ${picks.join(', ')} FROM (${union(parts, columns)})`;
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  return {
    columns: await withNullable(connection, parts, columns, rows),
    rows,
    files: parts.map((part) => ({ name: part.probe.file.name, format: part.probe.format, rows: part.rows })),
    select,
  };
}

async function setZone(connection: DuckDBConnection, zone: string): Promise<void> {
  try {
    await connection.run(`SET TimeZone = ${quoteText(zone)}`);
  } catch (cause) {
    throw failure('invalid_input', { field: 'zone', expected: 'an IANA time zone, as in Europe/Berlin', got: zone }, {}, cause);
  }
}

async function openFile(connection: DuckDBConnection, probed: Probe, relation: string, isLocal: boolean): Promise<Part> {
  const { file, format, header } = probed;
  try {
    if (header) await openCsv(connection, probed, relation);
    else if (format === 'parquet')
      await connection.run(`CREATE TEMP VIEW ${relation}_raw AS SELECT * FROM read_parquet(${quotePath(file.path)})`);
    else await openJsonLines(connection, probed, relation);
    const columns = header
      ? header.names.map((name): Canonical => ({ name, type: 'text', expression: quoteName(name), isText: true }))
      : await canonicalColumns(connection, `${relation}_raw`, file, { fromJson: format !== 'parquet', isLocal });
    assertNames(
      file,
      columns.map((column) => column.name),
    );
    const [rows = 0] = await numbersOf(connection, `SELECT count(*) FROM ${relation}_raw`);
    if (rows === 0) throw failure('file_without_rows', { file: file.name });
    return { probe: probed, relation, rows, columns };
  } catch (cause) {
    throw await readingFailed(probed, cause);
  }
}

async function openCsv(connection: DuckDBConnection, { file, format, header }: Probe, relation: string): Promise<void> {
  const columns = header?.names.map((name) => `${quoteText(name)}: 'VARCHAR'`).join(', ');
  await connection.run(
    `CREATE TEMP TABLE ${relation}_raw AS SELECT * FROM read_csv(${quotePath(file.path)}, auto_detect = false, header = true,
     delim = ${quoteText(header?.delimiter ?? ',')}, quote = '"', escape = '"', strict_mode = true, null_padding = false,
     compression = '${format === 'csv.gz' ? 'gzip' : 'none'}', columns = {${columns}})`,
  );
}

/** DuckDB's guess of dates would drop offsets: what is text in JSON is read as text, and typed by our rules. */
async function openJsonLines(connection: DuckDBConnection, { file, format }: Probe, relation: string): Promise<void> {
  const options = `format = 'newline_delimited', compression = '${format === 'jsonl.gz' ? 'gzip' : 'uncompressed'}', map_inference_threshold = -1`;
  const guessed = await rowsOf(connection, `DESCRIBE SELECT * FROM read_json(${quotePath(file.path)}, ${options}, sample_size = -1)`);
  const columns: string[] = [];
  for (const [name, guess] of guessed.map((row) => [String(row[0]), String(row[1])] as const)) {
    if (guess === 'JSON') await assertAllMissing(connection, file, options, name);
    else if (/^(STRUCT|MAP)|\[\d*\]$/.test(guess)) throw failure('file_column_type', { file: file.name, column: name, got: guess });
    columns.push(`${quoteText(name)}: ${/^(BIGINT|HUGEINT|UBIGINT|DOUBLE|BOOLEAN)$/.test(guess) ? `'${guess}'` : "'VARCHAR'"}`);
  }
  await connection.run(
    `CREATE TEMP TABLE ${relation}_raw AS SELECT * FROM read_json(${quotePath(file.path)}, ${options}, columns = {${columns.join(', ')}})`,
  );
}

/** DuckDB calls a column JSON when its values are of several kinds, or when there is none. */
async function assertAllMissing(connection: DuckDBConnection, file: DataFile, options: string, name: string): Promise<void> {
  const objects = `SELECT row_number() OVER () AS line, json_type(json, ${quoteText(`$.${quoteName(name)}`)}) AS kind
                   FROM read_json_objects(${quotePath(file.path)}, ${options.replace(/, map_inference.*/, '')})`;
  const kinds = await rowsOf(
    connection,
    `SELECT kind, min(line), count(*) FROM (${objects}) WHERE kind IS NOT NULL AND kind <> 'NULL' GROUP BY kind ORDER BY 3 DESC, 2`,
  );
  const [most, other] = kinds;
  if (!most) return;
  if (!other) throw failure('file_column_type', { file: file.name, column: name, got: String(most[0]) });
  throw failure('file_wrong_value', {
    file: file.name,
    line: Number(other[1]),
    column: name,
    expected: wordOf(most[0]),
    got: wordOf(other[0]),
  });
}

function wordOf(kind: unknown): string {
  const words: Record<string, string> = {
    VARCHAR: 'text',
    DOUBLE: 'a number',
    BIGINT: 'a number',
    UBIGINT: 'a number',
    BOOLEAN: 'true or false',
  };
  return words[String(kind)] ?? `a JSON ${String(kind).toLowerCase()}`;
}

function assertSameColumns(first: Part, part: Part): void {
  const [file, names] = [part.probe.file.name, part.columns.map((column) => column.name)];
  const disagree = (difference: string) => failure('files_disagree', { file, first: first.probe.file.name, difference });
  const missing = first.columns.find((column) => !names.includes(column.name));
  if (missing) throw disagree(`${missing.name} is missing`);
  const extra = part.columns.find((column) => !first.columns.some((other) => other.name === column.name));
  if (extra) throw disagree(`${extra.name} is not in the first file`);
  for (const column of first.columns) {
    const other = part.columns.find(({ name }) => name === column.name);
    if (!other || (other.type === column.type && other.isText === column.isText) || (isNumeric(other) && isNumeric(column))) continue;
    throw disagree(`${column.name} is ${column.type} in the first file and ${other.type} in this one (or one is CSV and the other is not)`);
  }
}

const isNumeric = ({ type }: Canonical) => type === 'integer' || type === 'number';

/** SQL: the named columns of all parts; only these, because a statement that sees 2,000 columns takes long to plan. */
function union(parts: readonly Part[], columns: readonly { readonly name: string }[]): string {
  const selects = parts.map((part) => {
    const own = new Map(part.columns.map((column) => [column.name, column.expression]));
    const picks = columns.map(({ name }) => `${own.get(name) ?? 'NULL'} AS ${quoteName(name)}`);
    return `SELECT ${picks.join(', ')} FROM ${part.relation}_raw`;
  });
  return selects.join(' UNION ALL ');
}

interface Resolved {
  readonly name: string;
  readonly type: ColumnType;
  readonly isText: boolean;
  /** Rows with a value, when proving the type has counted them. */
  readonly values?: number;
}

/** Declared types are demanded; the rest is guessed from a sample and then proved on all values. */
async function resolveTypes(
  connection: DuckDBConnection,
  parts: readonly Part[],
  types: ReadonlyMap<string, ColumnType>,
): Promise<Resolved[]> {
  const columns = parts[0]?.columns ?? [];
  const resolved: Resolved[] = [];
  for (let from = 0; from < columns.length; from += statementColumns) {
    const some = columns.slice(from, from + statementColumns);
    const guesses = await guess(connection, parts, some, types);
    const evidence = await gather(connection, parts, guesses);
    for (const [index, { name, type, isText }] of guesses.entries()) {
      const declared = types.has(name) && isText;
      const facts = evidence[index];
      const decided = decideFor(parts, { name, type, isText }, facts, types.get(name));
      if (decided === 'mistake') throw await wrongValue(connection, parts, name, type, declared);
      resolved.push({ name, type: decided, isText, ...(facts && decided !== 'text' && { values: facts.values }) });
    }
  }
  return resolved;
}

function decideFor(
  parts: readonly Part[],
  { name, type, isText }: Resolved,
  facts: Evidence | undefined,
  declared: ColumnType | undefined,
): ColumnType | 'mistake' {
  if (!isText) return declaredNative(name, widened(parts, name, type), declared);
  if (!facts) return type;
  return declared !== undefined && facts.wrong > 0 ? 'mistake' : decide(type, facts);
}

/** A column that has a type of its own may be declared to be text, or whole numbers to be numbers; nothing else. */
function declaredNative(name: string, actual: ColumnType, declared: ColumnType | undefined): ColumnType {
  if (declared === undefined || declared === actual || declared === 'text' || (declared === 'number' && actual === 'integer'))
    return declared ?? actual;
  throw failure('invalid_input', { field: `types.${name}`, expected: `${actual}, which the file has, or text`, got: declared });
}

function native(type: ColumnType, column: string): string {
  if (type === 'text') return `CAST(${column} AS VARCHAR)`;
  return type === 'number' ? `CAST(${column} AS DOUBLE)` : column;
}

/** Integers in one file and numbers in another are numbers. */
function widened(parts: readonly Part[], name: string, type: ColumnType): ColumnType {
  return parts.some((part) => part.columns.some((column) => column.name === name && column.type === 'number')) ? 'number' : type;
}

async function guess(
  connection: DuckDBConnection,
  parts: readonly Part[],
  columns: readonly Canonical[],
  types: ReadonlyMap<string, ColumnType>,
): Promise<Resolved[]> {
  const sample = (await connection.runAndReadAll(`SELECT * FROM (${union(parts, columns)}) LIMIT ${sampleRows}`)).getColumns();
  const guesses: Resolved[] = [];
  for (const [index, { name, type, isText, allowed }] of columns.entries()) {
    if (!isText) {
      guesses.push({ name, type, isText });
      continue;
    }
    let values = (sample[index] ?? []).filter((value) => value !== null).map(String);
    if (values.length === 0) {
      const late = await rowsOf(
        connection,
        `SELECT ${quoteName(name)} FROM (${union(parts, [{ name }])}) WHERE ${quoteName(name)} IS NOT NULL LIMIT 100`,
      );
      values = late.map((row) => String(row[0]));
    }
    guesses.push({ name, type: types.get(name) ?? candidate(values, allowed ?? anyType), isText });
  }
  return guesses;
}

const anyType: readonly ColumnType[] = ['integer', 'number', 'boolean', 'date', 'timestamp', 'text'];

/** Counts what each candidate is right about; the dearer questions are asked only of those that are wrong somewhere. */
async function gather(
  connection: DuckDBConnection,
  parts: readonly Part[],
  guesses: readonly Resolved[],
): Promise<(Evidence | undefined)[]> {
  const asked = guesses.map((column, index) => ({ ...column, index })).filter((column) => column.isText && column.type !== 'text');
  const first = await countPairs(connection, parts, asked, ({ type }, value) => [`count(${value})`, `count_if(${wrongFor(type, value)})`]);
  const evidence: (Evidence | undefined)[] = [];
  for (const [position, { index }] of asked.entries()) {
    const [values, wrong] = first[position] ?? [0, 0];
    evidence[index] = { values, wrong, wrongNumber: 0, foreign: 0 };
  }
  const doubtful = asked.filter(({ index }) => (evidence[index]?.wrong ?? 0) > 0);
  const second = await countPairs(connection, parts, doubtful, ({ type }, value) => [
    `count_if(${wrongFor('number', value)})`,
    `count_if(${foreignFor(type, value)})`,
  ]);
  for (const [position, { index }] of doubtful.entries()) {
    const [wrongNumber, foreign] = second[position] ?? [0, 0];
    const known = evidence[index];
    if (known) evidence[index] = { ...known, wrongNumber, foreign };
  }
  return evidence;
}

async function countPairs(
  connection: DuckDBConnection,
  parts: readonly Part[],
  columns: readonly Resolved[],
  pairFor: (column: Resolved, value: string) => readonly [string, string],
): Promise<[number, number][]> {
  if (columns.length === 0) return [];
  if (columns.length > provingColumns) {
    const head = await countPairs(connection, parts, columns.slice(0, provingColumns), pairFor);
    return [...head, ...(await countPairs(connection, parts, columns.slice(provingColumns), pairFor))];
  }
  // Materialized: otherwise each use of a value repeats the work of finding it, which planning pays for most.
  const inner = columns.map(({ name }, position) => `${present(quoteName(name))} AS v${position}`);
  const sums = columns.flatMap((column, position) => pairFor(column, `v${position}`));
  const counts = await numbersOf(
    connection,
    `WITH p AS MATERIALIZED (SELECT ${inner.join(', ')} FROM (${union(parts, columns)})) SELECT ${sums.join(', ')} FROM p`,
  );
  return columns.map((_, position) => [counts[position * 2] ?? 0, counts[position * 2 + 1] ?? 0]);
}

async function wrongValue(
  connection: DuckDBConnection,
  parts: readonly Part[],
  name: string,
  type: ColumnType,
  declared: boolean,
): Promise<SlipwayError> {
  const meant = type === 'integer' && !declared ? 'number' : type;
  const test = declared ? wrongFor(meant, 'value') : foreignFor(meant, 'value');
  for (const { probe: probed, relation, columns } of parts) {
    const values = `SELECT rowid AS record, ${present(quoteName(name))} AS value FROM ${relation}_raw`;
    const [row] = await rowsOf(connection, `SELECT record, value FROM (${values}) WHERE ${test} ORDER BY record LIMIT 1`);
    if (!row) continue;
    const record = Number(row[0]);
    const isGzip = probed.format.endsWith('.gz');
    const line = probed.header ? await lineOfRecord(probed.file.path, isGzip, record, columns.length) : record + 1;
    return failure('file_wrong_value', {
      file: probed.file.name,
      line,
      column: name,
      expected: expectedFor(meant),
      got: `'${String(row[1])}'`,
    });
  }
  return failure('internal', { request: `no value of ${name} is wrong` });
}

async function withNullable(
  connection: DuckDBConnection,
  parts: readonly Part[],
  columns: readonly Resolved[],
  rows: number,
): Promise<Inspection['columns']> {
  const values = new Map(columns.map((column) => [column.name, column.values]));
  const uncounted = columns.filter((column) => column.values === undefined);
  for (let from = 0; from < uncounted.length; from += statementColumns) {
    const some = uncounted.slice(from, from + statementColumns);
    const sums = some.map(({ name, isText }) => `count(${isText ? typed('text', quoteName(name)) : quoteName(name)})`);
    const counts = await numbersOf(connection, `SELECT ${sums.join(', ')} FROM (${union(parts, some)})`);
    for (const [index, { name }] of some.entries()) values.set(name, counts[index] ?? 0);
  }
  return columns.map(({ name, type }) => ({ name, type, nullable: (values.get(name) ?? 0) < rows }));
}

function brokenRow(text: string): string {
  const fields = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(text);
  if (fields) return `expected ${fields[1]} fields, got ${fields[2]}`;
  if (text.includes('unterminated quote')) return 'expected a closing quote before the next delimiter or line end, got none';
  if (text.includes('Maximum line size')) return 'expected a line of at most 2000000 bytes, got more';
  return `expected CSV as in RFC 4180, got ${(text.split('\n')[2] ?? 'something else').slice(0, 120)}`;
}

/** DuckDB's errors in our words; its own texts name paths of ours. */
async function readingFailed({ file, format }: Probe, cause: unknown): Promise<unknown> {
  if (!(cause instanceof Error) || 'code' in cause) return cause;
  const text = cause.message;
  const isGzip = format.endsWith('.gz');
  const line = Number(/CSV Error on Line: (\d+)/.exec(text)?.[1] ?? 0);
  const broken = (at: number, reason: string) => failure('file_broken_row', { file: file.name, line: at, reason }, {}, cause);
  if (line > 0) return broken(line, brokenRow(text));
  if (text.includes('state machine reached an invalid state')) {
    const mixed = await lineOfMixedEnd(file.path, isGzip);
    if (mixed !== undefined) return broken(mixed, 'expected the line end of the first line, got another one (LF and CR LF are mixed)');
  }
  if (format.startsWith('jsonl')) {
    const bad = await lineOfBadJson(file.path, isGzip);
    if (bad !== undefined) return broken(bad, 'expected one JSON object, got something else');
  }
  if (/^Out of Memory Error|No space left/.test(text)) return cause;
  const expected = format === 'parquet' ? 'a whole Parquet file' : 'a readable file';
  return notReadable(file, expected, text.split('\n')[0]?.replaceAll(file.path, file.name).slice(0, 200) ?? 'a broken one');
}
