import { directionOf, judge } from './direction.ts';
import { isSystem, numberOf } from './run-columns.ts';
import { codeNameOf, inputNameOf, leadingMetrics } from './run-view.ts';
import type { RunDetail } from './runs-api.ts';

/** Runs beside each other: measures, and what was different. The first run is the one that the others are judged against. Pure. */

export interface MeasureRow {
  readonly key: string;
  readonly direction: 'higher' | 'lower' | null;
  readonly values: readonly (number | null)[];
  /** Places of the best values, where a direction is known and they are not all the same. */
  readonly best: readonly number[];
  readonly differs: boolean;
  /** The best of the others against the first. */
  readonly verdict: 'better' | 'worse' | 'equal' | null;
}

export function measureRows(runs: readonly RunDetail[]): MeasureRow[] {
  const keys = new Map<string, null>();
  for (const run of runs) for (const { key } of leadingMetrics(run)) keys.set(key, null);
  const values = new Map(runs.map((run) => [run.id, new Map(run.metrics.map(({ key, value }) => [key, numberOf(value)]))]));
  return [...keys.keys()]
    .filter((key) => !isSystem(key))
    .map((key) =>
      measureRow(
        key,
        runs.map(({ id }) => values.get(id)?.get(key) ?? null),
      ),
    )
    .sort((a, b) => Number(a.direction === null) - Number(b.direction === null));
}

export function measureRow(key: string, values: readonly (number | null)[]): MeasureRow {
  const direction = directionOf(key);
  const isFigure = (value: number | null): value is number => value !== null && Number.isFinite(value);
  const known = values.filter(isFigure);
  const differs = new Set(values).size > 1;
  const pick = (some: readonly number[]) => (direction === 'lower' ? Math.min(...some) : Math.max(...some));
  const top = direction === null || known.length < 2 || !differs ? null : pick(known);
  const others = values.slice(1).filter(isFigure);
  return {
    key,
    direction,
    values,
    differs,
    best: top === null ? [] : values.flatMap((value, place) => (value === top ? [place] : [])),
    verdict: others.length === 0 ? null : judge(key, pick(others), values[0] ?? null),
  };
}

export interface DifferenceRow {
  readonly key: string;
  readonly kind: 'setting' | 'data' | 'code';
  readonly values: readonly (string | null)[];
  readonly differs: boolean;
}

export function differenceRows(runs: readonly RunDetail[]): DifferenceRow[] {
  const row = (key: string, kind: DifferenceRow['kind'], values: readonly (string | null)[]): DifferenceRow => ({
    key,
    kind,
    values,
    differs: new Set(values).size > 1,
  });
  const params = runs.map((run) => new Map(run.params.map(({ key, value }) => [key, value])));
  const keys = [...new Set(params.flatMap((one) => [...one.keys()]))].sort();
  const data = runs.map(({ inputs }) => (inputs.length === 0 ? null : inputs.map(inputNameOf).join(', ')));
  const code = runs.map(codeNameOf);
  return [
    ...keys.map((key) =>
      row(
        key,
        'setting',
        params.map((one) => one.get(key) ?? null),
      ),
    ),
    ...(data.some((value) => value !== null) ? [row('data', 'data', data)] : []),
    ...(code.some((value) => value !== null) ? [row('code', 'code', code)] : []),
  ];
}

/** The run that is better than the first on the most measures; null where nothing can be said. */
export function leaderOf(
  rows: readonly MeasureRow[],
  runs: number,
): { readonly place: number; readonly better: number; readonly worse: number; readonly of: number } | null {
  const judged = rows.filter(({ direction }) => direction !== null);
  const scores = Array.from({ length: Math.max(0, runs - 1) }, (_, index) => {
    const verdicts = judged.map(({ key, values }) => judge(key, values[index + 1] ?? null, values[0] ?? null));
    const count = (verdict: string) => verdicts.filter((one) => one === verdict).length;
    return { place: index + 1, better: count('better'), worse: count('worse'), of: verdicts.filter((one) => one !== null).length };
  }).filter(({ of }) => of > 0);
  return scores.sort((a, b) => b.better - b.worse - (a.better - a.worse))[0] ?? null;
}
