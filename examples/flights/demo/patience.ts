import { setTimeout as sleep } from 'node:timers/promises';
import type { Server } from './server.ts';

/** How long a server that is away is waited for. One that was killed is up again within two seconds on a quiet machine. */
export const away_ms = 60_000;
export const pause_ms = 100;

/**
 * A `fetch` that bears a server which is away for a while: it sends the same request again, with the idempotency key that it has,
 * until an answer comes, the time is up or the caller gives up. The SDK alone gives up within a second.
 */
export const patientFetch: typeof fetch = async (address, init) => {
  for (const end = Date.now() + away_ms; ; await sleep(pause_ms)) {
    try {
      return await fetch(address, init);
    } catch (error) {
      if (init?.signal?.aborted || Date.now() > end) throw error;
    }
  }
};

export type Again = <T>(step: () => Promise<T>) => Promise<T>;

/**
 * Does a step again that failed when the server was killed under it. Whether a request that the kill cut off was done, nobody
 * knows: the server says so (`idempotency_key_running`). So each step first asks what is there, and does only what is not.
 */
export function againAfterKills({ kills, up }: Pick<Server, 'kills' | 'up'>): Again {
  return async (step) => {
    for (;;) {
      const before = kills();
      try {
        return await step();
      } catch (error) {
        if (kills() === before) throw error;
        await up();
      }
    }
  };
}
