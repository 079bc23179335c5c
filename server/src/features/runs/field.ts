import type { Word } from './filter.ts';

/** A column of the table of runs, a field of the filter, a key of the order. */
export type Field =
  | { readonly kind: 'own'; readonly column: OwnColumn }
  | { readonly kind: 'metric'; readonly key: string; readonly of: MetricSummary }
  | { readonly kind: 'param'; readonly key: string }
  | { readonly kind: 'tag'; readonly key: string };

export type MetricSummary = 'last' | 'min' | 'max';
export type OwnColumn = keyof typeof ownColumns;
export type ValueKind = 'text' | 'status' | 'number' | 'time' | 'duration';

/** What every run has, with what its values are. */
export const ownColumns = {
  id: 'text',
  name: 'text',
  status: 'status',
  experiment: 'number',
  started: 'time',
  ended: 'time',
  took: 'duration',
  person: 'text',
  execution: 'text',
  step: 'text',
  cpu: 'duration',
  data: 'text',
} as const satisfies Readonly<Record<string, ValueKind>>;

export const statuses = ['scheduled', 'running', 'finished', 'failed', 'killed'] as const;

export function isOwnColumn(name: string): name is OwnColumn {
  return Object.hasOwn(ownColumns, name);
}

const kinds = { metrics: 'metric', params: 'param', tags: 'tag' } as const;

/** `metrics.pr_auc@max`, `params.depth`, `status`; null for a bare name, which may be any of these. */
export function readField(name: string): Field | null {
  if (isOwnColumn(name)) return { kind: 'own', column: name };
  const match = /^(metrics|params|tags)\.(.+)$/s.exec(name);
  const prefix = match?.[1] as keyof typeof kinds | undefined;
  const key = match?.[2] ?? '';
  if (prefix === undefined) return null;
  return prefix === 'metrics' ? readMetric(key) : { kind: kinds[prefix], key };
}

/** `pr_auc` is its newest value; `pr_auc@min` and `pr_auc@max` are the least and greatest of all points. No key has an @. */
export function readMetric(name: string): Field {
  const [, key = name, of = 'last'] = /^(.*?)(?:@(last|min|max))?$/s.exec(name) ?? [];
  return { kind: 'metric', key, of: of as MetricSummary };
}

export function kindOf(field: Field): ValueKind {
  if (field.kind === 'own') return ownColumns[field.column];
  return field.kind === 'metric' ? 'number' : 'text';
}

const units_ms: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const amount = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(ms|s|m|h|d|w)?$/;

/** `0.8`; null for anything else. */
export function readNumber({ text, quoted }: Word): number | null {
  const match = quoted ? null : amount.exec(text);
  return match && match[2] === undefined ? Number(match[1]) : null;
}

/** `90`, `90s`, `5m`, `2h` in milliseconds. */
export function readDuration_ms({ text, quoted }: Word): number | null {
  const match = quoted ? null : amount.exec(text);
  return match ? Number(match[1]) * (units_ms[match[2] ?? 's'] ?? 1000) : null;
}

/** `-14d` before now, or a day or moment as in `2026-11-01` and `2026-11-01T10:00` (UTC). */
export function readTime_ms(word: Word, now_ms: number): number | null {
  if (/^-\d/.test(word.text)) {
    const ago_ms = /[a-z]$/.test(word.text) ? readDuration_ms(word) : null;
    return ago_ms === null ? null : now_ms + ago_ms;
  }
  const match = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?Z?)?$/.exec(word.text);
  const at_ms = match ? Date.parse(match[1] === undefined || word.text.endsWith('Z') ? word.text : `${word.text}Z`) : Number.NaN;
  return Number.isNaN(at_ms) ? null : at_ms;
}

/** `-pr_auc,params.depth` as names with their direction. */
export function readOrder(order: string): { readonly name: Word; readonly descending: boolean }[] {
  let at = 0;
  return order
    .split(',')
    .map((part) => {
      const start = at;
      at += part.length + 1;
      const descending = part.startsWith('-');
      return { name: { text: descending ? part.slice(1) : part, at: start, quoted: false }, descending };
    })
    .filter(({ name }) => name.text !== '')
    .slice(0, 8);
}
