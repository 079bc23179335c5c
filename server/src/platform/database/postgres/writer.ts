import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Answer, GroupEnd, ManyValues, SqlValue, WriteConnection } from '../connection.ts';
import { migrationLimit_ms } from '../migrate.ts';
import type { Address } from './address.ts';
import { endsGroup, groupEnd, OutcomeUnknown, PostgresError, postgresError, spoilsConnection } from './errors.ts';
import { columnsOf, columnTypes, manyInsert, numbered, partsOf, unnestSql } from './many.ts';
import { findMark, leaveMark } from './marks.ts';
import { assertFit, connect } from './session.ts';
import { nameOf } from './statements.ts';
import { sendable } from './values.ts';

/** One lock for all writes of all server processes on a database: "slipway" in ASCII. */
export const writeLock = '32489158085501305';
/** How long a group waits for those of other processes. */
const lockWait_ms = 10_000;
/** A process that stopped in the middle of a group must not hold up the others: its server ends the session. */
const idleInGroup_ms = 20_000;
/** Begin, writes, commit. Then the connection counts as dead, whatever TCP says. */
const groupLimit_ms = 45_000;
/** How long we ask how a COMMIT ended whose connection was lost. */
const outcomeLimit_ms = 15_000;
const outcomeRetry_ms = 250;
/** For one look at that: groups of other processes take their turns. */
const outcomeLockWait_ms = 2_000;

export const channel = 'slipway_committed';

/**
 * The connection that writes. It is opened when it is needed and opened again after it was lost, so that a database server may be
 * restarted at any time. Statements are sent without waiting for those before, since they are answered in order.
 */
export class PostgresWriter implements WriteConnection {
  /** Longer than beside a file: each statement goes over a network, and a commit waits for the lock of all processes. */
  readonly groupTime_ms = 20;
  /** Statements run while others are sent. */
  readonly isFull = false;
  readonly #address: Address;
  readonly #process: string;
  /** Of the columns of all tables, as the server names them; null until they are asked for. */
  #types: ReadonlyMap<string, ReadonlyMap<string, string>> | null = null;
  #client: pg.Client | null = null;
  #watchdog: NodeJS.Timeout | null = null;
  #limit_ms = migrationLimit_ms;
  /** Of the group that runs, in this process. */
  #group = 0;
  #leavesMarks = false;
  /** The last statement of the write that runs, for whoever did not await it. */
  #last: Promise<unknown> = Promise.resolve();
  /** Those of the write that runs that nobody awaits. */
  #sent: Promise<Answer>[] = [];
  /** A statement of the write that runs was refused, so Postgres takes no other one in it. */
  #refused = false;

  /** `process` is told to the others with each commit. */
  constructor(address: Address, process: string) {
    this.#address = address;
    this.#process = process;
  }

  /** Migrations are over, which may take longer than any write and change what is known of the tables. Groups leave marks from now on. */
  migrated(): void {
    this.#leavesMarks = true;
    this.#limit_ms = groupLimit_ms;
    this.#types = null;
  }

  async begin(): Promise<void> {
    const client = this.#client ?? (await this.#open());
    this.#watchdog = setTimeout(() => this.#drop(client), this.#limit_ms);
    this.#group++;
    try {
      // The lock first: each statement after it sees all that other processes have committed.
      await all([this.#exec('BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE'), this.#exec(`SELECT pg_advisory_xact_lock(${writeLock})`)]);
      if (this.#leavesMarks) await this.#learnTypes();
    } catch (error) {
      await this.rollback();
      throw error;
    }
  }

  async save(): Promise<void> {
    this.#refused = false;
    this.#sent = [];
    await this.#exec('SAVEPOINT one');
  }

  async keep(): Promise<void> {
    await all(this.#sent);
    await this.#last.catch(() => undefined);
    // Not asked of the driver: it tells an error before it hears what that did to the transaction.
    if (this.#refused) throw new Error('a statement of this write failed, and its error was caught');
    // Not awaited: the next statement or the COMMIT finds out if the connection is gone.
    this.#exec('RELEASE SAVEPOINT one').catch(() => undefined);
  }

  async undo(): Promise<void> {
    const back = this.#exec('ROLLBACK TO SAVEPOINT one');
    await Promise.all([back, this.#exec('RELEASE SAVEPOINT one')]);
  }

  async commit(): Promise<void> {
    try {
      const mark = this.#leavesMarks ? [this.#send(leaveMark, [this.#process, this.#group])] : [];
      const told = this.#exec(`NOTIFY ${channel}, '${this.#process}'`);
      const ended = this.#send('COMMIT', []);
      await all([...mark, told, ended]);
      const { command } = await ended;
      if (command !== 'COMMIT') throw new Error(`the group was not committed: Postgres answered ${command}`);
    } catch (error) {
      if (!(error instanceof PostgresError) || !error.isLost) throw error;
      await this.#settle(error);
    } finally {
      this.#over();
    }
  }

  async rollback(): Promise<void> {
    this.#over();
    const client = this.#client;
    if (!client) return;
    try {
      await this.#exec('ROLLBACK');
    } catch {
      this.#drop(client);
    }
  }

  run(sql: string, params: readonly SqlValue[]): Promise<Answer> {
    const answer = this.#send(sql, sendable(params));
    this.#last = answer;
    return answer;
  }

  async many(sql: string, values: ManyValues, arity: number): Promise<number> {
    await this.#learnTypes();
    let changes = 0;
    for (const { text, params } of this.#unnested(sql, values, arity)) changes += (await this.run(text, params)).changes;
    return changes;
  }

  send(sql: string, values: ManyValues, arity: number): void {
    const statements = values.length === arity ? [{ text: numbered(sql), params: [...values] }] : this.#unnested(sql, values, arity);
    for (const { text, params } of statements) {
      const answer = this.run(text, params);
      answer.catch(() => undefined);
      this.#sent.push(answer);
    }
  }

  endsGroup(error: unknown): boolean {
    return endsGroup(error);
  }

  groupEnd(error: unknown): GroupEnd {
    return groupEnd(error, this.#address);
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    await client?.end().catch(() => undefined);
  }

  async #open(): Promise<pg.Client> {
    const client = await connect(
      this.#address,
      { lock_timeout: String(lockWait_ms), idle_in_transaction_session_timeout: String(idleInGroup_ms) },
      true,
    );
    try {
      await assertFit(client, this.#address);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    client.on('end', () => {
      if (this.#client === client) this.#client = null;
    });
    this.#client = client;
    // Another process may have changed the tables.
    this.#types = null;
    return client;
  }

  async #exec(sql: string): Promise<void> {
    await this.#send(sql, []);
  }

  async #send(sql: string, values: unknown[]): Promise<Answer & { command: string }> {
    const client = this.#client;
    if (!client) throw new PostgresError('the connection was lost', null, true);
    const name = nameOf(sql, values.length);
    try {
      const result = await client.query({ text: sql, values, ...(name === undefined ? {} : { name }) });
      return { rows: result.rows, changes: result.fields.length > 0 ? 0 : (result.rowCount ?? 0), command: result.command };
    } catch (failed) {
      const error = postgresError(failed);
      if (error instanceof PostgresError) this.#refused = true;
      if (spoilsConnection(error)) this.#drop(client);
      throw error;
    }
  }

  #over(): void {
    if (this.#watchdog) clearTimeout(this.#watchdog);
    this.#watchdog = null;
  }

  /** Ends a connection at once; whatever waits on it fails as lost. */
  #drop(client: pg.Client): void {
    if (this.#client === client) this.#client = null;
    (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  }

  /** The connection went during the COMMIT: looks for the mark of the group. Returns if it was committed. */
  async #settle(lost: PostgresError): Promise<void> {
    const until = performance.now() + outcomeLimit_ms;
    while (this.#leavesMarks && performance.now() < until) {
      const isKept = await this.#isMarked().catch(() => null);
      if (isKept === true) return;
      if (isKept === false) throw lost;
      await sleep(outcomeRetry_ms);
    }
    throw new OutcomeUnknown('the connection was lost during COMMIT', { cause: lost });
  }

  /** Under the lock, which a group that is still ending holds. */
  async #isMarked(): Promise<boolean> {
    const client = this.#client ?? (await this.#open());
    const asked = this.#exec('BEGIN')
      .then(() => this.#exec(`SET LOCAL lock_timeout = ${outcomeLockWait_ms}`))
      .then(() => this.#exec(`SELECT pg_advisory_xact_lock(${writeLock})`))
      .then(() => this.#send(findMark, [this.#process, this.#group]));
    try {
      return (await asked).rows.length > 0;
    } finally {
      await this.#exec('ROLLBACK').catch(() => this.#drop(client));
    }
  }

  #unnested(sql: string, values: ManyValues, arity: number): { readonly text: string; readonly params: readonly SqlValue[] }[] {
    const insert = manyInsert(sql);
    const types = this.#types?.get(insert.table);
    if (!types) throw new Error(`there is no table ${insert.table}`);
    const text = unnestSql(insert, types);
    return partsOf(values, arity, insert.key).map((part) => ({ text, params: columnsOf(part, arity) }));
  }

  /** Asked once for a connection: a migration that changes them comes before the first use. */
  async #learnTypes(): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> {
    const types = this.#types ?? (await columnTypes(this));
    this.#types = types;
    return types;
  }
}

/** Waits for all, and throws the first that failed: those after it failed since it did, and may be told before it. */
async function all(statements: readonly Promise<unknown>[]): Promise<void> {
  for (const answer of await Promise.allSettled(statements)) if (answer.status === 'rejected') throw answer.reason;
}
