import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useContext } from 'react';
import { useNames } from '../../client/view.ts';
import { Card } from '../../design/card.tsx';
import { bytes, count } from '../../design/numbers.ts';
import { Page } from '../../design/page.tsx';
import { Empty, Part } from '../../design/state.tsx';
import { Mark, Status } from '../../design/status.tsx';
import { Table } from '../../design/table.tsx';
import { Age, TimeContext } from '../../design/time.tsx';
import { words } from '../../words/index.ts';
import { pipelinesQueries } from '../pipelines/pipelines-api.ts';
import { AddVersion } from './add-version.tsx';
import styles from './datasets.module.css';
import { type Dataset, datasetsQueries } from './datasets-api.ts';
import { checksMark, grownUntil, listSentence } from './told.ts';

const { columns, list } = words.datasets;

/** Which data is there, which version, and may I trust it? */
export function DatasetsPage() {
  const { project } = useNames('project');
  const asked = useQuery(datasetsQueries.list(project));
  return (
    <Page
      title={words.datasets.title}
      sentence={asked.data && <span className="name">{listSentence(asked.data.filter(({ retired }) => !retired))}</span>}
    >
      <Part of={asked}>
        {(datasets) => (
          <>
            <Card title={words.datasets.all} note={count(datasets.length)} flush>
              {datasets.length === 0 ? <Empty sentence={list.empty} /> : <Datasets project={project} datasets={datasets} />}
            </Card>
            <Card title={words.datasets.add.title}>
              <AddVersion project={project} datasets={datasets.filter(({ retired }) => !retired)} />
            </Card>
          </>
        )}
      </Part>
    </Page>
  );
}

function Datasets({ project, datasets }: { readonly project: string; readonly datasets: readonly Dataset[] }) {
  return (
    <Table
      label={words.datasets.all}
      rows={datasets.toSorted((a, b) => Number(a.retired) - Number(b.retired))}
      keyOf={({ name }) => name}
      columns={[
        {
          key: 'name',
          title: columns.name,
          cell: ({ name, retired }) => (
            <>
              <Link to="/p/$project/datasets/$dataset" params={{ project, dataset: name }} className="name">
                {name}
              </Link>{' '}
              {retired && <Mark>{words.datasets.retired}</Mark>}
            </>
          ),
        },
        {
          key: 'latest',
          title: columns.latest,
          cell: ({ latest }) => (latest ? words.datasets.version(latest.number) : <span className="muted">{list.noVersion}</span>),
        },
        { key: 'rows', title: columns.rows, number: true, cell: ({ latest }) => count(latest?.rows) },
        { key: 'size', title: columns.size, number: true, cell: ({ latest }) => bytes(latest?.bytes) },
        { key: 'fresh', title: columns.fresh, cell: ({ latest }) => <Fresh latest={latest} /> },
        { key: 'checks', title: columns.checks, cell: ({ latest }) => <Checks latest={latest} /> },
        { key: 'used', title: columns.usedBy, cell: (dataset) => <UsedBy project={project} dataset={dataset} /> },
      ]}
    />
  );
}

type Latest = Pick<Dataset, 'latest'>;

function Fresh({ latest }: Latest) {
  const { zone, now_ms } = useContext(TimeContext);
  if (!latest) return '–';
  const until = grownUntil(latest.source, zone, now_ms());
  if (until !== null) return until;
  return (
    <>
      {list.added} <Age since_ms={latest.created_at_ms} /> {list.ago}
    </>
  );
}

function Checks({ latest }: Latest) {
  if (!latest) return '–';
  const { kind, text } = checksMark(latest.checks);
  return <Status kind={kind}>{text}</Status>;
}

/** Pipelines that read it, and the deployment whose rows it grows by. */
function UsedBy({ project, dataset: { name, definition } }: { readonly project: string; readonly dataset: Dataset }) {
  const pipelines = useQuery(pipelinesQueries.list(project)).data ?? [];
  const readers = pipelines.filter(({ definition: { inputs }, retired }) => !retired && inputs.includes(name));
  const grows = definition.grows_from?.deployment;
  if (readers.length === 0 && grows === undefined) return '–';
  return (
    <span className={styles['uses']}>
      {readers.map((pipeline) => (
        <Link key={pipeline.name} to="/p/$project/pipelines/$pipeline" params={{ project, pipeline: pipeline.name }} className="name">
          {list.pipeline(pipeline.name)}
        </Link>
      ))}
      {grows !== undefined && (
        <Link to="/p/$project/deployments/$deployment" params={{ project, deployment: grows }} className="name">
          {list.grows(grows)}
        </Link>
      )}
    </span>
  );
}
