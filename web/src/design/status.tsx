import {
  IconAlertOctagon,
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleDashed,
  IconProgress,
  IconUserQuestion,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import styles from './status.module.css';

export type StatusKind = 'good' | 'running' | 'warn' | 'bad' | 'human' | 'neutral';

const icons = {
  good: IconCircleCheck,
  running: IconProgress,
  warn: IconAlertTriangle,
  bad: IconAlertOctagon,
  human: IconUserQuestion,
  neutral: IconCircleDashed,
} as const;

/** Icon, word and soft colour. Violet (`human`) is kept for what waits for a person; blue (`running`) for what the machine does. */
export function Status({ kind, children }: { readonly kind: StatusKind; readonly children: ReactNode }) {
  const Icon = icons[kind];
  return (
    <span className={`${styles['chip']} ${styles[kind]}`}>
      <Icon size={14} stroke={1.75} aria-hidden />
      {children}
    </span>
  );
}

/** The icon alone, where the word stands beside it. */
export function StatusIcon({ kind, size = 16 }: { readonly kind: StatusKind; readonly size?: number }) {
  const Icon = icons[kind];
  return <Icon className={styles[`${kind}Icon`]} size={size} stroke={1.75} aria-hidden />;
}

/** A plain mark beside a name: an alias, a role, a count. Says what a thing is, never how it does. */
export function Mark({ children, accent = false }: { readonly children: ReactNode; readonly accent?: boolean }) {
  return <span className={`${styles['chip']} ${accent ? styles['running'] : styles['neutral']}`}>{children}</span>;
}
