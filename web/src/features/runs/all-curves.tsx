import { Button } from '@mantine/core';
import { type ReactNode, useCallback, useMemo } from 'react';
import { Card } from '../../design/card.tsx';
import { ManyLines } from '../../design/many-lines.tsx';
import type { Hit, StrongColor } from '../../design/many-lines-props.ts';
import { count, metric as written } from '../../design/numbers.ts';
import { Problem } from '../../design/state.tsx';
import { words } from '../../words/index.ts';
import { curvesLimit, type Drawn } from './many-curves.ts';
import styles from './runs.module.css';
import { useManyCurves } from './use-many-curves.ts';

const colors: readonly StrongColor[] = ['c1', 'c2', 'c3', 'c4', 'c5', 'c6'];

export interface AllCurvesProps {
  readonly project: string;
  readonly metric: string;
  /** In the order of the table, all that the filter keeps; the first of them are drawn. */
  readonly numbers: readonly number[];
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (selected: ReadonlySet<string>) => void;
  /** `from~to`; all where it is empty. */
  readonly steps: string;
  readonly onSteps: (steps: string) => void;
  /** What chooses between these curves and a few, and the metric. */
  readonly action: ReactNode;
}

/** A metric of every run that the filter keeps, over its steps: thin and over each other, the selected ones strong. */
export function AllCurves({ project, metric, numbers, selected, onSelect, steps, onSteps, action }: AllCurvesProps) {
  const first = useMemo(() => numbers.slice(0, curvesLimit), [numbers]);
  const range = stepsOf(steps);
  const { drawn, buckets, isWhole, error, again } = useManyCurves({ project, metric, numbers: first, steps: range });
  const strong = useMemo(() => new Map([...selected].slice(0, colors.length).map((run, at) => [run, colors[at] ?? 'c1'])), [selected]);
  const read = useCallback((hit: Hit) => (buckets ? readingOf(hit, buckets) : ''), [buckets]);
  const choose = useCallback(
    (run: string) => onSelect(selected.has(run) ? new Set([...selected].filter((one) => one !== run)) : new Set([...selected, run])),
    [selected, onSelect],
  );
  const zoom = useCallback((from: number, to: number) => onSteps(`${from}~${to}`), [onSteps]);
  const back = useCallback(() => onSteps(''), [onSteps]);
  const whole = range !== null && (
    <Button size="compact-xs" variant="subtle" onClick={back}>
      {words.runs.wholeRange}
    </Button>
  );
  return (
    <Card title={words.runs.byStep(metric)} action={action}>
      {error && <Problem error={error} again={again} />}
      {drawn && buckets && drawn.lines.length > 0 ? (
        <>
          <ManyLines
            label={words.runs.manyLabel(metric, count(drawn.lines.length), count(buckets.from), count(buckets.to), count(drawn.points))}
            lines={drawn.lines}
            buckets={buckets}
            strong={strong}
            hint={words.runs.manyHint}
            read={read}
            onChoose={choose}
            onZoom={zoom}
            onBack={back}
          />
          <div className={styles['steps']}>
            <StepFields key={`${buckets.from} ${buckets.to}`} from={buckets.from} to={buckets.to} onSteps={onSteps} />
            {whole}
            <span>{noteOf(drawn, first.length, numbers.length)}</span>
          </div>
        </>
      ) : (
        <p className={`muted ${styles['noCurves']}`}>
          {isWhole && first.length > 0 && words.runs.noCurves(metric)} {isWhole && whole}
        </p>
      )}
    </Card>
  );
}

function stepsOf(text: string): { readonly from: number; readonly to: number } | null {
  const [from, to] = text.split('~').map(Number);
  return from !== undefined && to !== undefined && Number.isSafeInteger(from) && Number.isSafeInteger(to) && to > from
    ? { from, to }
    : null;
}

/** How much of it is there, and what is left out. */
function noteOf({ read, points, without, not_numbers }: Drawn, asked: number, all: number): string {
  return [
    read < asked ? words.runs.curvesRead(count(read), count(asked)) : words.runs.everyPoint(count(points)),
    ...(all > asked ? [words.runs.firstOf(count(asked), count(all))] : []),
    ...(without > 0 && read === asked ? [words.runs.withoutCurve(count(without))] : []),
    ...(not_numbers > 0 ? [words.runs.notNumbers(count(not_numbers))] : []),
  ].join('; ');
}

function readingOf({ line, at }: Hit, { from, to, size }: { readonly from: number; readonly to: number; readonly size: number }): string {
  const [low, high, mean] = [line.low[at], line.high[at], line.mean[at]];
  const start = from + (line.bucket[at] ?? 0) * size;
  const end = Math.min(to, start + size - 1);
  const place = end > start ? words.runs.atSteps(count(start), count(end)) : words.runs.stepOf(count(start));
  return low === high ? words.runs.reads(written(mean), place) : words.runs.readsBetween(written(mean), written(low), written(high), place);
}

interface StepFieldsProps {
  readonly from: number;
  readonly to: number;
  readonly onSteps: (steps: string) => void;
}

/** The same as dragging, for keys and for exact steps. */
function StepFields({ from, to, onSteps }: StepFieldsProps) {
  const set = (change: { readonly from?: number; readonly to?: number }) => {
    const next = { from, to, ...change };
    const isOther = next.from !== from || next.to !== to;
    if (isOther && Number.isSafeInteger(next.from) && next.to > next.from) onSteps(`${next.from}~${next.to}`);
  };
  const ends = [
    ['from', from, words.runs.firstStep],
    ['to', to, words.runs.lastStep],
  ] as const;
  return (
    <>
      <span aria-hidden="true">{words.runs.steps}</span>
      {ends.map(([end, value, label]) => (
        <input
          key={end}
          inputMode="numeric"
          aria-label={label}
          defaultValue={value}
          onBlur={(event) => set({ [end]: Number(event.currentTarget.value) })}
          onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
        />
      ))}
    </>
  );
}
