import { useState } from 'react';
import { Card } from '../card.tsx';
import { ManyLines } from '../many-lines.tsx';
import type { ManyLine } from '../many-lines-props.ts';
import { metric } from '../numbers.ts';
import { chance, hardNames, learning, range } from './made.ts';

const steps = range(300);

/** Rising curves; some end early, one has a gap of NaN, one a spike, one goes to infinity, one has a single point. */
const lines = range(400).map((seed): ManyLine => {
  const ends = seed % 7 === 0 ? 150 : steps.length;
  const bucket = seed === 4 ? [200] : steps.slice(0, ends);
  const mean = learning(steps.length, seed).map((value, step) => {
    const reached = value - 0.4 * chance(seed, 5);
    if (seed === 1 && step > 100 && step < 140) return Number.NaN;
    return seed === 2 && step === 220 ? 1.2 : seed === 3 && step > 250 ? Number.POSITIVE_INFINITY : reached;
  });
  const values = (wide: number) => Float64Array.from(bucket, (step) => (mean[step] ?? 0) + wide * (0.5 + chance(step, seed)));
  return { key: String(seed), name: hardNames[seed] ?? `run-${seed}`, bucket, low: values(-0.005), high: values(0.005), mean: values(0) };
});
const none: readonly ManyLine[] = [];

/** Hundreds of lines over each other, two of them chosen; and none. */
export function AllManyLines() {
  const [chosen, setChosen] = useState(1);
  const [said, setSaid] = useState('press one to choose it');
  return (
    <Card title="Hundreds of lines over each other" note={said}>
      <ManyLines
        label="auc of 400 runs from step 0 to 299"
        lines={lines}
        buckets={{ from: 0, to: 299, size: 1 }}
        strong={
          new Map([
            [String(chosen), 'c1'],
            ['2', 'c2'],
          ])
        }
        hint="Point to read one"
        read={({ line, at }) => `${metric(line.mean[at])}, step ${line.bucket[at]}`}
        onChoose={(key) => setChosen(Number(key))}
        onZoom={(from, to) => setSaid(`zoomed to ${from} and ${to}`)}
        onBack={() => setSaid('back')}
      />
      <ManyLines
        label="no curve yet"
        lines={none}
        buckets={{ from: 0, to: 0, size: 1 }}
        strong={new Map()}
        hint="Nothing to point to"
        read={() => ''}
        onChoose={() => undefined}
        onZoom={() => undefined}
        onBack={() => undefined}
        height={80}
      />
    </Card>
  );
}
