import { duration } from '../../design/numbers.ts';
import type { StatusKind } from '../../design/status.tsx';
import { words } from '../../words/index.ts';
import type { Detail } from './pipelines-api.ts';
import { stateOf, stepKinds, tookOf } from './steps.ts';

/** A step on the time of its execution; `from` and `to` are shares of it, null before the step began. */
export interface TimeBar {
  readonly name: string;
  readonly kind: StatusKind;
  readonly span: { readonly from: number; readonly to: number } | null;
  readonly text: string;
}

/** Thin enough to be honest, wide enough to be seen. */
const least = 0.012;

export function timeBars({ execution, steps }: Detail, now_ms: number): TimeBar[] {
  const end_ms = execution.ended_at_ms ?? now_ms;
  const whole_ms = Math.max(1, end_ms - execution.created_at_ms);
  const at = (time_ms: number) => Math.min(1 - least, Math.max(0, (time_ms - execution.created_at_ms) / whole_ms));
  return steps.map((step) => {
    const state = stateOf(step, execution);
    const took = tookOf(step, execution, now_ms);
    const from = step.started_at_ms === null || state === 'waiting' ? null : at(step.started_at_ms);
    const told = took === null ? words.pipelines.stepStates[state] : duration(took);
    return {
      name: step.name,
      kind: stepKinds[state],
      span: from === null ? null : { from, to: Math.min(1, Math.max(from + least, from + (took ?? 0) / whole_ms)) },
      text: [
        told,
        step.attempts > 1 ? words.pipelines.attempt(step.attempts) : '',
        state === 'failed' ? words.pipelines.stepStates.failed : '',
      ]
        .filter(Boolean)
        .join(', '),
    };
  });
}
