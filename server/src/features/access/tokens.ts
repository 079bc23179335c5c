import { constants } from 'node:fs';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Permission } from '@slipway/contracts';
import { type Caller, may } from '../../kernel/caller.ts';
import { failure } from '../../kernel/error.ts';
import { newId } from '../../kernel/ids.ts';
import type { Project } from '../../kernel/project.ts';
import { afterCommit } from '../../platform/database/index.ts';
import { assertPerson, type Context, hashOf, newSecret } from './context.ts';
import { type Account, everything } from './person.ts';
import {
  deleteExpiredTokens,
  deleteToken,
  deleteTokensOfExecution,
  deleteTokensOfKind,
  insertToken,
  selectPersonalTokens,
  selectTokenById,
  type Token,
} from './tokens-store.ts';

export interface NewToken {
  readonly name: string;
  /** Null: every project that its maker may enter. */
  readonly project: Project | null;
  readonly permissions: readonly Permission[];
  readonly server_admin: boolean;
  readonly expires_in_days: number;
}

/** A token in the one moment in which its secret is known. */
export interface MadeToken {
  readonly token: Token;
  readonly secret: string;
}

export const cliTokenFile = 'cli-token';
/** By it a secret is known for a token wherever it stands. */
export const tokenPrefix = 'slw_';
const tokensPerPerson = 200;
const day_ms = 24 * 3_600_000;
const cliTokenLife_ms = 3650 * day_ms;
const executionMay: ReadonlySet<Permission> = new Set(['read', 'write', 'predict']);

export function createTokens(context: Context) {
  const { database, events, clock, ids } = context;
  const forget = (): void => context.principals.clear();
  const fresh = (): string => `${tokenPrefix}${newSecret(ids)}`;

  function made(parts: Partial<Token> & Pick<Token, 'kind' | 'name' | 'person' | 'permissions'>, life_ms: number): Token {
    const now_ms = clock.now();
    return {
      id: newId('tok', ids),
      project_id: null,
      server_admin: false,
      execution: null,
      made_at_ms: now_ms,
      expires_at_ms: now_ms + life_ms,
      used_at_ms: null,
      ...parts,
    };
  }

  return {
    async create(caller: Caller, { name, project, permissions, server_admin, expires_in_days }: NewToken): Promise<MadeToken> {
      const person = assertPerson(caller, 'make tokens');
      if (server_admin && !caller.serverAdmin) throw failure('server_admin_only', { caller: caller.name });
      const lacking = project && permissions.find((permission) => !may(caller, project, permission));
      if (project && lacking) throw failure('not_permitted', { caller: caller.name, permission: lacking, project: project.name });
      const project_id = project?.id ?? null;
      const token = made({ kind: 'personal', name, person, project_id, permissions, server_admin }, expires_in_days * day_ms);
      const secret = fresh();
      return database.write(async (tx) => {
        await deleteExpiredTokens(tx, clock.now());
        if ((await selectPersonalTokens(tx, person, tokensPerPerson)).length >= tokensPerPerson) {
          throw failure('limit_reached', { what: 'Tokens of one person', limit: tokensPerPerson, where: 'revoke one first' });
        }
        await insertToken(tx, hashOf(secret), token);
        await events.emit(tx, caller, { project_id, type: 'token.created', subject: `token ${token.id}`, after: token });
        return { token, secret };
      });
    },

    list: (caller: Caller): Promise<Token[]> => selectPersonalTokens(database.read, caller.person ?? caller.id, tokensPerPerson),

    /** One's own, or any as an admin of the installation. Dead here at once, in other server processes within two seconds. */
    async revoke(caller: Caller, id: string): Promise<void> {
      await database.write(async (tx) => {
        const token = await selectTokenById(tx, id);
        const own = token?.kind === 'personal' && (token.person === caller.person || caller.serverAdmin);
        if (!token || !own) throw failure('not_found', { what: 'token', name: id });
        await deleteToken(tx, id);
        await events.emit(tx, caller, { project_id: token.project_id, type: 'token.revoked', subject: `token ${id}`, before: token });
        afterCommit(tx, forget);
      });
    },

    /**
     * A secret that is good for one execution of a pipeline in one project: for reading, writing and predicting only. With a
     * person behind it, it may never do more than that person may at the moment.
     */
    async issueForExecution(
      execution: string,
      project: Project,
      permissions: readonly Permission[],
      ttl_ms: number,
      person: string | null,
    ): Promise<string> {
      const allowed = permissions.filter((permission) => executionMay.has(permission));
      const secret = fresh();
      const parts = { kind: 'execution' as const, name: execution, execution, person, project_id: project.id, permissions: allowed };
      await database.write((tx) => insertToken(tx, hashOf(secret), made(parts, ttl_ms)));
      return secret;
    },

    async revokeForExecution(execution: string): Promise<void> {
      await database.write(async (tx) => {
        await deleteTokensOfExecution(tx, execution);
        afterCommit(tx, forget);
      });
    },

    /** Writes the token of this start into the data folder, mode 0600. The one of the start before is void. */
    async writeCliToken(folder: string, owner: Account): Promise<string> {
      const secret = fresh();
      const parts = { kind: 'cli' as const, name: cliTokenFile, person: owner.id, permissions: [...everything], server_admin: true };
      const file = join(folder, cliTokenFile);
      // Each of several servers on one database has a token, in its own folder; it replaces the one that lies there.
      const former = await readFile(file, 'utf8').catch(() => '');
      await database.write(async (tx) => {
        await deleteTokensOfKind(tx, 'cli', database.profile.shared ? hashOf(former.trim()) : undefined);
        await insertToken(tx, hashOf(secret), made(parts, cliTokenLife_ms));
        afterCommit(tx, forget);
      });
      await writePrivate(file, `${secret}\n`);
      return file;
    },
  };
}

/** Replaces a file in one step; a link that was planted under the name is replaced, never followed. */
async function writePrivate(file: string, text: string): Promise<void> {
  const draft = `${file}.new`;
  await rm(draft, { force: true });
  const handle = await open(draft, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
}
