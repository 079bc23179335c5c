import { IconActivityHeartbeat, IconDatabase, IconFlask, IconRefresh, IconRocket, IconShieldCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Figure } from '../../design/facts.tsx';
import { count } from '../../design/numbers.ts';
import { Bars, Spark, Strip, Traffic } from '../../design/pictures.tsx';
import type { Asked } from '../../design/state.tsx';
import { Status } from '../../design/status.tsx';
import { words } from '../../words/index.ts';
import { approvalsQuery } from '../approvals/approvals-api.ts';
import { automationsQueries, type Decisions } from '../automations/automations-api.ts';
import { datasetsQueries } from '../datasets/datasets-api.ts';
import { deploymentQueries } from '../deployments/deployments-api.ts';
import { gatesQueries } from '../gates/gates-api.ts';
import { monitorQueries } from '../monitors/monitors-api.ts';
import { listedExecutions, pipelinesQueries } from '../pipelines/pipelines-api.ts';
import { turnsQuery } from '../reports/reports-api.ts';
import styles from './home.module.css';
import {
  dataStation,
  driftStation,
  gateStation,
  liveStation,
  retrainStation,
  runsStation,
  type Station,
  unanswered,
  watchedMetric,
} from './stations.ts';

/** Versions that a small picture can show. */
const shownVersions = 14;
const noDecisions: Decisions = { items: [], more: false };

export interface Window {
  readonly from_ms: number;
  readonly now_ms: number;
  readonly words: string;
}

/** What each station is told: which project, and which span of its time. */
interface StationProps {
  readonly project: string;
  readonly window: Window;
}

/** Data, runs, gate, live, drift, retrain, and the way back. */
export function Loop({ project, window }: StationProps) {
  const turns = useQuery(turnsQuery(project)).data;
  return (
    <section className={styles['loop']} aria-label={words.home.loop}>
      <ol className={styles['stations']}>
        <Data project={project} />
        <Runs project={project} window={window} />
        <Gate project={project} />
        <Live project={project} window={window} />
        <Drift project={project} />
        <Retrain project={project} window={window} />
      </ol>
      {turns && (
        <p className={styles['back']}>{words.home.turn(count(turns.retrainings), count(turns.promotions), count(turns.rollbacks))}</p>
      )}
    </section>
  );
}

function StationCard(props: {
  readonly project: string;
  readonly name: keyof typeof words.home.stations;
  readonly path: string;
  readonly icon: typeof IconDatabase;
  /** What the station is made of. */
  readonly asked: readonly Asked<unknown>[];
  readonly station: Station;
  readonly picture: ReactNode;
}) {
  const { icon: Icon, name } = props;
  const station = unanswered(props.asked) ?? props.station;
  return (
    <li className={`${styles['station']} ${station.kind === 'running' ? styles['busy'] : ''}`}>
      <Link to={`/p/$project${props.path}` as '/p/$project'} params={{ project: props.project }} className={styles['stationLink']}>
        <span className={styles['stationHead']}>
          <Icon size={17} stroke={1.7} aria-hidden />
          <h2>{words.home.stations[name]}</h2>
          <Status kind={station.kind}>{station.state}</Status>
        </span>
        <Figure value={station.figure} unit={station.unit} />
        <span className={styles['picture']}>{props.picture}</span>
        {station.lines.map((line, index) => (
          <span key={index === 0 ? 'first' : 'second'} className={`${styles['line']} name`}>
            {line}
          </span>
        ))}
      </Link>
    </li>
  );
}

function Data({ project }: { readonly project: string }) {
  const asked = useQuery(datasetsQueries.list(project));
  const [newest] = (asked.data ?? [])
    .filter(({ latest }) => latest !== null)
    .toSorted((a, b) => (b.latest?.created_at_ms ?? 0) - (a.latest?.created_at_ms ?? 0));
  const name = newest?.name ?? '';
  const versions = useQuery({ ...datasetsQueries.newest(project, name, shownVersions), enabled: name !== '' }).data ?? [];
  return (
    <StationCard
      project={project}
      name="data"
      path="/datasets"
      icon={IconDatabase}
      asked={[asked]}
      station={dataStation(name, newest?.latest ?? null)}
      picture={<Bars label={words.home.rowsOfVersions(name)} values={versions.map(({ rows }) => rows).toReversed()} />}
    />
  );
}

function Runs({ project, window }: StationProps) {
  const asked = useQuery(pipelinesQueries.executions(project));
  const executions = asked.data ?? [];
  const cpu = executions.slice(0, 24).map(({ cpu_ms }) => cpu_ms);
  return (
    <StationCard
      project={project}
      name="runs"
      path="/pipelines"
      icon={IconFlask}
      asked={[asked]}
      station={runsStation(executions, window.from_ms, window.words, listedExecutions)}
      picture={<Bars label={words.home.executionsOverTime} values={cpu.toReversed()} />}
    />
  );
}

function Gate({ project }: { readonly project: string }) {
  const verdicts = useQuery(gatesQueries.verdicts(project));
  const approvals = useQuery(approvalsQuery(project, 'requested'));
  const [verdict] = verdicts.data ?? [];
  const cells = (verdict?.evidence ?? []).map(({ criterion, holds, reason }) => ({
    key: criterion,
    kind: holds ? ('good' as const) : ('bad' as const),
    title: reason,
  }));
  return (
    <StationCard
      project={project}
      name="gate"
      path={verdict ? `/models/${encodeURIComponent(verdict.model)}/versions/${verdict.version}` : '/models'}
      icon={IconShieldCheck}
      asked={[verdicts, approvals]}
      station={gateStation(verdict, approvals.data ?? [])}
      picture={verdict && <Strip label={words.home.criteriaOf(verdict.model, verdict.version)} cells={cells} />}
    />
  );
}

function Live({ project, window }: StationProps) {
  const asked = useQuery(deploymentQueries.list(project));
  const [deployment] = (asked.data ?? []).filter(({ retired }) => !retired);
  const name = deployment?.name ?? '';
  const served = useQuery({ ...deploymentQueries.served(project, name, { from_ms: window.from_ms }), enabled: name !== '' }).data;
  const parts = (deployment?.split ?? []).map(({ version, share }) => ({
    key: String(version),
    name: `v${version}`,
    share,
    newcomer: version === deployment?.rollout?.version,
  }));
  const station = liveStation(deployment, served, window.words);
  return (
    <StationCard
      project={project}
      name="live"
      path={name === '' ? '/deployments' : `/deployments/${encodeURIComponent(name)}`}
      icon={IconRocket}
      asked={[asked]}
      station={station}
      picture={parts.length > 0 && <Traffic label={station.lines[0] ?? ''} parts={parts} />}
    />
  );
}

function Drift({ project }: { readonly project: string }) {
  const asked = useQuery(monitorQueries.list(project));
  const [monitor] = (asked.data ?? []).filter(({ retired }) => !retired);
  const name = monitor?.name ?? '';
  const results = useQuery({ ...monitorQueries.newest(project, name), enabled: name !== '' });
  const windows = results.data ?? [];
  const watched = watchedMetric(monitor);
  const values = watched ? windows.map(({ measurements }) => measurements.quality[watched.metric]?.value ?? null).toReversed() : [];
  return (
    <StationCard
      project={project}
      name="drift"
      path={name === '' ? '/monitors' : `/monitors/${encodeURIComponent(name)}`}
      icon={IconActivityHeartbeat}
      asked={monitor ? [asked, results] : [asked]}
      station={driftStation(monitor, windows)}
      picture={watched && <Spark label={words.home.overWindows(watched.metric)} values={values} limit={watched.limit} color="warn" />}
    />
  );
}

function Retrain({ project, window }: StationProps) {
  const asked = [useQuery(automationsQueries.policies(project)), useQuery(automationsQueries.decisions(project))] as const;
  const policies = asked[0].data ?? [];
  const decisions = asked[1].data ?? noDecisions;
  const executions = useQuery(pipelinesQueries.executions(project)).data ?? [];
  const busy = executions.some(
    ({ state, pipeline }) =>
      (state === 'running' || state === 'waiting') && policies.some(({ definition }) => definition.pipeline === pipeline),
  );
  const cells = decisions.items.slice(0, 10).map(({ id, action, reason }) => ({
    key: id,
    kind: action === 'start' ? ('good' as const) : ('off' as const),
    title: reason,
  }));
  return (
    <StationCard
      project={project}
      name="retrain"
      path="/pipelines"
      icon={IconRefresh}
      asked={asked}
      station={retrainStation(policies, decisions, busy, window.now_ms)}
      picture={<Strip label={words.home.decisions} cells={cells.toReversed()} />}
    />
  );
}
