import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useView } from '../../client/view.ts';
import { Card, Columns } from '../../design/card.tsx';
import { count, share } from '../../design/numbers.ts';
import { Traffic } from '../../design/pictures.tsx';
import { Said } from '../../design/said.tsx';
import { Empty, Part } from '../../design/state.tsx';
import { Status } from '../../design/status.tsx';
import { Steps } from '../../design/steps.tsx';
import { Story } from '../../design/story.tsx';
import { Moment } from '../../design/time.tsx';
import { useWhen } from '../../design/when.ts';
import { words } from '../../words/index.ts';
import styles from './deployments.module.css';
import { type Deployment, deploymentQueries, type Rollout, type Served } from './deployments-api.ts';
import { GuardCharts, GuardTable } from './guards.tsx';
import { isLive, lastJudged, shareNow, stepsOf, storyOf, whatNext } from './rollout-view.ts';
import { partsOf, truthOf } from './traffic.ts';
import { Truth } from './truth.tsx';
import { useInfiniteEvents } from './use-events.ts';

interface Props {
  readonly project: string;
  readonly deployment: Deployment;
}

const { steps: stepWords, traffic: trafficWords, next: nextWords, happened, rolloutStates } = words.deployments;

/** The rollout that runs, else the newest, else the one that the address names. */
export function RolloutTab({ project, deployment }: Props) {
  const [view, setView] = useView({ rollout: 0 });
  const asked = useQuery(deploymentQueries.rollouts(project, deployment.name));
  return (
    <Part of={asked} height={420}>
      {(rollouts) => {
        const [newest] = rollouts;
        const shown = rollouts.find(({ number }) => number === view.rollout) ?? deployment.rollout ?? newest;
        if (!shown || !newest) return <First deployment={deployment} />;
        return (
          <Shown
            project={project}
            deployment={deployment}
            rollout={shown.number === deployment.rollout?.number ? deployment.rollout : shown}
            {...(shown.number === newest.number ? {} : { onNewest: () => setView({ rollout: 0 }) })}
          />
        );
      }}
    </Part>
  );
}

function First({ deployment }: { readonly deployment: Deployment }) {
  const { when } = useWhen();
  return (
    <Card title={nextWords.title}>
      <Next lines={whatNext(deployment, when)} />
    </Card>
  );
}

function Next({ lines }: { readonly lines: readonly string[] }) {
  return (
    <p className={`${styles['next']} second`}>
      <Said text={lines.join(' ')} />
    </p>
  );
}

interface ShownProps extends Props {
  readonly rollout: Rollout;
  readonly onNewest?: () => void;
}

function Shown({ project, deployment, rollout, onNewest }: ShownProps) {
  const compared = rollout.displaced !== null;
  return (
    <>
      <StepsCard project={project} deployment={deployment} rollout={rollout} {...(onNewest ? { onNewest } : {})} />
      {compared && <GuardCharts rollout={rollout} />}
      <Columns widths={compared ? 'minmax(0, 1fr) minmax(0, 1.25fr) minmax(0, 1fr)' : 'minmax(0, 1fr) minmax(0, 1fr)'}>
        <Truth project={project} deployment={deployment} rollout={rollout} />
        {compared && <GuardTable rollout={rollout} />}
        <Happened project={project} rollout={rollout} />
      </Columns>
    </>
  );
}

function StepsCard({ project, deployment, rollout, onNewest }: ShownProps) {
  const { now_ms, when } = useWhen();
  const live = isLive(rollout);
  const title = stepWords.rollout(rollout.number, rollout.version);
  const lines = live || !onNewest ? whatNext(deployment, when) : [];
  const ended = rollout.ended_ms === null ? [] : [nextWords.ended(rollout.number, when(rollout.ended_ms))];
  return (
    <Card
      title={title}
      note={live ? stepWords.running : rolloutStates[rollout.state]}
      {...(onNewest
        ? {
            action: (
              <button type="button" className={styles['rowButton']} onClick={onNewest}>
                {stepWords.newest}
              </button>
            ),
          }
        : {})}
      flush
    >
      <div className={styles['rollout']}>
        <div>
          <Steps label={stepWords.title} steps={stepsOf(rollout, now_ms, when)} say={stepWords.say} />
          <Bar project={project} deployment={deployment} rollout={rollout} {...(onNewest ? { onNewest } : {})} />
        </div>
        <div>
          <h3>{nextWords.title}</h3>
          <Next lines={[...(live ? [] : ended), ...lines]} />
          <GuardChip rollout={rollout} />
        </div>
      </div>
    </Card>
  );
}

/** The split of traffic now; of a rollout that is past, how its rows were split. */
function Bar({ project, deployment, rollout, onNewest }: ShownProps) {
  const live = isLive(rollout);
  const from_ms = live ? rollout.step_started_ms : rollout.started_ms;
  const served = useQuery(
    deploymentQueries.served(project, deployment.name, { from_ms, ...(rollout.ended_ms === null ? {} : { to_ms: rollout.ended_ms + 1 }) }),
  ).data;
  const arms = armsOf(rollout, served);
  const split = onNewest ? arms : deployment.split;
  if (split.length === 0) return null;
  const rows = arms.map(({ version, rows: own }) => trafficWords.rowsSince(version, count(own))).join(', ');
  const words = split.map((one) => trafficWords.part(one.version, share(one.share))).join(', ');
  return (
    <div className={styles['bar']}>
      <Traffic
        label={(onNewest ? trafficWords.past : trafficWords.bar)(words)}
        parts={partsOf(split, onNewest ? rollout.displaced : deployment.champion, onNewest !== undefined)}
      />
      <div className={`${styles['under']} small muted number`}>
        <span>{split.length > 1 && (onNewest ? trafficWords.rowsWere : trafficWords.split)}</span>
        <span>{rollout.ended_ms !== rollout.started_ms && (live ? trafficWords.rowsInStep : trafficWords.rowsInRollout)(rows)}</span>
      </div>
    </div>
  );
}

/** Rows of both versions while it went on. */
function armsOf({ displaced, version }: Rollout, served: Served | undefined) {
  if (!served) return [];
  const arms = [displaced, version].flatMap((one) => (one === null ? [] : [{ version: one, rows: truthOf(served.counts, one).rows }]));
  const all = arms.reduce((sum, { rows }) => sum + rows, 0);
  return arms.map((one) => ({ ...one, share: all === 0 ? 0 : one.rows / all }));
}

function GuardChip({ rollout }: { readonly rollout: Rollout }) {
  const last = lastJudged(rollout);
  if (!last) return null;
  const holds = last.guards.filter(({ result }) => result === 'holds').length;
  const breached = last.guards.some(({ result }) => result === 'breached');
  const kind = breached ? 'bad' : holds === last.guards.length ? 'good' : 'neutral';
  return (
    <div className={styles['chips']}>
      <Status kind={kind}>
        {words.deployments.guards.chip(holds, last.guards.length, share(isLive(rollout) ? shareNow(rollout) : last.share))}
      </Status>
    </div>
  );
}

function Happened({ project, rollout }: { readonly project: string; readonly rollout: Rollout }) {
  const events = useInfiniteEvents(project, rollout.deployment);
  const story = storyOf(rollout, events.events);
  return (
    <Card
      title={happened.title}
      action={
        <Link to="/p/$project/audit" params={{ project }} search={{ object: `deployment ${rollout.deployment}` } as never}>
          {happened.audit}
        </Link>
      }
    >
      {story.length === 0 ? (
        <Empty sentence={words.deployments.history.noEvents} />
      ) : (
        <Story
          label={happened.title}
          items={story.map(({ key, at_ms, title, detail, who }, index) => ({
            key,
            when: <Moment at_ms={at_ms} />,
            title,
            detail: [who, detail].filter(Boolean).join(': '),
            now: index === 0 && isLive(rollout),
          }))}
        />
      )}
    </Card>
  );
}
