import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useNames, useView } from '../../client/view.ts';
import { Card } from '../../design/card.tsx';
import { count, metric } from '../../design/numbers.ts';
import { Page } from '../../design/page.tsx';
import { Spark, Strip } from '../../design/pictures.tsx';
import { Empty, Part } from '../../design/state.tsx';
import { Status } from '../../design/status.tsx';
import { Table } from '../../design/table.tsx';
import { Tabs } from '../../design/tabs.tsx';
import { Moment } from '../../design/time.tsx';
import { useWhen } from '../../design/when.ts';
import { words } from '../../words/index.ts';
import { IncidentsTab } from './incidents-tab.tsx';
import { lastKnown, limitsOf, listSentence, metricsOf, qualitySeries, stateOf, usualMetric } from './monitor-view.ts';
import styles from './monitors.module.css';
import { type Monitor, monitorQueries, type Result } from './monitors-api.ts';

const { list, states } = words.monitors;

/** Is anything past its limit, and what has only moved? */
export function MonitorsPage() {
  const { project } = useNames('project');
  const [view, setView] = useView({ tab: 'monitors' });
  const tab = view.tab === 'incidents' ? 'incidents' : 'monitors';
  const asked = useQuery(monitorQueries.list(project));
  const open = useInfiniteQuery(monitorQueries.incidents(project, { state: 'open' })).data?.pages.flatMap(({ items }) => items);
  return (
    <Page
      title={words.monitors.title}
      {...(asked.data && open ? { sentence: listSentence(asked.data, open) } : {})}
      tabs={
        <Tabs
          tabs={[
            { name: 'monitors', label: words.monitors.tabs.monitors, ...(asked.data ? { count: asked.data.length } : {}) },
            { name: 'incidents', label: words.monitors.tabs.incidents },
          ]}
          open={tab}
          onOpen={(next) => setView({ tab: next })}
        />
      }
    >
      {tab === 'incidents' ? (
        <IncidentsTab project={project} />
      ) : (
        <Part of={asked}>
          {(items) => (
            <Card flush>
              {items.length === 0 ? (
                <Empty sentence={list.empty} />
              ) : (
                <Table
                  label={words.monitors.tabs.monitors}
                  rows={items.map((monitor) => ({ project, monitor }))}
                  keyOf={({ monitor }) => monitor.name}
                  columns={columns}
                />
              )}
            </Card>
          )}
        </Part>
      )}
    </Page>
  );
}

interface Row {
  readonly project: string;
  readonly monitor: Monitor;
}

const columns = [
  {
    key: 'monitor',
    title: list.columns.monitor,
    cell: ({ project, monitor: { name } }: Row) => (
      <Link to="/p/$project/monitors/$monitor" params={{ project, monitor: name }} className="name">
        {name}
      </Link>
    ),
  },
  {
    key: 'deployment',
    title: list.columns.deployment,
    cell: ({ project, monitor: { definition } }: Row) => (
      <Link to="/p/$project/deployments/$deployment" params={{ project, deployment: definition.deployment }} className="name">
        {definition.deployment}
      </Link>
    ),
  },
  { key: 'state', title: list.columns.state, cell: (row: Row) => <State {...row} /> },
  { key: 'quality', title: list.columns.quality, cell: (row: Row) => <Quality {...row} /> },
  { key: 'windows', title: list.columns.windows, cell: (row: Row) => <Windows {...row} /> },
  { key: 'drift', title: list.columns.drift, number: true, cell: (row: Row) => <Moved {...row} /> },
  { key: 'last', title: list.columns.last, number: true, cell: (row: Row) => <Last {...row} /> },
];

/** Oldest first; empty until they are there. */
function useNewest({ project, monitor }: Row): readonly Result[] {
  return useQuery(monitorQueries.newest(project, monitor.name)).data?.toReversed() ?? [];
}

function State(row: Row) {
  const { kind, word } = stateOf(row.monitor, useNewest(row).at(-1));
  return <Status kind={kind}>{word}</Status>;
}

function Quality(row: Row) {
  const results = useNewest(row);
  const { definition } = row.monitor;
  const metrics = metricsOf(definition, results);
  const name = metrics.find((one) => one === usualMetric(results)) ?? metrics[0];
  if (name === undefined || results.length === 0) return '–';
  const { values } = qualitySeries(results, name).realised;
  const [limit] = limitsOf(definition, name);
  const text = `${name} ${metric(lastKnown(values))}`;
  return (
    <>
      <span className="small number">{text}</span>
      <Spark label={text} values={values} {...(limit ? { limit: limit.value } : {})} />
    </>
  );
}

const cellKinds = { none: 'good', watch: 'warn', incident: 'bad' } as const;

function Windows(row: Row) {
  const results = useNewest(row);
  const { when } = useWhen();
  if (results.length === 0) return list.notChecked;
  return (
    <div className={styles['strip']}>
      <Strip
        label={list.strip(results.length)}
        cells={results.map(({ id, severity, window_to_ms }) => ({
          key: id,
          kind: cellKinds[severity],
          title: list.cell(when(window_to_ms), states[severity]),
        }))}
      />
    </div>
  );
}

function Moved(row: Row) {
  const drift = Object.values(useNewest(row).at(-1)?.measurements.drift ?? {});
  return drift.length === 0 ? '–' : `${count(drift.filter(({ drifted }) => drifted).length)} / ${count(drift.length)}`;
}

function Last(row: Row) {
  return <Moment at_ms={useNewest(row).at(-1)?.window_to_ms} only="day" />;
}
