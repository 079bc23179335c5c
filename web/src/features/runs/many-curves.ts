import { client } from '../../client/client.ts';
import type { Buckets, ManyLine } from '../../design/many-lines-props.ts';
import { numberOf } from './run-columns.ts';
import type { Cell, ReadCurves } from './runs-api.ts';

/** More runs than this are not drawn over each other. */
export const curvesLimit = 1000;
/** Columns of pixels that the server is asked for; each holds the least and greatest of all its points. */
const width_px = 400;

export interface ReadCurve extends ManyLine {
  readonly run: number;
  readonly points: number;
  readonly not_numbers: number;
}

/** What was read so far of the curves of a metric; those that were read once are not read again while the steps stay the same. */
export interface ManyCurves {
  /** Project, metric and steps. */
  readonly of: string;
  readonly metric: string;
  readonly buckets: Buckets | null;
  readonly curves: ReadonlyMap<number, ReadCurve>;
  /** Nothing more comes. */
  readonly isWhole: boolean;
}

export interface CurvesWanted {
  readonly project: string;
  readonly metric: string;
  readonly numbers: readonly number[];
  /** Null where all steps are. */
  readonly steps: { readonly from: number; readonly to: number } | null;
}

/** Reads answer after answer, and tells what is there after each. Ends with the signal. */
export async function readCurves(wanted: CurvesWanted, kept: ManyCurves | null, onPart: (part: ManyCurves) => void, signal: AbortSignal) {
  const { project, metric, numbers, steps } = wanted;
  const of = JSON.stringify([project, metric, steps]);
  let known = kept !== null && kept.of === of ? kept : null;
  // Unknown ones first: whether the steps are still the same is in the first answer, which reads some of them on the way.
  let rest = [...numbers.filter((number) => !known?.curves.has(number)), ...numbers.filter((number) => known?.curves.has(number))];
  if (rest.length === 0) onPart({ of, metric, buckets: null, curves: new Map(), isWhole: true });
  for (let range: Partial<Buckets> = steps ?? {}, isFirst = true; rest.length > 0; isFirst = false) {
    const { from, to } = range;
    const query = { key: metric, runs: rest.join(','), width: width_px, ...(from === undefined || to === undefined ? {} : { from, to }) };
    const answer = await client.runs.curves({ params: { project }, query, signal });
    if (answer.from === null || answer.to === null) return onPart({ of, metric, buckets: null, curves: new Map(), isWhole: true });
    const buckets = { from: answer.from, to: answer.to, size: answer.size };
    if (isFirst && !isSame(known?.buckets ?? null, buckets)) known = null;
    const curves = new Map(known?.curves);
    for (const curve of answer.curves) curves.set(curve.run, curveOf(curve));
    const next = rest.slice(Math.max(1, answer.read));
    rest = isFirst ? next.filter((number) => !curves.has(number)) : next;
    known = { of, metric, buckets: known?.buckets ?? buckets, curves, isWhole: rest.length === 0 };
    range = buckets;
    onPart(known);
  }
}

function isSame(one: Buckets | null, other: Buckets): boolean {
  return one !== null && one.from === other.from && one.to === other.to && one.size === other.size;
}

function curveOf({ run, name, points, not_numbers, bucket, minimum, maximum, mean }: ReadCurves['curves'][number]): ReadCurve {
  const values = (cells: readonly Cell[]) => Float64Array.from(cells, (cell) => numberOf(cell) ?? Number.NaN);
  return { key: String(run), run, name, points, not_numbers, bucket, low: values(minimum), high: values(maximum), mean: values(mean) };
}

export type Drawn = ReturnType<typeof drawnOf>;

/** The curves of these runs in the order in which they were read. */
export function drawnOf({ curves }: Pick<ManyCurves, 'curves'>, numbers: readonly number[]) {
  const wanted = new Set(numbers);
  const read = [...curves.values()].filter(({ run }) => wanted.has(run));
  const lines = read.filter(({ bucket }) => bucket.length > 0);
  const sum = (pick: (curve: ReadCurve) => number) => read.reduce((total, curve) => total + pick(curve), 0);
  return {
    lines,
    read: read.length,
    without: read.length - lines.length,
    points: sum(({ points }) => points),
    not_numbers: sum(({ not_numbers }) => not_numbers),
  };
}
