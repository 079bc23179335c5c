import { type RawBuilder, sql } from 'kysely';
import { parsed } from '../../kernel/json.ts';
import type { Handle } from '../../platform/database/index.ts';
import type { MetricSummary, OwnColumn } from './field.ts';
import type { Operator } from './filter.ts';
import type { Lifecycle } from './run.ts';

export interface Scope {
  readonly project_id: string;
  readonly experiment?: number;
  readonly lifecycle: Lifecycle;
}

/** A field with what the database knows it by. */
export type StoredField =
  | { readonly kind: 'own'; readonly column: OwnColumn }
  | { readonly kind: 'metric'; readonly key: number; readonly of: MetricSummary }
  | { readonly kind: 'param' | 'tag'; readonly key: string };

/** A filter whose names and values were found good. Numbers and times are numbers. */
export type Test =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Test[] }
  | { readonly kind: 'not'; readonly part: Test }
  | { readonly kind: 'compare'; readonly field: StoredField; readonly operator: Operator; readonly value: string | number }
  | { readonly kind: 'missing'; readonly field: StoredField };

export interface OrderKey {
  readonly field: StoredField;
  readonly descending: boolean;
}

type Bool = RawBuilder<boolean>;

const own: Readonly<Record<OwnColumn, RawBuilder<unknown>>> = {
  id: sql`runs.id`,
  name: sql`runs.name`,
  status: sql`runs.status`,
  experiment: sql`runs.experiment`,
  started: sql`runs.started_at_ms`,
  ended: sql`runs.ended_at_ms`,
  took: sql`(runs.ended_at_ms - runs.started_at_ms)`,
  person: sql`runs.person`,
  execution: sql`runs.execution_id`,
  step: sql`runs.step`,
  cpu: sql`runs.cpu_ms`,
  data: sql`(select min(${datasetName()}) from run_inputs where run_inputs.run = runs.number)`,
};

function datasetName(): RawBuilder<string> {
  return sql`case when version is null then dataset else dataset || '@' || version end`;
}

const summaries = { last: sql`case when is_nan = 1 then null else value end`, min: sql`minimum`, max: sql`maximum` } as const;

function sqlOf(field: StoredField): RawBuilder<unknown> {
  switch (field.kind) {
    case 'own':
      return own[field.column];
    case 'metric':
      return sql`(select ${summaries[field.of]} from metric_latest where metric_latest.run = runs.number and metric_latest.key = ${field.key})`;
    case 'param':
    case 'tag':
      return textOf(field.kind, field.key);
  }
}

function textOf(kind: 'param' | 'tag', key: string): RawBuilder<unknown> {
  const table = sql.table(kind === 'param' ? 'run_params' : 'run_tags');
  return sql`(select value from ${table} as pairs where pairs.run = runs.number and pairs.key = ${key})`;
}

function numberOfParam(key: string): RawBuilder<number> {
  return sql`(select number from run_params as pairs where pairs.run = runs.number and pairs.key = ${key})`;
}

/** How a statement writes a value that it knows by a name: where it is asked for, or as a column that was read before. */
export type Cells = (name: string, value: RawBuilder<unknown>) => RawBuilder<unknown>;
const inPlace: Cells = (_, value) => value;

export function cellSql(field: StoredField, cells: Cells): RawBuilder<unknown> {
  return cells(JSON.stringify(field), sqlOf(field));
}

function numberCellSql(key: string, cells: Cells): RawBuilder<unknown> {
  return cells(`number of ${key}`, numberOfParam(key));
}

/** False where the value is missing, so that `not` and `!=` mean what they say. */
export function testSql(test: Test, cells: Cells = inPlace): Bool {
  switch (test.kind) {
    case 'and':
    case 'or': {
      const parts = test.parts.map((part) => testSql(part, cells));
      return sql`(${sql.join(parts, test.kind === 'and' ? sql` and ` : sql` or `)})`;
    }
    case 'not':
      return sql`(not ${testSql(test.part, cells)})`;
    case 'missing':
      return sql`(${cellSql(test.field, cells)} is null)`;
    case 'compare':
      return sql`coalesce(${compareSql(test, cells)}, false)`;
  }
}

const signs = { '=': sql`=`, '!=': sql`<>`, '>': sql`>`, '>=': sql`>=`, '<': sql`<`, '<=': sql`<=` } as const;

function compareSql({ field, operator, value }: Extract<Test, { kind: 'compare' }>, cells: Cells): Bool {
  if (operator === 'contains') {
    const pattern = `%${String(value)
      .toLowerCase()
      .replace(/[\\%_]/g, '\\$&')}%`;
    return sql`(lower(${cellSql(field, cells)}) like ${pattern} escape '\\')`;
  }
  if (field.kind !== 'param' || typeof value === 'string') return sql`(${cellSql(field, cells)} ${signs[operator]} ${value})`;
  const number = numberCellSql(field.key, cells);
  const compared: Bool = sql`(${number} ${signs[operator]} ${value})`;
  // Another text is not that number either.
  return operator === '!=' ? sql`(${compared} or (${number} is null and ${cellSql(field, cells)} is not null))` : compared;
}

/** Missing ones last in either direction; what is equal newest first. */
export function orderSql(order: readonly OrderKey[], cells: Cells): RawBuilder<unknown> {
  const keys = order.flatMap(({ field, descending }) => {
    const values = field.kind === 'param' ? [numberCellSql(field.key, cells), cellSql(field, cells)] : [cellSql(field, cells)];
    return values.map((value) => (descending ? sql`${value} desc nulls last` : sql`${value} asc nulls last`));
  });
  return sql.join([...keys, sql`runs.started_at_ms desc`, sql`runs.number desc`]);
}

export function scopeSql({ project_id, experiment, lifecycle }: Scope): Bool {
  const plain = sql<boolean>`runs.project_id = ${project_id} and runs.lifecycle = ${lifecycle}`;
  return experiment === undefined ? plain : sql`${plain} and runs.experiment = ${experiment}`;
}

function whereSql(scope: Scope, test: Test | null): Bool {
  return test === null ? scopeSql(scope) : sql`${scopeSql(scope)} and ${testSql(test)}`;
}

export interface PageOf {
  readonly scope: Scope;
  readonly test: Test | null;
  readonly after: number | null;
  readonly limit: number;
}

/** In the order of their numbers, oldest first. */
export async function pageOfNumbers(handle: Handle, { scope, test, after, limit }: PageOf): Promise<number[]> {
  const { rows } = await sql<{ number: number }>`select number from runs where ${whereSql(scope, test)}
    and number > ${after ?? -1} order by number limit ${limit}`.execute(handle);
  return rows.map(({ number }) => number);
}

export type OwnRow = { readonly number: number } & Readonly<Partial<Record<OwnColumn, string | number | null>>>;

/** Runs that are not in the scope are left out. */
export async function ownCells(
  handle: Handle,
  scope: Scope,
  numbers: readonly number[],
  columns: readonly OwnColumn[],
): Promise<readonly OwnRow[]> {
  const chosen = columns.map((column) => sql`, ${own[column]} as ${sql.ref(column)}`);
  const { rows } = await sql<OwnRow>`select runs.number ${sql.join(chosen, sql` `)} from runs
    where ${scopeSql(scope)} and runs.number in (${sql.join(numbers)})`.execute(handle);
  return rows;
}

/** NaN is a text, and so are infinities, which JSON does not have. */
const packed = {
  last: sql`case when is_nan = 1 then '"NaN"' else cast(value as text) end`,
  min: sql`coalesce(cast(minimum as text), 'null')`,
  max: sql`coalesce(cast(maximum as text), 'null')`,
} as const;

/** Beyond so many keys all metrics of a run are read in a row, instead of each by itself. */
const soughtKeys = 30;

/** What a run has under a key; null for nothing. Comes as one text for each run, since a page has some ten thousand of them. */
export async function metricCells(
  handle: Handle,
  numbers: readonly number[],
  keys: readonly number[],
  summaries: readonly MetricSummary[],
): Promise<(run: number, key: number, of: MetricSummary) => string | number | null> {
  const parts = [sql`cast(key as text)`, ...summaries.map((of) => packed[of])];
  const sought = keys.length > soughtKeys ? sql`+key` : sql`key`;
  const { rows } = await sql<{ run: number; cells: string }>`select run, string_agg(${sql.join(parts, sql` || ',' || `)}, ',') as cells
    from metric_latest where run in (${sql.join(numbers)}) and ${sought} in (${sql.join(keys)}) group by run`.execute(handle);
  const found = new Map<number, Map<number, (string | number | null)[]>>();
  for (const { run, cells } of rows) {
    const values = parsed<(string | number | null)[]>(`[${cells.replace(/(-?)Inf(?:inity)?/g, '"$1Infinity"')}]`);
    const byKey = new Map<number, (string | number | null)[]>();
    for (let at = 0; at < values.length; at += parts.length) byKey.set(Number(values[at]), values.slice(at + 1, at + parts.length));
    found.set(run, byKey);
  }
  return (run, key, of) => found.get(run)?.get(key)?.[summaries.indexOf(of)] ?? null;
}

export async function textCells(handle: Handle, kind: 'param' | 'tag', numbers: readonly number[], keys: readonly string[]) {
  return handle
    .selectFrom(kind === 'param' ? 'run_params' : 'run_tags')
    .select(['run', 'key', 'value'])
    .where('run', 'in', [...numbers])
    .where('key', 'in', [...keys])
    .execute();
}

export async function findMetricKeys(handle: Handle, names: readonly string[]): Promise<Map<string, number>> {
  if (names.length === 0) return new Map();
  const rows = await handle
    .selectFrom('metric_keys')
    .selectAll()
    .where('name', 'in', [...names])
    .execute();
  return new Map(rows.map(({ name, id }) => [name, id]));
}

/** Whether any run of the scope has it. */
export async function isUsed(handle: Handle, scope: Scope, field: StoredField): Promise<boolean> {
  const { rows } = await sql<{ found: number }>`select 1 as found from runs where ${scopeSql(scope)}
    and ${usedSql(field)} limit 1`.execute(handle);
  return rows.length > 0;
}

function usedSql(field: StoredField): Bool {
  if (field.kind === 'own') return sql`1 = 1`;
  if (field.kind === 'metric')
    return sql`exists (select 1 from metric_latest where metric_latest.run = runs.number and metric_latest.key = ${field.key})`;
  return sql`${textOf(field.kind, field.key)} is not null`;
}

export interface KeyTally {
  readonly name: string;
  readonly runs: number;
  readonly least: string | number;
  readonly most: string | number;
}

/** How many of the runs have each metric, param and tag, with the least and greatest value. */
export async function tallyKeys(handle: Handle, numbers: readonly number[]): Promise<KeyTally[]> {
  const among = sql.join(numbers);
  const metrics = sql<KeyTally>`select 'metrics.' || name as name, runs, least, most from (select key, count(*) as runs, min(value) as least,
    max(value) as most from metric_latest where run in (${among}) group by key) as tallied join metric_keys on metric_keys.id = tallied.key`;
  const texts = (['params', 'tags'] as const).map(
    (kind) => sql<KeyTally>`select ${sql.lit(`${kind}.`)} || key as name, count(*) as runs, min(value) as least, max(value) as most
      from ${sql.table(`run_${kind}`)} where run in (${among}) group by key`,
  );
  const found = await Promise.all([metrics, ...texts].map((query) => query.execute(handle)));
  return found.flatMap(({ rows }) => rows);
}

export async function newestNumbers(handle: Handle, scope: Scope, limit: number): Promise<number[]> {
  const { rows } = await sql<{ number: number }>`select number from runs where ${scopeSql(scope)}
    order by started_at_ms desc, number desc limit ${limit}`.execute(handle);
  return rows.map(({ number }) => number);
}

export interface ExperimentTally {
  readonly runs: number;
  readonly running: number;
  readonly newest_ms: number | null;
}

export async function tallyExperiments(handle: Handle, project_id: string): Promise<Map<number, ExperimentTally>> {
  const { rows } = await sql<ExperimentTally & { experiment: number }>`select experiment, count(*) as runs,
    sum(case when status = 'running' then 1 else 0 end) as running, max(started_at_ms) as newest_ms
    from runs where project_id = ${project_id} and lifecycle = 'active' group by experiment`.execute(handle);
  return new Map(rows.map(({ experiment, ...tally }) => [experiment, tally]));
}
