import type { Caller } from '../../kernel/caller.ts';
import { failure } from '../../kernel/error.ts';
import { afterCommit, type Handle } from '../../platform/database/index.ts';
import { assertPerson, type Context, hashOf, newSecret } from './context.ts';
import type { Passwords } from './passwords.ts';
import type { Account } from './person.ts';
import { selectAccount, selectAccountByEmail } from './persons-store.ts';
import { deleteSession, deleteSessionsOf, insertSession, trimSessions } from './sessions-store.ts';
import { deleteSignInLinksOf } from './sign-in-links-store.ts';
import type { Throttle } from './throttle.ts';

export const sessionIdle_ms = 12 * 3_600_000;
export const sessionLimit_ms = 30 * 24 * 3_600_000;
const sessionsPerPerson = 50;
const provenLimit = 1000;

export interface SignIn {
  readonly email: string;
  readonly password: string;
  readonly ip: string;
  readonly request: string;
  /** The secret of the session that the browser had; it ends with the new one. */
  readonly replaces?: string | undefined;
}

/** A session's secret for its cookie, and whose it is. */
export interface Opened {
  readonly secret: string;
  readonly person: string;
  readonly name: string;
  readonly serverAdmin: boolean;
}

export function createSessions(context: Context, passwords: Passwords, throttle: Throttle) {
  const { database, events, ids } = context;
  /** Which stored password a shown one was found equal to: the slow hash is not for each request of a client. */
  const proven = new Map<string, string>();
  const salt = newSecret(ids);

  /** Answers alike, and as late, for an unknown address and for a wrong password. */
  async function check({ email, password, ip, request }: SignIn): Promise<Account> {
    const address = email.trim().toLowerCase();
    await throttle.admit(address, ip);
    const account = await selectAccountByEmail(database.read, address);
    const right = await passwords.matches(account?.password ?? null, password);
    if (!account || !right || account.disabled) {
      await throttle.failed(address, ip);
      context.log.warn('a sign-in failed', { ip, request });
      throw failure('wrong_credentials', {});
    }
    await throttle.succeeded(address, ip);
    return account;
  }

  return {
    /** For clients that show address and password with each request. No session is made. */
    async accountOf(shown: SignIn): Promise<Account> {
      const key = hashOf(`${salt}${shown.email.trim().toLowerCase()}\0${shown.password}`);
      const known = await selectAccountByEmail(database.read, shown.email.trim().toLowerCase());
      if (known && !known.disabled && known.password !== null && proven.get(key) === known.password) return known;
      const account = await check(shown);
      if (proven.size >= provenLimit) proven.clear();
      proven.set(key, account.password ?? '');
      return account;
    },

    async signIn({ replaces, ...shown }: SignIn): Promise<Opened> {
      const account = await check(shown);
      return database.write(async (tx) => {
        // Read again: while this password was checked, it may have been changed, and the sessions of the old one ended.
        const present = await selectAccount(tx, account.id);
        if (!present || present.disabled || present.password !== account.password) throw failure('wrong_credentials', {});
        if (replaces !== undefined) {
          await deleteSession(tx, hashOf(replaces));
          afterCommit(tx, () => context.principals.clear());
        }
        return openSession(context, tx, present, shown.request);
      });
    },

    /** For a person whose browser was lost: all sessions, and the links that would begin one. */
    async signOutEverywhere(caller: Caller): Promise<void> {
      const person = assertPerson(caller, 'end all sessions');
      await database.write(async (tx) => {
        await deleteSessionsOf(tx, person);
        await deleteSignInLinksOf(tx, person);
        await events.emit(tx, caller, {
          project_id: null,
          type: 'session.ended',
          subject: `person ${person}`,
          note: `${caller.name} ended all sessions.`,
        });
        afterCommit(tx, () => context.principals.clear());
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
