import { CloseButton } from '@mantine/core';
import { Card } from '../../design/card.tsx';
import { Facts } from '../../design/facts.tsx';
import { duration, metric } from '../../design/numbers.ts';
import { Empty } from '../../design/state.tsx';
import { Moment } from '../../design/time.tsx';
import { words } from '../../words/index.ts';
import styles from './deployments.module.css';
import type { ServedRow } from './deployments-api.ts';

const text = words.deployments.predictions;

/** One row, all of it: what came in, what was unusual, what answered, what turned out to be true. */
export function OpenRow({ row, onClose }: { readonly row: ServedRow; readonly onClose: () => void }) {
  return (
    <Card title={text.row(row.id)} action={<CloseButton aria-label={text.closeRow} onClick={onClose} />}>
      <div className={styles['open']}>
        <div>
          <h3>{text.trace}</h3>
          <Facts facts={traceOf(row)} />
          {row.warnings.length > 0 && (
            <>
              <h3>{text.warnings}</h3>
              <ul className="name">
                {row.warnings.map((warning) => (
                  <li key={warning}>{warning}</li>
                ))}
              </ul>
            </>
          )}
        </div>
        <div>
          <h3>{text.inputs}</h3>
          {row.body === null ? (
            <Empty sentence={text.noInputs} />
          ) : (
            <Facts facts={Object.entries(row.body).map(([name, value]) => [name, written(value)])} />
          )}
        </div>
      </div>
    </Card>
  );
}

function traceOf(row: ServedRow) {
  const { version, rollout, event_time_ms, received_at_ms, queue_us, latency_us, label, score, outcome, error_code } = row;
  const { facts } = text;
  return [
    [facts.event, <Moment key="event" at_ms={event_time_ms} />],
    [facts.received, <Moment key="received" at_ms={received_at_ms} />],
    [facts.version, version === null ? '–' : words.common.version(version)],
    ...(rollout === null ? [] : [[facts.rollout, rollout] as const]),
    [facts.queue, duration(queue_us / 1000)],
    [facts.latency, duration(latency_us / 1000)],
    ...(error_code === null ? [] : [[facts.error, error_code] as const]),
    [facts.answer, label ?? '–'],
    [facts.score, metric(score)],
    [facts.outcome, outcome?.value ?? text.noOutcome],
    ...(outcome ? [[facts.observed, <Moment key="observed" at_ms={outcome.observed_at_ms} />] as const] : []),
    ...Object.entries(outcome?.extra ?? {}).map(([name, value]) => [text.extra(name), written(value)] as const),
  ] as const;
}

/** As it was sent; figures whole, not rounded. */
function written(value: unknown): string {
  if (value === null || value === undefined) return '–';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
