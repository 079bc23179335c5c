import { assertMay, type Caller } from '../../kernel/caller.ts';
import type { Clock } from '../../kernel/clock.ts';
import { failure } from '../../kernel/error.ts';
import { numberAt } from '../../kernel/pages.ts';
import type { Project } from '../../kernel/project.ts';
import type { Database, Handle } from '../../platform/database/index.ts';
import {
  type Field,
  kindOf,
  ownColumns,
  readDuration_ms,
  readField,
  readMetric,
  readNumber,
  readOrder,
  readTime_ms,
  statuses,
} from './field.ts';
import { type Condition, mistake, nearestNames, parseFilter, type Word } from './filter.ts';
import { findRuns } from './run-find-store.ts';
import * as store from './run-table-store.ts';

export interface RunTableDeps {
  readonly database: Database;
  readonly clock: Clock;
}

export interface TableScope {
  readonly experiment?: string;
  readonly deleted?: boolean;
}

export interface TableSearch extends TableScope {
  readonly filter?: string;
}

export interface TablePage extends TableSearch {
  /** These runs, instead of all that the filter keeps. */
  readonly runs?: readonly number[];
  readonly columns: readonly string[];
  readonly cursor?: string;
  readonly limit: number;
}

export type Cell = string | number | null;

export interface ColumnTally {
  readonly name: string;
  readonly runs: number;
  /** Whether two of the looked-at runs differ in it; one that some do not have differs too. */
  readonly differs: boolean;
}

export interface Found {
  readonly total: number;
  readonly runs: readonly number[];
  readonly lacking: readonly { readonly name: string; readonly runs: number }[];
}

/** Runs as a table: which, in which order, and the asked cells of some of them. */
export interface RunTable {
  find(caller: Caller, project: Project, search: TableSearch & { readonly order?: string }): Promise<Found>;
  table(
    caller: Caller,
    project: Project,
    page: TablePage,
  ): Promise<{ runs: number[]; columns: Record<string, Cell[]>; next: string | null }>;
  columns(
    caller: Caller,
    project: Project,
    scope: TableScope & { readonly newest?: number },
  ): Promise<{ total: number; items: ColumnTally[] }>;
}

/** A page has at most so many, so that neither the database's thread nor the answering one is held by it. */
const cellLimit = 20_000;
const tallyStep_runs = 100;
const tallyFresh_ms = 60_000;
const talliesLimit = 100;

interface Tally {
  readonly at_ms: number;
  readonly answer: Promise<{ total: number; items: ColumnTally[] }>;
}

export function createRunTable({ database, clock }: RunTableDeps): RunTable {
  const { read } = database;
  const tallies = new Map<string, Tally>();

  const tally = (scope: store.Scope): Tally['answer'] => {
    const key = JSON.stringify(scope);
    const kept = tallies.get(key);
    if (kept && clock.now() - kept.at_ms < tallyFresh_ms) return kept.answer;
    if (tallies.size >= talliesLimit) tallies.clear();
    const answer = tallyAll(read, scope);
    tallies.set(key, { at_ms: clock.now(), answer });
    answer.catch(() => tallies.delete(key));
    return answer;
  };
  /** For a hint: of all runs where they were counted already, else of the newest, which is quick. */
  const namesIn = async (scope: store.Scope): Promise<string[]> => {
    const kept = tallies.get(JSON.stringify(scope));
    const numbers = kept ? [] : await store.newestNumbers(read, scope, tallyStep_runs);
    const found = kept ? (await kept.answer).items : numbers.length === 0 ? [] : await store.tallyKeys(read, numbers);
    return found.map(({ name }) => name);
  };
  const meant = (scope: store.Scope, filter: string | undefined) =>
    bindFilter(read, scope, parseFilter(filter ?? ''), { now_ms: clock.now(), namesIn });

  return {
    async find(caller, project, search) {
      assertMay(caller, project, 'read');
      const scope = scopeOf(project, search);
      const compared = new Map<string, store.StoredField>();
      const [test, order] = await Promise.all([
        bindFilter(read, scope, parseFilter(search.filter ?? ''), { now_ms: clock.now(), namesIn, compared }),
        Promise.all(
          readOrder(search.order ?? '').map(async ({ name, descending }) => ({
            field: await bindField(read, scope, name, namesIn),
            descending,
          })),
        ),
      ]);
      // Runs that a filter drops because they lack what it compares are counted, so that nobody takes them for the worse ones.
      const logged = [...compared].filter(([, { kind }]) => kind === 'metric' || kind === 'param');
      const { total, runs, lacking } = await findRuns(read, scope, { test, order, fields: logged.map(([, field]) => field) });
      const counted = logged.map(([name], at) => ({ name, runs: lacking[at] ?? 0 }));
      return { total, runs, lacking: counted.filter((one) => one.runs > 0) };
    },
    async table(caller, project, page) {
      assertMay(caller, project, 'read');
      const scope = scopeOf(project, page);
      const columns = page.columns.map(knownColumn);
      const limit = Math.min(page.limit, Math.max(1, Math.floor(cellLimit / Math.max(1, columns.length))));
      const numbers =
        page.runs ??
        (await store.pageOfNumbers(read, {
          scope,
          test: await meant(scope, page.filter),
          after: page.cursor === undefined ? null : numberAt(page.cursor),
          limit,
        }));
      const next = page.runs === undefined && numbers.length === limit ? String(numbers.at(-1)) : null;
      return { ...(await cellsOf(read, scope, numbers, columns)), next };
    },
    async columns(caller, project, { newest, ...search }) {
      assertMay(caller, project, 'read');
      const scope = scopeOf(project, search);
      if (newest === undefined) return tally(scope);
      const numbers = await store.newestNumbers(read, scope, newest);
      return merged(numbers.length, numbers.length === 0 ? [] : [await store.tallyKeys(read, numbers)]);
    },
  };
}

function scopeOf(project: Project, { experiment, deleted }: TableScope): store.Scope {
  const lifecycle = deleted ? ('deleted' as const) : ('active' as const);
  return { project_id: project.id, lifecycle, ...(experiment === undefined ? {} : { experiment: Number(experiment) }) };
}

function knownColumn(name: string): { name: string; field: Field } {
  const field = readField(name);
  if (!field) {
    const expected = `one of ${Object.keys(ownColumns).join(', ')}, or a name behind metrics., params. or tags.`;
    throw failure('invalid_input', { field: 'columns', expected, got: JSON.stringify(name.slice(0, 80)) });
  }
  return { name, field };
}

type NamesIn = (scope: store.Scope) => Promise<string[]>;

/** The names of the filter found in the scope, noted in `compared` where a value is compared, and its values read by what they are compared with; the first mistake is thrown. */
async function bindFilter(
  handle: Handle,
  scope: store.Scope,
  condition: Condition | null,
  base: { readonly now_ms: number; readonly namesIn: NamesIn; readonly compared?: Map<string, store.StoredField> },
): Promise<store.Test | null> {
  if (condition === null) return null;
  const bind = async (one: Condition): Promise<store.Test> => {
    switch (one.kind) {
      case 'and':
      case 'or': {
        const parts: store.Test[] = [];
        for (const part of one.parts) parts.push(await bind(part));
        return { kind: one.kind, parts };
      }
      case 'not':
        return { kind: 'not', part: await bind(one.part) };
      case 'missing':
        return { kind: 'missing', field: await bindField(handle, scope, one.field, base.namesIn) };
      case 'compare': {
        const field = await bindField(handle, scope, one.field, base.namesIn);
        base.compared?.set(one.field.text, field);
        return { kind: 'compare', field, operator: one.operator, value: valueFor(field, one, base.now_ms) };
      }
    }
  };
  return bind(condition);
}

/** A bare name is a metric where one has it, else a param, else a tag. */
async function bindField(handle: Handle, scope: store.Scope, word: Word, namesIn: NamesIn): Promise<store.StoredField> {
  const named = readField(word.text);
  const tried: Field[] = named ? [named] : [readMetric(word.text), { kind: 'param', key: word.text }, { kind: 'tag', key: word.text }];
  const keys = await store.findMetricKeys(
    handle,
    tried.flatMap((field) => (field.kind === 'metric' ? [field.key] : [])),
  );
  for (const field of tried) {
    const stored = storedField(field, keys);
    if (stored && (await store.isUsed(handle, scope, stored))) return stored;
  }
  throw mistake(word, 'a name that runs here have', nearestNames(word.text, [...Object.keys(ownColumns), ...(await namesIn(scope))]));
}

function storedField(field: Field, keys: ReadonlyMap<string, number>): store.StoredField | null {
  if (field.kind !== 'metric') return field;
  const key = keys.get(field.key);
  return key === undefined ? null : { ...field, key };
}

function valueFor(field: store.StoredField, { operator, value }: Extract<Condition, { kind: 'compare' }>, now_ms: number): string | number {
  const kind = kindOf(field as Field);
  if (operator === 'contains') return value.text;
  if (kind === 'status' && !(statuses as readonly string[]).includes(value.text))
    throw mistake(value, `one of ${statuses.join(', ')}`, nearestNames(value.text, statuses));
  if (kind === 'number') return readNumber(value) ?? refuse(value, 'a number');
  if (kind === 'duration') return readDuration_ms(value) ?? refuse(value, 'a time such as 90s, 5m or 2h');
  if (kind === 'time') return readTime_ms(value, now_ms) ?? refuse(value, 'a day such as 2026-11-01, or -14d');
  if (field.kind === 'param') {
    const number = readNumber(value);
    if (number !== null) return number;
    if (operator !== '=' && operator !== '!=') refuse(value, 'a number');
  }
  return value.text;
}

function refuse(word: Word, expected: string): never {
  throw mistake(word, expected);
}

type Asked = { readonly name: string; readonly field: Field };

/** Column by column, in the order of `numbers`; runs that are not in the scope are left out. */
async function cellsOf(handle: Handle, scope: store.Scope, numbers: readonly number[], columns: readonly Asked[]) {
  if (numbers.length === 0) return { runs: [], columns: Object.fromEntries(columns.map(({ name }) => [name, []])) };
  const own = columns.flatMap(({ field }) => (field.kind === 'own' ? [field.column] : []));
  const keysOf = (kind: 'param' | 'tag') => [...new Set(columns.flatMap(({ field }) => (field.kind === kind ? [field.key] : [])))];
  const metrics = await store.findMetricKeys(handle, [
    ...new Set(columns.flatMap(({ field }) => (field.kind === 'metric' ? [field.key] : []))),
  ]);
  const summaries = [...new Set(columns.flatMap(({ field }) => (field.kind === 'metric' ? [field.of] : [])))];
  const [rows, metricCell, params, tags] = await Promise.all([
    store.ownCells(handle, scope, numbers, own),
    metrics.size === 0 ? () => null : store.metricCells(handle, numbers, [...metrics.values()], summaries),
    keysOf('param').length === 0 ? [] : store.textCells(handle, 'param', numbers, keysOf('param')),
    keysOf('tag').length === 0 ? [] : store.textCells(handle, 'tag', numbers, keysOf('tag')),
  ]);
  const byNumber = new Map(rows.map((row) => [row.number, row]));
  const runs = numbers.filter((number) => byNumber.has(number));
  const texts = { param: textsOf(params), tag: textsOf(tags) };
  const cell = (number: number, { field }: Asked): Cell => {
    if (field.kind === 'own') return byNumber.get(number)?.[field.column] ?? null;
    if (field.kind !== 'metric') return texts[field.kind].get(`${number} ${field.key}`) ?? null;
    const key = metrics.get(field.key);
    return key === undefined ? null : metricCell(number, key, field.of);
  };
  return { runs, columns: Object.fromEntries(columns.map((column) => [column.name, runs.map((number) => cell(number, column))])) };
}

function textsOf(rows: readonly { run: number; key: string; value: string }[]): Map<string, string> {
  return new Map(rows.map(({ run, key, value }) => [`${run} ${key}`, value]));
}

/** JSON has no infinities. */
export function plain(value: number | null): Cell {
  return value === null || Number.isFinite(value) ? value : String(value);
}

/** In steps, so that other reads come between. */
async function tallyAll(handle: Handle, scope: store.Scope): Promise<{ total: number; items: ColumnTally[] }> {
  const parts: store.KeyTally[][] = [];
  let total = 0;
  for (let after: number | null = null; ; ) {
    const numbers: number[] = await store.pageOfNumbers(handle, { scope, test: null, after, limit: tallyStep_runs });
    if (numbers.length > 0) parts.push(await store.tallyKeys(handle, numbers));
    total += numbers.length;
    after = numbers.at(-1) ?? null;
    if (numbers.length < tallyStep_runs) return merged(total, parts);
  }
}

/** Adds up what was found among some runs and among others. */
export function merged(total: number, parts: readonly (readonly store.KeyTally[])[]): { total: number; items: ColumnTally[] } {
  const all = new Map<string, store.KeyTally>();
  for (const { name, runs, least, most } of parts.flat()) {
    const old = all.get(name);
    all.set(name, {
      name,
      runs: Number(runs) + (old?.runs ?? 0),
      least: old && old.least < least ? old.least : least,
      most: old && old.most > most ? old.most : most,
    });
  }
  const items = [...all.values()].map(({ name, runs, least, most }) => ({ name, runs, differs: runs < total || least !== most }));
  return { total, items: items.sort((a, b) => (a.name < b.name ? -1 : 1)) };
}
