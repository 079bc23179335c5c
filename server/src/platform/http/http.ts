import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
  type InjectOptions,
  type LightMyRequestResponse,
} from 'fastify';
import type { Caller } from '../../kernel/caller.ts';
import type { Clock } from '../../kernel/clock.ts';
import { failure } from '../../kernel/error.ts';
import type { Project } from '../../kernel/project.ts';
import type { Database } from '../database/index.ts';
import type { Log } from '../log/index.ts';
import { noSpans, type Span, type Spans } from '../telemetry/index.ts';
import { type Answering, errorAnswer, known, pageHeaders, pagePolicy, secure, securityHeaders } from './answers.ts';
import { createAttempts } from './attempts.ts';
import { createIdempotency } from './idempotency.ts';
import type { Metrics } from './metrics.ts';
import { assertWhence, type Served } from './origins.ts';
import type { Route } from './route.ts';
import { type Credentials, createServe, defaultLimits, type HttpLimits } from './serve.ts';

/** What a GET that no route answers may ask for. */
export interface PageRequest {
  readonly path: string;
  readonly acceptsGzip: boolean;
}

/** A file of the web app, found by its path. Its headers win over those that every page has. */
export interface Page {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | Readable;
}

export interface HttpOptions extends Served {
  readonly routes: readonly Route[];
  readonly authenticate: (credentials: Credentials) => Promise<Caller | null>;
  readonly resolveProject: (name: string) => Promise<Project>;
  /** What a GET that no route answers gets; null for 404. */
  readonly page?: (request: PageRequest) => Promise<Page | null>;
  /** Paths of foreign protocols, whose clients take an unknown address that is told in our form for a refusal of theirs. */
  readonly isForeign?: (path: string) => boolean;
  readonly database: Database;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly clock: Clock;
  readonly spans?: Pick<Spans, 'isOn' | 'record'>;
  readonly limits?: Partial<HttpLimits>;
}

export interface Http {
  listen(at: { readonly host: string; readonly port: number }): Promise<{ readonly port: number }>;
  /** Takes no more requests, ends the streams, finishes what is in flight for at most `grace_ms`, then cuts. */
  close(grace_ms: number): Promise<void>;
  /** A request without a socket, for tests. */
  inject(request: InjectOptions): Promise<LightMyRequestResponse>;
  readonly routeTable: readonly Route[];
}

const headersLimit_ms = 15_000;
const keepAlive_ms = 72_000;
const pathParameterLimit_chars = 1024;

/** The one HTTP server: everything that is answered here is one of `routes`, a page, or a refusal. */
export function createHttp(options: HttpOptions): Http {
  const { log, metrics, clock } = options;
  const answering = { log, attempts: createAttempts(log, clock) };
  const stopping = new AbortController();
  const app = fastify({
    logger: false,
    genReqId: () => `req_${randomUUID()}`,
    exposeHeadRoutes: false,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    keepAliveTimeout: keepAlive_ms,
    // A request without Host is refused by `assertWhence`, in our words.
    http: { headersTimeout: headersLimit_ms, requestTimeout: 0, requireHostHeader: false },
    routerOptions: { maxParamLength: pathParameterLimit_chars },
    clientErrorHandler: refuseUnreadable,
    frameworkErrors: (error, request, reply) => {
      reply.headers(securityHeaders);
      sendError(error, request, reply, answering);
    },
  });
  const limits = { ...defaultLimits, ...options.limits };
  const once = createIdempotency(options);
  const serve = createServe({ ...options, ...answering, limits, once, stopping: stopping.signal });
  prepare(app, options, { methodsOf: methodsByPath(options), answering });
  // Every answer that is not written at once by `serve`.
  app.addHook('onSend', (request, reply, payload, done) => {
    secure(reply, request.id);
    // A kept-alive connection would hold the stop until its grace is over.
    if (stopping.signal.aborted) reply.header('connection', 'close');
    done(null, payload);
  });
  for (const route of options.routes) {
    app.route({
      method: route.endpoint.method,
      url: route.endpoint.path,
      config: { id: route.endpoint.id, explain: route.options.explain },
      handler: (request, reply) => serve(route, request, reply),
    });
  }
  assertUnique(options.routes);
  return {
    routeTable: options.routes,
    inject: (request) => app.inject(request),
    listen: (at) => listen(app, at),
    async close(grace_ms) {
      stopping.abort();
      const cut = setTimeout(() => app.server.closeAllConnections(), grace_ms);
      await app.close();
      clearTimeout(cut);
      metrics.close();
    },
  };
}

/** The methods that a path of a foreign protocol is served with; empty for one that is not served. */
function methodsByPath({ routes, isForeign }: Pick<HttpOptions, 'routes' | 'isForeign'>): (path: string) => string[] {
  const foreign = routes.filter(({ endpoint }) => isForeign?.(endpoint.path));
  const served = foreign.map(({ endpoint: { path, method } }) => {
    const pattern = path
      .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
      .replace(/:\w+/g, '[^/]+')
      .replace('*', '.*');
    return { pattern: new RegExp(`^${pattern}$`), method };
  });
  return (path) => [...new Set(served.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))].sort();
}

function prepare(
  app: FastifyInstance,
  { page, isForeign, metrics, log, clock, spans = noSpans, hosts, origins }: HttpOptions,
  { methodsOf, answering }: { readonly methodsOf: (path: string) => string[]; readonly answering: Answering },
): void {
  // Bodies are read by `serve` after the caller is known, never by the framework: to it no method has one.
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) app.addHttpMethod(method, { hasBody: false, overrideExisting: true });
  app.addHook('onRequest', (request, _reply, done) => {
    const { headers, method } = request;
    assertWhence(
      {
        method,
        target: request.raw.url ?? '/',
        host: headers.host,
        hosts: countOf(request.raw.rawHeaders, 'host'),
        origin: headers.origin,
        fetchSite: header(headers['sec-fetch-site']),
        cookies: headers.cookie !== undefined,
        bearer: headers.authorization !== undefined,
      },
      { hosts, origins },
    );
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const route = (request.routeOptions.config as { id?: string }).id ?? 'none';
    metrics.observe(route, request.method, reply.statusCode, reply.elapsedTime / 1000);
    if (spans.isOn) spans.record(spanOf(request, reply, route, clock.now()));
    log.debug('answered', { request: request.id, route, status: reply.statusCode, duration_ms: Math.round(reply.elapsedTime) });
    done();
  });
  // Node would answer 417 without a word.
  app.server.on('checkExpectation', (_request, response: ServerResponse) => {
    const refusal = failure('malformed_request', { reason: 'no expectation but 100-continue can be met' });
    const { status, body } = errorAnswer(refusal, 'none');
    const headers = { ...securityHeaders, 'content-type': 'application/json; charset=utf-8', connection: 'close' };
    response.writeHead(status, headers).end(JSON.stringify(body));
  });
  app.setErrorHandler((error, request, reply) => sendError(error, request, reply, answering));
  app.setNotFoundHandler(async (request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '/';
    if (isForeign?.(path)) {
      const allowed = methodsOf(path);
      reply.type('text/plain; charset=utf-8');
      if (allowed.length === 0) return reply.code(404).send('Not Found');
      return reply.code(405).header('allow', allowed.join(', ')).send('Method Not Allowed');
    }
    const acceptsGzip = /\bgzip\b/.test(header(request.headers['accept-encoding']) ?? '');
    const found = request.method === 'GET' && page ? await page({ path, acceptsGzip }) : null;
    if (!found) throw failure('route_not_found', { method: request.method, path });
    reply
      .headers({ ...pageHeaders, 'content-security-policy': pagePolicy })
      .code(found.status)
      .headers(found.headers)
      .send(found.body);
    return reply;
  });
}

/** In the form of the route that was asked for, where there is one. */
function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply, answering: Answering): void {
  const { explain = errorAnswer } = request.routeOptions.config as Pick<Route['options'], 'explain'>;
  const { status, headers, body } = explain(known(error, request.id, answering), request.id);
  reply
    .code(status)
    .headers({ 'content-type': 'application/json; charset=utf-8', ...headers })
    .send(typeof body === 'string' ? body : JSON.stringify(body));
}

function assertUnique(routes: readonly Route[]): void {
  const ids = new Set<string>();
  for (const { endpoint } of routes) {
    if (ids.has(endpoint.id)) throw new Error(`two routes have the id ${endpoint.id}`);
    ids.add(endpoint.id);
  }
}

async function listen(app: FastifyInstance, { host, port }: { readonly host: string; readonly port: number }): Promise<{ port: number }> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') throw failure('port_taken', { host, port }, {}, error);
    throw error;
  }
  return { port: (app.server.address() as AddressInfo).port };
}

function countOf(rawHeaders: readonly string[], name: string): number {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) if (rawHeaders[at]?.toLowerCase() === name) count++;
  return count;
}

function header(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

/** What Node's parser refuses never becomes a request; it is answered on the bare socket and cut. */
function refuseUnreadable(error: { readonly code?: string }, socket: import('node:net').Socket): void {
  if (!socket.writable) return void socket.destroy();
  const late = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
  const refusal = late
    ? failure('body_too_slow', { timeout_ms: headersLimit_ms })
    : failure('malformed_request', { reason: `it is not well-formed HTTP (${error.code ?? 'unknown'})` });
  const body = JSON.stringify(errorAnswer(refusal, 'none').body);
  const head = `HTTP/1.1 ${late ? '408 Request Timeout' : '400 Bad Request'}\r\ncontent-type: application/json; charset=utf-8`;
  socket.end(`${head}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`);
}

/** Of the route and not of the path, which holds names of users. */
function spanOf(request: FastifyRequest, reply: FastifyReply, route: string, end_ms: number): Span {
  const { method, headers } = request;
  const path = request.routeOptions.url ?? 'none';
  return {
    name: `${method} ${path}`,
    kind: 'server',
    end_ms,
    duration_ms: reply.elapsedTime,
    attributes: {
      'http.request.method': method,
      'http.route': path,
      'http.response.status_code': reply.statusCode,
      'slipway.operation': route,
      'slipway.request': request.id,
    },
    failed: reply.statusCode >= 500,
    parent: header(headers['traceparent']),
  };
}
