import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useNames } from '../../client/view.ts';
import { Card } from '../../design/card.tsx';
import { count, share } from '../../design/numbers.ts';
import { Page } from '../../design/page.tsx';
import { Traffic } from '../../design/pictures.tsx';
import { Empty, Part } from '../../design/state.tsx';
import { Mark, Status } from '../../design/status.tsx';
import { Table } from '../../design/table.tsx';
import { Moment } from '../../design/time.tsx';
import { useWhen } from '../../design/when.ts';
import { words } from '../../words/index.ts';
import styles from './deployments.module.css';
import { type Deployment, deploymentQueries } from './deployments-api.ts';
import { ModelLink } from './model-link.tsx';
import { listSentence, stateOf } from './rollout-view.ts';
import { partsOf, truthOf } from './traffic.ts';

const day_ms = 86_400_000;
const hour_ms = 3_600_000;
const { list } = words.deployments;

interface Row {
  readonly project: string;
  readonly deployment: Deployment;
}

/** What serves where, and does anything move? */
export function DeploymentsPage() {
  const { project } = useNames('project');
  const asked = useQuery(deploymentQueries.list(project));
  return (
    <Page title={words.deployments.title} {...(asked.data ? { sentence: listSentence(asked.data) } : {})}>
      <Part of={asked}>{(items) => (items.length === 0 ? <Nothing /> : <Environments project={project} deployments={items} />)}</Part>
    </Page>
  );
}

function Nothing() {
  return (
    <Card>
      <Empty sentence={list.empty}>
        <code className={styles['code']}>{list.emptyLines}</code>
      </Empty>
    </Card>
  );
}

/** One card for each environment, production first. */
function Environments({ project, deployments }: { readonly project: string; readonly deployments: readonly Deployment[] }) {
  const groups = Map.groupBy(deployments, ({ definition }) => definition.environment);
  const names = [...groups.keys()].toSorted((a, b) => Number(b === 'production') - Number(a === 'production') || a.localeCompare(b));
  return names.map((name) => {
    const rows = (groups.get(name) ?? []).map((deployment) => ({ project, deployment }));
    return (
      <Card key={name} title={name} note={count(rows.length)} flush>
        <Table label={list.environment(name)} rows={rows} keyOf={({ deployment }) => deployment.name} columns={columns} />
      </Card>
    );
  });
}

const columns = [
  {
    key: 'deployment',
    title: list.columns.deployment,
    cell: ({ project, deployment: { name, retired } }: Row) => (
      <>
        <Link to="/p/$project/deployments/$deployment" params={{ project, deployment: name }} className="name">
          {name}
        </Link>{' '}
        {retired && <Mark>{list.retired}</Mark>}
      </>
    ),
  },
  {
    key: 'model',
    title: list.columns.model,
    cell: ({ project, deployment: { model } }: Row) => <ModelLink project={project} model={model} />,
  },
  {
    key: 'shares',
    title: list.columns.shares,
    cell: ({ deployment }: Row) => (deployment.split.length === 0 ? '–' : <Shares deployment={deployment} />),
  },
  {
    key: 'state',
    title: list.columns.state,
    cell: ({ deployment }: Row) => {
      const { kind, word } = stateOf(deployment);
      return <Status kind={kind}>{word}</Status>;
    },
  },
  { key: 'rows', title: list.columns.rows, number: true, cell: (row: Row) => <Served {...row} show="rows" /> },
  { key: 'truth', title: list.columns.truth, number: true, cell: (row: Row) => <Served {...row} show="truth" /> },
  {
    key: 'since',
    title: list.columns.since,
    number: true,
    cell: ({ deployment }: Row) => <Moment at_ms={deployment.champion_since_ms} only="day" />,
  },
];

function Shares({ deployment }: { readonly deployment: Deployment }) {
  const parts = partsOf(deployment.split, deployment.champion);
  return (
    <div className={styles['shares']}>
      <Traffic label={words.deployments.traffic.bar(parts.map(({ name }) => name).join(', '))} parts={parts} />
    </div>
  );
}

/** Rows of the last day of the project's clock. */
function Served({ project, deployment, show }: Row & { readonly show: 'rows' | 'truth' }) {
  const { now_ms } = useWhen();
  const to_ms = Math.ceil(now_ms / hour_ms) * hour_ms;
  const served = useQuery(deploymentQueries.served(project, deployment.name, { from_ms: Math.max(0, to_ms - day_ms) })).data;
  if (!served) return '–';
  const { rows, outcomes } = truthOf(served.counts);
  if (show === 'rows') return count(rows);
  return rows === 0 ? '–' : share(outcomes / rows);
}
