import { Button } from '@mantine/core';
import { IconCheck, IconHandStop, IconRefresh } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
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
  const [asking, setAsking] = useState<'retrain' | 'take' | 'close'>();
  const { acknowledge, resolve, retrain } = useMonitorActions(project);
  const policies = useQuery(monitorQueries.policies(project)).data ?? [];
  const decisions = useQuery(monitorQueries.decisions(project)).data ?? [];
  const policy = policies.find(({ retired, definition }) => !retired && definition.deployment === incident.deployment);
  if (incident.state === 'resolved') return null;
  const close = () => {
    setAsking(undefined);
    for (const one of [acknowledge, resolve, retrain]) if (one.error) one.reset();
  };
  return (
    <>
      <div className={styles['buttons']}>
        {policy && (
          <Allowed project={project} to="write">
            <Button leftSection={<IconRefresh size={15} aria-hidden />} onClick={() => setAsking('retrain')}>
              {text.retrain}
            </Button>
          </Allowed>
        )}
        {incident.state === 'open' && (
          <Allowed project={project} to="write">
            <Button variant="default" leftSection={<IconHandStop size={15} aria-hidden />} onClick={() => setAsking('take')}>
              {text.take}
            </Button>
          </Allowed>
        )}
        <Allowed project={project} to="write">
          <Button variant="default" leftSection={<IconCheck size={15} aria-hidden />} onClick={() => setAsking('close')}>
            {text.close}
          </Button>
        </Allowed>
      </div>
      {retrain.data && (
        <p className="small" aria-live="polite">
          <Link to="/p/$project/executions/$execution" params={{ project, execution: retrain.data.id }}>
            {text.started(retrain.data.number)}
          </Link>
        </p>
      )}
      {policy && (
        <Ask
          open={asking === 'retrain'}
          title={text.retrainTitle(policy.definition.pipeline)}
          consequence={<span className="name">{retrainText(policy, decisions)}</span>}
          button={text.retrain}
          busy={retrain.isPending}
          error={retrain.error}
          onClose={close}
          onYes={() => retrain.mutate(policy.definition.pipeline, { onSuccess: close })}
        />
      )}
      <Ask
        open={asking === 'take'}
        title={text.takeTitle}
        consequence={text.takeText}
        button={text.take}
        reason="required"
        busy={acknowledge.isPending}
        error={acknowledge.error}
        onClose={close}
        onYes={(reason) => acknowledge.mutate({ incident: incident.id, reason }, { onSuccess: close })}
      />
      <Ask
        open={asking === 'close'}
        title={text.closeTitle}
        consequence={text.closeText}
        button={text.close}
        reason="required"
        busy={resolve.isPending}
        error={resolve.error}
        onClose={close}
        onYes={(reason) => resolve.mutate({ incident: incident.id, reason }, { onSuccess: close })}
      />
    </>
  );
}

function retrainText({ name, definition: { pipeline, cooldown_ms } }: Policy, decisions: readonly Decision[]): string {
  const last = decisions.find(({ policy }) => policy === name);
  const parts = [text.retrainText(pipeline), text.cooldown(duration(cooldown_ms))];
  return [...parts, ...(last ? [text.lastDecision(last.reason)] : [])].join(' ');
}
