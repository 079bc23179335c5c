import pg from 'pg';
import { failure } from '../../../kernel/error.ts';
import type { SqlValue } from '../connection.ts';

const oids = { bool: 16, int8: 20, numeric: 1700 } as const;

/** Numbers of any width are numbers, or refused; booleans are 1 and 0: rows look as those of SQLite do. */
export const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary'): (text: string) => unknown {
    if (oid === oids.int8 || oid === oids.numeric) return numberOf;
    if (oid === oids.bool) return (text) => (text === 't' ? 1 : 0);
    return pg.types.getTypeParser(oid, format ?? 'text') as (text: string) => unknown;
  },
};

function numberOf(text: string): number {
  const number = Number(text);
  if (Math.abs(number) > Number.MAX_SAFE_INTEGER && !text.includes('.'))
    throw new RangeError(`the integer ${text} is not exact as a number`);
  return number;
}

/** What can be sent. Postgres holds no NUL in a text, so one is refused here, before anything is sent. */
export function sendable(values: readonly SqlValue[]): unknown[] {
  return values.map((value) => {
    if (typeof value !== 'string') return typeof value === 'bigint' ? value.toString() : value;
    assertNoNul(value);
    return value;
  });
}

function assertNoNul(text: string): void {
  if (text.includes('\0'))
    throw failure('invalid_input', { field: 'text', expected: 'text without NUL characters', got: 'one with U+0000' });
}

/** An array as Postgres writes one (`{1,NULL,"a\"b"}`). */
export function arrayText(values: readonly SqlValue[]): string {
  let text = '{';
  for (const [index, value] of values.entries()) {
    if (index > 0) text += ',';
    text += elementText(value);
  }
  return `${text}}`;
}

function elementText(value: SqlValue): string {
  if (value === null) return 'NULL';
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (typeof value !== 'string') return `"\\\\x${Buffer.from(value).toString('hex')}"`;
  assertNoNul(value);
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}
