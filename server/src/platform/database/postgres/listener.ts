import type pg from 'pg';
import type { SlipwayError } from '../../../kernel/error.ts';
import type { Address } from './address.ts';
import { postgresError, whyOf } from './errors.ts';
import { connect } from './session.ts';

const retry_ms = [250, 500, 1_000, 2_000, 5_000] as const;
/** A connection that nobody answers on is found out this often. */
const ask_ms = 10_000;
const answer_ms = 5_000;

/**
 * Hears what other processes commit, on a connection of its own that is opened again whenever it is lost. After that, something may
 * have been missed, so it is told as if it had been heard.
 */
export class PostgresListener {
  readonly #address: Address;
  readonly #channel: string;
  readonly #process: string;
  readonly #listeners = new Set<() => void>();
  #client: pg.Client | null = null;
  #failed: SlipwayError | null = null;
  #tries = 0;
  #timer: NodeJS.Timeout | null = null;
  #isClosed = false;

  constructor(address: Address, channel: string, process: string) {
    this.#address = address;
    this.#channel = channel;
    this.#process = process;
  }

  /** Why the database does not answer, or null. */
  get failed(): SlipwayError | null {
    return this.#failed;
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async open(): Promise<void> {
    const client = await connect(this.#address, {}, false);
    client.on('notification', ({ payload }) => {
      if (payload !== this.#process) this.#tell();
    });
    client.on('end', () => this.#lost(client, new Error('the connection was lost')));
    await client.query(`LISTEN ${this.#channel}`);
    if (this.#isClosed) return void client.end().catch(() => undefined);
    this.#client = client;
    this.#failed = null;
    this.#tries = 0;
    this.#later(() => void this.#ask(client), ask_ms);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#timer) clearTimeout(this.#timer);
    const client = this.#client;
    this.#client = null;
    await client?.end().catch(() => undefined);
  }

  async #ask(client: pg.Client): Promise<void> {
    const silent = setTimeout(() => void client.end().catch(() => undefined), answer_ms).unref();
    try {
      await client.query('SELECT 1');
      if (this.#client === client) this.#later(() => void this.#ask(client), ask_ms);
    } catch (error) {
      this.#lost(client, error);
    } finally {
      clearTimeout(silent);
    }
  }

  #lost(client: pg.Client, error: unknown): void {
    if (this.#isClosed || this.#client !== client) return;
    this.#client = null;
    client.end().catch(() => undefined);
    this.#failed = whyOf(postgresError(error), this.#address);
    this.#again();
  }

  #again(): void {
    const wait_ms = retry_ms[Math.min(this.#tries++, retry_ms.length - 1)] ?? 0;
    this.#later(() => void this.#reopen(), wait_ms);
  }

  async #reopen(): Promise<void> {
    try {
      await this.open();
      this.#tell();
    } catch (error) {
      this.#failed = whyOf(postgresError(error), this.#address);
      if (!this.#isClosed) this.#again();
    }
  }

  #later(work: () => void, wait_ms: number): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(work, wait_ms).unref();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
