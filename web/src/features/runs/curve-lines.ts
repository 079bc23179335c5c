import type { Line } from '../../design/line-chart-props.ts';
import { numberOf } from './run-columns.ts';
import type { Buckets } from './runs-api.ts';

const colors = ['c1', 'c2', 'c3', 'c4', 'c5', 'c6'] as const;

export interface Drawn {
  readonly x: readonly number[];
  readonly lines: readonly Line[];
  readonly points: number;
  /** Whether any bucket holds more than one point. */
  readonly hasShade: boolean;
}

/** Histories of several runs on one axis: the mean as a line, the exact minimum and maximum as a shade. Runs of one name are told apart. */
export function linesOf(runs: readonly { readonly name: string; readonly buckets: Buckets }[]): Drawn {
  const x = [...new Set(runs.flatMap(({ buckets }) => buckets.at))].sort((a, b) => a - b);
  const hasShade = runs.some(({ buckets }) => buckets.count.some((points) => points > 1));
  const seen = new Map<string, number>();
  const lines = runs.map(({ name, buckets }, index): Line => {
    const places = new Map(buckets.at.map((at, place) => [at, place]));
    const along = (values: Buckets['mean']) =>
      x.map((at) => {
        const place = places.get(at);
        const value = place === undefined ? null : numberOf(values[place]);
        return value !== null && Number.isFinite(value) ? value : null;
      });
    const again = (seen.get(name) ?? 0) + 1;
    seen.set(name, again);
    return {
      name: again === 1 ? name : `${name} (${again})`,
      color: colors[index % colors.length] ?? 'c1',
      dashed: index % 2 === 1,
      joined: true,
      values: along(buckets.mean),
      ...(hasShade ? { band: { low: along(buckets.minimum), high: along(buckets.maximum) } } : {}),
    };
  });
  return { x, lines, points: runs.reduce((sum, { buckets }) => sum + buckets.points, 0), hasShade };
}
