import type { ClientConfig } from 'pg';
import { failure } from '../../../kernel/error.ts';

/** Where a Postgres database is, and how it is reached. Only `config` holds the password. */
export interface Address {
  readonly server: string;
  readonly database: string;
  readonly config: ClientConfig;
  /** Connections that read. */
  readonly readers: number;
  /** Settings of each session that the address asks for, as `-c name=value`. */
  readonly options: string;
}

const readersDefault = 8;
const readersLimit = 100;
const connect_ms = 5_000;

/** Reads `postgres://user:password@host:port/name?sslmode=…&readers=…`. What is refused is told without the address, which may hold a password. */
export function addressOf(text: string): Address {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^postgres(ql)?:$/.test(url.protocol)) throw refused('it does not begin with postgres://');
  const database = decodeURIComponent(url.pathname.slice(1));
  if (database === '' || database.includes('/')) throw refused('it does not name one database after the host');
  const readers = readersOf(url.searchParams.get('readers'));
  const options = url.searchParams.get('options') ?? '';
  for (const name of ['readers', 'options']) url.searchParams.delete(name);
  return {
    server: url.searchParams.get('host') ?? `${url.hostname || 'localhost'}:${url.port || '5432'}`,
    database,
    readers,
    options,
    config: {
      connectionString: url.href,
      application_name: 'slipway',
      connectionTimeoutMillis: connect_ms,
      keepAlive: true,
    },
  };
}

function readersOf(text: string | null): number {
  if (text === null) return readersDefault;
  const readers = Number(text);
  if (Number.isInteger(readers) && readers >= 1 && readers <= readersLimit) return readers;
  throw refused(`readers must be a number from 1 to ${readersLimit}`);
}

function refused(reason: string) {
  return failure('database_address_not_valid', { reason });
}
