import { words } from '../../words/index.ts';
import type { Decision } from '../automations/automations-api.ts';
import type { Rollout } from '../deployments/deployments-api.ts';
import type { Execution } from '../pipelines/pipelines-api.ts';
import type { Incident } from './monitors-api.ts';

export interface Told {
  readonly key: string;
  readonly at_ms: number;
  readonly title: string;
  readonly detail: string;
  readonly now: boolean;
  /** The execution that is told of. */
  readonly execution?: string;
}

/** An execution that a person started because of the incident. */
export interface Answer {
  readonly who: string;
  readonly execution: Execution;
}

const text = words.monitors.incident;
/** The name of the job that checks windows on time. */
const clockwork = 'schedules.tick';

/**
 * What happened while an incident lasted, newest first, in the time of the project. What people did has only the server's clock, so
 * it stands on top, in its own order.
 */
export function storyOf(
  incident: Incident,
  rollouts: readonly Rollout[],
  decisions: readonly Decision[],
  answers: readonly Answer[],
): Told[] {
  const { severity, since_ms, last_to_ms, acknowledged, resolved, state } = incident;
  const until_ms = state === 'resolved' ? last_to_ms : Number.POSITIVE_INFINITY;
  const within = (at_ms: number) => at_ms >= since_ms && at_ms <= until_ms;
  const told = [
    ...decisions.filter(({ clock_ms }) => within(clock_ms)).map(ofDecision),
    ...rollouts.flatMap((rollout) => (rollout.ended_ms !== null && within(rollout.ended_ms) ? ofRollout(rollout, rollout.ended_ms) : [])),
  ].toSorted((a, b) => b.at_ms - a.at_ms);
  const people = [
    ...(resolved
      ? [
          {
            key: 'resolved',
            at_ms: resolved.at_ms,
            title: resolved.by === clockwork ? text.resolvedItself : text.resolved(resolved.by),
            detail: resolved.reason,
          },
        ]
      : []),
    ...(acknowledged
      ? [{ key: 'acknowledged', at_ms: acknowledged.at_ms, title: text.acknowledged(acknowledged.by), detail: acknowledged.reason }]
      : []),
    ...answers.map(ofAnswer),
  ].toSorted((a, b) => b.at_ms - a.at_ms);
  const opened = { key: 'opened', at_ms: since_ms, title: text.opened[severity], detail: text.paged[severity] };
  return [...people, ...told, opened].map((one, index) => ({ ...one, now: index === 0 && state !== 'resolved' }));
}

function ofDecision({ id, action, reason, clock_ms }: Decision) {
  return { key: id, at_ms: clock_ms, title: action === 'start' ? text.retrained : text.waited, detail: reason };
}

function ofAnswer({ who, execution: { id, number, state, version, created_at_ms } }: Answer) {
  const ended = words.pipelines.page.ends[state];
  return {
    key: id,
    at_ms: created_at_ms,
    title: text.retrainedBy(who, number),
    detail: version === null ? text.executionIs(ended) : text.executionMade(ended, version),
    execution: id,
  };
}

function ofRollout({ number, version, state }: Rollout, at_ms: number) {
  if (state === 'promoted') return [{ key: `rollout ${number}`, at_ms, title: text.promoted(version), detail: '' }];
  return state === 'rolled back' ? [{ key: `rollout ${number}`, at_ms, title: text.wentBack(version), detail: '' }] : [];
}
