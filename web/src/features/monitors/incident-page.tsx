import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useNames, useView } from '../../client/view.ts';
import { Stack } from '../../design/card.tsx';
import { Page } from '../../design/page.tsx';
import { Part } from '../../design/state.tsx';
import { Status } from '../../design/status.tsx';
import { useWhen } from '../../design/when.ts';
import { words } from '../../words/index.ts';
import { Grid, MovedColumn } from './drift-cards.tsx';
import { IncidentPanel } from './incident-panel.tsx';
import { severityKinds } from './incidents-tab.tsx';
import { asJudged, columnsByStrength, incidentSentences, incidentTitle } from './monitor-view.ts';
import styles from './monitors.module.css';
import { type Incident, type Monitor, monitorQueries } from './monitors-api.ts';
import { QualityCard } from './quality-card.tsx';

/** What is wrong, how bad, since when, and why? */
export function IncidentPage() {
  const { project, incident: id } = useNames('project', 'incident');
  const asked = useQuery(monitorQueries.incident(project, id));
  const { data } = asked;
  const { when } = useWhen();
  return (
    <Page
      title={data ? incidentTitle(data) : id}
      {...(data ? { marks: <Marks project={project} incident={data} />, sentence: incidentSentences(data, when)[0] ?? '' } : {})}
    >
      <Part of={asked} height={420}>
        {(incident) => <Beside project={project} incident={incident} />}
      </Part>
    </Page>
  );
}

interface Props {
  readonly project: string;
  readonly incident: Incident;
}

function Marks({ project, incident: { severity, monitor, deployment } }: Props) {
  return (
    <>
      <Status kind={severityKinds[severity]}>{words.monitors.severity[severity]}</Status>
      <Link to="/p/$project/monitors/$monitor" params={{ project, monitor }} className="name">
        {words.monitors.incident.monitor} {monitor}
      </Link>
      <bdi className="name small second">{words.monitors.of(deployment)}</bdi>
    </>
  );
}

/** Windows that are shown before an incident began, to see it begin. */
const before = 12;

function Beside({ project, incident }: Props) {
  const monitors = useQuery(monitorQueries.list(project));
  const monitor = monitors.data?.find(({ name }) => name === incident.monitor);
  const from_ms = Math.max(0, incident.since_ms - before * (monitor?.definition.every_ms ?? 0) - 1);
  const asked = useQuery({ ...monitorQueries.results(project, incident.monitor, from_ms), enabled: monitor !== undefined });
  const until_ms =
    incident.state === 'resolved' ? incident.last_to_ms + (monitor?.definition.every_ms ?? 0) * before : Number.POSITIVE_INFINITY;
  const results = asked.data?.filter(({ window_to_ms }) => window_to_ms <= until_ms);
  const newest = results?.findLast(({ window_to_ms }) => window_to_ms <= incident.last_to_ms);
  return (
    <div className={styles['layout']}>
      <Part of={{ ...asked, data: results }} height={480}>
        {(windows) => monitor && windows.length > 0 && <Charts project={project} incident={incident} monitor={monitor} results={windows} />}
      </Part>
      <IncidentPanel project={project} incident={incident} monitor={monitor} newest={newest} />
    </div>
  );
}

function Charts({
  project,
  incident,
  monitor,
  results,
}: Props & { readonly monitor: Monitor; readonly results: Parameters<typeof QualityCard>[0]['results'] }) {
  const first = incident.causes.find(({ kind }) => kind === 'column')?.column;
  const [view, setView] = useView({ column: '' });
  const columns = columnsByStrength(results);
  const column = [view.column, first, columns[0]].find((one) => one !== undefined && columns.includes(one));
  return (
    <Stack>
      <QualityCard project={project} monitor={asJudged(monitor, incident)} results={results} usual={incident.breaches[0]?.metric ?? ''} />
      {column !== undefined && (
        <>
          <MovedColumn results={results} column={column} columns={columns} onColumn={(next) => setView({ column: next })} />
          <Grid results={results} columns={columns} chosen={column} onChoose={(next) => setView({ column: next })} />
        </>
      )}
    </Stack>
  );
}
