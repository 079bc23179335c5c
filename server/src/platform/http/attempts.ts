import type { Clock } from '../../kernel/clock.ts';
import type { Log } from '../log/index.ts';

/** Writes down what may be an attempt to get around the rules of input. Anybody can send as many as they like, so a line a minute and code is all. */
export interface Attempts {
  note(code: string, request: string): void;
}

/** No client of ours sends these; input that is only wrong is everyday. */
const levels: Readonly<Record<string, 'warn' | 'info'>> = {
  host_not_allowed: 'warn',
  origin_not_allowed: 'warn',
  malformed_request: 'warn',
  token_not_valid: 'warn',
  body_too_large: 'warn',
  body_too_slow: 'warn',
  unsupported_media_type: 'warn',
  invalid_input: 'info',
};
const every_ms = 60_000;

export function createAttempts(log: Pick<Log, 'warn' | 'info'>, clock: Pick<Clock, 'monotonic'>): Attempts {
  const told = new Map<string, { at_ms: number; more: number }>();
  return {
    note(code, request) {
      const level = levels[code];
      if (level === undefined) return;
      const now_ms = clock.monotonic();
      const before = told.get(code);
      if (before && now_ms - before.at_ms < every_ms) {
        before.more++;
        return;
      }
      // How many there were since the line before.
      log[level]('a request was refused as it came', { request, code, ...(before && before.more > 0 && { more_before: before.more }) });
      told.set(code, { at_ms: now_ms, more: 0 });
    },
  };
}
