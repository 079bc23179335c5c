import { type RawBuilder, sql } from 'kysely';
import type { Handle } from '../../platform/database/index.ts';
import {
  type Cells,
  cellSql,
  type OrderKey,
  orderSql,
  type Scope,
  type StoredField,
  scopeSql,
  type Test,
  testSql,
} from './run-table-store.ts';

export interface FoundRuns {
  /** How many there are in the scope, whether or not they pass. */
  readonly total: number;
  /** The numbers of those that pass, in order. */
  readonly runs: readonly number[];
  /** For each of the fields: how many of all do not have it. */
  readonly lacking: readonly number[];
}

/**
 * All in one reading of the runs, since to look up a value costs more than all else. The numbers come as one text: a row each would hold
 * the thread that receives them.
 */
export async function findRuns(
  handle: Handle,
  scope: Scope,
  { test, order, fields }: { readonly test: Test | null; readonly order: readonly OrderKey[]; readonly fields: readonly StoredField[] },
): Promise<FoundRuns> {
  const names = new Map<string, RawBuilder<unknown>>();
  const columns: RawBuilder<unknown>[] = [];
  const cells: Cells = (name, value) => {
    const known = names.get(name);
    if (known) return known;
    const column = sql.ref(`c${names.size}`);
    names.set(name, column);
    columns.push(sql`, ${value} as ${column}`);
    return column;
  };
  const passing = test === null ? sql`found.number` : sql`case when ${testSql(test, cells)} then found.number end`;
  const lacking = fields.map((field, at) => sql`, count(*) - count(${cellSql(field, cells)}) as ${sql.ref(`lacking_${at}`)}`);
  const by = orderSql(order, cells);
  const { rows } = await sql<Record<string, string | number | null>>`select string_agg(cast(${passing} as text), ',') as numbers,
    count(*) as total ${sql.join(lacking, sql``)} from (select runs.number as number ${sql.join(columns, sql``)} from runs
    where ${scopeSql(scope)} order by ${by}) as found`.execute(handle);
  const row = rows[0] ?? {};
  const numbers = String(row['numbers'] ?? '');
  return {
    total: Number(row['total'] ?? 0),
    runs: numbers === '' ? [] : numbers.split(',').map(Number),
    lacking: fields.map((_, at) => Number(row[`lacking_${at}`] ?? 0)),
  };
}
