import { isUtf8 } from 'node:buffer';
import { failure } from '../../kernel/error.ts';

export const depthLimit = 64;
/** `__proto__` plain or with an escaped character in it, an escaped half of a surrogate pair, or an escaped NUL. */
const suspect = /__proto__|\\u00(?:00|5f|7[02]|6f|74)|\\u[dD][89a-fA-F]/i;

/**
 * JSON of a stranger: at most 64 levels, well-formed UTF-8, no half surrogates and no NUL (they do not survive storage). A member named
 * `__proto__` is dropped. NaN and infinity are no JSON; a number that overflows is refused by the schema.
 */
export function parseJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw failure('malformed_request', { reason: 'the body is not UTF-8' });
  assertShallow(bytes);
  const text = bytes.toString('utf8');
  try {
    const careful = (bytes.includes('\\u') || bytes.includes('__proto__')) && suspect.test(text);
    return careful ? parseCarefully(text) : JSON.parse(text);
  } catch (error) {
    throw failure('malformed_request', { reason: error instanceof Error ? error.message : 'the body is not JSON' });
  }
}

/** Ten times slower: looks at every member. */
function parseCarefully(text: string): unknown {
  let wrong: string | null = null;
  const judge = (held: string): void => {
    if (!held.isWellFormed()) wrong = 'half of a surrogate pair';
    else if (held.includes('\0')) wrong = 'a NUL character';
  };
  const value: unknown = JSON.parse(text, (key, member: unknown) => {
    judge(key);
    if (typeof member === 'string') judge(member);
    return key === '__proto__' ? undefined : member;
  });
  if (wrong !== null) throw new SyntaxError(`a text holds ${String(wrong)}`);
  return value;
}

/**
 * Looks before parsing: code that walks a value recursively is then safe from deep ones. 2-3 ns a byte; of the four
 * brackets two are from 0x5b on, and the bit 0x20 is all that sets square from curly apart.
 */
function assertShallow(bytes: Uint8Array): void {
  let depth = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === 0x22) at = endOfText(bytes, at + 1);
    else if (byte < 0x5b) continue;
    else if ((byte | 0x20) === 0x7d) depth--;
    else if ((byte | 0x20) === 0x7b && ++depth > depthLimit) {
      throw failure('malformed_request', { reason: `the JSON is nested deeper than ${depthLimit} levels` });
    }
  }
}

function endOfText(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] !== 0x22) at += bytes[at] === 0x5c ? 2 : 1;
  return at;
}
