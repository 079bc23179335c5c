import { useEffect, useRef, useState } from 'react';
import type { Place } from './view.ts';

/** One cell of the grid has the focus; it is given to it once it is in the page. */
export function useFocus(id: string, rows: number, columns: number, show: (place: Place) => void) {
  const [active, setActive] = useState<Place>({ row: 0, column: 1 });
  const takes = useRef(false);
  const place: Place = { row: Math.min(active.row, rows - 1), column: Math.min(active.column, columns) };
  useEffect(() => {
    if (!takes.current) return;
    const cell = document.getElementById(`${id}-${place.row}-${place.column}`);
    if (!cell) return;
    cell.focus({ preventScroll: true });
    takes.current = false;
  });
  const go = (to: Place) => {
    takes.current = true;
    setActive(to);
    show(to);
  };
  return { place, go, setActive };
}
