import { Button, SegmentedControl } from '@mantine/core';
import { IconColumns3 } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo, useRef } from 'react';
import { useNames, useView } from '../../client/view.ts';
import { Card } from '../../design/card.tsx';
import { useGridView, useSingleKeys } from '../../design/grid/index.ts';
import { count } from '../../design/numbers.ts';
import { Page } from '../../design/page.tsx';
import { Empty, Part, Problem } from '../../design/state.tsx';
import { Mark } from '../../design/status.tsx';
import { words } from '../../words/index.ts';
import { Curves } from './curves.tsx';
import { ExportButton } from './export-button.tsx';
import { FilterLine } from './filter-line.tsx';
import { GoodRun } from './good-run.tsx';
import { mistakeOf } from './mistake.ts';
import { RunColumnChooser } from './run-column-chooser.tsx';
import { experimentSentence, factsOf, firstMetric, numberOf, ownColumns, usualColumns } from './run-columns.ts';
import styles from './runs.module.css';
import { cellsQuery, columnsQuery, experimentsQuery, findQuery, type RunScope, readIds } from './runs-api.ts';
import { compareLimit, RunsGrid } from './runs-grid.tsx';
import { useAfter } from './use-after.ts';

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
} as const;
const newestLooked = 100;
/** The pictures above wait until the rows are there. */
const afterRows_ms = 350;
const quick = { '': '', running: 'status = running', failed: 'status = failed' } as const;
const noColumns: readonly string[] = [];

/** Which run is best, and why. */
export function ExperimentPage() {
  const { project, experiment } = useNames('project', 'experiment');
  const [view, setView] = useView(defaults);
  const navigate = useNavigate();
  const field = useRef<HTMLInputElement>(null);
  const scope: RunScope = useMemo(() => ({ experiment, deleted: view.show === 'deleted' }), [experiment, view.show]);
  const experiments = useQuery(experimentsQuery(project));
  const name = experiments.data?.items.find(({ id }) => id === experiment)?.name ?? `${words.runs.experiment} ${experiment}`;
  const columns = useQuery(columnsQuery(project, scope, newestLooked));
  const usual = useMemo(() => (columns.data ? usualColumns(columns.data) : noColumns), [columns.data]);
  const grid = useGridView(view, usual, setView);
  const filter = [view.f === '' ? '' : view.show in quick && view.show !== '' ? `(${view.f})` : view.f, quick[view.show as ''] ?? '']
    .filter(Boolean)
    .join(' and ');
  const found = useQuery({ ...findQuery(project, scope, filter, view.sort), placeholderData: keepPreviousData });
  const isSettled = found.isSuccess && !found.isPlaceholderData;
  const pictured = useAfter(filter, isSettled, afterRows_ms);
  const selected = useMemo(() => new Set(view.sel.split(',').filter(Boolean)), [view.sel]);
  const select = useCallback((next: ReadonlySet<string>) => setView({ sel: [...next].join(',') }, { replace: true }), [setView]);
  const compare = useCallback(async () => {
    if (selected.size < 2 || selected.size > compareLimit) return;
    const ids = await readIds(project, scope, [...selected].map(Number));
    if (ids.length > 1) void navigate({ to: '/p/$project/compare', params: { project }, search: { runs: ids.join(',') } as never });
  }, [navigate, project, scope, selected]);
  useSingleKeys({
    '/': (event) => {
      event.preventDefault();
      field.current?.focus();
    },
    c: () => void compare(),
  });
  const total = found.data?.total ?? 0;
  const metric = useMemo(() => (columns.data ? firstMetric(columns.data) : null), [columns.data]);
  const chosen = useMemo(() => chosenOf(selected, found.data?.runs ?? []), [selected, found.data?.runs]);
  const curved = useAfter(chosen, isSettled, afterRows_ms);
  const names = useMemo(() => [...(columns.data?.items.map(({ name }) => name) ?? []), ...ownColumns], [columns.data]);
  const isEmpty = found.data !== undefined && total === 0 && view.show !== 'deleted' && filter === '';
  return (
    <Page
      title={name}
      marks={found.data && <Mark>{words.runs.amount(count(total), total === 1)}</Mark>}
      sentence={metric && !isEmpty ? <Sentence project={project} scope={scope} metric={metric} /> : undefined}
      actions={
        <Button
          leftSection={<IconColumns3 size={15} aria-hidden />}
          disabled={selected.size < 2 || selected.size > compareLimit}
          title={selected.size > compareLimit ? words.runs.compareLimit(compareLimit) : undefined}
          onClick={() => void compare()}
        >
          {words.runs.compare(selected.size)}
        </Button>
      }
    >
      <div className={styles['tools']}>
        <FilterLine
          field={field}
          filter={view.f}
          onFilter={(f) => setView({ f })}
          names={names}
          kept={found.data ? words.runs.kept(count(found.data.runs.length), count(total)) : ''}
          error={found.error}
        />
        <SegmentedControl
          size="xs"
          aria-label={words.runs.show}
          value={view.show}
          onChange={(show) => setView({ show, sel: '' })}
          data={[
            { value: '', label: words.runs.quick.all },
            { value: 'running', label: words.runs.quick.running },
            { value: 'failed', label: words.runs.quick.failed },
            { value: 'deleted', label: words.runs.quick.deleted },
          ]}
        />
        {columns.data && !isEmpty && (
          <RunColumnChooser
            project={project}
            scope={scope}
            known={columns.data}
            grid={grid}
            onUsual={() => setView({ cols: '', widths: '', pins: '' })}
          />
        )}
        {found.data && !isEmpty && (
          <ExportButton
            asked={{ project, scope, filter, columns: ['id', ...grid.columns.filter((key) => key !== 'id')] }}
            numbers={found.data.runs}
          />
        )}
      </div>
      {found.error && !mistakeOf(found.error, view.f) && <Problem error={found.error} again={() => void found.refetch()} />}
      {isEmpty ? (
        <Card>
          <Empty sentence={words.runs.noRuns}>
            <pre className={`mono ${styles['oneLine']}`}>{words.runs.firstRun(location.origin, project, experiment)}</pre>
          </Empty>
        </Card>
      ) : (
        <Part of={columns} height={220}>
          {(known) => (
            <>
              {metric && total > 1 && (
                <div className={styles['above']}>
                  <GoodRun
                    project={project}
                    scope={scope}
                    filter={pictured}
                    typed={view.f}
                    columns={known}
                    metric={metric}
                    view={view}
                    onView={setView}
                  />
                  <Curves project={project} scope={scope} metric={metric.name} numbers={curved} />
                </div>
              )}
              {found.data && (
                <RunsGrid
                  project={project}
                  scope={scope}
                  numbers={found.data.runs}
                  grid={grid}
                  selected={selected}
                  onSelect={select}
                  onCompare={() => void compare()}
                  onDropFilter={() => setView({ f: '', show: '' })}
                />
              )}
            </>
          )}
        </Part>
      )}
    </Page>
  );
}

/** Curves of the selected runs; of the first three rows while nothing is selected. */
function chosenOf(selected: ReadonlySet<string>, numbers: readonly number[]): number[] {
  return selected.size > 0 ? [...selected].map(Number).slice(0, 6) : numbers.slice(0, 3);
}

interface SentenceProps {
  readonly project: string;
  readonly scope: RunScope;
  readonly metric: { readonly key: string; readonly name: string; readonly bestFirst: string };
}

function Sentence({ project, scope, metric }: SentenceProps) {
  const best = useQuery(findQuery(project, scope, `"${metric.key}" is known`, metric.bestFirst));
  const running = useQuery(findQuery(project, scope, 'status = running', ''));
  const failed = useQuery(findQuery(project, scope, 'status = failed', ''));
  const first = best.data?.runs[0];
  const cells = useQuery({
    ...cellsQuery(project, scope, first === undefined ? [] : [first], ['name', metric.key]),
    enabled: first !== undefined,
  });
  const value = numberOf(cells.data?.columns[metric.key]?.[0]);
  const name = cells.data?.columns['name']?.[0];
  const text = experimentSentence({
    best: value === null || typeof name !== 'string' ? null : { metric: factsOf(metric.key).name, value, name },
    running: running.data?.runs.length ?? 0,
    failed: failed.data?.runs.length ?? 0,
  });
  return <span className="name">{text || ' '}</span>;
}
