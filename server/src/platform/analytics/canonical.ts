import type { DuckDBConnection } from '@duckdb/node-api';
import { failure } from '../../kernel/error.ts';
import { numbersOf, quoteName, rowsOf } from './duck.ts';
import type { ColumnType, DataFile } from './messages.ts';

/** A column of any relation as one of our types, without changing a value. */
export interface Canonical {
  readonly name: string;
  readonly type: ColumnType;
  /** SQL that gives the column as BIGINT, DOUBLE, VARCHAR, BOOLEAN, TIMESTAMP (UTC) or DATE. */
  readonly expression: string;
  /** Still to be typed by its texts. */
  readonly isText: boolean;
  /** The types that its texts may turn out to be; any when absent. */
  readonly allowed?: readonly ColumnType[];
}

const safe = Number.MAX_SAFE_INTEGER;
const wideInteger = /^(U?BIGINT|U?HUGEINT)$/;
/** Every statement opens the whole file and plans all of its columns: few statements, but not one that outgrows its planner. */
export const statementColumns = 200;
const textDates: readonly ColumnType[] = ['date', 'timestamp', 'text'];

export interface CanonicalOptions {
  /** Texts may be dates and timestamps, which JSON cannot say. */
  readonly fromJson?: boolean;
  /** Timestamps without a zone are of the session's TimeZone, not of UTC. Costs about 1 us a value. */
  readonly isLocal?: boolean;
}

/** Integers beyond 2^53 become text. */
export async function canonicalColumns(
  connection: DuckDBConnection,
  relation: string,
  file: DataFile,
  { fromJson = false, isLocal = false }: CanonicalOptions = {},
): Promise<Canonical[]> {
  const described = await rowsOf(connection, `DESCRIBE ${relation}`);
  const wide = described.flatMap(([name, physical]) => (wideInteger.test(String(physical)) ? [String(name)] : []));
  const beyond = await beyondSafe(connection, relation, wide);
  const columns: Canonical[] = [];
  for (const row of described) {
    const [name, physical] = [String(row[0]), String(row[1])];
    const column = quoteName(name);
    const made = (type: ColumnType, expression: string) => columns.push({ name, type, expression, isText: false });
    if (/^(U?(TINYINT|SMALLINT)|U?INTEGER)$/.test(physical)) made('integer', `CAST(${column} AS BIGINT)`);
    else if (wideInteger.test(physical)) {
      const exact = !beyond.has(name);
      made(exact ? 'integer' : 'text', `CAST(${column} AS ${exact ? 'BIGINT' : 'VARCHAR'})`);
    } else if (/^(FLOAT|DOUBLE|DECIMAL.*)$/.test(physical)) made('number', `CAST(${column} AS DOUBLE)`);
    else if (physical === 'BOOLEAN') made('boolean', column);
    else if (physical === 'DATE') made('date', column);
    else if (physical === 'TIMESTAMP WITH TIME ZONE') made('timestamp', `timezone('UTC', ${column})`);
    else if (/^TIMESTAMP/.test(physical)) {
      const plain = `CAST(${column} AS TIMESTAMP)`;
      made('timestamp', isLocal ? `timezone('UTC', CAST(${plain} AS TIMESTAMPTZ))` : plain);
    } else if (physical === 'VARCHAR' && fromJson)
      columns.push({ name, type: 'text', expression: column, isText: true, allowed: textDates });
    else if (/^(VARCHAR|UUID|ENUM.*|TIME|TIME WITH TIME ZONE|INTERVAL)$/.test(physical)) made('text', `CAST(${column} AS VARCHAR)`);
    else if (physical === '"NULL"' || physical === 'NULL') made('text', 'CAST(NULL AS VARCHAR)');
    else throw failure('file_column_type', { file: file.name, column: name, got: physical });
  }
  return columns;
}

/** Of these columns, those with an integer beyond 2^53. */
async function beyondSafe(connection: DuckDBConnection, relation: string, names: readonly string[]): Promise<Set<string>> {
  const beyond = new Set<string>();
  for (let from = 0; from < names.length; from += statementColumns) {
    const some = names.slice(from, from + statementColumns);
    const counts = some.map((name) => `count_if(${quoteName(name)} NOT BETWEEN -${safe} AND ${safe})`);
    const found = await numbersOf(connection, `SELECT ${counts.join(', ')} FROM ${relation}`);
    for (const [at, name] of some.entries()) if (found[at] !== 0) beyond.add(name);
  }
  return beyond;
}
