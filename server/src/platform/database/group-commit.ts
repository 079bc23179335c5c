import type { Clock } from '../../kernel/clock.ts';
import { failure, type SlipwayError } from '../../kernel/error.ts';
import { handleOver } from './dialect.ts';
import type { Handle } from './handle.ts';
import { type SqlClient, SqlError } from './sql-client.ts';

/**
 * The write path (decision 0003). All writes that wait share one transaction, each under a savepoint of its own, and are
 * answered together after the COMMIT is on disk. Nothing is answered before it is durable, answers that changed nothing
 * included. There is no waiting for company: the fsync itself collects the next group.
 */
export class GroupCommit {
  readonly #client: SqlClient;
  readonly #clock: Clock;
  readonly #queue: Write[] = [];
  #running: Promise<void> | null = null;
  /** Set after a failed fsync or a corrupt page: what is on disk is unknown, so nothing more is written until a restart. */
  #dead: SlipwayError | null = null;
  #closed = false;

  constructor(client: SqlClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  get dead(): SlipwayError | null {
    return this.#dead;
  }

  get queued(): number {
    return this.#queue.length;
  }

  submit<T>(work: (tx: Handle) => Promise<T>): Promise<T> {
    if (this.#dead) return Promise.reject(this.#dead);
    if (this.#closed) return Promise.reject(failure('busy', { what: 'The server', reason: 'it is stopping' }));
    if (this.#queue.length >= queueLimit) {
      return Promise.reject(failure('busy', { what: 'The database', reason: `${queueLimit} writes wait already` }));
    }
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ work, resolve: resolve as (value: unknown) => void, reject });
      this.#running ??= this.#pump();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  async #pump(): Promise<void> {
    // A turn of the event loop first, so that requests that arrived together are in one group.
    await new Promise(setImmediate);
    while (this.#queue.length > 0) {
      if (this.#dead) refuse(this.#queue.splice(0), this.#dead);
      else await this.#group();
    }
    this.#running = null;
  }

  async #group(): Promise<void> {
    try {
      // Awaited: after a refused BEGIN a savepoint would open a transaction of its own, and its release commit what is told as failed.
      await this.#client.exec('BEGIN IMMEDIATE');
    } catch (error) {
      refuse(this.#queue.splice(0), this.#groupFailure(error));
      return;
    }
    const begun = this.#clock.monotonic();
    const settled: Settled[] = [];
    const current: Write[] = [];
    try {
      while (settled.length < groupLimit && this.#clock.monotonic() - begun < groupTime_ms) {
        const write = this.#queue.shift();
        if (!write) break;
        current.push(write);
        settled.push(await this.#one(write));
      }
      await this.#client.exec('COMMIT');
    } catch (error) {
      await this.#client.exec('ROLLBACK').catch(ignore);
      refuse(current, this.#groupFailure(error));
      return;
    }
    for (const outcome of settled) outcome.tell();
  }

  /** Runs one write under its savepoint. Its own error undoes it alone; an error of the database ends the group. */
  async #one(write: Write): Promise<Settled> {
    const scope: Scope = { open: true, afterCommit: [] };
    const tx = handleOver(this.#client, () => {
      if (!scope.open) throw new Error('a statement came after its write was over: was a promise not awaited?');
    });
    scopes.set(tx, scope);
    const saving = this.#client.exec('SAVEPOINT one');
    saving.catch(ignore);
    try {
      const value = await withTimeout(write.work(tx), writeLimit_ms);
      scope.open = false;
      await saving;
      await this.#client.exec('RELEASE one');
      return {
        tell: () => {
          try {
            for (const listener of scope.afterCommit) listener();
            write.resolve(value);
          } catch (error) {
            // A fault of the listener's room. The change is kept, and the others of the group still wait for their answers.
            write.reject(error);
          }
        },
      };
    } catch (error) {
      scope.open = false;
      if (endsGroup(error)) throw error;
      await this.#client.exec('ROLLBACK TO one; RELEASE one');
      return { tell: () => write.reject(error) };
    }
  }

  #groupFailure(error: unknown): SlipwayError {
    const code = error instanceof SqlError ? error.primaryCode : 0;
    if (code === sqliteFull) return failure('storage_full', {}, {}, error);
    const failed = failure('storage_failed', {}, {}, error);
    // A failed write or fsync (10), a corrupt page (11, 26) or a dead thread (0): never retried, read-only from here on.
    if (code !== sqliteBusy) this.#dead = failed;
    return failed;
  }
}

/** Runs `listener` once the write that `tx` belongs to is on disk; never if it failed. */
export function afterCommit(tx: Handle, listener: () => void): void {
  const scope = scopes.get(tx);
  if (!scope) throw new Error('afterCommit needs the handle of a write');
  scope.afterCommit.push(listener);
}

/** Refuses a statement whose write is over, or that was never inside one. */
export function assertOpen(tx: Handle): void {
  if (!scopes.get(tx)?.open) throw new Error('this statement needs the handle of a write that is not over');
}

interface Write {
  readonly work: (tx: Handle) => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

interface Settled {
  readonly tell: () => void;
}

interface Scope {
  open: boolean;
  readonly afterCommit: (() => void)[];
}

const scopes = new WeakMap<Handle, Scope>();
const groupLimit = 1000;
const groupTime_ms = 5;
const queueLimit = 20_000;
/** A write awaits nothing but the database; ten seconds mean that it awaits something else, or itself. */
const writeLimit_ms = 10_000;
const sqliteBusy = 5;
const sqliteFull = 13;
const ignore = (): void => undefined;
const refuse = (writes: readonly Write[], why: SlipwayError): void => {
  for (const write of writes) write.reject(why);
};

/** Out of memory 7, I/O 10, corrupt 11, full 13, not a database 26, or SQLite rolled everything back by itself. */
function endsGroup(error: unknown): boolean {
  return error instanceof SqlError && ([7, 10, 11, 13, 26].includes(error.primaryCode) || !error.inTransaction);
}

async function withTimeout<T>(work: Promise<T>, limit_ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`a write took longer than ${limit_ms} ms: does it await something else, or another write?`)),
      limit_ms,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
