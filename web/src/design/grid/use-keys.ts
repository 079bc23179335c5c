import type { KeyboardEvent } from 'react';
import type { Shape } from './shape.ts';
import type { GridProps } from './types.ts';
import { moveTo, type Place, toggled } from './view.ts';

export interface KeysOf {
  readonly props: GridProps;
  readonly shape: Shape;
  readonly place: Place;
  /** Rows of one screen. */
  readonly page: number;
  readonly go: (to: Place) => void;
  readonly select: (index: number, through: boolean) => void;
  readonly openMenu: (key: string) => void;
}

/** What the keys do while the focus is in the grid. */
export function pressIn(keys: KeysOf): (event: KeyboardEvent) => void {
  return (event) => {
    if (event.target instanceof Element && event.target.closest('[role="menu"]')) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const done = event.ctrlKey || event.metaKey ? withControl(keys, key) : alone(keys, key, event);
    if (!done) return;
    event.preventDefault();
    event.stopPropagation();
  };
}

function withControl({ props, shape, place, page, go }: KeysOf, key: string): boolean {
  const { rows, selected, keyOf, onSelect, onCopy } = props;
  if (key === 'c' && onCopy && getSelection()?.isCollapsed !== false) {
    onCopy(selected.size > 0 ? [...selected] : place.row >= 0 ? [keyOf(place.row)] : []);
    return true;
  }
  if (key === 'a') {
    onSelect(new Set(Array.from({ length: rows }, (_, index) => keyOf(index))));
    return true;
  }
  const to = key === 'Home' || key === 'End' ? moveTo(key, true, place, { rows, columns: shape.all.length + 1, page }) : null;
  if (to) go(to);
  return to !== null;
}

/** Single letters do nothing where the reader turned them off (WCAG 2.1.4 lets a focused part keep them; moving by arrows stays). */
function alone({ props, shape, place, page, go, select, openMenu }: KeysOf, key: string, event: KeyboardEvent): boolean {
  const { rows, order, selected, onSelect, onOpen, onOrder, onCompare, layout } = props;
  const column = shape.all[place.column - 1];
  const isHead = place.row < 0;
  const to = moveTo(key, false, place, { rows, columns: shape.all.length + 1, page });
  if (event.altKey) {
    if (key !== 'ArrowDown' || !isHead || !column) return false;
    openMenu(column.key);
  } else if (key === 'Escape' && selected.size > 0) onSelect(new Set());
  else if (isHead && (key === 'Enter' || key === ' ')) {
    if (!column?.sortable) return false;
    onOrder(toggled(order, column.key, event.shiftKey));
  } else if (key === 'Enter') onOpen(place.row);
  else if ((key === 'x' || key === ' ') && !isHead) select(place.row, event.shiftKey);
  else if (key === 'c' && onCompare) onCompare();
  else if (key === 'p' && column) layout.pin(column.key);
  else if (to) go(to);
  else return false;
  return true;
}
