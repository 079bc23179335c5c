import { Button } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNames, useView } from '../../client/view.ts';
import { Card, Columns, Stack } from '../../design/card.tsx';
import { Facts } from '../../design/facts.tsx';
import { Graph } from '../../design/graph.tsx';
import { LineChart } from '../../design/line-chart.tsx';
import { duration } from '../../design/numbers.ts';
import { Page } from '../../design/page.tsx';
import { Empty, Part } from '../../design/state.tsx';
import { Mark } from '../../design/status.tsx';
import { words } from '../../words/index.ts';
import { Allowed } from '../access/allowed.tsx';
import { automationsQueries } from '../automations/automations-api.ts';
import { ExecutionTable } from './execution-table.tsx';
import { definitionGraph } from './graph.ts';
import { type Execution, type Pipeline, pipelinesQueries } from './pipelines-api.ts';
import { StartDialog } from './start-dialog.tsx';
import { pipelineSentence, selfStarts, tookOf } from './told.ts';

const said = words.pipelines.page;

/** What does this pipeline do, what starts it, and how did it do so far? */
export function PipelinePage() {
  const { project, pipeline: name } = useNames('project', 'pipeline');
  const asked = useQuery(pipelinesQueries.list(project));
  const pipeline = asked.data?.find((one) => one.name === name);
  if (pipeline) return <Shown project={project} pipeline={pipeline} />;
  return (
    <Page title={name}>
      <Part of={asked} height={400}>
        {() => <p>{words.pipelines.page.unknown}</p>}
      </Part>
    </Page>
  );
}

function Shown({ project, pipeline }: { readonly project: string; readonly pipeline: Pipeline }) {
  const { name, retired } = pipeline;
  const [view, setView] = useView({ start: false });
  const asked = useQuery(pipelinesQueries.executions(project, name));
  return (
    <Page
      title={name}
      marks={retired && <Mark>{words.pipelines.retired}</Mark>}
      sentence={asked.data && <span className="name">{pipelineSentence(pipeline, asked.data[0])}</span>}
      actions={
        <Allowed project={project} to="write">
          <Button
            leftSection={<IconPlayerPlay size={16} stroke={1.75} aria-hidden />}
            disabled={retired}
            onClick={() => setView({ start: true })}
          >
            {words.pipelines.start.button}
          </Button>
        </Allowed>
      }
    >
      <Columns widths="minmax(0, 2.6fr) minmax(0, 1fr)">
        <Stack>
          <Definition pipeline={pipeline} />
          <Times pipeline={name} executions={asked.data ?? []} />
        </Stack>
        <About project={project} pipeline={pipeline} />
      </Columns>
      <Part of={asked}>
        {(executions) =>
          executions.length === 0 ? (
            <Card title={words.pipelines.executions}>
              <Empty sentence={said.noExecutions} />
            </Card>
          ) : (
            <ExecutionTable project={project} executions={executions} />
          )
        }
      </Part>
      <StartDialog project={project} pipeline={name} open={view.start && !retired} onClose={() => setView({ start: false })} />
    </Page>
  );
}

function Definition({ pipeline: { name, definition, revision, managed_by } }: { readonly pipeline: Pipeline }) {
  const { nodes, edges } = definitionGraph(definition);
  return (
    <Card title={words.pipelines.definition} note={words.pipelines.definitionNote(revision, words.pipelines.managed[managed_by])} flush>
      <Graph label={words.pipelines.graphOf(name, Object.keys(definition.steps).length)} nodes={nodes} edges={edges} maxHeight={320} />
    </Card>
  );
}

function About({ project, pipeline: { name, definition } }: { readonly project: string; readonly pipeline: Pipeline }) {
  const policies = useQuery(automationsQueries.policies(project)).data ?? [];
  const params = Object.entries(definition.params);
  return (
    <Stack>
      <Card title={words.pipelines.columns.starts}>
        <p className="name">{selfStarts(name, policies).join('; ') || words.pipelines.starts.byHand}</p>
      </Card>
      <Card title={said.params}>
        {params.length === 0 ? (
          <p className="muted">{said.noParams}</p>
        ) : (
          <Facts facts={params.map(([param, value]) => [param, String(value)] as const)} />
        )}
      </Card>
    </Stack>
  );
}

/** How long executions took and what they cost in CPU time, the oldest at the left; what has not ended has no time yet. */
function Times({ pipeline, executions }: { readonly pipeline: string; readonly executions: readonly Execution[] }) {
  const ended = executions.filter(({ ended_at_ms }) => ended_at_ms !== null).toReversed();
  if (ended.length < 2) return null;
  return (
    <Card title={words.pipelines.times}>
      <LineChart
        label={words.pipelines.timesLabel(pipeline)}
        x={ended.map(({ number }) => number)}
        lines={[
          { name: words.pipelines.tookLine, color: 'c1', values: ended.map((execution) => tookOf(execution, 0)) },
          { name: words.pipelines.cpuLine, color: 'c2', dashed: true, values: ended.map(({ cpu_ms }) => cpu_ms) },
        ]}
        height={130}
        format={duration}
      />
    </Card>
  );
}
