import { Button } from '@mantine/core';
import { IconCopy } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { Card } from '../../design/card.tsx';
import { BulkBar, Grid } from '../../design/grid/index.ts';
import type { GridView } from '../../design/grid/use-grid-view.ts';
import { count } from '../../design/numbers.ts';
import { Empty, Problem } from '../../design/state.tsx';
import { words } from '../../words/index.ts';
import { BulkActions } from './bulk-actions.tsx';
import { copyRuns } from './export-runs.ts';
import { RunCell } from './run-cell.tsx';
import { isNumberColumn, titleOf, widthOf } from './run-columns.ts';
import type { RunScope } from './runs-api.ts';
import type { Base } from './use-base.ts';
import { useCells } from './use-cells.ts';
import { useVersionsOfRuns } from './use-versions-of-runs.ts';
import { SeeAgainst, versusColumn, withVersus } from './versus.tsx';

export const compareLimit = 50;

export interface RunsGridProps {
  readonly project: string;
  readonly scope: RunScope;
  readonly numbers: readonly number[];
  readonly grid: GridView;
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (selected: ReadonlySet<string>) => void;
  readonly onCompare: () => void;
  readonly onDropFilter: () => void;
  /** What the metric is seen against; null where nothing is. */
  readonly base: Base | null;
  readonly onBase: (base: string) => void;
  readonly metric: { readonly key: string; readonly name: string } | null;
}

/** Every run that the filter keeps; what is in view is fetched. */
export function RunsGrid(props: RunsGridProps) {
  const { project, scope, numbers, grid, selected, onSelect, base, metric } = props;
  const navigate = useNavigate();
  const open = useCallback((run: string) => void navigate({ to: '/p/$project/runs/$run', params: { project, run } }), [navigate, project]);
  const { cell, onSeen, error } = useCells(project, scope, numbers, grid.columns);
  const [said, setSaid] = useState('');
  const [failed, setFailed] = useState<Error | null>(null);
  const versions = useVersionsOfRuns(project);
  const versionOf = useMemo(() => new Map(versions?.map((version) => [version.run_id, version])), [versions]);
  const columns = useMemo(() => {
    const own = grid.columns.map((key) => ({
      key,
      title: titleOf(key),
      width: grid.widths.get(key) ?? widthOf(key),
      number: isNumberColumn(key),
      sortable: true,
      cell: (index: number) => (
        <RunCell
          project={project}
          column={key}
          value={cell(index, key)}
          {...(key === 'name' ? { id: cell(index, 'id'), version: versionOf.get(String(cell(index, 'id'))), onOpen: open } : {})}
        />
      ),
    }));
    return base && metric ? withVersus(own, versusColumn(base, metric, numbers, cell)) : own;
  }, [grid.columns, grid.widths, cell, project, versionOf, open, base, metric, numbers]);
  const guarded = (work: () => Promise<string>) => {
    setFailed(null);
    work().then(setSaid, (problem: unknown) => setFailed(problem instanceof Error ? problem : new Error(String(problem))));
  };
  const copy = (keys: readonly string[]) =>
    guarded(async () => words.grid.copied(count(await copyRuns(project, scope, keys.map(Number), grid.columns))));
  const bar = (
    <>
      <BulkBar selected={selected.size} onClear={() => onSelect(new Set())}>
        <SeeAgainst selected={selected} onBase={props.onBase} />
        <BulkActions project={project} scope={scope} numbers={[...selected].map(Number)} onDone={() => onSelect(new Set())} />
        <Button size="compact-xs" variant="default" leftSection={<IconCopy size={13} aria-hidden />} onClick={() => copy([...selected])}>
          {words.grid.copy}
        </Button>
        <span className="second small" role="status">
          {said}
        </span>
      </BulkBar>
      {(failed ?? error) && <Problem error={(failed ?? error) as Error} />}
    </>
  );
  if (numbers.length === 0) {
    return (
      <Card>
        <Empty sentence={words.runs.filteredToNothing}>
          <Button variant="default" onClick={props.onDropFilter}>
            {words.runs.dropFilter}
          </Button>
        </Empty>
      </Card>
    );
  }
  return (
    <div>
      <Grid
        label={words.runs.experiments}
        columns={columns}
        pinned={grid.pinned}
        rows={numbers.length}
        keyOf={(index) => String(numbers[index])}
        nameOf={(index) => String(cell(index, 'name') ?? numbers[index])}
        order={grid.order}
        onOrder={grid.setOrder}
        layout={grid.layout}
        selected={selected}
        onSelect={onSelect}
        onOpen={(index) => {
          const id = cell(index, 'id');
          if (typeof id === 'string') open(id);
        }}
        onCompare={props.onCompare}
        onCopy={copy}
        onSeen={onSeen}
        above={bar}
        keys={['move', 'select', 'open', 'compare', 'pin', 'filter']}
      />
    </div>
  );
}
