import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { useView } from '../../client/view.ts';
import { useGridView } from '../../design/grid/index.ts';
import { words } from '../../words/index.ts';
import { firstMetric, ownColumns, usualColumns } from './run-columns.ts';
import { columnsQuery, experimentsQuery, findQuery, newestLooked, type RunScope, readIds } from './runs-api.ts';
import { compareLimit } from './runs-grid.tsx';
import { useAfter } from './use-after.ts';
import { useBase } from './use-base.ts';
import { useBrushed } from './use-brushed.ts';

const defaults = {
  f: '',
  show: '',
  cols: '',
  sort: '',
  pins: '',
  widths: '',
  axes: '',
  brush: [] as readonly string[],
  log: '',
  sel: '',
  base: '',
  curves: '',
  by: '',
  steps: '',
} as const;
/** The sentence and the pictures above wait until the rows are there. */
const afterRows_ms = 350;
const quick = { '': '', running: 'status = running', failed: 'status = failed' } as const;
const noColumns: readonly string[] = [];
const noRuns: readonly number[] = [];

export type ExperimentState = ReturnType<typeof useExperiment>;

/** What the page of an experiment shows: its address, what the server found for it, and what the reader chose. */
export function useExperiment(project: string, experiment: string) {
  const [view, setView] = useView(defaults);
  const scope: RunScope = useMemo(() => ({ experiment, deleted: view.show === 'deleted' }), [experiment, view.show]);
  const experiments = useQuery(experimentsQuery(project));
  const columns = useQuery(columnsQuery(project, scope, newestLooked));
  const usual = useMemo(() => (columns.data ? usualColumns(columns.data) : noColumns), [columns.data]);
  const grid = useGridView(view, usual, setView);
  const filter = filterOf(view.f, view.show);
  const found = useQuery({ ...findQuery(project, scope, filter, view.sort), placeholderData: keepPreviousData });
  // A filter that is not understood leaves the rows that were there.
  const [rows, setRows] = useState(found.data);
  if (found.data && found.data !== rows) setRows(found.data);
  const isSettled = found.isSuccess && !found.isPlaceholderData;
  const { selected, select, compare } = useSelection(project, scope, view.sel, setView);
  const metric = useMemo(() => (columns.data ? firstMetric(columns.data) : null), [columns.data]);
  const pictured = useAfter(filter, isSettled, afterRows_ms);
  const base = useBase(project, scope, view.base, metric?.key ?? null);
  const { axes, brush, log } = view;
  const brushed = useBrushed({ project, scope, filter: pictured, columns: columns.data, metric, axes, brush, log });
  const { inside } = brushed;
  const numbers = useMemo(() => (inside && rows ? rows.runs.filter((number) => inside.has(number)) : rows?.runs), [inside, rows]);
  const chosen = useMemo(() => chosenOf(selected, numbers ?? []), [selected, numbers]);
  const name = experiments.data?.items.find(({ id }) => id === experiment)?.name ?? `${words.runs.experiment} ${experiment}`;
  return {
    project,
    experiment,
    name,
    scope,
    view,
    setView,
    columns,
    grid,
    filter,
    found,
    rows,
    numbers,
    brushed,
    selected,
    select,
    compare,
    metric,
    base,
    names: useMemo(() => [...(columns.data?.items.map(({ name }) => name) ?? []), ...ownColumns], [columns.data]),
    few: useAfter(chosen, isSettled, afterRows_ms) ?? noRuns,
    curved: useAfter(numbers ?? noRuns, isSettled, afterRows_ms) ?? noRuns,
    isPictured: pictured !== null,
    isEmpty: found.data?.total === 0 && view.show !== 'deleted' && filter === '',
  };
}

/** The typed filter with what the buttons beside it ask for. */
function filterOf(typed: string, show: string): string {
  const asked = quick[show as ''] ?? '';
  if (typed === '' || asked === '') return typed || asked;
  return `${/\bor\b/i.test(typed) ? `(${typed})` : typed} and ${asked}`;
}

type SetView = (change: { readonly sel: string }, how: { readonly replace: boolean }) => void;

function useSelection(project: string, scope: RunScope, sel: string, setView: SetView) {
  const navigate = useNavigate();
  const selected = useMemo(() => new Set(sel.split(',').filter(Boolean)), [sel]);
  const select = useCallback((next: ReadonlySet<string>) => setView({ sel: [...next].join(',') }, { replace: true }), [setView]);
  const compare = useCallback(async () => {
    if (selected.size < 2 || selected.size > compareLimit) return;
    const ids = await readIds(project, scope, [...selected].map(Number));
    if (ids.length > 1) void navigate({ to: '/p/$project/compare', params: { project }, search: { runs: ids.join(',') } as never });
  }, [navigate, project, scope, selected]);
  return { selected, select, compare };
}

/** The few whose curves are told apart: the selected runs, or the first three rows while nothing is selected. */
function chosenOf(selected: ReadonlySet<string>, numbers: readonly number[]): number[] {
  return selected.size > 0 ? [...selected].map(Number).slice(0, 6) : numbers.slice(0, 3);
}
