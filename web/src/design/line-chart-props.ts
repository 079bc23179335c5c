export interface Line {
  readonly name: string;
  /** Series colours by what the thing is: champion c1, challenger c2, baseline c3, reference c7. */
  readonly color: 'c1' | 'c2' | 'c3' | 'c4' | 'c5' | 'c6' | 'c7';
  /** One for each x; null leaves a gap. */
  readonly values: readonly (number | null)[];
  /** An estimate, a challenger: not the measured thing itself. */
  readonly dashed?: boolean;
  /** One for each x of its own only: the line goes on over the x of the others. */
  readonly joined?: boolean;
  /** Drawn as a shade: an interval, or the exact minimum and maximum of what lies under one pixel. */
  readonly band?: { readonly low: readonly (number | null)[]; readonly high: readonly (number | null)[] };
}

export interface LineChartProps {
  /** What the chart shows, in one sentence with its most important figure. */
  readonly label: string;
  /** Ascending. Milliseconds since 1970 where `time` is set, else steps. */
  readonly x: readonly number[];
  readonly time?: boolean;
  readonly lines: readonly Line[];
  /** Dashed red, the number on the line. */
  readonly limits?: readonly { readonly value: number; readonly label: string }[];
  /** Upright marks: a version went live, a step of a rollout. */
  readonly marks?: readonly { readonly x: number; readonly label: string }[];
  /** Hatched: truth has not come, too few rows, no data. */
  readonly hatched?: readonly { readonly from: number; readonly to: number; readonly label: string }[];
  /** px; default 220. */
  readonly height?: number;
  readonly format?: (value: number) => string;
  /** Charts of one page with the same name share their cursor. */
  readonly cursor?: string;
  /** What the pointer chose by dragging; a page puts it into its address. */
  readonly onZoom?: (from: number, to: number) => void;
}
