import { Card } from '../../design/card.tsx';
import { count, metric } from '../../design/numbers.ts';
import { Interval } from '../../design/pictures.tsx';
import { Table } from '../../design/table.tsx';
import { words } from '../../words/index.ts';
import type { Verdict } from '../gates/gates-api.ts';
import { calibrationSentences, type QualityRow, type SliceRow, sliceRows } from './model-card.ts';
import styles from './models.module.css';

const { card: text } = words.models;

/** Every figure with its interval, the simple model beside it, and the limit of the gate. */
export function QualityCard({ rows }: { readonly rows: readonly QualityRow[] }) {
  if (rows.length === 0) return null;
  return (
    <Card title={text.metrics} note={text.held} flush>
      <Table label={text.metrics} rows={rows} keyOf={(row) => row.metric} columns={qualityColumns} />
    </Card>
  );
}

const spread = (low: number | null, high: number | null): string =>
  low === null || high === null ? '–' : words.models.interval(metric(low), metric(high));

const qualityColumns = [
  { key: 'metric', title: text.columns.metric, cell: (row: QualityRow) => <bdi className={`name ${styles['cell']}`}>{row.metric}</bdi> },
  {
    key: 'value',
    title: text.columns.value,
    number: true,
    cell: ({ value }: QualityRow) => <b title={String(value)}>{metric(value)}</b>,
  },
  { key: 'interval', title: text.columns.interval, number: true, cell: ({ low, high }: QualityRow) => spread(low, high) },
  { key: 'baseline', title: text.columns.baseline, number: true, cell: ({ baseline }: QualityRow) => metric(baseline) },
  { key: 'rows', title: text.columns.rows, number: true, cell: ({ rows }: QualityRow) => count(rows) },
  {
    key: 'limit',
    title: text.columns.limit,
    cell: ({ limit }: QualityRow) => <span className={styles['cell']}>{limit === '' ? '–' : limit}</span>,
  },
];

/** The same figure for each group that the gate looks at, worst first. */
export function SlicesCard({ verdict }: { readonly verdict: Verdict | undefined }) {
  const { rows, from, to } = sliceRows(verdict);
  if (rows.length === 0) return null;
  return (
    <Card title={text.slices} flush>
      <Table
        label={text.slices}
        rows={rows}
        keyOf={({ key }) => key}
        columns={[
          ...sliceColumns,
          {
            key: 'picture',
            title: text.columns.axis,
            cell: ({ name, evidence: { low, value, high } }: SliceRow) =>
              low === null || high === null || value === null ? (
                '–'
              ) : (
                <span className={styles['interval']}>
                  <Interval
                    label={words.gates.evidence.intervalLabel(name, metric(low), metric(value), metric(high))}
                    low={low}
                    value={value}
                    high={high}
                    from={from}
                    to={to}
                  />
                </span>
              ),
          },
        ]}
      />
    </Card>
  );
}

const sliceColumns = [
  { key: 'group', title: text.columns.group, cell: ({ name }: SliceRow) => <bdi className={`name ${styles['cell']}`}>{name}</bdi> },
  { key: 'value', title: text.columns.value, number: true, cell: ({ evidence }: SliceRow) => <b>{metric(evidence.value)}</b> },
  { key: 'interval', title: text.columns.interval, number: true, cell: ({ evidence }: SliceRow) => spread(evidence.low, evidence.high) },
  { key: 'rows', title: text.columns.rows, number: true, cell: ({ evidence }: SliceRow) => count(evidence.rows) },
  { key: 'limit', title: text.columns.limit, cell: ({ limit }: SliceRow) => <span className={styles['cell']}>{limit}</span> },
];

export function CalibrationCard({ rows }: { readonly rows: readonly QualityRow[] }) {
  const sentences = calibrationSentences(rows);
  if (sentences.length === 0) return null;
  return (
    <Card title={text.calibration}>
      {sentences.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
    </Card>
  );
}
