import { Card } from '../../design/card.tsx';
import { count, metric as written } from '../../design/numbers.ts';
import { Interval } from '../../design/pictures.tsx';
import { Empty } from '../../design/state.tsx';
import { Table } from '../../design/table.tsx';
import { words } from '../../words/index.ts';
import { Change } from './change.tsx';
import type { Evaluation } from './evaluation.ts';
import { numberOf } from './run-columns.ts';
import { hasCurve, leadingMetrics, valueOfMetric } from './run-view.ts';
import styles from './runs.module.css';
import type { RunDetail } from './runs-api.ts';

/** What was logged once, with its interval and the simple model beside it where an evaluation has them. */
export function MeasuresCard({ run, evaluation }: { readonly run: RunDetail; readonly evaluation: Evaluation | null }) {
  const rows = leadingMetrics(run)
    .filter((metric) => !hasCurve(metric))
    .slice(0, 14)
    .map(({ key, value }) => ({
      key,
      value: numberOf(value),
      baseline: valueOfMetric(run, `baseline/${key}`),
      measured: evaluation?.model.metrics.get(key),
    }));
  if (rows.length === 0)
    return leadingMetrics(run).length > 0 ? null : (
      <Card title={words.runs.measures}>
        <Empty sentence={words.runs.noMetrics} />
      </Card>
    );
  const hasBaseline = rows.some(({ baseline }) => baseline !== null);
  return (
    <Card title={words.runs.measures} note={evaluation ? words.common.rows(count(evaluation.model.rows)) : undefined} flush>
      <Table
        label={words.runs.measures}
        rows={rows}
        keyOf={({ key }) => key}
        columns={[
          { key: 'key', title: words.runs.measure, cell: ({ key }) => <code className={`name ${styles['measure']}`}>{key}</code> },
          ...(evaluation
            ? [
                {
                  key: 'interval',
                  title: words.runs.interval(words.runs.thisRun),
                  cell: ({ key, measured }: (typeof rows)[number]) => <MeasuredInterval name={key} measured={measured} />,
                },
              ]
            : []),
          { key: 'value', title: words.runs.thisRun, number: true, cell: ({ value }) => <b title={String(value)}>{written(value)}</b> },
          ...(hasBaseline
            ? [
                {
                  key: 'baseline',
                  title: words.runs.baseline,
                  number: true,
                  cell: ({ baseline }: (typeof rows)[number]) => written(baseline),
                },
                {
                  key: 'change',
                  title: words.runs.change,
                  number: true,
                  cell: ({ key, value, baseline }: (typeof rows)[number]) => <Change metric={key} value={value} other={baseline} />,
                },
              ]
            : []),
        ]}
      />
    </Card>
  );
}

interface IntervalProps {
  readonly name: string;
  readonly measured: { readonly value: number | null; readonly low: number | null; readonly high: number | null } | undefined;
  readonly from?: number;
  readonly to?: number;
  readonly reference?: number;
}

/** Measures between 0 and 1 share their axis. */
export function MeasuredInterval({ name, measured, from, to, reference }: IntervalProps) {
  if (!measured || measured.value === null || measured.low === null || measured.high === null) return <span className="muted">–</span>;
  const { value, low, high } = measured;
  const isShare = low >= 0 && high <= 1;
  const room = (high - low) * 2 || Math.abs(value) || 1;
  return (
    <Interval
      label={`${name}: ${written(value)}, ${words.runs.from(written(low), written(high))}`}
      low={low}
      value={value}
      high={high}
      from={from ?? (isShare ? 0 : low - room)}
      to={to ?? (isShare ? 1 : high + room)}
      {...(reference === undefined ? {} : { reference })}
    />
  );
}
