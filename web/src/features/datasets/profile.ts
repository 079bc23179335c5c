import { count, day, metric, moment, share } from '../../design/numbers.ts';
import { words } from '../../words/index.ts';
import type { Profiled } from './datasets-api.ts';

type NumberProfile = Extract<Profiled['profile'], { kind: 'number' }>;

export interface Zone {
  readonly zone: string;
  readonly now_ms: number;
}

const said = words.datasets.profile;

/** How values of a column are written: numbers with four digits, times and days as such. */
export function writerOf(type: Profiled['type'], { zone, now_ms }: Zone): (value: number | null) => string {
  if (type === 'timestamp') return (value) => moment(value, zone, now_ms);
  // A day is the same day in every zone.
  if (type === 'date') return (value) => day(value, 'UTC', now_ms);
  return metric;
}

/** A point of the quantiles, `at` from 0 to 1; null where there is no value. */
export function quantile({ quantiles }: NumberProfile, at: number): number | null {
  return quantiles[Math.round(at * (quantiles.length - 1))] ?? null;
}

/** The figures below the picture of a column. */
export function figuresOf({ type, profile }: Profiled, zone: Zone): (readonly [name: string, value: string])[] {
  const missing = [said.missing, profile.missing === 0 ? '0' : `${share(profile.missing / profile.rows)}`] as const;
  if (profile.kind === 'category') {
    const distinct = count(profile.distinct);
    return [missing, [said.distinct, profile.distinctExact ? distinct : said.about(distinct)]];
  }
  const write = writerOf(type, zone);
  const isTime = type === 'timestamp' || type === 'date';
  return [
    missing,
    [said.distinct, count(profile.distinct)],
    ...(profile.infinite > 0 ? [[said.infinite, count(profile.infinite)] as const] : []),
    ...(isTime ? [] : [[said.mean, write(profile.mean)] as const, [said.spread, write(profile.std)] as const]),
    [said.low, write(quantile(profile, 0.05))],
    [said.median, write(quantile(profile, 0.5))],
    [said.high, write(quantile(profile, 0.95))],
  ];
}

/** From the least to the greatest value of all, so that pictures below each other can be compared; none for texts. */
export function commonAxis(all: readonly (Profiled | null | undefined)[]): readonly [from: number, to: number] | undefined {
  const ends = all.flatMap((one) => {
    const { min, max } = one?.profile.kind === 'number' ? one.profile : { min: null, max: null };
    return min === null || max === null ? [] : [min, max];
  });
  return ends.length === 0 ? undefined : [Math.min(...ends), Math.max(...ends)];
}

const shownValues = 6;

/** The most frequent values with their shares, and what all others have together. */
export function topOf({
  profile,
}: Profiled): { readonly name: string; readonly amount: number; readonly share: number; readonly isRest: boolean }[] {
  if (profile.kind !== 'category' || profile.rows === 0) return [];
  const shown = profile.top.slice(0, profile.top.length === shownValues + 1 ? shownValues + 1 : shownValues);
  const rest = profile.top.slice(shown.length).reduce((sum, [, amount]) => sum + amount, profile.other);
  const row = (name: string, amount: number, isRest: boolean) => ({ name, amount, share: amount / profile.rows, isRest });
  return [...shown.map(([name, amount]) => row(name, amount, false)), ...(rest > 0 ? [row(said.other, rest, true)] : [])];
}

/** Columns whose names hold a text, whatever its case. */
export function named<T extends { readonly name: string }>(columns: readonly T[], find: string): readonly T[] {
  const wanted = find.trim().toLowerCase();
  return wanted === '' ? columns : columns.filter(({ name }) => name.toLowerCase().includes(wanted));
}
