import { isIP } from 'node:net';
import { failure, SlipwayError } from '../../kernel/error.ts';
import { resolveTarget, type Target, targetOf } from './address.ts';

export const sendLimits = { time_ms: 10_000, body_bytes: 64 * 1024, answer_bytes: 64 * 1024 } as const;

/**
 * Posts JSON once. Resolves to the status, a 2xx; else throws `receiver_failed` (with the `status` that came, if one did) or
 * `receiver_not_public`. Redirects are not followed.
 */
export async function postJson(webhook: string, text: string, idempotencyKey: string, signal: AbortSignal): Promise<number> {
  const target = targetOf(webhook);
  const body = Buffer.from(text);
  if (body.length > sendLimits.body_bytes) throw failed(target, `the message is larger than ${sendLimits.body_bytes} bytes`);
  const limit = AbortSignal.any([signal, AbortSignal.timeout(sendLimits.time_ms)]);
  try {
    const status = await post(target, await before(limit, resolveTarget(target)), body, idempotencyKey, limit);
    if (status >= 200 && status < 300) return status;
    const reason = `it answered ${status}${status >= 300 && status < 400 ? ', and redirects are not followed' : ''}`;
    throw failed(target, reason, { details: { status } });
  } catch (error) {
    if (error instanceof SlipwayError) throw error;
    if (limit.aborted) throw failed(target, `no answer within ${sendLimits.time_ms} ms`, { cause: error });
    throw failed(target, error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** A look-up of a name cannot be aborted, only be waited for no longer. */
function before<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return Promise.race([
    work,
    new Promise<never>((_, reject) => {
      const stop = () => reject(new Error('aborted'));
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
    }),
  ]);
}

function failed({ host, port }: Target, reason: string, more: { details?: { status: number }; cause?: unknown } = {}): SlipwayError {
  return failure('receiver_failed', { host: `${host}:${port}`, reason }, more.details, more.cause);
}

/** Connects to the address that was resolved, not to the name again. The agent is our own, which knows no proxy. */
async function post({ url, host, port }: Target, address: string, body: Buffer, key: string, signal: AbortSignal): Promise<number> {
  const secure = url.protocol === 'https:';
  // Not by an import: that reads every export of the module, one of which loads a second HTTP client, and holds the thread some 50 ms.
  const { Agent, request } = secure ? process.getBuiltinModule('node:https') : process.getBuiltinModule('node:http');
  const agent = new Agent({ keepAlive: false });
  const headers = {
    host: url.host,
    'content-type': 'application/json',
    'content-length': body.length,
    'idempotency-key': key,
    'user-agent': 'slipway',
    connection: 'close',
  };
  const server = secure && isIP(host) === 0 ? { servername: host } : {};
  const options = { host: address, port, path: url.pathname + url.search, method: 'POST', headers, agent, signal, ...server };
  return new Promise<number>((resolve, reject) => {
    const sending = request(options, (answer) => {
      let bytes = 0;
      answer.on('data', (piece: Buffer) => {
        bytes += piece.length;
        // What it says does not matter; the status came first.
        if (bytes > sendLimits.answer_bytes) answer.destroy();
      });
      answer.on('error', reject);
      answer.on('close', () => resolve(answer.statusCode ?? 0));
    });
    sending.on('error', reject);
    sending.end(body);
  }).finally(() => agent.destroy());
}
