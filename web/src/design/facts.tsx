import type { ReactNode } from 'react';
import styles from './facts.module.css';

/** Names and values in two columns. */
export function Facts({ facts }: { readonly facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className={styles['facts']}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className="name number">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** One large figure with its unit. */
export function Figure({ value, unit }: { readonly value: ReactNode; readonly unit?: ReactNode }) {
  return (
    <div className={`${styles['figure']} number`}>
      {value}
      {unit !== undefined && <small> {unit}</small>}
    </div>
  );
}
