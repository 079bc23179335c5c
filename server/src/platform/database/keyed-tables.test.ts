import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { sql } from 'kysely';
import { systemClock } from '../../kernel/clock.ts';
import { type Database, migrations, openDatabase } from './index.ts';
import { withSqliteSnapshot } from './sqlite.ts';

const folder = mkdtempSync(join(tmpdir(), 'slipway-keyed-tables-'));
after(() => rmSync(folder, { recursive: true }));

const tables = ['metric_points', 'metric_latest', 'run_params'] as const;
const points = 5000;

async function contents(database: Database): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const table of tables) {
    const { rows } = await sql`select * from ${sql.table(table)} order by run, key, value`.execute(database.read);
    const { rows: indexes } =
      await sql`select name, sql from sqlite_schema where tbl_name = ${table} and type = 'index' and sql is not null`.execute(
        database.read,
      );
    found[table] = { rows, indexes };
  }
  return found;
}

test('what was logged before is there after the tables became trees of their keys, and is read page by page without a gap', async () => {
  const older = await openDatabase({ folder, migrations: migrations.filter(({ name }) => name < '0022'), clock: systemClock });
  const values = Float64Array.from({ length: points * 6 }, (_, at) => {
    const row = Math.floor(at / 6);
    // Of one run and key, and many of one step: pages are told apart by the last columns of the key.
    return (
      [1, 2, Math.floor(row / 3000), 1_700_000_000_000, row === 7 ? Number.NEGATIVE_INFINITY : row / 7, row === 9 ? 1 : 0][at % 6] ?? 0
    );
  });
  const point = 'insert into metric_points (run, key, step, timestamp_ms, value, is_nan) values (?, ?, ?, ?, ?, ?)';
  const latest =
    'insert into metric_latest (run, key, step, timestamp_ms, value, is_nan, minimum, maximum) values (?, ?, ?, ?, ?, ?, ?, ?)';
  await older.write(async (tx) => {
    older.send(tx, point, values, 6);
    older.send(tx, latest, [2, 1, 0, 1, 0.5, 0, null, null, 1, 9, 0, 1, 0, 1, 0.25, 3], 8);
    older.send(
      tx,
      'insert into run_params (run, key, value, number) values (?, ?, ?, ?)',
      [1, 'rate', '0.1', 0.1, 1, 'kind', 'tree', null],
      4,
    );
  });
  const before = await contents(older);
  await older.close();

  const now = await openDatabase({ folder, migrations, clock: systemClock });
  assert.deepEqual(await contents(now), before);
  const { rows: kept } = await sql<{ name: string }>`select name from pragma_table_list where wr = 1 order by name`.execute(now.read);
  assert.deepEqual(
    kept.map(({ name }) => name),
    [...tables].sort(),
  );
  await now.close();

  const seen = new Set<unknown>();
  await withSqliteSnapshot(folder, async (rows) => {
    for await (const page of rows.pages('metric_points', ['value'])) for (const [value] of page) seen.add(value);
  });
  assert.equal(seen.size, points);
});
