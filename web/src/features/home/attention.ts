import { metric } from '../../design/numbers.ts';
import type { StatusKind } from '../../design/status.tsx';
import { words } from '../../words/index.ts';
import type { Approval } from '../approvals/approvals-api.ts';
import type { Verdict } from '../gates/gates-api.ts';
import type { Incident } from '../monitors/monitors-api.ts';
import type { Execution } from '../pipelines/pipelines-api.ts';

/** Something that a person should look at, with the one place where to do so. */
export interface Attention {
  readonly key: string;
  readonly kind: StatusKind;
  readonly title: string;
  readonly why: string;
  readonly since_ms: number;
  readonly button: string;
  /** Below `/p/:project`. */
  readonly path: string;
}

export interface AttentionFacts {
  readonly approvals: readonly Approval[];
  readonly incidents: readonly Incident[];
  readonly executions: readonly Execution[];
  readonly verdicts: readonly Verdict[];
}

/** Ordered by harm: what is past a limit, what waits for a person, what failed, what only moved; the oldest first within each. */
export function attentionOf(facts: AttentionFacts): Attention[] {
  const oldestFirst = (items: Attention[]) => items.toSorted((a, b) => a.since_ms - b.since_ms);
  return [
    ...oldestFirst(facts.incidents.filter(({ severity }) => severity === 'incident').map(ofIncident)),
    ...oldestFirst(facts.approvals.map(ofApproval)),
    ...oldestFirst(failedNow(facts.executions).map(ofExecution)),
    ...oldestFirst(refusedNow(facts.verdicts).map(ofVerdict)),
    ...oldestFirst(facts.incidents.filter(({ severity }) => severity === 'watch').map(ofWatch)),
  ];
}

const { asks, buttons, sources } = words.home;

function ofApproval({ id, version, environment, decisions, needed, created_at_ms }: Approval): Attention {
  const given = decisions.filter(({ decision }) => decision === 'approve').length;
  return {
    key: id,
    kind: 'human',
    title: asks.approve(version, environment),
    why: asks.approveWhy(given, needed),
    since_ms: created_at_ms,
    button: buttons.review,
    path: `/questions/approvals/${id}`,
  };
}

function ofIncident({ id, deployment, breaches, created_at_ms }: Incident): Attention {
  const [breach] = breaches;
  return {
    key: id,
    kind: 'bad',
    title: asks.incident(deployment, breach?.metric ?? ''),
    why: breach ? asks.incidentWhy(metric(breach.value), metric(breach.limit.value), sources[breach.source]) : '',
    since_ms: created_at_ms,
    button: buttons.cause,
    path: `/incidents/${id}`,
  };
}

function ofWatch({ id, deployment, watch, created_at_ms }: Incident): Attention {
  return {
    key: id,
    kind: 'warn',
    title: asks.watch(deployment, watch.length),
    why: asks.watchWhy,
    since_ms: created_at_ms,
    button: buttons.cause,
    path: `/incidents/${id}`,
  };
}

function ofExecution({ id, pipeline, number, error, created_at_ms }: Execution): Attention {
  return {
    key: id,
    kind: 'bad',
    title: asks.execution(pipeline, number),
    why: error ?? '',
    since_ms: created_at_ms,
    button: buttons.log,
    path: `/executions/${id}`,
  };
}

function ofVerdict({ id, model, version, evidence, created_at_ms }: Verdict): Attention {
  return {
    key: id,
    kind: 'warn',
    title: asks.gate(model, version),
    why: evidence.find(({ holds }) => !holds)?.reason ?? '',
    since_ms: created_at_ms,
    button: buttons.gate,
    path: `/models/${encodeURIComponent(model)}/versions/${version}`,
  };
}

/** Pipelines whose newest ended execution failed; an earlier failure was overcome. Newest first comes in, and goes out. */
function failedNow(executions: readonly Execution[]): Execution[] {
  const seen = new Set<string>();
  return executions.filter(({ pipeline, state }) => {
    if (state === 'waiting' || state === 'running' || seen.has(pipeline)) return false;
    seen.add(pipeline);
    return state === 'failed';
  });
}

/** Models whose newest verdict is a refusal. */
function refusedNow(verdicts: readonly Verdict[]): Verdict[] {
  const newest = new Map<string, Verdict>();
  for (const verdict of verdicts) if (!newest.has(verdict.model)) newest.set(verdict.model, verdict);
  return [...newest.values()].filter(({ result }) => result === 'fail');
}
