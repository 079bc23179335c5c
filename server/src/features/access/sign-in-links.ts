import type { Caller } from '../../kernel/caller.ts';
import { failure } from '../../kernel/error.ts';
import { assertPerson, assertServerAdmin, type Context, hashOf, newSecret } from './context.ts';
import { nextPath } from './next-path.ts';
import type { Account } from './person.ts';
import { selectAccount, selectAccountByEmail } from './persons-store.ts';
import { type Arrival, callerFor, type Opened, openSession } from './sessions.ts';
import { deleteSignInLink, insertSignInLink, selectSignInLink, trimSignInLinks } from './sign-in-links-store.ts';

export const signInLinkLife_ms = 15 * 60_000;
/** Open links of one person at a time; a newer one ends the oldest. */
const linksPerPerson = 5;

/** Whom a link is for: by id, by address, or the caller. */
export interface NewSignInLink {
  readonly person?: string | undefined;
  readonly email?: string | undefined;
  readonly next?: string | undefined;
}

export interface MadeSignInLink {
  /** Below the address of the server; the secret is in it, and nowhere else. */
  readonly path: string;
  readonly person: string;
  readonly name: string;
  readonly expires_at_ms: number;
}

/** Links that sign a person in once, without a password. Only a hash of their secret is kept. */
export function createSignInLinks(context: Context) {
  const { database, events, clock, ids } = context;

  return {
    /**
     * For anybody as an admin of the installation (who could set a new password too), for oneself as a person: a token of fewer
     * rights must not become a session with all of them.
     */
    async make(caller: Caller, { person, email, next }: NewSignInLink): Promise<MadeSignInLink> {
      const own = caller.person;
      const wanted = email === undefined ? (person ?? own) : null;
      if (wanted !== null && wanted === own) {
        if (!caller.serverAdmin) assertPerson(caller, 'make a sign-in link');
      } else {
        assertServerAdmin(caller);
      }
      const secret = newSecret(ids);
      const made_at_ms = clock.now();
      const expires_at_ms = made_at_ms + signInLinkLife_ms;
      return database.write(async (tx) => {
        const account = email === undefined ? await selectAccount(tx, wanted ?? '') : await selectAccountByEmail(tx, email);
        if (!account) throw failure('not_found', { what: 'account', name: email ?? wanted ?? caller.name });
        if (account.disabled) throw failure('account_disabled', { name: account.name });
        await trimSignInLinks(tx, account.id, linksPerPerson - 1, made_at_ms);
        const after = { person: account.id, name: account.name, expires_at_ms };
        const note = `${caller.name} made a sign-in link for ${account.name}.`;
        const event = await events.emit(tx, caller, {
          project_id: null,
          type: 'sign-in-link.made',
          subject: `person ${account.id}`,
          after,
          note,
        });
        await insertSignInLink(tx, { hash: hashOf(secret), person: account.id, made_at_ms, expires_at_ms, event });
        const query = new URLSearchParams({ token: secret, ...(next === undefined ? {} : { next: nextPath(next) }) });
        return { path: `/sign-in-link?${query}`, person: account.id, name: account.name, expires_at_ms };
      });
    },

    /** Whom a link would sign in; it stays good, since programs that only look at a link open it too. */
    async look(token: string): Promise<Pick<Account, 'name'>> {
      const link = await selectSignInLink(database.read, hashOf(token), clock.now());
      const account = link && (await selectAccount(database.read, link.person));
      if (!account || account.disabled) throw failure('sign_in_link_not_valid', {});
      return account;
    },

    /** Signs in; the link is used up in the same transaction. */
    async use(token: string, arrival: Arrival): Promise<Opened> {
      const hash = hashOf(token);
      return database.write(async (tx) => {
        const link = await selectSignInLink(tx, hash, clock.now());
        const account = link && (await deleteSignInLink(tx, hash)) ? await selectAccount(tx, link.person) : null;
        if (!link || !account || account.disabled) throw failure('sign_in_link_not_valid', {});
        // The trail leads from what was done with the link to whoever made it.
        const caller = { ...callerFor(account, arrival.request), cause: link.event };
        await events.emit(tx, caller, {
          project_id: null,
          type: 'sign-in-link.used',
          subject: `person ${account.id}`,
          note: `${account.name} signed in with a link.`,
        });
        return openSession(context, tx, account, arrival);
      });
    },
  };
}
