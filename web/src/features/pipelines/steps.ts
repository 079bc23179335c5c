import { duration } from '../../design/numbers.ts';
import type { StatusKind } from '../../design/status.tsx';
import { words } from '../../words/index.ts';
import { isLive } from './live.ts';
import type { Definition, Execution, Step, StepDefinition } from './pipelines-api.ts';

/** Tables that a step leaves, by the names that other steps use. */
export function leavesOf(name: string, step: StepDefinition): readonly string[] {
  if (step.kind === 'sql') return step.out.length > 0 ? step.out : [name];
  return step.kind === 'run' ? step.out : [];
}

/** Tables that a step reads. */
export function readsOf(step: StepDefinition, inputs: readonly string[]): readonly string[] {
  if (step.kind === 'sql') return step.from.length > 0 ? step.from : inputs;
  if (step.kind === 'run') return step.from;
  return [step.kind === 'fit' ? step.from : step.on];
}

/** Which step made each table. */
export function makersOf({ steps }: Definition): ReadonlyMap<string, string> {
  return new Map(Object.entries(steps).flatMap(([name, step]) => leavesOf(name, step).map((table) => [table, name] as const)));
}

/** The steps that end before a step begins: those it names, those that make its tables, the one that fits its model. */
export function stepsBefore(definition: Definition, name: string): readonly string[] {
  const step = definition.steps[name];
  if (!step) return [];
  const makers = makersOf(definition);
  const before = new Set(step.needs);
  for (const table of readsOf(step, definition.inputs)) {
    const maker = makers.get(table);
    if (maker !== undefined) before.add(maker);
  }
  if (step.kind === 'evaluate') before.add(step.model);
  before.delete(name);
  return [...before];
}

/** Steps with each after all that it needs; a circle, which no server takes, is left as it is written. */
export function inOrder(definition: Definition): readonly string[] {
  const left = new Set(Object.keys(definition.steps));
  const order: string[] = [];
  while (left.size > 0) {
    const ready = [...left].find((name) => stepsBefore(definition, name).every((before) => !left.has(before)));
    const next = ready ?? [...left][0] ?? '';
    left.delete(next);
    order.push(next);
  }
  return order;
}

/** Datasets that a step reads as they are. */
export function inputsOf(definition: Definition, name: string): readonly string[] {
  const step = definition.steps[name];
  const makers = makersOf(definition);
  return step ? readsOf(step, definition.inputs).filter((table) => definition.inputs.includes(table) && !makers.has(table)) : [];
}

export type StepStateName = keyof typeof words.pipelines.stepStates;

export function stateOf(step: Step, execution: Pick<Execution, 'state'>): StepStateName {
  if (step.state === 'succeeded' && step.cache?.hit) return 'cached';
  return (step.state === 'waiting' || step.state === 'running') && !isLive(execution) ? 'notRun' : step.state;
}

export const stepKinds: Readonly<Record<StepStateName, StatusKind>> = {
  waiting: 'neutral',
  running: 'running',
  succeeded: 'good',
  failed: 'bad',
  skipped: 'neutral',
  cached: 'neutral',
  notRun: 'neutral',
};

/** How long a step took, or has taken by now; null before it began, and where nothing was done. */
export function tookOf(step: Step, execution: Pick<Execution, 'state' | 'ended_at_ms'>, now_ms: number): number | null {
  const state = stateOf(step, execution);
  if (step.started_at_ms === null || state === 'waiting' || state === 'cached') return null;
  const end_ms = step.ended_at_ms ?? (state === 'running' ? now_ms : execution.ended_at_ms);
  return end_ms === null ? null : Math.max(0, end_ms - step.started_at_ms);
}

/** State, time and attempt of a step in a few words. */
export function lineOf(step: Step, execution: Pick<Execution, 'state' | 'ended_at_ms'>, now_ms: number): string {
  const state = stateOf(step, execution);
  const took = tookOf(step, execution, now_ms);
  const { stepStates, took: written, attempt } = words.pipelines;
  const first = took === null ? stepStates[state] : written(stepStates[state], duration(took));
  return step.attempts > 1 ? `${first}, ${attempt(step.attempts)}` : first;
}

/** The step that a page opens on: the first that failed, else the one that runs, else the last that began. */
export function stepToOpen(steps: readonly Step[]): string | undefined {
  const one =
    steps.find(({ state }) => state === 'failed') ??
    steps.find(({ state }) => state === 'running') ??
    steps.findLast(({ started_at_ms }) => started_at_ms !== null) ??
    steps[0];
  return one?.name;
}

/** How many steps stand how, in the order in which a legend tells it. */
export function tally(
  steps: readonly Step[],
  execution: Pick<Execution, 'state'>,
): { readonly state: StepStateName; readonly amount: number }[] {
  const order: readonly StepStateName[] = ['failed', 'succeeded', 'running', 'cached', 'waiting', 'skipped', 'notRun'];
  const states = steps.map((step) => stateOf(step, execution));
  return order.flatMap((state) => {
    const amount = states.filter((one) => one === state).length;
    return amount > 0 ? [{ state, amount }] : [];
  });
}
