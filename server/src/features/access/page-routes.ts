import { api } from '@slipway/contracts';
import { SlipwayError } from '../../kernel/error.ts';
import { implement, type ReplyControls, type RequestFacts, type Route } from '../../platform/http/index.ts';
import type { Access } from './access.ts';
import { cookieNameOf } from './authentication.ts';
import { nextPath } from './next-path.ts';
import { pagePolicy, refusalPage, setUpPage, signInLinkPage, signInPage } from './pages.ts';
import { type Arrival, type Opened, sessionLimit_ms } from './sessions.ts';

const access = api.access;

export interface AccessRoutesDeps {
  readonly access: Access;
  readonly auth: 'on' | 'off';
  readonly secureCookies: boolean;
}

export function setSession(reply: ReplyControls, { secret }: Opened, { secureCookies }: AccessRoutesDeps): void {
  reply.setCookie(cookieNameOf({ secureCookies }), secret, { maxAge_s: sessionLimit_ms / 1000, secure: secureCookies });
}

export function arrivalOf({ id, headers }: RequestFacts): Arrival {
  return { request: id, agent: headers['user-agent'] };
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

export function pageRoutes(deps: AccessRoutesDeps): Route[] {
  const { installation, sessions, signInLinks } = deps.access;
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
          setSession(reply, await installation.setUp({ ...body, ...arrivalOf(request) }), deps);
          return to(reply, '/');
        } catch (error) {
          const problem = problemOf(error);
          if (problem === null) throw error;
          return asPage(reply, setUpPage(body, problem.text), problem.status);
        }
      },
      { explain },
    ),
    implement(
      access.signInPage,
      ({ query, reply }) => {
        const next = nextPath(query.next);
        return deps.auth === 'off' ? to(reply, next) : asPage(reply, signInPage({ email: '', next }, null));
      },
      { explain },
    ),
    implement(
      access.signInForm,
      async ({ body, request, reply }) => {
        const next = nextPath(body.next);
        try {
          const replaces = request.cookies.get(cookieNameOf(deps));
          setSession(reply, await sessions.signIn({ ...body, ...arrivalOf(request), ip: request.ip, replaces }), deps);
          return to(reply, next);
        } catch (error) {
          const problem = problemOf(error);
          if (problem === null) throw error;
          return asPage(reply, signInPage({ email: body.email, next }, problem.text), problem.status);
        }
      },
      { explain },
    ),
    implement(
      access.signInLinkPage,
      async ({ query: { token = '', next }, reply }) => {
        const { name } = await signInLinks.look(token);
        return asPage(reply, signInLinkPage({ token, name, next: nextPath(next) }));
      },
      { explain },
    ),
    implement(
      access.useSignInLink,
      async ({ body, request, reply }) => {
        setSession(reply, await signInLinks.use(body.token, arrivalOf(request)), deps);
        return to(reply, nextPath(body.next));
      },
      { explain },
    ),
  ];
}
