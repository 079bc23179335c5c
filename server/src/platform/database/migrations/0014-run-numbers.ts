import { sql } from 'kysely';
import type { Migration } from '../migration.ts';

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const page_rows = 1000;

/** Params are texts; those that are numbers are kept as such too, so that a filter or an order by them is one comparison. */
export const runNumbers: Migration = {
  name: '0014-run-numbers',
  async up(tx) {
    await tx.schema.alterTable('run_params').addColumn('number', 'double precision').execute();
    let after: { run: number; key: string } = { run: -1, key: '' };
    for (;;) {
      const { rows } = await sql<{ run: number; key: string; value: string }>`select run, key, value from run_params
        where (run, key) > (${after.run}, ${after.key}) order by run, key limit ${page_rows}`.execute(tx);
      const last = rows.at(-1);
      if (!last) return;
      for (const { run, key, value } of rows) {
        if (!decimal.test(value) || !Number.isFinite(Number(value))) continue;
        await sql`update run_params set number = ${Number(value)} where run = ${run} and key = ${key}`.execute(tx);
      }
      after = last;
    }
  },
};
