import type { ReactNode } from 'react';
import styles from './story.module.css';

export interface Happened {
  readonly key: string;
  readonly when: ReactNode;
  readonly title: ReactNode;
  readonly detail?: ReactNode;
  /** Still going on. */
  readonly now?: boolean;
}

/** What happened, one line each, in the order given. */
export function Story({ label, items }: { readonly label: string; readonly items: readonly Happened[] }) {
  return (
    <ol className={styles['story']} aria-label={label}>
      {items.map(({ key, when, title, detail, now }) => (
        <li key={key}>
          <span className="small muted number">{when}</span>
          <i className={now ? styles['now'] : undefined} />
          <div>
            <p className="name">{title}</p>
            {detail !== undefined && <p className="name small second">{detail}</p>}
          </div>
        </li>
      ))}
    </ol>
  );
}
