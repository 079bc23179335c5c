import { assertMay, type Caller } from '../../kernel/caller.ts';
import type { Project } from '../../kernel/project.ts';
import type { Database } from '../../platform/database/index.ts';
import { rangeOf } from './buckets.ts';
import type { BucketRow } from './buckets-store.ts';
import * as store from './buckets-store.ts';
import { type Cell, plain } from './run-table.ts';

export interface CurvesAsked {
  readonly key: string;
  readonly runs: readonly number[];
  /** Columns of pixels. */
  readonly width: number;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

export interface Curve {
  readonly run: number;
  readonly id: string;
  readonly name: string;
  readonly points: number;
  readonly not_numbers: number;
  readonly bucket: number[];
  readonly minimum: Cell[];
  readonly maximum: Cell[];
  readonly mean: Cell[];
}

export interface Curves {
  readonly from: number | null;
  readonly to: number | null;
  readonly size: number;
  readonly read: number;
  readonly curves: Curve[];
}

/** Writing an answer as text holds the thread of HTTP: it ends with the run that reaches one of these. */
const answerLimit = { runs: 50, buckets: 8000 } as const;

/** A metric of many runs over the same buckets, for a chart that lays them over each other. */
export async function curvesOf({ read }: Database, caller: Caller, project: Project, asked: CurvesAsked): Promise<Curves> {
  assertMay(caller, project, 'read');
  const nothing = { from: null, to: null, size: 1, read: asked.runs.length, curves: [] };
  const key = asked.runs.length === 0 ? null : await store.findKey(read, asked.key);
  if (key === null) return nothing;
  const named = new Map((await store.namesOf(read, project.id, asked.runs)).map((run) => [run.number, run]));
  if (named.size === 0) return nothing;
  const isWhole = asked.from === undefined || asked.to === undefined;
  const steps = isWhole ? await store.stepsOf(read, [...named.keys()], key) : { from: null, to: null };
  const [from, to] = [asked.from ?? steps.from, asked.to ?? steps.to];
  if (from === null || to === null) return nothing;
  const range = rangeOf(from, to, asked.width);
  const curves: Curve[] = [];
  let [buckets, done] = [0, 0];
  for (const number of asked.runs) {
    if (curves.length >= answerLimit.runs || buckets >= answerLimit.buckets) break;
    done++;
    const run = named.get(number);
    if (!run) continue;
    // A statement for each run, and one at a time: all reads share a thread, and others come between.
    const curve = curveOf(run, await store.selectBuckets(read, { run: number, key, axis: 'step' }, range));
    curves.push(curve);
    buckets += curve.bucket.length;
  }
  return { ...range, read: done, curves };
}

function curveOf(run: { readonly number: number; readonly id: string; readonly name: string }, rows: readonly BucketRow[]): Curve {
  const sum = (pick: (row: BucketRow) => number) => rows.reduce((total, row) => total + Number(pick(row)), 0);
  return {
    run: run.number,
    id: run.id,
    name: run.name,
    points: sum(({ points }) => points),
    not_numbers: sum(({ not_numbers }) => not_numbers),
    bucket: rows.map(({ bucket }) => Number(bucket)),
    minimum: rows.map(({ minimum }) => plain(minimum)),
    maximum: rows.map(({ maximum }) => plain(maximum)),
    mean: rows.map(({ mean }) => plain(mean)),
  };
}
