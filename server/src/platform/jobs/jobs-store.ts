import type { Handle } from '../database/index.ts';
import type { JobState } from './job.ts';

interface JobsTable {
  id: string;
  name: string;
  project_id: string | null;
  payload: string;
  once_key: string | null;
  lane: string | null;
  state: JobState;
  due_at_ms: number;
  attempts: number;
  lease_owner: string | null;
  lease_until_ms: number | null;
  cause: number | null;
  person: string | null;
  error: string | null;
  created_at_ms: number;
  ended_at_ms: number | null;
}

declare module '../database/handle.ts' {
  interface Tables {
    jobs: JobsTable;
  }
}

export type JobRow = JobsTable;

/** False when a job with the same once-key was made before. */
export async function insertJob(tx: Handle, row: JobRow): Promise<boolean> {
  const result = await tx
    .insertInto('jobs')
    .values(row)
    .onConflict((conflict) => conflict.column('once_key').doNothing())
    .executeTakeFirst();
  return Number(result.numInsertedOrUpdatedRows ?? 0) > 0;
}

/** What waits and could run: its lane is not taken by a running job. */
function claimable(handle: Handle) {
  const taken = handle.selectFrom('jobs').select('lane').where('state', '=', 'running').where('lane', 'is not', null);
  return handle
    .selectFrom('jobs')
    .where('state', '=', 'waiting')
    .where((of) => of.or([of('lane', 'is', null), of('lane', 'not in', taken)]));
}

/** Takes up to `limit` due jobs whose lanes are free: one by one, since each takes its lane from the next. */
export async function claimJobs(tx: Handle, claim: { owner: string; now_ms: number; lease_ms: number; limit: number }): Promise<JobRow[]> {
  const claimed: JobRow[] = [];
  while (claimed.length < claim.limit) {
    const job = await claimable(tx)
      .selectAll()
      .where('due_at_ms', '<=', claim.now_ms)
      .orderBy('due_at_ms')
      .orderBy('id')
      .limit(1)
      .executeTakeFirst();
    if (!job) break;
    const change = {
      state: 'running',
      attempts: job.attempts + 1,
      lease_owner: claim.owner,
      lease_until_ms: claim.now_ms + claim.lease_ms,
    } as const;
    await tx.updateTable('jobs').set(change).where('id', '=', job.id).execute();
    claimed.push({ ...job, ...change });
  }
  return claimed;
}

export async function extendLeases(tx: Handle, owner: string, until_ms: number): Promise<void> {
  await tx.updateTable('jobs').set({ lease_until_ms: until_ms }).where('state', '=', 'running').where('lease_owner', '=', owner).execute();
}

/** Gives back what a process that died was running: all that runs, or what runs on a lease that ended before a moment. */
export async function reclaimJobs(tx: Handle, endedBefore_ms: number | null): Promise<void> {
  const all = tx.updateTable('jobs').set({ state: 'waiting', lease_owner: null, lease_until_ms: null }).where('state', '=', 'running');
  await (endedBefore_ms === null ? all : all.where('lease_until_ms', '<', endedBefore_ms)).execute();
}

/** When the first lease of others ends; null when they run nothing. */
export async function nextLeaseEnd(handle: Handle, owner: string): Promise<number | null> {
  const row = await handle
    .selectFrom('jobs')
    .select((of) => of.fn.min('lease_until_ms').as('ends_ms'))
    .where('state', '=', 'running')
    .where('lease_owner', '<>', owner)
    .executeTakeFirst();
  return row?.ends_ms == null ? null : Number(row.ends_ms);
}

/** The jobs that still run under a process's lease. */
export async function listLeased(handle: Handle, owner: string): Promise<Set<string>> {
  const rows = await handle.selectFrom('jobs').select('id').where('state', '=', 'running').where('lease_owner', '=', owner).execute();
  return new Set(rows.map(({ id }) => id));
}

/** Writes how a running job ended; false when it is no longer ours (it was cancelled, or its lease was taken). */
export async function endJob(
  tx: Handle,
  end: { id: string; owner: string; state: JobState; error: string | null; due_at_ms: number; now_ms: number },
): Promise<boolean> {
  const result = await tx
    .updateTable('jobs')
    .set({
      state: end.state,
      error: end.error,
      due_at_ms: end.due_at_ms,
      lease_owner: null,
      lease_until_ms: null,
      ended_at_ms: end.state === 'waiting' ? null : end.now_ms,
    })
    .where('id', '=', end.id)
    .where('lease_owner', '=', end.owner)
    .where('state', '=', 'running')
    .executeTakeFirst();
  return Number(result.numUpdatedRows) > 0;
}

export async function cancelJob(tx: Handle, id: string, now_ms: number): Promise<boolean> {
  const result = await tx
    .updateTable('jobs')
    .set({ state: 'cancelled', ended_at_ms: now_ms, lease_owner: null, lease_until_ms: null })
    .where('id', '=', id)
    .where('state', 'in', ['waiting', 'running'])
    .executeTakeFirst();
  return Number(result.numUpdatedRows) > 0;
}

/**
 * How many jobs of a project are due, running, or waiting to be tried again: zero means that nothing more happens by itself until
 * time moves.
 */
export async function countDueJobs(handle: Handle, project_id: string, now_ms: number): Promise<number> {
  const row = await handle
    .selectFrom('jobs')
    .select((of) => of.fn.countAll<number>().as('count'))
    .where('project_id', '=', project_id)
    .where((of) =>
      of.or([
        of('state', '=', 'running'),
        of.and([of('state', '=', 'waiting'), of.or([of('due_at_ms', '<=', now_ms), of('attempts', '>', 0)])]),
      ]),
    )
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** When the first job whose lane is free is due; null when none waits. */
export async function nextDueTime(handle: Handle): Promise<number | null> {
  const row = await claimable(handle).select('due_at_ms').orderBy('due_at_ms').limit(1).executeTakeFirst();
  return row?.due_at_ms ?? null;
}

/** When the newest of the waiting jobs was made. */
export async function newestWaiting(handle: Handle): Promise<number | null> {
  const row = await handle
    .selectFrom('jobs')
    .select((of) => of.fn.max('created_at_ms').as('newest'))
    .where('state', '=', 'waiting')
    .executeTakeFirst();
  return row?.newest == null ? null : Number(row.newest);
}

/** All that waits was to wait from a moment of a clock that has been set back by so much; so are the moments that it was made at. */
export async function moveDueTimes(tx: Handle, back_ms: number): Promise<void> {
  await tx
    .updateTable('jobs')
    .set((of) => ({ due_at_ms: of('due_at_ms', '-', Math.ceil(back_ms)), created_at_ms: of('created_at_ms', '-', Math.ceil(back_ms)) }))
    .where('state', '=', 'waiting')
    .execute();
}

/** Removes what was done or cancelled before that moment, once-keys included. */
export async function deleteEndedJobs(tx: Handle, before_ms: number): Promise<void> {
  await tx.deleteFrom('jobs').where('state', 'in', ['done', 'cancelled']).where('ended_at_ms', '<', before_ms).execute();
}
