import { Select } from '@mantine/core';
import { Card } from '../../design/card.tsx';
import { ColumnChart } from '../../design/column-chart.tsx';
import { Heat } from '../../design/heat.tsx';
import { count, day, metric } from '../../design/numbers.ts';
import { useWhen } from '../../design/when.ts';
import { words } from '../../words/index.ts';
import { driftsOf, levelOf } from './monitor-view.ts';
import type { Drift, Result } from './monitors-api.ts';

const { moved, grid } = words.monitors;

interface ColumnProps {
  readonly results: readonly Result[];
  readonly column: string;
  readonly columns: readonly string[];
  readonly onColumn: (column: string) => void;
}

/** One column's score over the windows against its limit. */
export function MovedColumn({ results, column, columns, onColumn }: ColumnProps) {
  const { now_ms, zone } = useWhen();
  const scores = results.map((result) => driftsOf(result)[column]);
  const newest = scores.findLast((one) => one !== undefined);
  if (!newest) return null;
  return (
    <Card
      title={(newest.drifted ? moved.title : moved.still)(column)}
      note={[moved.methods[newest.method] ?? newest.method, newest.reason].filter(Boolean).join('; ')}
      action={
        <Select
          size="xs"
          aria-label={moved.column}
          data={[...columns]}
          value={column}
          onChange={(next) => next !== null && onColumn(next)}
          allowDeselect={false}
          searchable={columns.length > 8}
        />
      }
    >
      <ColumnChart
        label={moved.label(column, metric(newest.score), metric(newest.threshold))}
        of={moved.columns.window}
        sides={[{ name: moved.columns.score, tone: 'reference' }]}
        columns={results.map(({ id, window_to_ms }, index) => ({
          key: id,
          name: day(window_to_ms, zone, now_ms),
          values: [scores[index]?.score ?? null],
          strong: scores[index]?.drifted ?? false,
        }))}
        limit={{ value: newest.threshold, label: words.monitors.quality.limit(metric(newest.threshold)) }}
        note={<span>{moved.now(metric(newest.score))}</span>}
        height={120}
      />
      <p className="small muted">{newest.scoreIs === 'p' ? `${moved.p} ${newest.binning}` : newest.binning}</p>
    </Card>
  );
}

interface GridProps {
  readonly results: readonly Result[];
  readonly columns: readonly string[];
  readonly chosen: string;
  readonly onChoose: (column: string) => void;
}

/** Every column in every window. */
export function Grid({ results, columns, chosen, onChoose }: GridProps) {
  const { now_ms, zone } = useWhen();
  const heads = results.map(({ window_to_ms }) => day(window_to_ms, zone, now_ms));
  return (
    <Card title={grid.title} note={grid.note(count(columns.length), count(results.length))}>
      <Heat
        label={grid.label}
        heads={heads}
        rows={columns.map((name) => ({
          name,
          cells: results.map((result, index) => ({
            level: levelOf(driftsOf(result)[name]),
            title: titleOf(name, heads[index] ?? '', driftsOf(result)[name]),
          })),
        }))}
        chosen={chosen}
        chooseLabel={grid.choose}
        onChoose={onChoose}
        levels={grid.levels}
      />
    </Card>
  );
}

function titleOf(column: string, when: string, drift: Drift | undefined): string {
  return grid.cell(column, when, metric(drift?.score), metric(drift?.threshold));
}
