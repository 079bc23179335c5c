import type { Ledger } from './crash-ledger.ts';

/** Each caller names the part of the answer that it needs. */
export interface Answer<Body = unknown> {
  readonly status: number;
  readonly body: Body;
}

/** The server as a client sees it: no retries, so that what was acknowledged is known exactly. */
export interface Api {
  get<Body>(path: string): Promise<Answer<Body>>;
  getBytes(path: string): Promise<{ status: number; bytes: Buffer }>;
  /** Null when no answer came: the write may have happened or not. */
  send<Body>(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer<Body> | null>;
}

/** Who writes until the server is gone. */
export interface Client {
  readonly api: Api;
  readonly ledger: Ledger;
  readonly chance: () => number;
  /** Aborted at the kill: clients then end. */
  readonly gone: AbortSignal;
}

const requestLimit_ms = 15_000;
/** An honest "not now" or "no": the state of the thing does not allow it, or the server is busy. */
export const honest: readonly number[] = [404, 409, 429, 503];

/** `mayAnswer` are the statuses that a refused write may have. */
export function apiAt(port: number, ledger: Ledger, gone: AbortSignal, mayAnswer: readonly number[] = honest): Api {
  const base = `http://127.0.0.1:${port}`;
  // A path of a foreign protocol is whole.
  const addressOf = (path: string): string => `${base}${path.startsWith('/api/') ? '' : '/api/v1'}${path}`;
  const request = async <Body>(
    method: string,
    path: string,
    body: unknown,
    signal: AbortSignal,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Answer<Body>> => {
    const isBytes = body instanceof Uint8Array;
    const content = isBytes ? new Uint8Array(body) : body === undefined ? null : JSON.stringify(body);
    const type = body === undefined ? {} : { 'content-type': isBytes ? 'application/octet-stream' : 'application/json' };
    const headers = { ...type, ...more };
    const answer = await fetch(addressOf(path), { method, body: content, headers, signal });
    const text = await answer.text();
    return { status: answer.status, body: (text === '' ? null : JSON.parse(text)) as Body };
  };
  return {
    get: <Body>(path: string) => request<Body>('GET', path, undefined, AbortSignal.timeout(requestLimit_ms)),
    async getBytes(path) {
      const answer = await fetch(addressOf(path), { signal: AbortSignal.timeout(requestLimit_ms) });
      return { status: answer.status, bytes: Buffer.from(await answer.arrayBuffer()) };
    },
    async send<Body>(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>) {
      let answer: Answer<Body>;
      try {
        answer = await request<Body>(method, path, body, AbortSignal.any([gone, AbortSignal.timeout(requestLimit_ms)]), headers);
      } catch {
        return null;
      }
      if (answer.status < 300) ledger.acknowledged++;
      else if (!mayAnswer.includes(answer.status))
        ledger.unexpected.push(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
      return answer;
    },
  };
}
