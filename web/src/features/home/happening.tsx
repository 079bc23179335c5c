import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Card } from '../../design/card.tsx';
import { share } from '../../design/numbers.ts';
import { Meter } from '../../design/pictures.tsx';
import { Empty } from '../../design/state.tsx';
import { Age } from '../../design/time.tsx';
import { words } from '../../words/index.ts';
import { deploymentQueries } from '../deployments/deployments-api.ts';
import { pipelinesQueries } from '../pipelines/pipelines-api.ts';
import styles from './home.module.css';

/** Rollouts and executions that are under way. */
export function Happening({ project }: { readonly project: string }) {
  const deployments = useQuery(deploymentQueries.list(project)).data ?? [];
  const executions = useQuery(pipelinesQueries.executions(project)).data ?? [];
  const rollouts = deployments.flatMap(({ name, rollout }) =>
    rollout && (rollout.state === 'rolling' || rollout.state === 'waiting') ? [{ name, rollout }] : [],
  );
  const running = executions.filter(({ state }) => state === 'running' || state === 'waiting');
  return (
    <Card
      title={words.home.happening}
      action={
        <Link to="/p/$project/audit" params={{ project }}>
          {words.home.allActivity}
        </Link>
      }
      flush
    >
      {rollouts.length + running.length === 0 && <Empty sentence={words.home.nothingHappens} />}
      <ul className={styles['happening']}>
        {rollouts.map(({ name, rollout: { version, step, plan } }) => (
          <li key={name}>
            <span className={styles['happeningHead']}>
              <Link to="/p/$project/deployments/$deployment" params={{ project, deployment: name }}>
                {words.home.rollout(version)}
              </Link>
              <span className="muted small">{words.home.step(step + 1, plan.steps.length)}</span>
            </span>
            <Meter label={words.home.step(step + 1, plan.steps.length)} share={(step + 1) / plan.steps.length} />
            <span className="second small">{words.home.share(share(plan.steps[step] ?? 0))}</span>
          </li>
        ))}
        {running.map(({ id, pipeline, number, state, created_at_ms }) => (
          <li key={id}>
            <span className={styles['happeningHead']}>
              <Link to="/p/$project/executions/$execution" params={{ project, execution: id }}>
                {words.home.executionNow(pipeline, number)}
              </Link>
              <span className="muted small">
                <Age since_ms={created_at_ms} />
              </span>
            </span>
            <span className="second small">{words.home.executionStates[state]}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
