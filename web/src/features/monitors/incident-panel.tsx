import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useView } from '../../client/view.ts';
import { Card } from '../../design/card.tsx';
import { Facts } from '../../design/facts.tsx';
import { count, share } from '../../design/numbers.ts';
import { Part } from '../../design/state.tsx';
import { Status } from '../../design/status.tsx';
import { Story } from '../../design/story.tsx';
import { Moment } from '../../design/time.tsx';
import { useWhen } from '../../design/when.ts';
import { words } from '../../words/index.ts';
import { automationsQueries } from '../automations/automations-api.ts';
import { deploymentQueries } from '../deployments/deployments-api.ts';
import { pipelinesQueries } from '../pipelines/pipelines-api.ts';
import { Causes } from './causes.tsx';
import { IncidentActions } from './incident-actions.tsx';
import { severityKinds, stateKinds } from './incidents-tab.tsx';
import { incidentSentences, incidentTitle } from './monitor-view.ts';
import styles from './monitors.module.css';
import { type Incident, type Monitor, monitorQueries, type Result } from './monitors-api.ts';
import { type Answer, storyOf } from './story.ts';

const text = words.monitors.incident;

interface Props {
  readonly project: string;
  readonly incident: Incident;
  readonly monitor: Monitor | undefined;
  readonly newest: Result | undefined;
  /** With a link to the incident's own page. */
  readonly linked?: boolean;
}

/** An incident beside its charts: what it is, what can be done, why it may be, and what happened. */
export function IncidentPanel({ project, incident, monitor, newest, linked = false }: Props) {
  const { when } = useWhen();
  const { severity, state } = incident;
  return (
    <Card
      title={linked ? incidentTitle(incident) : text.panel}
      action={
        <>
          <Status kind={severityKinds[severity]}>{words.monitors.severity[severity]}</Status>
          <Status kind={stateKinds[state]}>{words.monitors.incidentStates[state]}</Status>
        </>
      }
    >
      <p>{incidentSentences(incident, when).join(' ')}</p>
      <IncidentActions project={project} incident={incident} />
      {linked && (
        <p className={styles['links']} style={{ marginTop: 8 }}>
          <Link to="/p/$project/incidents/$incident" params={{ project, incident: incident.id }}>
            {text.open}
          </Link>
        </p>
      )}
      <h3 className={styles['part']}>{text.causes}</h3>
      <Causes
        project={project}
        incident={incident}
        version={newest?.version ?? incident.version}
        {...(monitor ? { window_ms: monitor.definition.window_ms } : {})}
      />
      {newest && <Hurt newest={newest} />}
      <h3 className={styles['part']}>{text.happened}</h3>
      <Happened project={project} incident={incident} />
    </Card>
  );
}

/** Counts of the newest window; no money, since nobody has said what a row is worth. */
function Hurt({ newest: { window_from_ms, window_to_ms, measurements } }: { readonly newest: Result }) {
  const { served, coverage, outcomes, warnings } = measurements;
  const unusual = Object.values(warnings).reduce((sum, one) => sum + one.unseen + one.out_of_range, 0);
  const facts = text.hurtFacts;
  return (
    <>
      <h3 className={styles['part']}>{text.hurt}</h3>
      <Facts
        facts={[
          [
            facts.window,
            <span key="window">
              <Moment at_ms={window_from_ms} only="day" /> – <Moment at_ms={window_to_ms} only="day" />
            </span>,
          ],
          [facts.rows, count(served.ok)],
          [facts.truth, `${count(outcomes)} (${share(coverage)})`],
          [facts.refused, count(served.refused + served.failed)],
          [facts.unusual, count(unusual)],
        ]}
      />
    </>
  );
}

/** What people started because of it, with how it stands. */
function useAnswers(project: string, { opened_event }: Incident): Answer[] {
  const who = useQuery(monitorQueries.answers(project, opened_event)).data;
  const executions = useQuery({ ...pipelinesQueries.executions(project), enabled: who !== undefined && who.size > 0 }).data ?? [];
  return executions.flatMap((execution) => {
    const name = who?.get(execution.started_event);
    return name === undefined ? [] : [{ who: name, execution }];
  });
}

/** An entry that is open for a year has more to tell than is read at once. */
const newestTold = 8;

function Happened({ project, incident }: { readonly project: string; readonly incident: Incident }) {
  const [view, setView] = useView({ happened: '' });
  const rollouts = useQuery(deploymentQueries.rollouts(project, incident.deployment));
  const policies = useQuery(automationsQueries.policies(project)).data ?? [];
  const decisions = useQuery(automationsQueries.decisionsSince(project, incident.since_ms)).data ?? [];
  const answers = useAnswers(project, incident);
  const own = policies.filter(({ definition }) => definition.deployment === incident.deployment).map(({ name }) => name);
  return (
    <Part of={rollouts}>
      {(all) => {
        const told = storyOf(
          incident,
          all,
          decisions.filter(({ policy }) => own.includes(policy)),
          answers,
        );
        const shown = view.happened === 'all' ? told : told.slice(0, newestTold);
        return (
          <>
            <Story
              label={text.happened}
              items={shown.map(({ key, at_ms, title, detail, now, execution }) => ({
                key,
                when: <Moment at_ms={at_ms} only="day" />,
                title:
                  execution === undefined ? (
                    title
                  ) : (
                    <Link to="/p/$project/executions/$execution" params={{ project, execution }}>
                      {title}
                    </Link>
                  ),
                ...(detail === '' ? {} : { detail }),
                now,
              }))}
            />
            {told.length > shown.length && (
              <div className={styles['buttons']}>
                <Button size="compact-xs" variant="default" onClick={() => setView({ happened: 'all' })}>
                  {text.more(told.length - shown.length)}
                </Button>
              </div>
            )}
          </>
        );
      }}
    </Part>
  );
}
