import { duration } from '../../design/numbers.ts';
import type { StatusKind } from '../../design/status.tsx';
import { words } from '../../words/index.ts';
import type { AuditEvent } from '../audit/audit-api.ts';
import type { Decision, Policy } from '../automations/automations-api.ts';
import { isLive } from './live.ts';
import type { Detail, Execution, Pipeline } from './pipelines-api.ts';
import { stateOf } from './steps.ts';

const { list, starts, startedBy, page, execution: words_ } = words.pipelines;
const said = words_.sentence;

export const executionKinds: Readonly<Record<Execution['state'], StatusKind>> = {
  waiting: 'neutral',
  running: 'running',
  succeeded: 'good',
  failed: 'bad',
  cancelled: 'warn',
};

/** The newest execution of each pipeline; newest first comes in. */
export function newestOf(executions: readonly Execution[]): ReadonlyMap<string, Execution> {
  return new Map(executions.toReversed().map((execution) => [execution.pipeline, execution]));
}

export function listSentence(pipelines: readonly Pipeline[], executions: readonly Execution[]): string {
  if (pipelines.length === 0) return list.none;
  const newest = [...newestOf(executions).values()];
  return list.sentence(pipelines.length, newest.filter(isLive).length, newest.filter(({ state }) => state === 'failed').length);
}

export function pipelineSentence({ definition }: Pipeline, newest: Execution | undefined): string {
  const amount = Object.keys(definition.steps).length;
  const inputs = definition.inputs.join(', ') || page.noInputs;
  const makes = definition.register === undefined ? page.works(inputs, amount) : page.makes(definition.register, inputs, amount);
  if (!newest) return `${makes} ${page.never}`;
  return `${makes} ${isLive(newest) ? page.runs(newest.number) : page.ended(newest.number, page.ends[newest.state])}`;
}

/** What starts a pipeline by itself, in words; empty when only people do. */
export function selfStarts(pipeline: string, policies: readonly Policy[]): string[] {
  return policies
    .filter(({ definition, retired }) => !retired && definition.pipeline === pipeline)
    .map(({ name, definition }) => {
      const when = definition.when.map((trigger) => (trigger.kind === 'age' ? starts.age(duration(trigger.age_ms)) : starts[trigger.kind]));
      return starts.policy(name, when.join(starts.or));
    });
}

/** Who or what started an execution, from the event that did and the decision that caused it. */
export function starterOf(
  execution: Execution,
  events: readonly AuditEvent[],
  decisions: readonly Decision[],
  executions: readonly Execution[],
): string {
  const event = events.find(({ number }) => number === execution.started_event);
  if (!event) return startedBy.unknown;
  const decision = event.cause === null ? undefined : decisions.find((one) => one.event === event.cause);
  if (decision) return startedBy.policy(decision.policy, decision.reason);
  if (execution.rerun_of !== null) return startedBy.rerun(numberOf(execution.rerun_of, executions), event.caller.name);
  return event.caller.kind === 'job' ? event.caller.name : startedBy.person(event.caller.name);
}

export function numberOf(id: string, executions: readonly Execution[]): string {
  const found = executions.find((one) => one.id === id);
  return found ? words.pipelines.number(found.number) : startedBy.earlier;
}

/** Where an execution is, or how it came out, in a sentence or two. */
export function executionSentence({ execution, steps }: Detail, executions: readonly Execution[]): string {
  const states = steps.map((step) => stateOf(step, execution));
  const done = states.filter((state) => state === 'succeeded' || state === 'cached' || state === 'skipped').length;
  switch (execution.state) {
    case 'waiting':
      return said.waiting;
    case 'running': {
      const running = steps.find(({ state }) => state === 'running');
      return running ? said.running(running.name, done, steps.length) : said.freezing;
    }
    case 'failed':
      return execution.error ?? said.failed;
    case 'cancelled':
      return said.stopped(done, steps.length);
    case 'succeeded': {
      const reused = states.filter((state) => state === 'cached').length;
      const parts = [said.done(steps.length), outcomeOf(execution, executions), reused > 0 ? said.reused(reused, steps.length) : ''];
      return parts.filter(Boolean).join(' ');
    }
  }
}

function outcomeOf({ rerun_of, verified, model, version }: Execution, executions: readonly Execution[]): string {
  if (rerun_of !== null) return (verified ? said.same : said.other)(numberOf(rerun_of, executions));
  return model !== null && version !== null ? said.made(model, version) : '';
}

/** How long it took, or has taken by now. */
export function tookOf({ created_at_ms, ended_at_ms }: Execution, now_ms: number): number {
  return Math.max(0, (ended_at_ms ?? now_ms) - created_at_ms);
}

/** The execution before this one of the same pipeline that ended well: what its steps are compared with. Newest first comes in. */
export function beforeOf(execution: Execution, executions: readonly Execution[]): Execution | undefined {
  return executions.find(
    ({ pipeline, number, state }) => pipeline === execution.pipeline && number < execution.number && state === 'succeeded',
  );
}
