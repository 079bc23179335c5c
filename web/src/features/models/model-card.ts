import { metric } from '../../design/numbers.ts';
import { words } from '../../words/index.ts';
import type { Evidence, Verdict } from '../gates/gates-api.ts';
import type { Detail } from '../pipelines/pipelines-api.ts';
import type { RunDetail } from '../runs/runs-api.ts';
import type { Version } from './models-api.ts';

/** One figure of quality on the card: that of the gate with its interval, and what the simple model scored on the same rows. */
export interface QualityRow {
  readonly metric: string;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly rows: number | null;
  /** Null where it is not known to be measured on the same rows. */
  readonly baseline: number | null;
  readonly limit: string;
}

const ofBaseline = 'baseline/';

/** What the gate measured, then what the run logged of its evaluation beyond that. */
export function qualityRows(verdict: Verdict | undefined, run: RunDetail | undefined): QualityRow[] {
  const logged = new Map((run?.metrics ?? []).flatMap(({ key, value }) => (typeof value === 'number' ? [[key, value] as const] : [])));
  const judged = (verdict?.evidence ?? []).filter(
    ({ metric: name, slice, value }) => slice === null && value !== null && !unjudged.has(name),
  );
  const byMetric = new Map(judged.map((one) => [one.metric, one]));
  const known = [...byMetric.values()].map((one): QualityRow => {
    const same = one.value !== null && Math.abs((logged.get(one.metric) ?? Number.NaN) - one.value) < 1e-9;
    return {
      metric: one.metric,
      value: one.value,
      low: one.low,
      high: one.high,
      rows: one.rows,
      baseline: same ? (logged.get(ofBaseline + one.metric) ?? null) : null,
      limit: judged
        .filter(({ metric: name }) => name === one.metric)
        .map(({ limit }) => limit)
        .join('; '),
    };
  });
  // A metric with a baseline beside it is one of the evaluation; others are the run's own (CPU, rows).
  const more = [...logged].filter(([key]) => !byMetric.has(key) && logged.has(ofBaseline + key));
  return [
    ...known,
    ...more.map(
      ([key, value]): QualityRow => ({
        metric: key,
        value,
        low: null,
        high: null,
        rows: null,
        baseline: logged.get(ofBaseline + key) ?? null,
        limit: '',
      }),
    ),
  ];
}

/** Figures that are not of quality. */
const unjudged: ReadonlySet<string> = new Set(['output', 'latency_p99_ms', 'order']);

export interface SliceRow {
  readonly key: string;
  readonly name: string;
  readonly evidence: Evidence;
  readonly limit: string;
}

/** Figures by group, worst first, on one axis. */
export function sliceRows(verdict: Verdict | undefined): {
  readonly rows: readonly SliceRow[];
  readonly from: number;
  readonly to: number;
} {
  const rows = (verdict?.evidence ?? [])
    .filter((one) => one.slice !== null && one.value !== null)
    .map((evidence) => ({
      key: evidence.criterion,
      name: evidence.criterion.replace(` ${evidence.limit}`, ''),
      evidence,
      limit: evidence.limit,
    }));
  const ends = rows.flatMap(({ evidence: { low, high, value } }) => [low, high, value].filter((one) => one !== null));
  return {
    rows: rows.toSorted((a, b) => (a.evidence.value ?? 0) - (b.evidence.value ?? 0)),
    from: Math.min(...ends),
    to: Math.max(...ends),
  };
}

/** How far its probabilities can be taken at their word; nothing where it was not measured. */
export function calibrationSentences(rows: readonly QualityRow[]): string[] {
  const { card } = words.models;
  const figure = (name: string) => rows.find((one) => one.metric === name);
  const [error, gap] = [figure('calibration_error'), figure('calibration_gap')];
  const written = ({ value, low, high }: QualityRow) =>
    low === null || high === null ? metric(value) : `${metric(value)} (${words.models.interval(metric(low), metric(high))})`;
  return [...(error ? [card.calibrationSentence(written(error))] : []), ...(gap ? [card.calibrationGap(written(gap))] : [])];
}

/** The columns that the model learnt most from, largest first. */
export function importanceRows(
  { importance }: Pick<Version, 'importance'>,
  most: number,
): { readonly name: string; readonly share: number }[] {
  return Object.entries(importance)
    .map(([name, share]) => ({ name, share }))
    .filter(({ share }) => share > 0)
    .toSorted((a, b) => b.share - a.share)
    .slice(0, most);
}

/** Rows of the tables that the execution kept, by their names; the run says what it was trained on. */
export function tablesOf(version: Version, execution: Detail | undefined): { readonly name: string; readonly rows: number }[] {
  const rows = new Map((execution?.steps ?? []).flatMap(({ tables }) => Object.values(tables).map((one) => [one.digest, one.rows])));
  return Object.entries(version.outputs).flatMap(([name, digest]) => {
    const known = rows.get(digest);
    return known === undefined ? [] : [{ name, rows: known }];
  });
}
