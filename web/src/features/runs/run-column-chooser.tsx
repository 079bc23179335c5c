import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { type Choice, ColumnChooser } from '../../design/grid/index.ts';
import type { GridView } from '../../design/grid/use-grid-view.ts';
import { words } from '../../words/index.ts';
import { ownColumns, titleOf } from './run-columns.ts';
import { type Columns, columnsQuery, type RunScope } from './runs-api.ts';

const ownAlwaysDiffers = new Set(['id', 'name', 'started', 'ended', 'took', 'cpu', 'status']);

export function choicesOf({ items }: Columns): Choice[] {
  const own = ownColumns.map((key) => ({ key, title: titleOf(key), differs: ownAlwaysDiffers.has(key) }));
  const logged = items.map(({ name, runs, differs }) => ({
    key: name,
    title: titleOf(name),
    rows: runs,
    differs,
    ...(name.startsWith('metrics.')
      ? {
          summaries: [
            { key: name, name: words.grid.last },
            { key: `${name}@min`, name: words.grid.least },
            { key: `${name}@max`, name: words.grid.greatest },
          ],
        }
      : {}),
  }));
  return [...own, ...logged];
}

export interface ChooserProps {
  readonly project: string;
  readonly scope: RunScope;
  readonly known: Columns;
  readonly grid: GridView;
  readonly onUsual: () => void;
}

/** All columns of the experiment are counted when it is first opened; until then those of the newest runs stand in. */
export function RunColumnChooser({ project, scope, known, grid, onUsual }: ChooserProps) {
  const [opened, setOpened] = useState(false);
  const all = useQuery({ ...columnsQuery(project, scope), enabled: opened, staleTime: 60_000 });
  const choices = useMemo(() => choicesOf(all.data ?? known), [all.data, known]);
  return (
    <ColumnChooser
      choices={choices}
      shown={grid.columns}
      total={choices.length}
      onShow={grid.setColumns}
      onUsual={onUsual}
      onOpen={() => setOpened(true)}
    />
  );
}
