import pg from 'pg';
import type { Answer, SqlValue, Statements } from '../connection.ts';
import type { Address } from './address.ts';
import { PostgresError, postgresError, whyOf } from './errors.ts';
import { optionsOf } from './session.ts';
import { nameOf } from './statements.ts';
import { sendable, types } from './values.ts';

/** A read that takes longer holds a connection that all need. */
const readLimit_ms = 60_000;
const idle_ms = 30_000;

/** The connections that read, opened when they are needed. They cannot write. */
export class PostgresReaders implements Statements {
  readonly #pool: pg.Pool;
  readonly #address: Address;

  constructor(address: Address) {
    this.#address = address;
    const parameters = { default_transaction_read_only: 'on', statement_timeout: String(readLimit_ms) };
    this.#pool = new pg.Pool({
      ...address.config,
      types,
      options: optionsOf(address, parameters),
      max: address.readers,
      idleTimeoutMillis: idle_ms,
    });
    // An idle connection that is lost is replaced when it is needed.
    this.#pool.on('error', () => undefined);
  }

  async run(sql: string, params: readonly SqlValue[]): Promise<Answer> {
    const values = sendable(params);
    try {
      // Reading twice changes nothing, and after a restart of the server each connection that was open fails once.
      return await this.#ask(sql, values).catch((error: unknown) => {
        if (error instanceof PostgresError && error.isLost) return this.#ask(sql, values);
        throw error;
      });
    } catch (error) {
      throw error instanceof PostgresError ? this.#told(error) : error;
    }
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #ask(sql: string, values: unknown[]): Promise<Answer> {
    const name = nameOf(sql, values.length);
    try {
      const { rows } = await this.#pool.query<object>({ text: sql, values, ...(name === undefined ? {} : { name }) });
      return { rows, changes: 0 };
    } catch (error) {
      throw postgresError(error);
    }
  }

  /** A statement that is wrong is told as it is: it is a fault of ours. */
  #told(error: PostgresError): unknown {
    const why = whyOf(error, this.#address);
    return why.code === 'storage_failed' ? error : why;
  }
}
