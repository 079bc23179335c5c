import { count, duration, metric, share } from '../../design/numbers.ts';
import type { StatusKind } from '../../design/status.tsx';
import { words } from '../../words/index.ts';
import type {
  Approval,
  CheckResult,
  DatasetVersion,
  Decision,
  Deployment,
  Execution,
  Monitor,
  Policy,
  Served,
  Verdict,
} from './home-api.ts';

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

export function dataStation(dataset: string, latest: DatasetVersion | null): Station {
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

/** Executions that began since `from_ms` of the project's time; newest first comes in. */
export function runsStation(executions: readonly Execution[], from_ms: number, range: string): Station {
  const [newest] = executions;
  if (!newest) return nothing;
  const running = executions.filter(({ state }) => state === 'running' || state === 'waiting').length;
  return {
    kind: running > 0 ? 'running' : newest.state === 'failed' ? 'bad' : 'good',
    state: running > 0 ? states.running(running) : newest.state === 'failed' ? states.failed : states.idle,
    figure: count(executions.filter(({ clock_ms }) => clock_ms >= from_ms).length),
    unit: words.home.executions(range),
    lines: [words.home.lastExecution(newest.pipeline, newest.number, executionStates[newest.state]), duration(newest.cpu_ms)],
  };
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

export function driftStation(monitor: Monitor | undefined, results: readonly CheckResult[]): Station {
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
export function retrainStation(policies: readonly Policy[], decisions: readonly Decision[], busy: boolean, now_ms: number): Station {
  const [policy] = policies.filter(({ retired }) => !retired);
  if (!policy) return { ...nothing, state: states.off };
  const started = decisions.filter(({ action }) => action === 'start');
  const [last] = started;
  return {
    kind: busy ? 'running' : 'neutral',
    state: busy ? states.running(1) : states.armed,
    figure: last ? count(Math.max(0, (now_ms - last.clock_ms) / day_ms)) : words.home.never,
    unit: last ? words.home.daysAgo : '',
    lines: [
      words.home.startedAndWaited(started.length, decisions.length - started.length),
      words.home.waitBetween(duration(policy.definition.cooldown_ms)),
    ],
  };
}
