import { type RawBuilder, sql } from 'kysely';
import { parsed } from '../../kernel/json.ts';
import type { Handle } from '../../platform/database/index.ts';
import { findKey } from './buckets-store.ts';
import type { MetricPoint } from './run.ts';

/** So many points in one statement, so that other reads come between. */
const together = 10_000;

/** Many points as columns, since an object for each would be moved again and again before it is used. */
export interface MetricColumns {
  readonly steps: Float64Array;
  readonly timestamps_ms: Float64Array;
  readonly values: Float64Array;
}

/** Points of one key in the order timestamp, step, value, paged by key. NaN, which is kept as a flagged 0, comes after 0. */
export async function selectHistory(
  handle: Handle,
  run: number,
  name: string,
  { after, limit }: { readonly after?: MetricPoint; readonly limit: number },
): Promise<MetricPoint[]> {
  const key = await findKey(handle, name);
  if (key === null) return [];
  const found: MetricPoint[][] = [];
  for (let left = limit, last = after; ; ) {
    const wanted = Math.min(left, together);
    const points = pointsOf(name, await selectPoints(handle, { run, key }, pageByTime(last, wanted)));
    found.push(points);
    left -= points.length;
    last = points.at(-1);
    if (points.length < wanted || left <= 0) return found.flat();
  }
}

/** All of them in the same order. */
export async function selectWholeHistory(handle: Handle, run: number, name: string): Promise<MetricColumns> {
  const key = await findKey(handle, name);
  if (key === null) return columnsOf([]);
  return columnsOf((await wholeByStep(handle, { run, key })) ?? (await wholeByTime(handle, { run, key })));
}

interface Series {
  readonly run: number;
  readonly key: number;
}

/**
 * All points as they lie in the index, by step, which for most is the order of their times; null if it is not. To find each page by time,
 * all points of the key would be sorted.
 */
async function wholeByStep(handle: Handle, series: Series): Promise<number[][] | null> {
  const found: number[][] = [];
  for (let newest_ms = 0, last: MetricPoint | undefined; ; ) {
    const numbers = await selectPoints(handle, series, pageByStep(last, together));
    for (let at = 1; at < numbers.length; at += width) {
      const timestamp_ms = numbers[at] ?? 0;
      if (timestamp_ms < newest_ms) return null;
      newest_ms = timestamp_ms;
    }
    found.push(numbers);
    if (numbers.length < together * width) return found;
    last = pointsOf('', numbers.slice(-width))[0];
  }
}

async function wholeByTime(handle: Handle, series: Series): Promise<number[][]> {
  const found: number[][] = [];
  for (let last: MetricPoint | undefined; ; ) {
    const numbers = await selectPoints(handle, series, pageByTime(last, together));
    found.push(numbers);
    if (numbers.length < together * width) return found;
    last = pointsOf('', numbers.slice(-width))[0];
  }
}

interface Page {
  readonly order: RawBuilder<unknown>;
  readonly after: readonly number[] | null;
  readonly limit: number;
}

function pageByTime(last: MetricPoint | undefined, limit: number): Page {
  const after = last ? [last.timestamp_ms, last.step, ...storedValue(last)] : null;
  return { order: sql`timestamp_ms, step, value, is_nan`, after, limit };
}

function pageByStep(last: MetricPoint | undefined, limit: number): Page {
  const after = last ? [last.step, last.timestamp_ms, ...storedValue(last)] : null;
  return { order: sql`step, timestamp_ms, value, is_nan`, after, limit };
}

/** The value and whether it is NaN. */
function storedValue({ value }: MetricPoint): [number, number] {
  return Number.isNaN(value) ? [0, 1] : [value, 0];
}

/** Step, timestamp, value and whether it is NaN. */
const width = 4;

/** The numbers of the points end to end. They come as one text, in which databases write each so that it is read as the same: rows cost four times as much. */
async function selectPoints(handle: Handle, { run, key }: Series, { order, after, limit }: Page): Promise<number[]> {
  const behind = after === null ? sql`` : sql` and (${order}) > (${sql.join(after)})`;
  const { rows } = await sql<{
    points: string | null;
  }>`select string_agg(step || ',' || timestamp_ms || ',' || value || ',' || is_nan, ',') as points
    from (select step, timestamp_ms, value, is_nan from metric_points where run = ${run} and key = ${key}${behind}
    order by ${order} limit ${limit}) as ordered`.execute(handle);
  const text = rows[0]?.points ?? '';
  return text.includes('I') ? text.split(',').map(numberOf) : parsed<number[]>(`[${text}]`);
}

/** SQLite writes `Inf` for what others call `Infinity`. */
function numberOf(text: string): number {
  return Number(text.replace(/Inf$/, 'Infinity'));
}

function valueAt(numbers: readonly number[], at: number): number {
  return numbers[at + 3] === 1 ? Number.NaN : (numbers[at + 2] ?? 0);
}

function pointsOf(key: string, numbers: readonly number[]): MetricPoint[] {
  const points: MetricPoint[] = [];
  for (let at = 0; at < numbers.length; at += width)
    points.push({ key, step: numbers[at] ?? 0, timestamp_ms: numbers[at + 1] ?? 0, value: valueAt(numbers, at) });
  return points;
}

function columnsOf(pages: readonly (readonly number[])[]): MetricColumns {
  const count = pages.reduce((sum, { length }) => sum + length / width, 0);
  const columns = { steps: new Float64Array(count), timestamps_ms: new Float64Array(count), values: new Float64Array(count) };
  let row = 0;
  for (const numbers of pages) {
    for (let at = 0; at < numbers.length; at += width, row++) {
      columns.steps[row] = numbers[at] ?? 0;
      columns.timestamps_ms[row] = numbers[at + 1] ?? 0;
      columns.values[row] = valueAt(numbers, at);
    }
  }
  return columns;
}
