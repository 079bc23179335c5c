import type { ColumnType } from '../../platform/analytics/index.ts';
import { type ColumnProfile, type Drift, driftOf } from '../../platform/statistics/index.ts';
import type { CheckName, CheckVerdict } from './checks.ts';
import type { Column, DatasetVersion, FileReference, Role } from './dataset.ts';

/** What changed from one version of a dataset to another. */
export interface DatasetDiff {
  readonly from: number;
  readonly to: number;
  readonly rows: { readonly before: number; readonly after: number };
  readonly columns: ColumnsDiff;
  /** By path. */
  readonly files: { readonly added: readonly string[]; readonly removed: readonly string[]; readonly changed: readonly string[] };
  /** Of the columns that both have, the strongest first. */
  readonly drift: readonly ColumnDiff[];
  /** Those that changed; null where a version was not judged by it. */
  readonly checks: readonly CheckDiff[];
}

export interface ColumnsDiff {
  readonly added: readonly { readonly name: string; readonly type: ColumnType }[];
  readonly removed: readonly { readonly name: string; readonly type: ColumnType }[];
  readonly retyped: readonly { readonly name: string; readonly before: ColumnType; readonly after: ColumnType }[];
  readonly roles: readonly { readonly name: string; readonly before: Role; readonly after: Role }[];
}

export type ColumnDiff = { readonly column: string } & Pick<
  Drift,
  'method' | 'scoreIs' | 'score' | 'threshold' | 'drifted' | 'strength' | 'missing' | 'reason'
>;

export interface CheckDiff {
  readonly check: CheckName;
  readonly column: string | null;
  readonly before: boolean | null;
  readonly after: boolean | null;
}

/** All of a diff that needs no profile. */
export function diffOf(from: DatasetVersion, to: DatasetVersion): Omit<DatasetDiff, 'drift'> {
  return {
    from: from.number,
    to: to.number,
    rows: { before: from.rows, after: to.rows },
    columns: columnsDiff(from.schema, to.schema),
    files: filesDiff(from.files, to.files),
    checks: checksDiff(from.checks, to.checks),
  };
}

function columnsDiff(before: readonly Column[], after: readonly Column[]): ColumnsDiff {
  const [old, now] = [new Map(before.map((column) => [column.name, column])), new Map(after.map((column) => [column.name, column]))];
  const only = (columns: readonly Column[], others: ReadonlyMap<string, Column>) =>
    columns.flatMap(({ name, type }) => (others.has(name) ? [] : [{ name, type }]));
  const both = after.flatMap((column) => {
    const was = old.get(column.name);
    return was ? [{ name: column.name, was, is: column }] : [];
  });
  return {
    added: only(after, old),
    removed: only(before, now),
    retyped: both.flatMap(({ name, was, is }) => (was.type === is.type ? [] : [{ name, before: was.type, after: is.type }])),
    roles: both.flatMap(({ name, was, is }) => (was.role === is.role ? [] : [{ name, before: was.role, after: is.role }])),
  };
}

function filesDiff(before: readonly FileReference[], after: readonly FileReference[]): DatasetDiff['files'] {
  const [old, now] = [new Map(before.map((file) => [file.path, file.digest])), new Map(after.map((file) => [file.path, file.digest]))];
  return {
    added: after.flatMap(({ path }) => (old.has(path) ? [] : [path])),
    removed: before.flatMap(({ path }) => (now.has(path) ? [] : [path])),
    changed: after.flatMap(({ path, digest }) => (old.has(path) && old.get(path) !== digest ? [path] : [])),
  };
}

function checksDiff(before: readonly CheckVerdict[], after: readonly CheckVerdict[]): CheckDiff[] {
  const keyed = (verdicts: readonly CheckVerdict[]) => new Map(verdicts.map((one) => [JSON.stringify([one.check, one.column]), one]));
  const [old, now] = [keyed(before), keyed(after)];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((key) => {
    const [was, is] = [old.get(key), now.get(key)];
    const verdict = is ?? was;
    if (!verdict || was?.holds === is?.holds) return [];
    return [{ check: verdict.check, column: verdict.column, before: was?.holds ?? null, after: is?.holds ?? null }];
  });
}

/** Drift of one of `columns` columns that are judged together. */
export function columnDiff(column: string, before: ColumnProfile, after: ColumnProfile, columns: number): ColumnDiff {
  const { method, scoreIs, score, threshold, drifted, strength, missing, reason } = driftOf(before, after, { columns });
  return { column, method, scoreIs, score, threshold, drifted, strength, missing, reason };
}
