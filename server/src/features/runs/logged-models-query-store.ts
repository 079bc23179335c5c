import { type RawBuilder, sql } from 'kysely';
import {
  type Compared,
  type Comparison,
  comparisonSql,
  type DatabaseProfile,
  type Handle,
  nullsLast,
  type OrderTerm,
  type Placed,
  selectPage,
} from '../../platform/database/index.ts';
import type { LoggedModelRow } from './logged-models-store.ts';

/** What a search of logged models may ask about. */
export type LoggedModelField =
  | { readonly kind: 'own'; readonly column: 'id' | 'name' | 'kind' | 'status' | 'run_id' | 'created_at_ms' | 'updated_at_ms' }
  | { readonly kind: 'param' | 'tag'; readonly key: string }
  | { readonly kind: 'metric'; readonly key: string; readonly dataset?: string; readonly digest?: string };

export interface LoggedModelQuery {
  readonly experiments: readonly string[];
  readonly tests: readonly { readonly field: LoggedModelField; readonly comparison: Comparison; readonly value: Compared }[];
  readonly order: readonly { readonly field: LoggedModelField; readonly descending: boolean }[];
  /** A metric counts only where it was measured on one of these; empty: anywhere. Where no metric is asked about, any one will do. */
  readonly datasets: readonly { readonly name: string; readonly digest?: string }[];
  readonly after: readonly (string | number)[] | null;
  readonly limit: number;
}

const pairs = { param: sql.table('logged_model_params'), tag: sql.table('logged_model_tags') } as const;

function onAny(datasets: LoggedModelQuery['datasets']): RawBuilder<boolean> {
  const scopes = datasets.map(({ name, digest }) =>
    digest === undefined ? sql<boolean>`x.dataset = ${name}` : sql<boolean>`(x.dataset = ${name} and x.digest = ${digest})`,
  );
  return sql`(${sql.join(scopes, sql` or `)})`;
}

function metricScope(field: Extract<LoggedModelField, { kind: 'metric' }>, datasets: LoggedModelQuery['datasets']): RawBuilder<boolean> {
  return sql`${sql.join(
    [
      sql`x.model = logged_models.number and x.key = ${field.key}`,
      ...(field.dataset ? [sql`x.dataset = ${field.dataset}`] : []),
      ...(field.digest ? [sql`x.digest = ${field.digest}`] : []),
      ...(datasets.length > 0 ? [onAny(datasets)] : []),
    ],
    sql` and `,
  )}`;
}

function cellOf(field: LoggedModelField, datasets: LoggedModelQuery['datasets']): RawBuilder<unknown> {
  if (field.kind === 'own') return sql.ref(`logged_models.${field.column}`);
  if (field.kind === 'metric') {
    return sql`(select x.value from logged_model_metrics as x where ${metricScope(field, datasets)} and x.is_nan = 0
      order by x.timestamp_ms desc, x.step desc, x.value desc limit 1)`;
  }
  return sql`(select p.value from ${pairs[field.kind]} as p where p.model = logged_models.number and p.key = ${field.key})`;
}

/** Newest first where no order is asked. One more than the limit says whether there is another page. */
export async function selectLoggedModels(
  handle: Handle,
  profile: Pick<DatabaseProfile, 'exactLike'>,
  project_id: string,
  { experiments, tests, order, datasets, after, limit }: LoggedModelQuery,
): Promise<Placed<LoggedModelRow>[]> {
  const numbers = experiments.filter((id) => /^\d{1,15}$/.test(id)).map(Number);
  if (numbers.length === 0) return [];
  const terms: OrderTerm[] = [
    ...order.flatMap(({ field, descending }) =>
      nullsLast(
        cellOf(field, datasets),
        field.kind === 'metric' || (field.kind === 'own' && field.column.endsWith('_ms')) ? 0 : '',
        descending,
      ),
    ),
    { value: sql`logged_models.created_at_ms`, descending: true },
    { value: sql`logged_models.number`, descending: true },
  ];
  const asksMetric = tests.some(({ field }) => field.kind === 'metric');
  const where = [
    sql`logged_models.project_id = ${project_id} and logged_models.deleted_at_ms is null`,
    sql`logged_models.experiment in (${sql.join(numbers)})`,
    ...(datasets.length > 0 && !asksMetric
      ? [sql`exists (select 1 from logged_model_metrics as x where x.model = logged_models.number and ${onAny(datasets)})`]
      : []),
    ...tests.map((test) =>
      test.field.kind === 'metric'
        ? sql`exists (select 1 from logged_model_metrics as x where ${metricScope(test.field, datasets)} and x.is_nan = 0
            and ${comparisonSql(sql`x.value`, test.comparison, test.value, profile)})`
        : sql`coalesce(${comparisonSql(cellOf(test.field, datasets), test.comparison, test.value, profile)}, false)`,
    ),
  ];
  return selectPage<LoggedModelRow>(handle, { table: 'logged_models', where, terms, after, limit });
}
