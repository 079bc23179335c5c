import { Button } from '@mantine/core';
import { IconCheck, IconHandStop, IconRefresh } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { Ask } from '../../design/ask.tsx';
import { duration } from '../../design/numbers.ts';
import { Problem } from '../../design/state.tsx';
import { words } from '../../words/index.ts';
import { Allowed } from '../access/allowed.tsx';
import { automationsQueries, type Decision, type Policy } from '../automations/automations-api.ts';
import styles from './monitors.module.css';
import { type Incident, useMonitorActions } from './monitors-api.ts';

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

/**
 * One press starts the pipeline of the policy that retrains this deployment, with the incident as its cause; without a policy there is
 * nothing to start. It does not ask: nothing is served by it alone, and it can be stopped.
 */
function Retrain({ project, incident }: Props) {
  const { retrain, stop } = useMonitorActions(project);
  const policies = useQuery(automationsQueries.policies(project)).data ?? [];
  const decisions = useQuery(automationsQueries.decisions(project)).data?.items ?? [];
  const policy = policies.find(({ retired, definition }) => !retired && definition.deployment === incident.deployment);
  if (!policy) return null;
  const started = retrain.data;
  return (
    <>
      <Allowed project={project} to="write">
        <Button
          leftSection={<IconRefresh size={15} aria-hidden />}
          loading={retrain.isPending}
          onClick={() => retrain.mutate({ pipeline: policy.definition.pipeline, because: incident.opened_event })}
        >
          {text.retrain}
        </Button>
      </Allowed>
      <p className={`${styles['started']} name second`} aria-live="polite">
        {started ? (
          <>
            <Link to="/p/$project/executions/$execution" params={{ project, execution: started.id }}>
              {text.started(started.number)}
            </Link>{' '}
            <Button size="compact-xs" variant="subtle" disabled={!stop.isIdle} onClick={() => stop.mutate(started.id)}>
              {stop.isSuccess ? text.stopped : text.stop}
            </Button>
          </>
        ) : (
          retrainText(policy, decisions)
        )}
      </p>
      {(retrain.error ?? stop.error) && <Problem error={(retrain.error ?? stop.error) as Error} />}
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
