import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { memo, useMemo } from 'react';
import { Card } from '../../design/card.tsx';
import { count } from '../../design/numbers.ts';
import { Parallel } from '../../design/parallel.tsx';
import { ParallelFields } from '../../design/parallel-fields.tsx';
import { type Axis, choicesOf, drawnOf, insideOf, wantsLog } from '../../design/parallel-scale.ts';
import { Part } from '../../design/state.tsx';
import { words } from '../../words/index.ts';
import { chosenParams, factsOf, filterOfBrush, numberOf, readBrush, titleOf, writeBrush } from './run-columns.ts';
import { allCellsQuery, type Cell, type Columns, type RunScope } from './runs-api.ts';

interface AxesView {
  readonly axes: string;
  readonly brush: readonly string[];
  readonly log: string;
}

export interface GoodRunProps {
  readonly project: string;
  readonly scope: RunScope;
  readonly filter: string;
  /** The filter as the reader typed it. */
  readonly typed: string;
  readonly columns: Columns;
  readonly metric: { readonly key: string };
  readonly view: AxesView;
  readonly onView: (change: Partial<AxesView> & { readonly f?: string }) => void;
}

const settingsOnAxes = 5;
const choicesLimit = 12;
const densityFrom = 5000;

/** Settings and the metric side by side for every run that the filter keeps. */
export const GoodRun = memo(function GoodRun({ project, scope, filter, typed, columns, metric, view, onView }: GoodRunProps) {
  const keys = useMemo(() => {
    if (view.axes !== '') return view.axes.split(',');
    const differing = columns.items.filter(({ differs }) => differs);
    return [...chosenParams({ ...columns, items: differing }, settingsOnAxes), metric.key];
  }, [view.axes, columns, metric.key]);
  const asked = useQuery(allCellsQuery(project, scope, filter, keys));
  const brush = useMemo(() => readBrush(view.brush), [view.brush]);
  const axes = useMemo(() => (asked.data ? axesOf(keys, asked.data.columns, view.log, brush) : []), [asked.data, keys, view.log, brush]);
  if (keys.length < 2) return null;
  const setBrush = (key: string, range: { readonly from: number; readonly to: number } | null) => {
    const next = new Map(brush);
    if (range) next.set(key, range);
    else next.delete(key);
    onView({ brush: writeBrush(next) });
  };
  const drawn = drawnOf(axes);
  const all = axes[0]?.values.length ?? 0;
  const isBrushed = axes.some(({ brush }) => brush);
  const inside = insideOf(axes).filter(Boolean).length;
  const notes = [
    isBrushed ? words.runs.inBrush(count(inside)) : words.runs.dragOnAxis,
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
          {isBrushed && (
            <Button size="compact-xs" variant="subtle" onClick={() => onView({ f: filterOfBrush(typed, numeric(brush, axes)), brush: [] })}>
              {words.runs.keepOnly}
            </Button>
          )}
          <ParallelFields
            axes={axes}
            onBrush={setBrush}
            onLog={(key, log) => onView({ log: flippedLog(view.log, key, log) })}
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
      <Part of={asked} height={210}>
        {() =>
          axes.length > 1 && (
            <Parallel
              label={words.runs.parallelLabel(count(drawn.length), count(inside), axes.map(({ title }) => title).join(', '))}
              axes={axes}
              onBrush={setBrush}
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

function axesOf(
  keys: readonly string[],
  columns: Readonly<Record<string, Cell[]>>,
  log: string,
  brush: ReturnType<typeof readBrush>,
): Axis[] {
  const logs = log.split(',');
  return keys.flatMap((key) => {
    const cells = columns[key] ?? [];
    const values = cells.map((cell) => {
      const value = numberOf(cell);
      return value !== null && Number.isFinite(value) ? value : null;
    });
    const isText = factsOf(key).kind !== 'metric' && cells.some((cell, at) => cell !== null && values[at] === null);
    const texts = isText
      ? choicesOf(
          cells.map((cell) => (cell === null ? null : String(cell))),
          choicesLimit,
        )
      : null;
    if (isText && !texts) return [];
    const plain = { key, title: titleOf(key), brush: brush.get(key) ?? null };
    if (texts) return [{ ...plain, ...texts, log: false }];
    return [{ ...plain, values, log: logs.includes(key) || (wantsLog(values) && !logs.includes(`!${key}`)) }];
  });
}
