/** The state of a grid as text in the address, and what the reader's moves make of it. Pure. */

export interface SortKey {
  readonly key: string;
  readonly descending: boolean;
}

/** `-metrics.pr_auc,params.depth` */
export function readOrder(text: string): SortKey[] {
  return text
    .split(',')
    .filter((part) => part.replace(/^-/, '') !== '')
    .map((part) => (part.startsWith('-') ? { key: part.slice(1), descending: true } : { key: part, descending: false }));
}

export function writeOrder(order: readonly SortKey[]): string {
  return order.map(({ key, descending }) => `${descending ? '-' : ''}${key}`).join(',');
}

/** First press: highest first; second: lowest first; third: not sorted by it. With `add` the other keys stay. */
export function toggled(order: readonly SortKey[], key: string, add: boolean): SortKey[] {
  const old = order.find((one) => one.key === key);
  const next = old === undefined ? { key, descending: true } : old.descending ? { key, descending: false } : null;
  if (!add) return next ? [next] : [];
  if (old === undefined) return next ? [...order, next] : [...order];
  return order.flatMap((one) => (one.key === key ? (next ? [next] : []) : [one]));
}

export function readList(text: string): string[] {
  return [...new Set(text.split(',').filter(Boolean))];
}

const least_px = 48;
const most_px = 900;

/** `metrics.pr_auc~140,name~300` */
export function readWidths(text: string): Map<string, number> {
  const widths = new Map<string, number>();
  for (const part of readList(text)) {
    const [key, width] = part.split('~');
    if (key && Number(width) > 0) widths.set(key, Math.min(most_px, Math.max(least_px, Math.round(Number(width)))));
  }
  return widths;
}

export function writeWidths(widths: ReadonlyMap<string, number>): string {
  return [...widths].map(([key, width]) => `${key}~${Math.min(most_px, Math.max(least_px, Math.round(width)))}`).join(',');
}

/** The list with `key` moved by places; at an end it stays. */
export function moved(keys: readonly string[], key: string, by: number): string[] {
  const from = keys.indexOf(key);
  const to = Math.min(keys.length - 1, Math.max(0, from + by));
  if (from < 0 || from === to) return [...keys];
  const without = keys.filter((one) => one !== key);
  return [...without.slice(0, to), key, ...without.slice(to)];
}

/** The list with `key` where `target` was. */
export function droppedOn(keys: readonly string[], key: string, target: string): string[] {
  return moved(keys, key, keys.indexOf(target) - keys.indexOf(key));
}

export function flipped<T>(set: ReadonlySet<T>, one: T): Set<T> {
  const next = new Set(set);
  if (!next.delete(one)) next.add(one);
  return next;
}

export interface Place {
  /** -1 is the header. */
  readonly row: number;
  readonly column: number;
}

/** Where a key of the keyboard leads from a cell; null when it leads nowhere. */
export function moveTo(
  key: string,
  ctrl: boolean,
  from: Place,
  size: { readonly rows: number; readonly columns: number; readonly page: number },
): Place | null {
  const { row, column } = from;
  const last = { row: size.rows - 1, column: size.columns - 1 };
  const at = (row: number, column: number): Place => ({
    row: Math.min(last.row, Math.max(-1, row)),
    column: Math.min(last.column, Math.max(0, column)),
  });
  switch (key) {
    case 'ArrowUp':
    case 'k':
      return at(row - 1, column);
    case 'ArrowDown':
    case 'j':
      return at(row + 1, column);
    case 'ArrowLeft':
      return at(row, column - 1);
    case 'ArrowRight':
      return at(row, column + 1);
    case 'PageUp':
      return at(Math.max(0, row - size.page), column);
    case 'PageDown':
      return at(row + size.page, column);
    case 'Home':
      return at(ctrl ? 0 : row, 0);
    case 'End':
      return at(ctrl ? last.row : row, last.column);
    default:
      return null;
  }
}
