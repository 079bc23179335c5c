import type { FastifyReply } from 'fastify';
import { failure, SlipwayError } from '../../kernel/error.ts';
import type { Log } from '../log/index.ts';
import type { Attempts } from './attempts.ts';
import type { ErrorAnswer } from './route.ts';

/** On every answer: it is what it says it is, for our own pages only, kept by nobody, and powerless if it is shown as a page. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; sandbox",
  'cache-control': 'no-store',
};

/** The same end to end, as Node takes them without a look at each. */
const securityPairs = Object.entries(securityHeaders).flat();

/** All headers of a JSON answer that has none of its own. */
export function jsonHeaders(request: string, size_bytes: number): string[] {
  return [...securityPairs, 'x-request-id', request, 'content-type', jsonUtf8, 'content-length', String(size_bytes)];
}

export const jsonUtf8 = 'application/json; charset=utf-8';

/** What an answer does not say otherwise. */
export function secure(reply: FastifyReply, request: string): void {
  for (const [name, value] of Object.entries(securityHeaders)) if (!reply.hasHeader(name)) reply.header(name, value);
  reply.header('x-request-id', request);
}

/**
 * On pages too. `same-origin` and not `no-referrer`: with the latter browsers send `Origin: null` with our own forms (Fetch
 * standard, "append a request Origin header").
 */
export const pageHeaders: Readonly<Record<string, string>> = {
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
};

export const pagePolicy = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'";

/** Who is signed in and tries what they may not do shows in the log, without what they sent; who is nobody cannot fill it so. */
const rightsRefused: ReadonlySet<string> = new Set([
  'not_permitted',
  'server_admin_only',
  'right_not_held',
  'person_only',
  'second_person_needed',
]);

/** Where errors are written down. */
export interface Answering {
  readonly log: Log;
  readonly attempts: Attempts;
}

/** Any error as one of the table. What is not of the table is logged with its cause and answered as `internal`. */
export function known(error: unknown, request: string, { log, attempts }: Answering): SlipwayError {
  if (error instanceof SlipwayError) {
    attempts.note(error.code, request);
    // A 503 or 504 tells of load or of something not there yet; what failed for good is a person's to look at.
    if (error.status === 500 || error.status === 507 || error.code === 'storage_failed')
      log.error(error.message, { request, code: error.code, error });
    else if (rightsRefused.has(error.code)) log.warn('a request was refused', { request, code: error.code, reason: error.message });
    return error;
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return failure('unsupported_media_type', { got: '(unreadable)', expected: 'application/json' });
  if (code === 'FST_ERR_MAX_PARAM_LENGTH') return failure('malformed_request', { reason: 'a part of its path is too long' });
  if (code.startsWith('FST_ERR_') && (error as { statusCode?: number }).statusCode === 400) {
    return failure('malformed_request', { reason: (error as Error).message });
  }
  log.error('a request failed', { request, error });
  if (code === 'ENOSPC' || code === 'EDQUOT') return failure('storage_full', {}, {}, error);
  return failure('internal', { request }, {}, error);
}

/** The one form of our errors on the wire. */
export function errorAnswer(error: SlipwayError, request: string): ErrorAnswer {
  const { code, message, todo, details } = error;
  return { status: error.status, headers: retryHeaders(error), body: { error: { code, message, todo, details, request } } };
}

/** Who is sent away for now is told when to come back. */
export function retryHeaders(error: SlipwayError): Record<string, string> {
  if (error.status !== 429 && error.status !== 503) return {};
  const wait_s = Number(error.details['retry_after_s'] ?? 1);
  return { 'retry-after': String(Math.max(1, Math.ceil(wait_s))) };
}
