import { change, duration, metric as written } from '../../design/numbers.ts';
import { words } from '../../words/index.ts';
import { directionOf, judge, preferenceOf } from './direction.ts';
import { isSystem, numberOf } from './run-columns.ts';
import type { Cell, RunDetail } from './runs-api.ts';

/** What the page of a run says, from what was logged. Pure. */

export type RunMetric = RunDetail['metrics'][number];

/** Figures of the simple model beside the trained one are logged under this. */
const baseline = 'baseline/';

export const modelMetrics = ({ metrics }: Pick<RunDetail, 'metrics'>): RunMetric[] => metrics.filter(({ key }) => !isSystem(key));
export const systemMetrics = ({ metrics }: Pick<RunDetail, 'metrics'>): RunMetric[] => metrics.filter(({ key }) => isSystem(key));

/** A metric that was logged over steps has a curve; what was logged once has a figure. */
export const hasCurve = ({ step, minimum, maximum }: RunMetric): boolean => step > 0 || minimum !== maximum;

export function valueOfMetric(run: Pick<RunDetail, 'metrics'>, key: string): number | null {
  return numberOf(run.metrics.find((one) => one.key === key)?.value);
}

/** Metrics of the model itself, those with a known better direction first. */
export function leadingMetrics(run: Pick<RunDetail, 'metrics'>): RunMetric[] {
  const weight = ({ key }: RunMetric) => (directionOf(key) === null ? 2 : 0) + (key.includes('/') ? 1 : 0);
  return modelMetrics(run)
    .filter(({ key }) => !key.startsWith(baseline))
    .sort((a, b) => weight(a) - weight(b) || preferenceOf(a.key) - preferenceOf(b.key) || (a.key < b.key ? -1 : 1));
}

export interface Versioned {
  readonly model: string;
  readonly number: number;
}

/** The first line: how it ended, what it reached, what became of it. */
export function runSentence(run: RunDetail, version: Versioned | null, now_ms: number): string {
  const took_ms = (run.ended_at_ms ?? now_ms) - run.started_at_ms;
  const ended = {
    scheduled: `${words.runs.status.scheduled}.`,
    running: words.runs.runningSentence(duration(took_ms)),
    finished: words.runs.doneSentence(duration(took_ms)),
    failed: words.runs.failedSentence,
    killed: words.runs.stoppedSentence,
  }[run.status];
  const lead = leadingMetrics(run)[0];
  const sentences = [ended];
  if (lead) {
    const value = numberOf(lead.value as Cell);
    const other = valueOfMetric(run, `${baseline}${lead.key}`);
    const verdict = judge(lead.key, value, other);
    const distance = value === null || other === null ? '' : written(Math.abs(value - other));
    const against =
      verdict === 'better' ? words.runs.aboveBaseline(distance) : verdict === 'worse' ? words.runs.belowBaseline(distance) : '';
    sentences.push(`${words.runs.measuredSentence(lead.key, written(value))}${against}.`);
  }
  if (version) sentences.push(words.runs.servesSentence(`${version.model} ${words.common.version(version.number)}`));
  return sentences.join(' ');
}

export interface Setting {
  readonly key: string;
  readonly value: string | null;
  /** Of the other run; null where it has none. */
  readonly other: string | null;
  readonly differs: boolean;
}

/** Settings of this run beside those of another. */
export function settingsOf(run: Pick<RunDetail, 'params'>, other: Pick<RunDetail, 'params'> | null): Setting[] {
  const theirs = new Map(other?.params.map(({ key, value }) => [key, value]));
  const mine = new Map(run.params.map(({ key, value }) => [key, value]));
  return [...new Set([...mine.keys(), ...theirs.keys()])].sort().map((key) => {
    const [value, old] = [mine.get(key) ?? null, theirs.get(key) ?? null];
    return { key, value, other: old, differs: other !== null && value !== old };
  });
}

export const tagOf = (run: Pick<RunDetail, 'tags'>, key: string): string | null => run.tags.find((tag) => tag.key === key)?.value ?? null;

/** A change with its arrow's meaning. */
export function changeOf(metric: string, value: number | null, other: number | null) {
  if (value === null || other === null) return null;
  return { text: change(value - other), verdict: judge(metric, value, other) };
}

export const inputNameOf = ({ dataset, version }: RunDetail['inputs'][number]): string =>
  version === null ? dataset : `${dataset}@${version}`;

/** The code of a run as short text: the commit, with + where files differed from it; else the digest of its files. */
export function codeNameOf(run: Pick<RunDetail, 'tags' | 'code'>): string | null {
  if (run.code?.commit) return `${run.code.commit.slice(0, 8)}${run.code.dirty ? '+' : ''}`;
  return tagOf(run, 'slipway.code')?.slice(0, 12) ?? null;
}
