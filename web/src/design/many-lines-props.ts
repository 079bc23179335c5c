/** A curve over buckets that it shares with the others. */
export interface ManyLine {
  readonly key: string;
  readonly name: string;
  /** Ascending; bucket n begins at `from + n * size`. One that nothing lies in is left out. */
  readonly bucket: readonly number[];
  /** NaN where nothing in the bucket is a number. */
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly mean: Float64Array;
}

export interface Buckets {
  /** The first and the last step. */
  readonly from: number;
  readonly to: number;
  readonly size: number;
}

/** What lies under the pointer: one bucket of one line. */
export interface Hit {
  readonly line: ManyLine;
  /** Place in the lists of the line. */
  readonly at: number;
}

export type StrongColor = 'c1' | 'c2' | 'c3' | 'c4' | 'c5' | 'c6';

export interface ManyLinesProps {
  /** What is shown, in one sentence with its figures. */
  readonly label: string;
  /** A list that only grows is drawn on, not anew. */
  readonly lines: readonly ManyLine[];
  readonly buckets: Buckets;
  /** Keys of the lines that stand out from the mass. */
  readonly strong: ReadonlyMap<string, StrongColor>;
  /** What the reader may do, while nothing is under the pointer. */
  readonly hint: string;
  /** The value and the steps under the pointer. */
  readonly read: (hit: Hit) => string;
  readonly onChoose: (key: string) => void;
  readonly onZoom: (from: number, to: number) => void;
  readonly onBack: () => void;
  /** px */
  readonly height?: number;
}
