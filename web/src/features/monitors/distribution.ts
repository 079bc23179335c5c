import { metric } from '../../design/numbers.ts';
import { words } from '../../words/index.ts';
import type { Profiled } from '../datasets/datasets-api.ts';

const text = words.monitors.distribution;

/** Shares of 1 of all rows, missing ones included. */
export interface Bin {
  readonly name: string;
  /** Where the whole name does not fit. */
  readonly short?: string;
  readonly reference: number;
  readonly current: number;
}

const shownCategories = 8;
const wantedBins = 10;

type Profile = Profiled['profile'];

/** The training data's profile beside the rows of a window, in the same bins. Rows that have no such column count as missing. */
export function binsOf(profile: Profile, values: readonly unknown[]): Bin[] {
  const bins = profile.kind === 'number' ? numberBins(profile, values) : categoryBins(profile, values);
  const missing = {
    name: text.missing,
    reference: part(profile.missing, profile.rows),
    current: part(values.filter(isMissing).length, values.length),
  };
  return missing.reference > 0 || missing.current > 0 ? [...bins, missing] : bins;
}

const isMissing = (value: unknown) => value === null || value === undefined;
const part = (amount: number, all: number) => (all === 0 ? 0 : amount / all);

function categoryBins(profile: Extract<Profile, { kind: 'category' }>, values: readonly unknown[]): Bin[] {
  const counts = new Map<string, number>();
  for (const value of values) if (!isMissing(value)) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
  const reference = new Map(profile.top);
  // Whatever is large on either side is shown by its name.
  const weight = (name: string) => Math.max(part(reference.get(name) ?? 0, profile.rows), part(counts.get(name) ?? 0, values.length));
  const names = [...new Set([...reference.keys(), ...counts.keys()])].toSorted((a, b) => weight(b) - weight(a)).slice(0, shownCategories);
  const bins = names.map((name) => ({
    name,
    reference: part(reference.get(name) ?? 0, profile.rows),
    current: part(counts.get(name) ?? 0, values.length),
  }));
  const rest = {
    name: text.other,
    reference: 1 - part(profile.missing, profile.rows) - sum(bins, 'reference'),
    current: part(values.filter((value) => !isMissing(value)).length, values.length) - sum(bins, 'current'),
  };
  return rest.reference > 1e-9 || rest.current > 1e-9 ? [...bins, rest] : bins;
}

const sum = (bins: readonly Bin[], side: 'reference' | 'current') => bins.reduce((total, one) => total + one[side], 0);

function numberBins(profile: Extract<Profile, { kind: 'number' }>, values: readonly unknown[]): Bin[] {
  const { edges, counts } = merged(profile.histogram);
  const first = edges[0];
  const last = edges.at(-1);
  if (first === undefined || last === undefined) return [];
  const current = new Array<number>(counts.length + 2).fill(0);
  for (const value of values) {
    if (typeof value !== 'number') continue;
    const at = value < first ? 0 : value > last ? counts.length + 1 : placeOf(edges, value) + 1;
    current[at] = (current[at] ?? 0) + 1;
  }
  const inside = counts.map((amount, index) => ({
    name: `${metric(edges[index])} – ${metric(edges[index + 1])}`,
    short: metric(Number(edges[index]?.toPrecision(3))),
    reference: part(amount, profile.rows),
    current: part(current[index + 1] ?? 0, values.length),
  }));
  const below = { name: text.less(metric(first)), reference: 0, current: part(current[0] ?? 0, values.length) };
  const above = { name: text.more(metric(last)), reference: 0, current: part(current.at(-1) ?? 0, values.length) };
  return [...(below.current > 0 ? [below] : []), ...inside, ...(above.current > 0 ? [above] : [])];
}

/** Neighbouring bins are put together until there are about ten. */
function merged({ edges, counts }: { readonly edges: readonly number[]; readonly counts: readonly number[] }) {
  const step = Math.max(1, Math.ceil(counts.length / wantedBins));
  const starts = counts.map((_, index) => index).filter((index) => index % step === 0);
  return {
    edges: [...starts.map((index) => edges[index] ?? 0), edges.at(-1)].filter((edge) => edge !== undefined),
    counts: starts.map((start) => counts.slice(start, start + step).reduce((total, one) => total + one, 0)),
  };
}

/** The bin that holds a value inside the edges; the last one holds its upper edge too. */
function placeOf(edges: readonly number[], value: number): number {
  const next = edges.findIndex((edge) => edge > value);
  return next === -1 ? edges.length - 2 : next - 1;
}
