import type { Caller } from '../../kernel/caller.ts';
import { sha256 } from '../../kernel/digest.ts';
import { failure } from '../../kernel/error.ts';
import { afterCommit, type Handle } from '../../platform/database/index.ts';
import { assertPerson, type Context, hashOf, newSecret } from './context.ts';
import type { Passwords } from './passwords.ts';
import type { Account } from './person.ts';
import { selectAccount, selectAccountByEmail } from './persons-store.ts';
import { deleteSession, deleteSessionsOf, insertSession, type Session, selectSessionsOf, trimSessions } from './sessions-store.ts';
import { deleteSignInLinksOf } from './sign-in-links-store.ts';
import type { Throttle } from './throttle.ts';

export const sessionIdle_ms = 12 * 3_600_000;
export const sessionLimit_ms = 30 * 24 * 3_600_000;
const sessionsPerPerson = 50;
const provenLimit = 1000;
const agent_chars = 200;

/** What is known of a request that begins a session. */
export interface Arrival {
  readonly request: string;
  /** The program that asks, in its own words. */
  readonly agent?: string | undefined;
}

export interface SignIn extends Arrival {
  readonly email: string;
  readonly password: string;
  readonly ip: string;
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

/** A session as its person sees it: nothing here lets anybody in. */
export interface ShownSession {
  readonly id: string;
  readonly agent: string | null;
  readonly made_at_ms: number;
  readonly seen_at_ms: number;
  /** When it is over unless it is used before. */
  readonly ends_at_ms: number;
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
        return openSession(context, tx, present, shown);
      });
    },

    /** The caller's own that last, newest first. */
    async list(caller: Caller): Promise<ShownSession[]> {
      const person = assertPerson(caller, 'see sessions');
      const now_ms = context.clock.now();
      return (await selectSessionsOf(database.read, person)).map(shownSession).filter(({ ends_at_ms }) => ends_at_ms > now_ms);
    },

    /** One of the caller's own, by the id that `list` told. */
    async end(caller: Caller, id: string): Promise<void> {
      const person = assertPerson(caller, 'end a session');
      await database.write(async (tx) => {
        const found = (await selectSessionsOf(tx, person)).find((session) => shownSession(session).id === id);
        if (!found) throw failure('not_found', { what: 'session', name: id });
        await deleteSession(tx, found.hash);
        await events.emit(tx, caller, {
          project_id: null,
          type: 'session.ended',
          subject: `person ${person}`,
          note: `${caller.name} ended the session ${id}.`,
        });
        afterCommit(tx, () => context.principals.clear());
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

/** The id of the session that a secret opens, as `list` tells it. */
export function sessionIdOf(secret: string): string {
  return idOf(hashOf(secret));
}

/** Of the hash and not a part of it, which is what the rows are found by. */
const idOf = (hash: string): string => `ses_${sha256(hash).slice(0, 26)}`;

function shownSession({ hash, agent, made_at_ms, seen_at_ms, ends_at_ms }: Session): ShownSession {
  return { id: idOf(hash), agent, made_at_ms, seen_at_ms, ends_at_ms: Math.min(ends_at_ms, seen_at_ms + sessionIdle_ms) };
}

/** Every sign-in makes a new secret, so that one planted before it is worth nothing. */
export async function openSession(context: Context, tx: Handle, account: Account, { request, agent }: Arrival): Promise<Opened> {
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
    agent: agent?.slice(0, agent_chars) ?? null,
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
