import { Button, Skeleton } from '@mantine/core';
import { lazy, Suspense, useContext, useState } from 'react';
import { words } from '../words/index.ts';
import styles from './line-chart.module.css';
import type { LineChartProps } from './line-chart-props.ts';
import { metric, moment } from './numbers.ts';
import { Table } from './table.tsx';
import { TimeContext } from './time.tsx';

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
              <line
                x1={0}
                x2={18}
                y1={4}
                y2={4}
                stroke={`var(--s-${color})`}
                strokeWidth={2}
                strokeDasharray={dashed ? '5 3' : undefined}
              />
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
