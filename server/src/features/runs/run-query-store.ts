import { type RawBuilder, sql } from 'kysely';
import {
  type Compared,
  type Comparison,
  comparisonSql,
  type DatabaseProfile,
  type Handle,
  nullsLast,
  type OrderTerm,
  type PageAsked,
  type Placed,
  selectPage,
} from '../../platform/database/index.ts';
import type { Lifecycle } from './run.ts';
import type { RunRow } from './runs-store.ts';

export type QueryColumn = 'id' | 'name' | 'reported_user' | 'status' | 'started_at_ms' | 'ended_at_ms' | 'address';

/** What a query may ask about; a metric is known by the number of its key. */
export type QueryField =
  | { readonly kind: 'own'; readonly column: QueryColumn }
  | { readonly kind: 'metric'; readonly key: number }
  | { readonly kind: 'param' | 'tag'; readonly key: string }
  | { readonly kind: 'dataset'; readonly column: 'name' | 'digest' | 'context' };

export type QueryTest =
  | { readonly field: QueryField; readonly comparison: Comparison; readonly value: Compared }
  | { readonly field: QueryField; readonly missing: boolean };

export interface QueryOrder {
  readonly field: QueryField;
  readonly descending: boolean;
}

export interface StoredQuery {
  readonly project_id: string;
  readonly experiments: readonly number[];
  readonly lifecycles: readonly Lifecycle[];
  readonly tests: readonly QueryTest[];
  readonly order: readonly QueryOrder[];
  /** What stands before experiment and id in the address of a run's artifacts, and behind them. */
  readonly address: { readonly before: string; readonly behind: string };
  readonly after: readonly (string | number)[] | null;
  readonly limit: number;
}

type Bool = RawBuilder<boolean>;
type Profile = Pick<DatabaseProfile, 'exactLike'>;

function own(column: QueryColumn, { address }: StoredQuery): RawBuilder<unknown> {
  if (column !== 'address') return sql.ref(`runs.${column}`);
  return sql`${address.before} || cast(runs.experiment as text) || '/' || runs.id || ${address.behind}`;
}

const pairs = { param: sql.table('run_params'), tag: sql.table('run_tags') } as const;
const datasetColumns = { name: sql.ref('dataset'), digest: sql.ref('digest'), context: sql.ref('context') } as const;

/**
 * A test on what a run does not have is false, whatever the comparison. Each looks up by the key of its table: the value of a metric in
 * a statement of its own, since with the comparison inside SQLite would read the index of all values again for each run.
 */
function testSql(test: QueryTest, query: StoredQuery, profile: Profile): Bool {
  const { field } = test;
  const is = (value: RawBuilder<unknown>): Bool =>
    'missing' in test ? sql`1 = 1` : comparisonSql(value, test.comparison, test.value, profile);
  const found = ((): Bool => {
    switch (field.kind) {
      case 'own': {
        const value = own(field.column, query);
        return 'missing' in test ? sql`${value} is not null` : is(value);
      }
      case 'metric':
        return 'missing' in test
          ? sql`exists (select 1 from metric_latest as m where m.run = runs.number and m.key = ${field.key} and m.is_nan = 0)`
          : is(sql`(select m.value from metric_latest as m where m.run = runs.number and m.key = ${field.key} and m.is_nan = 0)`);
      case 'param':
      case 'tag':
        return sql`exists (select 1 from ${pairs[field.kind]} as p where p.run = runs.number and p.key = ${field.key} and ${is(sql`p.value`)})`;
      case 'dataset':
        return sql`exists (select 1 from run_inputs where run_inputs.run = runs.number and ${is(datasetColumns[field.column])})`;
    }
  })();
  return 'missing' in test && test.missing ? sql`not (${found})` : found;
}

function termsOf({ field, descending }: QueryOrder, query: StoredQuery): OrderTerm[] {
  switch (field.kind) {
    case 'own': {
      const value = own(field.column, query);
      const mayLack = field.column === 'ended_at_ms' || field.column === 'reported_user';
      return mayLack ? nullsLast(value, field.column.endsWith('_ms') ? 0 : '', descending) : [{ value, descending }];
    }
    case 'metric': {
      const one = (what: RawBuilder<unknown>) =>
        sql`(select ${what} from metric_latest as m where m.run = runs.number and m.key = ${field.key})`;
      return [
        { value: sql`coalesce(${one(sql`m.is_nan`)}, 2)`, descending: false },
        { value: sql`coalesce(${one(sql`m.value`)}, 0)`, descending },
      ];
    }
    case 'param':
    case 'tag':
      return nullsLast(
        sql`(select p.value from ${pairs[field.kind]} as p where p.run = runs.number and p.key = ${field.key})`,
        '',
        descending,
      );
    case 'dataset':
      return nullsLast(
        sql`(select min(${datasetColumns[field.column]}) from run_inputs where run_inputs.run = runs.number)`,
        '',
        descending,
      );
  }
}

const newestFirst: readonly OrderTerm[] = [
  { value: sql`runs.started_at_ms`, descending: true },
  { value: sql`runs.id`, descending: false },
];

/** The numbers, then NaN, then those without: each part is read in the order of an index, and only as far as the page goes. */
const parts = [0, 1, 2] as const;

export async function selectQuery(handle: Handle, profile: Profile, query: StoredQuery): Promise<Placed<RunRow>[]> {
  if (query.experiments.length === 0 || query.lifecycles.length === 0) return [];
  const tests = [
    sql<boolean>`runs.project_id = ${query.project_id} and runs.lifecycle in (${sql.join(query.lifecycles)})`,
    sql<boolean>`runs.experiment in (${sql.join(query.experiments)})`,
    ...query.tests.map((test) => testSql(test, query, profile)),
  ];
  const [first, ...rest] = query.order;
  const last = [...rest.flatMap((order) => termsOf(order, query)), ...newestFirst];
  if (first?.field.kind !== 'metric') {
    const terms = [...(first ? termsOf(first, query) : []), ...last];
    return rowsOf(handle, { where: tests, terms, after: query.after, limit: query.limit });
  }
  const { key } = first.field;
  const found: Placed<RunRow>[] = [];
  const begun = query.after === null ? 0 : Number(query.after[0]);
  for (const part of parts.filter((one) => one >= begun)) {
    const after = query.after !== null && part === begun ? query.after.slice(1) : null;
    const limit = query.limit - found.length;
    const terms = part === 2 ? last : [{ value: sql`o.value`, descending: first.descending }, ...last];
    const from = part === 2 ? sql`runs` : sql`metric_latest as o cross join runs`;
    const among =
      part === 2
        ? sql<boolean>`not exists (select 1 from metric_latest as o where o.run = runs.number and o.key = ${key})`
        : sql<boolean>`o.key = ${key} and o.is_nan = ${part} and runs.number = o.run`;
    const rows = await rowsOf(handle, { from, where: [among, ...tests], terms, after, limit });
    found.push(...rows.map(({ row, at }) => ({ row, at: [part, ...at] })));
    if (found.length >= query.limit) break;
  }
  return found;
}

async function rowsOf(handle: Handle, asked: Omit<PageAsked, 'table'>): Promise<Placed<RunRow>[]> {
  const rows = await selectPage<RunRow>(handle, { ...asked, table: 'runs' });
  return rows.map(({ row, at }) => ({ row: { ...row, experiment: String(row.experiment) }, at }));
}
