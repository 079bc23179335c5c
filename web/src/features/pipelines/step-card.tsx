import { SegmentedControl } from '@mantine/core';
import { useMemo } from 'react';
import { Card } from '../../design/card.tsx';
import { Graph } from '../../design/graph.tsx';
import { count, duration } from '../../design/numbers.ts';
import { Empty } from '../../design/state.tsx';
import { Status } from '../../design/status.tsx';
import { Table } from '../../design/table.tsx';
import { TextButton } from '../../design/text-button.tsx';
import { words } from '../../words/index.ts';
import { executionGraph } from './graph.ts';
import styles from './pipelines.module.css';
import type { Detail, Step } from './pipelines-api.ts';
import { stateOf, stepKinds, tally, tookOf } from './steps.ts';
import { TableRead } from './time-card.tsx';

const said = words.pipelines.execution;
const { columns, stepStates } = words.pipelines;

export interface StepCardProps {
  readonly project: string;
  readonly detail: Detail;
  readonly now_ms: number;
  readonly chosen: string | undefined;
  readonly linkTo: (step: string) => string;
  readonly show: string;
  readonly onShow: (show: string) => void;
  readonly onChoose: (step: string) => void;
}

/** All steps: as a graph, as a list, or as the tables that went through them. */
export function StepCard(props: StepCardProps) {
  const { detail, now_ms, chosen, linkTo, show, onShow } = props;
  const { execution, steps } = detail;
  const { nodes, edges } = useMemo(() => executionGraph(detail, chosen, linkTo, now_ms), [detail, chosen, linkTo, now_ms]);
  return (
    <Card
      title={said.graphCard}
      note={
        <span className={styles['legend']}>
          {tally(steps, execution).map(({ state, amount }) => (
            <Status key={state} kind={stepKinds[state]}>
              {said.legend(amount, stepStates[state])}
            </Status>
          ))}
        </span>
      }
      action={
        <SegmentedControl
          size="xs"
          aria-label={said.view}
          value={show in said.views ? show : 'graph'}
          onChange={onShow}
          data={Object.entries(said.views).map(([value, label]) => ({ value, label }))}
        />
      }
      flush
    >
      {show === 'list' ? (
        <StepList {...props} />
      ) : show === 'data' ? (
        <DataList {...props} />
      ) : (
        <Graph label={words.pipelines.graphOf(execution.pipeline, steps.length)} nodes={nodes} edges={edges} maxHeight={300} />
      )}
    </Card>
  );
}

function StepList({ detail: { execution, steps, definition }, now_ms, chosen, onChoose }: StepCardProps) {
  return (
    <Table
      label={said.graphCard}
      rows={steps}
      keyOf={({ name }) => name}
      chosen={({ name }) => name === chosen}
      columns={[
        {
          key: 'step',
          title: columns.step,
          cell: ({ name }) => <TextButton onClick={() => onChoose(name)}>{name}</TextButton>,
        },
        {
          key: 'kind',
          title: columns.kind,
          cell: ({ name }) => {
            const kind = definition.steps[name]?.kind;
            return kind ? words.pipelines.stepKinds[kind] : '–';
          },
        },
        { key: 'state', title: columns.state, cell: (step) => <StepState step={step} detail={{ execution }} /> },
        { key: 'took', title: columns.took, number: true, cell: (step) => duration(tookOf(step, execution, now_ms)) },
        {
          key: 'cpu',
          title: columns.cpu,
          number: true,
          cell: ({ cpu_ms, started_at_ms }) => duration(started_at_ms === null ? null : cpu_ms),
        },
        { key: 'why', title: columns.why, cell: ({ cache, error }) => <span className="name">{error ?? cache?.reason ?? '–'}</span> },
      ]}
    />
  );
}

function StepState({ step, detail: { execution } }: { readonly step: Step; readonly detail: Pick<Detail, 'execution'> }) {
  const state = stateOf(step, execution);
  return <Status kind={stepKinds[state]}>{stepStates[state]}</Status>;
}

function DataList({ project, detail: { execution, steps } }: StepCardProps) {
  const inputs = Object.keys(execution.inputs ?? {}).map((table) => ({ table, by: null, rows: null, digest: null }));
  const made = steps.flatMap(({ name, tables }) =>
    Object.entries(tables).map(([table, { rows, digest }]) => ({ table, by: name, rows, digest })),
  );
  if (inputs.length + made.length === 0) return <Empty sentence={said.noTable} />;
  return (
    <Table
      label={said.views.data}
      rows={[...inputs, ...made]}
      keyOf={({ table, by }) => `${by ?? ''} ${table}`}
      columns={[
        {
          key: 'table',
          title: columns.table,
          cell: ({ table, by }) => (by === null ? <TableRead project={project} table={table} execution={execution} /> : table),
        },
        { key: 'by', title: columns.madeBy, cell: ({ by }) => by ?? said.input },
        { key: 'rows', title: columns.rows, number: true, cell: ({ rows }) => count(rows) },
        {
          key: 'digest',
          title: columns.digest,
          cell: ({ digest }) => (digest === null ? '–' : <code title={digest}>{digest.slice(0, 12)}</code>),
        },
      ]}
    />
  );
}
