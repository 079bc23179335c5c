import { type RawBuilder, sql } from 'kysely';
import type { Handle } from './handle.ts';
import type { DatabaseProfile } from './profiles.ts';
import { type Compared, type Comparison, comparisonSql, nullsLast, type OrderTerm, type Placed, selectPage } from './search.ts';

/** A noun with columns of its own and a table of tags beside it, as a search sees it. */
export interface Tagged<Column extends string> {
  /** Whose rows are selected, whole; `from` says what it stands for where it is no table. */
  readonly table: string;
  readonly from?: RawBuilder<unknown>;
  readonly where: readonly RawBuilder<unknown>[];
  readonly columns: Readonly<Record<Column, RawBuilder<unknown>>>;
  /** Columns that a row may lack, with anything of their type. */
  readonly lacking?: Readonly<Partial<Record<Column, string | number>>>;
  readonly tags: {
    readonly table: string;
    /** The column of the tags that names the row, and what it is compared with. */
    readonly of: string;
    readonly is: RawBuilder<unknown>;
    /** Which tags are meant at all, under the name `tag`; default: those of any row. */
    readonly among?: RawBuilder<boolean>;
  };
  /** What is equal in an order goes by these, of which the last tells any two rows apart. */
  readonly last: readonly OrderTerm[];
}

export type TaggedField<Column extends string> =
  | { readonly kind: 'own'; readonly column: Column }
  | { readonly kind: 'tag'; readonly key: string };

/** A test on what a row lacks is false, unless it says `orMissing`. */
export type TaggedTest<Column extends string> =
  | { readonly field: TaggedField<Column>; readonly comparison: Comparison; readonly value: Compared; readonly orMissing?: boolean }
  | { readonly field: TaggedField<Column>; readonly missing: boolean };

export interface TaggedQuery<Column extends string> {
  readonly tests: readonly TaggedTest<Column>[];
  readonly order: readonly { readonly field: TaggedField<Column>; readonly descending: boolean }[];
}

type Profile = Pick<DatabaseProfile, 'exactLike'>;

/** Databases index no text of any length, so that tags are indexed by how they begin: `substr(value, 1, 64)`. */
const indexed_chars = 64;

function tagsSql<C extends string>(
  { tags }: Tagged<C>,
  key: string,
  test?: { comparison: Comparison; value: Compared },
  profile?: Profile,
) {
  const { table, among = sql<boolean>`1 = 1` } = tags;
  const scope = sql`from ${sql.table(table)} as tag where ${among} and tag.key = ${key}`;
  if (!test || !profile) return scope;
  const passes = comparisonSql(sql`tag.value`, test.comparison, test.value, profile);
  if (test.comparison !== '=' || typeof test.value !== 'string') return sql`${scope} and ${passes}`;
  const beginning = [...test.value.slice(0, 2 * indexed_chars)].slice(0, indexed_chars).join('');
  return sql`${scope} and substr(tag.value, 1, ${sql.lit(indexed_chars)}) = ${beginning} and ${passes}`;
}

function testSql<C extends string>(noun: Tagged<C>, test: TaggedTest<C>, profile: Profile): RawBuilder<boolean> {
  const { field } = test;
  if (field.kind === 'own') {
    const value = noun.columns[field.column];
    if ('missing' in test) return test.missing ? sql`${value} is null` : sql`${value} is not null`;
    return comparisonSql(value, test.comparison, test.value, profile);
  }
  const { of, is } = noun.tags;
  const among = (tags: RawBuilder<unknown>) => sql<boolean>`${is} in (select ${sql.ref(`tag.${of}`)} ${tags})`;
  const there = among(tagsSql(noun, field.key));
  if ('missing' in test) return test.missing ? sql`not ${there}` : there;
  const passing = among(tagsSql(noun, field.key, test, profile));
  return test.orMissing ? sql`(${passing} or not ${there})` : passing;
}

function termsOf<C extends string>(noun: Tagged<C>, { field, descending }: TaggedQuery<C>['order'][number]): OrderTerm[] {
  if (field.kind === 'own') {
    const value = noun.columns[field.column];
    const instead = noun.lacking?.[field.column];
    return instead === undefined ? [{ value, descending }] : nullsLast(value, instead, descending);
  }
  const { of, is } = noun.tags;
  return nullsLast(sql`(select tag.value ${tagsSql(noun, field.key)} and ${sql.ref(`tag.${of}`)} = ${is})`, '', descending);
}

/** The rows that pass all tests, in an order, a page at a time. */
export function selectTagged<Row extends object, C extends string>(
  handle: Handle,
  profile: Profile,
  noun: Tagged<C>,
  { tests, order, after, limit }: TaggedQuery<C> & { readonly after: readonly (string | number)[] | null; readonly limit: number },
): Promise<Placed<Row>[]> {
  const { table, from, last } = noun;
  const where = [...noun.where, ...tests.map((test) => testSql(noun, test, profile))];
  const terms = [...order.flatMap((one) => termsOf(noun, one)), ...last];
  return selectPage<Row>(handle, { table, ...(from ? { from } : {}), where, terms, after, limit });
}
