import type { Handle } from '../../platform/database/index.ts';

interface SessionsTable {
  hash: string;
  person: string;
  made_at_ms: number;
  seen_at_ms: number;
  ends_at_ms: number;
  /** The program that began it, in its own words. */
  agent: string | null;
}

declare module '../../platform/database/handle.ts' {
  interface Tables {
    access_sessions: SessionsTable;
  }
}

export type Session = Readonly<SessionsTable>;

export async function insertSession(tx: Handle, session: Session): Promise<void> {
  await tx.insertInto('access_sessions').values(session).execute();
}

export async function selectSession(handle: Handle, hash: string): Promise<Session | null> {
  return (await handle.selectFrom('access_sessions').selectAll().where('hash', '=', hash).executeTakeFirst()) ?? null;
}

/** Newest first; those that are over may be among them. */
export async function selectSessionsOf(handle: Handle, person: string): Promise<Session[]> {
  return handle
    .selectFrom('access_sessions')
    .selectAll()
    .where('person', '=', person)
    .orderBy('made_at_ms', 'desc')
    .orderBy('hash')
    .execute();
}

export async function touchSession(tx: Handle, hash: string, seen_at_ms: number): Promise<void> {
  await tx.updateTable('access_sessions').set({ seen_at_ms }).where('hash', '=', hash).execute();
}

export async function deleteSession(tx: Handle, hash: string): Promise<void> {
  await tx.deleteFrom('access_sessions').where('hash', '=', hash).execute();
}

export async function deleteSessionsOf(tx: Handle, person: string): Promise<void> {
  await tx.deleteFrom('access_sessions').where('person', '=', person).execute();
}

/** Deletes what is over, and all but the newest `keep` of a person. */
export async function trimSessions(tx: Handle, person: string, keep: number, now_ms: number): Promise<void> {
  await tx.deleteFrom('access_sessions').where('ends_at_ms', '<=', now_ms).execute();
  const newest = tx.selectFrom('access_sessions').select('hash').where('person', '=', person).orderBy('made_at_ms', 'desc').limit(keep);
  await tx.deleteFrom('access_sessions').where('person', '=', person).where('hash', 'not in', newest).execute();
}
