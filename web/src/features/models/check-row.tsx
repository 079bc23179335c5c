import { IconChevronRight } from '@tabler/icons-react';
import { useId } from 'react';
import { Facts } from '../../design/facts.tsx';
import { count, metric } from '../../design/numbers.ts';
import { Interval, Spark } from '../../design/pictures.tsx';
import { StatusIcon } from '../../design/status.tsx';
import { words } from '../../words/index.ts';
import type { Evidence } from '../gates/gates-api.ts';
import { type Check, limitNumber, valueText } from './criteria.ts';
import type { ModelFacts } from './model-facts.ts';
import styles from './models.module.css';
import { valuesByVersion } from './versions.ts';

const { evidence: text } = words.gates;

/** One criterion: what, the finding, the limit; opens its evidence in place. */
export function CheckRow(props: {
  readonly check: Check;
  readonly facts: ModelFacts;
  readonly open: boolean;
  readonly onOpen: (open: boolean) => void;
}) {
  const { check, open } = props;
  const id = useId();
  return (
    <li className={styles['check']}>
      <button
        type="button"
        className={styles['checkRow']}
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => props.onOpen(!open)}
      >
        <StatusIcon kind={check.holds ? 'good' : 'bad'} size={18} />
        <span className={`${styles['checkName']} name`}>{check.name}</span>
        <span className={`${styles['checkFinding']} second number name`} title={exact(check.evidence)}>
          {check.finding}
        </span>
        <span className={`${styles['checkLimit']} muted small name`}>{check.limit}</span>
        <IconChevronRight size={15} stroke={1.8} aria-hidden className={open ? styles['down'] : styles['chevron']} />
      </button>
      {open && (
        <div id={id} className={styles['evidence']}>
          <Opened check={check} facts={props.facts} />
        </div>
      )}
    </li>
  );
}

const exact = ({ value }: Evidence): string => (value === null ? words.models.notKnown : String(value));

function Opened({ check, facts }: { readonly check: Check; readonly facts: ModelFacts }) {
  const { evidence } = check;
  const limit = limitNumber(
    evidence,
    facts.gates.flatMap(({ definition }) => definition.criteria),
  );
  const history = valuesByVersion(facts, evidence);
  const { low, high, value, rival, rows, slice } = evidence;
  return (
    <>
      <p className="name">{evidence.reason}</p>
      <div className={styles['evidenceColumns']}>
        <Facts
          facts={[
            [text.value, valueText(evidence.metric, value)],
            ...(low === null || high === null ? [] : [[text.interval, words.models.interval(metric(low), metric(high))] as const]),
            ...(rival === null ? [] : [[text.rival, `${rival.name}, ${metric(rival.value)}`] as const]),
            ...(slice === null ? [] : [[text.group, slice] as const]),
            ...(rows === null ? [] : [[text.rows, count(rows)] as const]),
            [text.limit, check.limit],
          ]}
        />
        {limit !== undefined && value !== null && low !== null && high !== null && (
          <Spread name={check.name} value={value} low={low} high={high} limit={limit} />
        )}
        {history.length > 1 && (
          <figure>
            <figcaption className="muted small">{text.over}</figcaption>
            <Spark
              label={text.overLabel(check.name, history.length)}
              values={history.map((one) => one.value)}
              {...(limit === undefined ? {} : { limit })}
            />
          </figure>
        )}
      </div>
    </>
  );
}

function Spread(props: {
  readonly name: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly limit: number;
}) {
  const { name, value, low, high, limit } = props;
  const from = Math.min(low, limit);
  const to = Math.max(high, limit);
  const air = (to - from) * 0.08;
  return (
    <figure>
      <figcaption className="muted small">
        {text.interval}
        {`, ${words.models.side.limit(metric(limit))}`}
      </figcaption>
      <Interval
        label={text.intervalLabel(name, metric(low), metric(value), metric(high))}
        value={value}
        low={low}
        high={high}
        from={from - air}
        to={to + air}
        limit={limit}
      />
    </figure>
  );
}
