import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useNames } from '../../client/view.ts';
import { Mark, Status } from '../../design/status.tsx';
import { Moment } from '../../design/time.tsx';
import { words } from '../../words/index.ts';
import { eventsQuery } from '../audit/audit-api.ts';
import { automationsQueries } from '../automations/automations-api.ts';
import type { Execution } from './pipelines-api.ts';
import { executionKinds, numberOf, starterOf } from './told.ts';

const { states } = words.pipelines;
const said = words.pipelines.execution;

export function ExecutionState({ execution: { state } }: { readonly execution: Pick<Execution, 'state'> }) {
  return <Status kind={executionKinds[state]}>{states[state]}</Status>;
}

/** Its state, what it repeats, and which later one proved it. */
export function ExecutionMarks({ execution, executions }: { readonly execution: Execution; readonly executions: readonly Execution[] }) {
  const proofs = executions.filter(({ rerun_of, verified }) => rerun_of === execution.id && verified !== null);
  return (
    <>
      <ExecutionState execution={execution} />
      {execution.rerun_of !== null && (
        <Mark>
          <ExecutionLink id={execution.rerun_of}>{said.proves(numberOf(execution.rerun_of, executions))}</ExecutionLink>
        </Mark>
      )}
      <Verified execution={execution} />
      {proofs.slice(0, 1).map(({ id, verified, number }) => (
        <Status key={id} kind={verified ? 'good' : 'bad'}>
          <ExecutionLink id={id}>{(verified ? said.provedBy : said.notProvedBy)(words.pipelines.number(number))}</ExecutionLink>
        </Status>
      ))}
    </>
  );
}

/** Whether a repetition gave the same; nothing where nothing was proved. */
export function Verified({ execution: { verified } }: { readonly execution: Pick<Execution, 'verified'> }) {
  if (verified === null) return null;
  return <Status kind={verified ? 'good' : 'bad'}>{verified ? said.verified : said.differs}</Status>;
}

export function ExecutionLink({ id, children }: { readonly id: string; readonly children: string }) {
  const { project } = useNames('project');
  return (
    <Link to="/p/$project/executions/$execution" params={{ project, execution: id }}>
      {children}
    </Link>
  );
}

interface StartedByProps {
  readonly project: string;
  readonly execution: Execution;
  readonly executions: readonly Execution[];
}

export function StartedBy({ project, execution, executions }: StartedByProps) {
  const events = useQuery(eventsQuery(project, { type: 'execution.started', subject: `execution ${execution.id}` }, 1)).data;
  const decisions = useQuery(automationsQueries.decisions(project)).data?.items;
  if (!events || !decisions) return null;
  return (
    <>
      <bdi>{said.by(starterOf(execution, events, decisions, executions))}</bdi>, <Moment at_ms={execution.clock_ms} />.
    </>
  );
}
