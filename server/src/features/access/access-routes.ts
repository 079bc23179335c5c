import { api } from '@slipway/contracts';
import type { z } from 'zod';
import { type Caller, may } from '../../kernel/caller.ts';
import type { Project } from '../../kernel/project.ts';
import { implement, type Route } from '../../platform/http/index.ts';
import { cookieNameOf } from './authentication.ts';
import { type AccessRoutesDeps, arrivalOf, pageRoutes, setSession } from './page-routes.ts';
import { everything } from './person.ts';
import { sessionIdOf } from './sessions.ts';
import type { Token } from './tokens-store.ts';

const access = api.access;

export function accessRoutes(deps: AccessRoutesDeps): Route[] {
  return [
    ...pageRoutes(deps),
    ...sessionRoutes(deps),
    ...personRoutes(deps),
    ...tokenRoutes(deps),
    ...projectRoutes(deps),
    ...memberRoutes(deps),
  ];
}

/** A kept answer lies beside a fast hash of the request, which must not be one of a password. */
const unkept = { keepsAnswer: false };

function sessionRoutes(deps: AccessRoutesDeps): Route[] {
  const { sessions, persons, signInLinks } = deps.access;
  const auth = deps.auth === 'on';
  const name = cookieNameOf(deps);
  return [
    implement(
      access.signIn,
      async ({ body, request, reply }) => {
        const opened = await sessions.signIn({ ...body, ...arrivalOf(request), ip: request.ip, replaces: request.cookies.get(name) });
        setSession(reply, opened, deps);
        return {
          kind: 'person' as const,
          id: opened.person,
          name: opened.name,
          person: opened.person,
          server_admin: opened.serverAdmin,
          auth,
        };
      },
      unkept,
    ),
    implement(access.signOut, async ({ caller, request, reply }) => {
      const secret = request.cookies.get(name);
      if (secret !== undefined) await sessions.signOut(caller, secret);
      reply.setCookie(name, '', { maxAge_s: 0, secure: deps.secureCookies });
    }),
    implement(access.listSessions, async ({ caller, request }) => {
      const secret = request.cookies.get(name);
      const present = secret === undefined ? null : sessionIdOf(secret);
      return { sessions: (await sessions.list(caller)).map((session) => ({ ...session, present: session.id === present })) };
    }),
    implement(access.endSession, ({ caller, params }) => sessions.end(caller, params.session)),
    implement(access.signOutEverywhere, async ({ caller, reply }) => {
      await sessions.signOutEverywhere(caller);
      reply.setCookie(name, '', { maxAge_s: 0, secure: deps.secureCookies });
    }),
    implement(access.createSignInLink, ({ caller, body }) => signInLinks.make(caller, body), unkept),
    implement(access.me, ({ caller }) => {
      const { kind, id, name: shown, person, serverAdmin } = caller;
      return { kind, id, name: shown, person, server_admin: serverAdmin, auth };
    }),
    implement(access.changePassword, async ({ caller, body, reply }) => {
      await persons.changeOwnPassword(caller, body.password, body.new_password);
      reply.setCookie(name, '', { maxAge_s: 0, secure: deps.secureCookies });
    }),
  ];
}

function personRoutes({ access: { persons } }: AccessRoutesDeps): Route[] {
  return [
    implement(access.listPersons, async ({ caller }) => ({ persons: await persons.list(caller) })),
    implement(access.createPerson, ({ caller, body }) => persons.create(caller, body), unkept),
    implement(access.updatePerson, ({ caller, params, body }) => persons.update(caller, params.person, body)),
  ];
}

function tokenRoutes({ access: { tokens, projects } }: AccessRoutesDeps): Route[] {
  async function shown(token: Token): Promise<z.input<typeof access.listTokens.response & object>['tokens'][number]> {
    const { id, name, person, project_id, permissions, server_admin, made_at_ms, expires_at_ms, used_at_ms } = token;
    const project = project_id === null ? null : ((await projects.get(project_id))?.name ?? project_id);
    return { id, name, person: person ?? '', project, permissions: [...permissions], server_admin, made_at_ms, expires_at_ms, used_at_ms };
  }
  return [
    implement(access.listTokens, async ({ caller }) => ({ tokens: await Promise.all((await tokens.list(caller)).map(shown)) })),
    implement(
      access.createToken,
      async ({ caller, body }) => {
        const project = body.project === undefined ? null : await projects.resolve(body.project);
        const { token, secret } = await tokens.create(caller, { ...body, project });
        return { ...(await shown(token)), secret };
      },
      { keepsAnswer: false },
    ),
    implement(access.revokeToken, ({ caller, params }) => tokens.revoke(caller, params.token)),
  ];
}

function projectRoutes({ access: { projects } }: AccessRoutesDeps): Route[] {
  async function shown(caller: Caller, project: Project) {
    const now_ms = await projects.now(project.id);
    return { ...project, now_ms, permissions: [...everything].filter((permission) => may(caller, project, permission)) };
  }
  return [
    implement(access.listProjects, async ({ caller }) => {
      const all = await projects.list(caller);
      return { projects: await Promise.all(all.map((project) => shown(caller, project))) };
    }),
    implement(access.createProject, async ({ caller, body }) => shown(caller, await projects.create(caller, body))),
    implement(access.getProject, ({ caller, project }) => shown(caller, project)),
    implement(access.updateProject, async ({ caller, project, body }) => shown(caller, await projects.update(caller, project, body))),
    implement(access.advanceClock, async ({ caller, project, body }) => ({
      now_ms: await projects.advanceClock(caller, project, body.now_ms),
    })),
  ];
}

function memberRoutes({ access: { members } }: AccessRoutesDeps): Route[] {
  return [
    implement(access.listMembers, async ({ caller, project }) => ({ members: await members.list(caller, project) })),
    implement(access.addMember, ({ caller, project, body: { email, ...rights } }) => members.add(caller, project, email, rights)),
    implement(access.setMember, ({ caller, project, params, body }) => members.set(caller, project, params.person, body)),
    implement(access.removeMember, ({ caller, project, params }) => members.remove(caller, project, params.person)),
  ];
}
