import type { Readable } from 'node:stream';
import { failure } from '../../kernel/error.ts';
import { parseJson } from '../../platform/http/index.ts';

/** A body as it came, of any content type: clients of these protocols send none, or another. The stream itself ends at the limit. */
export async function readBytes(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** A body that must be a JSON object, within the same bounds as our own. */
export function parseObject(bytes: Buffer): Readonly<Record<string, unknown>> {
  const value = parseJson(bytes);
  if (!isObject(value)) throw failure('malformed_request', { reason: 'the body is not a JSON object' });
  return value;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
