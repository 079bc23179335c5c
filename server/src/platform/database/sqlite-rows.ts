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
      const key = await keyOf(client, table);
      const by = key.join(', ');
      const chosen = [...key.map((column, at) => `${column} as at_${at}`), ...columns.map((column) => `"${column}"`)].join(', ');
      for (let after: SqlValue[] | null = null; ; ) {
        const behind: string = after ? `where (${by}) > (${key.map(() => '?').join(', ')})` : '';
        const sql = `select ${chosen} from "${table}" ${behind} order by ${by} limit ${page_rows}`;
        const rows = (await client.run(sql, after ?? [])).rows as Record<string, SqlValue>[];
        if (rows.length > 0) yield rows.map((row) => columns.map((column) => row[column] ?? null));
        const last = rows.at(-1);
        if (!last || rows.length < page_rows) return;
        after = key.map((_, at) => last[`at_${at}`] ?? null);
      }
    },
  };
}

/** What orders the rows of a table in its file: their number, or the key where it is the tree of that. */
async function keyOf(client: Pick<SqlClient, 'run'>, table: string): Promise<string[]> {
  const { rows } = await client.run(
    `select c.name as name from pragma_table_list(?) t join pragma_table_info(t.name) c where t.wr = 1 and c.pk > 0 order by c.pk`,
    [table],
  );
  return rows.length === 0 ? ['rowid'] : (rows as { name: string }[]).map(({ name }) => `"${name}"`);
}
