import { Button } from '@mantine/core';
import { Card } from '../card.tsx';
import { CopyLine } from '../copy-line.tsx';
import { Facts, Figure } from '../facts.tsx';
import { age, bytes, change, count, duration, metric, share } from '../numbers.ts';
import { Said } from '../said.tsx';
import { Mark, Status, type StatusKind } from '../status.tsx';
import { Age, Moment } from '../time.tsx';
import styles from './design.module.css';

/** The words that each state may be said with. */
const said: Readonly<Record<StatusKind, readonly string[]>> = {
  good: ['Done', 'Healthy', 'Holds', 'Pass', 'Fresh', 'Normal'],
  running: ['Running', 'Rolling out', 'Step 3'],
  warn: ['Look', 'Close', 'Watch', 'Slower'],
  bad: ['Failed', 'Stopped', 'Past limit'],
  human: ['Waits for you', 'Second person needed', 'Something new'],
  neutral: ['Waits', 'Armed', 'No data', 'Retired'],
};

const written: readonly (readonly [string, (value: number | null) => string, readonly (number | null)[]])[] = [
  ['count', count, [0, 12, 57_127, null]],
  ['metric', metric, [0.77244321, -0.03279, 54_892, 1.2e-7, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, null]],
  ['change', change, [0.012, -0.0048, 0]],
  ['share', share, [0.046, 0.0002, 1]],
  ['bytes', bytes, [0, 46_600, 2_147_483_648]],
  ['duration', duration, [38, 400, 147_000, 18_180_000, -5000]],
  ['age', age, [4000, 720_000, 259_200_000]],
];

const moment_ms = Date.UTC(2026, 10, 21, 14, 2);

/** Status words, marks, figures, times, buttons, lines to copy. */
export function AllWords() {
  return (
    <Card title="Words and figures" note="one icon, one word, one colour for each state">
      {Object.entries(said).map(([kind, texts]) => (
        <div key={kind} className={styles['row']}>
          {texts.map((text) => (
            <Status key={text} kind={kind as StatusKind}>
              {text}
            </Status>
          ))}
        </div>
      ))}
      <div className={styles['row']}>
        <Mark>12 runs</Mark>
        <Mark accent>champion</Mark>
        <Figure value="11 / 12" unit="pass" />
        <Figure value="412" unit="predictions / s" />
        <Moment at_ms={moment_ms} />
        <Moment at_ms={null} />
        <Age since_ms={moment_ms} />
        <span>
          <Said text="Version 18 takes over at **25 %** of traffic." />
        </span>
      </div>
      <div className={styles['row']}>
        <Button>Deploy v18</Button>
        <Button variant="default">Compare</Button>
        <Button color="human">Review</Button>
        <Button color="bad">Go back to v17 now</Button>
        <Button variant="subtle">Table</Button>
        <Button disabled>Register</Button>
        <Button loading>Start</Button>
      </div>
      <div className={styles['row']}>
        <Facts facts={written.map(([name, write, values]) => [name, values.map(write).join(', ')])} />
      </div>
      <div className={styles['row']}>
        <CopyLine line="slipway apply --server http://127.0.0.1:7575" label="apply" />
      </div>
    </Card>
  );
}
