import { duration, share } from '../../design/numbers.ts';
import type { StatusKind } from '../../design/status.tsx';
import type { Step } from '../../design/steps.tsx';
import type { When } from '../../design/when.ts';
import { words } from '../../words/index.ts';
import type { AuditEvent } from '../audit/audit-api.ts';
import type { Deployment, GuardEvidence, Rollout, StepEvidence } from './deployments-api.ts';

/** What the pages say of rollouts, composed from the plan and the evidence. */

const { next: nextWords, steps: stepWords, sentence: said, states, happened, list } = words.deployments;

type LiveRollout = Rollout & { readonly state: 'rolling' | 'waiting' };

export const isLive = (rollout: Rollout | null): rollout is LiveRollout => rollout?.state === 'rolling' || rollout?.state === 'waiting';

export function stateOf({ champion, rollout, retired }: Deployment): { readonly kind: StatusKind; readonly word: string } {
  if (retired) return { kind: 'neutral', word: states.retired };
  if (isLive(rollout)) {
    return rollout.state === 'waiting'
      ? { kind: 'warn', word: states.waiting(rollout.version) }
      : { kind: 'running', word: states.rolling(rollout.version) };
  }
  return champion === null ? { kind: 'neutral', word: states.idle } : { kind: 'good', word: states.healthy };
}

/** The answer of the list: does all serve, does anything move? */
export function listSentence(all: readonly Deployment[]): string {
  const items = all.filter(({ retired }) => !retired);
  const serving = items.filter(({ champion }) => champion !== null).length;
  const rolling = items.filter(({ rollout }) => isLive(rollout)).length;
  const parts = [serving === 0 ? list.sentence.none : list.sentence.serve(serving)];
  if (serving > 0) parts.push(rolling === 0 ? list.sentence.calm : list.sentence.rolling(rolling));
  if (items.length > serving) parts.push(list.sentence.idle(items.length - serving));
  return parts.join(' ');
}

/** The answer of a deployment's page: is the new version safe so far? */
export function deploymentSentence(deployment: Deployment, when: When): string {
  const { champion, champion_since_ms, rollout, retired } = deployment;
  if (retired) return said.retired;
  if (isLive(rollout) && rollout.displaced !== null) {
    return `${said.rolling(rollout.version, rollout.displaced, share(shareNow(rollout)))} ${safety(rollout)}`;
  }
  if (champion === null || champion_since_ms === null) return said.none;
  return said.alone(champion, when(champion_since_ms));
}

function safety(rollout: Rollout): string {
  if (rollout.plan.guard.length === 0) return said.unguarded;
  const last = lastJudged(rollout);
  if (!last) return said.early;
  return last.guards.every(({ result }) => result === 'holds') ? said.hold(last.guards.length) : said.short;
}

export const shareNow = ({ plan, step }: Rollout): number => plan.steps[step] ?? 1;

export function lastJudged(rollout: Rollout): StepEvidence | undefined {
  return rollout.evidence.findLast(({ guards }) => guards.length > 0);
}

/** When a step began; undefined for one that was not reached. */
export function stepBegan({ plan, evidence, started_ms }: Rollout, step: number): number | undefined {
  if (step === 0) return started_ms;
  const before = evidence.find((one) => one.decision === 'next' && one.step === step - 1);
  if (before) return before.at_ms;
  return step === plan.steps.length - 1 ? evidence.find(({ decision }) => decision === 'promote')?.at_ms : undefined;
}

export function stepsOf(rollout: Rollout, now_ms: number, when: When): Step[] {
  return rollout.plan.steps.map((part, index) => ({ key: String(index), title: share(part), ...stepAt(rollout, index, now_ms, when) }));
}

function stepAt(rollout: Rollout, index: number, now_ms: number, when: When): Pick<Step, 'state' | 'lines'> {
  const { plan, step, step_started_ms, ended_ms, state } = rollout;
  const began = stepBegan(rollout, index);
  if (isLive(rollout)) {
    if (index === step) return presentStep(rollout, now_ms, when);
    if (index > step) {
      const earliest = Math.max(step_started_ms + plan.bake_ms, now_ms) + plan.bake_ms * (index - step - 1);
      return { state: 'ahead', lines: [stepWords.earliest(when(earliest))] };
    }
  }
  if (began === undefined) return { state: 'left out', lines: [stepWords.leftOut] };
  const last = index === plan.steps.length - 1;
  if (last && state === 'promoted') return { state: 'done', lines: [stepWords.champion(when(began))] };
  const until = nextBegan(rollout, index) ?? ended_ms ?? now_ms;
  const stopped = !last && nextBegan(rollout, index) === undefined && (state === 'rolled back' || state === 'superseded');
  if (stopped) return { state: 'back', lines: [duration(until - began), stepWords.wentBack(when(until))] };
  return { state: 'done', lines: [duration(until - began), when(began)] };
}

function presentStep({ plan, step_started_ms, state }: Rollout, now_ms: number, when: When): Pick<Step, 'state' | 'lines'> {
  if (state === 'waiting') {
    return { state: 'now', lines: [stepWords.since(when(step_started_ms)), stepWords.held(when(step_started_ms + plan.longest_wait_ms))] };
  }
  const past = Math.max(0, now_ms - step_started_ms);
  const bake = duration(plan.bake_ms);
  const lines = [past < 1000 ? stepWords.begun(bake) : stepWords.of(duration(past), bake), stepWords.since(when(step_started_ms))];
  return { state: 'now', lines };
}

function nextBegan(rollout: Rollout, index: number): number | undefined {
  for (let next = index + 1; next < rollout.plan.steps.length; next++) {
    const began = stepBegan(rollout, next);
    if (began !== undefined) return began;
  }
  return undefined;
}

/** What happens by itself and when, what stops it; or, while nothing moves, how another version would come in. */
export function whatNext(deployment: Deployment, when: When): string[] {
  const { rollout, champion, previous } = deployment;
  if (isLive(rollout) && rollout.displaced !== null) return nextOfRollout(rollout, rollout.displaced, when);
  if (champion === null) return [nextWords.first];
  const { steps, guard, bake_ms } = deployment.definition.rollout;
  return [
    nextWords.calm,
    steps.length === 1 ? nextWords.planAtOnce : nextWords.plan(steps.map(share).join(', '), duration(bake_ms)),
    ...(guard.length === 0 ? [] : [nextWords.guards(guardNames(guard))]),
    ...(deployment.definition.gate === undefined ? [] : [nextWords.person]),
    ...(previous === null ? [] : [nextWords.kept(previous)]),
  ];
}

function nextOfRollout(rollout: Rollout, displaced: number, when: When): string[] {
  const { plan, step, step_started_ms, state, version } = rollout;
  const latest = when(step_started_ms + plan.longest_wait_ms);
  const next = plan.steps[step + 1] ?? 1;
  const at = when(step_started_ms + plan.bake_ms);
  const signals = plan.guard.some((name) => name === 'errors' || name === 'latency');
  const outcome = plan.guard.filter((name) => name !== 'errors' && name !== 'latency');
  const stops = [
    ...(signals ? [nextWords.stops(displaced)] : []),
    ...(outcome.length === 0 ? [] : [nextWords.stopsAtStep(guardNames(outcome), displaced)]),
  ];
  if (state === 'waiting') {
    const short = (lastJudged(rollout)?.guards ?? []).filter(({ result }) => result === 'short').map(({ guard }) => guard);
    return [nextWords.held(guardNames(short), latest, share(next)), ...stops];
  }
  if (plan.guard.length === 0) return [nextWords.unguarded(at, share(next))];
  return [next >= 1 ? nextWords.judgedLast(at, version) : nextWords.judged(at, share(next)), nextWords.mayBeHeld(latest), ...stops];
}

export function guardName(guard: string): string {
  return words.deployments.guards.names[guard] ?? guard;
}

export function guardNames(guards: readonly string[]): string {
  return guards.map((guard) => guardName(guard)).join('; ');
}

/** One guard over the looks of a rollout, in order. */
export interface GuardSeries {
  readonly guard: string;
  readonly at_ms: readonly number[];
  readonly champion: readonly (number | null)[];
  readonly challenger: readonly (number | null)[];
  readonly latest: GuardEvidence;
}

/** Guards that were looked at twice or more; a single look is a figure, not a chart. */
export function guardSeries({ evidence }: Rollout): GuardSeries[] {
  const names = new Set(evidence.flatMap(({ guards }) => guards.map(({ guard }) => guard)));
  return [...names].flatMap((guard) => {
    const looks = evidence.flatMap(({ at_ms, guards }) => guards.filter((one) => one.guard === guard).map((one) => ({ at_ms, one })));
    const latest = looks.at(-1)?.one;
    if (!latest || looks.length < 2) return [];
    return [
      {
        guard,
        at_ms: looks.map(({ at_ms }) => at_ms),
        champion: looks.map(({ one }) => one.champion),
        challenger: looks.map(({ one }) => one.challenger),
        latest,
      },
    ];
  });
}

export interface Deed {
  readonly key: string;
  readonly at_ms: number;
  readonly title: string;
  readonly detail: string;
  readonly who: string;
}

/** The decisions of a rollout, newest first, each with who took it where the log says so. */
export function storyOf(rollout: Rollout, events: readonly AuditEvent[]): Deed[] {
  const own = events.filter(({ after }) => rolloutIn(after) === rollout.number).toSorted((a, b) => a.number - b.number);
  const known = own.length === rollout.evidence.length;
  return rollout.evidence
    .map((one, index): Deed => {
      const caller = known ? own[index]?.caller : undefined;
      return {
        key: String(index),
        at_ms: one.at_ms,
        title: deedTitle(rollout, one),
        detail: one.text,
        who: caller === undefined ? '' : caller.kind === 'job' ? happened.itself : happened.by(caller.name),
      };
    })
    .toReversed();
}

function deedTitle({ number, plan, version, displaced }: Rollout, { decision, share: part, step }: StepEvidence): string {
  switch (decision) {
    case 'start':
      return happened.start(number, share(part));
    case 'wait':
      return happened.wait(share(part));
    case 'next':
      return happened.next(share(plan.steps[step + 1] ?? 1));
    case 'promote':
      return happened.promote(version);
    case 'roll back':
      return happened['roll back'](displaced === null ? happened.nothing : words.common.version(displaced));
    case 'supersede':
      return happened.supersede;
  }
}

function rolloutIn(after: unknown): unknown {
  return typeof after === 'object' && after !== null && 'rollout' in after ? after.rollout : undefined;
}
