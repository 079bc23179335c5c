import { useMemo } from 'react';
import type { GridLayout } from './types.ts';
import { droppedOn, moved, readList, readOrder, readWidths, type SortKey, writeOrder, writeWidths } from './view.ts';

/** The four texts that a page keeps in its address for a grid. */
export interface GridTexts {
  readonly cols: string;
  readonly sort: string;
  readonly pins: string;
  readonly widths: string;
}

export interface GridView {
  /** Keys in their order; the usual ones where the address says nothing. */
  readonly columns: readonly string[];
  readonly order: readonly SortKey[];
  readonly pinned: ReadonlySet<string>;
  readonly widths: ReadonlyMap<string, number>;
  readonly layout: GridLayout;
  readonly setColumns: (keys: readonly string[]) => void;
  readonly setOrder: (order: readonly SortKey[]) => void;
}

/** Address to grid and back: `change` writes the texts that differ. */
export function useGridView(texts: GridTexts, usual: readonly string[], change: (texts: Partial<GridTexts>) => void): GridView {
  return useMemo(() => {
    const columns = texts.cols === '' ? usual : readList(texts.cols);
    const pinned = new Set(readList(texts.pins));
    const widths = readWidths(texts.widths);
    const setColumns = (keys: readonly string[]) => change({ cols: keys.join(',') === usual.join(',') ? '' : keys.join(',') });
    const layout: GridLayout = {
      move: (key, by) => setColumns(moved(columns, key, by)),
      dropOn: (key, target) => setColumns(droppedOn(columns, key, target)),
      resize: (key, width) => change({ widths: writeWidths(new Map([...widths, [key, width]])) }),
      pin: (key) => change({ pins: [...(pinned.has(key) ? [...pinned].filter((one) => one !== key) : [...pinned, key])].join(',') }),
      hide: (key) => setColumns(columns.filter((one) => one !== key)),
    };
    return {
      columns,
      order: readOrder(texts.sort),
      pinned,
      widths,
      layout,
      setColumns,
      setOrder: (order) => change({ sort: writeOrder(order) }),
    };
  }, [texts.cols, texts.sort, texts.pins, texts.widths, usual, change]);
}
