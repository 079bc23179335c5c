import type { VirtualItem } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import type { Shape } from './shape.ts';
import type { GridProps, Seen } from './types.ts';

/** Tells the page what is in view, once for each change. */
export function useSeen({ onSeen }: GridProps, shape: Shape, rows: readonly VirtualItem[], columns: readonly VirtualItem[]): void {
  const seen: Seen = {
    from: rows[0]?.index ?? 0,
    to: (rows.at(-1)?.index ?? -1) + 1,
    columns: [...shape.pinned, ...columns.flatMap(({ index }) => shape.free[index] ?? [])].map(({ key }) => key),
  };
  const text = `${seen.from} ${seen.to} ${seen.columns.join(',')}`;
  const last = useRef('');
  useEffect(() => {
    if (last.current === text) return;
    last.current = text;
    onSeen?.(seen);
  });
}
