import pg from 'pg';
import { failure } from '../../../kernel/error.ts';
import type { Address } from './address.ts';
import { postgresError, whyOf } from './errors.ts';
import { types } from './values.ts';

const leastVersion = 14;

interface Facts {
  readonly version: number;
  readonly encoding: string;
  readonly synchronous_commit: string;
  readonly fsync: string;
  readonly schema: string | null;
  readonly may_create: number | null;
  readonly is_standby: number;
}

/**
 * Opens one connection. `parameters` are settings of its session. `pipeline`: statements are sent without waiting for the answers of
 * those before. Whoever takes it listens to its `error` and `end`.
 */
export async function connect(address: Address, parameters: Readonly<Record<string, string>>, pipeline: boolean): Promise<pg.Client> {
  const client = new pg.Client({ ...address.config, ...(pipeline ? { pipeline } : {}), options: optionsOf(address, parameters), types });
  // Until it is taken: without a listener a lost connection would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    client.end().catch(() => undefined);
    throw whyOf(postgresError(error), address);
  }
}

export function optionsOf({ options }: Address, parameters: Readonly<Record<string, string>>): string {
  return [options, ...Object.entries(parameters).map(([name, value]) => `-c ${name}=${value}`)].join(' ').trim();
}

/** Refuses a server that would lose what it acknowledged, or in which our tables cannot be. Asked at every new writing connection. */
export async function assertFit(client: pg.Client, { server, database }: Address): Promise<void> {
  const { rows } = await client.query<Facts>(`select current_setting('server_version_num')::int / 10000 as version,
    current_setting('server_encoding') as encoding, current_setting('synchronous_commit') as synchronous_commit,
    current_setting('fsync') as fsync, current_schema() as schema,
    pg_is_in_recovery() as is_standby, has_schema_privilege(current_schema(), 'CREATE') as may_create`);
  const facts = rows[0];
  if (!facts) throw new Error('Postgres did not tell its settings');
  if (facts.version < leastVersion) throw failure('database_too_old', { server, found: facts.version, needed: leastVersion });
  if (facts.is_standby === 1) throw failure('database_unreachable', { server, database, reason: 'it is a standby, which only reads' });
  if (facts.encoding !== 'UTF8') throw failure('database_wrong_encoding', { database, found: facts.encoding });
  for (const setting of ['synchronous_commit', 'fsync'] as const) {
    if (facts[setting] === 'off') throw failure('database_not_durable', { server, setting });
  }
  const schema = facts.schema ?? 'public';
  if (facts.may_create !== 1) throw failure('database_no_rights', { database, schema, what: 'make tables' });
}
