import { Kbd, NativeSelect } from '@mantine/core';
import { Log } from '../../design/log.tsx';
import type { LogView } from '../../design/log-props.ts';
import { firstError } from '../../design/log-text.ts';
import { duration } from '../../design/numbers.ts';
import { Problem } from '../../design/state.tsx';
import { words } from '../../words/index.ts';
import styles from './pipelines.module.css';
import type { Execution, Step } from './pipelines-api.ts';
import { lineOf, stateOf } from './steps.ts';
import { useStepLog } from './use-step-log.ts';

interface View {
  readonly attempt: number;
  readonly line: number;
  readonly find: string;
  /** Empty: as long as the step runs. */
  readonly follow: string;
}

export interface StepLogProps {
  readonly project: string;
  readonly execution: Execution;
  readonly step: Step;
  readonly now_ms: number;
  readonly view: View;
  readonly onView: (change: Partial<View>, how?: { readonly replace: boolean }) => void;
}

const said = words.pipelines.execution;

/** What the chosen step printed; a failed one opens at its first error. */
export function StepLogCard({ project, execution, step, now_ms, view, onView }: StepLogProps) {
  const attempt = view.attempt > 0 && view.attempt <= step.attempts ? view.attempt : step.attempts;
  const state = stateOf(step, execution);
  const live = state === 'running' && attempt === step.attempts;
  const log = useStepLog({ project, execution: execution.id, step: step.name, attempt, live, problem: step.error });
  const follow = view.follow === '' ? live : view.follow === 'on';
  const opens = state === 'failed' && view.line === 0 && view.follow === '' ? firstError(log.lines) : view.line;
  const change = ({ follow: on, ...rest }: Partial<LogView>, how?: { readonly replace: boolean }) =>
    onView({ ...rest, ...(on === undefined ? {} : { follow: on ? 'on' : 'off' }) }, how);
  if (log.error) return <Problem error={log.error} />;
  return (
    <Log
      title={step.name}
      note={
        <span className={styles['note']}>
          {[lineOf(step, execution, now_ms), step.cpu_ms > 0 ? `${words.pipelines.columns.cpu} ${duration(step.cpu_ms)}` : '']
            .filter(Boolean)
            .join(', ')}
          {step.attempts > 1 && (
            <NativeSelect
              size="xs"
              aria-label={said.chooseAttempt}
              value={String(attempt)}
              onChange={({ currentTarget }) => onView({ attempt: Number(currentTarget.value), line: 0 })}
              data={Array.from({ length: step.attempts }, (_, index) => ({
                value: String(index + 1),
                label: words.pipelines.attempt(index + 1),
              }))}
            />
          )}
        </span>
      }
      lines={log.lines}
      live={live || (!log.ended && attempt > 0)}
      view={{ find: view.find, line: opens, follow }}
      onView={change}
      empty={said.noLog}
      fileName={`${execution.pipeline}-${execution.number}-${step.name}-${attempt}.log`}
      keys={
        <span>
          <Kbd>[</Kbd> <Kbd>]</Kbd> {said.stepKey}
        </span>
      }
    />
  );
}
