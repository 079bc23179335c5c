import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Card } from '../../design/card.tsx';
import { count, metric, share } from '../../design/numbers.ts';
import { Spark } from '../../design/pictures.tsx';
import { Empty, Part } from '../../design/state.tsx';
import { Status } from '../../design/status.tsx';
import { Table } from '../../design/table.tsx';
import { Moment } from '../../design/time.tsx';
import { words } from '../../words/index.ts';
import { type Deployment, deploymentQueries } from '../deployments/deployments-api.ts';
import { type Monitor, monitorQueries } from '../monitors/monitors-api.ts';
import type { Window } from './loop.tsx';
import { driftStation, liveStation, watchedMetric } from './stations.ts';

interface RowProps {
  readonly project: string;
  readonly deployment: Deployment;
  readonly window: Window;
  readonly monitor: Monitor | undefined;
}

const columnWords = words.home.columns;

/** Every deployment with what it serves, how much, and how well. */
export function ServiceTable({ project, window }: { readonly project: string; readonly window: Window }) {
  const asked = useQuery(deploymentQueries.list(project));
  const monitors = useQuery(monitorQueries.list(project)).data ?? [];
  return (
    <Part of={asked}>
      {(items) => {
        const rows = items
          .filter(({ retired }) => !retired)
          .map((deployment) => ({
            project,
            deployment,
            window,
            monitor: monitors.find(({ definition, retired }) => !retired && definition.deployment === deployment.name),
          }));
        return (
          <Card
            title={words.home.service}
            note={count(rows.length)}
            action={
              <Link to="/p/$project/deployments" params={{ project }}>
                {words.home.openDeployments}
              </Link>
            }
            flush
          >
            {rows.length === 0 ? (
              <Empty sentence={words.home.noService} />
            ) : (
              <Table label={words.home.service} rows={rows} keyOf={({ deployment }) => deployment.name} columns={columns} />
            )}
          </Card>
        );
      }}
    </Part>
  );
}

const columns = [
  {
    key: 'deployment',
    title: columnWords.deployment,
    cell: ({ project, deployment: { name } }: RowProps) => (
      <Link to="/p/$project/deployments/$deployment" params={{ project, deployment: name }} className="name">
        {name}
      </Link>
    ),
  },
  {
    key: 'serving',
    title: columnWords.serving,
    cell: ({ deployment: { split } }: RowProps) => split.map((part) => `v${part.version} ${share(part.share)}`).join(', ') || '–',
  },
  { key: 'state', title: columnWords.state, cell: (row: RowProps) => <State {...row} /> },
  { key: 'predictions', title: columnWords.predictions, number: true, cell: (row: RowProps) => <Predictions {...row} /> },
  { key: 'quality', title: columnWords.quality, cell: (row: RowProps) => <Quality {...row} /> },
  { key: 'now', title: columnWords.now, number: true, cell: (row: RowProps) => <Now {...row} /> },
  { key: 'drift', title: columnWords.drift, cell: (row: RowProps) => <DriftMark {...row} /> },
  {
    key: 'since',
    title: columnWords.since,
    number: true,
    cell: ({ deployment }: RowProps) => <Moment at_ms={deployment.champion_since_ms} only="day" />,
  },
];

function State({ deployment }: RowProps) {
  const { kind, state } = liveStation(deployment, undefined, '');
  return <Status kind={kind}>{state}</Status>;
}

function Predictions({ project, deployment, window }: RowProps) {
  const served = useQuery(deploymentQueries.served(project, deployment.name, { from_ms: window.from_ms })).data;
  return liveStation(deployment, served, window.words).figure;
}

function useResults(project: string, monitor: Monitor | undefined) {
  const asked = useQuery({ ...monitorQueries.newest(project, monitor?.name ?? ''), enabled: monitor !== undefined });
  return { results: asked.data ?? [], watched: watchedMetric(monitor) };
}

function Quality({ project, monitor }: RowProps) {
  const { results, watched } = useResults(project, monitor);
  if (!watched || results.length === 0) return '–';
  const values = results.map(({ measurements }) => measurements.quality[watched.metric]?.value ?? null).toReversed();
  return <Spark label={words.home.overWindows(watched.metric)} values={values} limit={watched.limit} />;
}

function Now({ project, monitor }: RowProps) {
  const { results, watched } = useResults(project, monitor);
  if (!watched) return '–';
  return `${watched.metric} ${metric(results[0]?.measurements.quality[watched.metric]?.value)}`;
}

function DriftMark({ project, monitor }: RowProps) {
  const { results } = useResults(project, monitor);
  const { kind, figure } = driftStation(monitor, results);
  return results.length === 0 ? '–' : <Status kind={kind}>{figure}</Status>;
}
