import { randomBytes } from 'node:crypto';
import { failure } from '../../kernel/error.ts';
import type { Log } from '../log/index.ts';
import { exportBody, type IdentifiedSpan, idsOf, type Span } from './otlp.ts';

export type { Span } from './otlp.ts';

/** Takes the spans of requests and jobs, and sends them on by and by. */
export interface Spans {
  /** Nothing is made for nobody. */
  readonly isOn: boolean;
  record(span: Span): void;
  /** Sends what waits, and ends. */
  stop(): Promise<void>;
}

export const noSpans: Spans = { isOn: false, record: () => undefined, stop: () => Promise.resolve() };

export interface SpansOptions {
  /** As `tracesAddress` gives it. */
  readonly address: string;
  /** Of the product. */
  readonly version: string;
  readonly log: Pick<Log, 'warn'>;
  readonly every_ms?: number;
}

const every_ms = 2_000;
const batchLimit = 512;
/** What waits while the receiver is away: the newest stay out, and are counted. */
const waitingLimit = 4_096;
const answerLimit_ms = 2_000;

/** The whole address of a receiver; of one that names no path, OTLP's own. */
export function tracesAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol))
    throw failure('traces_address_not_valid', { reason: 'it does not begin with http:// or https://' });
  if (url.username !== '' || url.password !== '') throw failure('traces_address_not_valid', { reason: 'it holds a name or a password' });
  if (url.pathname === '/') url.pathname = '/v1/traces';
  return url.href;
}

/** Sends spans to a receiver that the operator named, as OTLP in JSON. A receiver that is away costs spans, and nothing else. */
export function createSpans({ address, version, log, every_ms: pause_ms = every_ms }: SpansOptions): Spans {
  const waiting: IdentifiedSpan[] = [];
  let lost = 0;
  let isAway = false;
  let sending: Promise<void> | null = null;
  const timer = setInterval(() => void send(), pause_ms);
  timer.unref();

  function send(): Promise<void> {
    sending ??= sendAll().finally(() => {
      sending = null;
    });
    return sending;
  }

  async function sendAll(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, batchLimit);
      const reason = await post(address, exportBody(batch, version));
      // Told once when it goes away, and once when it is back.
      if (reason !== null) {
        if (!isAway) log.warn('traces cannot be sent; they are tried again, and dropped when too many wait', { reason });
        isAway = true;
        return;
      }
      waiting.splice(0, batch.length);
      if (isAway) log.warn('traces are sent again', { lost });
      isAway = false;
      lost = 0;
    }
  }

  return {
    isOn: true,
    record(span) {
      if (waiting.length >= waitingLimit) lost++;
      else waiting.push({ ...idsOf(span.parent, (bytes) => randomBytes(bytes).toString('hex')), of: span });
      if (waiting.length === batchLimit) void send();
    },
    async stop() {
      clearInterval(timer);
      await sending;
      // A stop does not wait for who is away.
      if (!isAway) await send();
    },
  };
}

/** Resolves to why it was not taken; null when it was. */
async function post(address: string, body: string): Promise<string | null> {
  try {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(address, {
      method: 'POST',
      headers,
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(answerLimit_ms),
    });
    await answer.arrayBuffer();
    return answer.ok ? null : `it answered ${answer.status}`;
  } catch (error) {
    const { cause, message } = error as Error;
    return cause instanceof Error ? cause.message : message;
  }
}
