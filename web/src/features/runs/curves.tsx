import { useQueries, useQuery } from '@tanstack/react-query';
import { memo, useMemo } from 'react';
import { Card } from '../../design/card.tsx';
import { LineChart } from '../../design/line-chart.tsx';
import { count } from '../../design/numbers.ts';
import { words } from '../../words/index.ts';
import { linesOf } from './curve-lines.ts';
import { bucketsQuery, cellsQuery, type RunScope } from './runs-api.ts';

export interface CurvesProps {
  readonly project: string;
  readonly scope: RunScope;
  readonly metric: string;
  readonly numbers: readonly number[];
}

const width_px = 400;

/** A metric of some runs over its steps; nothing where none of them has more than one point. */
export const Curves = memo(function Curves({ project, scope, metric, numbers }: CurvesProps) {
  const named = useQuery({ ...cellsQuery(project, scope, numbers, ['id', 'name']), enabled: numbers.length > 0 });
  const runs = (named.data?.columns['id'] ?? []).map((id, at) => ({
    id: String(id),
    name: String(named.data?.columns['name']?.[at] ?? ''),
  }));
  return <RunCurves project={project} metric={metric} runs={runs} height={178} />;
});

export interface RunCurvesProps {
  readonly project: string;
  readonly metric: string;
  readonly runs: readonly { readonly id: string; readonly name: string }[];
  readonly height: number;
}

export function RunCurves({ project, metric, runs, height }: RunCurvesProps) {
  const asked = useQueries({ queries: runs.map(({ id }) => bucketsQuery(project, id, { key: metric, width: width_px })) });
  const text = asked.map(({ dataUpdatedAt }) => dataUpdatedAt).join(' ') + runs.map(({ id }) => id).join(' ');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the times of the answers stand for the answers
  const drawn = useMemo(
    () =>
      linesOf(
        runs.flatMap(({ name }, at) => {
          const buckets = asked[at]?.data;
          return buckets && buckets.at.length > 1 ? [{ name, buckets }] : [];
        }),
      ),
    [text],
  );
  if (drawn.lines.length === 0) return null;
  return (
    <Card
      title={words.runs.byStep(metric)}
      note={drawn.hasShade ? words.runs.allPoints(count(drawn.points)) : words.runs.eachPoint(count(drawn.points))}
    >
      <LineChart label={words.runs.byStep(metric)} x={drawn.x} lines={drawn.lines} height={height} cursor="curves" />
    </Card>
  );
}
