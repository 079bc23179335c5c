import { useQuery } from '@tanstack/react-query';
import { Card } from '../../design/card.tsx';
import { count, share } from '../../design/numbers.ts';
import { Meter } from '../../design/pictures.tsx';
import { Empty, Part } from '../../design/state.tsx';
import { useWhen } from '../../design/when.ts';
import { words } from '../../words/index.ts';
import styles from './deployments.module.css';
import { type Deployment, deploymentQueries, type Rollout, type Span } from './deployments-api.ts';
import { truthOf } from './traffic.ts';

const day_ms = 86_400_000;
const hour_ms = 3_600_000;
const text = words.deployments.truth;

interface Row {
  readonly key: string;
  readonly name: string;
  readonly version: number;
  readonly span: Span;
}

/** Outcomes against rows: both versions over the rollout, and what serves over the last week and month. */
export function Truth({
  project,
  deployment,
  rollout,
}: {
  readonly project: string;
  readonly deployment: Deployment;
  readonly rollout: Rollout;
}) {
  const { now_ms } = useWhen();
  const rows = rowsOf(deployment, rollout, Math.ceil(now_ms / hour_ms) * hour_ms);
  return (
    <Card title={text.title}>
      <p className="second">{text.sentence}</p>
      {rows.length === 0 && <Empty sentence={text.none} />}
      <div className={styles['truth']}>
        {rows.map((row) => (
          <TruthRow key={row.key} project={project} deployment={deployment.name} row={row} />
        ))}
      </div>
    </Card>
  );
}

function rowsOf({ champion }: Deployment, { version, displaced, started_ms, ended_ms }: Rollout, now_ms: number): Row[] {
  const during = { from_ms: started_ms, ...(ended_ms === null ? {} : { to_ms: ended_ms + 1 }) };
  const inRollout = [displaced, version].flatMap((one) =>
    one === null || ended_ms === started_ms ? [] : [{ key: `rollout ${one}`, name: text.inStep(one), version: one, span: during }],
  );
  const lately = [7, 30].flatMap((days) =>
    champion === null
      ? []
      : [
          {
            key: `days ${days}`,
            name: text.days(champion, days),
            version: champion,
            span: { from_ms: Math.max(0, now_ms - days * day_ms) },
          },
        ],
  );
  return [...inRollout, ...lately];
}

function TruthRow({ project, deployment, row }: { readonly project: string; readonly deployment: string; readonly row: Row }) {
  const asked = useQuery(deploymentQueries.served(project, deployment, row.span));
  return (
    <>
      <span className="small">{row.name}</span>
      <Part of={asked} height={19}>
        {({ counts }) => {
          const { rows, outcomes } = truthOf(counts, row.version);
          const known = rows === 0 ? null : outcomes / rows;
          const of = text.of(count(outcomes), count(rows));
          return (
            <>
              <Meter label={of} share={known ?? 0} color="good" />
              <b className="number" title={of}>
                {share(known)} <span className="small muted">{of}</span>
              </b>
            </>
          );
        }}
      </Part>
    </>
  );
}
