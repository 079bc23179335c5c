/** Where values lie on the axes of parallel coordinates, and which lines are inside the brush. Pure. */

export interface Axis {
  readonly key: string;
  readonly title: string;
  /** One for each line; null where it has none. Of a choice: its place among `choices`. */
  readonly values: readonly (number | null)[];
  readonly choices?: readonly string[];
  readonly log: boolean;
  readonly brush: Range | null;
}

export interface Range {
  readonly from: number;
  readonly to: number;
}

export interface Scale extends Range {
  readonly log: boolean;
  /** 0 at the bottom, 1 at the top. */
  readonly share: (value: number) => number;
  readonly value: (share: number) => number;
}

export function scaleOf({ values, log }: Pick<Axis, 'values' | 'log'>): Scale {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value === null || !Number.isFinite(value)) continue;
    if (value < from) from = value;
    if (value > to) to = value;
  }
  if (from > to) [from, to] = [0, 1];
  // A logarithm needs what is above nought.
  const isLog = log && from > 0;
  const into = isLog ? Math.log : (value: number) => value;
  const back = isLog ? Math.exp : (value: number) => value;
  const span = into(to) - into(from);
  return {
    from,
    to,
    log: isLog,
    share: (value) => (span === 0 ? 0.5 : (into(value) - into(from)) / span),
    value: (share) => (share <= 0 ? from : share >= 1 ? to : back(into(from) + share * span)),
  };
}

/** For each line whether it is inside every brush; a line without a value on a brushed axis is outside. */
export function insideOf(axes: readonly Axis[]): boolean[] {
  const lines = axes[0]?.values.length ?? 0;
  const brushed = axes.filter(({ brush }) => brush !== null);
  return Array.from({ length: lines }, (_, line) =>
    brushed.every(({ values, brush }) => {
      const value = values[line] ?? null;
      return value !== null && brush !== null && value >= brush.from && value <= brush.to;
    }),
  );
}

/** Lines with a value on every axis; the others cannot be drawn. */
export function drawnOf(axes: readonly Axis[]): number[] {
  const lines = axes[0]?.values.length ?? 0;
  return Array.from({ length: lines }, (_, line) => line).filter((line) =>
    axes.every(({ values }) => {
      const value = values[line] ?? null;
      return value !== null && Number.isFinite(value);
    }),
  );
}

/** Texts as places among their sorted choices; null when there are too many for an axis. */
export function choicesOf(texts: readonly (string | null)[], limit: number): { values: (number | null)[]; choices: string[] } | null {
  const choices = [...new Set(texts.filter((text) => text !== null))].sort();
  if (choices.length === 0 || choices.length > limit) return null;
  const places = new Map(choices.map((text, place) => [text, place]));
  return { choices, values: texts.map((text) => (text === null ? null : (places.get(text) ?? null))) };
}

/** Spread over more than two powers of ten above nought: better seen by its logarithm. */
export function wantsLog(values: readonly (number | null)[]): boolean {
  const { from, to } = scaleOf({ values, log: false });
  return from > 0 && to / from > 100;
}
