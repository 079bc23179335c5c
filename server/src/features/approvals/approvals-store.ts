import { parsed } from '../../kernel/json.ts';
import type { Handle } from '../../platform/database/index.ts';
import type { Approval } from './approval.ts';

type ApprovalsTable = Omit<Approval, 'excluded' | 'decisions'> & { project_id: string; excluded: string; decisions: string };

declare module '../../platform/database/handle.ts' {
  interface Tables {
    approvals: ApprovalsTable;
  }
}

export async function insertApproval(tx: Handle, project_id: string, approval: Approval): Promise<void> {
  const { excluded, decisions, ...plain } = approval;
  await tx
    .insertInto('approvals')
    .values({ ...plain, project_id, excluded: JSON.stringify(excluded), decisions: JSON.stringify(decisions) })
    .execute();
}

export async function updateApproval(tx: Handle, { id, state, decisions, decided_at_ms }: Approval): Promise<void> {
  await tx
    .updateTable('approvals')
    .set({ state, decided_at_ms, decisions: JSON.stringify(decisions) })
    .where('id', '=', id)
    .execute();
}

export async function findApproval(handle: Handle, project_id: string, id: string): Promise<Approval | null> {
  const row = await handle.selectFrom('approvals').selectAll().where('project_id', '=', project_id).where('id', '=', id).executeTakeFirst();
  return row ? toApproval(row) : null;
}

export async function approvalOf(handle: Handle, verdict_event: number, environment: string): Promise<Approval | null> {
  const row = await handle
    .selectFrom('approvals')
    .selectAll()
    .where('verdict_event', '=', verdict_event)
    .where('environment', '=', environment)
    .executeTakeFirst();
  return row ? toApproval(row) : null;
}

export async function openApprovalsOf(handle: Handle, project_id: string, version_id: string): Promise<Approval[]> {
  const rows = await handle
    .selectFrom('approvals')
    .selectAll()
    .where('project_id', '=', project_id)
    .where('version_id', '=', version_id)
    .where('state', '=', 'requested')
    .execute();
  return rows.map(toApproval);
}

export async function grantedApprovals(handle: Handle, version_id: string): Promise<Approval[]> {
  const rows = await handle
    .selectFrom('approvals')
    .selectAll()
    .where('version_id', '=', version_id)
    .where('state', '=', 'granted')
    .execute();
  return rows.map(toApproval);
}

export async function listApprovals(
  handle: Handle,
  project_id: string,
  { state, before, limit }: { readonly state?: Approval['state']; readonly before?: number; readonly limit: number },
): Promise<Approval[]> {
  let query = handle.selectFrom('approvals').selectAll().where('project_id', '=', project_id);
  if (state !== undefined) query = query.where('state', '=', state);
  if (before !== undefined) query = query.where('event', '<', before);
  return (await query.orderBy('event', 'desc').limit(limit).execute()).map(toApproval);
}

export async function countRequested(handle: Handle, project_id: string): Promise<number> {
  const { waiting } = await handle
    .selectFrom('approvals')
    .select(({ fn }) => fn.countAll<number>().as('waiting'))
    .where('project_id', '=', project_id)
    .where('state', '=', 'requested')
    .executeTakeFirstOrThrow();
  return waiting;
}

function toApproval({ project_id: _, ...row }: ApprovalsTable): Approval {
  return { ...row, excluded: parsed(row.excluded), decisions: parsed(row.decisions) };
}
