import { sql } from 'kysely';
import type { Handle } from '../../platform/database/index.ts';
import { findKey } from './buckets-store.ts';
import type { MetricPoint } from './run.ts';

interface SampleRow {
  readonly step: number;
  readonly timestamp_ms: number;
  readonly value: number;
  readonly is_nan: number;
}

/** Every n-th point in the order step, timestamp, value, with the first and the last. */
export async function selectSamples(
  handle: Handle,
  run: number,
  name: string,
  { most, from, to }: { readonly most: number; readonly from?: number; readonly to?: number },
): Promise<MetricPoint[]> {
  const key = await findKey(handle, name);
  if (key === null) return [];
  const range = from === undefined || to === undefined ? sql`` : sql` and step between ${from} and ${to}`;
  const { rows: counted } = await sql<{ points: number }>`select count(*) as points from metric_points
    where run = ${run} and key = ${key}${range}`.execute(handle);
  const points = Number(counted[0]?.points ?? 0);
  if (points === 0) return [];
  const places = sampledPlaces(points, most);
  const chosen = places === null ? sql`` : sql` where place in (${sql.join(places)})`;
  const { rows } = await sql<SampleRow>`select step, timestamp_ms, value, is_nan from (
    select step, timestamp_ms, value, is_nan, row_number() over (order by step, timestamp_ms, value, is_nan) as place
    from metric_points where run = ${run} and key = ${key}${range}) as ordered${chosen} order by step, timestamp_ms, value`.execute(handle);
  return rows.map(({ is_nan, value, ...rest }) => ({ ...rest, key: name, value: is_nan ? Number.NaN : value }));
}

/** Which of so many places are kept, counted from 1; null for all. A single one is the last. */
export function sampledPlaces(points: number, most: number): number[] | null {
  if (points <= most) return null;
  if (most === 1) return [points];
  return Array.from({ length: most }, (_, at) => 1 + Math.round((at * (points - 1)) / (most - 1)));
}
