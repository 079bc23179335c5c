import { type RawBuilder, sql } from 'kysely';
import { parsed } from '../../kernel/json.ts';
import {
  type Compared,
  type Comparison,
  comparisonSql,
  type Database,
  type DatabaseProfile,
  type Handle,
  nullsLast,
  type OrderTerm,
  type Placed,
  selectPage,
} from '../../platform/database/index.ts';
import type { Assessment, Span, Trace, TraceState } from './trace.ts';

interface TracesTable {
  id: string;
  project_id: string;
  experiment: number;
  started_at_ms: number;
  took_ms: number | null;
  state: TraceState;
  client_request_id: string | null;
  request_preview: string | null;
  response_preview: string | null;
  /** Whether its maker told of it, or only its spans did. */
  told: 0 | 1;
}

interface PairsTable {
  trace: string;
  key: string;
  value: string;
}

declare module '../../platform/database/handle.ts' {
  interface Tables {
    traces: TracesTable;
    trace_tags: PairsTable;
    trace_metadata: PairsTable;
    spans: {
      trace: string;
      id: string;
      parent: string | null;
      name: string;
      kind: string;
      status: string;
      started_us: number;
      content: string;
    };
    assessments: {
      id: string;
      trace: string;
      name: string;
      kind: Assessment['kind'];
      value: string;
      overrides: string | null;
      valid: 0 | 1;
      content: string;
      created_at_ms: number;
    };
    trace_files: { trace: string; path: string; digest: string; bytes: number };
  }
}

export type TraceRow = TracesTable;

export async function findTrace(handle: Handle, project_id: string, id: string): Promise<TraceRow | null> {
  const found = handle.selectFrom('traces').selectAll().where('id', '=', id).where('project_id', '=', project_id);
  return (await found.executeTakeFirst()) ?? null;
}

export async function isTaken(handle: Handle, id: string): Promise<boolean> {
  return (await handle.selectFrom('traces').select('id').where('id', '=', id).executeTakeFirst()) !== undefined;
}

export async function putTrace(tx: Handle, row: TraceRow): Promise<void> {
  const { id: _, project_id: __, ...change } = row;
  await tx
    .insertInto('traces')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doUpdateSet(change))
    .execute();
}

export async function putPairs(
  database: Database,
  tx: Handle,
  table: 'trace_tags' | 'trace_metadata',
  trace: string,
  pairs: Readonly<Record<string, string>>,
): Promise<void> {
  const values = Object.entries(pairs).flatMap(([key, value]) => [trace, key, value]);
  if (values.length === 0) return;
  const upsert = `insert into ${table} (trace, key, value) values (?, ?, ?) on conflict (trace, key) do update set value = excluded.value`;
  await database.many(tx, upsert, values, 3);
}

export async function deleteTag(tx: Handle, trace: string, key: string): Promise<boolean> {
  const result = await tx.deleteFrom('trace_tags').where('trace', '=', trace).where('key', '=', key).executeTakeFirst();
  return Number(result.numDeletedRows) > 0;
}

/** A span that comes again takes the place of what came before. */
export async function putSpans(database: Database, tx: Handle, trace: string, spans: readonly Span[]): Promise<void> {
  const values = spans.flatMap(({ id, parent, name, kind, status, started_ns, content }) => [
    trace,
    id,
    parent,
    name,
    kind,
    status,
    Number(BigInt(started_ns) / 1000n),
    JSON.stringify(content),
  ]);
  const upsert = `insert into spans (trace, id, parent, name, kind, status, started_us, content) values (?, ?, ?, ?, ?, ?, ?, ?)
    on conflict (trace, id) do update set parent = excluded.parent, name = excluded.name, kind = excluded.kind, status = excluded.status,
    started_us = excluded.started_us, content = excluded.content`;
  await database.many(tx, upsert, values, 8);
}

/** In the order in which they began. */
export async function selectSpans(handle: Handle, trace: string): Promise<unknown[]> {
  const rows = await handle.selectFrom('spans').select('content').where('trace', '=', trace).orderBy('started_us').orderBy('id').execute();
  return rows.map(({ content }) => parsed(content));
}

export async function putAssessment(
  tx: Handle,
  trace: string,
  { content, valid, ...assessment }: Assessment,
  created_at_ms: number,
): Promise<void> {
  const row = { ...assessment, valid: valid ? (1 as const) : (0 as const), content: JSON.stringify(content) };
  await tx
    .insertInto('assessments')
    .values({ ...row, trace, created_at_ms })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute();
}

/** Resolves to whether there is one. */
export async function setValid(tx: Handle, trace: string, id: string, valid: 0 | 1): Promise<boolean> {
  const result = await tx.updateTable('assessments').set({ valid }).where('trace', '=', trace).where('id', '=', id).executeTakeFirst();
  return Number(result.numUpdatedRows) > 0;
}

type AssessmentRow = Omit<Assessment, 'valid' | 'content'> & { readonly valid: 0 | 1; readonly content: string };

function assessmentOf({ id, name, kind, value, overrides, valid, content }: AssessmentRow): Assessment {
  return { id, name, kind, value, overrides, valid: valid === 1, content: parsed(content) };
}

export async function findAssessment(handle: Handle, trace: string, id: string): Promise<Assessment | null> {
  const found = handle.selectFrom('assessments').selectAll().where('trace', '=', trace).where('id', '=', id);
  const row = await found.executeTakeFirst();
  return row ? assessmentOf(row) : null;
}

export async function deleteAssessment(tx: Handle, trace: string, id: string): Promise<void> {
  await tx.deleteFrom('assessments').where('trace', '=', trace).where('id', '=', id).execute();
}

export async function deleteTraces(tx: Handle, ids: readonly string[]): Promise<void> {
  const among = [...ids];
  for (const table of ['trace_tags', 'trace_metadata', 'spans', 'assessments', 'trace_files'] as const) {
    await tx.deleteFrom(table).where('trace', 'in', among).execute();
  }
  await tx.deleteFrom('traces').where('id', 'in', among).execute();
}

export async function selectIds(
  handle: Handle,
  project_id: string,
  { experiment, ids, before_ms, limit }: { experiment: number; ids?: readonly string[]; before_ms?: number; limit: number },
): Promise<string[]> {
  let query = handle.selectFrom('traces').select('id').where('project_id', '=', project_id).where('experiment', '=', experiment);
  if (ids) query = query.where('id', 'in', [...ids]);
  if (before_ms !== undefined) query = query.where('started_at_ms', '<=', before_ms);
  return (await query.orderBy('started_at_ms').limit(limit).execute()).map(({ id }) => id);
}

export async function putFile(tx: Handle, row: { trace: string; path: string; digest: string; bytes: number }): Promise<void> {
  await tx
    .insertInto('trace_files')
    .values(row)
    .onConflict((conflict) => conflict.columns(['trace', 'path']).doUpdateSet({ digest: row.digest, bytes: row.bytes }))
    .execute();
}

export async function selectFiles(handle: Handle, trace: string) {
  return handle.selectFrom('trace_files').select(['path', 'digest', 'bytes']).where('trace', '=', trace).orderBy('path').execute();
}

export async function selectDigests(handle: Handle): Promise<string[]> {
  return (await handle.selectFrom('trace_files').select('digest').distinct().execute()).map(({ digest }) => digest);
}

/** With tags, metadata, assessments and the number of spans, in four statements whatever the number of traces. */
export async function withParts(handle: Handle, rows: readonly TraceRow[]): Promise<Trace[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const [tags, metadata, assessments, spans] = await Promise.all([
    handle.selectFrom('trace_tags').selectAll().where('trace', 'in', ids).orderBy('key').execute(),
    handle.selectFrom('trace_metadata').selectAll().where('trace', 'in', ids).orderBy('key').execute(),
    handle.selectFrom('assessments').selectAll().where('trace', 'in', ids).orderBy('created_at_ms').orderBy('id').execute(),
    handle
      .selectFrom('spans')
      .select((of) => ['trace', of.fn.countAll().as('spans')])
      .where('trace', 'in', ids)
      .groupBy('trace')
      .execute(),
  ]);
  const byTrace = <T extends { readonly trace: string }>(all: readonly T[]) => Map.groupBy(all, ({ trace }) => trace);
  const [tagsOf, metadataOf, assessmentsOf] = [byTrace(tags), byTrace(metadata), byTrace(assessments)];
  const pairs = (all: readonly PairsTable[] = []) => Object.fromEntries(all.map(({ key, value }) => [key, value]));
  const counts = new Map(spans.map((row) => [row.trace, Number(row.spans)]));
  return rows.map(({ project_id: _, told, ...row }) => ({
    ...row,
    told: told === 1,
    experiment: String(row.experiment),
    tags: pairs(tagsOf.get(row.id)),
    metadata: pairs(metadataOf.get(row.id)),
    assessments: (assessmentsOf.get(row.id) ?? []).map(assessmentOf),
    spans: counts.get(row.id) ?? 0,
  }));
}

export type TraceField =
  | { readonly kind: 'own'; readonly column: 'id' | 'started_at_ms' | 'took_ms' | 'ended_at_ms' | 'state' | 'client_request_id' }
  | { readonly kind: 'tag' | 'metadata' | 'feedback' | 'expectation'; readonly key: string }
  | { readonly kind: 'span'; readonly column: 'name' | 'kind' | 'status' | 'content' };

export type TraceTest =
  | { readonly field: TraceField; readonly comparison: Comparison; readonly value: Compared }
  | { readonly field: TraceField; readonly missing: boolean };

export interface TraceQuery {
  readonly experiments: readonly string[];
  readonly tests: readonly TraceTest[];
  readonly order: readonly { readonly field: TraceField; readonly descending: boolean }[];
  readonly after: readonly (string | number)[] | null;
  readonly limit: number;
}

type Bool = RawBuilder<boolean>;

function ownSql(column: Extract<TraceField, { kind: 'own' }>['column']): RawBuilder<unknown> {
  return column === 'ended_at_ms' ? sql`(traces.started_at_ms + traces.took_ms)` : sql.ref(`traces.${column}`);
}

function testSql(test: TraceTest, profile: Pick<DatabaseProfile, 'exactLike'>): Bool {
  const { field } = test;
  const is = (value: RawBuilder<unknown>): Bool =>
    'missing' in test ? sql`1 = 1` : comparisonSql(value, test.comparison, test.value, profile);
  const found = ((): Bool => {
    switch (field.kind) {
      case 'own':
        return 'missing' in test ? sql`${ownSql(field.column)} is not null` : is(ownSql(field.column));
      case 'tag':
      case 'metadata':
        return sql`exists (select 1 from ${sql.table(field.kind === 'tag' ? 'trace_tags' : 'trace_metadata')} as p
          where p.trace = traces.id and p.key = ${field.key} and ${is(sql`p.value`)})`;
      case 'feedback':
      case 'expectation':
        return sql`exists (select 1 from assessments as a where a.trace = traces.id and a.kind = ${field.kind}
          and a.name = ${field.key} and a.valid = 1 and ${is(sql`a.value`)})`;
      case 'span':
        return sql`exists (select 1 from spans as s where s.trace = traces.id and ${is(sql.ref(`s.${field.column}`))})`;
    }
  })();
  return 'missing' in test && test.missing ? sql`not (${found})` : found;
}

function termsOf(field: TraceField, descending: boolean): OrderTerm[] {
  if (field.kind === 'own') return nullsLast(ownSql(field.column), field.column.endsWith('_ms') ? 0 : '', descending);
  if (field.kind === 'tag' || field.kind === 'metadata') {
    const table = sql.table(field.kind === 'tag' ? 'trace_tags' : 'trace_metadata');
    return nullsLast(sql`(select p.value from ${table} as p where p.trace = traces.id and p.key = ${field.key})`, '', descending);
  }
  return [];
}

/** Where the values of a field lie, each row with the trace that it is of. */
function valuesSql(field: TraceField): RawBuilder<unknown> {
  switch (field.kind) {
    case 'own':
      return sql`(select id as trace, ${ownSql(field.column)} as value from traces)`;
    case 'tag':
    case 'metadata':
      return sql`(select trace, value from ${sql.table(field.kind === 'tag' ? 'trace_tags' : 'trace_metadata')} where key = ${field.key})`;
    case 'feedback':
    case 'expectation':
      return sql`(select trace, value from assessments where kind = ${field.kind} and name = ${field.key} and valid = 1)`;
    case 'span':
      return sql`(select trace, ${sql.ref(field.column)} as value from spans)`;
  }
}

export async function selectValues(
  handle: Handle,
  project_id: string,
  experiments: readonly string[],
  field: TraceField,
  limit: number,
): Promise<string[]> {
  const numbers = experiments.filter((id) => /^\d{1,15}$/.test(id)).map(Number);
  if (numbers.length === 0) return [];
  const { rows } = await sql<{
    value: string;
  }>`select distinct v.value as value from traces join ${valuesSql(field)} as v on v.trace = traces.id
    where traces.project_id = ${project_id} and traces.experiment in (${sql.join(numbers)}) and v.value is not null limit ${limit}`.execute(
    handle,
  );
  return rows.map(({ value }) => value);
}

/** Newest first where no order is asked. */
export async function selectTraces(
  handle: Handle,
  profile: Pick<DatabaseProfile, 'exactLike'>,
  project_id: string,
  { experiments, tests, order, after, limit }: TraceQuery,
): Promise<Placed<TraceRow>[]> {
  const numbers = experiments.filter((id) => /^\d{1,15}$/.test(id)).map(Number);
  if (numbers.length === 0) return [];
  const terms: OrderTerm[] = [
    ...order.flatMap(({ field, descending }) => termsOf(field, descending)),
    { value: sql`traces.started_at_ms`, descending: true },
    { value: sql`traces.id`, descending: false },
  ];
  const where = [
    sql`traces.project_id = ${project_id} and traces.experiment in (${sql.join(numbers)})`,
    ...tests.map((test) => testSql(test, profile)),
  ];
  return selectPage<TraceRow>(handle, { table: 'traces', where, terms, after, limit });
}
