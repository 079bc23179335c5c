import type { Caller } from '../../kernel/caller.ts';
import type { Clock } from '../../kernel/clock.ts';
import { sha256 } from '../../kernel/digest.ts';
import { failure } from '../../kernel/error.ts';
import type { IdSource } from '../../kernel/ids.ts';
import type { Database } from '../../platform/database/index.ts';
import type { Events } from '../../platform/events/index.ts';
import type { Log } from '../../platform/log/index.ts';
import type { Roles } from './person.ts';
import type { ProjectState } from './projects-store.ts';
import { Recent } from './recent.ts';

export interface AccessDeps {
  readonly database: Database;
  readonly events: Events;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly log: Log;
  readonly roles: Roles;
  /** `off` only on loopback: every caller without a token is then the person `local`. */
  readonly auth: 'on' | 'off';
  /** True behind TLS: the cookie is then `__Host-`, sent over TLS only. */
  readonly secureCookies: boolean;
}

/** Who a shown secret stands for; kept for at most two seconds, so that what is revoked is dead soon after. */
export interface Principal {
  readonly caller: Omit<Caller, 'request' | 'cause'>;
  readonly expires_at_ms: number;
  /** When its use was last written down. */
  touched_at_ms: number;
}

export interface Context extends AccessDeps {
  readonly principals: Recent<Principal>;
  readonly projects: Recent<ProjectState>;
}

const recent_ms = 2000;

export function contextOf(deps: AccessDeps): Context {
  const principals = new Recent<Principal>(deps.clock, recent_ms);
  const projects = new Recent<ProjectState>(deps.clock, recent_ms);
  // Another process may have revoked a token, or moved a clock.
  deps.database.onForeignCommit(() => {
    principals.clear();
    projects.clear();
  });
  return { ...deps, principals, projects };
}

/** Text of 256 random bits, or as many as asked for. */
export function newSecret(ids: IdSource, size_bytes = 32): string {
  return Buffer.from(ids.random(size_bytes)).toString('base64url');
}

/** Secrets of 128 bits and more need no slow hash: they cannot be guessed. */
export const hashOf: (secret: string) => string = sha256;

export function assertServerAdmin(caller: Caller): void {
  if (!caller.serverAdmin) throw failure('server_admin_only', { caller: caller.name });
}

export function assertPerson(caller: Caller, what: string): string {
  if (caller.kind !== 'person' || caller.person === null) throw failure('person_only', { caller: caller.name, what });
  return caller.person;
}
