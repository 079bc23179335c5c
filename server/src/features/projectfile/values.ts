import { shown } from './problem.ts';
import { parseCount, parseDuration_ms, parseShare } from './quantities.ts';
import { type NameRule, type Reader, scalar, scalarOf } from './readers.ts';

const plainName = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/;
const columnName = /^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]{1,256}$/u;

/** Names that stand in addresses and on the command line. */
export function nameRule(what: string, example: string): NameRule {
  return { what, pattern: plainName, expected: 'at most 63 letters, digits, `-`, `_` and `.`, a letter or digit first', example };
}

/** Names of tables that SQL reads without quotes. */
export const tableName: NameRule = {
  what: 'a table',
  pattern: /^[A-Za-z_][A-Za-z0-9_]{0,62}$/,
  expected: 'at most 63 letters, digits and `_`, no digit first (SQL reads it as a table)',
  example: 'recent',
};

export const columnRule: NameRule = {
  what: 'a column',
  pattern: columnName,
  expected: 'the name of a column: 1 to 256 characters, no control characters',
  example: 'distance_miles',
};

/** A registered model may have the names that MLflow clients give: all but `/` and `:`. */
export const modelRule: NameRule = {
  what: 'a model',
  pattern: /^[^/:\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]{1,256}$/u,
  expected: 'the name of a model: 1 to 256 characters without `/`, `:` and control characters',
  example: 'delay',
};

/** Only text counts: a number or a `true` that names something must be in quotes, so that it is meant. */
export function name(rule: NameRule): Reader<string> {
  return scalar(`${rule.expected}, as text`, rule.example, (value) =>
    typeof value === 'string' && rule.pattern.test(value) ? value : undefined,
  );
}

export const column = name(columnRule);

export function text(what: string, limit_chars: number, example: string): Reader<string> {
  return scalar(`${what}: text of 1 to ${limit_chars} characters`, example, (value) =>
    typeof value === 'string' && value.trim() !== '' && value.length <= limit_chars ? value : undefined,
  );
}

export function flag(example: string): Reader<boolean> {
  return scalar('`true` or `false`', example, (value) => (typeof value === 'boolean' ? value : undefined));
}

export function number(example: string, least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY): Reader<number> {
  const low = least === Number.NEGATIVE_INFINITY ? '' : ` from ${least}`;
  const high = most === Number.POSITIVE_INFINITY ? '' : ` up to ${most}`;
  return scalar(`a number${low}${high}`, example, (value) =>
    typeof value === 'number' && Number.isFinite(value) && value >= least && value <= most ? value : undefined,
  );
}

/** A whole number; thousands may be parted: `2_000_000`. */
export function count(least: number, most: number, example: string): Reader<number> {
  return scalar(`a whole number from ${least} to ${most}`, example, (value) => {
    const whole = typeof value === 'string' ? parseCount(value) : value;
    return typeof whole === 'number' && Number.isSafeInteger(whole) && whole >= least && whole <= most ? whole : undefined;
  });
}

export function duration(least_ms: number, example: string): Reader<number> {
  const low = least_ms > 0 ? `, at least ${least_ms} ms` : '';
  return scalar(`a duration: a number with ms, s, m (minutes), h, d or w${low}`, example, (value) => {
    const duration_ms = typeof value === 'string' ? parseDuration_ms(value) : undefined;
    return duration_ms !== undefined && duration_ms >= least_ms ? duration_ms : undefined;
  });
}

export function share(example: string): Reader<number> {
  return scalar('a percentage from 0% to 100%, with its sign', example, (value) =>
    typeof value === 'string' ? parseShare(value) : undefined,
  );
}

/** An IANA zone that this runtime knows, under its usual spelling. */
export const zone: Reader<string> = scalar('a time zone by its IANA name', 'America/New_York', (value) => {
  if (typeof value !== 'string' || !/^(?:UTC|[A-Z][A-Za-z_+-]*(?:\/[A-Za-z0-9_+-]+){1,2})$/.test(value)) return undefined;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone === 'UTC' ? 'UTC' : value;
  } catch {
    return undefined;
  }
});

const pathLimit_chars = 512;

/** A path, or a glob, that stays in the project's folder. */
export function insidePath(what: string, ending: RegExp, example: string, globs: boolean): Reader<string> {
  const refuse = (spot: Parameters<Reader<string>>[0], reading: Parameters<Reader<string>>[1], found: string, expected: string) =>
    reading.report(spot, { found, expected, example });
  return (spot, reading) => {
    const value = scalarOf(spot);
    if (typeof value !== 'string' || value.trim() === '' || value.length > pathLimit_chars || /[\p{Cc}\p{Cf}\p{Cs}]/u.test(value)) {
      return scalar(`${what}: a path inside the project's folder`, example, () => undefined as string | undefined)(spot, reading);
    }
    const found = `the path \`${shown(value)}\``;
    if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(value))
      return refuse(spot, reading, found, "a file inside the project's folder: reading from addresses is not built");
    if (/^[/~]|^[A-Za-z]:|\\/.test(value)) return refuse(spot, reading, found, "a relative path with `/`, inside the project's folder");
    const parts = value.split('/').filter((part) => part !== '' && part !== '.');
    if (parts.includes('..')) return refuse(spot, reading, found, "a path that does not leave the project's folder (no `..`)");
    if (parts.some((part) => part.startsWith('.'))) return refuse(spot, reading, found, 'a path without hidden files or folders');
    if (!globs && /[*?[\]{}]/.test(value)) return refuse(spot, reading, found, 'one file, not a pattern');
    if (!ending.test(value)) return refuse(spot, reading, found, what);
    return parts.join('/');
  };
}
