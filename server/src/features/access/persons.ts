import type { Caller } from '../../kernel/caller.ts';
import { failure } from '../../kernel/error.ts';
import { newId } from '../../kernel/ids.ts';
import { afterCommit, type Handle, isUniqueViolation } from '../../platform/database/index.ts';
import { assertPerson, assertServerAdmin, type Context } from './context.ts';
import type { Passwords } from './passwords.ts';
import { type Account, assertGoodPassword, localPersonId, type Person } from './person.ts';
import {
  type AccountChange,
  countServerAdmins,
  insertAccount,
  selectAccount,
  selectAccountByEmail,
  selectAccounts,
  updateAccount,
} from './persons-store.ts';
import { deleteSessionsOf } from './sessions-store.ts';
import { deleteSignInLinksOf } from './sign-in-links-store.ts';
import type { Throttle } from './throttle.ts';

export interface NewPerson {
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly server_admin: boolean;
}

export interface PersonChange {
  readonly name?: string | undefined;
  readonly password?: string | undefined;
  readonly server_admin?: boolean | undefined;
  readonly disabled?: boolean | undefined;
}

const personsLimit = 10_000;

export function createPersons(context: Context, passwords: Passwords, throttle: Throttle) {
  const { database, events, clock, ids } = context;

  /** Other sessions of the person, and links that would begin one, end with the write that `tx` belongs to. */
  async function endSessions(tx: Handle, person: string): Promise<void> {
    await deleteSessionsOf(tx, person);
    await deleteSignInLinksOf(tx, person);
    afterCommit(tx, () => context.principals.clear());
  }

  async function change(caller: Caller, id: string, wanted: PersonChange, hashed: string | null): Promise<Person> {
    return database.write(async (tx) => {
      const before = await found(tx, id);
      const loses = before.server_admin && !before.disabled && (wanted.server_admin === false || wanted.disabled === true);
      if (loses && (await countServerAdmins(tx)) <= 1) throw failure('last_admin', { name: before.name });
      const set: AccountChange = {
        ...(wanted.name === undefined ? {} : { name: wanted.name }),
        ...(wanted.server_admin === undefined ? {} : { server_admin: wanted.server_admin }),
        ...(wanted.disabled === undefined ? {} : { disabled_at_ms: wanted.disabled ? clock.now() : null }),
        ...(hashed === null ? {} : { password: hashed }),
      };
      await updateAccount(tx, id, set);
      if (hashed !== null || wanted.disabled === true) await endSessions(tx, id);
      afterCommit(tx, () => context.principals.clear());
      const after = await found(tx, id);
      const note = hashed === null ? {} : { note: 'The password was set anew.' };
      await events.emit(tx, caller, {
        project_id: null,
        type: 'person.changed',
        subject: `person ${id}`,
        before: plain(before),
        after: plain(after),
        ...note,
      });
      return plain(after);
    });
  }

  return {
    /** Null for an unknown id. `local` is a person too while sign-in is off. */
    async get(id: string): Promise<Person | null> {
      if (id === localPersonId) return { id, name: id, email: null, server_admin: true, disabled: false, made_at_ms: 0 };
      const account = await selectAccount(database.read, id);
      return account && plain(account);
    },

    async getByEmail(email: string): Promise<Person | null> {
      const account = await selectAccountByEmail(database.read, email.trim().toLowerCase());
      return account && plain(account);
    },

    async list(caller: Caller): Promise<Person[]> {
      assertServerAdmin(caller);
      return (await selectAccounts(database.read, personsLimit)).map(plain);
    },

    async create(caller: Caller, { password, ...wanted }: NewPerson): Promise<Person> {
      assertServerAdmin(caller);
      assertGoodPassword(password, wanted);
      const hashed = await passwords.hash(password);
      const account = { ...wanted, id: newId('per', ids), password: hashed, owner: false, disabled: false, made_at_ms: clock.now() };
      try {
        return await database.write(async (tx) => {
          await insertAccount(tx, account);
          await events.emit(tx, caller, {
            project_id: null,
            type: 'person.created',
            subject: `person ${account.id}`,
            after: plain(account),
          });
          return plain(account);
        });
      } catch (error) {
        throw isUniqueViolation(error) ? failure('already_exists', { what: 'Account', name: wanted.email }) : error;
      }
    },

    async update(caller: Caller, id: string, wanted: PersonChange): Promise<Person> {
      assertServerAdmin(caller);
      const account = await found(database.read, id);
      if (wanted.password !== undefined) assertGoodPassword(wanted.password, account);
      return change(caller, id, wanted, wanted.password === undefined ? null : await passwords.hash(wanted.password));
    },

    /** Ends all sessions of the person, this one too. A stolen session must not guess the password, so tries are slowed as a sign-in's are. */
    async changeOwnPassword(caller: Caller, old: string, next: string): Promise<void> {
      const account = await found(database.read, assertPerson(caller, 'change a password'));
      const own = `person ${account.id}`;
      await throttle.admit(account.id, own);
      if (!(await passwords.matches(account.password, old))) {
        await throttle.failed(account.id, own);
        throw failure('wrong_credentials', {});
      }
      await throttle.succeeded(account.id, own);
      assertGoodPassword(next, account);
      await change(caller, account.id, {}, await passwords.hash(next));
    },
  };
}

async function found(handle: Handle, id: string): Promise<Account> {
  const account = await selectAccount(handle, id);
  if (!account) throw failure('not_found', { what: 'account', name: id });
  return account;
}

function plain({ id, name, email, server_admin, disabled, made_at_ms }: Account): Person {
  return { id, name, email, server_admin, disabled, made_at_ms };
}
