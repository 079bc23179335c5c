import type { Caller } from '../../kernel/caller.ts';
import { failure } from '../../kernel/error.ts';
import { afterCommit, type Handle } from '../../platform/database/index.ts';
import { type Context, hashOf, newSecret } from './context.ts';
import type { Passwords } from './passwords.ts';
import type { Account } from './person.ts';
import { selectAccount, selectAccountByEmail } from './persons-store.ts';
import { deleteSession, insertSession, trimSessions } from './sessions-store.ts';
import { Throttle } from './throttle.ts';

export const sessionIdle_ms = 12 * 3_600_000;
export const sessionLimit_ms = 30 * 24 * 3_600_000;
const sessionsPerPerson = 50;

export interface SignIn {
  readonly email: string;
  readonly password: string;
  readonly ip: string;
  readonly request: string;
}

/** A session's secret for its cookie, and whose it is. */
export interface Opened {
  readonly secret: string;
  readonly person: string;
  readonly name: string;
  readonly serverAdmin: boolean;
}

export function createSessions(context: Context, passwords: Passwords) {
  const { database, events, clock } = context;
  const throttle = new Throttle();

  return {
    /** Answers alike, and as late, for an unknown address and for a wrong password. */
    async signIn({ email, password, ip, request }: SignIn): Promise<Opened> {
      const address = email.trim().toLowerCase();
      throttle.admit(address, ip, clock.monotonic());
      const account = await selectAccountByEmail(database.read, address);
      const right = await passwords.matches(account?.password ?? null, password);
      if (!account || !right || account.disabled) {
        throttle.failed(address, ip, clock.monotonic());
        context.log.warn('a sign-in failed', { ip, request });
        throw failure('wrong_credentials', {});
      }
      throttle.succeeded(address, ip);
      return database.write(async (tx) => {
        // Read again: while this password was checked, it may have been changed, and the sessions of the old one ended.
        const present = await selectAccount(tx, account.id);
        if (!present || present.disabled || present.password !== account.password) throw failure('wrong_credentials', {});
        return openSession(context, tx, present, request);
      });
    },

    async signOut(caller: Caller, secret: string): Promise<void> {
      await database.write(async (tx) => {
        await deleteSession(tx, hashOf(secret));
        await events.emit(tx, caller, { project_id: null, type: 'session.ended', subject: `person ${caller.person ?? caller.id}` });
        afterCommit(tx, () => context.principals.clear());
      });
    },
  };
}

/** Every sign-in makes a new secret, so that one planted before it is worth nothing. */
export async function openSession(context: Context, tx: Handle, account: Account, request: string): Promise<Opened> {
  const { clock, ids, events } = context;
  const now_ms = clock.now();
  const secret = newSecret(ids);
  await trimSessions(tx, account.id, sessionsPerPerson - 1, now_ms);
  const session = {
    hash: hashOf(secret),
    person: account.id,
    made_at_ms: now_ms,
    seen_at_ms: now_ms,
    ends_at_ms: now_ms + sessionLimit_ms,
  };
  await insertSession(tx, session);
  await events.emit(tx, callerFor(account, request), { project_id: null, type: 'session.started', subject: `person ${account.id}` });
  return { secret, person: account.id, name: account.name, serverAdmin: account.server_admin };
}

/** The account as the one who acts, for events; it grants nothing. */
export function callerFor(account: Pick<Account, 'id' | 'name' | 'server_admin'>, request: string | null): Caller {
  const { id, name, server_admin } = account;
  return { kind: 'person', id, name, person: id, grants: new Map(), serverAdmin: server_admin, cause: null, request };
}
