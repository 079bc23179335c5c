import { sql } from 'kysely';
import type { Handle } from '../../platform/database/index.ts';
import type { Incident } from './incident.ts';
import type { Judgement, Past } from './judge.ts';
import type { Measurements } from './measurement.ts';

interface CheckResultsTable {
  id: string;
  project_id: string;
  monitor: string;
  deployment: string;
  revision: number;
  version: number;
  window_from_ms: number;
  window_to_ms: number;
  severity: Judgement['severity'];
  asked: number;
  skipped: number;
  anchor_ms: number;
  every_ms: number;
  measurements: string;
  judgement: string;
  event: number;
  created_at_ms: number;
}

type JsonMembers = 'breaches' | 'watch' | 'causes' | 'acknowledged' | 'resolved';
type IncidentsTable = Omit<Incident, JsonMembers> & {
  project_id: string;
  open_key: string | null;
  breaches: string;
  watch: string;
  causes: string;
  acknowledged: string | null;
  resolved: string | null;
};

declare module '../../platform/database/handle.ts' {
  interface Tables {
    check_results: CheckResultsTable;
    incidents: IncidentsTable;
  }
}

/** One look at one window: what was measured and what that means. */
export interface CheckResult {
  readonly id: string;
  readonly monitor: string;
  readonly deployment: string;
  /** Of the monitor's definition. */
  readonly revision: number;
  readonly version: number;
  readonly window_from_ms: number;
  readonly window_to_ms: number;
  readonly severity: Judgement['severity'];
  /** Somebody asked for it; it is not of the schedule. */
  readonly asked: boolean;
  /** Due windows before it that a jump of the clock passed over. */
  readonly skipped: number;
  readonly measurements: Measurements;
  readonly judgement: Judgement;
  readonly event: number;
  readonly created_at_ms: number;
}

/** The schedule that a result belongs to. */
export interface Grid {
  readonly anchor_ms: number;
  readonly every_ms: number;
}

export async function insertResult(tx: Handle, project_id: string, { asked, measurements, judgement, ...plain }: CheckResult & Grid) {
  const json = { measurements: JSON.stringify(measurements), judgement: JSON.stringify(judgement) };
  await tx
    .insertInto('check_results')
    .values({ ...plain, ...json, project_id, asked: Number(asked) })
    .execute();
}

function ofMonitor(handle: Handle, project_id: string, monitor: string) {
  return handle.selectFrom('check_results').where('project_id', '=', project_id).where('monitor', '=', monitor);
}

/** The newest window that was checked, with its schedule. */
export async function lastWindow(handle: Handle, project_id: string, monitor: string) {
  const row = await ofMonitor(handle, project_id, monitor)
    .select(['window_from_ms', 'window_to_ms', 'anchor_ms', 'every_ms'])
    .orderBy('window_to_ms', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}

/** Earlier judgements, newest first. */
export async function pastJudgements(handle: Handle, project_id: string, monitor: string, limit: number): Promise<Past[]> {
  const rows = await ofMonitor(handle, project_id, monitor)
    .select(['window_to_ms', 'judgement'])
    .orderBy('window_to_ms', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ to_ms: row.window_to_ms, judgement: JSON.parse(row.judgement) as Judgement }));
}

/** Slices of the newest window whose figures were judged and held. */
export async function lastGoodSlices(
  handle: Handle,
  project_id: string,
  monitor: string,
  limit: number,
): Promise<Measurements['slices'] | null> {
  const rows = await ofMonitor(handle, project_id, monitor)
    .select(['judgement', 'measurements'])
    .where('severity', '!=', 'incident')
    .orderBy('window_to_ms', 'desc')
    .limit(limit)
    .execute();
  const good = rows.find((row) => (JSON.parse(row.judgement) as Judgement).held.length > 0);
  const slices = good ? (JSON.parse(good.measurements) as Measurements).slices : {};
  return Object.keys(slices).length === 0 ? null : slices;
}

export async function resultAt(handle: Handle, project_id: string, monitor: string, window_to_ms: number): Promise<CheckResult | null> {
  const row = await ofMonitor(handle, project_id, monitor).selectAll().where('window_to_ms', '=', window_to_ms).executeTakeFirst();
  return row ? toResult(row) : null;
}

export interface ResultPage {
  readonly monitor: string;
  /** Windows that end before this moment. */
  readonly before_ms?: number;
  readonly limit: number;
}

/** Newest window first. */
export async function listResults(handle: Handle, project_id: string, { monitor, before_ms, limit }: ResultPage): Promise<CheckResult[]> {
  let query = ofMonitor(handle, project_id, monitor).selectAll();
  if (before_ms !== undefined) query = query.where('window_to_ms', '<', before_ms);
  return (await query.orderBy('window_to_ms', 'desc').limit(limit).execute()).map(toResult);
}

function toResult({
  project_id: _,
  anchor_ms: __,
  every_ms: ___,
  asked,
  measurements,
  judgement,
  ...plain
}: CheckResultsTable): CheckResult {
  return {
    ...plain,
    asked: asked !== 0,
    measurements: JSON.parse(measurements) as Measurements,
    judgement: JSON.parse(judgement) as Judgement,
  };
}

function toRow(project_id: string, incident: Incident): IncidentsTable {
  const json = (value: unknown) => (value === null ? null : JSON.stringify(value));
  return {
    ...incident,
    project_id,
    open_key: incident.state === 'resolved' ? null : `${project_id}/${incident.monitor}/${incident.severity}`,
    breaches: JSON.stringify(incident.breaches),
    watch: JSON.stringify(incident.watch),
    causes: JSON.stringify(incident.causes),
    acknowledged: json(incident.acknowledged),
    resolved: json(incident.resolved),
  };
}

function toIncident({ project_id: _, open_key: __, ...row }: IncidentsTable): Incident {
  return {
    ...row,
    breaches: JSON.parse(row.breaches) as Incident['breaches'],
    watch: JSON.parse(row.watch) as Incident['watch'],
    causes: JSON.parse(row.causes) as Incident['causes'],
    acknowledged: row.acknowledged === null ? null : (JSON.parse(row.acknowledged) as Incident['acknowledged']),
    resolved: row.resolved === null ? null : (JSON.parse(row.resolved) as Incident['resolved']),
  };
}

export async function insertIncident(tx: Handle, project_id: string, incident: Incident): Promise<void> {
  await tx.insertInto('incidents').values(toRow(project_id, incident)).execute();
}

export async function updateIncident(tx: Handle, project_id: string, incident: Incident): Promise<void> {
  const { id, ...change } = toRow(project_id, incident);
  await tx.updateTable('incidents').set(change).where('id', '=', id).execute();
}

export async function findIncident(handle: Handle, project_id: string, id: string): Promise<Incident | null> {
  const row = await handle.selectFrom('incidents').selectAll().where('project_id', '=', project_id).where('id', '=', id).executeTakeFirst();
  return row ? toIncident(row) : null;
}

/** At most one of each severity. */
export async function openIncidents(handle: Handle, project_id: string, monitor: string): Promise<Incident[]> {
  const rows = await handle
    .selectFrom('incidents')
    .selectAll()
    .where('project_id', '=', project_id)
    .where('monitor', '=', monitor)
    .where('state', '!=', 'resolved')
    .execute();
  return rows.map(toIncident);
}

export interface IncidentFilter {
  readonly monitor?: string;
  readonly deployment?: string;
  readonly severity?: Incident['severity'];
  readonly state?: Incident['state'];
  readonly after?: { readonly number: number; readonly id: string };
  readonly limit: number;
}

/** Newest first, paged by key. */
export async function listIncidents(handle: Handle, project_id: string, filter: IncidentFilter): Promise<Incident[]> {
  let query = handle.selectFrom('incidents').selectAll().where('project_id', '=', project_id);
  for (const column of ['monitor', 'deployment', 'severity', 'state'] as const) {
    const value = filter[column];
    if (value !== undefined) query = query.where(column, '=', value);
  }
  if (filter.after) query = query.where(sql<boolean>`(opened_event, id) < (${filter.after.number}, ${filter.after.id})`);
  const rows = await query.orderBy('opened_event', 'desc').orderBy('id', 'desc').limit(filter.limit).execute();
  return rows.map(toIncident);
}
