import { count, duration, type Maybe, metric } from '../../design/numbers.ts';
import { words } from '../../words/index.ts';
import { directionOf, preferenceOf } from './direction.ts';
import type { Cell, Columns } from './runs-api.ts';

/** What the keys of columns mean: `name`, `metrics.pr_auc`, `metrics.pr_auc@max`, `params.depth`, `tags.team`. Pure. */

export type ColumnKind = 'own' | 'metric' | 'param' | 'tag';

export interface ColumnFacts {
  readonly kind: ColumnKind;
  /** The metric, param or tag; the own column's name. */
  readonly name: string;
  readonly summary: 'last' | 'min' | 'max';
}

export function factsOf(key: string): ColumnFacts {
  const match = /^(metrics|params|tags)\.(.+?)(?:@(last|min|max))?$/s.exec(key);
  if (!match) return { kind: 'own', name: key, summary: 'last' };
  const kind = ({ metrics: 'metric', params: 'param', tags: 'tag' } as const)[match[1] as 'metrics' | 'params' | 'tags'];
  if (kind !== 'metric') return { kind, name: key.slice(key.indexOf('.') + 1), summary: 'last' };
  return { kind, name: match[2] ?? '', summary: (match[3] ?? 'last') as 'last' };
}

export function titleOf(key: string): string {
  const { kind, name, summary } = factsOf(key);
  if (kind === 'own') return (words.runs.own as Readonly<Record<string, string>>)[name] ?? name;
  return summary === 'min' ? words.runs.least(name) : summary === 'max' ? words.runs.greatest(name) : name;
}

export const ownColumns = Object.keys(words.runs.own);
const widths: Readonly<Record<string, number>> = {
  name: 210,
  status: 104,
  started: 146,
  ended: 146,
  took: 84,
  id: 240,
  data: 150,
  person: 110,
};

export function widthOf(key: string): number {
  const { kind, name } = factsOf(key);
  if (kind === 'own') return widths[name] ?? 100;
  return Math.min(200, Math.max(kind === 'metric' ? 92 : 84, titleOf(key).length * 7 + 34));
}

export function isNumberColumn(key: string): boolean {
  const { kind, name } = factsOf(key);
  return kind === 'metric' || kind === 'param' || name === 'took' || name === 'cpu';
}

/** As it travels: NaN and infinities are texts. */
export function numberOf(cell: Cell | undefined): number | null {
  if (cell === null || cell === undefined || cell === '') return null;
  return typeof cell === 'number' ? cell : Number(cell);
}

/** A cell as it is written in the page. */
export function writtenCell(key: string, cell: Cell | undefined): string {
  const { kind, name } = factsOf(key);
  if (cell === null || cell === undefined) return '–';
  if (kind === 'metric') return metric(numberOf(cell));
  if (kind === 'param') return typeof cell === 'string' && cell.trim() !== '' && Number.isFinite(Number(cell)) ? param(cell) : String(cell);
  if (name === 'took' || name === 'cpu') return duration(cell as Maybe);
  return String(cell);
}

/** Numbers among params are shown as they were typed while they are short. */
function param(text: string): string {
  return text.length <= 9 ? text : metric(Number(text));
}

/** A cell for another program: whole numbers, times as ISO 8601 in UTC, nothing where nothing is known. */
export function exportedCell(key: string, cell: Cell | undefined): string {
  const { kind, name } = factsOf(key);
  if (cell === null || cell === undefined) return '';
  if (kind === 'own' && (name === 'started' || name === 'ended') && typeof cell === 'number') return new Date(cell).toISOString();
  return String(cell);
}

/** Metrics of the machine, not of the model. */
export const isSystem = (name: string): boolean => name.startsWith('system/');

/** What the reader most likely looks for: plain names before slashed ones, those with a known better direction first. */
export function chosenMetrics({ items }: Columns, limit: number): string[] {
  const weight = (name: string) => (directionOf(name) === null ? 2 : 0) + (name.includes('/') ? 1 : 0);
  return items
    .filter(({ name }) => name.startsWith('metrics.') && !isSystem(factsOf(name).name))
    .sort(
      (a, b) =>
        weight(factsOf(a.name).name) - weight(factsOf(b.name).name) ||
        preferenceOf(factsOf(a.name).name) - preferenceOf(factsOf(b.name).name) ||
        b.runs - a.runs ||
        (a.name < b.name ? -1 : 1),
    )
    .slice(0, limit)
    .map(({ name }) => name);
}

export function chosenParams({ items }: Columns, limit: number): string[] {
  const params = items.filter(({ name }) => name.startsWith('params.'));
  return [...params.filter(({ differs }) => differs), ...params.filter(({ differs }) => !differs)].slice(0, limit).map(({ name }) => name);
}

/** Columns where the address says nothing. */
export function usualColumns(columns: Columns): string[] {
  // Where some have a known better direction, the others wait in the chooser.
  const known = chosenMetrics(columns, 4);
  const judged = known.filter((key) => directionOf(factsOf(key).name) !== null);
  const metrics = judged.length > 0 ? judged : known;
  return ['name', 'status', 'started', 'took', ...metrics, ...chosenParams(columns, 5), 'data'];
}

/** The metric that a page speaks of first, and the order that puts its best run first. */
export function firstMetric(columns: Columns): { readonly key: string; readonly name: string; readonly bestFirst: string } | null {
  const key = chosenMetrics(columns, 1)[0];
  if (key === undefined) return null;
  const { name } = factsOf(key);
  return { key, name, bestFirst: directionOf(name) === 'lower' ? key : `-${key}` };
}

/** `metrics.pr_auc~0.85~` and back: what is brushed, open at an end where nothing is written. */
export function readBrush(texts: readonly string[]): Map<string, { readonly from: number; readonly to: number }> {
  const read = (text: string | undefined, open: number) =>
    text === undefined || text === '' || Number.isNaN(Number(text)) ? open : Number(text);
  return new Map(
    texts.flatMap((text) => {
      const [key, from, to] = text.split('~');
      return key ? [[key, { from: read(from, Number.NEGATIVE_INFINITY), to: read(to, Number.POSITIVE_INFINITY) }]] : [];
    }),
  );
}

export function writeBrush(brush: ReadonlyMap<string, { readonly from: number; readonly to: number }>): string[] {
  const write = (value: number) => (Number.isFinite(value) ? String(Number(value.toPrecision(8))) : '');
  return [...brush].map(([key, { from, to }]) => `${key}~${write(from)}~${write(to)}`);
}

/** A brush as a filter, behind the one that is there. */
export function filterOfBrush(filter: string, brush: ReadonlyMap<string, { readonly from: number; readonly to: number }>): string {
  const name = (key: string) => (/^[\w./@-]+$/.test(key) ? key : `"${key}"`);
  const conditions = [...brush].flatMap(([key, { from, to }]) => [
    ...(Number.isFinite(from) ? [`${name(key)} >= ${Number(from.toPrecision(8))}`] : []),
    ...(Number.isFinite(to) ? [`${name(key)} <= ${Number(to.toPrecision(8))}`] : []),
  ]);
  const old = filter.trim() === '' ? [] : [/\bor\b/i.test(filter) ? `(${filter})` : filter.trim()];
  return [...old, ...conditions].join(' and ');
}

/** The first line of an experiment's page. */
export function experimentSentence(facts: {
  readonly best: { readonly metric: string; readonly value: number; readonly name: string } | null;
  readonly running: number;
  readonly failed: number;
}): string {
  const { best, running, failed } = facts;
  return [
    best ? words.runs.best(best.metric, metric(best.value), best.name) : '',
    running > 0 ? words.runs.goOn(count(running), running === 1) : '',
    failed > 0 ? words.runs.failedRuns(count(failed), failed === 1) : '',
  ]
    .filter(Boolean)
    .join(' ');
}
