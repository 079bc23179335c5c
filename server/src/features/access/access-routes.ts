import { api } from '@slipway/contracts';
import type { z } from 'zod';
import { type Caller, may } from '../../kernel/caller.ts';
import { SlipwayError } from '../../kernel/error.ts';
import type { Project } from '../../kernel/project.ts';
import { implement, type ReplyControls, type Route } from '../../platform/http/index.ts';
import type { Access } from './access.ts';
import { cookieNameOf } from './authentication.ts';
import { pagePolicy, refusalPage, setUpPage, signInPage } from './pages.ts';
import { everything } from './person.ts';
import { type Opened, sessionLimit_ms } from './sessions.ts';
import type { Token } from './tokens-store.ts';

const access = api.access;

export interface AccessRoutesDeps {
  readonly access: Access;
  readonly auth: 'on' | 'off';
  readonly secureCookies: boolean;
}

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

function setSession(reply: ReplyControls, { secret }: Opened, { secureCookies }: AccessRoutesDeps): void {
  reply.setCookie(cookieNameOf({ secureCookies }), secret, { maxAge_s: sessionLimit_ms / 1000, secure: secureCookies });
}

function asPage(reply: ReplyControls, html: string, status = 200): string {
  reply.setHeader('content-security-policy', pagePolicy);
  reply.setStatus(status);
  return html;
}

function to(reply: ReplyControls, path: string): string {
  reply.setHeader('location', path);
  reply.setStatus(303);
  return '';
}

/** What goes wrong before a form's handler runs is told as a page too. */
function explain({ status, message, todo }: SlipwayError) {
  const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': pagePolicy };
  // A form has fields, not a body with paths; its browser keeps what was typed.
  const next = status === 422 ? 'Go back, correct it, and send it again. Nothing was written.' : todo;
  return { status, headers, body: refusalPage(message.replace(/^body\./, ''), next) };
}

/** What a form shows when it is refused; null for what is no refusal of what was typed. */
function problemOf(error: unknown): { readonly status: number; readonly text: string } | null {
  if (!(error instanceof SlipwayError)) return null;
  const { code, status, message, todo, details } = error;
  if (code === 'limit_reached') return { status, text: `Too many tries. Wait ${details['retry_after_s']} s, and try again.` };
  return code === 'weak_password' || code === 'wrong_credentials' ? { status, text: `${message} ${todo}` } : null;
}

function pageRoutes(deps: AccessRoutesDeps): Route[] {
  const { installation, sessions } = deps.access;
  return [
    implement(
      access.setUpPage,
      async ({ query, reply }) => {
        const token = query.token ?? '';
        if (await installation.isSetupLink(token)) return asPage(reply, setUpPage({ token, name: '', email: '' }, null));
        const { message, todo, status } = new SlipwayError('setup_link_not_valid', {});
        return asPage(reply, refusalPage(message, todo), status);
      },
      { explain },
    ),
    implement(
      access.setUp,
      async ({ body, request, reply }) => {
        try {
          setSession(reply, await installation.setUp({ ...body, request: request.id }), deps);
          return to(reply, '/');
        } catch (error) {
          const problem = problemOf(error);
          if (problem === null) throw error;
          return asPage(reply, setUpPage(body, problem.text), problem.status);
        }
      },
      { explain },
    ),
    implement(access.signInPage, ({ reply }) => (deps.auth === 'off' ? to(reply, '/') : asPage(reply, signInPage('', null))), { explain }),
    implement(
      access.signInForm,
      async ({ body, request, reply }) => {
        try {
          setSession(reply, await sessions.signIn({ ...body, ip: request.ip, request: request.id }), deps);
          return to(reply, '/');
        } catch (error) {
          const problem = problemOf(error);
          if (problem === null) throw error;
          return asPage(reply, signInPage(body.email, problem.text), problem.status);
        }
      },
      { explain },
    ),
  ];
}

function sessionRoutes(deps: AccessRoutesDeps): Route[] {
  const { sessions, persons } = deps.access;
  const auth = deps.auth === 'on';
  const name = cookieNameOf(deps);
  return [
    implement(
      access.signIn,
      async ({ body, request, reply }) => {
        const opened = await sessions.signIn({ ...body, ip: request.ip, request: request.id });
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
