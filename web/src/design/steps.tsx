import { IconArrowBackUp, IconCheck, IconMinus, IconProgress } from '@tabler/icons-react';
import styles from './steps.module.css';

export type StepState = 'done' | 'now' | 'ahead' | 'back' | 'left out';

export interface Step {
  readonly key: string;
  readonly state: StepState;
  readonly title: string;
  /** Short facts below the title: how long, since when. */
  readonly lines: readonly string[];
}

const icons = { done: IconCheck, now: IconProgress, ahead: null, back: IconArrowBackUp, 'left out': IconMinus } as const;

/** Steps in a row, joined by a line as far as they are done; below each other where there is no room. */
export function Steps(props: {
  readonly label: string;
  readonly steps: readonly Step[];
  /** The state as a word, for who does not see the mark. */
  readonly say: Readonly<Record<StepState, string>>;
}) {
  return (
    <ol className={styles['steps']} aria-label={props.label}>
      {props.steps.map(({ key, state, title, lines }) => {
        const Icon = icons[state];
        return (
          <li key={key} className={styles[state === 'left out' ? 'out' : state]} {...(state === 'now' ? { 'aria-current': 'step' } : {})}>
            <span className={styles['mark']} role="img" aria-label={props.say[state]}>
              {Icon && <Icon size={14} stroke={2.4} aria-hidden />}
            </span>
            <b>{title}</b>
            {lines.map((line) => (
              <span key={line} className="small second number">
                {line}
              </span>
            ))}
          </li>
        );
      })}
    </ol>
  );
}
