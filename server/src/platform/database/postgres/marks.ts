import { sql } from 'kysely';
import type { Handle } from '../handle.ts';

/**
 * Each process leaves the number of its group with the group, so that one whose COMMIT got no answer can be looked up. The id of the
 * transaction would not do: ids that a crash of the server forgot are given out again, and then tell of somebody else's.
 */
export const marksTable = 'group_marks';
/** What a process left that has been silent for so long is nobody's question any more. */
const keep = '1 day';

export const leaveMark = `INSERT INTO ${marksTable} (process, last, at) VALUES ($1, $2, now())
  ON CONFLICT (process) DO UPDATE SET last = excluded.last, at = excluded.at`;
export const findMark = `SELECT 1 AS found FROM ${marksTable} WHERE process = $1 AND last >= $2`;

/** It belongs to this database and moves to no other, so it is no step of the schema. */
export async function prepareMarks(tx: Handle): Promise<void> {
  const table = sql.table(marksTable);
  await sql`create table if not exists ${table}
    (process text collate "C" primary key, last bigint not null, at timestamptz not null)`.execute(tx);
  await sql`delete from ${table} where at < now() - ${keep}::interval`.execute(tx);
}
