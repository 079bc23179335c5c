import { Button, SegmentedControl } from '@mantine/core';
import { IconColumns3 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useRef } from 'react';
import { useNames } from '../../client/view.ts';
import { Card } from '../../design/card.tsx';
import { useSingleKeys } from '../../design/grid/index.ts';
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
import { experimentSentence, factsOf, numberOf } from './run-columns.ts';
import styles from './runs.module.css';
import { type Columns, cellsQuery, findQuery, type RunScope } from './runs-api.ts';
import { compareLimit, RunsGrid } from './runs-grid.tsx';
import { type ExperimentState, useExperiment } from './use-experiment.ts';
import { Against } from './versus.tsx';

/** Which run is best, and why. */
export function ExperimentPage() {
  const { project, experiment } = useNames('project', 'experiment');
  const state = useExperiment(project, experiment);
  const { found, scope, selected, compare, metric, isEmpty, isPictured, columns, view } = state;
  const total = found.data?.total ?? 0;
  return (
    <Page
      title={state.name}
      marks={
        found.data && (
          <>
            <Mark>{words.runs.amount(count(total), total === 1)}</Mark>
            <Against base={state.base} onBase={(base) => state.setView({ base })} />
          </>
        )
      }
      sentence={metric && !isEmpty ? <Sentence project={project} scope={scope} metric={metric} ready={isPictured} /> : undefined}
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
      <Tools state={state} />
      {found.error && !mistakeOf(found.error, view.f) && <Problem error={found.error} again={() => void found.refetch()} />}
      {isEmpty ? (
        <Card>
          <Empty sentence={words.runs.noRuns}>
            <pre className={`mono ${styles['oneLine']}`}>{words.runs.firstRun(location.origin, project, experiment)}</pre>
          </Empty>
        </Card>
      ) : (
        <Part of={columns} height={220}>
          {(known) => <Runs state={state} known={known} />}
        </Part>
      )}
    </Page>
  );
}

/** What is shown: filter, buttons for the usual filters, columns; and the whole of it as a file. */
function Tools({ state }: { readonly state: ExperimentState }) {
  const { project, scope, view, setView, columns, grid, filter, found, numbers, isEmpty, names, compare } = state;
  const field = useRef<HTMLInputElement>(null);
  useSingleKeys({
    '/': (event) => {
      event.preventDefault();
      field.current?.focus();
    },
    c: () => void compare(),
  });
  return (
    <div className={styles['tools']}>
      <FilterLine
        field={field}
        filter={view.f}
        onFilter={(f) => setView({ f })}
        names={names}
        kept={found.data && numbers ? words.runs.kept(count(numbers.length), count(found.data.total)) : ''}
        error={found.error}
        lacking={found.error ? [] : (found.data?.lacking ?? [])}
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
          numbers={numbers ?? found.data.runs}
        />
      )}
    </div>
  );
}

/** As tall as the curves of all runs with what stands around them. */
const besideAll_px = 248;

function Runs({ state, known }: { readonly state: ExperimentState; readonly known: Columns }) {
  const { project, scope, view, setView, grid, rows, numbers, brushed, selected, select, compare, metric, base, few, curved } = state;
  const metricNames = useMemo(
    () => known.items.flatMap(({ name }) => (factsOf(name).kind === 'metric' ? [factsOf(name).name] : [])),
    [known],
  );
  const isAll = view.curves === 'all';
  return (
    <>
      {metric && (rows?.total ?? 0) > 1 && (
        <div className={`${styles['above']} ${isAll ? styles['even'] : ''}`}>
          <GoodRun
            brushed={brushed}
            typed={view.f}
            columns={known}
            log={view.log}
            height={isAll ? besideAll_px : undefined}
            onView={setView}
          />
          <Curves
            project={project}
            scope={scope}
            metric={view.by || metric.name}
            metrics={metricNames}
            few={few}
            numbers={curved}
            selected={selected}
            onSelect={select}
            shown={view.curves}
            steps={view.steps}
            onView={setView}
          />
        </div>
      )}
      {numbers && (
        <RunsGrid
          project={project}
          scope={scope}
          numbers={numbers}
          grid={grid}
          selected={selected}
          onSelect={select}
          onCompare={() => void compare()}
          base={base}
          onBase={(next) => setView({ base: next, sel: '' })}
          metric={metric}
          onDropFilter={() => setView({ f: '', show: '', brush: [] })}
        />
      )}
    </>
  );
}

interface SentenceProps {
  readonly project: string;
  readonly scope: RunScope;
  readonly metric: { readonly key: string; readonly name: string; readonly bestFirst: string };
  /** Nothing is asked before. */
  readonly ready: boolean;
}

function Sentence({ project, scope, metric, ready }: SentenceProps) {
  const best = useQuery({ ...findQuery(project, scope, `"${metric.key}" is known`, metric.bestFirst), enabled: ready });
  const running = useQuery({ ...findQuery(project, scope, 'status = running', ''), enabled: ready });
  const failed = useQuery({ ...findQuery(project, scope, 'status = failed', ''), enabled: ready });
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
