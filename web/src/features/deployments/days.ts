/** Days of a zone, as a served row falls into them. */

const day_ms = 86_400_000;

/** `2013-12-31` in the zone. */
export function dayOf(at_ms: number, zone: string): string {
  return new Intl.DateTimeFormat('en-CA', { year: 'numeric', month: '2-digit', day: '2-digit', timeZone: zone }).format(at_ms);
}

/** The days' first moment and that of the next; undefined for what is no day. A day of 23 or 25 hours is whole as well. */
export function spanOfDay(day: string, zone: string): { readonly from_ms: number; readonly to_ms: number } | undefined {
  const from_ms = startOf(day, zone);
  if (from_ms === undefined) return undefined;
  const to_ms = startOf(shiftDay(day, 1), zone);
  return to_ms === undefined ? undefined : { from_ms, to_ms };
}

export function shiftDay(day: string, days: number): string {
  return new Date(Date.parse(`${day}T12:00:00Z`) + days * day_ms).toISOString().slice(0, 10);
}

function startOf(day: string, zone: string): number | undefined {
  const utc_ms = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(utc_ms)) return undefined;
  // Twice: the first guess may lie on the other side of a change of the clock.
  const guess_ms = utc_ms - offsetAt(utc_ms, zone);
  return utc_ms - offsetAt(guess_ms, zone);
}

function offsetAt(at_ms: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(at_ms);
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? '00';
  const local = Date.parse(`${of('year')}-${of('month')}-${of('day')}T${of('hour')}:${of('minute')}:${of('second')}Z`);
  return local - Math.floor(at_ms / 1000) * 1000;
}
