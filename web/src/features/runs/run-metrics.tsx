import { Button } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useView } from '../../client/view.ts';
import { Card } from '../../design/card.tsx';
import { LineChart } from '../../design/line-chart.tsx';
import { count, metric as written } from '../../design/numbers.ts';
import { Empty, Part } from '../../design/state.tsx';
import { Table } from '../../design/table.tsx';
import { words } from '../../words/index.ts';
import { linesOf } from './curve-lines.ts';
import { numberOf } from './run-columns.ts';
import { hasCurve, type RunMetric } from './run-view.ts';
import styles from './runs.module.css';
import { bucketsQuery, type RunDetail } from './runs-api.ts';

const width_px = 500;
/** More curves than this are opened from the table. */
const curvesLimit = 24;

export interface RunMetricsProps {
  readonly project: string;
  readonly run: RunDetail;
  readonly metrics: readonly RunMetric[];
  readonly empty: string;
}

/** Curves first, then every metric with its newest, least and greatest value. */
export function RunMetrics({ project, run, metrics, empty }: RunMetricsProps) {
  if (metrics.length === 0)
    return (
      <Card>
        <Empty sentence={empty} />
      </Card>
    );
  const curves = metrics.filter(hasCurve);
  return (
    <>
      {curves.length > 0 && (
        <div className={styles['charts']}>
          {curves.slice(0, curvesLimit).map((metric) => (
            <MetricCurve key={metric.key} project={project} run={run.id} metric={metric} />
          ))}
        </div>
      )}
      <Card title={words.runs.measures} note={count(metrics.length)} flush>
        <Table
          label={words.runs.measures}
          rows={metrics}
          keyOf={({ key }) => key}
          columns={[
            { key: 'key', title: words.runs.measure, cell: ({ key }) => <code className={`name ${styles['measure']}`}>{key}</code> },
            {
              key: 'value',
              title: words.runs.newestValue,
              number: true,
              cell: ({ value }) => <span title={String(value)}>{written(numberOf(value))}</span>,
            },
            { key: 'minimum', title: words.runs.leastValue, number: true, cell: ({ minimum }) => written(numberOf(minimum)) },
            { key: 'maximum', title: words.runs.greatestValue, number: true, cell: ({ maximum }) => written(numberOf(maximum)) },
            { key: 'step', title: words.runs.atStep, number: true, cell: ({ step }) => count(step) },
          ]}
        />
      </Card>
    </>
  );
}

/** One metric over its steps; over time where it has one step only, as metrics of the machine may. */
export function MetricCurve({ project, run, metric }: { readonly project: string; readonly run: string; readonly metric: RunMetric }) {
  const axis = metric.step > 0 ? ('step' as const) : ('time' as const);
  const [view, setView] = useView({ zoom: '' });
  const [from, to] = view.zoom.split('~').map(Number);
  const isZoomed = axis === 'step' && from !== undefined && to !== undefined && to > from;
  const asked = useQuery({
    ...bucketsQuery(project, run, { key: metric.key, width: width_px, axis, ...(isZoomed ? { from, to } : {}) }),
    placeholderData: keepPreviousData,
  });
  const last = written(numberOf(metric.value));
  const zoom = (start: number, end: number) => setView({ zoom: `${Math.floor(start)}~${Math.ceil(end)}` });
  return (
    <Card>
      <div className={styles['chartHead']}>
        <h2 className="mono name">{metric.key}</h2>
        <b title={String(metric.value)}>{last}</b>
      </div>
      <p className="muted small">{words.runs.from(written(numberOf(metric.minimum)), written(numberOf(metric.maximum)))}</p>
      <Part of={asked} height={190}>
        {(buckets) => {
          const { x, lines, points, hasShade } = linesOf([{ name: metric.key, buckets }]);
          return (
            <>
              <LineChart
                label={words.runs.chartOf(metric.key, last)}
                x={x}
                time={axis === 'time'}
                lines={lines}
                height={150}
                cursor={`run-${axis}`}
                {...(axis === 'step' ? { onZoom: zoom } : {})}
              />
              <p className="muted small">
                {isZoomed && (
                  <Button size="compact-xs" variant="subtle" onClick={() => setView({ zoom: '' })}>
                    {words.runs.wholeRange}
                  </Button>
                )}
                {hasShade ? words.runs.allPoints(count(points)) : words.runs.eachPoint(count(points))}
                {buckets.not_numbers > 0 && `; ${words.runs.notNumbers(count(buckets.not_numbers))}`}
              </p>
            </>
          );
        }}
      </Part>
    </Card>
  );
}
