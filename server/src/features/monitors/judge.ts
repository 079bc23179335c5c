import type { Measurements } from './measurement.ts';
import { kindOfMetric, type Limits, type MonitorDefinition } from './monitor.ts';

/** Fewer outcomes, or a smaller share of the rows, say nothing about all of them. */
const leastOutcomes = 100;
const leastCoverage = 0.5;
const leastEstimatedRows = 100;

export interface Breach {
  readonly metric: string;
  /** `estimated`: no outcomes yet, and the estimate was beyond the limit in two of three windows. */
  readonly source: 'realised' | 'estimated';
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly limit: { readonly kind: 'min' | 'max'; readonly value: number };
  /** End of the first window of the present unbroken series. */
  readonly since_ms: number;
}

export interface Watched {
  readonly kind: 'column' | 'prediction';
  /** Column name, or `prediction`. */
  readonly name: string;
  readonly method: string;
  readonly score: number;
  readonly threshold: number;
  readonly strength: number;
  readonly since_ms: number;
}

export interface Judgement {
  readonly severity: 'incident' | 'watch' | 'none';
  readonly breaches: readonly Breach[];
  /** Metrics that were judged and hold. */
  readonly held: readonly string[];
  readonly unjudged: readonly { readonly metric: string; readonly reason: string }[];
  readonly watch: readonly Watched[];
  /** Whether there was enough to say that nothing drifts. */
  readonly drift_judged: boolean;
  /** Metrics whose estimate is beyond its limit in this window, for the rule of two in three. */
  readonly estimates_beyond: readonly string[];
}

export interface Past {
  readonly to_ms: number;
  readonly judgement: Judgement;
}

/** What a window means. `history` holds earlier windows, newest first. */
export function judge(measurements: Measurements, definition: MonitorDefinition, history: readonly Past[]): Judgement {
  const breaches: Breach[] = [];
  const held: string[] = [];
  const unjudged: { metric: string; reason: string }[] = [];
  const estimatesBeyond: string[] = [];
  const recent = lastTwo(measurements.window, definition, history);
  for (const [metric, limits] of Object.entries(definition.performance)) {
    const found = { metric, since_ms: sinceOf(metric, measurements.window.to_ms, history) };
    const estimate = estimateBeyond(measurements, metric, limits);
    if (estimate) estimatesBeyond.push(metric);
    const reason = whyNot(measurements, metric);
    if (reason === null) {
      const breach = realisedBeyond(measurements, metric, limits);
      if (breach) breaches.push({ ...found, source: 'realised', ...breach });
      else held.push(metric);
    } else if (estimate && recent.some((past) => past.judgement.estimates_beyond.includes(metric))) {
      breaches.push({ ...found, source: 'estimated', ...estimate });
    } else unjudged.push({ metric, reason });
  }
  const watch = watchOf(measurements, history);
  const measured = [...Object.values(measurements.drift), ...(measurements.prediction_drift ? [measurements.prediction_drift] : [])];
  return {
    severity: breaches.length > 0 ? 'incident' : watch.length > 0 ? 'watch' : 'none',
    breaches,
    held,
    unjudged,
    watch,
    drift_judged: definition.drift === 'none' || measured.some((score) => score.method !== 'none'),
    estimates_beyond: estimatesBeyond,
  };
}

/** The windows of the two steps before: one that somebody asked for meanwhile is made of the same rows, and one of long ago tells of another time. */
function lastTwo({ to_ms }: Measurements['window'], { every_ms }: MonitorDefinition, history: readonly Past[]): readonly Past[] {
  return history.filter((past) => past.to_ms <= to_ms - every_ms && past.to_ms >= to_ms - 2 * every_ms);
}

/** Why a realised figure is not judged, or null. */
function whyNot({ outcomes, coverage, outcomes_unknown, sampled_share, quality }: Measurements, metric: string): string | null {
  if (outcomes < leastOutcomes) return `${outcomes} outcomes; at least ${leastOutcomes} are needed`;
  const known = Math.round(outcomes - outcomes_unknown / sampled_share);
  if (known < leastOutcomes) return `${known} outcomes that the model can mean, of ${outcomes}; at least ${leastOutcomes} are needed`;
  if (coverage < leastCoverage)
    return `outcomes for ${(100 * coverage).toFixed(0)}% of the rows; at least ${100 * leastCoverage}% are needed`;
  const value = quality[metric]?.value ?? null;
  return value === null ? 'the rows do not define it' : null;
}

type Found = Pick<Breach, 'value' | 'low' | 'high' | 'limit'>;

function realisedBeyond({ quality }: Measurements, metric: string, limits: Limits): Found | null {
  const figure = quality[metric];
  if (!figure || figure.value === null) return null;
  // Gap and error are absolute values: of few rows they are never near 0, however well calibrated. Their interval must exclude 0.
  if (kindOfMetric(metric) === 'calibration' && figure.low === 0) return null;
  return beyond(figure.value, figure, limits);
}

/** Estimates are made from the rows that the champion answered, which may be few while it is new. */
function estimateBeyond(
  { estimated, rows_by_version, version, sampled_share }: Measurements,
  metric: string,
  limits: Limits,
): Found | null {
  const estimate = estimated?.[metric];
  const rows = (rows_by_version[String(version)] ?? 0) * sampled_share;
  if (!estimate || estimate.value === null || rows < leastEstimatedRows) return null;
  return beyond(estimate.value, estimate, limits);
}

function beyond(value: number, { low, high }: Pick<Found, 'low' | 'high'>, { min, max }: Limits): Found | null {
  if (min !== undefined && value < min) return { value, low, high, limit: { kind: 'min', value: min } };
  if (max !== undefined && value > max) return { value, low, high, limit: { kind: 'max', value: max } };
  return null;
}

/** A window that was not judged neither breaks nor begins a series. */
function sinceOf(metric: string, to_ms: number, history: readonly Past[]): number {
  for (const { judgement } of history) {
    const breach = judgement.breaches.find((one) => one.metric === metric);
    if (breach) return breach.since_ms;
    if (judgement.held.includes(metric)) break;
  }
  return to_ms;
}

function watchOf(measurements: Measurements, history: readonly Past[]): Watched[] {
  const judged = history.find((past) => past.judgement.drift_judged)?.judgement.watch ?? [];
  const since = (kind: Watched['kind'], name: string) =>
    judged.find((one) => one.kind === kind && one.name === name)?.since_ms ?? measurements.window.to_ms;
  const scores = [
    ...Object.entries(measurements.drift).map(([name, score]) => ({ kind: 'column' as const, name, score })),
    ...(measurements.prediction_drift ? [{ kind: 'prediction' as const, name: 'prediction', score: measurements.prediction_drift }] : []),
  ];
  return scores
    .filter(({ score }) => score.drifted)
    .map(({ kind, name, score: { method, score, threshold, strength } }) => ({
      kind,
      name,
      method,
      score,
      threshold,
      strength,
      since_ms: since(kind, name),
    }))
    .sort((a, b) => b.strength - a.strength);
}
