import type { SqlValue, Statements } from '../connection.ts';
import { page_rows, type Rows } from '../transfer.ts';
import type { Address } from './address.ts';
import { postgresError, whyOf } from './errors.ts';
import { marksTable } from './marks.ts';
import { connect } from './session.ts';

/** The rows that a connection to Postgres sees, read through a cursor; it must be inside a transaction. */
export function postgresRows(connection: Statements): Rows {
  return {
    async tables() {
      const { rows } = await connection.run(
        `select c.relname as "table", string_agg(a.attname::text, ',') as columns from pg_catalog.pg_class c
         join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
         where c.relkind = 'r' and c.relname <> '${marksTable}' and c.relnamespace = current_schema()::regnamespace group by c.relname`,
        [],
      );
      return new Map((rows as { table: string; columns: string }[]).map(({ table, columns }) => [table, columns.split(',').sort()]));
    },
    async *pages(table, columns) {
      const chosen = columns.map((column) => `"${column}"`).join(', ');
      await connection.run(`declare reading no scroll cursor for select ${chosen} from "${table}"`, []);
      try {
        for (;;) {
          const rows = (await connection.run(`fetch ${page_rows} from reading`, [])).rows as Record<string, SqlValue>[];
          if (rows.length === 0) return;
          yield rows.map((row) => columns.map((column) => row[column] ?? null));
        }
      } finally {
        await connection.run('close reading', []);
      }
    },
  };
}

/** Reads all rows as they were when it began, while others go on writing. */
export async function withSnapshot<T>(address: Address, work: (rows: Rows) => Promise<T>): Promise<T> {
  const client = await connect(address, {}, false);
  const statements: Statements = {
    async run(sql, params) {
      const { rows } = await client.query<object>(sql, [...params]);
      return { rows, changes: 0 };
    },
  };
  try {
    await client.query('begin isolation level repeatable read read only');
    return await work(postgresRows(statements));
  } catch (error) {
    const told = postgresError(error);
    throw told === error ? error : whyOf(told, address);
  } finally {
    await client.end().catch(() => undefined);
  }
}
