import { Button } from '@mantine/core';
import { IconPlayerPlay, IconPlayerStop, IconRefreshDot } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { Ask } from '../../design/ask.tsx';
import { words } from '../../words/index.ts';
import { Allowed } from '../access/allowed.tsx';
import { isLive } from './live.ts';
import { type Execution, useRerun, useStop } from './pipelines-api.ts';
import { StartDialog } from './start-dialog.tsx';

const said = words.pipelines.execution;
const icon = { size: 16, stroke: 1.75, 'aria-hidden': true } as const;

interface ActionsProps {
  readonly project: string;
  readonly execution: Execution;
}

/** Stop what runs; repeat what succeeded; start again what did not. */
export function ExecutionActions({ project, execution }: ActionsProps) {
  if (isLive(execution)) return <Stop project={project} execution={execution} />;
  if (execution.state === 'succeeded') return <Rerun project={project} execution={execution} />;
  return <StartAgain project={project} execution={execution} />;
}

function Stop({ project, execution: { id, pipeline, number } }: ActionsProps) {
  const [asks, setAsks] = useState(false);
  const stop = useStop(project, id);
  return (
    <>
      <Allowed project={project} to="write">
        <Button variant="outline" color="bad" leftSection={<IconPlayerStop {...icon} />} onClick={() => setAsks(true)}>
          {said.stop}
        </Button>
      </Allowed>
      <Ask
        open={asks}
        title={said.stopTitle(said.title(pipeline, number))}
        consequence={said.stopText}
        button={said.stopConfirm}
        danger
        busy={stop.isPending}
        error={stop.error}
        onYes={() => stop.mutate(undefined, { onSuccess: () => setAsks(false) })}
        onClose={() => setAsks(false)}
      />
    </>
  );
}

function Rerun({ project, execution: { id } }: ActionsProps) {
  const [asks, setAsks] = useState(false);
  const rerun = useRerun(project, id);
  const navigate = useNavigate();
  const begin = () =>
    rerun.mutate(undefined, {
      onSuccess: (begun) => {
        setAsks(false);
        void navigate({ to: '/p/$project/executions/$execution', params: { project, execution: begun.id } });
      },
    });
  return (
    <>
      <Allowed project={project} to="write">
        <Button variant="default" leftSection={<IconRefreshDot {...icon} />} onClick={() => setAsks(true)}>
          {said.rerun}
        </Button>
      </Allowed>
      <Ask
        open={asks}
        title={said.rerun}
        consequence={said.rerunText}
        button={said.rerun}
        busy={rerun.isPending}
        error={rerun.error}
        onYes={begin}
        onClose={() => setAsks(false)}
      />
    </>
  );
}

function StartAgain({ project, execution }: ActionsProps) {
  const [open, setOpen] = useState(false);
  const { pipeline, params, inputs } = execution;
  return (
    <>
      <Allowed project={project} to="write">
        <Button leftSection={<IconPlayerPlay {...icon} />} onClick={() => setOpen(true)}>
          {words.pipelines.start.again}
        </Button>
      </Allowed>
      <StartDialog project={project} pipeline={pipeline} open={open} onClose={() => setOpen(false)} like={{ params, inputs }} />
    </>
  );
}
