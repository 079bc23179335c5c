import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useNames } from '../../client/view.ts';
import { Card } from '../../design/card.tsx';
import { count, duration } from '../../design/numbers.ts';
import { Page } from '../../design/page.tsx';
import { Strip } from '../../design/pictures.tsx';
import { Empty, Part } from '../../design/state.tsx';
import { Mark } from '../../design/status.tsx';
import { Table } from '../../design/table.tsx';
import { Moment } from '../../design/time.tsx';
import { words } from '../../words/index.ts';
import { automationsQueries, type Policy } from '../automations/automations-api.ts';
import { ExecutionLink, ExecutionState, Verified } from './execution-marks.tsx';
import styles from './pipelines.module.css';
import { type Execution, type Pipeline, pipelinesQueries } from './pipelines-api.ts';
import { listSentence, selfStarts, tookOf } from './told.ts';

const { columns, list } = words.pipelines;

/** Which pipelines are there, how did they last do, and what starts them? */
export function PipelinesPage() {
  const { project } = useNames('project');
  const asked = useQuery(pipelinesQueries.list(project));
  const executions = useQuery(pipelinesQueries.executions(project)).data;
  return (
    <Page
      title={words.pipelines.title}
      sentence={
        asked.data &&
        executions &&
        listSentence(
          asked.data.filter(({ retired }) => !retired),
          executions,
        )
      }
    >
      <Part of={asked}>
        {(pipelines) =>
          pipelines.length === 0 ? <FirstPipeline /> : <Pipelines project={project} pipelines={pipelines} executions={executions ?? []} />
        }
      </Part>
    </Page>
  );
}

function FirstPipeline() {
  return (
    <Card>
      <Empty sentence={list.empty}>
        <pre className={`${styles['lines']} mono`}>{list.file}</pre>
        <p>{list.apply}</p>
      </Empty>
    </Card>
  );
}

interface PipelinesProps {
  readonly project: string;
  readonly pipelines: readonly Pipeline[];
  readonly executions: readonly Execution[];
}

function Pipelines({ project, pipelines, executions }: PipelinesProps) {
  const policies = useQuery(automationsQueries.policies(project)).data;
  const now_ms = Date.now();
  const rows = pipelines
    .toSorted((a, b) => Number(a.retired) - Number(b.retired))
    .map((pipeline) => {
      const own = executions.filter((execution) => execution.pipeline === pipeline.name);
      return { pipeline, own, newest: own[0] };
    });
  return (
    <Card title={list.all} note={count(rows.length)} flush>
      <Table
        label={list.all}
        rows={rows}
        keyOf={({ pipeline }) => pipeline.name}
        columns={[
          { key: 'pipeline', title: columns.pipeline, cell: ({ pipeline }) => <PipelineName project={project} pipeline={pipeline} /> },
          { key: 'state', title: columns.newest, cell: ({ newest }) => <Newest execution={newest} /> },
          { key: 'started', title: columns.started, number: true, cell: ({ newest }) => <Moment at_ms={newest?.clock_ms} /> },
          { key: 'took', title: columns.took, number: true, cell: ({ newest }) => duration(newest && tookOf(newest, now_ms)) },
          { key: 'cpu', title: columns.cpu, number: true, cell: ({ newest }) => duration(newest?.cpu_ms) },
          { key: 'strip', title: columns.strip, cell: ({ pipeline, own }) => <LastOnes pipeline={pipeline.name} executions={own} /> },
          { key: 'makes', title: columns.makes, cell: ({ pipeline }) => <Makes project={project} model={pipeline.definition.register} /> },
          { key: 'starts', title: columns.starts, cell: ({ pipeline }) => <Starts pipeline={pipeline.name} policies={policies} /> },
        ]}
      />
    </Card>
  );
}

function PipelineName({ project, pipeline: { name, retired } }: { readonly project: string; readonly pipeline: Pipeline }) {
  return (
    <>
      <Link to="/p/$project/pipelines/$pipeline" params={{ project, pipeline: name }} className="name">
        {name}
      </Link>{' '}
      {retired && <Mark>{words.pipelines.retired}</Mark>}
    </>
  );
}

function Newest({ execution }: { readonly execution: Execution | undefined }) {
  if (!execution) return <span className="muted">{list.never}</span>;
  return (
    <span className={styles['chips']}>
      <ExecutionLink id={execution.id}>{words.pipelines.number(execution.number)}</ExecutionLink>
      <ExecutionState execution={execution} />
      <Verified execution={execution} />
    </span>
  );
}

const stripCells = 14;
const cellKinds = { succeeded: 'good', failed: 'bad', cancelled: 'warn', waiting: 'off', running: 'off' } as const;

/** The newest executions as squares, the newest at the right. */
export function LastOnes({ pipeline, executions }: { readonly pipeline: string; readonly executions: readonly Execution[] }) {
  if (executions.length === 0) return '–';
  const cells = executions.slice(0, stripCells).map(({ id, number, state }) => ({
    key: id,
    kind: cellKinds[state],
    title: `${words.pipelines.number(number)} ${words.pipelines.states[state]}`,
  }));
  return (
    <span className={styles['strip']}>
      <Strip label={list.stripLabel(pipeline)} cells={cells.toReversed()} />
    </span>
  );
}

function Makes({ project, model }: { readonly project: string; readonly model: string | undefined }) {
  if (model === undefined) return '–';
  return (
    <Link to="/p/$project/models/$model" params={{ project, model }} className="name">
      {model}
    </Link>
  );
}

function Starts({ pipeline, policies }: { readonly pipeline: string; readonly policies: readonly Policy[] | undefined }) {
  if (!policies) return null;
  const by = selfStarts(pipeline, policies);
  return <span className="name">{by.join('; ') || words.pipelines.starts.byHand}</span>;
}
