import { Button, Select } from '@mantine/core';
import { Card } from '../../design/card.tsx';
import { count, metric as written } from '../../design/numbers.ts';
import { Table } from '../../design/table.tsx';
import { words } from '../../words/index.ts';
import { Change } from './change.tsx';
import { directionOf } from './direction.ts';
import { type Evaluation, type Slice, worstFirst } from './evaluation.ts';
import { MeasuredInterval } from './measures-card.tsx';

/** The metric that slices are judged by where the reader chose none: the first with an interval on the whole. */
function usualMetric({ model }: Evaluation): string {
  return (
    [...model.metrics].find(([name, { low }]) => low !== null && directionOf(name) !== null)?.[0] ?? [...model.metrics.keys()][0] ?? ''
  );
}

export function RunSlices(props: {
  readonly evaluation: Evaluation;
  readonly metric: string;
  readonly onMetric: (metric: string) => void;
}) {
  const { evaluation, metric, onMetric } = props;
  const names = [...evaluation.model.metrics.keys()];
  const chosen = names.includes(metric) ? metric : usualMetric(evaluation);
  return (
    <>
      <Select
        size="xs"
        w={240}
        label={words.runs.measure}
        data={names}
        value={chosen}
        allowDeselect={false}
        onChange={(name) => name !== null && onMetric(name)}
      />
      <SlicesCard evaluation={evaluation} metric={chosen} />
    </>
  );
}

interface SlicesCardProps {
  readonly evaluation: Evaluation;
  readonly metric?: string;
  readonly limit?: number;
  readonly onAll?: () => void;
}

/** Worst first, on one axis, with the figure of all rows as the mark. */
export function SlicesCard({ evaluation, metric = usualMetric(evaluation), limit, onAll }: SlicesCardProps) {
  const { model, baseline } = evaluation;
  const all = worstFirst(model.slices, metric, directionOf(metric));
  const shown = limit === undefined ? all : all.slice(0, limit);
  const whole = model.metrics.get(metric)?.value ?? null;
  const ends = shown.flatMap(({ metrics }) => [metrics.get(metric)?.low ?? [], metrics.get(metric)?.high ?? []].flat());
  const axis =
    ends.length > 0
      ? { from: Math.min(...ends, whole ?? Number.POSITIVE_INFINITY), to: Math.max(...ends, whole ?? Number.NEGATIVE_INFINITY) }
      : {};
  const simple = new Map(baseline?.slices.map((slice) => [`${slice.column} ${slice.value}`, slice.metrics.get(metric)?.value ?? null]));
  const ofBaseline = ({ column, value }: Slice) => simple.get(`${column} ${value}`) ?? null;
  return (
    <Card
      title={words.runs.slices}
      note={words.runs.slicesNote(all.length, metric)}
      action={
        onAll && (
          <Button size="compact-xs" variant="subtle" onClick={onAll}>
            {words.runs.allSlices}
          </Button>
        )
      }
      flush
    >
      <Table
        label={words.runs.slices}
        rows={shown}
        keyOf={({ column, value }) => `${column} ${value}`}
        columns={[
          { key: 'slice', title: words.runs.slice, cell: ({ column, value }) => <span className="name">{`${column} = ${value}`}</span> },
          { key: 'rows', title: words.runs.rows, number: true, cell: ({ rows }) => count(rows) },
          {
            key: 'interval',
            title: words.runs.interval(metric),
            cell: ({ metrics }) => (
              <MeasuredInterval name={metric} measured={metrics.get(metric)} {...axis} {...(whole === null ? {} : { reference: whole })} />
            ),
          },
          { key: 'value', title: words.runs.thisRun, number: true, cell: ({ metrics }) => <b>{written(metrics.get(metric)?.value)}</b> },
          ...(baseline
            ? [
                { key: 'baseline', title: words.runs.baseline, number: true, cell: (slice: Slice) => written(ofBaseline(slice)) },
                {
                  key: 'change',
                  title: words.runs.change,
                  number: true,
                  cell: (slice: Slice) => (
                    <Change metric={metric} value={slice.metrics.get(metric)?.value ?? null} other={ofBaseline(slice)} />
                  ),
                },
              ]
            : []),
        ]}
      />
    </Card>
  );
}
