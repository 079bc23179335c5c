import { Button, Skeleton } from '@mantine/core';
import { lazy, Suspense, useContext, useState } from 'react';
import { words } from '../words/index.ts';
import styles from './line-chart.module.css';
import { metric, moment } from './numbers.ts';
import { Table } from './table.tsx';
import { TimeContext } from './time.tsx';

export interface Line {
  readonly name: string;
  /** Series colours by what the thing is: champion c1, challenger c2, baseline c3, reference c7. */
  readonly color: 'c1' | 'c2' | 'c3' | 'c4' | 'c5' | 'c6' | 'c7';
  /** One for each x; null leaves a gap. */
  readonly values: readonly (number | null)[];
  /** An estimate, a challenger: not the measured thing itself. */
  readonly dashed?: boolean;
  /** Drawn as a shade: an interval, or the exact minimum and maximum of what lies under one pixel. */
  readonly band?: { readonly low: readonly (number | null)[]; readonly high: readonly (number | null)[] };
}

export interface LineChartProps {
  /** What the chart shows, in one sentence with its most important figure. */
  readonly label: string;
  /** Ascending. Milliseconds since 1970 where `time` is set, else steps. */
  readonly x: readonly number[];
  readonly time?: boolean;
  readonly lines: readonly Line[];
  /** Dashed red, the number on the line. */
  readonly limits?: readonly { readonly value: number; readonly label: string }[];
  /** Upright marks: a version went live, a step of a rollout. */
  readonly marks?: readonly { readonly x: number; readonly label: string }[];
  /** Hatched: truth has not come, too few rows, no data. */
  readonly hatched?: readonly { readonly from: number; readonly to: number; readonly label: string }[];
  /** px; default 220. */
  readonly height?: number;
  readonly format?: (value: number) => string;
  /** Charts of one page with the same name share their cursor. */
  readonly cursor?: string;
  /** What the pointer chose by dragging; a page puts it into its address. */
  readonly onZoom?: (from: number, to: number) => void;
}

const Canvas = lazy(() => import('./line-chart-canvas.tsx'));

/** Lines over steps or time. Every chart has a table twin with the same figures. */
export function LineChart(props: LineChartProps) {
  const [asTable, setAsTable] = useState(false);
  const { zone, now_ms } = useContext(TimeContext);
  const { label, x, lines, time = false, height = 220, format = metric } = props;
  const xText = (at: number) => (time ? moment(at, zone, now_ms()) : metric(at));
  return (
    <figure className={styles['figure']}>
      <div className={styles['legend']}>
        {lines.map(({ name, color, dashed }) => (
          <span key={name} className="name">
            <svg width={18} height={8} aria-hidden="true">
              <line x1={0} x2={18} y1={4} y2={4} stroke={`var(--s-${color})`} strokeWidth={2} strokeDasharray={dashed ? '5 3' : undefined} />
            </svg>
            {name}
          </span>
        ))}
        <Button size="compact-xs" variant="subtle" ml="auto" onClick={() => setAsTable(!asTable)}>
          {asTable ? words.common.chart : words.common.table}
        </Button>
      </div>
      {asTable ? (
        <div style={{ maxHeight: height, overflow: 'auto' }}>
          <Table
            label={label}
            rows={x.map((at, index) => ({ at, index }))}
            keyOf={({ index }) => String(index)}
            columns={[
              { key: 'x', title: '', cell: ({ at }) => xText(at) },
              ...lines.map(({ name, values }, line) => ({
                key: String(line),
                title: name,
                number: true,
                cell: ({ index }: { readonly index: number }) => {
                  const value = values[index];
                  return value === null || value === undefined ? '–' : format(value);
                },
              })),
            ]}
          />
        </div>
      ) : (
        <div role="img" aria-label={label} style={{ height }}>
          <Suspense fallback={<Skeleton height={height} />}>
            <Canvas {...props} height={height} format={format} zone={zone} />
          </Suspense>
        </div>
      )}
    </figure>
  );
}
