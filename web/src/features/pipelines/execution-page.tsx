import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useNames, useView } from '../../client/view.ts';
import { Columns } from '../../design/card.tsx';
import { useSingleKeys } from '../../design/grid/single-keys.ts';
import { Page } from '../../design/page.tsx';
import { Part } from '../../design/state.tsx';
import { useNow } from '../../design/use-now.tsx';
import { words } from '../../words/index.ts';
import { ExecutionActions } from './execution-actions.tsx';
import { ExecutionMarks, StartedBy } from './execution-marks.tsx';
import { isLive } from './live.ts';
import { type Detail, type Execution, pipelinesQueries } from './pipelines-api.ts';
import { StepCard } from './step-card.tsx';
import { StepLogCard } from './step-log.tsx';
import { stepToOpen } from './steps.ts';
import { TimeCard } from './time-card.tsx';
import { executionSentence } from './told.ts';

/** Where is it, and why was this step run or reused? */
export function ExecutionPage() {
  const { project, execution: id } = useNames('project', 'execution');
  const asked = useQuery(pipelinesQueries.execution(project, id));
  const pipeline = asked.data?.execution.pipeline ?? '';
  const executions = useQuery({ ...pipelinesQueries.executions(project, pipeline), enabled: pipeline !== '' }).data ?? [];
  if (asked.data) return <Shown key={id} project={project} detail={asked.data} executions={executions} />;
  return (
    <Page title={words.pipelines.columns.execution}>
      <Part of={asked} height={400}>
        {() => null}
      </Part>
    </Page>
  );
}

interface ShownProps {
  readonly project: string;
  readonly detail: Detail;
  readonly executions: readonly Execution[];
}

function Shown({ project, detail, executions }: ShownProps) {
  const { execution, steps } = detail;
  const [view, setView] = useView({ show: 'graph', step: '', attempt: 0, line: 0, find: '', follow: '' });
  const now_ms = useNow(isLive(execution));
  const chosen = steps.find(({ name }) => name === view.step) ?? steps.find(({ name }) => name === stepToOpen(steps));
  const choose = (step: string) => setView({ step, attempt: 0, line: 0, follow: '' });
  const move = (by: 1 | -1) => {
    const next = steps[steps.findIndex(({ name }) => name === chosen?.name) + by];
    if (next) choose(next.name);
  };
  useSingleKeys({ '[': () => move(-1), ']': () => move(1) });
  const linkTo = useMemo(() => linkToStep(execution.id, view.show), [execution.id, view.show]);
  return (
    <Page
      title={words.pipelines.execution.title(execution.pipeline, execution.number)}
      marks={<ExecutionMarks execution={execution} executions={executions} />}
      sentence={
        <>
          <span className="name">{executionSentence(detail, executions)}</span>{' '}
          <span className="muted">
            <StartedBy project={project} execution={execution} executions={executions} />
          </span>
        </>
      }
      actions={<ExecutionActions project={project} execution={execution} />}
    >
      <StepCard
        project={project}
        detail={detail}
        now_ms={now_ms}
        chosen={chosen?.name}
        linkTo={linkTo}
        show={view.show}
        onShow={(show) => setView({ show })}
        onChoose={choose}
      />
      <Columns widths="minmax(0, 4fr) minmax(0, 7fr)">
        <TimeCard project={project} detail={detail} now_ms={now_ms} executions={executions} chosen={chosen} onChoose={choose} />
        {chosen && (
          <StepLogCard
            key={chosen.name}
            project={project}
            execution={execution}
            step={chosen}
            now_ms={now_ms}
            view={view}
            onView={setView}
          />
        )}
      </Columns>
    </Page>
  );
}

/** The same page with another step open. */
function linkToStep(execution: string, show: string) {
  return (step: string) => {
    const search = new URLSearchParams({ step, ...(show === 'graph' ? {} : { show }) });
    return `/executions/${execution}?${search}`;
  };
}
