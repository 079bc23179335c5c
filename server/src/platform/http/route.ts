import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { Endpoint } from '@slipway/contracts';
import type { z } from 'zod';
import type { Caller } from '../../kernel/caller.ts';
import type { SlipwayError } from '../../kernel/error.ts';
import type { Project } from '../../kernel/project.ts';
import type { CookieOptions } from './cookies.ts';

export interface RequestFacts {
  /** Under this id the log tells of the request; events keep it too. */
  readonly id: string;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly cookies: ReadonlyMap<string, string>;
  /** Of the socket. `X-Forwarded-For` is never believed. */
  readonly ip: string;
  /** Aborts when the client goes away or the server stops. */
  readonly signal: AbortSignal;
  /** The body of a `bytes` operation: inflated, and ending with `body_too_large` at the limit. */
  readonly stream: Readable;
}

export interface ReplyControls {
  setStatus(status: number): void;
  setHeader(name: string, value: string): void;
  setCookie(name: string, value: string, options: CookieOptions): void;
}

export interface Incoming<P, Q, B> {
  readonly caller: Caller;
  /** The project that the path names; asking for it where the path names none is a mistake in the program. */
  readonly project: Project;
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly request: RequestFacts;
  readonly reply: ReplyControls;
}

/** An answer is only read, so a handler may give what its room holds. */
type DeepReadonly<T> = T extends (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;

export type Handler<P, Q, B, A> = (incoming: Incoming<P, Q, B>) => Promise<A> | A;

/** How an error looks on the wire of a foreign protocol, or as a page. A string body is sent as it is. */
export interface ErrorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface RouteOptions<B> {
  /** Finds the project that the permission is asked for, where the path names none. */
  readonly projectOf?: (caller: Caller, headers: IncomingHttpHeaders) => Promise<Project>;
  /** True where a client may show an email address and a password with each request (`Authorization: Basic`). */
  readonly takesPassword?: boolean;
  /** Replaces our own reading of a JSON body, whatever content type it has. */
  readonly parseBody?: (bytes: Buffer, headers: IncomingHttpHeaders) => unknown;
  /** Replaces the form of our own errors. */
  readonly explain?: (error: SlipwayError, request: string) => ErrorAnswer;
  /** Replaces zod on hot paths by compiled code; it throws `invalid_input` itself. */
  readonly checkBody?: (value: unknown) => B;
  /** False where the answer holds a secret: it is then not kept for a repeated `Idempotency-Key`. */
  readonly keepsAnswer?: boolean;
  /** The members that the handler's own reader takes, where the contracts do not say it. */
  readonly reads?: readonly string[];
}

/** An endpoint with the code that answers it; the only thing that the server registers. */
export interface Route {
  readonly endpoint: Endpoint;
  readonly handler: Handler<unknown, unknown, unknown, unknown>;
  readonly options: RouteOptions<unknown>;
}

/**
 * Joins an operation of the contracts and the code behind it. The handler answers the response's value; for `bytes` a
 * buffer, a text or a readable stream; for `html` a text; for `events` an async iterable of `ServerSentEvent`.
 */
export function implement<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(
  endpoint: Endpoint<P, Q, B, R>,
  handler: Handler<z.output<P>, z.output<Q>, z.output<B>, DeepReadonly<z.input<R>>>,
  options: RouteOptions<z.output<B>> = {},
): Route {
  return { endpoint, handler, options } as unknown as Route;
}
