import type { Clock } from '../../kernel/clock.ts';
import { failure } from '../../kernel/error.ts';
import type { Database } from '../../platform/database/index.ts';
import { hashOf } from './context.ts';
import { addFailure, deleteFailures, type SignInFailures, selectFailures } from './sign-in-failures-store.ts';

const freeFailures = 5;
const longestWait_ms = 900_000;
const triesPerMinute = 20;
const addressesLimit = 10_000;
/** Failures of an account from an address that stopped a day ago are forgotten. */
const keep_ms = 86_400_000;

/** How long the next try must wait after so many failures in a row: 5 are free, then 2, 4, 8 ... s, at most 15 minutes. */
export function waitAfter_ms(failures: number): number {
  return failures < freeFailures ? 0 : Math.min(longestWait_ms, 1000 * 2 ** (failures - freeFailures + 1));
}

/** How long a try must still wait. A failure of a later moment is of a clock that was ahead, and tells nothing. */
export function waitsFor_ms(before: SignInFailures | null, now_ms: number): number {
  if (before === null || before.last_at_ms > now_ms) return 0;
  return Math.max(0, before.last_at_ms + waitAfter_ms(before.failures) - now_ms);
}

/**
 * Slows guessing. Failures in a row are kept per account and address, in the database: a restart does not forgive them, and all servers of
 * one database count together. Tries per minute and address are counted in memory.
 */
export class Throttle {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #minutes = new Map<string, { start_ms: number; count: number }>();

  constructor({ database, clock }: { readonly database: Database; readonly clock: Clock }) {
    this.#database = database;
    this.#clock = clock;
  }

  /** Counts a try, or refuses it with 429. */
  async admit(account: string, ip: string): Promise<void> {
    refuseFor(waitsFor_ms(await selectFailures(this.#database.read, keyOf(account, ip)), this.#clock.now()));
    const now_ms = this.#clock.monotonic();
    const minute = this.#minutes.get(ip);
    if (!minute || now_ms - minute.start_ms >= 60_000) {
      put(this.#minutes, ip, { start_ms: now_ms, count: 1 });
      return;
    }
    if (minute.count >= triesPerMinute) refuseFor(minute.start_ms + 60_000 - now_ms);
    minute.count++;
  }

  async failed(account: string, ip: string): Promise<void> {
    const now_ms = this.#clock.now();
    await this.#database.write((tx) => addFailure(tx, keyOf(account, ip), now_ms, now_ms - keep_ms));
  }

  async succeeded(account: string, ip: string): Promise<void> {
    const key = keyOf(account, ip);
    if ((await selectFailures(this.#database.read, key)) !== null) await this.#database.write((tx) => deleteFailures(tx, key));
  }
}

function keyOf(account: string, ip: string): string {
  return hashOf(`${account.toLowerCase().slice(0, 254)} ${ip}`);
}

function refuseFor(wait_ms: number): void {
  if (wait_ms <= 0) return;
  const retry_after_s = Math.ceil(wait_ms / 1000);
  throw failure(
    'limit_reached',
    { what: 'Sign-in', limit: `${freeFailures} failures`, where: `wait ${retry_after_s} s` },
    { retry_after_s },
  );
}

/** Puts at the end; the oldest goes when there are too many. */
function put<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
  const oldest = map.keys().next().value;
  if (map.size > addressesLimit && oldest !== undefined) map.delete(oldest);
}
