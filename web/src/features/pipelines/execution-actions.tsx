import { Button, Modal } from '@mantine/core';
import { IconPlayerPlay, IconPlayerStop, IconRefreshDot } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { Problem } from '../../design/state.tsx';
import { words } from '../../words/index.ts';
import { Allowed } from '../access/allowed.tsx';
import styles from './pipelines.module.css';
import { type Execution, useRerun, useStop } from './pipelines-api.ts';
import { StartDialog } from './start-dialog.tsx';
import { isLive } from './steps.ts';

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
      <Modal opened={asks} onClose={() => setAsks(false)} title={said.stopTitle(said.title(pipeline, number))}>
        <p>{said.stopText}</p>
        {stop.error && <Problem error={stop.error} />}
        <div className={styles['buttons']}>
          <Button variant="default" onClick={() => setAsks(false)}>
            {words.common.cancel}
          </Button>
          <Button color="bad" loading={stop.isPending} onClick={() => stop.mutate(undefined, { onSuccess: () => setAsks(false) })}>
            {said.stopConfirm}
          </Button>
        </div>
      </Modal>
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
      <Modal opened={asks} onClose={() => setAsks(false)} title={said.rerunTitle}>
        <p>{said.rerunText}</p>
        {rerun.error && <Problem error={rerun.error} />}
        <div className={styles['buttons']}>
          <Button variant="default" onClick={() => setAsks(false)}>
            {words.common.cancel}
          </Button>
          <Button loading={rerun.isPending} onClick={begin}>
            {said.rerun}
          </Button>
        </div>
      </Modal>
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
