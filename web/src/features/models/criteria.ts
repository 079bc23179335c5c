import { count, duration, metric, share } from '../../design/numbers.ts';
import { words } from '../../words/index.ts';
import type { Criterion, Evidence, Verdict } from '../gates/gates-api.ts';

export type GroupName = 'champion' | 'enough' | 'groups' | 'safe' | 'order';

/** One criterion as it was judged. */
export interface Check {
  /** The same for the same criterion of another version, so that the address keeps its meaning. */
  readonly key: string;
  readonly name: string;
  readonly finding: string;
  readonly limit: string;
  readonly holds: boolean;
  readonly evidence: Evidence;
}

export interface CheckGroup {
  readonly name: GroupName;
  readonly holds: number;
  readonly checks: readonly Check[];
}

const order: readonly GroupName[] = ['champion', 'enough', 'groups', 'safe', 'order'];

/** The criteria by what they are for; groups without any are left out. */
export function checkGroups({ evidence }: Pick<Verdict, 'evidence'>): CheckGroup[] {
  const groups = Map.groupBy(evidence, groupOf);
  return order.flatMap((name) => {
    const checks = (groups.get(name) ?? []).map(checkOf);
    return checks.length === 0 ? [] : [{ name, checks, holds: checks.filter(({ holds }) => holds).length }];
  });
}

function groupOf({ metric: figure, slice, rival, criterion }: Evidence): GroupName {
  if (figure === 'order') return 'order';
  if (figure === 'latency_p99_ms') return 'safe';
  if (rival !== null) return 'champion';
  // The second is what a slice is called of which no value had enough rows.
  if (slice !== null || criterion.includes(' of each ')) return 'groups';
  return 'enough';
}

function checkOf(evidence: Evidence): Check {
  const { criterion, limit, holds } = evidence;
  return { key: keyOf(evidence), name: nameOf(evidence), finding: findingOf(evidence), limit: limit || criterion, holds, evidence };
}

/** Without the figures that change from version to version. */
export function keyOf(evidence: Evidence): string {
  return [groupOf(evidence), evidence.metric, evidence.slice ?? '', evidence.limit].join(' ');
}

/** What is judged, without its limit and its rival, which have places of their own. */
function nameOf({ criterion, limit, rival }: Evidence): string {
  const cut = rival === null ? ` ${limit}` : ` against ${rival.name}: ${limit}`;
  return criterion.endsWith(cut) ? criterion.slice(0, -cut.length) : criterion;
}

/** A value of a criterion in its unit. */
export function valueText(figure: string, value: number | null): string {
  if (figure === 'latency_p99_ms') return duration(value);
  return figure === 'output' ? share(value) : metric(value);
}

function findingOf({ metric: figure, value, low, high, rival, reported }: Evidence): string {
  if (value === null) return words.models.notKnown;
  const text = reported ? words.models.reported(valueText(figure, value)) : valueText(figure, value);
  const spread = low === null || high === null ? '' : ` (${words.models.interval(metric(low), metric(high))})`;
  return rival === null ? `${text}${spread}` : words.models.against(`${text}${spread}`, metric(rival.value), rivalName(rival.name));
}

/** `champion (version 9)` stands in a group that says champion already. */
function rivalName(name: string): string {
  const number = /\(version (\d+)\)$/.exec(name)?.[1];
  return number === undefined ? name : words.models.version(Number(number));
}

/** The figure that stands for a version in lists: the first that is neither of a group nor about running. */
export function headline({ evidence }: Pick<Verdict, 'evidence'>): Evidence | undefined {
  return evidence.find((one) => one.value !== null && one.metric !== 'output' && ['enough', 'champion'].includes(groupOf(one)));
}

/** The number that a limit is drawn at, from the gate's definition; a limit against the champion has none. */
export function limitNumber(evidence: Evidence, criteria: readonly Criterion[]): number | undefined {
  for (const one of criteria) {
    if (one.kind === 'champion' || one.kind === 'output' || one.kind === 'latency') continue;
    if (one.metric !== evidence.metric || (one.kind === 'slice') !== (evidence.slice !== null)) continue;
    return one.min ?? one.max;
  }
  return undefined;
}

/** One criterion of a gate's definition in a row: what, the limit, on which table. */
export function criterionRow(one: Criterion): { readonly what: string; readonly limit: string; readonly on: string } {
  const { policy } = words.gates;
  const on = one.kind === 'latency' ? policy.single : (one.on ?? policy.usual);
  const bounds = (min: number | undefined, max: number | undefined) =>
    policy.bounds(min === undefined ? null : metric(min), max === undefined ? null : metric(max));
  switch (one.kind) {
    case 'bound':
      return { what: one.metric, limit: bounds(one.min, one.max), on: one.reported ? policy.reported : on };
    case 'champion':
      return {
        what: policy.againstChampion(one.metric),
        limit: one.better_by
          ? policy.betterBy(metric(one.better_by.value), one.better_by.unit)
          : policy.noWorseThan(metric(one.no_worse_than ?? 0)),
        on,
      };
    case 'slice':
      return { what: policy.ofEach(one.metric, one.slice, count(one.least_rows)), limit: bounds(one.min, one.max), on };
    case 'output':
      return { what: policy.scores, limit: policy.within(share(one.share), bounds(one.min, one.max)), on };
    case 'latency':
      return { what: policy.latency, limit: policy.atMost(duration(one.p99_ms)), on };
  }
}
