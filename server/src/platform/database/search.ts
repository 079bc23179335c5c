import { type RawBuilder, sql } from 'kysely';
import { sha256 } from '../../kernel/digest.ts';
import { failure } from '../../kernel/error.ts';
import type { Handle } from './handle.ts';
import type { DatabaseProfile } from './profiles.ts';

/** What searches of any noun are made of: comparisons, orders with their pages, and nothing that knows a table. */
export type Comparison = '=' | '!=' | '>' | '>=' | '<' | '<=' | 'like' | 'ilike' | 'in' | 'not in';

export type Compared = string | number | readonly (string | number)[];

const signs = { '=': sql`=`, '!=': sql`<>`, '>': sql`>`, '>=': sql`>=`, '<': sql`<`, '<=': sql`<=` } as const;

/** `%` stands for any text and `_` for any character; `like` tells capitals apart, `ilike` does not. A missing value matches nothing. */
export function comparisonSql(
  value: RawBuilder<unknown>,
  comparison: Comparison,
  compared: Compared,
  { exactLike }: Pick<DatabaseProfile, 'exactLike'>,
): RawBuilder<boolean> {
  switch (comparison) {
    case 'like':
      return exactLike === 'glob' ? sql`${value} glob ${globOf(String(compared))}` : sql`${value} like ${String(compared)}`;
    case 'ilike':
      return sql`lower(${value}) like ${String(compared).toLowerCase()}`;
    case 'in':
    case 'not in': {
      const among = Array.isArray(compared) ? compared : [compared];
      if (among.length === 0) return comparison === 'in' ? sql`1 = 0` : sql`${value} is not null`;
      return comparison === 'in' ? sql`${value} in (${sql.join(among)})` : sql`${value} not in (${sql.join(among)})`;
    }
    default:
      return sql`${value} ${signs[comparison]} ${compared}`;
  }
}

function globOf(pattern: string): string {
  return pattern.replace(/[*?[]/g, '[$&]').replaceAll('%', '*').replaceAll('_', '?');
}

/** One key of an order; a term is never null, so that the page after a row can be told by its terms. */
export interface OrderTerm {
  readonly value: RawBuilder<unknown>;
  readonly descending: boolean;
}

/** Missing ones last in either direction: first whether it is there, then what it is. */
export function nullsLast(value: RawBuilder<unknown>, instead: string | number, descending: boolean): OrderTerm[] {
  return [
    { value: sql`case when ${value} is null then 1 else 0 end`, descending: false },
    { value: sql`coalesce(${value}, ${sql.lit(instead)})`, descending },
  ];
}

function orderSql(terms: readonly OrderTerm[]): RawBuilder<unknown> {
  return sql.join(terms.map(({ value, descending }) => (descending ? sql`${value} desc` : sql`${value} asc`)));
}

/** True for what comes after the row with these values of the terms. Refuses as many values as there are no terms. */
function afterSql(terms: readonly OrderTerm[], values: readonly (string | number)[]): RawBuilder<boolean> {
  if (values.length !== terms.length) {
    throw failure('invalid_input', { field: 'cursor', expected: 'the `next` of an earlier page', got: `${values.length} values` });
  }
  const steps = terms.map(({ value, descending }, at) => {
    const equal = terms.slice(0, at).map((term, index) => sql`${term.value} = ${values[index]}`);
    return sql`(${sql.join([...equal, descending ? sql`${value} < ${values[at]}` : sql`${value} > ${values[at]}`], sql` and `)})`;
  });
  const [first] = terms;
  if (!first) return sql`1 = 0`;
  // Said twice: from this an index is entered at the page, and not at its beginning.
  const bound = first.descending ? sql`${first.value} <= ${values[0]}` : sql`${first.value} >= ${values[0]}`;
  return sql`(${bound} and (${sql.join(steps, sql` or `)}))`;
}

export interface PageAsked {
  /** Whose rows are selected, whole. */
  readonly table: string;
  /** Default: the table alone. */
  readonly from?: RawBuilder<unknown>;
  readonly where: readonly RawBuilder<unknown>[];
  readonly terms: readonly OrderTerm[];
  readonly after: readonly (string | number)[] | null;
  readonly limit: number;
}

/** A row with the values of the terms, which say where it stands in the order. */
export interface Placed<Row> {
  readonly row: Row;
  readonly at: (string | number)[];
}

/** The rows of one page, in the order of the terms. */
export async function selectPage<Row extends object>(
  handle: Handle,
  { table, from = sql.table(table), where, terms, after, limit }: PageAsked,
): Promise<Placed<Row>[]> {
  const tests = after === null ? where : [...where, afterSql(terms, after)];
  const places = terms.map(({ value }, at) => sql`, ${value} as ${sql.ref(`at_${at}`)}`);
  const { rows } = await sql<Record<string, unknown>>`select ${sql.table(table)}.* ${sql.join(places, sql``)} from ${from}
    where ${sql.join(tests, sql` and `)} order by ${orderSql(terms)} limit ${limit}`.execute(handle);
  return rows.map((read) => {
    const row = { ...read };
    const at = terms.map((_, index) => read[`at_${index}`] as string | number);
    for (let index = 0; index < terms.length; index++) delete row[`at_${index}`];
    return { row: row as Row, at };
  });
}

/** A page of a search, by its `next` of before; `query` is all else that was asked, and a cursor is good for the same query only. */
export async function searchPage<Row>(
  query: object,
  { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number },
  select: (after: readonly (string | number)[] | null, limit: number) => Promise<Placed<Row>[]>,
): Promise<{ rows: Row[]; next: string | null }> {
  const fingerprint = sha256(JSON.stringify(query)).slice(0, 16);
  const found = await select(cursor === undefined ? null : readPlace(cursor, fingerprint), limit + 1);
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  return { rows: page.map(({ row }) => row), next: last ? writePlace(last.at, fingerprint) : null };
}

/** Where a page ended, as text for a client to hand back; JSON has no infinities, and a value may be one. */
function writePlace(at: readonly (string | number)[], query: string): string {
  const told = at.map((value) => (typeof value === 'number' && !Number.isFinite(value) ? { number: String(value) } : value));
  return Buffer.from(JSON.stringify([query, ...told])).toString('base64url');
}

/** Refuses what is no place, or a place in another query. */
function readPlace(cursor: string, query: string): (string | number)[] {
  try {
    const told: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(told) && told[0] === query) {
      const at = told.slice(1).map((value: unknown) => (isNumberText(value) ? Number(value.number) : value));
      if (at.every((value) => typeof value === 'string' || typeof value === 'number')) return at;
    }
  } catch {
    // Said below: it is none of ours.
  }
  throw failure('invalid_input', {
    field: 'cursor',
    expected: 'the `next` of an earlier page of the same query',
    got: JSON.stringify(cursor.slice(0, 80)),
  });
}

function isNumberText(value: unknown): value is { number: string } {
  return typeof value === 'object' && value !== null && 'number' in value;
}
