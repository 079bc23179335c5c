import type { Line } from '../../design/line-chart-props.ts';
import { words } from '../../words/index.ts';

const colors = ['c1', 'c2', 'c3', 'c4', 'c5', 'c6'] as const;

export interface Reliability {
  readonly name: string;
  readonly points: readonly { readonly said: number; readonly happened: number }[];
}

/** What happened against what was said, with the diagonal where both are the same. */
export function reliabilityLines(runs: readonly Reliability[]): { readonly x: readonly number[]; readonly lines: readonly Line[] } {
  const x = [...new Set(runs.flatMap(({ points }) => points.map(({ said }) => said)))].sort((a, b) => a - b);
  if (x.length === 0) return { x, lines: [] };
  const lines = runs.map(({ name, points }, index): Line => {
    const happened = new Map(points.map((point) => [point.said, point.happened]));
    return {
      name,
      color: colors[index % colors.length] ?? 'c1',
      dashed: index % 2 === 1,
      joined: true,
      values: x.map((said) => happened.get(said) ?? null),
    };
  });
  return { x, lines: [...lines, { name: words.runs.perfect, color: 'c7', dashed: true, values: x }] };
}
