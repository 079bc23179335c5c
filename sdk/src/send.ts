import type { AnyInput, Bytes, Operation } from './call.ts';
import { apiErrorOf, SlipwayConnectionError } from './error.ts';
import { pause, retryDelay_ms } from './retry.ts';

export interface Connection {
  /** Without a slash at its end. */
  readonly server: string;
  readonly token: string | undefined;
  readonly fetch: typeof globalThis.fetch;
}

const timeoutDefault_ms = 30_000;
const uploadTimeoutDefault_ms = 3_600_000;

/** The address of an operation with its parameters filled in. Throws a `TypeError` where one is missing. */
export function addressOf(server: string, operation: Operation, input: AnyInput): string {
  const path = operation.path.replace(/\{(\w+|\*)\}/g, (_, name: string) => {
    const value = input.params?.[name];
    if (value === undefined || value === null || value === '') throw new TypeError(`${operation.path} needs the parameter ${name}`);
    const text = encodeURIComponent(String(value));
    // `*` is the rest of a path: its slashes stay slashes.
    return name === '*' ? text.replace(/%2F/g, '/') : text;
  });
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(input.query ?? {})) {
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (one !== undefined && one !== null) query.append(name, String(one));
    }
  }
  return `${server}${path}${query.size > 0 ? `?${query}` : ''}`;
}

function bytesBody(body: Bytes): RequestInit {
  if (body instanceof Uint8Array) return { body: body as Uint8Array<ArrayBuffer> };
  if (body instanceof Blob) return { body };
  const stream = body instanceof ReadableStream ? body : streamOf(body);
  // `half`: the answer is read after the body was sent, which is all that HTTP/1.1 offers. Types of fetch do not know it yet.
  return { body: stream, duplex: 'half' } as RequestInit;
}

/** As `ReadableStream.from`, which not all browsers have. */
function streamOf(pieces: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = pieces[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const piece = await iterator.next();
      if (piece.done) controller.close();
      else controller.enqueue(piece.value);
    },
    async cancel(reason) {
      await iterator.return?.(reason);
    },
  });
}

function requestOf(connection: Connection, operation: Operation, input: AnyInput, extra: Readonly<Record<string, string>>): RequestInit {
  const headers: Record<string, string> = { accept: operation.answers === 'events' ? 'text/event-stream' : '*/*', ...extra };
  if (connection.token !== undefined) headers['authorization'] = `Bearer ${connection.token}`;
  const writes = operation.method === 'POST' || operation.method === 'PATCH';
  if (writes && operation.body !== 'bytes') headers['idempotency-key'] = input.idempotencyKey ?? crypto.randomUUID();
  else if (input.idempotencyKey !== undefined) headers['idempotency-key'] = input.idempotencyKey;
  const request: RequestInit = { method: operation.method, headers, redirect: 'error' };
  if (operation.body === 'bytes') {
    headers['content-type'] = input.contentType ?? 'application/octet-stream';
    return { ...request, ...bytesBody(input.body as Bytes) };
  }
  if (operation.body === 'none' || input.body === undefined) return request;
  headers['content-type'] = 'application/json';
  return { ...request, body: JSON.stringify(input.body) };
}

/** An answer whose deadline is still running: `settle` stops it, once what counts has arrived. */
export interface Arrived {
  readonly response: Response;
  readonly settle: () => void;
}

/** One attempt. Rejects with the caller's own reason, a `SlipwayConnectionError` or a `SlipwayApiError`. */
async function attempt(
  connection: Connection,
  address: string,
  request: RequestInit,
  input: AnyInput,
  timeout_ms: number,
): Promise<Arrived> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new Error(`no answer within ${timeout_ms} ms`)), timeout_ms);
  const settle = (): void => clearTimeout(timer);
  try {
    const signal = input.signal === undefined ? late.signal : AbortSignal.any([input.signal, late.signal]);
    const response = await connection.fetch(address, { ...request, signal });
    if (response.ok) return { response, settle };
    throw await apiErrorOf(response);
  } catch (error) {
    settle();
    input.signal?.throwIfAborted();
    throw asOurs(error, connection.server);
  }
}

function asOurs(error: unknown, server: string): unknown {
  if (!(error instanceof Error) || error.name === 'SlipwayApiError') return error;
  const cause = error.cause instanceof Error ? error.cause.message : error.message;
  return new SlipwayConnectionError(
    `No answer from ${server}: ${cause || error.message}. Is it running (\`slipway up\`), and is this its address?`,
    error,
  );
}

/** Whether the very same request may be sent twice: by its method, or because it has a key; and its body must still be there. */
function repeatable(operation: Operation, request: RequestInit): boolean {
  if (request.body instanceof ReadableStream) return false;
  const named = new Headers(request.headers).has('idempotency-key');
  return named || operation.method === 'GET' || operation.method === 'PUT' || operation.method === 'DELETE';
}

/**
 * Sends an operation, repeats it while that is safe and can help, and reads the answer with `read` under the same deadline.
 *
 * @throws SlipwayApiError when the server refused, SlipwayConnectionError when no answer came, or the reason of the signal
 */
export async function send<T>(
  connection: Connection,
  operation: Operation,
  input: AnyInput,
  read: (arrived: Arrived) => Promise<T> | T,
  extra: Readonly<Record<string, string>> = {},
): Promise<T> {
  const address = addressOf(connection.server, operation, input);
  const request = requestOf(connection, operation, input, extra);
  const timeout_ms = input.timeout_ms ?? (operation.body === 'bytes' ? uploadTimeoutDefault_ms : timeoutDefault_ms);
  for (let tried = 1; ; tried++) {
    try {
      const arrived = await attempt(connection, address, request, input, timeout_ms);
      return await readWithin(arrived, input, connection.server, read);
    } catch (error) {
      input.signal?.throwIfAborted();
      const delay_ms = repeatable(operation, request) ? retryDelay_ms(error, tried, Math.random()) : null;
      if (delay_ms === null) throw error;
      await pause(delay_ms, input.signal);
    }
  }
}

async function readWithin<T>(arrived: Arrived, input: AnyInput, server: string, read: (arrived: Arrived) => Promise<T> | T): Promise<T> {
  try {
    return await read(arrived);
  } catch (error) {
    input.signal?.throwIfAborted();
    throw asOurs(error, server);
  } finally {
    arrived.settle();
  }
}
