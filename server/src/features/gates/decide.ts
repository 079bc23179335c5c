import type { Comparison, Evaluation, Metrics } from '../training/index.ts';
import { lessIsBetter } from '../training/index.ts';
import type {
  BoundCriterion,
  ChampionCriterion,
  Criterion,
  Evidence,
  LatencyCriterion,
  Margin,
  OutputCriterion,
  Result,
  SliceCriterion,
} from './gate.ts';

/** What was measured on one table: the version, its rival on the same rows, and how they compare row by row. */
export interface Measured {
  readonly version: Evaluation;
  readonly rival: Evaluation;
  /** `champion (version 3)` or `the baseline`. */
  readonly rivalName: string;
  readonly comparison: Comparison;
  /** Shares of scores within the bounds of the output criteria, in their order. */
  readonly within: readonly number[];
}

export interface Figures {
  /** By the name in `on`; '' is the table of criteria that name none. */
  readonly tables: ReadonlyMap<string, Measured>;
  /** Null when no criterion asks. */
  readonly latency_p99_ms: number | null;
}

/** The newest value of each metric that the run of the version logged. */
export type Reported = ReadonlyMap<string, number>;

/** Judges every criterion. A figure that could not be measured does not hold. */
export function judge(criteria: readonly Criterion[], figures: Figures, reported: Reported = new Map()): Evidence[] {
  const outputsSeen = new Map<string, number>();
  return criteria.flatMap((criterion) => {
    if (criterion.kind === 'latency') return [judgeLatency(criterion, figures.latency_p99_ms)];
    const table = criterion.on ?? '';
    const measured = figures.tables.get(table);
    if (takesReported(criterion) && measured?.version.metrics[criterion.metric]?.value == null) return [judgeReported(criterion, reported)];
    if (!measured) return [notMeasured(criterion)];
    if (criterion.kind === 'bound') return [judgeBound(criterion, measured)];
    if (criterion.kind === 'champion') return [judgeChampion(criterion, measured)];
    if (criterion.kind === 'slice') return judgeSlices(criterion, measured);
    const seen = outputsSeen.get(table) ?? 0;
    outputsSeen.set(table, seen + 1);
    return [judgeOutput(criterion, measured.within[seen] ?? null)];
  });
}

/** Of a version that no execution made there is no table to measure on: no criterion holds but by what its run reported. */
export function judgeWithoutTable(criteria: readonly Criterion[], reported: Reported = new Map()): Evidence[] {
  return criteria.map((criterion) => {
    if (takesReported(criterion)) return judgeReported(criterion, reported);
    const metric = criterion.kind === 'latency' ? 'latency_p99_ms' : criterion.kind === 'output' ? 'output' : criterion.metric;
    const on = criterion.kind === 'latency' ? undefined : criterion.on;
    return {
      ...blank(`${metric} on ${on ?? 'a table'}`, metric),
      limit: 'measured',
      holds: false,
      reason: `This version was added as a file and has no table${on === undefined ? '' : ` ${on}`}, so ${metric} could not be measured: a pipeline that makes the version gives it one, and a deployment without a gate needs none.`,
    };
  });
}

/** A gate that was changed after the making of the version began does not count. */
export function judgeOrder(gate: { readonly name: string; readonly changed_event: number }, startedEvent: number): Evidence[] {
  if (gate.changed_event <= startedEvent) return [];
  return [
    {
      ...blank('the gate was set before the training began', 'order'),
      limit: `event ${startedEvent} or earlier`,
      holds: false,
      reason: `Gate ${gate.name} was changed by event ${gate.changed_event}, after the making of this version began with event ${startedEvent}: train again under the new gate.`,
    },
  ];
}

export function resultOf(evidence: readonly Evidence[], approvals: Readonly<Record<string, number>>): Result {
  if (evidence.some((one) => !one.holds)) return 'fail';
  return Object.values(approvals).some((needed) => needed > 0) ? 'needs approval' : 'pass';
}

export function takesReported(criterion: Criterion): criterion is BoundCriterion {
  return criterion.kind === 'bound' && criterion.reported === 'accepted';
}

function judgeReported(criterion: BoundCriterion, reported: Reported): Evidence {
  const { metric } = criterion;
  const value = reported.get(metric) ?? null;
  const limit = limitText(criterion);
  const holds = value !== null && isWithin(value, criterion);
  return {
    ...blank(`${metric} ${limit}`, metric),
    value,
    limit,
    holds,
    reported: true,
    reason:
      value === null
        ? `The run of this version logged no ${metric}, and nothing here could measure it.`
        : `${metric} is ${round(value)}, as the run of this version reported; nobody here measured it. ${holds ? 'That is' : 'It must be'} ${limit}.`,
  };
}

function isWithin(value: number, { min, max }: { readonly min?: number; readonly max?: number }): boolean {
  return (min === undefined || value >= min) && (max === undefined || value <= max);
}

function judgeBound(criterion: BoundCriterion, { version }: Measured): Evidence {
  return judgeLimits(criterion, version.metrics, null, version.rows);
}

function judgeLimits(criterion: BoundCriterion | SliceCriterion, metrics: Metrics, slice: string | null, rows: number): Evidence {
  const figure = metrics[criterion.metric];
  const value = figure?.value ?? null;
  const limit = limitText(criterion);
  const holds = value !== null && isWithin(value, criterion);
  const where = slice === null ? '' : ` of ${criterion.kind === 'slice' ? criterion.slice : ''} ${slice}`;
  const reason =
    value === null
      ? `${criterion.metric}${where} is not defined on these ${rows} rows.`
      : `${criterion.metric}${where} is ${round(value)}${interval(figure)}; ${holds ? 'that is' : 'it must be'} ${limit}.`;
  return {
    criterion: `${criterion.metric}${where} ${limit}`,
    metric: criterion.metric,
    slice,
    value,
    low: figure?.low ?? null,
    high: figure?.high ?? null,
    rows,
    rival: null,
    limit,
    holds,
    reason,
  };
}

function judgeSlices(criterion: SliceCriterion, { version }: Measured): Evidence[] {
  const judged = (version.slices[criterion.slice] ?? []).filter((slice) => slice.rows >= criterion.least_rows);
  if (judged.length > 0) return judged.map((slice) => judgeLimits(criterion, slice.metrics, slice.value, slice.rows));
  const limit = limitText(criterion);
  return [
    {
      ...blank(`${criterion.metric} of each ${criterion.slice} ${limit}`, criterion.metric),
      limit,
      holds: false,
      reason: `No value of ${criterion.slice} has ${criterion.least_rows} rows here, so nothing could be judged.`,
    },
  ];
}

function judgeChampion(criterion: ChampionCriterion, measured: Measured): Evidence {
  const { metric } = criterion;
  const own = measured.version.metrics[metric];
  const rival = measured.rival.metrics[metric]?.value ?? null;
  const gain = gainOf(metric, own?.value ?? null, rival);
  const paired = measured.comparison[metric];
  const { holds, limit, detail } = criterion.better_by
    ? judgeBetter(criterion.better_by, gain, paired)
    : {
        holds: gain !== null && gain >= -(criterion.no_worse_than ?? 0),
        limit: `no worse than by ${criterion.no_worse_than ?? 0}`,
        detail: '',
      };
  const reason =
    own?.value == null || rival === null
      ? `${metric} is not defined on these ${measured.version.rows} rows.`
      : `${metric} is ${round(own.value)} against ${round(rival)} of ${measured.rivalName}${detail}; ${holds ? 'that is' : 'it must be'} ${limit}.`;
  return {
    criterion: `${metric} against ${measured.rivalName}: ${limit}`,
    metric,
    slice: null,
    value: own?.value ?? null,
    low: own?.low ?? null,
    high: own?.high ?? null,
    rows: measured.version.rows,
    rival: { name: measured.rivalName, value: rival },
    limit,
    holds,
    reason,
  };
}

function judgeBetter(
  margin: Margin,
  gain: number | null,
  paired: Comparison[string] | undefined,
): { holds: boolean; limit: string; detail: string } {
  if (margin.unit === 'metric')
    return { holds: gain !== null && gain > margin.value, limit: `better by more than ${margin.value}`, detail: '' };
  const limit = `better by more than ${margin.value} standard error${margin.value === 1 ? '' : 's'}`;
  if (!paired) return { holds: false, limit, detail: ' (this metric has no paired test)' };
  return {
    holds: paired.betterBy > margin.value,
    limit,
    detail: ` (${round(paired.betterBy)} standard errors better on the same ${paired.rows} rows)`,
  };
}

/** How much better, positive is better, in the metric's unit. */
function gainOf(metric: string, own: number | null, rival: number | null): number | null {
  if (own === null || rival === null) return null;
  return lessIsBetter(metric) ? rival - own : own - rival;
}

function judgeOutput(criterion: OutputCriterion, share: number | null): Evidence {
  const bounds = `${criterion.min ?? '-infinity'} to ${criterion.max ?? 'infinity'}`;
  const limit = `at least ${percent(criterion.share)} within ${bounds}`;
  const holds = share !== null && share >= criterion.share;
  return {
    ...blank(`scores ${limit}`, 'output'),
    value: share,
    limit,
    holds,
    reason:
      share === null
        ? 'The scores could not be measured.'
        : `${percent(share)} of the scores lie within ${bounds}; at least ${percent(criterion.share)} must.`,
  };
}

function judgeLatency({ p99_ms }: LatencyCriterion, measured: number | null): Evidence {
  const limit = `at most ${p99_ms} ms`;
  const holds = measured !== null && measured <= p99_ms;
  return {
    ...blank(`latency (p99 of single rows) ${limit}`, 'latency_p99_ms'),
    value: measured,
    limit,
    holds,
    reason:
      measured === null
        ? 'The latency could not be measured.'
        : `99 of 100 single rows were answered within ${round(measured)} ms; ${limit} is asked for.`,
  };
}

function notMeasured(criterion: Exclude<Criterion, LatencyCriterion>): Evidence {
  const name = criterion.on ?? 'the table it was evaluated on';
  const metric = criterion.kind === 'output' ? 'output' : criterion.metric;
  return {
    ...blank(`${metric} on ${name}`, metric),
    limit: 'measured',
    holds: false,
    reason: `The execution that made this version has no output ${name}, so ${metric} could not be measured.`,
  };
}

function blank(criterion: string, metric: string): Omit<Evidence, 'limit' | 'holds' | 'reason'> {
  return { criterion, metric, slice: null, value: null, low: null, high: null, rows: null, rival: null };
}

function limitText({ min, max }: { readonly min?: number; readonly max?: number }): string {
  if (min !== undefined && max !== undefined) return `between ${min} and ${max}`;
  return min === undefined ? `at most ${max ?? 'infinity'}` : `at least ${min}`;
}

function interval(figure: Metrics[string] | undefined): string {
  return figure?.low == null || figure.high === null ? '' : ` (95%: ${round(figure.low)} to ${round(figure.high)})`;
}

const percent = (share: number): string => `${Number((share * 100).toFixed(2))}%`;
const round = (value: number): string => String(Number(value.toPrecision(4)));
