import { count, metric } from '../../design/numbers.ts';
import { words } from '../../words/index.ts';
import type { Evidence, Verdict } from '../gates/gates-api.ts';

/** A limit that can be drawn. */
export interface Bound {
  readonly kind: 'min' | 'max';
  readonly value: number;
}

/** `at least 0.58` and `at most 20 ms` are bounds; a limit against the champion, or a share, is not. */
export function boundOf(limit: string): Bound | null {
  const parts = /^at (least|most) (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)(?: ms)?$/.exec(limit);
  return parts ? { kind: parts[1] === 'least' ? 'min' : 'max', value: Number(parts[2]) } : null;
}

export type Closeness = 'inside' | 'close' | 'past' | 'unknown';

/** Close: inside, but the interval reaches over the limit. What could not be computed is not known, and does not hold. */
export function closenessOf({ holds, value, low, high, limit }: Evidence): Closeness {
  if (value === null) return holds ? 'inside' : 'unknown';
  if (!holds) return 'past';
  const bound = boundOf(limit);
  const reaches = bound && (bound.kind === 'min' ? low !== null && low < bound.value : high !== null && high > bound.value);
  return reaches ? 'close' : 'inside';
}

/** One axis for all figures of a metric, so that what stands below each other can be compared. */
export function axisOf(evidence: readonly Evidence[], name: string): { readonly from: number; readonly to: number } | null {
  const same = evidence.filter((one) => one.metric === name);
  const known = same
    .flatMap(({ value, low, high, limit, rival }) => [value, low, high, boundOf(limit)?.value ?? null, rival?.value ?? null])
    .filter((one) => one !== null);
  if (known.length === 0 || same.every(({ low }) => low === null)) return null;
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const room = (most - least) * 0.08 || 1;
  return { from: least - room, to: most + room };
}

/** How far inside its limit, in widths of its own interval; what has no interval cannot be said to be close. */
function roomOf({ value, low, high, limit }: Evidence): number {
  const bound = boundOf(limit);
  if (!bound || value === null || low === null || high === null || high <= low) return Number.POSITIVE_INFINITY;
  return (bound.kind === 'min' ? value - bound.value : bound.value - value) / ((high - low) / 2);
}

/** The figure that is nearest to its limit, if any can be said to be. */
export function nearest(evidence: readonly Evidence[]): Evidence | null {
  const [first] = evidence.filter((one) => roomOf(one) < Number.POSITIVE_INFINITY).toSorted((a, b) => roomOf(a) - roomOf(b));
  return first ?? null;
}

/** What is asked, in paragraphs that hold figures of the verdict only. */
export function plainWords(verdict: Verdict, needed: number, environment: string): string[] {
  const { plain } = words.approvals;
  const { evidence, model, version, champion, gate } = verdict;
  const rows = Math.max(0, ...evidence.map((one) => one.rows ?? 0));
  const held = evidence.filter(({ holds }) => holds).length;
  const judged = champion === null || champion === version ? plain.judgedAlone(version, model) : plain.judged(version, model, champion);
  const first = [judged, rows > 0 ? plain.rows(count(rows)) : '', plain.held(held, evidence.length, gate)];
  const rivals = evidence.filter(({ rival }) => rival !== null).map(({ reason }) => sentence(reason));
  const close = nearest(evidence);
  const limit = close && boundOf(close.limit);
  const last = [
    close && limit
      ? plain[closenessOf(close) === 'close' ? 'nearestReaches' : 'nearest'](nameOf(close), metric(close.value), metric(limit.value))
      : '',
    plain.why(gate, needed, environment),
  ];
  return [first, rivals, last].map((part) => part.filter(Boolean).join(' ')).filter(Boolean);
}

export function nameOf({ metric: name, slice }: Evidence): string {
  return slice === null ? name : `${name} (${slice})`;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
