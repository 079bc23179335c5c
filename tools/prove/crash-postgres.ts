import { administer } from '../../server/src/platform/database/postgres/administer.fixture.ts';

const tables = "SELECT oid::regclass AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace";
const indexes = `SELECT c.oid::regclass AS name FROM pg_class c JOIN pg_am a ON a.oid = c.relam
  WHERE c.relkind = 'i' AND a.amname = 'btree' AND c.relnamespace = 'public'::regnamespace`;

/** What Postgres' own `amcheck` finds wrong in the pages of every table and index, with every row of a table in its indexes. */
export function postgresDamage(url: string): Promise<string[]> {
  return administer(url, async (client) => {
    const damage: string[] = [];
    await client.query('CREATE EXTENSION IF NOT EXISTS amcheck');
    for (const { name } of (await client.query<{ name: string }>(tables)).rows) {
      const found = await client.query<{ msg: string }>('SELECT msg FROM verify_heapam($1)', [name]);
      damage.push(...found.rows.map(({ msg }) => `${name}: ${msg}`));
    }
    for (const { name } of (await client.query<{ name: string }>(indexes)).rows) {
      await client.query('SELECT bt_index_check($1, true)', [name]).catch((error: unknown) => damage.push(`${name}: ${String(error)}`));
    }
    return damage;
  });
}
