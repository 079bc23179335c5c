import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Card } from '../../design/card.tsx';
import { count, duration } from '../../design/numbers.ts';
import { Table } from '../../design/table.tsx';
import { Moment } from '../../design/time.tsx';
import { words } from '../../words/index.ts';
import { eventsQuery } from '../audit/audit-api.ts';
import { automationsQueries } from '../automations/automations-api.ts';
import { ExecutionLink, ExecutionState, Verified } from './execution-marks.tsx';
import styles from './pipelines.module.css';
import { type Execution, listedExecutions, pipelinesQueries } from './pipelines-api.ts';
import { TableRead } from './time-card.tsx';
import { starterOf, tookOf } from './told.ts';

interface TableProps {
  readonly project: string;
  readonly executions: readonly Execution[];
}

const { columns } = words.pipelines;
/** Each row asks for its own steps. */
const page = 20;

/** Executions of one pipeline, newest first. */
export function ExecutionTable({ project, executions }: TableProps) {
  const [shown, setShown] = useState(page);
  const now_ms = Date.now();
  return (
    <Card
      title={words.pipelines.executions}
      note={executions.length < listedExecutions ? count(executions.length) : words.pipelines.newest(listedExecutions)}
      flush
    >
      <Table
        label={words.pipelines.executions}
        rows={executions.slice(0, shown)}
        keyOf={({ id }) => id}
        columns={[
          {
            key: 'execution',
            title: columns.execution,
            cell: ({ id, number }) => <ExecutionLink id={id}>{words.pipelines.number(number)}</ExecutionLink>,
          },
          {
            key: 'state',
            title: columns.state,
            cell: (execution) => (
              <span className={styles['chips']}>
                <ExecutionState execution={execution} />
                <Verified execution={execution} />
              </span>
            ),
          },
          {
            key: 'by',
            title: columns.startedBy,
            cell: (execution) => <Starter project={project} execution={execution} executions={executions} />,
          },
          { key: 'started', title: columns.started, number: true, cell: ({ clock_ms }) => <Moment at_ms={clock_ms} /> },
          { key: 'took', title: columns.took, number: true, cell: (execution) => duration(tookOf(execution, now_ms)) },
          { key: 'cpu', title: columns.cpu, number: true, cell: ({ cpu_ms }) => duration(cpu_ms) },
          { key: 'cache', title: columns.cache, number: true, cell: ({ id }) => <CacheHits project={project} id={id} /> },
          { key: 'inputs', title: columns.inputs, cell: (execution) => <Inputs project={project} execution={execution} /> },
          { key: 'model', title: columns.model, cell: (execution) => <Made project={project} execution={execution} /> },
        ]}
      />
      {executions.length > shown && (
        <Button variant="subtle" m={8} onClick={() => setShown(shown + page)}>
          {words.common.loadOlder}
        </Button>
      )}
    </Card>
  );
}

function Starter({ project, execution, executions }: TableProps & { readonly execution: Execution }) {
  const events = useQuery(eventsQuery(project, { type: 'execution.started' }, 500)).data;
  const decisions = useQuery(automationsQueries.decisions(project)).data?.items;
  if (!events || !decisions) return null;
  const text = starterOf(execution, events, decisions, executions);
  return (
    <span className={`${styles['started']} name`} title={text}>
      {text}
    </span>
  );
}

function CacheHits({ project, id }: { readonly project: string; readonly id: string }) {
  const steps = useQuery(pipelinesQueries.execution(project, id)).data?.steps;
  return steps ? `${steps.filter(({ cache }) => cache?.hit).length} / ${steps.length}` : '–';
}

function Inputs({ project, execution }: { readonly project: string; readonly execution: Execution }) {
  const names = Object.keys(execution.inputs ?? {});
  return names.length === 0 ? '–' : names.map((name) => <TableRead key={name} project={project} table={name} execution={execution} />);
}

function Made({ project, execution: { model, version } }: { readonly project: string; readonly execution: Execution }) {
  if (model === null || version === null) return '–';
  return (
    <Link to="/p/$project/models/$model/versions/$version" params={{ project, model, version: String(version) }} className="name">
      {words.pipelines.version(model, version)}
    </Link>
  );
}
