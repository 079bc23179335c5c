/** What a field of type `datetime-local` holds, for a moment in a time zone: `2013-10-12T10:00`. */
export function toField(at_ms: number, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at_ms);
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? '00';
  return `${of('year').padStart(4, '0')}-${of('month')}-${of('day')}T${of('hour')}:${of('minute')}`;
}

/** The moment that a field means in a time zone; null for what is no moment. In the hour that is skipped in spring, the hour after. */
export function fromField(text: string, zone: string): number | null {
  const wanted_ms = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?$/.test(text)
    ? Date.parse(`${text.length === 10 ? `${text}T00:00` : text}Z`)
    : Number.NaN;
  if (Number.isNaN(wanted_ms)) return null;
  const offset = (at_ms: number) => Date.parse(`${toField(at_ms, zone)}Z`) - Math.floor(at_ms / 60_000) * 60_000;
  const first = wanted_ms - offset(wanted_ms);
  return wanted_ms - offset(first);
}
