import type { SqlValue } from './connection.ts';
import type { SqlClient } from './sql-client.ts';
import { page_rows, type Rows } from './transfer.ts';

/** The rows that a connection to a SQLite file sees; inside a transaction, those of one moment. */
export function sqliteRows(client: Pick<SqlClient, 'run'>): Rows {
  return {
    async tables() {
      const { rows } = await client.run(
        `select m.name as "table", group_concat(c.name, ',') as columns from sqlite_schema m join pragma_table_info(m.name) c
         where m.type = 'table' and m.name not like 'sqlite_%' group by m.name`,
        [],
      );
      return new Map((rows as { table: string; columns: string }[]).map(({ table, columns }) => [table, columns.split(',').sort()]));
    },
    async *pages(table, columns) {
      const chosen = columns.map((column) => `"${column}"`).join(', ');
      for (let after = -1; ; ) {
        const sql = `select rowid as at, ${chosen} from "${table}" where rowid > ? order by rowid limit ${page_rows}`;
        const rows = (await client.run(sql, [after])).rows as ({ at: number } & Record<string, SqlValue>)[];
        if (rows.length > 0) yield rows.map((row) => columns.map((column) => row[column] ?? null));
        const last = rows.at(-1);
        if (!last || rows.length < page_rows) return;
        after = last.at;
      }
    },
  };
}
