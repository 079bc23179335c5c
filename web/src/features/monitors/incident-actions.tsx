import { Button } from '@mantine/core';
import { IconCheck, IconHandStop, IconRefresh } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { Ask } from '../../design/ask.tsx';
import { duration } from '../../design/numbers.ts';
import { words } from '../../words/index.ts';
import { Allowed } from '../access/allowed.tsx';
import styles from './monitors.module.css';
import { type Decision, type Incident, monitorQueries, type Policy, useMonitorActions } from './monitors-api.ts';

const text = words.monitors.incident;

interface Props {
  readonly project: string;
  readonly incident: Incident;
}

/** Train again, take it, close it; what a closed incident no longer needs is left out. */
export function IncidentActions({ project, incident }: Props) {
  const { acknowledge, resolve } = useMonitorActions(project);
  if (incident.state === 'resolved') return null;
  return (
    <div className={styles['buttons']}>
      <Retrain project={project} incident={incident} />
      {incident.state === 'open' && (
        <Noted
          project={project}
          incident={incident}
          action={acknowledge}
          words={{ title: text.takeTitle, consequence: text.takeText, button: text.take }}
          icon={<IconHandStop size={15} aria-hidden />}
        />
      )}
      <Noted
        project={project}
        incident={incident}
        action={resolve}
        words={{ title: text.closeTitle, consequence: text.closeText, button: text.close }}
        icon={<IconCheck size={15} aria-hidden />}
      />
    </div>
  );
}

/** The pipeline of the policy that retrains this deployment; without one there is nothing to start. */
function Retrain({ project, incident }: Props) {
  const [open, setOpen] = useState(false);
  const { retrain } = useMonitorActions(project);
  const policies = useQuery(monitorQueries.policies(project)).data ?? [];
  const decisions = useQuery(monitorQueries.decisions(project)).data ?? [];
  const policy = policies.find(({ retired, definition }) => !retired && definition.deployment === incident.deployment);
  if (!policy) return null;
  return (
    <>
      <Allowed project={project} to="write">
        <Button leftSection={<IconRefresh size={15} aria-hidden />} onClick={() => setOpen(true)}>
          {text.retrain}
        </Button>
      </Allowed>
      {retrain.data && (
        <p className={styles['started']} aria-live="polite">
          <Link to="/p/$project/executions/$execution" params={{ project, execution: retrain.data.id }}>
            {text.started(retrain.data.number)}
          </Link>
        </p>
      )}
      <Ask
        open={open}
        title={text.retrainTitle(policy.definition.pipeline)}
        consequence={<span className="name">{retrainText(policy, decisions)}</span>}
        button={text.retrain}
        busy={retrain.isPending}
        error={retrain.error}
        onClose={() => setOpen(false)}
        onYes={() => retrain.mutate(policy.definition.pipeline, { onSuccess: () => setOpen(false) })}
      />
    </>
  );
}

interface NotedProps extends Props {
  readonly action: ReturnType<typeof useMonitorActions>['acknowledge' | 'resolve'];
  readonly words: { readonly title: string; readonly consequence: string; readonly button: string };
  readonly icon: ReactNode;
}

/** What a person does to an incident, with the reason that is kept. */
function Noted({ project, incident, action, words: { title, consequence, button }, icon }: NotedProps) {
  const [open, setOpen] = useState(false);
  const close = () => {
    setOpen(false);
    action.reset();
  };
  return (
    <>
      <Allowed project={project} to="write">
        <Button variant="default" leftSection={icon} onClick={() => setOpen(true)}>
          {button}
        </Button>
      </Allowed>
      <Ask
        open={open}
        title={title}
        consequence={consequence}
        button={button}
        reason="required"
        busy={action.isPending}
        error={action.error}
        onClose={close}
        onYes={(reason) => action.mutate({ incident: incident.id, reason }, { onSuccess: close })}
      />
    </>
  );
}

function retrainText({ name, definition: { pipeline, cooldown_ms } }: Policy, decisions: readonly Decision[]): string {
  const last = decisions.find(({ policy }) => policy === name);
  const parts = [text.retrainText(pipeline), text.cooldown(duration(cooldown_ms))];
  return [...parts, ...(last ? [text.lastDecision(last.reason)] : [])].join(' ');
}
