import { count, share } from './numbers.ts';
import styles from './shares.module.css';

export interface SharesProps {
  readonly label: string;
  readonly rows: readonly {
    readonly name: string;
    readonly amount: number;
    /** 0 to 1. */
    readonly share: number;
    /** All that has no row of its own. */
    readonly isRest: boolean;
  }[];
}

/** Values with how much each has, the bar as long as its share. */
export function Shares({ label, rows }: SharesProps) {
  const most = Math.max(...rows.map((row) => row.share), 0) || 1;
  return (
    <ul className={styles['shares']} aria-label={label}>
      {rows.map((row) => (
        <li key={`${row.isRest} ${row.name}`} title={count(row.amount)}>
          <i className={row.isRest ? styles['rest'] : undefined} style={{ width: `${(row.share / most) * 100}%` }} />
          <bdi className={row.isRest ? 'muted' : undefined}>{row.name === '' ? '""' : row.name}</bdi>
          <span className="number">{share(row.share)}</span>
        </li>
      ))}
    </ul>
  );
}
