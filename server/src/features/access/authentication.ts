import type { Caller } from '../../kernel/caller.ts';
import { failure } from '../../kernel/error.ts';
import { type Context, hashOf, type Principal } from './context.ts';
import { type Account, everything, type Grants, grantsOf, localCaller, localPersonId, narrowed } from './person.ts';
import { selectAccount } from './persons-store.ts';
import { selectMemberships } from './projects-store.ts';
import { type SignIn, sessionIdle_ms } from './sessions.ts';
import { selectSession, touchSession } from './sessions-store.ts';
import { tokenPrefix } from './tokens.ts';
import { selectTokenByHash, type Token, touchToken } from './tokens-store.ts';

/** What a request shows; the HTTP server and every protocol fill it. */
export interface Shown {
  readonly bearer: string | null;
  /** With each request, as clients of other protocols send it; a token in place of the password is taken for the token. */
  readonly basic?: { readonly email: string; readonly password: string };
  readonly cookies: ReadonlyMap<string, string>;
  readonly ip: string;
  readonly request: string;
}

/** Finds the account of an address and a password, or throws. */
export type ByPassword = (shown: SignIn) => Promise<Account>;

const sessionTouch_ms = 300_000;
const tokenTouch_ms = 60_000;

/** Finds who a request comes from; null where it shows nothing valid and sign-in is on. A token that is not valid is refused. */
export function createAuthentication(context: Context, byPassword: ByPassword) {
  const { database, clock, principals, auth } = context;

  return async function authenticate({ bearer: shown, basic, cookies, ip, request }: Shown): Promise<Caller | null> {
    const bearer = basic?.password.startsWith(tokenPrefix) ? basic.password : shown;
    if (basic !== undefined && bearer === null) {
      const account = await byPassword({ ...basic, ip, request });
      const principal = await principals.get(`person ${account.id}`, () => ofPerson(context, account));
      return principal && { ...principal.caller, cause: null, request };
    }
    if (bearer !== null) {
      const hash = hashOf(bearer);
      const principal = await principals.get(`token ${hash}`, () => ofToken(context, hash));
      if (!principal || principal.expires_at_ms <= clock.now()) throw failure('token_not_valid', {});
      touch(principal, tokenTouch_ms, (now_ms) => database.write((tx) => touchToken(tx, principal.caller.id, now_ms)));
      return { ...principal.caller, cause: null, request };
    }
    const cookie = cookies.get(cookieNameOf(context));
    if (cookie !== undefined) {
      const hash = hashOf(cookie);
      const principal = await principals.get(`session ${hash}`, () => ofSession(context, hash));
      if (principal && isOfNow(principal.expires_at_ms - clock.now())) {
        touch(principal, sessionTouch_ms, (now_ms) => database.write((tx) => touchSession(tx, hash, now_ms)));
        return { ...principal.caller, cause: null, request };
      }
    }
    return auth === 'off' ? localCaller(request) : null;
  };

  /** Writes down a use now and then; a failure of that is no failure of the request. */
  function touch(principal: Principal, every_ms: number, write: (now_ms: number) => Promise<void>): void {
    const now_ms = clock.now();
    if (now_ms - principal.touched_at_ms < every_ms) return;
    principal.touched_at_ms = now_ms;
    write(now_ms).catch((error) => context.log.warn('the use of a session or token was not written down', { error }));
  }
}

/** More is left than any use could have given: the clock was ahead then, and a session must not last until it is there again. */
function isOfNow(left_ms: number): boolean {
  return left_ms > 0 && left_ms <= 2 * sessionIdle_ms;
}

export function cookieNameOf({ secureCookies }: Pick<Context, 'secureCookies'>): string {
  return secureCookies ? '__Host-slipway_session' : 'slipway_session';
}

async function ofSession(context: Context, hash: string): Promise<Principal | null> {
  const session = await selectSession(context.database.read, hash);
  if (!session) return null;
  const account = await selectAccount(context.database.read, session.person);
  if (!account || account.disabled) return null;
  const expires_at_ms = Math.min(session.ends_at_ms, session.seen_at_ms + sessionIdle_ms);
  return { caller: await asPerson(context, account), expires_at_ms, touched_at_ms: session.seen_at_ms };
}

async function ofPerson(context: Context, account: Account): Promise<Principal> {
  return { caller: await asPerson(context, account), expires_at_ms: Number.POSITIVE_INFINITY, touched_at_ms: 0 };
}

async function ofToken(context: Context, hash: string): Promise<Principal | null> {
  const token = await selectTokenByHash(context.database.read, hash);
  if (!token) return null;
  const caller =
    token.person === null ? asExecution(token, new Map([['*', everything]])) : await ofPersonToken(context, token, token.person);
  return caller && { caller, expires_at_ms: token.expires_at_ms, touched_at_ms: token.used_at_ms ?? 0 };
}

async function ofPersonToken(context: Context, token: Token, person: string): Promise<Principal['caller'] | null> {
  if (person === localPersonId) {
    if (context.auth === 'on') return null;
    const { grants } = localCaller(null);
    return token.kind === 'execution' ? asExecution(token, grants) : asToken(token, grants, localPersonId, token.server_admin);
  }
  const account = await selectAccount(context.database.read, person);
  if (!account || account.disabled) return null;
  const whole = await asPerson(context, account);
  // The file in the data folder signs in whoever may read it: its caller is the person.
  if (token.kind === 'cli') return whole;
  if (token.kind === 'execution') return asExecution(token, whole.grants);
  return asToken(token, whole.grants, account.name, token.server_admin && account.server_admin);
}

async function asPerson(context: Context, account: Account): Promise<Principal['caller']> {
  const memberships = await selectMemberships(context.database.read, account.id);
  const grants = grantsOf(account, memberships, context.roles);
  return { kind: 'person', id: account.id, name: account.name, person: account.id, grants, serverAdmin: account.server_admin };
}

function asToken(token: Token, grants: Grants, owner: string, serverAdmin: boolean): Principal['caller'] {
  const own = narrowed(grants, token.project_id, token.permissions);
  return { kind: 'token', id: token.id, name: `${token.name} of ${owner}`, person: token.person, grants: own, serverAdmin };
}

function asExecution(token: Token, grants: Grants): Principal['caller'] {
  const own = narrowed(grants, token.project_id, token.permissions);
  return { kind: 'token', id: token.id, name: `execution ${token.execution}`, person: token.person, grants: own, serverAdmin: false };
}
