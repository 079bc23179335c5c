import { NativeSelect, SegmentedControl } from '@mantine/core';
import { useQueries, useQuery } from '@tanstack/react-query';
import { memo, type ReactNode, useMemo } from 'react';
import { Card } from '../../design/card.tsx';
import { LineChart } from '../../design/line-chart.tsx';
import { count } from '../../design/numbers.ts';
import { words } from '../../words/index.ts';
import { AllCurves } from './all-curves.tsx';
import { linesOf } from './curve-lines.ts';
import { curvesLimit } from './many-curves.ts';
import styles from './runs.module.css';
import { bucketsQuery, cellsQuery, type RunScope } from './runs-api.ts';

export interface CurvesProps {
  readonly project: string;
  readonly scope: RunScope;
  readonly metric: string;
  /** Metrics that could be drawn. */
  readonly metrics: readonly string[];
  /** The few whose lines are told apart. */
  readonly few: readonly number[];
  /** Every run that the filter keeps, in the order of the table. */
  readonly numbers: readonly number[];
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (selected: ReadonlySet<string>) => void;
  /** `all`, or empty for a few. */
  readonly shown: string;
  readonly steps: string;
  readonly onView: (change: { readonly [field in 'curves' | 'steps' | 'by']?: string }) => void;
}

const width_px = 400;

/** A metric of some runs, or of all, over its steps; nothing where none of a few has more than one point. */
export const Curves = memo(function Curves(props: CurvesProps) {
  const { project, scope, metric, metrics, few, numbers, selected, onSelect, shown, steps, onView } = props;
  const isAll = shown === 'all';
  const named = useQuery({ ...cellsQuery(project, scope, few, ['id', 'name']), enabled: few.length > 0 && !isAll });
  const runs = (named.data?.columns['id'] ?? []).map((id, at) => ({
    id: String(id),
    name: String(named.data?.columns['name']?.[at] ?? ''),
  }));
  const action = (
    <>
      {metrics.length > 1 && (
        <NativeSelect
          size="xs"
          aria-label={words.runs.curvesOf}
          className={styles['metric']}
          data={[...metrics]}
          value={metric}
          onChange={(event) => onView({ by: event.currentTarget.value, steps: '' })}
        />
      )}
      {few.length > 0 && numbers.length > few.length && (
        <SegmentedControl
          size="xs"
          aria-label={words.runs.curvesShown}
          value={isAll ? 'all' : ''}
          onChange={(curves) => onView({ curves, steps: '' })}
          data={[
            { value: '', label: words.runs.few(count(few.length), selected.size > 0) },
            { value: 'all', label: words.runs.many(count(Math.min(curvesLimit, numbers.length)), numbers.length > curvesLimit) },
          ]}
        />
      )}
    </>
  );
  if (!isAll) return <RunCurves project={project} metric={metric} runs={runs} height={178} action={action} />;
  const shared = { project, metric, numbers, selected, onSelect, steps, action };
  return <AllCurves {...shared} onSteps={(next) => onView({ steps: next })} />;
});

export interface RunCurvesProps {
  readonly project: string;
  readonly metric: string;
  readonly runs: readonly { readonly id: string; readonly name: string }[];
  readonly height: number;
  readonly action?: ReactNode;
}

export function RunCurves({ project, metric, runs, height, action }: RunCurvesProps) {
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
      action={action}
    >
      <LineChart label={words.runs.byStep(metric)} x={drawn.x} lines={drawn.lines} height={height} cursor="curves" />
    </Card>
  );
}
