import type { Handle } from '../../platform/database/index.ts';

/** What was decided on an occasion to train again; kept also when nothing was started, with the reason. */
export interface DecisionRecord {
  readonly id: string;
  readonly policy: string;
  readonly trigger: string;
  readonly action: 'start' | 'skip';
  readonly reason: string;
  readonly clock_ms: number;
  readonly event: number;
}

declare module '../../platform/database/handle.ts' {
  interface Tables {
    retraining_decisions: DecisionRecord & { project_id: string };
  }
}

export async function insertDecision(tx: Handle, project_id: string, record: DecisionRecord): Promise<void> {
  await tx
    .insertInto('retraining_decisions')
    .values({ ...record, project_id })
    .execute();
}

export async function lastStart(handle: Handle, project_id: string, policy: string): Promise<number | null> {
  const row = await handle
    .selectFrom('retraining_decisions')
    .select('clock_ms')
    .where('project_id', '=', project_id)
    .where('policy', '=', policy)
    .where('action', '=', 'start')
    .orderBy('event', 'desc')
    .executeTakeFirst();
  return row?.clock_ms ?? null;
}

export interface DecisionPage {
  /** Only those of earlier events. */
  readonly before?: number;
  readonly limit: number;
}

/** Newest first, paged by key. */
export async function listDecisions(handle: Handle, project_id: string, { before, limit }: DecisionPage): Promise<DecisionRecord[]> {
  let query = handle.selectFrom('retraining_decisions').selectAll().where('project_id', '=', project_id);
  if (before !== undefined) query = query.where('event', '<', before);
  const rows = await query.orderBy('event', 'desc').limit(limit).execute();
  return rows.map(({ project_id: _, ...record }) => record);
}
