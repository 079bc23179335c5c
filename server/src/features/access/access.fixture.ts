import type { TestContext } from 'node:test';
import type { Caller } from '../../kernel/caller.ts';
import type { Clock } from '../../kernel/clock.ts';
import { systemIds } from '../../kernel/ids.ts';
import { createHttp, createMetrics } from '../../platform/http/index.ts';
import { openTestDatabase } from '../../platform/http/server.fixture.ts';
import { createLog } from '../../platform/log/index.ts';
import { type AccessDeps, accessRoutes, createAccess, type Roles } from './index.ts';

/** A clock that a test moves. */
export interface TestClock extends Clock {
  forward(by_ms: number): void;
}

export function testClock(): TestClock {
  let moved_ms = 0;
  const begun_ms = Date.now();
  return {
    now: () => begun_ms + moved_ms,
    monotonic: () => performance.now() + moved_ms,
    forward: (by_ms) => {
      moved_ms += by_ms;
    },
  };
}

/** A table of roles as the app gives it. */
export const testRoles: Roles = {
  viewer: ['read'],
  contributor: ['read', 'write', 'predict'],
  approver: ['read', 'predict', 'approve'],
  admin: ['read', 'write', 'predict', 'approve', 'admin'],
};

export const goodPassword = 'four unrelated words';

/** For tests: the whole room behind a real server on a real database, not set up yet. */
export async function startAccess(t: TestContext, options: Partial<AccessDeps> = {}) {
  const clock = testClock();
  const { folder, database, events, logFile } = await openTestDatabase(t, clock);
  const log = createLog({ level: 'warn', file: logFile });
  const deps: AccessDeps = { database, events, clock, ids: systemIds, log, roles: testRoles, auth: 'on', secureCookies: false, ...options };
  const access = createAccess(deps);
  await access.installation.ensure();
  const http = createHttp({
    routes: accessRoutes({ access, auth: deps.auth, secureCookies: deps.secureCookies }),
    authenticate: access.authenticate,
    resolveProject: access.projects.resolve,
    database,
    metrics: createMetrics(),
    log,
    clock,
    hosts: [],
    origins: [],
  });
  t.after(() => http.close(1000));

  type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  async function call(method: Method, url: string, payload?: object, headers: Record<string, string> = {}) {
    const response = await http.inject({ method, url, headers, ...(payload ? { payload } : {}) });
    return { status: response.statusCode, body: response.body === '' ? null : safeJson(response.body), response };
  }
  return { access, restart: () => createAccess(deps), http, call, clock, events, database, folder, logFile };
}

export type AccessServer = Awaited<ReturnType<typeof startAccess>>;

type Answer = { [key: string]: unknown } & { error?: { code: string; message: string } };

function safeJson(text: string): Answer {
  try {
    return JSON.parse(text) as Answer;
  } catch {
    return { text };
  }
}

/** Uses the set-up link; answers the first admin's session cookie and caller. */
export async function setUp({ access }: AccessServer): Promise<{ cookie: string; caller: Caller }> {
  const link = (await access.installation.openSetupLink()) ?? '';
  const token = new URL(link, 'http://localhost').searchParams.get('token') ?? '';
  const opened = await access.installation.setUp({
    token,
    name: 'Ada',
    email: 'ada@example.org',
    password: goodPassword,
    request: 'req_1',
  });
  return { cookie: `slipway_session=${opened.secret}`, caller: await callerOf(access, opened.secret) };
}

/** An account with a role in a project (or none), and its caller. */
export async function join(
  server: AccessServer,
  admin: Caller,
  name: string,
  member: { project: string; role: 'viewer' | 'contributor' | 'approver' | 'admin'; execute?: boolean; clock?: boolean } | null,
) {
  const { access } = server;
  const email = `${name}@example.org`;
  const person = await access.persons.create(admin, { name, email, password: goodPassword, server_admin: false });
  if (member) {
    const project = await access.projects.resolve(member.project);
    await access.members.set(admin, project, person.id, {
      role: member.role,
      execute: member.execute ?? false,
      clock: member.clock ?? false,
    });
  }
  const { secret } = await access.sessions.signIn({ email, password: goodPassword, ip: `10.0.0.${name.length}`, request: 'req_1' });
  return { person, secret, cookie: `slipway_session=${secret}`, caller: await callerOf(access, secret) };
}

async function callerOf(access: AccessServer['access'], secret: string): Promise<Caller> {
  const caller = await access.authenticate({
    bearer: null,
    cookies: new Map([['slipway_session', secret]]),
    ip: '127.0.0.1',
    request: 'req_1',
  });
  if (!caller) throw new Error('the session is not good');
  return caller;
}
