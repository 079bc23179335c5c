import { count, duration, metric, share } from '../../design/numbers.ts';
import type { Asked } from '../../design/state.tsx';
import type { StatusKind } from '../../design/status.tsx';
import { words } from '../../words/index.ts';
import type { Approval } from '../approvals/approvals-api.ts';
import type { Decisions, Policy } from '../automations/automations-api.ts';
import type { Summary } from '../datasets/datasets-api.ts';
import type { Deployment, Served } from '../deployments/deployments-api.ts';
import type { Verdict } from '../gates/gates-api.ts';
import type { Monitor, Result } from '../monitors/monitors-api.ts';
import type { Execution } from '../pipelines/pipelines-api.ts';

/** One station of the loop: a figure, two lines, a state. Null figures are written as missing. */
export interface Station {
  readonly kind: StatusKind;
  readonly state: string;
  readonly figure: string;
  readonly unit: string;
  readonly lines: readonly string[];
}

const { states, executionStates } = words.home;
const day_ms = 86_400_000;
const nothing: Station = { kind: 'neutral', state: states.empty, figure: '–', unit: '', lines: [] };

/** What a station says in place of its figure while an answer that it needs is on its way, or when one failed; else null. */
export function unanswered(asked: readonly Pick<Asked<unknown>, 'data' | 'error'>[]): Station | null {
  const missing = asked.filter(({ data }) => data === undefined);
  const failed = missing.find(({ error }) => error !== null);
  if (failed?.error) return { ...nothing, kind: 'bad', state: states.noAnswer, lines: [failed.error.message] };
  return missing.length > 0 ? { ...nothing, state: states.asking } : null;
}

export function dataStation(dataset: string, latest: Summary | null): Station {
  if (!latest) return nothing;
  const { all, failed } = latest.checks;
  return {
    kind: failed > 0 ? 'warn' : 'good',
    state: failed > 0 ? states.checksFail : states.fresh,
    figure: count(latest.rows),
    unit: words.home.rows,
    lines: [`${dataset}@${latest.number}`, all === 0 ? words.home.noChecks : words.home.checks(all - failed, all)],
  };
}

/** Executions that began since `from_ms` of the project's time; newest first comes in, and `most` is as many as are listed. */
export function runsStation(executions: readonly Execution[], from_ms: number, range: string, most: number): Station {
  const [newest] = executions;
  if (!newest) return nothing;
  const running = executions.filter(({ state }) => state === 'running' || state === 'waiting').length;
  return {
    kind: running > 0 ? 'running' : newest.state === 'failed' ? 'bad' : 'good',
    state: running > 0 ? states.running(running) : newest.state === 'failed' ? states.failed : states.idle,
    figure: atLeast(executions.filter(({ clock_ms }) => clock_ms >= from_ms).length, most),
    unit: words.home.executions(range),
    lines: [words.home.lastExecution(newest.pipeline, newest.number, executionStates[newest.state]), duration(newest.cpu_ms)],
  };
}

/** A full list may be the newest part of a longer one. */
function atLeast(amount: number, most: number): string {
  return amount >= most ? words.home.orMore(count(amount)) : count(amount);
}

/** A verdict that asks for people waits only while its approval does. */
export function gateStation(verdict: Verdict | undefined, approvals: readonly Approval[]): Station {
  if (!verdict) return nothing;
  const { evidence, model, version, result } = verdict;
  const holds = evidence.filter((one) => one.holds).length;
  const waits = approvals.some(({ verdict_event }) => verdict_event === verdict.event);
  const passed = waits ? (['human', states.waits] as const) : (['good', states.pass] as const);
  const [kind, state] = result === 'fail' ? (['bad', states.failed] as const) : passed;
  const failing = evidence.find((one) => !one.holds);
  return {
    kind,
    state,
    figure: `${holds} / ${evidence.length}`,
    unit: words.home.criteria,
    lines: [words.home.verdictOf(model, version), failing ? `${failing.metric} ${metric(failing.value)}, ${failing.limit}` : ''],
  };
}

export function liveStation(deployment: Deployment | undefined, served: Served | undefined, range: string): Station {
  if (!deployment) return nothing;
  const rows = (status: string) => served?.counts.filter((one) => one.status === status).reduce((sum, one) => sum + one.rows, 0);
  const rolling = deployment.rollout?.state === 'rolling' || deployment.rollout?.state === 'waiting';
  const kind = rolling ? 'running' : deployment.champion === null ? 'neutral' : 'good';
  return {
    kind,
    state: rolling ? states.rolling : deployment.champion === null ? states.noVersion : states.healthy,
    figure: count(rows('ok')),
    unit: words.home.predictions(range),
    lines: [
      deployment.split.map(({ version, share: part }) => `v${version} ${share(part)}`).join(', '),
      words.home.failed(count(rows('failed')), count(rows('refused'))),
    ],
  };
}

/** The figure that a monitor was set up for: its first one with a limit. */
export function watchedMetric(monitor: Monitor | undefined): { readonly metric: string; readonly limit: number } | undefined {
  for (const [name, { min, max }] of Object.entries(monitor?.definition.performance ?? {})) {
    const limit = min ?? max;
    if (limit !== undefined) return { metric: name, limit };
  }
  return undefined;
}

export function driftStation(monitor: Monitor | undefined, results: readonly Result[]): Station {
  const [newest] = results;
  if (!monitor || !newest) return nothing;
  const columns = Object.values(newest.measurements.drift);
  const [kind, state] = ({ incident: ['bad', states.pastLimit], watch: ['warn', states.look], none: ['good', states.normal] } as const)[
    newest.severity
  ];
  const watched = watchedMetric(monitor);
  const value = watched && newest.measurements.quality[watched.metric]?.value;
  return {
    kind,
    state,
    figure: `${columns.filter(({ drifted }) => drifted).length} / ${columns.length}`,
    unit: words.home.moved,
    lines: [watched ? words.home.limitOf(watched.metric, metric(value), metric(watched.limit)) : ''],
  };
}

/** Decisions come newest first, with times of the project's clock. */
export function retrainStation(policies: readonly Policy[], { items: decisions, more }: Decisions, busy: boolean, now_ms: number): Station {
  const [policy] = policies.filter(({ retired }) => !retired);
  if (!policy) return { ...nothing, state: states.off };
  const started = decisions.filter(({ action }) => action === 'start');
  const [last] = started;
  const daysSince = (at_ms: number) => count(Math.max(0, (now_ms - at_ms) / day_ms));
  // A start that is older than the decisions at hand was before the oldest of them.
  const oldest = more ? decisions.at(-1) : undefined;
  const before = oldest ? words.home.moreThan(daysSince(oldest.clock_ms)) : null;
  return {
    kind: busy ? 'running' : 'neutral',
    state: busy ? states.running(1) : states.armed,
    figure: last ? daysSince(last.clock_ms) : (before ?? words.home.never),
    unit: last || before ? words.home.daysAgo : '',
    lines: [
      (more ? words.home.newestStartedAndWaited : words.home.startedAndWaited)(started.length, decisions.length - started.length),
      words.home.waitBetween(duration(policy.definition.cooldown_ms)),
    ],
  };
}
