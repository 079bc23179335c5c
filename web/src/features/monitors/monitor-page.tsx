import { Button, SegmentedControl } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNames, useView } from '../../client/view.ts';
import { Card, Columns, Stack } from '../../design/card.tsx';
import { duration } from '../../design/numbers.ts';
import { Page } from '../../design/page.tsx';
import { Empty, Part, Problem } from '../../design/state.tsx';
import { Status } from '../../design/status.tsx';
import { useWhen } from '../../design/when.ts';
import { words } from '../../words/index.ts';
import { Allowed } from '../access/allowed.tsx';
import { Distribution } from './distribution-card.tsx';
import { Grid, MovedColumn } from './drift-cards.tsx';
import { IncidentPanel } from './incident-panel.tsx';
import { EditLimits } from './limits.tsx';
import { columnsByStrength, monitorSentence, mostUrgent, stateOf, usualMetric } from './monitor-view.ts';
import styles from './monitors.module.css';
import { type Monitor, monitorQueries, type Result, useMonitorActions } from './monitors-api.ts';
import { QualityCard } from './quality-card.tsx';
import { rangeOf, ranges, startOf } from './ranges.ts';

/** Has something changed, does it hurt, and why? */
export function MonitorPage() {
  const { project, monitor: name } = useNames('project', 'monitor');
  const asked = useQuery(monitorQueries.list(project));
  const monitor = asked.data?.find((one) => one.name === name);
  if (monitor) return <Found project={project} monitor={monitor} />;
  return (
    <Page title={name}>
      <Part of={asked}>
        {() => (
          <Card>
            <Empty sentence={words.monitors.notThere(name)} />
          </Card>
        )}
      </Part>
    </Page>
  );
}

interface Props {
  readonly project: string;
  readonly monitor: Monitor;
}

function Found({ project, monitor }: Props) {
  const { name, definition } = monitor;
  const [view, setView] = useView({ range: '' });
  const { now_ms, when } = useWhen();
  const range = rangeOf(view.range, definition);
  const asked = useQuery(monitorQueries.results(project, name, startOf(range, now_ms)));
  const newest = asked.data?.at(-1);
  const { check } = useMonitorActions(project);
  return (
    <Page
      title={name}
      marks={asked.data && <Marks monitor={monitor} newest={newest} />}
      {...(asked.data ? { sentence: monitorSentence(newest, definition, when) } : {})}
      actions={
        <>
          <SegmentedControl
            size="xs"
            aria-label={words.monitors.range}
            value={range}
            onChange={(next) => setView({ range: next })}
            data={Object.keys(ranges).map((value) => ({ value, label: words.monitors.ranges[value as keyof typeof ranges] }))}
          />
          <Allowed project={project} to="write">
            <Button variant="default" loading={check.isPending} onClick={() => check.mutate(name)}>
              {words.monitors.check}
            </Button>
          </Allowed>
          <EditLimits project={project} monitor={monitor} results={asked.data ?? []} />
        </>
      }
    >
      {check.error && <Problem error={check.error} />}
      <div className={styles['layout']}>
        <Part of={asked} height={480}>
          {(results) => <Charts project={project} monitor={monitor} results={results} />}
        </Part>
        <OpenIncident project={project} monitor={monitor} newest={newest} />
      </div>
    </Page>
  );
}

function Marks({ monitor, newest }: { readonly monitor: Monitor; readonly newest: Result | undefined }) {
  const { kind, word } = stateOf(monitor, newest);
  const { deployment, window_ms, every_ms } = monitor.definition;
  return (
    <>
      <Status kind={kind}>{word}</Status>
      <bdi className="name small second">{words.monitors.of(deployment)}</bdi>
      <span className="small muted">{words.monitors.every(duration(window_ms), duration(every_ms))}</span>
    </>
  );
}

function Charts({ project, monitor, results }: Props & { readonly results: readonly Result[] }) {
  const [view, setView] = useView({ column: '' });
  if (results.length === 0) {
    return (
      <Card>
        <Empty sentence={words.monitors.quality.none} />
      </Card>
    );
  }
  const columns = columnsByStrength(results);
  const column = columns.includes(view.column) ? view.column : columns[0];
  return (
    <Stack>
      <QualityCard project={project} monitor={monitor} results={results} usual={usualMetric(results)} />
      {column !== undefined && (
        <>
          <MovedColumn results={results} column={column} columns={columns} onColumn={(next) => setView({ column: next })} />
          <Columns widths="minmax(0, 1fr) minmax(0, 1fr)">
            <Distribution project={project} results={results} column={column} />
            <Grid results={results} columns={columns} chosen={column} onChoose={(next) => setView({ column: next })} />
          </Columns>
        </>
      )}
    </Stack>
  );
}

/** The most urgent of those that nobody has closed. */
function OpenIncident({ project, monitor, newest }: Props & { readonly newest: Result | undefined }) {
  const open = useInfiniteQuery(monitorQueries.incidents(project, { monitor: monitor.name, state: 'open' }));
  const taken = useInfiniteQuery(monitorQueries.incidents(project, { monitor: monitor.name, state: 'acknowledged' })).data?.pages ?? [];
  return (
    <Part of={open} height={320}>
      {({ pages }) => {
        const urgent = mostUrgent([...pages, ...taken].flatMap(({ items }) => items));
        return urgent ? (
          <IncidentPanel project={project} incident={urgent} monitor={monitor} newest={newest} linked />
        ) : (
          <Card title={words.monitors.incident.calm}>
            <p className="second">{words.monitors.incident.none}</p>
          </Card>
        );
      }}
    </Part>
  );
}
