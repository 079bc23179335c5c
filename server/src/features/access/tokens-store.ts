import type { Permission } from '@slipway/contracts';
import type { Handle } from '../../platform/database/index.ts';

interface TokensTable {
  id: string;
  hash: string;
  kind: string;
  name: string;
  person: string | null;
  project_id: string | null;
  permissions: string;
  server_admin: number;
  execution: string | null;
  made_at_ms: number;
  expires_at_ms: number;
  used_at_ms: number | null;
}

declare module '../../platform/database/handle.ts' {
  interface Tables {
    access_tokens: TokensTable;
  }
}

/** `personal` is made by a person, `cli` is the file in the data folder, `execution` belongs to one execution of a pipeline. */
export type TokenKind = 'personal' | 'cli' | 'execution';

export interface Token {
  readonly id: string;
  readonly kind: TokenKind;
  readonly name: string;
  readonly person: string | null;
  readonly project_id: string | null;
  readonly permissions: readonly Permission[];
  readonly server_admin: boolean;
  readonly execution: string | null;
  readonly made_at_ms: number;
  readonly expires_at_ms: number;
  readonly used_at_ms: number | null;
}

export async function insertToken(tx: Handle, hash: string, token: Token): Promise<void> {
  await tx
    .insertInto('access_tokens')
    .values({ ...token, hash, permissions: JSON.stringify(token.permissions), server_admin: Number(token.server_admin) })
    .execute();
}

export async function selectTokenByHash(handle: Handle, hash: string): Promise<Token | null> {
  const row = await handle.selectFrom('access_tokens').selectAll().where('hash', '=', hash).executeTakeFirst();
  return row ? toToken(row) : null;
}

export async function selectTokenById(handle: Handle, id: string): Promise<Token | null> {
  const row = await handle.selectFrom('access_tokens').selectAll().where('id', '=', id).executeTakeFirst();
  return row ? toToken(row) : null;
}

export async function selectPersonalTokens(handle: Handle, person: string, limit: number): Promise<Token[]> {
  const rows = await handle
    .selectFrom('access_tokens')
    .selectAll()
    .where('person', '=', person)
    .where('kind', '=', 'personal')
    .orderBy('made_at_ms', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(toToken);
}

export async function touchToken(tx: Handle, id: string, used_at_ms: number): Promise<void> {
  await tx.updateTable('access_tokens').set({ used_at_ms }).where('id', '=', id).execute();
}

export async function deleteToken(tx: Handle, id: string): Promise<void> {
  await tx.deleteFrom('access_tokens').where('id', '=', id).execute();
}

/** All of a kind, or only the one that has this hash. */
export async function deleteTokensOfKind(tx: Handle, kind: TokenKind, hash?: string): Promise<void> {
  const all = tx.deleteFrom('access_tokens').where('kind', '=', kind);
  await (hash === undefined ? all : all.where('hash', '=', hash)).execute();
}

export async function deleteTokensOfExecution(tx: Handle, execution: string): Promise<void> {
  await tx.deleteFrom('access_tokens').where('execution', '=', execution).execute();
}

export async function deleteExpiredTokens(tx: Handle, now_ms: number): Promise<void> {
  await tx.deleteFrom('access_tokens').where('expires_at_ms', '<=', now_ms).execute();
}

function toToken({ hash: _, kind, permissions, server_admin, ...plain }: TokensTable): Token {
  return { ...plain, kind: kind as TokenKind, permissions: JSON.parse(permissions) as Permission[], server_admin: server_admin === 1 };
}
