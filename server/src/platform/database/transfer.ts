import { createHash } from 'node:crypto';
import { failure } from '../../kernel/error.ts';
import type { SqlValue } from './connection.ts';

/** All rows of a database as they are at one moment. */
export interface Rows {
  /** Names of the tables with those of their columns. */
  tables(): Promise<ReadonlyMap<string, readonly string[]>>;
  /** Pages of rows; each row has a value for each of `columns`. */
  pages(table: string, columns: readonly string[]): AsyncIterable<readonly (readonly SqlValue[])[]>;
}

/** A database that has the tables and no rows yet. */
export interface Target extends Rows {
  insert(table: string, columns: readonly string[], values: readonly SqlValue[]): Promise<void>;
}

export interface CopiedTable {
  readonly table: string;
  readonly rows: number;
  /** Of all rows, in whatever order they come. */
  readonly digest: string;
}

export type Copying = (doing: string, done: number, of: number | null) => void;

export const page_rows = 2000;
/** Which steps a schema has taken is told by its own database. */
const ownTable = 'schema_migrations';

/** Copies all rows, reads them back, and compares count and digest of each table. Rejects before anything is kept if one differs. */
export async function transfer(from: Rows, to: Target, progress: Copying): Promise<CopiedTable[]> {
  const [source, target] = [await dataTables(from), await dataTables(to)];
  for (const [table, columns] of source) {
    if (target.get(table)?.join() !== columns.join()) throw failure('transfer_schema_differs', { table });
  }
  for (const [table, columns] of target) {
    for await (const page of to.pages(table, columns)) if (page.length > 0) throw failure('transfer_target_not_empty', { table });
  }
  const copied: CopiedTable[] = [];
  for (const [table, columns] of source) {
    progress(table, copied.length, source.size);
    const sum = new RowSum();
    for await (const page of from.pages(table, columns)) {
      for (const row of page) sum.add(row);
      await to.insert(table, columns, page.flat());
    }
    copied.push({ table, rows: sum.rows, digest: sum.digest });
  }
  for (const [index, { table, rows, digest }] of copied.entries()) {
    progress(`reading back ${table}`, index, copied.length);
    const sum = new RowSum();
    for await (const page of to.pages(table, target.get(table) ?? [])) for (const row of page) sum.add(row);
    if (sum.rows !== rows || sum.digest !== digest) throw failure('transfer_not_verified', { table, rows, found: sum.rows });
  }
  return copied;
}

async function dataTables(rows: Rows): Promise<ReadonlyMap<string, readonly string[]>> {
  const all = await rows.tables();
  return new Map([...all].filter(([table]) => table !== ownTable).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Adds up the digests of rows, so that their order does not count. */
class RowSum {
  rows = 0;
  #sum = 0n;

  add(row: readonly SqlValue[]): void {
    const text = JSON.stringify(row.map((value) => (value === null ? null : `${typeof value} ${textOf(value)}`)));
    this.#sum = (this.#sum + BigInt(`0x${createHash('sha256').update(text).digest('hex')}`)) & wide;
    this.rows++;
  }

  get digest(): string {
    return this.#sum.toString(16).padStart(64, '0');
  }
}

const wide = (1n << 256n) - 1n;

function textOf(value: Exclude<SqlValue, null>): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  // One zero: a database may keep the sign of the other.
  return value === 0 ? '0' : String(value);
}
