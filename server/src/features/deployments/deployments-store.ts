import { parsed } from '../../kernel/json.ts';
import type { Handle } from '../../platform/database/index.ts';
import type { ReleasePermit } from '../models/index.ts';
import type { Rollout } from './rollout.ts';

/** What a deployment serves. Its definition is kept with all definitions. */
export interface DeploymentState {
  readonly name: string;
  readonly project_id: string;
  /** The version that has 100%, and the rollout that brought it there. */
  readonly champion: number | null;
  readonly champion_rollout: number | null;
  /** Since when, in the time of the project. */
  readonly champion_since_ms: number | null;
  /** The champion before, kept loaded for a rollback. */
  readonly previous: number | null;
  readonly previous_rollout: number | null;
  /** Rollouts so far: the number of the last one. */
  readonly rollouts: number;
  readonly created_at_ms: number;
  readonly retired_at_ms: number | null;
}

/** A rollout with who it belongs to. */
export interface RolloutRecord extends Rollout {
  readonly deployment: string;
  readonly number: number;
  readonly model: string;
  readonly version: number;
  readonly version_id: string;
  /** The champion when it began; null for the first version of a deployment. */
  readonly displaced: number | null;
  readonly started_ms: number;
  readonly permit: ReleasePermit | null;
  readonly person: string | null;
  /** Number of the event that began it. */
  readonly event: number;
  readonly created_at_ms: number;
}

type RolloutsTable = Omit<RolloutRecord, 'plan' | 'evidence' | 'permit'> & {
  project_id: string;
  plan: string;
  evidence: string;
  permit: string | null;
};

declare module '../../platform/database/handle.ts' {
  interface Tables {
    deployments: DeploymentState;
    rollouts: RolloutsTable;
  }
}

export async function findState(handle: Handle, name: string): Promise<DeploymentState | null> {
  return (await handle.selectFrom('deployments').selectAll().where('name', '=', name).executeTakeFirst()) ?? null;
}

export async function putState(tx: Handle, state: DeploymentState): Promise<void> {
  const { name: _, project_id: __, created_at_ms: ___, ...change } = state;
  await tx
    .insertInto('deployments')
    .values(state)
    .onConflict((conflict) => conflict.column('name').doUpdateSet(change))
    .execute();
}

/** All that are not retired, of one project or of the server. */
export async function listStates(handle: Handle, project_id?: string): Promise<DeploymentState[]> {
  const query = handle.selectFrom('deployments').selectAll().where('retired_at_ms', 'is', null);
  return (project_id === undefined ? query : query.where('project_id', '=', project_id)).orderBy('name').execute();
}

export async function putRollout(tx: Handle, project_id: string, rollout: RolloutRecord): Promise<void> {
  const { plan, evidence, permit, ...plain } = rollout;
  const { state, step, step_started_ms, ended_ms } = plain;
  const change = { state, step, step_started_ms, ended_ms, evidence: JSON.stringify(evidence) };
  await tx
    .insertInto('rollouts')
    .values({ ...plain, ...change, project_id, plan: JSON.stringify(plan), permit: permit === null ? null : JSON.stringify(permit) })
    .onConflict((conflict) => conflict.columns(['deployment', 'number']).doUpdateSet(change))
    .execute();
}

export async function findRollout(handle: Handle, deployment: string, number: number): Promise<RolloutRecord | null> {
  const row = await handle
    .selectFrom('rollouts')
    .selectAll()
    .where('deployment', '=', deployment)
    .where('number', '=', number)
    .executeTakeFirst();
  return row ? toRollout(row) : null;
}

/** The rollout that is rolling or waiting; there is at most one. */
export async function findLiveRollout(handle: Handle, deployment: string): Promise<RolloutRecord | null> {
  const row = await handle
    .selectFrom('rollouts')
    .selectAll()
    .where('deployment', '=', deployment)
    .where('state', 'in', ['rolling', 'waiting'])
    .orderBy('number', 'desc')
    .executeTakeFirst();
  return row ? toRollout(row) : null;
}

export async function listLiveRollouts(handle: Handle, project_id: string): Promise<RolloutRecord[]> {
  const rows = await handle
    .selectFrom('rollouts')
    .selectAll()
    .where('project_id', '=', project_id)
    .where('state', 'in', ['rolling', 'waiting'])
    .orderBy('deployment')
    .execute();
  return rows.map(toRollout);
}

/** Newest first. */
export async function listRollouts(
  handle: Handle,
  deployment: string,
  { before, limit }: { readonly before?: number; readonly limit: number },
): Promise<RolloutRecord[]> {
  let query = handle.selectFrom('rollouts').selectAll().where('deployment', '=', deployment);
  if (before !== undefined) query = query.where('number', '<', before);
  return (await query.orderBy('number', 'desc').limit(limit).execute()).map(toRollout);
}

function toRollout({ project_id: _, ...row }: RolloutsTable): RolloutRecord {
  return {
    ...row,
    plan: parsed(row.plan),
    evidence: parsed(row.evidence),
    permit: row.permit === null ? null : parsed(row.permit),
  };
}
