import type { ColumnType } from './messages.ts';

/**
 * Types of columns that arrive as text. Strict on purpose: a value must survive the change of type, so that codes with
 * leading zeros and ids beyond 2^53 stay text. `NA`, `N/A` and `null` are missing values, except in a text column.
 */

const integer = '-?(0|[1-9][0-9]*)';
const number = '[+-]?((0|[1-9][0-9]*)(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?';
const digits = '[+-]?[0-9]+\\.?[0-9]*([eE][+-]?[0-9]+)?';
const special = '[+-]?(nan|inf|infinity)';
const date = '[0-9]{4}-[0-9]{2}-[0-9]{2}';
const timestamp = `${date}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}(:[0-9]{2})?)?`;
const missing = ['NA', 'N/A', 'NULL', 'na', 'n/a', 'null', 'Null'];
const safe = Number.MAX_SAFE_INTEGER;

/** In the order in which they are tried. */
const shapes: readonly (readonly [Exclude<ColumnType, 'text'>, RegExp])[] = [
  ['integer', new RegExp(`^${integer}$`)],
  ['number', new RegExp(`^(${number}|${special})$`, 'i')],
  ['boolean', /^(true|false)$/i],
  ['date', new RegExp(`^${date}$`)],
  ['timestamp', new RegExp(`^${timestamp}$`)],
];

/** A column of which so many have one shape is meant to have it: the others are mistakes, not a reason to make it text. */
export const meantShare = 0.9;

/** The type that a sample suggests; the whole column then has to prove it. */
export function candidate(sample: readonly string[], allowed: readonly ColumnType[]): ColumnType {
  const values = sample.map((value) => value.trim()).filter((value) => value !== '' && !missing.includes(value));
  if (values.length === 0) return 'text';
  for (const [type, shape] of shapes) {
    if (!allowed.includes(type)) continue;
    if (values.filter((value) => shape.test(value)).length >= values.length * meantShare) return type;
  }
  return 'text';
}

/** What the whole column says about its candidate. */
export interface Evidence {
  /** Rows with a value. */
  readonly values: number;
  /** Values that are not of the candidate type. */
  readonly wrong: number;
  /** The same for `number`, when the candidate is `integer`; counted only when some are wrong, as `foreign` is. */
  readonly wrongNumber: number;
  /** Values that do not even look like the candidate type. */
  readonly foreign: number;
}

/** The type of the whole column, or `mistake` when a few foreign values stand in a column that is otherwise of one type. */
export function decide(wanted: ColumnType, { values, wrong, wrongNumber, foreign }: Evidence): ColumnType | 'mistake' {
  if (wanted === 'text' || wrong === 0) return wanted;
  if (wanted === 'integer' && wrongNumber === 0) return 'number';
  return foreign > 0 && foreign <= values * (1 - meantShare) ? 'mistake' : 'text';
}

/**
 * SQL: the value, or NULL for a missing one. `text` is an SQL expression. Not `IN`: of more than a few constants DuckDB makes a
 * join, one for each column, and planning 80 of them takes 3 s instead of 0.2 s.
 */
export function present(text: string): string {
  const words = ['', ...missing].map((word) => `'${word}'`).join(', ');
  return `CASE WHEN list_contains([${words}], trim(${text})) THEN NULL ELSE trim(${text}) END`;
}

/** SQL: whether a present value is not of the type; NULL values give false. */
export function wrongFor(type: ColumnType, value: string): string {
  const fits = (() => {
    switch (type) {
      case 'text':
        return 'true';
      case 'integer':
        return `regexp_full_match(${value}, '${integer}') AND coalesce(abs(try_cast(${value} AS BIGINT)) <= ${safe}, false)`;
      case 'number':
        return `CASE WHEN regexp_full_match(${value}, '${number}')
          THEN CASE WHEN abs(try_cast(${value} AS DOUBLE)) <= ${safe} THEN true
            ELSE NOT isinf(try_cast(${value} AS DOUBLE)) AND NOT regexp_full_match(${value}, '[+-]?[0-9]+') END
          ELSE regexp_full_match(lower(${value}), '${special}') END`;
      case 'boolean':
        return `lower(${value}) IN ('true', 'false')`;
      case 'date':
        return `regexp_full_match(${value}, '${date}') AND try_cast(${value} AS DATE) IS NOT NULL`;
      case 'timestamp':
        return `regexp_full_match(${value}, '${date}|${timestamp}') AND try_cast(${instant(value)} AS TIMESTAMPTZ) IS NOT NULL`;
    }
  })();
  return `(${value} IS NOT NULL AND NOT coalesce(${fits}, false))`;
}

/** SQL: whether a present value has another shape altogether. */
export function foreignFor(type: ColumnType, value: string): string {
  const shape =
    type === 'integer' || type === 'number' ? `${number}|${digits}|${special}` : type === 'boolean' ? 'true|false' : `${date}.*`;
  return `(${value} IS NOT NULL AND NOT regexp_full_match(lower(${value}), '${shape}'))`;
}

/**
 * SQL: the typed value, for columns in which `wrongFor` found nothing: what does not parse is then a word for a missing
 * value. One step for each column, because a table may have 2,000 and each step of each holds a buffer.  Timestamps
 * without an offset are of the session's TimeZone.
 */
export function typed(type: ColumnType, text: string): string {
  switch (type) {
    case 'text':
      return `nullif(${text}, '')`;
    case 'integer':
      return `try_cast(${text} AS BIGINT)`;
    case 'number':
      return `try_cast(${text} AS DOUBLE)`;
    case 'boolean':
      return `try_cast(${text} AS BOOLEAN)`;
    case 'date':
      return `try_cast(${text} AS DATE)`;
    case 'timestamp':
      return `timezone('UTC', try_cast(${instant(`trim(${text})`)} AS TIMESTAMPTZ))`;
  }
}

/**
 * DuckDB wants seconds before an offset: `10:00Z` becomes `10:00:00Z`. One call that names the value once: of the same said with CASE
 * and substr, planning 2,000 columns takes minutes.
 */
function instant(value: string): string {
  return `regexp_replace(${value}, '^(.{16})([Z+-])', '\\1:00\\2')`;
}

export function expectedFor(type: ColumnType): string {
  switch (type) {
    case 'text':
      return 'text';
    case 'integer':
      return 'a whole number up to 9007199254740991 without leading zeros, as in 42';
    case 'number':
      return 'a number, as in 3.5';
    case 'boolean':
      return 'true or false';
    case 'date':
      return 'a date, as in 2024-01-31';
    case 'timestamp':
      return 'a timestamp, as in 2024-01-31T09:00:00Z';
  }
}
