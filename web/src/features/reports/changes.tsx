import { useQuery } from '@tanstack/react-query';
import { useContext } from 'react';
import { metric } from '../../design/numbers.ts';
import { Part } from '../../design/state.tsx';
import { Status } from '../../design/status.tsx';
import { TimeContext } from '../../design/time.tsx';
import { words } from '../../words/index.ts';
import { automationsQueries } from '../automations/automations-api.ts';
import { deploymentQueries, listedRollouts } from '../deployments/deployments-api.ts';
import { monitorQueries } from '../monitors/monitors-api.ts';
import { changesIn, limitsIn, nameOf, type PeriodFigures, retrainSentence, type Span } from './report.ts';
import styles from './reports.module.css';
import { summaryQuery } from './reports-api.ts';

const t = words.reports;

interface Of {
  readonly project: string;
  readonly deployment: string;
}

export function Changes({ project, deployment, span }: Of & { readonly span: Span }) {
  const asked = useQuery(deploymentQueries.rollouts(project, deployment));
  const incidents = useQuery(monitorQueries.incidentsOf(project, deployment)).data ?? [];
  const policies = useQuery(automationsQueries.policies(project)).data ?? [];
  const decisions = useQuery(automationsQueries.decisionsSince(project, span.from_ms)).data ?? [];
  const { zone, now_ms } = useContext(TimeContext);
  const own = policies.filter(({ definition }) => definition.deployment === deployment).map(({ name }) => name);
  const retrained = retrainSentence(
    span,
    decisions.filter(({ policy }) => own.includes(policy)),
  );
  return (
    <section id="changes">
      <h3>{t.changes.title}</h3>
      <Part of={asked} height={120}>
        {(rollouts) => {
          const told = changesIn(span, { rollouts, incidents }, { zone, now_ms: now_ms() });
          return (
            <ul className={styles['list']}>
              {told.length === 0 && <li>{t.changes.none}</li>}
              {told.map(({ key, text }) => (
                <li key={key} className="name">
                  {text}
                </li>
              ))}
              {retrained !== null && <li>{retrained}</li>}
              {rollouts.length >= listedRollouts && <li>{t.changes.limited(listedRollouts)}</li>}
            </ul>
          );
        }}
      </Part>
    </section>
  );
}

interface LimitsProps extends Of {
  readonly total: PeriodFigures | undefined;
  readonly periods: readonly PeriodFigures[];
}

const kinds = { inside: 'good', partly: 'warn', past: 'bad', unknown: 'neutral' } as const;

export function Limits({ project, deployment, total, periods }: LimitsProps) {
  const asked = useQuery(monitorQueries.list(project));
  return (
    <section>
      <h3>{t.limits.title}</h3>
      <Part of={asked} height={80}>
        {(monitors) => {
          const own = monitors.filter(({ definition, retired }) => !retired && definition.deployment === deployment);
          const rows = own.flatMap(({ name, definition }) =>
            limitsIn(definition.performance, total, periods).map((row) => ({ ...row, key: `${name} ${row.name}` })),
          );
          if (rows.length === 0) return <p className="second">{t.limits.none}</p>;
          return (
            <dl className={styles['limits']}>
              {rows.map(({ key, name, limit, value, state, months }) => (
                <div key={key}>
                  <dt className="name">
                    {nameOf(name)} {value === null ? '' : metric(value)}
                  </dt>
                  <dd>
                    {limit}; {months}
                  </dd>
                  <dd className={styles['chip']}>
                    <Status kind={kinds[state]}>{t.limits.states[state]}</Status>
                  </dd>
                </div>
              ))}
            </dl>
          );
        }}
      </Part>
    </section>
  );
}

export function Since({ project, deployment }: Of) {
  const asked = useQuery(summaryQuery(project, deployment));
  return (
    <section id="since">
      <h3>{t.parts.since}</h3>
      <Part of={asked} height={120}>
        {({ sentences }) => (
          <>
            <ul className={styles['list']}>
              {sentences.map((sentence) => (
                <li key={sentence} className="name">
                  {sentence}
                </li>
              ))}
            </ul>
            <p className="muted small">{t.sinceNote}</p>
          </>
        )}
      </Part>
    </section>
  );
}
