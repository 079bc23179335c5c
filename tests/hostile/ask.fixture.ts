import { Agent, request } from 'node:http';

/** Longer than any answer may take, whatever was asked. */
export const hang_ms = 5000;

export interface Asked {
  readonly method: string;
  /** As it goes over the wire: nothing is encoded or normalised here. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

export interface Answer {
  /** 0 where the connection was cut without an answer. */
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly took_ms: number;
}

/** Answers are read to this length only; a stream of events has no end. */
const readLimit_bytes = 4 * 1_048_576;

/** Asks one server over kept connections, as a program that writes its own bytes. Never throws. */
export function openAsker(address: string, connections: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const { hostname, port, host } = new URL(address);

  function ask({ method, path, headers, body }: Asked): Promise<Answer> {
    const begun = performance.now();
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    return new Promise((resolve) => {
      const pieces: Buffer[] = [];
      let head: Pick<Answer, 'status' | 'headers'> = { status: 0, headers: {} };
      const end = (): void => resolve({ ...head, text: Buffer.concat(pieces).toString('utf8'), took_ms: performance.now() - begun });
      const asked = request({ agent, hostname, port, method, path, headers: { host, ...length, ...headers } }, (answer) => {
        head = { status: answer.statusCode ?? 0, headers: answer.headers };
        let size_bytes = 0;
        answer.on('data', (piece: Buffer) => {
          pieces.push(piece);
          size_bytes += piece.length;
          if (size_bytes > readLimit_bytes || answer.headers['content-type']?.startsWith('text/event-stream')) asked.destroy();
        });
        answer.on('close', end);
      });
      asked.on('error', end);
      asked.setTimeout(8 * hang_ms, () => asked.destroy());
      asked.end(body);
    });
  }
  return { ask, close: () => agent.destroy() };
}

export type Ask = ReturnType<typeof openAsker>['ask'];

/** `work` over all of `items`, at most `together` at once, in their order. */
export async function inTurn<T>(items: Iterable<T>, together: number, work: (item: T) => Promise<void>): Promise<void> {
  const waiting = items[Symbol.iterator]();
  async function worker(): Promise<void> {
    for (let next = waiting.next(); !next.done; next = waiting.next()) await work(next.value);
  }
  await Promise.all(Array.from({ length: together }, worker));
}

/** Talks JSON as one caller, and throws what was not answered with 2xx. */
export function speaker(ask: Ask, token: string, always: Readonly<Record<string, string>> = {}) {
  return async function say<T = Record<string, never>>(
    method: string,
    path: string,
    value?: unknown,
    more: Readonly<Record<string, string>> = {},
  ): Promise<T> {
    const isBytes = typeof value === 'string' || value instanceof Uint8Array;
    const body = value === undefined ? undefined : isBytes ? Buffer.from(value as string) : Buffer.from(JSON.stringify(value));
    const type = isBytes ? 'application/octet-stream' : 'application/json';
    const { status, text } = await ask({
      method,
      path,
      headers: { authorization: `Bearer ${token}`, 'content-type': type, ...always, ...more },
      ...(body && { body }),
    });
    if (status < 200 || status > 299) throw new Error(`${method} ${path}: ${status} ${text.slice(0, 500)}`);
    return (text === '' ? {} : JSON.parse(text)) as T;
  };
}

export type Say = ReturnType<typeof speaker>;
