import { type RawBuilder, sql } from 'kysely';
import type { Handle } from '../../platform/database/index.ts';

/**
 * What the doctor reads of the tables of all rooms. It does not ask the rooms: they trust their rows, and a room that wrote
 * something wrong would read it the same way.
 */
export async function appliedSteps(handle: Handle): Promise<string[]> {
  return (await handle.selectFrom('schema_migrations').select('name').orderBy('name').execute()).map((row) => row.name);
}

/** How many events there are, and their first and last number. */
export async function eventNumbers(handle: Handle): Promise<{ rows: number; first: number; last: number }> {
  const row = await handle
    .selectFrom('events')
    .select((of) => [of.fn.countAll<number>().as('rows'), of.fn.min('number').as('first'), of.fn.max('number').as('last')])
    .executeTakeFirst();
  return { rows: Number(row?.rows ?? 0), first: Number(row?.first ?? 0), last: Number(row?.last ?? 0) };
}

/** Aliases of a version that is not there, as `model@alias`. */
export async function aliasesToNowhere(handle: Handle): Promise<{ name: string; version: number }[]> {
  const { rows } = await sql<{ model: string; alias: string; version: number }>`select model, alias, version from model_aliases
    where version is not null and not exists (select 1 from model_versions where model_versions.project_id = model_aliases.project_id
      and model_versions.model = model_aliases.model and model_versions.number = model_aliases.version)`.execute(handle);
  return rows.map(({ model, alias, version }) => ({ name: `${model}@${alias}`, version }));
}

export async function countAliases(handle: Handle): Promise<number> {
  return countOf(handle, sql<{ rows: number }>`select count(*) as rows from model_aliases where version is not null`);
}

export interface RolloutRow {
  readonly deployment: string;
  readonly number: number;
  readonly state: string;
  readonly step: number;
  /** JSON. */
  readonly plan: string;
  readonly champion: number | null;
}

/** Rollouts with the version that takes the rest of their traffic. */
export async function rolloutRows(handle: Handle): Promise<RolloutRow[]> {
  const { rows } = await sql<RolloutRow>`select rollouts.deployment, rollouts.number, rollouts.state, rollouts.step, rollouts.plan,
    deployments.champion from rollouts join deployments on deployments.name = rollouts.deployment order by deployment, number`.execute(
    handle,
  );
  return rows;
}

/** Verdicts and approvals on a version that is not there. */
export async function judgedNothing(handle: Handle): Promise<string[]> {
  const { rows } = await sql<{ what: string }>`select 'the verdict ' || id || ' of gate ' || gate as what from verdicts
      where version_id not in (select id from model_versions)
    union all select 'the approval ' || id from approvals where version_id not in (select id from model_versions)`.execute(handle);
  return rows.map((row) => row.what);
}

export interface ExecutionRow {
  readonly id: string;
  readonly pipeline: string;
  readonly state: string;
  /** JSON. */
  readonly definition: string;
  readonly steps: number;
  readonly unfinished: number;
}

/** Executions with how many rows of steps they have, and how many of those have not ended. */
export async function executionRows(handle: Handle): Promise<ExecutionRow[]> {
  const { rows } = await sql<ExecutionRow>`select id, pipeline, state, definition,
      (select count(*) from execution_steps where execution_id = executions.id) as steps,
      (select count(*) from execution_steps where execution_id = executions.id and state in ('waiting', 'running')) as unfinished
    from executions order by id`.execute(handle);
  return rows.map((row) => ({ ...row, steps: Number(row.steps), unfinished: Number(row.unfinished) }));
}

/** Jobs that a process holds whose lease ended before `leases_ms`, and jobs that were due before `due_ms` and that no job of their lane holds up. */
export async function stuckJobs(
  handle: Handle,
  before: { leases_ms: number; due_ms: number },
): Promise<{ id: string; name: string; state: string }[]> {
  const { rows } = await sql<{ id: string; name: string; state: string }>`select id, name, state from jobs
    where (state = 'running' and (lease_until_ms is null or lease_until_ms < ${before.leases_ms}))
      or (state = 'waiting' and due_at_ms < ${before.due_ms} and (lane is null or lane not in
        (select lane from jobs where state = 'running' and lane is not null)))`.execute(handle);
  return rows;
}

export async function countUnendedJobs(handle: Handle): Promise<number> {
  return countOf(handle, sql<{ rows: number }>`select count(*) as rows from jobs where state in ('waiting', 'running')`);
}

/**
 * Rows that belong to another row: which table, by which columns, to which. Checked by hand, since no foreign keys are declared. Files and
 * metadata of a trace are not among them: they may come before it.
 */
const belongings: readonly (readonly [table: string, columns: string, to: string, of: string])[] = [
  ['run_params', 'run', 'runs', 'number'],
  ['run_tags', 'run', 'runs', 'number'],
  ['run_artifacts', 'run', 'runs', 'number'],
  ['run_inputs', 'run', 'runs', 'number'],
  ['metric_points', 'run', 'runs', 'number'],
  ['metric_points', 'key', 'metric_keys', 'id'],
  ['metric_latest', 'run', 'runs', 'number'],
  ['metric_latest', 'key', 'metric_keys', 'id'],
  ['runs', 'experiment', 'experiments', 'number'],
  ['experiment_tags', 'experiment', 'experiments', 'number'],
  ['outside_datasets', 'experiment', 'experiments', 'number'],
  ['logged_models', 'experiment', 'experiments', 'number'],
  ['logged_model_params', 'model', 'logged_models', 'number'],
  ['logged_model_tags', 'model', 'logged_models', 'number'],
  ['logged_model_metrics', 'model', 'logged_models', 'number'],
  ['logged_model_files', 'model', 'logged_models', 'number'],
  ['run_models', 'run', 'runs', 'number'],
  ['traces', 'experiment', 'experiments', 'number'],
  ['trace_tags', 'trace', 'traces', 'id'],
  ['spans', 'trace', 'traces', 'id'],
  ['assessments', 'trace', 'traces', 'id'],
  ['model_version_facts', 'version_id', 'model_versions', 'id'],
  ['model_version_tags', 'version_id', 'model_versions', 'id'],
  ['execution_steps', 'execution_id', 'executions', 'id'],
  ['model_holds', 'version_id', 'model_versions', 'id'],
  ['rollouts', 'deployment', 'deployments', 'name'],
  ['predictions', 'deployment', 'deployments', 'name'],
  ['access_sessions', 'person', 'access_persons', 'id'],
  ['access_members', 'person', 'access_persons', 'id'],
];

/** How many rows of each table belong to nothing. */
export async function orphanCounts(handle: Handle): Promise<{ what: string; rows: number }[]> {
  const found: { what: string; rows: number }[] = [];
  const look = async (table: string, column: string, to: string, of: string): Promise<void> => {
    // Distinct values first: a table may have millions of rows of a few runs.
    const rows = await countOf(
      handle,
      sql<{
        rows: number;
      }>`select count(*) as rows from (select distinct ${sql.ref(column)} as value from ${sql.table(table)} where ${sql.ref(column)} is not null) as mine
        where not exists (select 1 from ${sql.table(to)} where ${sql.ref(`${to}.${of}`)} = mine.value)`,
    );
    if (rows > 0) found.push({ what: `${table}.${column} names ${rows} that ${to} does not have`, rows });
  };
  for (const belonging of belongings) await look(...belonging);
  for (const { name, columns } of await handle.introspection.getTables()) {
    if (columns.some((column) => column.name === 'project_id')) await look(name, 'project_id', 'access_projects', 'id');
  }
  return found;
}

async function countOf(handle: Handle, query: RawBuilder<{ rows: number }>): Promise<number> {
  const { rows } = await query.execute(handle);
  return Number(rows[0]?.rows ?? 0);
}
