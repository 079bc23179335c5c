import type { Clock } from '../../kernel/clock.ts';

const sizeLimit = 10_000;

/** Remembers what was loaded for a short time. Nothing is remembered about what is not there. */
export class Recent<V> {
  readonly #values = new Map<string, { readonly value: V; readonly until_ms: number }>();
  readonly #clock: Clock;
  readonly #keep_ms: number;
  #cleared = 0;

  constructor(clock: Clock, keep_ms: number) {
    this.#clock = clock;
    this.#keep_ms = keep_ms;
  }

  async get(key: string, load: () => Promise<V | null>): Promise<V | null> {
    const kept = this.#values.get(key);
    if (kept && kept.until_ms > this.#clock.monotonic()) return kept.value;
    const cleared = this.#cleared;
    const value = await load();
    this.#values.delete(key);
    // What was forgotten while it was loaded may be from before the change that made it forgotten.
    if (value !== null && cleared === this.#cleared) this.#put(key, value);
    return value;
  }

  #put(key: string, value: V): void {
    if (this.#values.size >= sizeLimit) this.#values.clear();
    this.#values.set(key, { value, until_ms: this.#clock.monotonic() + this.#keep_ms });
  }

  clear(): void {
    this.#cleared++;
    this.#values.clear();
  }
}
