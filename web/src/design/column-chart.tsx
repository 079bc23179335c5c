import { Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { words } from '../words/index.ts';
import styles from './column-chart.module.css';
import { metric } from './numbers.ts';
import { Table } from './table.tsx';

export interface ColumnSide {
  readonly name: string;
  readonly tone: 'reference' | 'now';
}

export interface ChartColumn {
  readonly key: string;
  readonly name: string;
  /** Stands below the column in place of a long name. */
  readonly short?: string;
  /** One for each side; null where there is none. */
  readonly values: readonly (number | null)[];
  /** Past a limit, or what is meant: shown in the colour of a warning, with a mark. */
  readonly strong?: boolean;
}

export interface ColumnChartProps {
  /** What the chart shows, in one sentence with its most important figure. */
  readonly label: string;
  readonly sides: readonly ColumnSide[];
  readonly columns: readonly ChartColumn[];
  readonly limit?: { readonly value: number; readonly label: string };
  readonly format?: (value: number) => string;
  /** px; default 150. */
  readonly height?: number;
  /** Every name below its column, or only some where there are many. */
  readonly names?: 'all' | 'some';
  /** Title of the names in the table twin. */
  readonly of: string;
  readonly note?: ReactNode;
}

/** Columns from zero, one or two sides each, with a limit. Its table twin has the same figures. */
export function ColumnChart(props: ColumnChartProps) {
  const { label, sides, columns, format = metric, of, note } = props;
  const [asTable, setAsTable] = useState(false);
  return (
    <figure className={styles['figure']}>
      <div className={styles['legend']}>
        {sides.length > 1 &&
          sides.map(({ name, tone }) => (
            <span key={name} className="name">
              <i className={styles[tone]} /> {name}
            </span>
          ))}
        {note}
        <Button size="compact-xs" variant="subtle" ml="auto" onClick={() => setAsTable(!asTable)}>
          {asTable ? words.common.chart : words.common.table}
        </Button>
      </div>
      {asTable ? (
        <div className={styles['twin']}>
          <Table
            label={label}
            rows={columns}
            keyOf={({ key }) => key}
            columns={[
              { key: 'name', title: of, cell: ({ name }) => <bdi className="name">{name}</bdi> },
              ...sides.map((side, index) => ({
                key: side.name,
                title: side.name,
                number: true,
                cell: ({ values }: ChartColumn) => {
                  const value = values[index] ?? null;
                  return value === null ? '–' : format(value);
                },
              })),
            ]}
          />
        </div>
      ) : (
        <Plot {...props} />
      )}
    </figure>
  );
}

function Plot({ label, sides, columns, limit, format = metric, height = 150, names = 'some' }: ColumnChartProps) {
  const { most, ticks } = scaleOf([...columns.flatMap(({ values }) => values), limit?.value ?? null]);
  const at = (value: number) => `${(100 * value) / most}%`;
  return (
    <div role="img" aria-label={label}>
      <div className={styles['plot']} style={{ height }}>
        {ticks.map((tick) => (
          <span key={tick} className={styles['tick']} style={{ bottom: at(tick) }}>
            <small>{format(tick)}</small>
          </span>
        ))}
        <div className={styles['columns']}>
          {columns.map(({ key, name, values, strong }) => (
            <div key={key} className={styles['column']} title={titleOf(name, values, format)}>
              {values.map((value, index) => (
                <i
                  key={sides[index]?.name}
                  className={`${styles[sides[index]?.tone ?? 'now']} ${strong ? styles['strong'] : ''}`}
                  style={{ height: value === null ? 0 : `max(${value > 0 ? 1 : 0}px, ${at(value)})` }}
                />
              ))}
            </div>
          ))}
        </div>
        {limit && (
          <span className={styles['limit']} style={{ bottom: at(limit.value) }}>
            <small>{limit.label}</small>
          </span>
        )}
      </div>
      <div className={names === 'all' ? styles['allNames'] : styles['someNames']}>
        {(names === 'all' ? columns : someOf(columns)).map(({ key, name, short }) => (
          <small key={key} title={name}>
            <bdi>{short ?? name}</bdi>
          </small>
        ))}
      </div>
    </div>
  );
}

function titleOf(name: string, values: readonly (number | null)[], format: (value: number) => string): string {
  return `${name}: ${values.map((value) => (value === null ? '–' : format(value))).join(', ')}`;
}

/** First, middle and last, without saying one twice. */
function someOf(columns: readonly ChartColumn[]): ChartColumn[] {
  const wanted = [...new Set([0, Math.floor((columns.length - 1) / 2), columns.length - 1])];
  return wanted.flatMap((index) => columns[index] ?? []);
}

/** From zero to a round figure above all values, in about four steps. */
function scaleOf(values: readonly (number | null)[]): { readonly most: number; readonly ticks: readonly number[] } {
  const top = Math.max(...values.filter((value) => value !== null && Number.isFinite(value)).map(Number), 0) || 1;
  const power = 10 ** Math.floor(Math.log10(top / 3));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => top / one <= 4) ?? power * 10;
  const most = Math.max(top * 1.06, step);
  return { most, ticks: Array.from({ length: Math.floor(most / step) + 1 }, (_, index) => Number((index * step).toPrecision(6))) };
}
