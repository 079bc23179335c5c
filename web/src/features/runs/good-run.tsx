import { Button } from '@mantine/core';
import { memo } from 'react';
import { Card } from '../../design/card.tsx';
import { count } from '../../design/numbers.ts';
import { Parallel } from '../../design/parallel.tsx';
import { ParallelFields } from '../../design/parallel-fields.tsx';
import { type Axis, drawnOf } from '../../design/parallel-scale.ts';
import { Part } from '../../design/state.tsx';
import { words } from '../../words/index.ts';
import { filterOfBrush, type readBrush, titleOf, writeBrush } from './run-columns.ts';
import type { Columns } from './runs-api.ts';
import type { Brushed } from './use-brushed.ts';

export interface GoodRunProps {
  readonly brushed: Brushed;
  /** The filter as the reader typed it. */
  readonly typed: string;
  readonly columns: Columns;
  /** Which axes are logarithmic, as the address has it. */
  readonly log: string;
  /** px; default that of the picture. */
  readonly height?: number | undefined;
  readonly onView: (change: { readonly [field in 'axes' | 'log' | 'f']?: string } & { readonly brush?: readonly string[] }) => void;
}

const densityFrom = 5000;

/** Settings and the metric side by side for every run that the filter keeps; what is outside the brush stays, in grey. */
export const GoodRun = memo(function GoodRun({ brushed, typed, columns, log, height = 210, onView }: GoodRunProps) {
  const { asked, axes, brush, keys, inside } = brushed;
  if (keys.length < 2) return null;
  const setBrush = (key: string, range: { readonly from: number; readonly to: number } | null) => {
    const next = new Map(brush);
    if (range) next.set(key, range);
    else next.delete(key);
    onView({ brush: writeBrush(next) });
  };
  const drawn = drawnOf(axes);
  const all = axes[0]?.values.length ?? 0;
  const notes = [
    inside ? words.runs.inBrush(count(inside.size)) : words.runs.dragOnAxis,
    ...(drawn.length > densityFrom ? [words.runs.density(count(drawn.length))] : []),
    ...(drawn.length < all ? [words.runs.withoutValue(count(all - drawn.length))] : []),
  ];
  const shown = axes.map(({ key }) => key);
  return (
    <Card
      title={words.runs.good}
      note={notes.join('; ')}
      action={
        <>
          {inside && (
            <Button size="compact-xs" variant="subtle" onClick={() => onView({ f: filterOfBrush(typed, numeric(brush, axes)), brush: [] })}>
              {words.runs.keepOnly}
            </Button>
          )}
          <ParallelFields
            axes={axes}
            onBrush={setBrush}
            onLog={(key, isLog) => onView({ log: flippedLog(log, key, isLog) })}
            onMove={(key, by) => onView({ axes: movedAxes(shown, key, by).join(',') })}
            onAway={(key) => onView({ axes: shown.filter((one) => one !== key).join(',') })}
            more={columns.items
              .filter(({ name, differs }) => differs && !shown.includes(name) && !name.startsWith('tags.'))
              .map(({ name }) => ({ key: name, title: titleOf(name) }))}
            onAdd={(key) => key !== '' && onView({ axes: [...shown, key].join(',') })}
          />
        </>
      }
    >
      <Part of={asked} height={height}>
        {() =>
          axes.length > 1 && (
            <Parallel
              label={words.runs.parallelLabel(
                count(drawn.length),
                count(inside?.size ?? drawn.length),
                axes.map(({ title }) => title).join(', '),
              )}
              axes={axes}
              onBrush={setBrush}
              height={height}
            />
          )
        }
      </Part>
    </Card>
  );
});

/** Brushes on numbers; a choice has no limits that a filter could name. */
function numeric(brush: ReturnType<typeof readBrush>, axes: readonly Axis[]): ReturnType<typeof readBrush> {
  return new Map([...brush].filter(([key]) => axes.some((axis) => axis.key === key && axis.choices === undefined)));
}

function movedAxes(keys: readonly string[], key: string, by: number): string[] {
  const at = keys.indexOf(key);
  const next = keys.filter((one) => one !== key);
  next.splice(at + by, 0, key);
  return next;
}

/** `!key` where a logarithm that would be usual is not wanted. */
function flippedLog(text: string, key: string, log: boolean): string {
  return [...text.split(',').filter((one) => one !== '' && one !== key && one !== `!${key}`), log ? key : `!${key}`].join(',');
}
