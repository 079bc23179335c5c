import {
  type CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  DefaultQueryExecutor,
  type Dialect,
  type DialectAdapter,
  type Driver,
  Kysely,
  type QueryCompiler,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { SqlValue, Statements } from './connection.ts';
import type { Handle, Tables } from './handle.ts';

/** How statements are written for a database. */
export interface Speech {
  readonly compiler: QueryCompiler;
  readonly adapter: DialectAdapter;
  /** Which tables there are, for who counts and checks all of them. */
  readonly introspector: (handle: Handle) => DatabaseIntrospector;
}

/** A Kysely handle whose statements go to `statements`. `assertOpen` throws once the handle's write is over. */
export function handleOver(statements: Statements, { compiler, adapter, introspector }: Speech, assertOpen: () => void): Handle {
  const connection = connectionOver(statements, assertOpen);
  const executor = new DefaultQueryExecutor(compiler, adapter, { provideConnection: (consumer) => consumer(connection) });
  const dialect: Dialect = {
    createAdapter: () => adapter,
    createDriver: () => noDriver,
    createIntrospector: introspector,
    createQueryCompiler: () => compiler,
  };
  return new Kysely<Tables>({ config: { dialect }, driver: noDriver, executor, dialect });
}

function connectionOver(statements: Statements, assertOpen: () => void): DatabaseConnection {
  return {
    async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
      assertOpen();
      const { rows, changes } = await statements.run(query.sql, query.parameters.map(bound));
      return { rows: rows as R[], numAffectedRows: BigInt(changes) };
    },
    // biome-ignore lint/correctness/useYield: there is nothing to stream; long reads page by key.
    async *streamQuery(): AsyncIterableIterator<never> {
      throw new Error('statements are not streamed: read pages by key');
    },
  };
}

/** Columns hold numbers and texts only, in every database: a boolean is 1 or 0. */
export function bound(value: unknown): SqlValue {
  if (value === null || typeof value === 'number' || typeof value === 'string' || typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof Uint8Array) return value;
  throw new TypeError(`a statement was given a ${value === undefined ? 'missing value' : typeof value}`);
}

export const sqliteSpeech: Speech = {
  compiler: new SqliteQueryCompiler(),
  adapter: new SqliteAdapter(),
  introspector: (handle) => new SqliteIntrospector(handle),
};

const noTransactions = () => Promise.reject(new Error('transactions are begun by Database.write'));
/** Never used: every handle brings its own executor. Kysely's constructor wants one. */
const noDriver: Driver = {
  init: () => Promise.resolve(),
  acquireConnection: noTransactions,
  beginTransaction: noTransactions,
  commitTransaction: noTransactions,
  rollbackTransaction: noTransactions,
  releaseConnection: () => Promise.resolve(),
  destroy: () => Promise.resolve(),
};
