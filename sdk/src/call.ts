/** What the client sends for one operation. Made from the contracts, see `operations.gen.ts`. */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With `{name}` where a path parameter goes, and `{*}` for the rest of a path. */
  readonly path: string;
  readonly body: 'none' | 'json' | 'bytes';
  readonly answers: 'none' | 'json' | 'bytes' | 'events';
}

export interface CallOptions {
  /** Ends the call, and its retries, with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Per attempt. For streams it covers the time until the answer begins. Default 30,000; an hour where bytes are sent. */
  readonly timeout_ms?: number;
  /** Names the request, so that a repeat of it is the same request. Default for POST and PATCH: a fresh one per call. */
  readonly idempotencyKey?: string;
}

/** Bytes to send. Only a `Uint8Array` or a `Blob` can be sent again when an attempt fails; of a browser's files only these two can be sent. */
export type Bytes = Uint8Array | Blob | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

/** Bytes that arrive. Read `stream`, or `bytes()`, or `text()`: one of them, once. */
export interface ByteAnswer {
  readonly contentType: string | null;
  /** Null where the server did not say. */
  readonly length_bytes: number | null;
  readonly stream: ReadableStream<Uint8Array>;
  bytes(): Promise<Uint8Array>;
  text(): Promise<string>;
}

/** One event of a stream (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export interface ServerEvent {
  /** What `Last-Event-ID` takes to go on after this event. */
  readonly id: string;
  readonly type: string;
  /** Parsed JSON; the text itself where it is not JSON. */
  readonly data: unknown;
}

/** What a schema of the contracts takes and gives, read from its type alone: zod itself is not needed here. */
type InputOf<Schema> = Schema extends { _zod: { input: infer I } } ? I : unknown;
type OutputOf<Schema> = Schema extends { _zod: { output: infer O } } ? O : unknown;
type Nothing = Record<never, never>;

/** A part of the input: absent when no schema was declared, optional when all of it is, else required. */
type Part<Name extends string, T> = unknown extends T
  ? Nothing
  : Nothing extends T
    ? { readonly [K in Name]?: T }
    : { readonly [K in Name]: T };

type BodyPart<Kind, T> = Kind extends 'json'
  ? Part<'body', T>
  : Kind extends 'bytes'
    ? { readonly body: Bytes; readonly contentType?: string }
    : Nothing;

/** The shape of a declared endpoint that matters for its types. */
interface Declared {
  readonly params?: unknown;
  readonly query?: unknown;
  readonly body?: unknown;
  readonly response?: unknown;
}

type Input<E extends Declared, Body> = Part<'params', InputOf<E['params'] & Nothing>> &
  Part<'query', InputOf<E['query'] & Nothing>> &
  BodyPart<Body, InputOf<E['body'] & Nothing>>;

type Answer<E extends Declared, Kind> = Kind extends 'events'
  ? AsyncIterable<ServerEvent>
  : Kind extends 'bytes'
    ? Promise<ByteAnswer>
    : Kind extends 'none'
      ? Promise<void>
      : Promise<OutputOf<E['response'] & Nothing>>;

/** The method of one operation; its argument may be left out when nothing in it is required. */
export type Call<E extends Declared, Body, Kind> =
  Nothing extends Input<E, Body>
    ? (input?: Input<E, Body> & CallOptions) => Answer<E, Kind>
    : (input: Input<E, Body> & CallOptions) => Answer<E, Kind>;

/** Any operation's input, as the sender sees it once the types have done their work. */
export interface AnyInput extends CallOptions {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly contentType?: string;
}
