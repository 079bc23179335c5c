import type { ReactNode } from 'react';
import type { LogLine } from './log-text.ts';

export interface LogView {
  readonly find: string;
  /** From 1; 0 is none. */
  readonly line: number;
  readonly follow: boolean;
}

export interface LogProps {
  readonly title: string;
  readonly note?: ReactNode;
  /** A new array of the same lines, and more, whenever some came. */
  readonly lines: readonly LogLine[];
  /** More may come. */
  readonly live: boolean;
  /** What the page keeps in its address. */
  readonly view: LogView;
  readonly onView: (change: Partial<LogView>, how?: { readonly replace: boolean }) => void;
  /** Said where there is no line. */
  readonly empty: string;
  readonly fileName: string;
  /** Other keys of the page, said at the foot. */
  readonly keys?: ReactNode;
}
