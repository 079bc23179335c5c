import { type RawBuilder, sql } from 'kysely';
import type { Handle } from '../../platform/database/index.ts';
import { findKey } from './buckets-store.ts';
import type { MetricPoint } from './run.ts';

interface SampleRow {
  readonly step: number;
  readonly timestamp_ms: number;
  readonly value: number;
  readonly is_nan: number;
}

interface Extent {
  readonly points: number;
  readonly first: number;
  readonly last: number;
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
  const series = sql`from metric_points where run = ${run} and key = ${key}${range}`;
  const { rows: extents } = await sql<Extent>`select (select count(*) ${series}) as points, (select min(step) ${series}) as first,
    (select max(step) ${series}) as last`.execute(handle);
  const extent = extents[0];
  const points = Number(extent?.points ?? 0);
  if (!extent || points === 0) return [];
  const places = sampledPlaces(points, most);
  const even = places && (await samplesOfEvenSteps(handle, series, places, extent));
  const rows = even ?? (await samplesAt(handle, series, places));
  return rows.map(({ step, timestamp_ms, value, is_nan }) => ({ key: name, step, timestamp_ms, value: is_nan ? Number.NaN : value }));
}

async function samplesAt(handle: Handle, series: RawBuilder<unknown>, places: readonly number[] | null): Promise<SampleRow[]> {
  const chosen = places === null ? sql`` : sql` where place in (${sql.join(places)})`;
  const { rows } = await sql<SampleRow>`select step, timestamp_ms, value, is_nan from (
    select step, timestamp_ms, value, is_nan, row_number() over (order by step, timestamp_ms, value, is_nan) as place
    ${series}) as ordered${chosen} order by step, timestamp_ms, value`.execute(handle);
  return rows;
}

/**
 * Most runs log one point each so many steps: then a place tells its step, and counting what lies between two of them shows that it does.
 * That reads the index once, in a tenth of the time that numbering all points takes. Null where the steps are not like that.
 */
async function samplesOfEvenSteps(
  handle: Handle,
  series: RawBuilder<unknown>,
  places: readonly number[],
  { points, first, last }: Extent,
): Promise<SampleRow[] | null> {
  const stride = (last - first) / (points - 1);
  if (!Number.isSafeInteger(stride) || stride === 0) return null;
  const steps = places.map((place) => first + (place - 1) * stride);
  // The type of the first row is that of all.
  const spans = steps.map((step, at) => {
    const [start, end] = [steps[at - 1] ?? first, step];
    return at === 0 ? sql`(cast(${start} as bigint), cast(${end} as bigint))` : sql`(${start}, ${end})`;
  });
  const [counted, found] = await Promise.all([
    sql<{ step: number; points: number }>`select spans.column2 as step,
      (select count(*) ${series} and step >= spans.column1 and step < spans.column2) as points
      from (values ${sql.join(spans)}) as spans`.execute(handle),
    sql<SampleRow>`select step, timestamp_ms, value, is_nan ${series} and step in (${sql.join(steps)})
      order by step, timestamp_ms, value, is_nan`.execute(handle),
  ]);
  const between = new Map(counted.rows.map((row) => [Number(row.step), Number(row.points)]));
  const isEven = places.every((place, at) => between.get(steps[at] ?? 0) === place - (places[at - 1] ?? 1));
  const isOneEach = found.rows.length === places.length && found.rows.every(({ step }, at) => step === steps[at]);
  return isEven && isOneEach ? found.rows : null;
}

/** Which of so many places are kept, counted from 1; null for all. A single one is the last. */
export function sampledPlaces(points: number, most: number): number[] | null {
  if (points <= most) return null;
  if (most === 1) return [points];
  return Array.from({ length: most }, (_, at) => 1 + Math.round((at * (points - 1)) / (most - 1)));
}
