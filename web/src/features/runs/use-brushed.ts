import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { type Axis, choicesOf, insideOf, wantsLog } from '../../design/parallel-scale.ts';
import { chosenParams, factsOf, numberOf, readBrush, titleOf } from './run-columns.ts';
import { allCellsQuery, type Cell, type Columns, type RunScope } from './runs-api.ts';

const settingsOnAxes = 5;
const choicesLimit = 12;

export interface BrushView {
  readonly axes: string;
  readonly brush: readonly string[];
  readonly log: string;
}

interface Asked extends BrushView {
  readonly project: string;
  readonly scope: RunScope;
  /** Null while the rows are not there: nothing is asked yet. */
  readonly filter: string | null;
  readonly columns: Columns | undefined;
  readonly metric: { readonly key: string } | null;
}

export type Brushed = ReturnType<typeof useBrushed>;

/** The axes of settings and metric for every run that the filter keeps, and the runs inside what is brushed on them. */
export function useBrushed({ project, scope, filter, columns, metric, axes: chosen, brush: texts, log }: Asked) {
  const keys = useMemo(() => {
    if (chosen !== '') return chosen.split(',');
    if (!columns || !metric) return [];
    const differing = columns.items.filter(({ differs }) => differs);
    return [...chosenParams({ ...columns, items: differing }, settingsOnAxes), metric.key];
  }, [chosen, columns, metric]);
  const query = allCellsQuery(project, scope, filter ?? '', keys);
  const asked = useQuery({ ...query, enabled: query.enabled === true && filter !== null });
  // The list is another one with each change of the address; what it says need not be.
  const said = texts.join('\n');
  const brush = useMemo(() => readBrush(said === '' ? [] : said.split('\n')), [said]);
  const axes = useMemo(() => (asked.data ? axesOf(keys, asked.data.columns, log, brush) : []), [asked.data, keys, log, brush]);
  const inside = useMemo(() => insideRuns(axes, asked.data?.runs ?? []), [axes, asked.data?.runs]);
  return useMemo(() => ({ asked, axes, brush, keys, inside }), [asked, axes, brush, keys, inside]);
}

/** Null where nothing is brushed: then all are. */
function insideRuns(axes: readonly Axis[], runs: readonly number[]): ReadonlySet<number> | null {
  if (axes.every(({ brush }) => brush === null)) return null;
  const isInside = insideOf(axes);
  return new Set(runs.filter((_, at) => isInside[at]));
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
