import { metric as written } from '../../design/numbers.ts';
import type { StatusKind } from '../../design/status.tsx';
import type { When } from '../../design/when.ts';
import { words } from '../../words/index.ts';
import type { Definition, Drift, Incident, Monitor, Result } from './monitors-api.ts';

/** What the pages say of windows and incidents, composed from their figures. */

const { sentence: said, list, states, incident: incidentWords, quality: qualityWords } = words.monitors;

export const kinds: Readonly<Record<Result['severity'], StatusKind>> = { none: 'good', watch: 'warn', incident: 'bad' };

export function stateOf({ retired }: Monitor, newest: Result | undefined): { readonly kind: StatusKind; readonly word: string } {
  if (retired) return { kind: 'neutral', word: states.retired };
  return newest ? { kind: kinds[newest.severity], word: states[newest.severity] } : { kind: 'neutral', word: states.unknown };
}

/** The answer of the list: is anything past its limit? */
export function listSentence(monitors: readonly Monitor[], open: readonly Incident[]): string {
  const amount = monitors.filter(({ retired }) => !retired).length;
  if (amount === 0) return list.sentence.none;
  const incidents = open.filter(({ severity }) => severity === 'incident').length;
  const watch = open.length - incidents;
  const parts = [...(incidents > 0 ? [list.sentence.open(incidents)] : []), ...(watch > 0 ? [list.sentence.watch(watch)] : [])];
  return parts.length === 0 ? list.sentence.calm(amount) : parts.join(' ');
}

/** The answer of a monitor's page: has something changed, and does it hurt? */
export function monitorSentence(newest: Result | undefined, { drift }: Definition, when: When): string {
  if (!newest) return said.nothing;
  const { breaches, held } = newest.judgement;
  const since = Math.min(...breaches.map(({ since_ms }) => since_ms));
  const names = breaches.map(({ metric }) => metric).join(', ');
  const hurts =
    breaches.length > 0
      ? (breaches.length === 1 ? said.incident : said.incidents)(names, when(since))
      : held.length > 0
        ? said.holds
        : said.unjudged;
  if (drift === 'none') return `${hurts} ${said.noDrift}`;
  if (newest.measurements.no_reference !== null) return `${hurts} ${said.noReference}`;
  const columns = Object.values(newest.measurements.drift);
  return `${hurts} ${said.moved(columns.filter(({ drifted }) => drifted).length, columns.length)}`;
}

/** Metrics that can be shown: those with a limit first, then all others that some window has. */
export function metricsOf(definition: Definition, results: readonly Result[]): string[] {
  const measured = results.flatMap(({ measurements }) => [
    ...Object.keys(measurements.quality),
    ...Object.keys(measurements.estimated ?? {}),
  ]);
  return [...new Set([...Object.keys(definition.performance), ...measured.toSorted()])];
}

/** What is past its limit now is what one comes to see; empty where nothing is. */
export function usualMetric(results: readonly Result[]): string {
  return results.at(-1)?.judgement.breaches[0]?.metric ?? '';
}

type Values = readonly (number | null)[];

export interface QualitySeries {
  readonly x: readonly number[];
  readonly realised: { readonly values: Values; readonly low: Values; readonly high: Values };
  /** Undefined where no window has an estimate. */
  readonly estimated: { readonly values: Values; readonly low: Values; readonly high: Values } | undefined;
  readonly hatched: readonly { readonly from: number; readonly to: number; readonly label: string }[];
}

/** A metric over the windows. Where too little truth was in to judge it, the realised figure is left out and the window hatched. */
export function qualitySeries(results: readonly Result[], metric: string): QualitySeries {
  const realised = results.map((result) => (judged(result, metric) ? result.measurements.quality[metric] : undefined));
  const estimated = results.map(({ measurements }) => measurements.estimated?.[metric]);
  const x = results.map(({ window_to_ms }) => window_to_ms);
  return {
    x,
    realised: threeOf(realised),
    estimated: estimated.some((one) => one && one.value !== null) ? threeOf(estimated) : undefined,
    hatched: stretches(realised.map((one) => one === undefined || one.value === null)).map(([from, to]) => ({
      from: x[from - 1] ?? x[from] ?? 0,
      to: x[to] ?? 0,
      label: qualityWords.hatched,
    })),
  };
}

/** A metric without a limit is in no judgement: it stands or falls with those that are. */
function judged({ judgement: { unjudged, held, breaches } }: Result, metric: string): boolean {
  const named = unjudged.some((one) => one.metric === metric);
  const limited = named || held.includes(metric) || breaches.some((one) => one.metric === metric);
  const realised = held.length > 0 || breaches.some(({ source }) => source === 'realised');
  if (limited) return !named && !breaches.some((one) => one.metric === metric && one.source === 'estimated');
  return realised || unjudged.length === 0;
}

interface Estimate {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

function threeOf(figures: readonly (Estimate | undefined)[]) {
  return {
    values: figures.map((one) => one?.value ?? null),
    low: figures.map((one) => one?.low ?? null),
    high: figures.map((one) => one?.high ?? null),
  };
}

/** First and last index of each unbroken stretch of true. */
function stretches(flags: readonly boolean[]): [number, number][] {
  const found: [number, number][] = [];
  for (const [index, flag] of flags.entries()) {
    const last = found.at(-1);
    if (!flag) continue;
    if (last && last[1] === index - 1) last[1] = index;
    else found.push([index, index]);
  }
  return found;
}

/** How far the estimate lay from the truth on average, where both are known. */
export function estimateBias({ realised, estimated }: QualitySeries): { readonly mean: number; readonly windows: number } | undefined {
  const differences = (estimated?.values ?? []).flatMap((value, index) => {
    const truth = realised.values[index] ?? null;
    return value === null || truth === null ? [] : [value - truth];
  });
  if (differences.length === 0) return undefined;
  return { mean: differences.reduce((sum, one) => sum + one, 0) / differences.length, windows: differences.length };
}

export function limitsOf({ performance }: Definition, metric: string): { readonly value: number; readonly label: string }[] {
  const { min, max } = performance[metric] ?? {};
  return [min, max].flatMap((value) => (value === undefined ? [] : [{ value, label: qualityWords.limit(written(value)) }]));
}

/** A monitor with the limits that an incident was judged by; those of today may be others. */
export function asJudged(monitor: Monitor, { breaches }: Incident): Monitor {
  const then = Object.fromEntries(breaches.map(({ metric, limit }) => [metric, { [limit.kind]: limit.value }]));
  return { ...monitor, definition: { ...monitor.definition, performance: { ...monitor.definition.performance, ...then } } };
}

export function lastKnown(values: Values): number | null {
  return values.findLast((value) => value !== null) ?? null;
}

/** What was compared in a window by its name: every column, and what the model said of them. */
export function driftsOf({ measurements: { drift, prediction_drift } }: Result): Readonly<Record<string, Drift>> {
  return prediction_drift ? { [predictionName]: prediction_drift, ...drift } : drift;
}

export const predictionName = words.monitors.moved.prediction;

/** Columns by how far they moved in the newest window that has them, the furthest first. */
export function columnsByStrength(results: readonly Result[]): string[] {
  const newest = results.findLast((result) => Object.keys(driftsOf(result)).length > 0);
  const entries = Object.entries(newest ? driftsOf(newest) : {}).toSorted(([, a], [, b]) => b.strength - a.strength);
  const gone = new Set(results.flatMap((result) => Object.keys(driftsOf(result))));
  for (const [name] of entries) gone.delete(name);
  return [...entries.map(([name]) => name), ...[...gone].toSorted()];
}

/** How far a score is on the way to its limit: 1 is the limit. A small p-value is far, a small distance near. */
export function reach({ scoreIs, score, threshold }: Drift): number {
  if (scoreIs === 'distance') return threshold === 0 ? 0 : score / threshold;
  return score <= 0 ? Number.POSITIVE_INFINITY : threshold / score;
}

export type Level = 'none' | 'still' | 'near' | 'past';

export function levelOf(drift: Drift | undefined): Level {
  if (!drift || drift.method === 'none') return 'none';
  if (drift.drifted) return 'past';
  return reach(drift) > 0.5 ? 'near' : 'still';
}

/** An incident in plain words: what, how bad, since when, and what was done about it. */
export function incidentSentences(incident: Incident, when: When): string[] {
  const { severity, breaches, watch, windows, since_ms, version } = incident;
  const lasts = incidentWords.lasts(windows, when(since_ms));
  if (severity === 'incident') {
    const facts = breaches.map(({ metric, value, limit, source }) =>
      incidentWords.breach(metric, written(value), written(limit.value), incidentWords.sources[source]),
    );
    return [...facts, lasts, incidentWords.version(version)];
  }
  const [most] = watch;
  const moved = most ? [incidentWords.watch(watch.length, most.name, written(most.score), written(most.threshold))] : [];
  return [...moved, lasts, breaches.length === 0 ? incidentWords.inside : incidentWords.outside];
}

export function incidentTitle({ severity, breaches, watch }: Incident): string {
  return severity === 'incident'
    ? incidentWords.title(breaches.map(({ metric }) => metric).join(', '))
    : incidentWords.titleWatch(watch.length);
}

/** What is past its limit comes before what only moved; the newest first. */
export function mostUrgent(incidents: readonly Incident[]): Incident | undefined {
  const open = incidents.filter(({ state }) => state !== 'resolved');
  return open.find(({ severity }) => severity === 'incident') ?? open[0];
}

/** In how many windows a realised figure would have been past one of these limits. */
export function wouldAlert(results: readonly Result[], performance: Definition['performance']): number {
  return results.filter((result) =>
    Object.entries(performance).some(([metric, { min, max }]) => {
      const value = judged(result, metric) ? (result.measurements.quality[metric]?.value ?? null) : null;
      return value !== null && ((min !== undefined && value < min) || (max !== undefined && value > max));
    }),
  ).length;
}
