import type { Database } from './database.ts';
import { assertOpen } from './group-commit.ts';
import type { Handle } from './handle.ts';

const sizeLimit = 10_000;

/**
 * What writes have looked up or written, for the writes after them, which come one after the other. It holds what the open transaction
 * holds: once any write is taken back, nothing is known any more. Where other processes write too, nothing is kept.
 */
export class Kept<V> {
  readonly #database: Pick<Database, 'profile' | 'undone'>;
  readonly #values = new Map<string, V>();
  #undone = 0;

  constructor(database: Pick<Database, 'profile' | 'undone'>) {
    this.#database = database;
  }

  get(tx: Handle, key: string): V | undefined {
    assertOpen(tx);
    this.#forgetUndone();
    return this.#values.get(key);
  }

  set(tx: Handle, key: string, value: V): void {
    assertOpen(tx);
    if (this.#database.profile.shared) return;
    this.#forgetUndone();
    if (this.#values.size >= sizeLimit) this.#values.clear();
    this.#values.set(key, value);
  }

  /** Before a change that this does not follow. */
  forget(key: string): void {
    this.#values.delete(key);
  }

  clear(): void {
    this.#values.clear();
  }

  #forgetUndone(): void {
    if (this.#undone === this.#database.undone) return;
    this.#undone = this.#database.undone;
    this.#values.clear();
  }
}
