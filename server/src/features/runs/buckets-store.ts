import { sql } from 'kysely';
import type { Handle } from '../../platform/database/index.ts';

export type Axis = 'step' | 'time';

export interface BucketRow {
  readonly bucket: number;
  readonly points: number;
  readonly not_numbers: number;
  readonly first_at: number;
  readonly last_at: number;
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly mean: number | null;
}

export interface EndPoint {
  readonly step: number;
  readonly timestamp_ms: number;
  readonly value: number;
}

const columns = { step: sql.ref('step'), time: sql.ref('timestamp_ms') } as const;

export async function findKey(handle: Handle, name: string): Promise<number | null> {
  const row = await handle.selectFrom('metric_keys').select('id').where('name', '=', name).executeTakeFirst();
  return row?.id ?? null;
}

export interface Series {
  readonly run: number;
  readonly key: number;
  readonly axis: Axis;
}

export async function spanOf(handle: Handle, { run, key, axis }: Series): Promise<{ from: number | null; to: number | null }> {
  const column = columns[axis];
  const { rows } = await sql<{ from_at: number | null; to_at: number | null }>`select min(${column}) as from_at, max(${column}) as to_at
    from metric_points where run = ${run} and key = ${key}`.execute(handle);
  return { from: rows[0]?.from_at ?? null, to: rows[0]?.to_at ?? null };
}

/** The least and the greatest step of a metric in any of the runs: two look-ups in the index for each. */
export async function stepsOf(handle: Handle, runs: readonly number[], key: number): Promise<{ from: number | null; to: number | null }> {
  const end = (which: 'min' | 'max') =>
    sql`(select ${sql.raw(which)}(step) from metric_points where metric_points.run = runs.number and key = ${key})`;
  const { rows } = await sql<{ from_at: number | null; to_at: number | null }>`select min(first) as from_at, max(last) as to_at
    from (select ${end('min')} as first, ${end('max')} as last from runs where number in (${sql.join(runs)})) as ends`.execute(handle);
  return { from: rows[0]?.from_at ?? null, to: rows[0]?.to_at ?? null };
}

/** Those of the runs that are of the project. */
export async function namesOf(handle: Handle, project_id: string, runs: readonly number[]) {
  return handle
    .selectFrom('runs')
    .select(['number', 'id', 'name'])
    .where('project_id', '=', project_id)
    .where('number', 'in', [...runs])
    .execute();
}

/** Every point of the range is in exactly one bucket. NaN counts, and is no minimum, maximum or part of a mean. */
export async function selectBuckets(
  handle: Handle,
  { run, key, axis }: Series,
  { from, to, size }: { readonly from: number; readonly to: number; readonly size: number },
): Promise<BucketRow[]> {
  const column = columns[axis];
  const value = sql`case when is_nan = 1 then null else value end`;
  const { rows } =
    await sql<BucketRow>`select (${column} - cast(${from} as bigint)) / cast(${size} as bigint) as bucket, count(*) as points, sum(is_nan) as not_numbers,
    min(${column}) as first_at, max(${column}) as last_at, min(${value}) as minimum, max(${value}) as maximum, avg(${value}) as mean
    from metric_points where run = ${run} and key = ${key} and ${column} between ${from} and ${to} group by bucket order by bucket`.execute(
      handle,
    );
  return rows;
}

/** The points that lie at the given places of the axis. */
export async function pointsAt(handle: Handle, { run, key, axis }: Series, places: readonly number[]): Promise<EndPoint[]> {
  const rows = await handle
    .selectFrom('metric_points')
    .select(['step', 'timestamp_ms', 'value'])
    .where('run', '=', run)
    .where('key', '=', key)
    .where('is_nan', '=', 0)
    .where(axis === 'step' ? 'step' : 'timestamp_ms', 'in', [...places])
    .execute();
  return rows;
}
