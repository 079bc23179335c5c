import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { entryPath } from '../compute/entries.ts';
import type { Answer, ManyValues, SqlValue } from './connection.ts';
import { SqlError } from './sql-error.ts';
import { type Done, type SqlAsk, type SqlReply, type SqlRequest, type SqlThreadData, type Step, unanswered } from './sql-protocol.ts';

/** A statement that SQLite refused. `code` is its extended result code, `code & 0xff` the primary one. */
export class SqliteError extends SqlError {
  readonly code: number;
  readonly inTransaction: boolean;

  constructor(message: string, code: number, inTransaction: boolean) {
    // SQLITE_CONSTRAINT_PRIMARYKEY and SQLITE_CONSTRAINT_UNIQUE.
    super(message, code === 1555 || code === 2067);
    this.code = code;
    this.inTransaction = inTransaction;
  }

  get primaryCode(): number {
    return this.code & 0xff;
  }
}

type Waiting = { readonly resolve: (done: Done) => void; readonly reject: (error: Error) => void };

/**
 * The HTTP thread's end of a SQL thread. Requests are answered in the order they were sent. Those of one turn go in one message, since
 * waking the other thread costs more than most statements.
 */
export class SqlClient {
  readonly #port: MessagePort;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #outgoing: SqlRequest[] = [];
  #nextId = 1;
  #ended: Error | null = null;

  constructor(data: SqlThreadData) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#worker = new Worker(entryPath('sql-thread'), {
      workerData: { ...data, port: port2 },
      transferList: [port2],
      name: `sql-${data.mode}`,
      resourceLimits: { maxYoungGenerationSizeMb: 8 },
    });
    this.#port.on('message', (replies: readonly SqlReply[]) => {
      for (const reply of replies) this.#settle(reply);
    });
    this.#worker.on('error', (error) => this.#end(error as Error));
    this.#worker.on('exit', () => this.#end(new Error('the SQL thread ended')));
  }

  /** Why no request is answered any more, or null. */
  get ended(): Error | null {
    return this.#ended;
  }

  async run(sql: string, params: readonly SqlValue[]): Promise<Answer> {
    const [changes, columns = [], values = []] = await this.#request(['run', sql, params]);
    return { rows: rowsOf(columns, values), changes };
  }

  async many(sql: string, values: ManyValues, arity: number): Promise<number> {
    return (await this.#request(['many', sql, values, arity]))[0];
  }

  async step(step: Step): Promise<void> {
    await this.#request(['step', step]);
  }

  /** A statement of a group that nobody waits for; refused, it is told by the `commit`. */
  send(sql: string, values: ManyValues, arity: number): void {
    this.#queue(unanswered, ['many', sql, values, arity]);
  }

  /** The same for a step. */
  sendStep(step: Step): void {
    this.#queue(unanswered, ['step', step]);
  }

  async exec(sql: string): Promise<void> {
    await this.#request(['exec', sql]);
  }

  async backup(path: string): Promise<void> {
    await this.#request(['backup', path]);
  }

  async close(): Promise<void> {
    if (this.#ended) return;
    try {
      await this.#request(['close']);
    } finally {
      await this.#worker.terminate();
    }
  }

  #request(ask: SqlAsk): Promise<Done> {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#queue(id, ask);
    });
  }

  #queue(id: number, ask: SqlAsk): void {
    // After all that is ready to run has run.
    if (this.#outgoing.push([id, ask]) === 1) process.nextTick(() => this.#flush());
  }

  #flush(): void {
    const requests = this.#outgoing;
    this.#outgoing = [];
    const given: ArrayBuffer[] = [];
    for (const [, ask] of requests) if (ask[0] === 'many' && ask[2] instanceof Float64Array) given.push(ask[2].buffer as ArrayBuffer);
    this.#port.postMessage(requests, given);
  }

  #settle([id, done, refused]: SqlReply): void {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    this.#waiting.delete(id);
    if (done) waiting.resolve(done);
    else waiting.reject(new SqliteError(refused.message, refused.sqliteCode, refused.inTransaction));
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
  }
}

function rowsOf(columns: readonly string[], values: readonly unknown[]): unknown[] {
  const rows: unknown[] = [];
  for (let at = 0; at < values.length; ) {
    const row: Record<string, unknown> = {};
    for (const column of columns) row[column] = values[at++];
    rows.push(row);
  }
  return rows;
}
