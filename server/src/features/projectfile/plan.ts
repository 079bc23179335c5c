import { canonicalJson } from '../../kernel/digest.ts';
import type { ProjectFile } from './definitions.ts';
import { pathTo, shown } from './problem.ts';

/** In the order in which they are made: each kind names only kinds before it, but for what grows from a deployment. */
export const kinds = ['project', 'dataset', 'model', 'pipeline', 'gate', 'receiver', 'deployment', 'monitor', 'retraining'] as const;
export type Kind = (typeof kinds)[number];

/** What is on the server under a name, as the last apply or a person left it. */
export interface CurrentEntry {
  /** `ui` also for what the file made and a person edited since. */
  readonly managed_by: 'file' | 'ui';
  /** Canonical JSON of the definition, as `definitionsOf` gives it. */
  readonly definition: string;
  readonly retired: boolean;
}

export type CurrentState = { readonly [K in Kind]?: Readonly<Record<string, CurrentEntry>> };

export interface Difference {
  /** Inside the definition, as in `rollout.steps[1]`; empty where the whole is another kind of value. */
  readonly path: string;
  /** Absent where there was, or will be, nothing. */
  readonly before?: unknown;
  readonly after?: unknown;
}

export interface Change {
  /** A `conflict` was edited outside the file: nothing at all is applied until it is settled or taken over. */
  readonly action: 'create' | 'change' | 'retire' | 'unretire' | 'conflict';
  readonly kind: Kind;
  readonly name: string;
  readonly differences: readonly Difference[];
  /** The definition to apply, as canonical JSON; absent when it retires. */
  readonly definition?: string;
}

export interface PlanOptions {
  /** The file wins over what people edited. */
  readonly takeOver?: boolean;
}

/** What the file says of each kind, by name: the values that the plan compares and that an apply hands on. */
export function definitionsOf(file: ProjectFile): { readonly [K in Kind]: Readonly<Record<string, unknown>> } {
  return {
    project: { [file.project]: settingsOf(file) },
    dataset: file.datasets,
    model: file.models,
    pipeline: file.pipelines,
    gate: file.gates,
    receiver: file.notify,
    deployment: file.deployments,
    monitor: file.monitors,
    retraining: file.retrain,
  };
}

/** Of a project, as the plan compares them. A file that names no zone means the one that a project is made with. */
export function settingsOf({ clock, zone = 'UTC' }: Pick<ProjectFile, 'clock' | 'zone'>): Required<Pick<ProjectFile, 'clock' | 'zone'>> {
  return { clock, zone };
}

/**
 * What makes the server equal to the file: first what is made or changed, then what is retired, users before what they use. What
 * left the file is retired, never deleted; what people made is left alone. The state after the changes gives no changes.
 */
export function planChanges(file: ProjectFile, current: CurrentState, options: PlanOptions = {}): Change[] {
  const wanted = definitionsOf(file);
  const made: Change[] = [];
  const retired: Change[] = [];
  for (const kind of kinds) {
    const there = current[kind] ?? {};
    for (const [name, definition] of Object.entries(wanted[kind])) {
      const entry = Object.hasOwn(there, name) ? there[name] : undefined;
      const change = decide(kind, name, canonicalJson(definition), entry, options);
      if (change) made.push(change);
    }
    if (kind === 'project') continue;
    for (const [name, entry] of Object.entries(there)) {
      if (Object.hasOwn(wanted[kind], name) || entry.managed_by === 'ui' || entry.retired) continue;
      retired.push({ action: 'retire', kind, name, differences: [] });
    }
  }
  return [...made, ...retired.reverse()];
}

function decide(kind: Kind, name: string, definition: string, entry: CurrentEntry | undefined, options: PlanOptions): Change | undefined {
  if (!entry) return { action: 'create', kind, name, differences: [], definition };
  const same = entry.definition === definition;
  const whole = same ? [] : differencesOf(JSON.parse(entry.definition), JSON.parse(definition));
  const differences = kind === 'receiver' ? whole.map(withoutPath) : whole;
  const edited = entry.managed_by === 'ui';
  if (edited && !options.takeOver && (!same || entry.retired)) return { action: 'conflict', kind, name, differences, definition };
  if (entry.retired) return { action: 'unretire', kind, name, differences, definition };
  if (same && !(edited && options.takeOver)) return undefined;
  return { action: 'change', kind, name, differences, definition };
}

/** The path of a webhook is often its secret: only where it goes is told, to programs too. */
function withoutPath({ path, ...values }: Difference): Difference {
  const told = (value: unknown): unknown => (typeof value === 'string' && URL.canParse(value) ? `${new URL(value).origin}/…` : value);
  return {
    path,
    ...('before' in values && { before: told(values.before) }),
    ...('after' in values && { after: told(values.after) }),
  };
}

const differencesLimit = 200;

/** The leaves that differ between two JSON values, in order of their paths; at most 200. */
export function differencesOf(before: unknown, after: unknown): Difference[] {
  const found: Difference[] = [];
  compare(before, after, '', found);
  return found;
}

function compare(before: unknown, after: unknown, path: string, found: Difference[]): void {
  if (found.length >= differencesLimit) return;
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    for (const [index, item] of before.entries()) compare(item, after[index], pathTo(path, index), found);
  } else if (isObject(before) && isObject(after)) {
    for (const key of [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()) {
      compare(own(before, key), own(after, key), pathTo(path, key), found);
    }
  } else if (before === undefined || after === undefined || canonicalJson(before) !== canonicalJson(after)) {
    if (before === after) return;
    found.push({ path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) });
  }
}

function own(value: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const signs = { create: '+', change: '~', retire: '-', unretire: '+', conflict: '!' } as const;
const remarks = {
  create: '',
  change: '',
  retire: ' (left the file; retired, nothing is deleted)',
  unretire: ' (was retired)',
  conflict: ' (edited outside the file; apply stops unless --take-over)',
} as const;

/** The plan in lines for people; differences stand under their change. */
export function describePlan(changes: readonly Change[]): string[] {
  if (changes.length === 0) return ['No changes: the server is as the file says.'];
  const lines = changes.flatMap(({ action, kind, name, differences }) => [
    `${signs[action]} ${action} ${kind} ${shown(name)}${remarks[action]}`,
    ...differences.map((difference) => `    ${describeDifference(difference)}`),
  ]);
  const counts = new Map<string, number>();
  for (const { action } of changes) counts.set(action, (counts.get(action) ?? 0) + 1);
  const total = [...counts].map(([action, count]) => `${count} to ${action === 'conflict' ? 'settle (conflict)' : action}`).join(', ');
  return [...lines, `${total}.`];
}

function describeDifference({ path, before, after }: Difference): string {
  const name = path === '' ? 'definition' : path;
  if (before === undefined) return `${name}: ${valueText(path, after)} (new)`;
  if (after === undefined) return `${name}: ${valueText(path, before)} (removed)`;
  return `${name}: ${valueText(path, before)} -> ${valueText(path, after)}`;
}

function valueText(path: string, value: unknown): string {
  if (typeof value === 'number' && path.endsWith('_ms')) return durationText(value);
  return shown(canonicalJson(value));
}

function durationText(value_ms: number): string {
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000],
  ] as const;
  for (const [unit, size_ms] of units) if (value_ms >= size_ms && value_ms % size_ms === 0) return `${value_ms / size_ms}${unit}`;
  return `${value_ms}ms`;
}
