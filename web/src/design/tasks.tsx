import type { ReactNode } from 'react';
import { StatusIcon, type StatusKind } from './status.tsx';
import styles from './tasks.module.css';
import { Age } from './time.tsx';

export interface Task {
  readonly key: string;
  readonly kind: StatusKind;
  readonly title: string;
  readonly why: string;
  readonly since_ms: number;
  readonly button: ReactNode;
}

/** What waits for somebody: a sign, what it is and why, since when, and one button. */
export function Tasks({ items }: { readonly items: readonly Task[] }) {
  return (
    <ul className={styles['tasks']}>
      {items.map(({ key, kind, title, why, since_ms, button }) => (
        <li key={key}>
          <span className={`${styles['icon']} ${styles[kind] ?? ''}`}>
            <StatusIcon kind={kind} />
          </span>
          <span className={styles['text']}>
            <b className="name">{title}</b>
            <span className="second small name">{why}</span>
          </span>
          <span className="muted small">
            <Age since_ms={since_ms} />
          </span>
          {button}
        </li>
      ))}
    </ul>
  );
}
