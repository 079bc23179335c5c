import type { Window } from '../monitors/index.ts';

export interface Period extends Window {
  /** `2013-03`, or `all`. */
  readonly label: string;
}

/** Twenty years: what one report holds. */
export const monthsLimit = 240;

/** Calendar months of a zone from the one that `from_ms` is in, cut to the span. One more than `monthsLimit`, where there are more. */
export function monthsOf({ from_ms, to_ms }: Window, zone: string): Period[] {
  const local = localTime(from_ms, zone);
  const periods: Period[] = [];
  for (let at = 0; at <= monthsLimit; at++) {
    const [year, month] = [local.year + Math.floor((local.month - 1 + at) / 12), ((local.month - 1 + at) % 12) + 1];
    const begin_ms = monthStart(year, month, zone);
    if (begin_ms >= to_ms) break;
    const end_ms = month === 12 ? monthStart(year + 1, 1, zone) : monthStart(year, month + 1, zone);
    const label = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}`;
    periods.push({ label, from_ms: Math.max(begin_ms, from_ms), to_ms: Math.min(end_ms, to_ms) });
  }
  return periods;
}

function monthStart(year: number, month: number, zone: string): number {
  const wanted_ms = Date.UTC(year, month - 1, 1);
  // Twice: the offset at the guess may be the one of the other side of a change of the clocks.
  const guess_ms = wanted_ms - offsetAt(wanted_ms, zone);
  return wanted_ms - offsetAt(guess_ms, zone);
}

/** How far the zone's wall clock is ahead of UTC. */
function offsetAt(moment_ms: number, zone: string): number {
  const { year, month, day, hour, minute, second } = localTime(moment_ms, zone);
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(moment_ms / 1000) * 1000;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function localTime(moment_ms: number, zone: string) {
  const format = formats.get(zone) ?? newFormat(zone);
  const parts = Object.fromEntries(format.formatToParts(moment_ms).map(({ type, value }) => [type, Number(value)]));
  const of = (name: string) => parts[name] ?? 0;
  return { year: of('year'), month: of('month'), day: of('day'), hour: of('hour'), minute: of('minute'), second: of('second') };
}

/** Throws a RangeError for a zone that is not known. */
function newFormat(zone: string): Intl.DateTimeFormat {
  const numeric = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' } as const;
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', ...numeric });
  if (formats.size < 100) formats.set(zone, format);
  return format;
}

export function isZone(zone: string): boolean {
  try {
    newFormat(zone);
    return true;
  } catch {
    return false;
  }
}
