import type { ManyValues, SqlValue } from '../connection.ts';
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

/** One array for each column of the rows that `values` holds end to end. */
export function columnsOf(values: readonly SqlValue[], arity: number): string[] {
  return Array.from({ length: arity }, (_, index) => {
    const column: SqlValue[] = [];
    for (let at = index; at < values.length; at += arity) column.push(values[at] ?? null);
    return arrayText(column);
  });
}
