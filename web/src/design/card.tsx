import { type CSSProperties, type ReactNode, useId } from 'react';
import styles from './card.module.css';

export interface CardProps {
  readonly title?: ReactNode;
  /** One fact beside the title: a count, the method, the unit. */
  readonly note?: ReactNode;
  readonly action?: ReactNode;
  /** Without inner space, for tables and lists that reach the edge. */
  readonly flush?: boolean;
  readonly children: ReactNode;
}

/** One part of a page; a region of its own for who reads by ear. */
export function Card({ title, note, action, flush = false, children }: CardProps) {
  const id = useId();
  return (
    <section className={styles['card']} {...(title === undefined ? {} : { 'aria-labelledby': id })}>
      {title !== undefined && (
        <div className={styles['head']}>
          <h2 id={id} className="name">
            {title}
          </h2>
          {note !== undefined && <span className={styles['note']}>{note}</span>}
          {action !== undefined && <span className={styles['action']}>{action}</span>}
        </div>
      )}
      <div className={flush ? styles['flush'] : styles['body']}>{children}</div>
    </section>
  );
}

export interface ColumnsProps {
  /** As in CSS grid, for example `2fr 1fr`. */
  readonly widths: string;
  /** All as tall as the tallest; else each as tall as it is. */
  readonly even?: boolean;
  readonly children: ReactNode;
}

/** Side by side where there is room, below each other where not. */
export function Columns({ widths, even = false, children }: ColumnsProps) {
  return (
    <div className={`${styles['columns']} ${even ? styles['even'] : ''}`} style={{ '--widths': widths } as CSSProperties}>
      {children}
    </div>
  );
}

/** Cards below each other inside a column. */
export function Stack({ children }: { readonly children: ReactNode }) {
  return <div className={styles['stack']}>{children}</div>;
}
