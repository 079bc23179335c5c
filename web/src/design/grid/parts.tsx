import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { words } from '../../words/index.ts';
import { count } from '../numbers.ts';
import styles from './grid.module.css';

/** Comes with the selection, goes with Esc. */
export function BulkBar({
  selected,
  onClear,
  children,
}: {
  readonly selected: number;
  readonly onClear: () => void;
  readonly children: ReactNode;
}) {
  if (selected === 0) return null;
  return (
    <section className={styles['bulk']} aria-label={words.grid.selected(count(selected))}>
      <b className="number">{words.grid.selected(count(selected))}</b>
      {children}
      <Button size="compact-xs" variant="subtle" ml="auto" onClick={onClear}>
        {words.grid.clear}
      </Button>
    </section>
  );
}

export type GridKey = keyof typeof words.grid.keys;
const letters: Readonly<Record<GridKey, readonly string[]>> = {
  move: ['J', 'K'],
  open: ['Enter'],
  select: ['X'],
  compare: ['C'],
  pin: ['P'],
  filter: ['/'],
};

/** Below a grid: which rows are in view, and its keys. */
export function GridFoot(props: { readonly from: number; readonly to: number; readonly rows: number; readonly keys: readonly GridKey[] }) {
  const { from, to, rows, keys } = props;
  return (
    <div className={styles['foot']}>
      <span className="number">
        {rows === 0 ? words.grid.noRows : words.grid.rows(count(from + 1), count(Math.min(to, rows)), count(rows))}
      </span>
      <span className={styles['keys']}>
        {keys.map((key) => (
          <span key={key}>
            {letters[key].map((letter) => (
              <kbd key={letter}>{letter}</kbd>
            ))}{' '}
            {words.grid.keys[key]}
          </span>
        ))}
      </span>
    </div>
  );
}
