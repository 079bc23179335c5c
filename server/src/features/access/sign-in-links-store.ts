import type { Handle } from '../../platform/database/index.ts';

interface SignInLinksTable {
  hash: string;
  person: string;
  made_at_ms: number;
  expires_at_ms: number;
  /** Of its making: the cause of the session that it begins. */
  event: number;
}

declare module '../../platform/database/handle.ts' {
  interface Tables {
    access_sign_in_links: SignInLinksTable;
  }
}

export type SignInLink = Readonly<SignInLinksTable>;

export async function insertSignInLink(tx: Handle, link: SignInLink): Promise<void> {
  await tx.insertInto('access_sign_in_links').values(link).execute();
}

/** One that is still good; null for what is used, over or was never made. */
export async function selectSignInLink(handle: Handle, hash: string, now_ms: number): Promise<SignInLink | null> {
  const row = await handle
    .selectFrom('access_sign_in_links')
    .selectAll()
    .where('hash', '=', hash)
    .where('expires_at_ms', '>', now_ms)
    .executeTakeFirst();
  return row ?? null;
}

/** Whether it was there: of two who use a link at once, only one deletes it. */
export async function deleteSignInLink(tx: Handle, hash: string): Promise<boolean> {
  const { numDeletedRows } = await tx.deleteFrom('access_sign_in_links').where('hash', '=', hash).executeTakeFirst();
  return Number(numDeletedRows) === 1;
}

export async function deleteSignInLinksOf(tx: Handle, person: string): Promise<void> {
  await tx.deleteFrom('access_sign_in_links').where('person', '=', person).execute();
}

/** Deletes what is over, and all but the newest `keep` of a person. */
export async function trimSignInLinks(tx: Handle, person: string, keep: number, now_ms: number): Promise<void> {
  await tx.deleteFrom('access_sign_in_links').where('expires_at_ms', '<=', now_ms).execute();
  const newest = tx
    .selectFrom('access_sign_in_links')
    .select('hash')
    .where('person', '=', person)
    .orderBy('made_at_ms', 'desc')
    .orderBy('hash')
    .limit(keep);
  await tx.deleteFrom('access_sign_in_links').where('person', '=', person).where('hash', 'not in', newest).execute();
}
