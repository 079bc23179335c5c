import { IconArrowDownRight, IconArrowUpRight } from '@tabler/icons-react';
import { words } from '../../words/index.ts';
import { changeOf } from './run-view.ts';
import styles from './runs.module.css';

/** The number has its sign; the arrow says better (up) or worse (down), since lower may be better. */
export function Change({
  metric,
  value,
  other,
}: {
  readonly metric: string;
  readonly value: number | null;
  readonly other: number | null;
}) {
  const change = changeOf(metric, value, other);
  if (!change) return <span className="muted">–</span>;
  const { text, verdict } = change;
  if (verdict !== 'better' && verdict !== 'worse') return <span className="number">{text}</span>;
  const Arrow = verdict === 'better' ? IconArrowUpRight : IconArrowDownRight;
  return (
    <span className={`number ${verdict === 'better' ? styles['good'] : styles['bad']}`}>
      <Arrow size={13} role="img" aria-label={words.runs[verdict]} /> {text}
    </span>
  );
}
