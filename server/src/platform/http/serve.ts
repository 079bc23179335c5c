import { PassThrough, Readable } from 'node:stream';
import type { Endpoint, Permission } from '@slipway/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { assertMay, type Caller } from '../../kernel/caller.ts';
import { failure } from '../../kernel/error.ts';
import type { Project } from '../../kernel/project.ts';
import type { Log } from '../log/index.ts';
import { errorAnswer, jsonHeaders, jsonUtf8, known, pageHeaders, secure } from './answers.ts';
import type { Attempts } from './attempts.ts';
import { assertBodyWelcome, limitedStream, parseBody, readBody } from './body.ts';
import { cookieHeader, parseCookies } from './cookies.ts';
import { type EventStreamLimits, type ServerSentEvent, writeEvents } from './events-stream.ts';
import type { Once } from './idempotency.ts';
import { checked } from './problems.ts';
import type { Incoming, RequestFacts, Route } from './route.ts';

/** What a request shows to say who makes it. */
export interface Credentials {
  readonly bearer: string | null;
  /** Email address and password, where a protocol sends them with each request. */
  readonly basic?: { readonly email: string; readonly password: string };
  readonly cookies: ReadonlyMap<string, string>;
  readonly ip: string;
  readonly request: string;
}

export interface ServeDeps {
  /** Null where nothing was shown; throws 401 for what is shown and not valid. */
  readonly authenticate: (credentials: Credentials) => Promise<Caller | null>;
  /** By name or id; throws 404. */
  readonly resolveProject: (name: string) => Promise<Project>;
  readonly once: Once;
  readonly log: Log;
  readonly attempts: Attempts;
  readonly stopping: AbortSignal;
  readonly limits: HttpLimits;
}

export interface HttpLimits extends EventStreamLimits {
  readonly json_bytes: number;
  readonly upload_bytes: number;
  /** For a whole body that is read here, and for a silence in one that is streamed. */
  readonly body_ms: number;
  /** Streams of events open at once. */
  readonly streams: number;
  /** How often the rights of a stream's reader are looked at while nothing happens in it. */
  readonly rights_ms: number;
}

export const defaultLimits: HttpLimits = {
  json_bytes: 1_048_576,
  upload_bytes: 64 * 1024 ** 3,
  body_ms: 30_000,
  streams: 200,
  // With what is remembered of a token for two seconds, a revoked one is gone within five.
  rights_ms: 2_000,
  // The pages call themselves not live after ten seconds without news.
  heartbeat_ms: 5_000,
  stall_ms: 30_000,
};

interface Exchange {
  readonly route: Route;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly facts: RequestFacts;
}

/** One request from here to its answer. Host and Origin were judged before the route was known. */
export function createServe(deps: ServeDeps) {
  let streams = 0;

  async function answer(exchange: Exchange): Promise<void> {
    const { route, request, facts } = exchange;
    const { endpoint } = route;
    const limit_bytes = limitOf(endpoint, deps.limits);
    if (request.url.includes('%00')) throw failure('malformed_request', { reason: 'its path or query holds a NUL character' });
    if (endpoint.answers === 'html') exchange.reply.headers(pageHeaders);
    assertBodyWelcome(route, request.headers, limit_bytes);
    const caller = endpoint.permission === 'public' ? anonymous(facts.id) : await signedIn(route, request, facts);
    const project = await permitted(caller, route, request);
    const params = endpoint.params ? checked(endpoint.params, request.params, 'path') : request.params;
    const query = endpoint.query ? checked(endpoint.query, request.query, 'query') : {};
    const readsJson = endpoint.body !== undefined && endpoint.bodyKind !== 'bytes';
    const bytes = readsJson ? await readBody(request.raw, request.headers, limit_bytes, deps.limits.body_ms) : nothing;
    const body = readsJson ? checkedBody(route, (route.options.parseBody ?? parseBody)(bytes, request.headers)) : undefined;
    const incoming = incomingOf({ caller, project, params, query, body }, exchange);
    await work(exchange, incoming, bytes);
  }

  async function work(exchange: Exchange, incoming: Incoming<unknown, unknown, unknown>, bytes: Buffer): Promise<void> {
    const { route, request, reply } = exchange;
    const { endpoint, handler } = route;
    const key = keyOf(route, request);
    if (endpoint.answers === 'events') await sendEvents(exchange, (await handler(incoming)) as AsyncIterable<ServerSentEvent>);
    else if (key === null) send(exchange, await handler(incoming), deps.stopping);
    else {
      const at = { caller: incoming.caller.person ?? incoming.caller.id, route: endpoint.id, key };
      const done = await deps.once(at, { url: request.url, body: bytes }, async () => jsonAnswer(reply, endpoint, await handler(incoming)));
      if (done.replayed) reply.header('idempotent-replayed', 'true');
      sendText(exchange, done.status, done.text, deps.stopping);
    }
  }

  async function signedIn({ options }: Route, request: FastifyRequest, facts: RequestFacts): Promise<Caller> {
    const shown = request.headers.authorization;
    const bearer = /^Bearer +(\S+)$/i.exec(shown ?? '')?.[1] ?? null;
    const basic = options.takesPassword && bearer === null ? passwordOf(shown) : null;
    if (shown !== undefined && bearer === null && basic === null) throw failure('token_not_valid', {});
    const credentials = { bearer, cookies: facts.cookies, ip: facts.ip, request: facts.id };
    const caller = await deps.authenticate(basic === null ? credentials : { ...credentials, basic });
    if (!caller) throw failure('not_signed_in', {});
    return caller;
  }

  async function permitted(caller: Caller, { endpoint, options }: Route, request: FastifyRequest): Promise<Project | null> {
    const { permission } = endpoint;
    if (permission === 'server-admin' && !caller.serverAdmin) throw failure('server_admin_only', { caller: caller.name });
    const name = (request.params as Record<string, unknown>)['project'];
    if (typeof name !== 'string' && !options.projectOf) return null;
    const project = options.projectOf ? await options.projectOf(caller, request.headers) : await deps.resolveProject(name as string);
    if (!['public', 'signed-in', 'server-admin'].includes(permission)) assertMay(caller, project, permission as Permission);
    return project;
  }

  /** A stream outlives rights: it ends before an event that its reader may no longer see, soon after them if there is none, and coming back is refused. */
  async function* whilePermitted(exchange: Exchange, source: AsyncIterable<ServerSentEvent>) {
    for await (const event of source) {
      if (!(await isStillPermitted(exchange))) return;
      yield event;
    }
  }

  async function isStillPermitted({ route, request, facts }: Exchange): Promise<boolean> {
    if (route.endpoint.permission === 'public') return true;
    try {
      await permitted(await signedIn(route, request, facts), route, request);
      return true;
    } catch {
      return false;
    }
  }

  async function sendEvents(exchange: Exchange, source: AsyncIterable<ServerSentEvent>): Promise<void> {
    const { reply, facts } = exchange;
    if (streams >= deps.limits.streams) {
      throw failure(
        'limit_reached',
        { what: 'Open event streams', limit: deps.limits.streams, where: 'the server' },
        { retry_after_s: 30 },
      );
    }
    streams++;
    secure(reply, facts.id);
    reply.header('content-type', 'text/event-stream; charset=utf-8');
    const headers = reply.getHeaders();
    reply.hijack();
    for (const [name, value] of Object.entries(headers)) if (value !== undefined) reply.raw.setHeader(name, value);
    const endWhenRefused = async (): Promise<void> => {
      if (!(await isStillPermitted(exchange))) reply.raw.end();
    };
    const watch = setInterval(() => void endWhenRefused(), deps.limits.rights_ms);
    watch.unref();
    try {
      await writeEvents(reply.raw, whilePermitted(exchange, source), facts.signal, deps.limits);
    } catch (error) {
      deps.log.warn('a stream of events ended early', { request: facts.id, error });
    } finally {
      clearInterval(watch);
      streams--;
    }
  }

  return async function serve(route: Route, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const facts = factsOf(request, reply, limitOf(route.endpoint, deps.limits), deps);
    try {
      await answer({ route, request, reply, facts });
    } catch (error) {
      // What is left of a refused body is let run dry: unread, it would stand before the next request of its connection.
      request.raw.unpipe();
      request.raw.resume();
      const wanted = known(error, facts.id, deps);
      const { status, headers, body } = (route.options.explain ?? errorAnswer)(wanted, facts.id);
      if (status === 413 || status === 408) reply.header('connection', 'close');
      reply.code(status).headers({ ...(typeof body === 'string' ? {} : { 'content-type': jsonUtf8 }), ...headers });
      reply.send(typeof body === 'string' ? body : JSON.stringify(body));
    }
    return reply;
  };
}

/**
 * Keys count for JSON answers of POST; other methods repeat without harm. A body that its handler reads cannot be compared with that of
 * the first request, whose answer another body must not get.
 */
function keyOf({ endpoint, options }: Route, { headers }: FastifyRequest): string | null {
  const key = headers['idempotency-key'];
  const counts =
    endpoint.method === 'POST' && (endpoint.answers ?? 'json') === 'json' && endpoint.bodyKind !== 'bytes' && options.keepsAnswer !== false;
  return counts && typeof key === 'string' ? key : null;
}

/** Of RFC 7617; null for what is none. */
function passwordOf(shown: string | undefined): { email: string; password: string } | null {
  const encoded = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(shown ?? '')?.[1];
  const [, email, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded ?? '', 'base64').toString('utf8')) ?? [];
  return email === undefined || password === undefined ? null : { email, password };
}

const nothing = Buffer.alloc(0);

function limitOf({ bodyLimit_bytes, bodyKind }: Endpoint, limits: HttpLimits): number {
  return bodyLimit_bytes ?? (bodyKind === 'bytes' ? limits.upload_bytes : limits.json_bytes);
}

function factsOf(
  request: FastifyRequest,
  reply: FastifyReply,
  limit_bytes: number,
  { stopping, limits }: Pick<ServeDeps, 'stopping' | 'limits'>,
): RequestFacts {
  let signal: AbortSignal | null = null;
  let stream: Readable | null = null;
  return {
    id: request.id,
    method: request.method,
    path: request.url.split('?', 1)[0] ?? '/',
    headers: request.headers,
    cookies: parseCookies(request.headers.cookie),
    ip: request.ip,
    // Made on demand: it costs as much as a small request does.
    get signal() {
      signal ??= AbortSignal.any([closing(reply), stopping]);
      return signal;
    },
    get stream() {
      stream ??= limitedStream(request.raw, request.headers, limit_bytes, limits.body_ms);
      return stream;
    },
  };
}

function closing(reply: FastifyReply): AbortSignal {
  if (reply.raw.destroyed) return AbortSignal.abort();
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  return gone.signal;
}

type Parts = Omit<Incoming<unknown, unknown, unknown>, 'request' | 'reply' | 'project'> & { readonly project: Project | null };

function incomingOf(
  { caller, project, params, query, body }: Parts,
  { route, reply, facts }: Exchange,
): Incoming<unknown, unknown, unknown> {
  return {
    caller,
    params,
    query,
    body,
    get project() {
      if (!project) throw new Error(`the path of ${route.endpoint.id} names no project`);
      return project;
    },
    request: facts,
    reply: {
      setStatus: (status) => void reply.code(status),
      setHeader: (name, value) => void reply.header(name, value),
      setCookie: (name, value, options) => void reply.header('set-cookie', cookieHeader(name, value, options)),
    },
  };
}

/** Public operations run as nobody: no grants, and events that they cause say so. */
function anonymous(request: string): Caller {
  return { kind: 'system', id: 'anonymous', name: 'anonymous', person: null, grants: new Map(), serverAdmin: false, cause: null, request };
}

function checkedBody({ endpoint, options }: Route, value: unknown): unknown {
  if (options.checkBody) return options.checkBody(value);
  return endpoint.body ? checked(endpoint.body, value, 'body') : undefined;
}

function jsonAnswer(reply: FastifyReply, endpoint: Endpoint, value: unknown): { status: number; text: string } {
  const status = reply.statusCode !== 200 ? reply.statusCode : (endpoint.status ?? (endpoint.response ? 200 : 204));
  return { status, text: status === 204 || value === undefined ? '' : JSON.stringify(value) };
}

/** Written at once where nobody has added a header: what the framework does to send a text takes as long as reading the request. */
function sendText({ reply, facts }: Exchange, status: number, text: string, stopping: AbortSignal): void {
  if (text === '') reply.code(status).send();
  else if (stopping.aborted || Object.keys(reply.getHeaders()).length > 0) reply.header('content-type', jsonUtf8).code(status).send(text);
  else {
    reply.hijack();
    reply.raw.writeHead(status, jsonHeaders(facts.id, Buffer.byteLength(text))).end(text);
  }
}

function send(exchange: Exchange, value: unknown, stopping: AbortSignal): void {
  const { route, reply } = exchange;
  const answers = route.endpoint.answers ?? 'json';
  if (answers === 'json') {
    const { status, text } = jsonAnswer(reply, route.endpoint, value);
    sendText(exchange, status, text, stopping);
    return;
  }
  if (!reply.hasHeader('content-type'))
    reply.header('content-type', answers === 'html' ? 'text/html; charset=utf-8' : 'application/octet-stream');
  if (route.endpoint.status !== undefined && reply.statusCode === 200) reply.code(route.endpoint.status);
  if (value instanceof Uint8Array && !Buffer.isBuffer(value)) reply.send(Buffer.from(value.buffer, value.byteOffset, value.byteLength));
  else if (isIterable(value) && !(value instanceof Readable)) reply.send(Readable.from(value).pipe(new PassThrough()));
  else reply.send(value ?? '');
}

function isIterable(value: unknown): value is AsyncIterable<Uint8Array> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
