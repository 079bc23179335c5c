import type { Database } from '../database/index.ts';
import type { SlipwayEvent } from './event.ts';
import { lastEventNumber, selectEvents } from './events-store.ts';

type Listener = (event: SlipwayEvent) => void;

const page = 500;
const retry_ms = 1000;

/**
 * Tells each event that was committed, once and in the order of the numbers, which have no gaps. The process's own are at hand; where
 * other processes write too, theirs are read, and with them whatever of ours came between.
 */
export class News {
  readonly #database: Database;
  readonly #listeners = new Set<Listener>();
  /** The last number that was told; unknown until the first look. */
  #told: number | null = null;
  #reading: Promise<void> | null = null;
  #again = false;

  constructor(database: Database) {
    this.#database = database;
    if (!database.profile.shared) return;
    database.onForeignCommit(() => this.#read());
    this.#read();
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** An event of this process, after its commit. */
  own(event: SlipwayEvent): void {
    // Before the first look has come back: it may see this one already.
    if (this.#database.profile.shared) this.#told ??= event.number - 1;
    const isNext = !this.#database.profile.shared || (this.#reading === null && this.#told === event.number - 1);
    if (isNext) this.#tell(event);
    else this.#read();
  }

  #tell(event: SlipwayEvent): void {
    this.#told = event.number;
    for (const listener of this.#listeners) listener(event);
  }

  #read(): void {
    this.#again = true;
    this.#reading ??= this.#readAll().finally(() => {
      this.#reading = null;
      if (this.#again) this.#read();
    });
  }

  async #readAll(): Promise<void> {
    try {
      const last = this.#told ?? (await lastEventNumber(this.#database.read));
      this.#told ??= last;
      while (this.#again) {
        this.#again = false;
        await this.#readNew(this.#told);
      }
    } catch {
      // The database is away: what was missed is read when it is back.
      await new Promise((resolve) => setTimeout(resolve, retry_ms).unref());
    }
  }

  async #readNew(told: number): Promise<void> {
    for (let after = told; ; ) {
      if (this.#listeners.size === 0) {
        this.#told = await lastEventNumber(this.#database.read);
        return;
      }
      const events = await selectEvents(this.#database.read, { after, order: 'oldest', limit: page });
      for (const event of events) this.#tell(event);
      after = events.at(-1)?.number ?? after;
      if (events.length < page) return;
    }
  }
}
