import { assertMay, type Caller } from '../../kernel/caller.ts';
import type { Project } from '../../kernel/project.ts';
import type { Database } from '../../platform/database/index.ts';
import type { Axis, BucketRow, EndPoint } from './buckets-store.ts';
import * as store from './buckets-store.ts';
import { type Cell, plain } from './run-table.ts';
import { existingRun } from './runs.ts';

export interface BucketsAsked {
  readonly key: string;
  /** Columns of pixels. */
  readonly width: number;
  readonly axis: Axis;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

export interface Buckets {
  readonly axis: Axis;
  readonly from: number | null;
  readonly to: number | null;
  readonly size: number;
  readonly points: number;
  readonly not_numbers: number;
  readonly at: number[];
  readonly count: number[];
  readonly first: Cell[];
  readonly last: Cell[];
  readonly minimum: Cell[];
  readonly maximum: Cell[];
  readonly mean: Cell[];
}

/** The history of a metric for a chart that is `width` pixels wide: nothing is sampled, a spike of one point stays. */
export async function bucketsOf(
  { read }: Database,
  caller: Caller,
  project: Project,
  id: string,
  { key, width, axis, from, to }: BucketsAsked,
): Promise<Buckets> {
  assertMay(caller, project, 'read');
  const run = await existingRun(read, project, id);
  const known = await store.findKey(read, key);
  if (known === null) return fold(axis, null, [], []);
  const series = { run: run.number, key: known, axis };
  const span = await store.spanOf(read, series);
  if (span.from === null || span.to === null) return fold(axis, null, [], []);
  const range = rangeOf(from ?? span.from, to ?? span.to, width);
  const rows = await store.selectBuckets(read, series, range);
  const places = new Set(rows.flatMap(({ first_at, last_at }) => [first_at, last_at]));
  const ends = places.size === 0 ? [] : await store.pointsAt(read, series, [...places]);
  return fold(axis, range, rows, ends);
}

interface Range {
  readonly from: number;
  readonly to: number;
  readonly size: number;
}

/** Whole steps (or milliseconds) in a bucket, at most `width` buckets. */
export function rangeOf(from: number, to: number, width: number): Range {
  return { from, to, size: Math.max(1, Math.ceil((to - from + 1) / width)) };
}

/** Joins the buckets with their first and last points; of points at the same place the order is step, time, value. */
export function fold(axis: Axis, range: Range | null, rows: readonly BucketRow[], ends: readonly EndPoint[]): Buckets {
  const place = (point: EndPoint) => (axis === 'step' ? point.step : point.timestamp_ms);
  const byPlace = new Map<number, EndPoint[]>();
  for (const point of [...ends].sort((a, b) => a.step - b.step || a.timestamp_ms - b.timestamp_ms || a.value - b.value)) {
    const at = byPlace.get(place(point));
    if (at) at.push(point);
    else byPlace.set(place(point), [point]);
  }
  const valueAt = (at: number, which: 0 | -1): Cell => plain(byPlace.get(at)?.at(which)?.value ?? null);
  const sum = (pick: (row: BucketRow) => number) => rows.reduce((total, row) => total + Number(pick(row)), 0);
  return {
    axis,
    from: range?.from ?? null,
    to: range?.to ?? null,
    size: range?.size ?? 1,
    points: sum((row) => row.points),
    not_numbers: sum((row) => row.not_numbers),
    at: rows.map(({ bucket }) => (range?.from ?? 0) + bucket * (range?.size ?? 1)),
    count: rows.map(({ points }) => Number(points)),
    first: rows.map(({ first_at }) => valueAt(first_at, 0)),
    last: rows.map(({ last_at }) => valueAt(last_at, -1)),
    minimum: rows.map(({ minimum }) => plain(minimum)),
    maximum: rows.map(({ maximum }) => plain(maximum)),
    mean: rows.map(({ mean }) => plain(mean)),
  };
}
