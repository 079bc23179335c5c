import type { Clock } from '../../kernel/clock.ts';
import { failure, type SlipwayError } from '../../kernel/error.ts';
import type { WriteConnection } from './connection.ts';
import { handleOver, type Speech } from './dialect.ts';
import type { Handle } from './handle.ts';

/**
 * The write path (decisions 0003 and 0017). All writes that wait share one transaction, each under a savepoint of its own, and are
 * answered together after the COMMIT is on disk. Nothing is answered before it is durable, answers that changed nothing
 * included. There is no waiting for company: the fsync itself collects the next group.
 */
export class GroupCommit {
  readonly #connection: WriteConnection;
  readonly #speech: Speech;
  readonly #clock: Clock;
  readonly #queue: Write[] = [];
  #running: Promise<void> | null = null;
  /** Set after a failed fsync or a corrupt page: what is on disk is unknown, so nothing more is written until a restart. */
  #dead: SlipwayError | null = null;
  #closed = false;
  #undone = 0;

  constructor(connection: WriteConnection, speech: Speech, clock: Clock) {
    this.#connection = connection;
    this.#speech = speech;
    this.#clock = clock;
  }

  get dead(): SlipwayError | null {
    return this.#dead;
  }

  /** How many times a write, or a whole group, was taken back. */
  get undone(): number {
    return this.#undone;
  }

  get queued(): number {
    return this.#queue.length;
  }

  submit<T>(work: (tx: Handle) => Promise<T>, limit_ms = writeLimit_ms): Promise<T> {
    if (this.#dead) return Promise.reject(this.#dead);
    if (this.#closed) return Promise.reject(failure('busy', { what: 'The server', reason: 'it is stopping' }));
    if (this.#queue.length >= queueLimit) {
      return Promise.reject(failure('busy', { what: 'The database', reason: `${queueLimit} writes wait already` }));
    }
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ work, limit_ms, resolve: resolve as (value: unknown) => void, reject });
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
      // Nothing may follow a refused BEGIN: a savepoint would open a transaction of its own, and its release commit what is told as failed.
      await this.#connection.begin();
    } catch (error) {
      refuse(this.#queue.splice(0), this.#groupFailure(error));
      return;
    }
    const begun = this.#clock.monotonic();
    const settled: Settled[] = [];
    const current: Write[] = [];
    try {
      while (settled.length < groupLimit && !this.#connection.isFull && this.#clock.monotonic() - begun < this.#connection.groupTime_ms) {
        const write = this.#queue.shift();
        if (!write) break;
        current.push(write);
        settled.push(await this.#one(write));
      }
      await this.#connection.commit();
    } catch (error) {
      this.#undone++;
      await this.#connection.rollback().catch(ignore);
      refuse(current, this.#groupFailure(error));
      return;
    }
    for (const outcome of settled) outcome.tell();
  }

  /** Runs one write under its savepoint. Its own error undoes it alone; an error of the database ends the group. */
  async #one(write: Write): Promise<Settled> {
    const scope: Scope = { open: true, afterCommit: [] };
    const tx = handleOver(this.#connection, this.#speech, () => {
      if (!scope.open) throw new Error('a statement came after its write was over: was a promise not awaited?');
    });
    scopes.set(tx, scope);
    const saving = this.#connection.save();
    saving.catch(ignore);
    try {
      const value = await withTimeout(write.work(tx), write.limit_ms);
      scope.open = false;
      await saving;
      await this.#connection.keep();
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
      this.#undone++;
      if (this.#connection.endsGroup(error)) throw error;
      await this.#connection.undo();
      return { tell: () => write.reject(error) };
    }
  }

  #groupFailure(error: unknown): SlipwayError {
    const { why, dead } = this.#connection.groupEnd(error);
    if (dead) this.#dead = why;
    return why;
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
  readonly limit_ms: number;
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
const queueLimit = 20_000;
/** A write awaits nothing but the database; ten seconds mean that it awaits something else, or itself. */
const writeLimit_ms = 10_000;
const ignore = (): void => undefined;
const refuse = (writes: readonly Write[], why: SlipwayError): void => {
  for (const write of writes) write.reject(why);
};

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
