import { change, count, day, metric, share } from '../../design/numbers.ts';
import { words } from '../../words/index.ts';

/** As much of the answers of the server as the report is made of; the times are those of the project. */
export interface Figure {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly rows: number;
}
interface Entry {
  readonly version: 'served' | number;
  readonly rows: number;
  readonly without_body: number;
  readonly metrics: Readonly<Record<string, Figure>>;
  readonly mean_prediction: number | null;
  readonly observed_rate: number | null;
}
export interface PeriodFigures {
  readonly label: string;
  readonly from_ms: number;
  readonly to_ms: number;
  readonly entries: readonly Entry[];
}
interface RolloutFacts {
  readonly version: number;
  readonly displaced: number | null;
  readonly state: 'rolling' | 'waiting' | 'promoted' | 'rolled back' | 'superseded';
  readonly ended_ms: number | null;
}
interface IncidentFacts {
  readonly id: string;
  readonly severity: 'incident' | 'watch';
  readonly state: 'open' | 'acknowledged' | 'resolved';
  readonly since_ms: number;
  readonly last_to_ms: number;
  readonly breaches: readonly { readonly metric: string; readonly value: number; readonly limit: { readonly value: number } }[];
}

const t = words.reports;
const lowerIsBetter = new Set([
  'brier',
  'log_loss',
  'calibration_gap',
  'calibration_error',
  'mae',
  'rmse',
  'mse',
  'mape',
  'median_absolute_error',
]);

export function isLowerBetter(name: string): boolean {
  return lowerIsBetter.has(name);
}

export function entryOf(period: PeriodFigures | undefined, version: 'served' | 1): Entry | undefined {
  return period?.entries.find((entry) => entry.version === version);
}

/** One column of the chart. `reference` is version 1 scored again on the same rows. */
export interface Month {
  readonly label: string;
  readonly from_ms: number;
  readonly served: Figure;
  readonly reference: number | null;
  readonly rows: number;
}

const unknown: Figure = { value: null, low: null, high: null, rows: 0 };

export function monthsOf(periods: readonly PeriodFigures[], name: string): Month[] {
  return periods.map((period) => {
    const served = entryOf(period, 'served');
    return {
      label: period.label,
      from_ms: period.from_ms,
      served: served?.metrics[name] ?? unknown,
      reference: entryOf(period, 1)?.metrics[name]?.value ?? null,
      rows: served?.rows ?? 0,
    };
  });
}

export function metricsOf(period: PeriodFigures | undefined): string[] {
  return Object.keys(entryOf(period, 'served')?.metrics ?? {});
}

/** Why a figure of the period cannot be said, or null. */
export function unknownReason(entry: Entry | undefined, value: number | null | undefined): string | null {
  if (value !== null && value !== undefined) return null;
  if (!entry || entry.rows === 0) return entry && entry.without_body > 0 ? t.unknown.noBody(count(entry.without_body)) : t.unknown.noRows;
  return t.unknown.notComputed;
}

/** What one would say first: how many rows, how good, and how much better than if nobody had ever trained again. */
export function lead(deployment: string, total: PeriodFigures | undefined, name: string): string[] {
  const served = entryOf(total, 'served');
  const first = entryOf(total, 1);
  const value = served?.metrics[name]?.value ?? null;
  const reference = first?.metrics[name]?.value ?? null;
  if (!served || served.rows === 0) return [t.lead.nothing(deployment)];
  const said = [t.lead.rows(deployment, count(served.rows))];
  if (value === null) return said;
  if (reference === null) return [...said, t.lead.alone(nameOf(name), metric(value))];
  const gain = isLowerBetter(name) ? reference - value : value - reference;
  const verdict = gain === 0 ? t.lead.same : gain > 0 ? t.lead.better(metric(gain)) : t.lead.worse(metric(-gain));
  return [...said, t.lead.beside(nameOf(name), metric(value), metric(reference)), verdict];
}

export function nameOf(name: string): string {
  return (t.metrics as Readonly<Record<string, string>>)[name] ?? name.replaceAll('_', ' ');
}

export interface Span {
  readonly from_ms: number;
  readonly to_ms: number;
}

export interface Told {
  readonly key: string;
  readonly at_ms: number;
  readonly text: string;
}

/** What changed in the period, oldest first: versions that took over or were taken back, and incidents. */
export function changesIn(
  span: Span,
  facts: { readonly rollouts: readonly RolloutFacts[]; readonly incidents: readonly IncidentFacts[] },
  at: { readonly zone: string; readonly now_ms: number },
): Told[] {
  const when = (at_ms: number) => day(at_ms, at.zone, at.now_ms);
  const within = (at_ms: number | null): at_ms is number => at_ms !== null && at_ms >= span.from_ms && at_ms < span.to_ms;
  const moves = facts.rollouts.flatMap(({ version, displaced, state, ended_ms }): Told[] => {
    if (!within(ended_ms) || (state !== 'promoted' && state !== 'rolled back')) return [];
    const text =
      state === 'rolled back'
        ? t.changes.rolledBack(version, when(ended_ms))
        : displaced === null
          ? t.changes.first(version, when(ended_ms))
          : t.changes.replaced(version, displaced, when(ended_ms));
    return [{ key: `rollout ${version} ${ended_ms}`, at_ms: ended_ms, text }];
  });
  const incidents = facts.incidents.flatMap(({ id, severity, state, since_ms, last_to_ms, breaches }): Told[] => {
    if (severity !== 'incident' || !within(since_ms)) return [];
    const what = breaches.map((one) => t.changes.breach(nameOf(one.metric), metric(one.value), metric(one.limit.value))).join(', ');
    const end = state === 'resolved' ? t.changes.until(when(last_to_ms)) : t.changes.open;
    return [{ key: id, at_ms: since_ms, text: t.changes.incident(when(since_ms), what, end) }];
  });
  return [...moves, ...incidents].toSorted((a, b) => a.at_ms - b.at_ms);
}

export interface LimitRow {
  readonly name: string;
  readonly limit: string;
  readonly value: number | null;
  /** `partly`: inside over the whole period, past the limit in some of its months. */
  readonly state: 'inside' | 'partly' | 'past' | 'unknown';
  /** Months of the period in which the limit held, of those that are known. */
  readonly months: string;
}

/** The limits of the monitor beside the figures of the period and of its months. */
export function limitsIn(
  limits: Readonly<Record<string, { readonly min?: number | undefined; readonly max?: number | undefined }>>,
  total: PeriodFigures | undefined,
  periods: readonly PeriodFigures[],
): LimitRow[] {
  return Object.entries(limits).map(([name, { min, max }]) => {
    const holds = (value: number) => value >= (min ?? Number.NEGATIVE_INFINITY) && value <= (max ?? Number.POSITIVE_INFINITY);
    const value = entryOf(total, 'served')?.metrics[name]?.value ?? null;
    const known = monthsOf(periods, name).flatMap(({ served }) => (served.value === null ? [] : [served.value]));
    return {
      name,
      limit: [min === undefined ? '' : t.limits.least(metric(min)), max === undefined ? '' : t.limits.most(metric(max))]
        .filter(Boolean)
        .join(', '),
      value,
      state: value === null ? 'unknown' : !holds(value) ? 'past' : known.every(holds) ? 'inside' : 'partly',
      months: known.length === 0 ? t.unknown.short : t.limits.months(known.filter(holds).length, known.length),
    };
  });
}

/** How often the policy looked and what it did, in a sentence; null when nothing looked. */
export function retrainSentence(
  span: Span,
  decisions: readonly { readonly action: 'start' | 'skip'; readonly clock_ms: number }[],
): string | null {
  const inside = decisions.filter(({ clock_ms }) => clock_ms >= span.from_ms && clock_ms < span.to_ms);
  if (inside.length === 0) return null;
  const started = inside.filter(({ action }) => action === 'start').length;
  return t.changes.retrained(started, inside.length - started);
}

export function calibration(entry: Entry | undefined): string | null {
  if (!entry || entry.mean_prediction === null || entry.observed_rate === null) return null;
  return t.figures.saidAndWas(share(entry.mean_prediction), share(entry.observed_rate));
}

export function difference(month: Month): string {
  return month.served.value === null || month.reference === null ? '–' : change(month.served.value - month.reference);
}

/** About four round steps of an axis from 0. */
export function stepsOf(low: number, high: number): number[] {
  const span = high - low || 1;
  const raw = span / 4;
  const unit = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5, 10].find((one) => one * unit >= raw) ?? 10) * unit;
  const first = Math.floor(low / step);
  const last = Math.ceil(high / step);
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

/** `2013-03` as `Mar`; with the year where one begins. */
export function shortMonth(label: string, first: boolean): string {
  const [year = '', month = ''] = label.split('-');
  const at_ms = Date.UTC(2000, Number(month) - 1);
  if (!/^\d{4}-\d\d$/.test(label) || Number.isNaN(at_ms)) return label;
  const name = new Intl.DateTimeFormat('en-GB', { month: 'short', timeZone: 'UTC' }).format(at_ms);
  return first || month === '01' ? `${name} ${year}` : name;
}
