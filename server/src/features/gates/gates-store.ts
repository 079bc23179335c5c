import { parsed } from '../../kernel/json.ts';
import type { Handle } from '../../platform/database/index.ts';
import type { Result, Verdict } from './gate.ts';

interface VerdictsTable {
  id: string;
  project_id: string;
  gate: string;
  gate_revision: number;
  version_id: string;
  model: string;
  version: number;
  champion: number | null;
  result: Result;
  approvals: string;
  evidence: string;
  evidence_digest: string;
  event: number;
  created_at_ms: number;
}

declare module '../../platform/database/handle.ts' {
  interface Tables {
    verdicts: VerdictsTable;
  }
}

export async function insertVerdict(tx: Handle, project_id: string, verdict: Verdict): Promise<void> {
  const { approvals, evidence, ...plain } = verdict;
  await tx
    .insertInto('verdicts')
    .values({ ...plain, project_id, approvals: JSON.stringify(approvals), evidence: JSON.stringify(evidence) })
    .execute();
}

/** The newest verdict on a version, of one gate or of any. */
export async function newestVerdict(handle: Handle, version_id: string, gate?: string): Promise<Verdict | null> {
  let query = handle.selectFrom('verdicts').selectAll().where('version_id', '=', version_id);
  if (gate !== undefined) query = query.where('gate', '=', gate);
  const row = await query.orderBy('event', 'desc').executeTakeFirst();
  return row ? toVerdict(row) : null;
}

export interface VerdictFilter {
  readonly model?: string;
  readonly version?: number;
}

export async function listVerdicts(
  handle: Handle,
  project_id: string,
  { model, version, before, limit }: VerdictFilter & { readonly before?: number; readonly limit: number },
): Promise<Verdict[]> {
  let query = handle.selectFrom('verdicts').selectAll().where('project_id', '=', project_id);
  if (model !== undefined) query = query.where('model', '=', model);
  if (version !== undefined) query = query.where('version', '=', version);
  if (before !== undefined) query = query.where('event', '<', before);
  return (await query.orderBy('event', 'desc').limit(limit).execute()).map(toVerdict);
}

function toVerdict(row: VerdictsTable): Verdict {
  const { project_id: _, ...plain } = row;
  return { ...plain, approvals: parsed(row.approvals), evidence: parsed(row.evidence) };
}
