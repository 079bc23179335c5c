import { sql } from 'kysely';
import { parsed } from '../../kernel/json.ts';
import type { Handle } from '../../platform/database/index.ts';
import { type CodeCapture, codeDigests } from '../runs/index.ts';
import type { CacheParts, Execution, ExecutionState, StepOutcome, StepRecord, StepState } from './execution.ts';

type ExecutionsTable = Omit<Execution, 'definition' | 'params' | 'inputs' | 'use_cache' | 'verified'> & {
  project_id: string;
  definition: string;
  params: string;
  inputs: string | null;
  use_cache: number;
  verified: number | null;
};

interface StepsTable {
  execution_id: string;
  name: string;
  state: StepState;
  attempts: number;
  cache: string | null;
  outcome: string | null;
  error: string | null;
  started_at_ms: number | null;
  ended_at_ms: number | null;
  cpu_ms: number;
}

interface CacheTable {
  project_id: string;
  key: string;
  pipeline: string;
  step: string;
  parts: string;
  outcome: string;
  execution_id: string;
  created_at_ms: number;
}

declare module '../../platform/database/handle.ts' {
  interface Tables {
    executions: ExecutionsTable;
    execution_steps: StepsTable;
    step_cache: CacheTable;
  }
}

export async function nextExecutionNumber(tx: Handle, project_id: string, pipeline: string): Promise<number> {
  const row = await tx
    .selectFrom('executions')
    .select((of) => of.fn.max('number').as('last'))
    .where('project_id', '=', project_id)
    .where('pipeline', '=', pipeline)
    .executeTakeFirst();
  return Number(row?.last ?? 0) + 1;
}

export async function insertExecution(tx: Handle, project_id: string, execution: Execution, steps: readonly string[]): Promise<void> {
  const { definition, params, inputs, use_cache, verified, ...plain } = execution;
  await tx
    .insertInto('executions')
    .values({
      ...plain,
      project_id,
      definition: JSON.stringify(definition),
      params: JSON.stringify(params),
      inputs: inputs === null ? null : JSON.stringify(inputs),
      use_cache: use_cache ? 1 : 0,
      verified: verified === null ? null : verified ? 1 : 0,
    })
    .execute();
  const rows = steps.map((name) => ({
    execution_id: execution.id,
    name,
    state: 'waiting' as const,
    attempts: 0,
    cache: null,
    outcome: null,
    error: null,
    started_at_ms: null,
    ended_at_ms: null,
    cpu_ms: 0,
  }));
  await tx.insertInto('execution_steps').values(rows).execute();
}

export async function findExecution(handle: Handle, project_id: string, id: string): Promise<Execution | null> {
  const row = await handle
    .selectFrom('executions')
    .selectAll()
    .where('project_id', '=', project_id)
    .where('id', '=', id)
    .executeTakeFirst();
  return row ? toExecution(row) : null;
}

export async function liveExecution(handle: Handle, project_id: string, pipeline: string): Promise<Execution | null> {
  const row = await handle
    .selectFrom('executions')
    .selectAll()
    .where('project_id', '=', project_id)
    .where('pipeline', '=', pipeline)
    .where('state', 'in', ['waiting', 'running'])
    .executeTakeFirst();
  return row ? toExecution(row) : null;
}

export async function listExecutions(
  handle: Handle,
  project_id: string,
  filter: { readonly pipeline?: string; readonly after?: { readonly number: number; readonly id: string }; readonly limit: number },
): Promise<Execution[]> {
  let query = handle.selectFrom('executions').selectAll().where('project_id', '=', project_id);
  if (filter.pipeline !== undefined) query = query.where('pipeline', '=', filter.pipeline);
  if (filter.after) query = query.where(sql<boolean>`(created_at_ms, id) < (${filter.after.number}, ${filter.after.id})`);
  const rows = await query.orderBy('created_at_ms', 'desc').orderBy('id', 'desc').limit(filter.limit).execute();
  return rows.map(toExecution);
}

export interface ExecutionChange {
  readonly state?: ExecutionState;
  readonly error?: string | null;
  readonly inputs?: Readonly<Record<string, number>>;
  readonly verified?: boolean;
  readonly version_id?: string;
  readonly version?: number;
  readonly cpu_ms?: number;
  readonly ended_at_ms?: number;
}

/** Changes an execution that has not ended; false when it had. */
export async function setExecution(tx: Handle, id: string, { inputs, verified, ...change }: ExecutionChange): Promise<boolean> {
  const result = await tx
    .updateTable('executions')
    .set({
      ...change,
      ...(inputs === undefined ? {} : { inputs: JSON.stringify(inputs) }),
      ...(verified === undefined ? {} : { verified: verified ? 1 : 0 }),
    })
    .where('id', '=', id)
    .where('state', 'in', ['waiting', 'running'])
    .executeTakeFirst();
  return Number(result.numUpdatedRows) > 0;
}

export async function listSteps(handle: Handle, execution_id: string): Promise<StepRecord[]> {
  const rows = await handle.selectFrom('execution_steps').selectAll().where('execution_id', '=', execution_id).execute();
  return rows.map(({ execution_id: _, cache, outcome, ...plain }) => ({
    ...plain,
    cache: cache === null ? null : parsed(cache),
    outcome: outcome === null ? null : parsed(outcome),
  }));
}

export async function setStep(tx: Handle, execution_id: string, name: string, change: Partial<Omit<StepRecord, 'name'>>): Promise<void> {
  const { cache, outcome, ...plain } = change;
  await tx
    .updateTable('execution_steps')
    .set({
      ...plain,
      ...(cache === undefined ? {} : { cache: cache === null ? null : JSON.stringify(cache) }),
      ...(outcome === undefined ? {} : { outcome: outcome === null ? null : JSON.stringify(outcome) }),
    })
    .where('execution_id', '=', execution_id)
    .where('name', '=', name)
    .execute();
}

export interface Cached {
  readonly key: string;
  readonly parts: CacheParts;
  readonly outcome: StepOutcome;
  readonly execution_id: string;
}

export async function findCached(handle: Handle, project_id: string, key: string): Promise<Cached | null> {
  const row = await handle
    .selectFrom('step_cache')
    .selectAll()
    .where('project_id', '=', project_id)
    .where('key', '=', key)
    .executeTakeFirst();
  return row ? toCached(row) : null;
}

export async function newestCached(handle: Handle, project_id: string, pipeline: string, step: string): Promise<Cached | null> {
  const row = await handle
    .selectFrom('step_cache')
    .selectAll()
    .where('project_id', '=', project_id)
    .where('pipeline', '=', pipeline)
    .where('step', '=', step)
    .orderBy('created_at_ms', 'desc')
    .executeTakeFirst();
  return row ? toCached(row) : null;
}

export async function putCached(
  tx: Handle,
  row: Omit<CacheTable, 'parts' | 'outcome'> & { parts: CacheParts; outcome: StepOutcome },
): Promise<void> {
  await tx
    .insertInto('step_cache')
    .values({ ...row, parts: JSON.stringify(row.parts), outcome: JSON.stringify(row.outcome) })
    .onConflict((conflict) => conflict.columns(['project_id', 'key']).doNothing())
    .execute();
}

/** CPU-hours that a pipeline's executions used since a moment of the project's time, for budgets. */
export async function cpuSince(handle: Handle, project_id: string, pipeline: string, since_clock_ms: number): Promise<number> {
  const row = await handle
    .selectFrom('executions')
    .select((of) => of.fn.sum<number>('cpu_ms').as('cpu_ms'))
    .where('project_id', '=', project_id)
    .where('pipeline', '=', pipeline)
    .where('clock_ms', '>=', since_clock_ms)
    .executeTakeFirst();
  return Number(row?.cpu_ms ?? 0);
}

/** Every blob that outcomes and definitions name. */
export async function listBlobDigests(handle: Handle): Promise<string[]> {
  const outcomes = await handle.selectFrom('step_cache').select('outcome').execute();
  const definitions = await sql<{
    definition: string;
  }>`select definition from definitions where kind in ('pipeline', 'code') union select definition from executions`.execute(handle);
  const digests = new Set<string>();
  for (const { outcome } of outcomes) {
    const { tables, fitted, evaluation_digest } = parsed(outcome) as StepOutcome;
    if (evaluation_digest !== null) digests.add(evaluation_digest);
    for (const table of Object.values(tables)) digests.add(table.digest);
    if (fitted) for (const digest of [fitted.model.digest, fitted.baseline.digest, fitted.profile_digest]) digests.add(digest);
  }
  for (const { definition } of definitions.rows) {
    const { files = {}, code } = parsed(definition) as { files?: Record<string, string>; code?: CodeCapture };
    for (const digest of [...Object.values(files), ...(code ? codeDigests(code) : [])]) digests.add(digest);
  }
  return [...digests];
}

function toExecution(row: ExecutionsTable): Execution {
  const { project_id: _, ...plain } = row;
  return {
    ...plain,
    definition: parsed(row.definition),
    params: parsed(row.params),
    inputs: row.inputs === null ? null : parsed(row.inputs),
    use_cache: row.use_cache === 1,
    verified: row.verified === null ? null : row.verified === 1,
  };
}

function toCached(row: CacheTable): Cached {
  return { key: row.key, parts: parsed(row.parts), outcome: parsed(row.outcome), execution_id: row.execution_id };
}
