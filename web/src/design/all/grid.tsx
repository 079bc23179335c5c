import { useCallback, useMemo, useState } from 'react';
import { Card } from '../card.tsx';
import { BulkBar, ColumnChooser, Grid, useGridView } from '../grid/index.ts';
import type { GridTexts } from '../grid/use-grid-view.ts';
import { metric } from '../numbers.ts';
import { Status } from '../status.tsx';
import { chance, hardNames, range } from './made.ts';

const rows = 10_000;
const columns = 300;
const keys = ['name', 'state', ...range(columns - 2).map((column) => `metric-${column + 1}`)];

/** What stands in a cell: mostly figures, now and then none, or not a number. */
function value(row: number, key: string): number | null {
  const drawn = chance(row, keys.indexOf(key));
  return drawn < 0.02 ? null : drawn < 0.03 ? Number.NaN : drawn;
}

const nameOf = (row: number): string => (row < hardNames.length ? (hardNames[row] ?? '') : `run-${row + 1}`);

/** 10,000 rows by 300 columns: virtual both ways, sorted by several keys, resized, moved, pinned, hidden, chosen, copied. */
export function AllGrid() {
  const [texts, setTexts] = useState<GridTexts>({ cols: '', sort: '-metric-1', pins: '', widths: '' });
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [told, setTold] = useState('');
  const change = useCallback((change: Partial<GridTexts>) => setTexts((before) => ({ ...before, ...change })), []);
  const view = useGridView(texts, keys, change);
  const sorted = useMemo(() => sortedBy(view.order), [view.order]);
  const shown = useMemo(
    () =>
      view.columns.map((key) => ({
        key,
        title: key,
        width: view.widths.get(key) ?? (key === 'name' ? 200 : 110),
        number: key.startsWith('metric'),
        sortable: true,
        cell: (index: number) => cellOf(sorted[index] ?? index, key),
      })),
    [view.columns, view.widths, sorted],
  );
  return (
    <Card
      title="Grid"
      note="10,000 rows by 300 columns"
      action={
        <ColumnChooser
          choices={keys.map((key) => ({ key, title: key, rows, differs: key !== 'state' }))}
          shown={view.columns}
          total={columns}
          onShow={view.setColumns}
          onUsual={() => change({ cols: '' })}
          onOpen={() => undefined}
        />
      }
    >
      <Grid
        label="Made rows"
        columns={shown}
        pinned={view.pinned}
        rows={rows}
        keyOf={(index) => String(sorted[index] ?? index)}
        nameOf={(index) => nameOf(sorted[index] ?? index)}
        order={view.order}
        onOrder={view.setOrder}
        layout={view.layout}
        selected={selected}
        onSelect={setSelected}
        onOpen={(index) => setTold(`Opened ${nameOf(sorted[index] ?? index)}`)}
        above={
          <BulkBar selected={selected.size} onClear={() => setSelected(new Set())}>
            {null}
          </BulkBar>
        }
        keys={['move', 'select', 'open', 'pin']}
      />
      <p className="muted small name" role="status">
        {told}
      </p>
      <Grid
        label="No rows"
        columns={shown.slice(0, 6)}
        pinned={view.pinned}
        rows={0}
        keyOf={String}
        nameOf={String}
        order={[]}
        onOrder={view.setOrder}
        layout={view.layout}
        selected={new Set()}
        onSelect={setSelected}
        onOpen={() => undefined}
        keys={[]}
      />
    </Card>
  );
}

function cellOf(row: number, key: string) {
  if (key === 'name') return <bdi>{nameOf(row)}</bdi>;
  if (key === 'state') return row % 7 === 0 ? <Status kind="bad">Failed</Status> : <Status kind="good">Done</Status>;
  return metric(value(row, key));
}

/** By all keys of the order; what has no figure comes last, whichever way it goes. */
function sortedBy(order: readonly { readonly key: string; readonly descending: boolean }[]): number[] {
  const all = range(rows);
  const measured = order.map(({ key, descending }) => ({
    sign: descending ? -1 : 1,
    of: all.map((row) => (key === 'name' ? row : key === 'state' ? Number(row % 7 === 0) : value(row, key))),
  }));
  return all.toSorted((a, b) => {
    for (const { sign, of } of measured) {
      const [one, other] = [of[a] ?? Number.NaN, of[b] ?? Number.NaN];
      if (Number.isNaN(one) !== Number.isNaN(other)) return Number.isNaN(one) ? 1 : -1;
      if (one !== other && !Number.isNaN(one)) return sign * (one - other);
    }
    return a - b;
  });
}
