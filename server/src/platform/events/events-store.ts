import { sql } from 'kysely';
import { parsed } from '../../kernel/json.ts';
import type { Database, Handle } from '../database/index.ts';
import type { EventFilter, SlipwayEvent } from './event.ts';

interface EventsTable {
  number: number;
  project_id: string | null;
  type: string;
  subject: string;
  caller_kind: string;
  caller_id: string;
  caller_name: string;
  person: string | null;
  at_ms: number;
  cause: number | null;
  request: string | null;
  note: string | null;
  before: string | null;
  after: string | null;
  digest: string;
}

declare module '../database/handle.ts' {
  interface Tables {
    events: EventsTable;
  }
}

/** The number of the newest event; 0 before the first. */
export async function lastEventNumber(handle: Handle): Promise<number> {
  const row = await handle
    .selectFrom('events')
    .select((of) => of.fn.max('number').as('last'))
    .executeTakeFirst();
  return Number(row?.last ?? 0);
}

const insertOne = `insert into events (number, project_id, type, subject, caller_kind, caller_id, caller_name, person, at_ms, cause, request,
  note, "before", "after", digest) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** Sent with the change that it tells of: nearly every write has one. Its number is free. */
export function insertEvent(database: Database, tx: Handle, event: SlipwayEvent): void {
  const { number, project_id, type, subject, caller, person, at_ms, cause, request, note, before, after, digest } = event;
  const [was, is] = [before, after].map((value) => (value === undefined ? null : JSON.stringify(value)));
  const values = [
    number,
    project_id,
    type,
    subject,
    caller.kind,
    caller.id,
    caller.name,
    person,
    at_ms,
    cause,
    request,
    note,
    was,
    is,
    digest,
  ];
  database.send(tx, insertOne, values, values.length);
}

export async function selectEvents(handle: Handle, filter: EventFilter): Promise<SlipwayEvent[]> {
  let query = handle.selectFrom('events').selectAll().limit(filter.limit);
  if (filter.project_id !== undefined) query = query.where('project_id', '=', filter.project_id);
  if (filter.type !== undefined) query = query.where('type', '=', filter.type);
  if (filter.subject !== undefined) query = query.where('subject', '=', filter.subject);
  if (filter.caller !== undefined) query = query.where('caller_name', '=', filter.caller);
  if (filter.cause !== undefined) query = query.where('cause', '=', filter.cause);
  if (filter.after !== undefined) query = query.where('number', '>', filter.after);
  if (filter.before !== undefined) query = query.where('number', '<', filter.before);
  if (filter.text !== undefined) {
    const part = `%${filter.text.toLowerCase().replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
    const hasPart = ['note', 'type', 'subject'].map((name) => sql<boolean>`lower(${sql.ref(name)}) like ${part} escape '\\'`);
    query = query.where(sql<boolean>`(${sql.join(hasPart, sql` or `)})`);
  }
  const rows = await query.orderBy('number', filter.order === 'newest' ? 'desc' : 'asc').execute();
  return rows.map(toEvent);
}

export async function countEvents(handle: Handle, project_id: string, types: readonly string[]): Promise<Map<string, number>> {
  const rows = await handle
    .selectFrom('events')
    .select((of) => ['type', of.fn.countAll<number>().as('count')])
    .where('project_id', '=', project_id)
    .where('type', 'in', [...types])
    .groupBy('type')
    .execute();
  return new Map(rows.map(({ type, count }) => [type, Number(count)]));
}

export async function selectEvent(handle: Handle, number: number): Promise<SlipwayEvent | null> {
  const row = await handle.selectFrom('events').selectAll().where('number', '=', number).executeTakeFirst();
  return row ? toEvent(row) : null;
}

function toEvent(row: EventsTable): SlipwayEvent {
  const { caller_kind, caller_id, caller_name, before, after, ...plain } = row;
  return {
    ...plain,
    caller: { kind: caller_kind, id: caller_id, name: caller_name },
    before: before === null ? null : parsed(before),
    after: after === null ? null : parsed(after),
  };
}
