import type { ManyValues, SqlValue, Statements } from '../connection.ts';
import { arrayText } from './values.ts';

/** `insert into TABLE (COLUMNS) values (?, …) REST`, as `Database.many` takes it. */
export interface ManyInsert {
  readonly table: string;
  readonly columns: readonly string[];
  readonly rest: string;
  /** Where the columns stand that tell which row is replaced; none where no row replaces another. */
  readonly key: readonly number[];
}

const shape = /^\s*insert\s+into\s+(\w+)\s*\(([^)]+)\)\s*values\s*\(([?,\s]+)\)\s*([\s\S]*)$/i;
const replacing = /^on\s+conflict\s*\(([^)]+)\)\s*do\s+update\b/i;

export function manyInsert(sql: string): ManyInsert {
  const [, table, names, , rest] = shape.exec(sql) ?? [];
  if (table === undefined || names === undefined || rest === undefined) throw new Error(`many takes an insert of one row: ${sql}`);
  const columns = names.split(',').map((name) => name.trim().replaceAll('"', ''));
  const replaced = replacing.exec(rest)?.[1]?.split(',') ?? [];
  return { table, columns, rest, key: replaced.map((name) => columns.indexOf(name.trim())) };
}

/** The types of the columns of all tables, as the server names them. */
export async function columnTypes(connection: Statements): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> {
  const { rows } = await connection.run(
    `select c.relname as "table", a.attname as name, format_type(a.atttypid, null) as type from pg_catalog.pg_class c
     join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace`,
    [],
  );
  const types = new Map<string, Map<string, string>>();
  for (const { table, name, type } of rows as { table: string; name: string; type: string }[]) {
    const columns = types.get(table) ?? new Map<string, string>();
    types.set(table, columns.set(name, type));
  }
  return types;
}

/** One statement with an array for each column, so that it has one plan however many rows there are. */
export function unnestSql({ table, columns, rest }: ManyInsert, types: ReadonlyMap<string, string>): string {
  const arrays = columns.map((column, index) => {
    const type = types.get(column);
    if (type === undefined) throw new Error(`the table ${table} has no column ${column}`);
    return `$${index + 1}::${type}[]`;
  });
  const names = columns.map((column) => `"${column}"`).join(', ');
  return `insert into ${table} (${names}) select * from unnest(${arrays.join(', ')}) ${rest}`;
}

/**
 * Rows in their order, in parts that one statement can take: a row that replaces another of the same call comes in a later part, since a
 * statement may touch a row once.
 */
export function partsOf(values: ManyValues, arity: number, key: readonly number[]): SqlValue[][] {
  if (key.length === 0) return values.length === 0 ? [] : [[...values]];
  const parts: SqlValue[][] = [];
  let part: SqlValue[] = [];
  let seen = new Set<string>();
  for (let start = 0; start < values.length; start += arity) {
    const row: readonly SqlValue[] = [...values.slice(start, start + arity)];
    const id = JSON.stringify(key.map((index) => String(row[index])));
    if (seen.has(id)) {
      parts.push(part);
      part = [];
      seen = new Set();
    }
    seen.add(id);
    part.push(...row);
  }
  if (part.length > 0) parts.push(part);
  return parts;
}

/** A statement of one row with its places as Postgres counts them. */
export function numbered(sql: string): string {
  let place = 0;
  return sql.replaceAll('?', () => `$${++place}`);
}

/** One array for each column of the rows that `values` holds end to end. */
export function columnsOf(values: readonly SqlValue[], arity: number): string[] {
  return Array.from({ length: arity }, (_, index) => {
    const column: SqlValue[] = [];
    for (let at = index; at < values.length; at += arity) column.push(values[at] ?? null);
    return arrayText(column);
  });
}
