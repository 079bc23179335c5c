import { failure } from '../../kernel/error.ts';
import type { Limits } from './deployment.ts';

interface Waiting {
  readonly enter: () => void;
  readonly leave: (error: Error) => void;
  readonly deadline: number;
}

const sweep_ms = 10;
const longestRetry_s = 3600;

/** Keeps a deployment's requests within its limits: so many at once, so many waiting, none beyond its deadline, so many rows a day. */
export class Limiter {
  readonly #name: string;
  readonly #monotonic: () => number;
  #limits: Limits;
  #active = 0;
  #waiting: Waiting[] = [];
  #sweep: NodeJS.Timeout | null = null;
  #day = '';
  #served = 0;

  constructor(name: string, limits: Limits, monotonic: () => number) {
    this.#name = name;
    this.#limits = limits;
    this.#monotonic = monotonic;
  }

  set limits(limits: Limits) {
    this.#limits = limits;
    this.#admit();
  }

  /** Counts rows for a day of the project; refuses with 429 beyond `per_day`. */
  count(rows: number, day: string, left_ms: number | null): void {
    const { per_day } = this.#limits;
    if (per_day === null) return;
    if (day !== this.#day) {
      this.#day = day;
      this.#served = 0;
    }
    if (this.#served + rows > per_day) {
      const retry_after_s = left_ms === null ? 60 : Math.min(Math.ceil(left_ms / 1000), longestRetry_s);
      throw failure(
        'limit_reached',
        { what: `Rows of deployment ${this.#name} today`, limit: per_day, where: 'limits.per_day' },
        { retry_after_s },
      );
    }
    this.#served += rows;
  }

  /** What was served of a day before the server started. */
  countedBefore(rows: number, day: string): void {
    this.#day = day;
    this.#served = rows;
  }

  /** Resolves when the request may run; refuses with 503 when the queue is full, 504 at its deadline. `leave` must follow. */
  enter(deadline: number): Promise<void> | null {
    if (this.#active < this.#limits.concurrent) {
      this.#active += 1;
      return null;
    }
    if (this.#waiting.length >= this.#limits.queue) {
      const limit = this.#limits.queue;
      return Promise.reject(failure('model_queue_full', { model: this.#name, limit }, { retry_after_s: 1 }));
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push({ enter: resolve, leave: reject, deadline });
    this.#sweepSoon();
    return promise;
  }

  leave(): void {
    this.#active -= 1;
    this.#admit();
  }

  /** The limit may have changed since they began to wait. */
  #admit(): void {
    while (this.#active < this.#limits.concurrent) {
      const next = this.#waiting.shift();
      if (!next) return;
      this.#active += 1;
      next.enter();
    }
  }

  #sweepSoon(): void {
    this.#sweep ??= setTimeout(() => {
      this.#sweep = null;
      const now = this.#monotonic();
      const late = this.#waiting.filter((one) => one.deadline <= now);
      this.#waiting = this.#waiting.filter((one) => one.deadline > now);
      for (const one of late) {
        one.leave(failure('deadline_exceeded', { model: this.#name, deadline_ms: this.#limits.deadline_ms }));
      }
      if (this.#waiting.length > 0) this.#sweepSoon();
    }, sweep_ms);
  }
}
