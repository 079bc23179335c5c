import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { type Readable, Transform } from 'node:stream';
import { createGunzip, createInflate } from 'node:zlib';
import { failure, type SlipwayError } from '../../kernel/error.ts';
import { parseJson } from './json.ts';
import type { Route } from './route.ts';

/** What the headers promise is refused before a byte of the body is read. */
export function assertBodyWelcome({ endpoint, options }: Route, headers: IncomingHttpHeaders, limit_bytes: number): void {
  const announced = Number(headers['content-length'] ?? 0);
  if (announced > limit_bytes) throw failure('body_too_large', { limit_bytes });
  const encoding = headers['content-encoding'] ?? 'identity';
  if (!['identity', 'gzip', 'deflate'].includes(encoding)) {
    throw failure('unsupported_media_type', { got: `with Content-Encoding ${encoding}`, expected: 'gzip, deflate or none' });
  }
  const hasBody = announced > 0 || headers['transfer-encoding'] !== undefined;
  if (!hasBody || endpoint.body === undefined || endpoint.bodyKind === 'bytes' || options.parseBody) return;
  const type = mediaType(headers);
  const wanted = endpoint.answers === 'html' ? [formType, jsonType] : [jsonType];
  if (!wanted.includes(type) && !(type.startsWith('application/') && type.endsWith('+json'))) {
    throw failure('unsupported_media_type', { got: type || '(none)', expected: wanted.join(' or ') });
  }
}

const jsonType = 'application/json';
const formType = 'application/x-www-form-urlencoded';

function mediaType(headers: IncomingHttpHeaders): string {
  return (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** The whole body, inflated, of at most `limit_bytes`, within `timeout_ms`. */
export async function readBody(
  source: IncomingMessage,
  headers: IncomingHttpHeaders,
  limit_bytes: number,
  timeout_ms: number,
): Promise<Buffer> {
  // Small ones have come whole with their headers: no listener, no timer.
  const isHere = source.complete && (headers['content-encoding'] ?? 'identity') === 'identity';
  if (!isHere) return readSlowly(source, headers, limit_bytes, timeout_ms);
  const bytes = (source.read() ?? nothing) as Buffer;
  if (bytes.length > limit_bytes) throw failure('body_too_large', { limit_bytes });
  return bytes;
}

const nothing = Buffer.alloc(0);

/**
 * Listeners, as an async iterator costs 20 us more. On refusal the request is let run dry and not destroyed: destroying it would cut the
 * answer off too.
 */
function readSlowly(source: Readable, headers: IncomingHttpHeaders, limit_bytes: number, timeout_ms: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const body = inflated(source, headers);
    const chunks: Buffer[] = [];
    let size_bytes = 0;
    const refuse = (error: SlipwayError): void => {
      clearTimeout(timer);
      body.removeListener('data', take);
      if (body !== source) {
        source.unpipe();
        body.destroy();
      }
      source.resume();
      reject(error);
    };
    const take = (chunk: Buffer): void => {
      size_bytes += chunk.length;
      if (size_bytes > limit_bytes) refuse(failure('body_too_large', { limit_bytes }));
      else chunks.push(chunk);
    };
    const timer = setTimeout(() => refuse(failure('body_too_slow', { timeout_ms })), timeout_ms);
    body.on('data', take);
    body.once('end', () => {
      clearTimeout(timer);
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
    });
    whenBroken(source, body, refuse);
  });
}

/** The body as a stream that inflates, and fails at the limit or when its sender falls silent for `stall_ms`; for uploads. */
export function limitedStream(source: Readable, headers: IncomingHttpHeaders, limit_bytes: number, stall_ms: number): Readable {
  let size_bytes = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      stall.refresh();
      size_bytes += chunk.length;
      if (size_bytes > limit_bytes) done(failure('body_too_large', { limit_bytes }));
      else done(null, chunk);
    },
  });
  const stall = setTimeout(() => {
    // What came and was not read yet is its reader's to hurry with, not the sender's.
    if (counted.writableLength + counted.readableLength > 0) stall.refresh();
    else counted.destroy(failure('body_too_slow', { timeout_ms: stall_ms }));
  }, stall_ms);
  const calm = (): void => clearTimeout(stall);
  // A body that has come whole may never be read: its handler refused for another reason.
  source.once('end', calm).once('close', calm);
  counted.once('close', calm);
  const body = inflated(source, headers);
  whenBroken(source, body, (error) => counted.destroy(error));
  return body.pipe(counted);
}

function inflated(source: Readable, headers: IncomingHttpHeaders): Readable {
  const encoding = headers['content-encoding'];
  if (encoding === 'deflate') return source.pipe(createInflate());
  return encoding === 'gzip' ? source.pipe(createGunzip()) : source;
}

function whenBroken(source: Readable, body: Readable, refuse: (error: SlipwayError) => void): void {
  const broken = (cause?: unknown): void =>
    refuse(failure('malformed_request', { reason: 'the body ended early or is not gzip' }, {}, cause));
  body.once('error', broken);
  if (body !== source) source.once('error', broken);
  source.once('close', () => {
    if (!source.readableEnded) broken();
  });
}

/** A body's value: a form becomes an object of texts. An empty body is `undefined`, which the schema judges. */
export function parseBody(bytes: Buffer, headers: IncomingHttpHeaders): unknown {
  if (bytes.length === 0) return undefined;
  if (mediaType(headers) !== formType) return parseJson(bytes);
  return Object.fromEntries(new URLSearchParams(bytes.toString('utf8')));
}
