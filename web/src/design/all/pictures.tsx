import type { ReactNode } from 'react';
import { useState } from 'react';
import { Card } from '../card.tsx';
import { Heat, type HeatLevel } from '../heat.tsx';
import { Histogram } from '../histogram.tsx';
import { count, metric } from '../numbers.ts';
import { Bars, Interval, Meter, Spark, Strip, Traffic } from '../pictures.tsx';
import styles from './design.module.css';
import { chance, hardNames, learning, range } from './made.ts';

const rising = learning(30, 1);
const gaps = rising.map((value, index) => (index > 9 && index < 16 ? null : value));
const kinds = ['good', 'good', 'warn', 'bad', 'human', 'off', 'none'] as const;
const edges = range(21).map((edge) => edge / 20);

/** Small pictures in SVG: each says in its name what it shows. */
export function AllPictures() {
  return (
    <Card title="Small pictures" note="plain SVG; a gap is a gap">
      <div className={styles['boxes']}>
        <Sample title="Line with a limit">
          <Spark label="0.9, limit 0.8" values={rising} limit={0.8} />
        </Sample>
        <Sample title="Line with a gap">
          <Spark label="0.9, nothing known for 6 days" values={gaps} color="warn" />
        </Sample>
        <Sample title="Line of one point, and of none">
          <Spark label="0.7 once" values={[0.7]} color="bad" />
          <Spark label="nothing known" values={[null, null]} />
        </Sample>
        <Sample title="Bars">
          <Bars label="14 versions" values={range(14).map((index) => 40 + 60 * chance(index))} />
        </Sample>
        <Sample title="Strip">
          <Strip label="7 windows" cells={kinds.map((kind, index) => ({ key: String(index), kind, title: kind }))} />
        </Sample>
        <Sample title="Interval">
          <Interval label="0.61, from 0.52 to 0.7" low={0.52} value={0.61} high={0.7} from={0.4} to={0.9} limit={0.55} reference={0.74} />
        </Sample>
        <Sample title="Meter">
          <Meter label="34 %, usual 52 %" share={0.34} usual={0.52} />
          <Meter label="71 %" share={0.71} color="good" />
          <Meter label="98 %" share={0.98} color="bad" />
        </Sample>
        <Sample title="Traffic">
          <Traffic
            label="v17 75 %, v18 25 %"
            parts={[
              { key: 'v17', name: 'v17', share: 0.75, newcomer: false },
              { key: 'v18', name: 'v18', share: 0.25, newcomer: true },
            ]}
          />
        </Sample>
        <Sample title="Histogram">
          <Histogram
            label="0 to 1, median 0.4"
            edges={edges}
            counts={range(20).map((bar) => Math.round(1000 * Math.exp(-((bar - 8) ** 2) / 30)))}
            write={metric}
            sayBar={(from, to, amount) => `${from} to ${to}: ${count(amount)}`}
            median={0.4}
          />
        </Sample>
      </div>
      <Moved />
    </Card>
  );
}

function Sample({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div>
      <h3>{title}</h3>
      {children}
    </div>
  );
}

const levels: readonly HeatLevel[] = ['still', 'still', 'still', 'near', 'past', 'none'];
const days = range(24).map((day) => `${day + 1} Nov`);

function Moved() {
  const [chosen, setChosen] = useState<string>(hardNames[0]);
  return (
    <div style={{ marginTop: 16 }}>
      <Heat
        label="How far columns moved, by day"
        heads={days}
        rows={hardNames.map((name, row) => ({
          name,
          cells: days.map((day, at) => {
            const level = levels[Math.floor(chance(row, at) * levels.length)] ?? 'none';
            return { level, title: `${day}: ${level}` };
          }),
        }))}
        chosen={chosen}
        chooseLabel={(name) => `Show ${name}`}
        onChoose={setChosen}
        levels={{ none: 'not known', still: 'as before', near: 'near its limit', past: 'past its limit' }}
      />
    </div>
  );
}
