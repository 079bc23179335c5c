import { SegmentedControl } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useView } from '../../client/view.ts';
import { Card } from '../../design/card.tsx';
import { count } from '../../design/numbers.ts';
import { Older } from '../../design/older.tsx';
import { Empty, Part } from '../../design/state.tsx';
import { Status, type StatusKind } from '../../design/status.tsx';
import { Table } from '../../design/table.tsx';
import { Moment } from '../../design/time.tsx';
import { words } from '../../words/index.ts';
import { incidentTitle } from './monitor-view.ts';
import styles from './monitors.module.css';
import { type Incident, monitorQueries } from './monitors-api.ts';

const text = words.monitors.incidents;
const filters = ['open', 'acknowledged', 'resolved', 'all'] as const;

/** What was past a limit, and what nobody was paged for, marked so. */
export function IncidentsTab({ project }: { readonly project: string }) {
  const [view, setView] = useView({ shown: 'open' });
  const shown = filters.find((one) => one === view.shown) ?? 'open';
  const asked = useInfiniteQuery(monitorQueries.incidents(project, shown === 'all' ? {} : { state: shown }));
  return (
    <>
      <div className={styles['filter']}>
        <SegmentedControl
          size="xs"
          aria-label={text.shown}
          value={shown}
          onChange={(next) => setView({ shown: next })}
          data={filters.map((value) => ({ value, label: text.filters[value] }))}
        />
      </div>
      <Part of={asked} height={240}>
        {({ pages }) => {
          const rows = pages.flatMap(({ items }) => items);
          return (
            <Card title={words.monitors.tabs.incidents} note={(asked.hasNextPage ? text.first : text.all)(rows.length)} flush>
              {rows.length === 0 ? (
                <Empty sentence={text.none} />
              ) : (
                <Table
                  label={words.monitors.tabs.incidents}
                  rows={rows.map((incident) => ({ project, incident }))}
                  keyOf={({ incident }) => incident.id}
                  columns={columns}
                />
              )}
              <Older of={asked} />
            </Card>
          );
        }}
      </Part>
    </>
  );
}

interface Row {
  readonly project: string;
  readonly incident: Incident;
}

export const stateKinds: Readonly<Record<Incident['state'], StatusKind>> = { open: 'warn', acknowledged: 'running', resolved: 'good' };
export const severityKinds: Readonly<Record<Incident['severity'], StatusKind>> = { incident: 'bad', watch: 'warn' };

const columns = [
  {
    key: 'what',
    title: text.columns.what,
    cell: ({ project, incident }: Row) => (
      <Link to="/p/$project/incidents/$incident" params={{ project, incident: incident.id }} className="name">
        {incidentTitle(incident)}
      </Link>
    ),
  },
  {
    key: 'severity',
    title: text.columns.severity,
    cell: ({ incident: { severity } }: Row) => <Status kind={severityKinds[severity]}>{words.monitors.severity[severity]}</Status>,
  },
  {
    key: 'state',
    title: text.columns.state,
    cell: ({ incident: { state } }: Row) => <Status kind={stateKinds[state]}>{words.monitors.incidentStates[state]}</Status>,
  },
  {
    key: 'monitor',
    title: text.columns.monitor,
    cell: ({ project, incident: { monitor } }: Row) => (
      <Link to="/p/$project/monitors/$monitor" params={{ project, monitor }} className="name">
        {monitor}
      </Link>
    ),
  },
  { key: 'version', title: text.columns.version, cell: ({ incident }: Row) => words.common.version(incident.version) },
  { key: 'since', title: text.columns.since, cell: ({ incident }: Row) => <Moment at_ms={incident.since_ms} only="day" /> },
  { key: 'windows', title: text.columns.windows, number: true, cell: ({ incident }: Row) => count(incident.windows) },
  {
    key: 'cause',
    title: text.columns.cause,
    cell: ({ incident }: Row) => <span className="name small second">{incident.causes[0]?.text ?? '–'}</span>,
  },
];
