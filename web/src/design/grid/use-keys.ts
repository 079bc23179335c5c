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
function alone(keys: KeysOf, key: string, event: KeyboardEvent): boolean {
  const { props, shape, place, page, go, select } = keys;
  const { rows, selected, onSelect, onOpen, onCompare, layout } = props;
  const column = shape.all[place.column - 1];
  const to = moveTo(key, false, place, { rows, columns: shape.all.length + 1, page });
  if (event.altKey || (place.row < 0 && (key === 'Enter' || key === ' '))) return onHead(keys, key, event);
  if (key === 'Escape' && selected.size > 0) onSelect(new Set());
  else if (key === 'Enter') onOpen(place.row);
  else if ((key === 'x' || key === ' ') && place.row >= 0) select(place.row, event.shiftKey);
  else if (key === 'c' && onCompare) onCompare();
  else if (key === 'p' && column && !column.fixed) layout.pin(column.key);
  else if (to) go(to);
  else return false;
  return true;
}

/** On the title of a column: its menu, or its order. */
function onHead({ props, shape, place, openMenu }: KeysOf, key: string, event: KeyboardEvent): boolean {
  const column = place.row < 0 ? shape.all[place.column - 1] : undefined;
  if (!column) return false;
  if (event.altKey) {
    if (key !== 'ArrowDown') return false;
    openMenu(column.key);
    return true;
  }
  if (!column.sortable) return false;
  props.onOrder(toggled(props.order, column.key, event.shiftKey));
  return true;
}
