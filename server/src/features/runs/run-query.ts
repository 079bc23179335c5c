import { assertMay, type Caller } from '../../kernel/caller.ts';
import type { Project } from '../../kernel/project.ts';
import { type Compared, type Comparison, type Database, searchPage } from '../../platform/database/index.ts';
import type { Lifecycle } from './run.ts';
import { type QueryField, type QueryTest, selectQuery } from './run-query-store.ts';
import { findMetricKeys } from './run-table-store.ts';
import { type TrackedRun, withTracking } from './tracking-views.ts';

/** As `QueryField`, with metrics by name. */
export type RunField = Exclude<QueryField, { kind: 'metric' }> | { readonly kind: 'metric'; readonly key: string };

export type RunTest =
  | { readonly field: RunField; readonly comparison: Comparison; readonly value: Compared }
  | { readonly field: RunField; readonly missing: boolean };

/** Runs of some experiments that pass all tests, in an order, a page at a time. */
export interface RunQuery {
  readonly experiments: readonly string[];
  readonly lifecycles: readonly Lifecycle[];
  readonly tests: readonly RunTest[];
  readonly order: readonly { readonly field: RunField; readonly descending: boolean }[];
  readonly address: { readonly before: string; readonly behind: string };
  /** The `next` of an earlier page of the same query. */
  readonly cursor?: string;
  readonly limit: number;
}

/** Key numbers are counted from 1. */
const noMetric = 0;

export async function queryRuns(
  { read, profile }: Database,
  caller: Caller,
  project: Project,
  query: RunQuery,
): Promise<{ items: TrackedRun[]; next: string | null }> {
  assertMay(caller, project, 'read');
  const { cursor, limit, ...asked } = query;
  const fields = [...query.tests.map(({ field }) => field), ...query.order.map(({ field }) => field)];
  const names = fields.flatMap((field) => (field.kind === 'metric' ? [field.key] : []));
  const keys = await findMetricKeys(read, [...new Set(names)]);
  const stored = (field: RunField): QueryField =>
    field.kind === 'metric' ? { kind: 'metric', key: keys.get(field.key) ?? noMetric } : field;
  const { rows, next } = await searchPage(asked, { cursor, limit }, (after, most) =>
    selectQuery(read, profile, {
      project_id: project.id,
      experiments: query.experiments.filter((id) => /^\d{1,15}$/.test(id)).map(Number),
      lifecycles: query.lifecycles,
      tests: query.tests.map((test): QueryTest => ({ ...test, field: stored(test.field) })),
      order: query.order.map(({ field, descending }) => ({ field: stored(field), descending })),
      address: query.address,
      after,
      limit: most,
    }),
  );
  return { items: await withTracking(read, rows), next };
}
