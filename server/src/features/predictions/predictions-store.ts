import { sql } from 'kysely';
import { parsed } from '../../kernel/json.ts';
import type { Database, Handle } from '../../platform/database/index.ts';
import type { Envelope, Outcome, RowCursor, ServedRow } from './prediction.ts';

interface PredictionsTable {
  deployment: string;
  id: string;
  project_id: string;
  version: number | null;
  rollout: number | null;
  event_time_ms: number;
  received_at_ms: number;
  status: 'ok' | 'refused' | 'failed';
  error_code: string | null;
  latency_us: number;
  queue_us: number;
  score: number | null;
  label: string | null;
  warnings: string | null;
  body: string | null;
  sampled_share: number;
}

interface OutcomesTable {
  deployment: string;
  id: string;
  value: string;
  extra: string | null;
  observed_at_ms: number;
  received_at_ms: number;
  person: string | null;
}

declare module '../../platform/database/handle.ts' {
  interface Tables {
    predictions: PredictionsTable;
    prediction_outcomes: OutcomesTable;
  }
}

const columns = [
  'deployment',
  'id',
  'project_id',
  'version',
  'rollout',
  'event_time_ms',
  'received_at_ms',
  'status',
  'error_code',
  'latency_us',
  'queue_us',
  'score',
  'label',
  'warnings',
  'body',
  'sampled_share',
] as const;
const replaced = columns.slice(3).map((column) => `${column} = excluded.${column}`);
const upsert = `insert into predictions (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})
  on conflict (deployment, id) do update set ${replaced.join(', ')}`;

export async function putEnvelopes(database: Database, tx: Handle, envelopes: readonly Envelope[]): Promise<void> {
  const values: unknown[] = [];
  for (const envelope of envelopes) {
    const { warnings, body } = envelope;
    const row = {
      ...envelope,
      warnings: warnings.length === 0 ? null : JSON.stringify(warnings),
      body: body === null ? null : JSON.stringify(body),
    };
    for (const column of columns) values.push(row[column]);
  }
  await database.many(tx, upsert, values, columns.length);
}

/** Outcomes there already, by id. A deployment's ids are looked up in slices, below any database's limit of parameters. */
export async function findOutcomes(handle: Handle, deployment: string, ids: readonly string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (let start = 0; start < ids.length; start += 1000) {
    const rows = await handle
      .selectFrom('prediction_outcomes')
      .select(['id', 'value'])
      .where('deployment', '=', deployment)
      .where('id', 'in', ids.slice(start, start + 1000))
      .execute();
    for (const row of rows) found.set(row.id, row.value);
  }
  return found;
}

export async function countPredictions(handle: Handle, deployment: string, ids: readonly string[]): Promise<number> {
  let count = 0;
  for (let start = 0; start < ids.length; start += 1000) {
    const row = await handle
      .selectFrom('predictions')
      .select((of) => of.fn.countAll<number>().as('count'))
      .where('deployment', '=', deployment)
      .where('id', 'in', ids.slice(start, start + 1000))
      .executeTakeFirstOrThrow();
    count += Number(row.count);
  }
  return count;
}

const upsertOutcome = `insert into prediction_outcomes (deployment, id, value, extra, observed_at_ms, received_at_ms, person) values (?, ?, ?, ?, ?, ?, ?)
  on conflict (deployment, id) do update set value = excluded.value, extra = excluded.extra, observed_at_ms = excluded.observed_at_ms,
  received_at_ms = excluded.received_at_ms, person = excluded.person`;

export async function putOutcomes(
  database: Database,
  tx: Handle,
  given: { deployment: string; outcomes: readonly Outcome[]; received_at_ms: number; person: string | null },
): Promise<void> {
  const values = given.outcomes.flatMap(({ id, value, extra, observed_at_ms }) => [
    given.deployment,
    id,
    value,
    extra === null ? null : JSON.stringify(extra),
    observed_at_ms,
    given.received_at_ms,
    given.person,
  ]);
  await database.many(tx, upsertOutcome, values, 7);
}

export interface WindowFilter {
  readonly deployment: string;
  readonly from_ms: number;
  /** Not included. */
  readonly to_ms: number;
  readonly version?: number;
  readonly rollout?: number;
  /** Only rows whose outcome has come. */
  readonly withOutcome?: boolean;
  /** The outcome must have been observed before this moment. */
  readonly observedBefore_ms?: number;
  readonly after?: RowCursor;
  readonly limit: number;
}

export async function selectWindow(handle: Handle, filter: WindowFilter): Promise<ServedRow[]> {
  let query = handle
    .selectFrom('predictions as p')
    .leftJoin('prediction_outcomes as o', (join) => join.onRef('o.deployment', '=', 'p.deployment').onRef('o.id', '=', 'p.id'))
    .selectAll('p')
    .select(['o.value as outcome_value', 'o.extra as outcome_extra', 'o.observed_at_ms as outcome_observed_at_ms'])
    .where('p.deployment', '=', filter.deployment)
    .where('p.event_time_ms', '>=', filter.from_ms)
    .where('p.event_time_ms', '<', filter.to_ms);
  if (filter.version !== undefined) query = query.where('p.version', '=', filter.version);
  if (filter.rollout !== undefined) query = query.where('p.rollout', '=', filter.rollout);
  if (filter.withOutcome) query = query.where('o.value', 'is not', null);
  if (filter.observedBefore_ms !== undefined) query = query.where('o.observed_at_ms', '<', filter.observedBefore_ms);
  if (filter.after) query = query.where(sql<boolean>`(p.event_time_ms, p.id) > (${filter.after.event_time_ms}, ${filter.after.id})`);
  const rows = await query.orderBy('p.event_time_ms').orderBy('p.id').limit(filter.limit).execute();
  return rows.map(({ outcome_value, outcome_extra, outcome_observed_at_ms, warnings, body, ...plain }) => ({
    ...plain,
    warnings: warnings === null ? [] : parsed(warnings),
    body: body === null ? null : parsed(body),
    outcome:
      outcome_value === null || outcome_observed_at_ms === null
        ? null
        : {
            value: outcome_value,
            extra: outcome_extra === null ? null : parsed(outcome_extra),
            observed_at_ms: outcome_observed_at_ms,
          },
  }));
}

export interface ServedCount {
  readonly version: number | null;
  readonly status: Envelope['status'];
  readonly rows: number;
  readonly outcomes: number;
}

export async function countServed(handle: Handle, deployment: string, from_ms: number, to_ms: number): Promise<ServedCount[]> {
  const rows = await handle
    .selectFrom('predictions as p')
    .leftJoin('prediction_outcomes as o', (join) => join.onRef('o.deployment', '=', 'p.deployment').onRef('o.id', '=', 'p.id'))
    .select((of) => ['p.version', 'p.status', of.fn.countAll<number>().as('rows'), of.fn.count<number>('o.id').as('outcomes')])
    .where('p.deployment', '=', deployment)
    .where('p.event_time_ms', '>=', from_ms)
    .where('p.event_time_ms', '<', to_ms)
    .groupBy(['p.version', 'p.status'])
    .orderBy('p.version', (version) => version.asc().nullsFirst())
    .orderBy('p.status')
    .execute();
  return rows.map((row) => ({ ...row, rows: Number(row.rows), outcomes: Number(row.outcomes) }));
}

/** Event time of a deployment's first and last row, or null while it has none. */
export async function servedRange(handle: Handle, deployment: string): Promise<{ first_ms: number; last_ms: number } | null> {
  const row = await handle
    .selectFrom('predictions')
    .select((of) => [of.fn.min('event_time_ms').as('first_ms'), of.fn.max('event_time_ms').as('last_ms')])
    .where('deployment', '=', deployment)
    .executeTakeFirst();
  return row?.first_ms == null ? null : { first_ms: Number(row.first_ms), last_ms: Number(row.last_ms) };
}
