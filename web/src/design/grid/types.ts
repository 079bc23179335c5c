import type { ReactNode } from 'react';
import type { GridKey } from './parts.tsx';
import type { SortKey } from './view.ts';

export interface GridColumn {
  readonly key: string;
  readonly title: string;
  /** px */
  readonly width: number;
  /** Right-aligned with tabular figures. */
  readonly number?: boolean;
  readonly sortable?: boolean;
  /** It belongs to the column before it: by itself it is not moved, sized, pinned or hidden. */
  readonly fixed?: boolean;
  /** What is known of a row that was not fetched yet is nothing: the cell then draws its own shape. */
  readonly cell: (index: number) => ReactNode;
}

/** What the reader does to columns; the page keeps it in its address. */
export interface GridLayout {
  readonly move: (key: string, by: number) => void;
  readonly dropOn: (key: string, target: string) => void;
  readonly resize: (key: string, width: number) => void;
  readonly pin: (key: string) => void;
  readonly hide: (key: string) => void;
}

export interface Seen {
  readonly from: number;
  /** Not itself seen. */
  readonly to: number;
  readonly columns: readonly string[];
}

export interface GridProps {
  readonly label: string;
  /** In their order; the first one always stays at the left. */
  readonly columns: readonly GridColumn[];
  readonly pinned: ReadonlySet<string>;
  /** How many rows there are, fetched or not. */
  readonly rows: number;
  readonly keyOf: (index: number) => string;
  readonly nameOf: (index: number) => string;
  readonly order: readonly SortKey[];
  readonly onOrder: (order: readonly SortKey[]) => void;
  readonly layout: GridLayout;
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (selected: ReadonlySet<string>) => void;
  readonly onOpen: (index: number) => void;
  readonly onCompare?: () => void;
  /** Ctrl C: what is selected, else the row with the focus. */
  readonly onCopy?: (keys: readonly string[]) => void;
  /** Above the columns: the bulk bar. */
  readonly above?: ReactNode;
  /** Keys that are told below the grid. */
  readonly keys: readonly GridKey[];
  /** Which rows and columns are in view, when that changes: a page fetches these. */
  readonly onSeen?: (seen: Seen) => void;
}
