import { failure } from '../../kernel/error.ts';
import { newId } from '../../kernel/ids.ts';
import { afterCommit } from '../../platform/database/index.ts';
import { type Context, hashOf, newSecret } from './context.ts';
import type { Passwords } from './passwords.ts';
import { type Account, assertGoodPassword } from './person.ts';
import {
  deleteSetupLinks,
  hasSetupLink,
  insertAccount,
  replaceSetupLink,
  selectAccount,
  selectOwner,
  updateAccount,
} from './persons-store.ts';
import { insertProject, selectProject } from './projects-store.ts';
import { type Arrival, callerFor, type Opened, openSession } from './sessions.ts';

export const defaultProject = 'default';
const linkLife_ms = 24 * 3_600_000;
/** 128 bits: cannot be guessed within a day. */
const linkSecret_bytes = 16;

export interface SetUp extends Arrival {
  readonly token: string;
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

export function createInstallation(context: Context, passwords: Passwords) {
  const { database, events, clock, ids } = context;

  /**
   * The person behind the installation, who cannot sign in until the set-up link was used, and the project `default`. The same
   * person is meant by the data folder's token file, so that one human is never two persons to an approval.
   */
  async function ensure(): Promise<Account> {
    const there = await selectOwner(database.read);
    if (there) return there;
    const now_ms = clock.now();
    const owner: Account = {
      id: newId('per', ids),
      name: 'owner',
      email: null,
      password: null,
      server_admin: true,
      owner: true,
      disabled: false,
      made_at_ms: now_ms,
    };
    const project = { id: newId('prj', ids), name: defaultProject, zone: 'UTC', clock: 'wall' as const, data_now_ms: null };
    return database.write(async (tx) => {
      const earlier = await selectOwner(tx);
      if (earlier) return earlier;
      await insertAccount(tx, owner);
      if ((await selectProject(tx, defaultProject)) === null) {
        await insertProject(tx, project, now_ms);
        const caller = callerFor(owner, null);
        await events.emit(tx, caller, {
          project_id: project.id,
          type: 'project.created',
          subject: `project ${project.id}`,
          after: project,
        });
      }
      return owner;
    });
  }

  return {
    ensure,

    /** The path of a fresh one-time link while nobody can sign in, else null. An earlier link is void from here on. */
    async openSetupLink(): Promise<string | null> {
      const owner = await ensure();
      if (owner.password !== null) return null;
      const secret = newSecret(ids, linkSecret_bytes);
      await database.write((tx) => replaceSetupLink(tx, { hash: hashOf(secret), expires_at_ms: clock.now() + linkLife_ms }));
      return `/setup?token=${secret}`;
    },

    isSetupLink: (token: string): Promise<boolean> => hasSetupLink(database.read, hashOf(token), clock.now()),

    /** Makes the first account and signs it in; the link is used up in the same transaction. */
    async setUp({ token, name, email, password, ...arrival }: SetUp): Promise<Opened> {
      const hash = hashOf(token);
      if (!(await hasSetupLink(database.read, hash, clock.now()))) throw failure('setup_link_not_valid', {});
      assertGoodPassword(password, { name, email });
      const hashed = await passwords.hash(password);
      return database.write(async (tx) => {
        const owner = await selectOwner(tx);
        if (!owner || owner.password !== null || !(await hasSetupLink(tx, hash, clock.now()))) throw failure('setup_link_not_valid', {});
        await deleteSetupLinks(tx);
        await updateAccount(tx, owner.id, { name, email, password: hashed });
        const account = (await selectAccount(tx, owner.id)) ?? owner;
        const after = { name, email, server_admin: true };
        await events.emit(tx, callerFor(account, arrival.request), {
          project_id: null,
          type: 'installation.set-up',
          subject: `person ${owner.id}`,
          after,
        });
        afterCommit(tx, () => context.principals.clear());
        return openSession(context, tx, account, arrival);
      });
    },
  };
}
