import { setTimeout as sleep } from 'node:timers/promises';
import type { Server } from './server.ts';

/** How long a server that is away is waited for. One that was killed is up again within two seconds on a quiet machine. */
export const away_ms = 60_000;
export const pause_ms = 100;

/** The servers that may be asked; all of them serve the same rows. */
export interface Servers {
  /** Who is asked now. */
  readonly address: () => string;
  /** Turns to the next one, unless somebody turned away from `silent` already. */
  readonly turnFrom: (silent: string) => void;
  /**
   * A `fetch` that bears a server which is away for a while: it sends the same request again, with the idempotency key that it has,
   * to the next server, until an answer comes, the time is up or the caller gives up. The SDK alone gives up within a second.
   */
  readonly fetch: typeof fetch;
}

export function serversAt(addresses: readonly string[]): Servers {
  let at = 0;
  const address = (): string => addresses[at] ?? '';
  const turnFrom = (silent: string): void => {
    if (silent === address()) at = (at + 1) % addresses.length;
  };
  return {
    address,
    turnFrom,
    async fetch(asked, init) {
      for (const end = Date.now() + away_ms; ; await sleep(pause_ms)) {
        const here = address();
        try {
          return await fetch(elsewhere(asked, here), init);
        } catch (error) {
          if (init?.signal?.aborted || Date.now() > end) throw error;
          turnFrom(here);
        }
      }
    },
  };
}

function elsewhere(asked: Parameters<typeof fetch>[0], address: string): URL {
  const { pathname, search } = new URL(asked instanceof Request ? asked.url : asked);
  return new URL(pathname + search, address);
}

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
