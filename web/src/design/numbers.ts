/** How figures are written everywhere: the reader's locale, tabular, missing as a dash, never as 0. */

const missing = '–';

export type Maybe = number | null | undefined;

function written(value: Maybe, write: (value: number) => string): string {
  if (value === null || value === undefined) return missing;
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+∞' : '−∞';
  // A true minus, as wide as the plus.
  return write(value).replace('-', '−');
}

const counts = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const significant = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 4, minimumSignificantDigits: 1 });
const large = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });

export function count(value: Maybe): string {
  return written(value, (one) => counts.format(one));
}

/** A metric: four significant digits, whole numbers whole. */
export function metric(value: Maybe): string {
  return written(value, (one) => {
    const size = Math.abs(one);
    if (size >= 1e15 || (size > 0 && size < 1e-5)) return one.toExponential(3);
    return size >= 10_000 ? large.format(one) : significant.format(one);
  });
}

/** With its sign, for a change. */
export function change(value: Maybe): string {
  return written(value, (one) => (one > 0 ? `+${metric(one)}` : metric(one)));
}

/** A share of 1 as a percentage: `4.6 %`, `0.02 %`, `25 %`. */
export function share(value: Maybe): string {
  return written(value, (one) => `${significant.format(Number((one * 100).toPrecision(3)))} %`);
}

export function bytes(value: Maybe): string {
  return written(value, (one) => {
    if (one < 1000) return `${counts.format(one)} B`;
    const units = ['kB', 'MB', 'GB', 'TB', 'PB'];
    const step = Math.min(units.length, Math.floor(Math.log10(one) / 3));
    return `${Number((one / 1000 ** step).toPrecision(3)).toLocaleString()} ${units[step - 1]}`;
  });
}

/** `38 ms`, `0.4 s`, `2 m 27 s`, `5 h 3 m`, `6 d 4 h`. */
export function duration(value_ms: Maybe): string {
  return written(value_ms, (one) => {
    if (one < 0) return `−${duration(-one)}`;
    if (one < 100) return `${Number(one.toPrecision(3))} ms`;
    if (one < 10_000) return `${Number((one / 1000).toPrecision(2))} s`;
    const s = Math.round(one / 1000);
    if (s < 60) return `${s} s`;
    const parts: readonly (readonly [number, string])[] = [
      [Math.floor(s / 86_400), 'd'],
      [Math.floor((s % 86_400) / 3600), 'h'],
      [Math.floor((s % 3600) / 60), 'm'],
      [s % 60, 's'],
    ];
    const first = parts.findIndex(([amount]) => amount > 0);
    return parts
      .slice(first, first + 2)
      .filter(([amount], index) => index === 0 || amount > 0)
      .map(([amount, unit]) => `${amount} ${unit}`)
      .join(' ');
  });
}

/** A bare age in its largest unit: `12 min`, `5 h`, `3 d`. */
export function age(value_ms: Maybe): string {
  return written(value_ms, (one) => {
    const s = Math.max(0, Math.round(one / 1000));
    if (s < 60) return `${s} s`;
    if (s < 3600) return `${Math.floor(s / 60)} min`;
    if (s < 86_400) return `${Math.floor(s / 3600)} h`;
    return `${counts.format(Math.floor(s / 86_400))} d`;
  });
}

/** Making a format costs a hundred times what using it does, and tables have a time in each row. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatted(at_ms: number, options: Intl.DateTimeFormatOptions): string {
  const key = JSON.stringify(options);
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', options);
    formats.set(key, format);
  }
  return format.format(at_ms);
}

/** `21 Nov 14:02`, with the year when it is not that of `now_ms`; in the zone of the project. */
export function moment(at_ms: Maybe, zone: string, now_ms: number): string {
  return written(at_ms, (one) => {
    const year = (at: number) => formatted(at, { year: 'numeric', timeZone: zone });
    const day = formatted(one, {
      day: 'numeric',
      month: 'short',
      timeZone: zone,
      ...(year(one) === year(now_ms) ? {} : { year: 'numeric' as const }),
    });
    const clock = formatted(one, { hour: '2-digit', minute: '2-digit', timeZone: zone });
    return `${day} ${clock}`;
  });
}

/** `21 Nov`, with the year when it is not that of `now_ms`. */
export function day(at_ms: Maybe, zone: string, now_ms: number): string {
  return written(at_ms, () => moment(at_ms, zone, now_ms).replace(/ \d\d:\d\d$/, ''));
}

/** With the offset, for the pointer that rests on a time. */
export function exactMoment(at_ms: number, zone: string): string {
  return `${formatted(at_ms, { dateStyle: 'full', timeStyle: 'long', timeZone: zone })} (${zone})`;
}
