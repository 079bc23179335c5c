import { z } from 'zod';
import { endpoint, permissions } from './endpoint.ts';

const id = z.string().regex(/^[a-z]+_[0-9a-z]{26}$|^local$/, 'an id as in `per_01k…`');
const time_ms = z.int().min(0).max(253_402_300_799_999);
const email = z.string().max(254).trim().toLowerCase().pipe(z.email());
const personName = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}\p{Cf}]*$/u, 'no control characters');
/** Only the most is checked here; how short and how common is too weak is a rule of its own (`weak_password`). */
const password = z.string().min(1).max(200);

export const projectName = z
  .string()
  .max(64)
  .regex(/^[a-z0-9][a-z0-9._-]*$/, 'lower-case letters, digits, dot, dash and underscore, beginning with a letter or digit');
/** A project is named in a path by its name or its id. */
const projectKey = z
  .string()
  .max(64)
  .regex(/^[a-z0-9][a-z0-9._-]*$/, 'the name or id of a project');
const zone = z.string().max(64).refine(isZone, 'an IANA time zone as in `America/New_York`');
const clock = z.enum(['wall', 'data']);
const role = z.enum(['viewer', 'contributor', 'approver', 'admin']);
const permission = z.enum(permissions);

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

const person = z.object({
  id,
  name: z.string(),
  email: z.string().nullable(),
  server_admin: z.boolean(),
  disabled: z.boolean(),
  made_at_ms: time_ms,
});
const project = z.object({
  id,
  name: projectName,
  zone: z.string(),
  clock,
  /** The time that drives what is due in it. */
  now_ms: time_ms,
  /** What the caller may do in it. */
  permissions: z.array(permission),
});
const member = z.object({ person: id, name: z.string(), email: z.string().nullable(), role, execute: z.boolean(), clock: z.boolean() });
const me = z.object({
  kind: z.enum(['person', 'token', 'job', 'system']),
  id: z.string(),
  name: z.string(),
  person: z.string().nullable(),
  server_admin: z.boolean(),
  /** False while the server runs with `--auth off`: every page shows a banner. */
  auth: z.boolean(),
});
const token = z.object({
  id,
  name: z.string(),
  person: id,
  project: z.string().nullable(),
  permissions: z.array(permission),
  server_admin: z.boolean(),
  made_at_ms: time_ms,
  expires_at_ms: time_ms,
  used_at_ms: time_ms.nullable(),
});

const projectParams = z.object({ project: projectKey });
const memberParams = z.object({ project: projectKey, person: id });

/** A path of this server, to go on to; anything else counts as `/`. */
const nextQuery = z.string().max(2000).optional();
const linkToken = z.string().max(100);

/** Pages that a browser without a session can open; plain HTML, no script. */
const pages = {
  setUpPage: endpoint({
    id: 'access.setUpPage',
    method: 'GET',
    path: '/setup',
    summary: 'The page where the first account is made; needs the link that the server printed.',
    permission: 'public',
    query: z.object({ token: z.string().max(100).optional() }),
    answers: 'html',
  }),
  setUp: endpoint({
    id: 'access.setUp',
    method: 'POST',
    path: '/setup',
    summary: 'Makes the first account and signs it in.',
    permission: 'public',
    body: z.object({ token: z.string().max(100), name: personName, email, password }),
    bodyLimit_bytes: 8192,
    answers: 'html',
    errors: ['setup_link_not_valid', 'weak_password', 'limit_reached'],
  }),
  signInPage: endpoint({
    id: 'access.signInPage',
    method: 'GET',
    path: '/sign-in',
    summary: 'The sign-in page.',
    permission: 'public',
    query: z.object({ next: nextQuery }),
    answers: 'html',
  }),
  signInForm: endpoint({
    id: 'access.signInForm',
    method: 'POST',
    path: '/sign-in',
    summary: 'Signs in from the sign-in page, and leads to `next`.',
    permission: 'public',
    body: z.object({ email: z.string().max(254), password, next: nextQuery }),
    bodyLimit_bytes: 8192,
    answers: 'html',
    errors: ['wrong_credentials', 'limit_reached'],
  }),
  signInLinkPage: endpoint({
    id: 'access.signInLinkPage',
    method: 'GET',
    path: '/sign-in-link',
    summary: 'The page of a one-time sign-in link, with one button. To look at it does not use the link up.',
    permission: 'public',
    query: z.object({ token: linkToken.optional(), next: nextQuery }),
    answers: 'html',
  }),
  useSignInLink: endpoint({
    id: 'access.useSignInLink',
    method: 'POST',
    path: '/sign-in-link',
    summary: 'Signs in with a one-time link, which is used up by it, and leads to `next`.',
    permission: 'public',
    body: z.object({ token: linkToken, next: nextQuery }),
    bodyLimit_bytes: 8192,
    answers: 'html',
    errors: ['sign_in_link_not_valid'],
  }),
} as const;

const sessions = {
  signIn: endpoint({
    id: 'access.signIn',
    method: 'POST',
    path: '/api/v1/session',
    summary: 'Signs in; the session is a cookie.',
    permission: 'public',
    body: z.object({ email: z.string().max(254), password }),
    bodyLimit_bytes: 8192,
    response: me,
    errors: ['wrong_credentials', 'limit_reached'],
  }),
  signOut: endpoint({
    id: 'access.signOut',
    method: 'DELETE',
    path: '/api/v1/session',
    summary: 'Ends the session.',
    permission: 'signed-in',
    status: 204,
  }),
  listSessions: endpoint({
    id: 'access.listSessions',
    method: 'GET',
    path: '/api/v1/sessions',
    summary: "The sessions of the caller's person that last, newest first; never their secrets.",
    permission: 'signed-in',
    response: z.object({
      sessions: z.array(
        z.object({
          id: z.string(),
          /** The program that began it, in its own words. */
          agent: z.string().nullable(),
          made_at_ms: time_ms,
          seen_at_ms: time_ms,
          /** When it is over unless it is used before. */
          ends_at_ms: time_ms,
          /** Whether it is the one that asks. */
          present: z.boolean(),
        }),
      ),
    }),
    errors: ['person_only'],
  }),
  endSession: endpoint({
    id: 'access.endSession',
    method: 'DELETE',
    path: '/api/v1/sessions/:session',
    summary: "Ends one session of the caller's person.",
    permission: 'signed-in',
    params: z.object({ session: id }),
    status: 204,
    errors: ['not_found', 'person_only'],
  }),
  signOutEverywhere: endpoint({
    id: 'access.signOutEverywhere',
    method: 'DELETE',
    path: '/api/v1/sessions',
    summary: "Ends all sessions of the caller's person, this one too, and the sign-in links that wait. Tokens stay.",
    permission: 'signed-in',
    status: 204,
    errors: ['person_only'],
  }),
  createSignInLink: endpoint({
    id: 'access.createSignInLink',
    method: 'POST',
    path: '/api/v1/sign-in-links',
    summary: 'Makes a link that signs a person in once within 15 minutes: oneself, or anybody as an admin of the installation.',
    permission: 'signed-in',
    body: z
      .strictObject({
        /** Neither: the caller. */
        person: id.optional(),
        email: email.optional(),
        next: nextQuery,
      })
      .refine((given) => given.person === undefined || given.email === undefined, 'a person or an email address, not both'),
    status: 201,
    response: z.object({ path: z.string(), person: id, name: z.string(), expires_at_ms: time_ms }),
    errors: ['not_found', 'person_only', 'server_admin_only', 'account_disabled'],
  }),
  me: endpoint({
    id: 'access.me',
    method: 'GET',
    path: '/api/v1/me',
    summary: 'Who the caller is.',
    permission: 'signed-in',
    response: me,
  }),
  changePassword: endpoint({
    id: 'access.changePassword',
    method: 'PUT',
    path: '/api/v1/me/password',
    summary: "Changes the caller's own password and ends all other sessions.",
    permission: 'signed-in',
    body: z.object({ password, new_password: password }),
    status: 204,
    errors: ['wrong_credentials', 'weak_password', 'person_only', 'limit_reached'],
  }),
} as const;

const persons = {
  listPersons: endpoint({
    id: 'access.listPersons',
    method: 'GET',
    path: '/api/v1/persons',
    summary: 'All accounts.',
    permission: 'server-admin',
    response: z.object({ persons: z.array(person) }),
  }),
  createPerson: endpoint({
    id: 'access.createPerson',
    method: 'POST',
    path: '/api/v1/persons',
    summary: 'Makes an account.',
    permission: 'server-admin',
    body: z.object({ name: personName, email, password, server_admin: z.boolean().default(false) }),
    status: 201,
    response: person,
    errors: ['already_exists', 'weak_password'],
  }),
  updatePerson: endpoint({
    id: 'access.updatePerson',
    method: 'PATCH',
    path: '/api/v1/persons/:person',
    summary: 'Changes an account; a new password or disabling ends its sessions, disabling stops its tokens.',
    permission: 'server-admin',
    params: z.object({ person: id }),
    body: z.object({
      name: personName.optional(),
      password: password.optional(),
      server_admin: z.boolean().optional(),
      disabled: z.boolean().optional(),
    }),
    response: person,
    errors: ['not_found', 'last_admin', 'weak_password'],
  }),
} as const;

const tokens = {
  listTokens: endpoint({
    id: 'access.listTokens',
    method: 'GET',
    path: '/api/v1/tokens',
    summary: "The caller's tokens; never the secrets.",
    permission: 'signed-in',
    response: z.object({ tokens: z.array(token) }),
  }),
  createToken: endpoint({
    id: 'access.createToken',
    method: 'POST',
    path: '/api/v1/tokens',
    summary: 'Makes a token. Its secret is in this answer and nowhere else.',
    permission: 'signed-in',
    body: z.object({
      name: personName,
      /** Absent: every project that its maker may enter. */
      project: projectKey.optional(),
      permissions: z.array(permission).min(1).max(permissions.length).default(['read', 'write', 'predict']),
      expires_in_days: z.int().min(1).max(366).default(90),
      server_admin: z.boolean().default(false),
    }),
    status: 201,
    response: token.extend({ secret: z.string() }),
    errors: ['person_only', 'not_permitted', 'limit_reached'],
  }),
  revokeToken: endpoint({
    id: 'access.revokeToken',
    method: 'DELETE',
    path: '/api/v1/tokens/:token',
    summary: 'Ends a token for good.',
    permission: 'signed-in',
    params: z.object({ token: id }),
    status: 204,
    errors: ['not_found'],
  }),
} as const;

const projects = {
  listProjects: endpoint({
    id: 'access.listProjects',
    method: 'GET',
    path: '/api/v1/projects',
    summary: 'The projects that the caller may read.',
    permission: 'signed-in',
    response: z.object({ projects: z.array(project) }),
  }),
  createProject: endpoint({
    id: 'access.createProject',
    method: 'POST',
    path: '/api/v1/projects',
    summary: 'Makes a project; its maker is its admin.',
    permission: 'server-admin',
    body: z.object({ name: projectName, zone: zone.default('UTC'), clock: clock.default('wall') }),
    status: 201,
    response: project,
    errors: ['already_exists'],
  }),
  getProject: endpoint({
    id: 'access.getProject',
    method: 'GET',
    path: '/api/v1/projects/:project',
    summary: 'One project.',
    permission: 'read',
    params: projectParams,
    response: project,
  }),
  updateProject: endpoint({
    id: 'access.updateProject',
    method: 'PATCH',
    path: '/api/v1/projects/:project',
    summary: 'Changes the time zone, or which clock drives the project.',
    permission: 'admin',
    params: projectParams,
    body: z.object({ zone: zone.optional(), clock: clock.optional() }),
    response: project,
  }),
  advanceClock: endpoint({
    id: 'access.advanceClock',
    method: 'PUT',
    path: '/api/v1/projects/:project/clock',
    summary: 'Moves the clock of a project with `clock: data` forward.',
    permission: 'clock',
    params: projectParams,
    body: z.object({ now_ms: time_ms }),
    response: z.object({ now_ms: time_ms }),
    errors: ['clock_backwards', 'clock_is_wall'],
  }),
} as const;

const members = {
  listMembers: endpoint({
    id: 'access.listMembers',
    method: 'GET',
    path: '/api/v1/projects/:project/members',
    summary: 'Who may do what in a project.',
    permission: 'read',
    params: projectParams,
    response: z.object({ members: z.array(member) }),
  }),
  addMember: endpoint({
    id: 'access.addMember',
    method: 'POST',
    path: '/api/v1/projects/:project/members',
    summary: 'Lets an account into a project, named by its email address.',
    permission: 'admin',
    params: projectParams,
    body: z.object({ email, role, execute: z.boolean().default(false), clock: z.boolean().default(false) }),
    status: 201,
    response: member,
    errors: ['not_found', 'right_not_held'],
  }),
  setMember: endpoint({
    id: 'access.setMember',
    method: 'PUT',
    path: '/api/v1/projects/:project/members/:person',
    summary: 'Sets the role and the rights of a member.',
    permission: 'admin',
    params: memberParams,
    body: z.object({ role, execute: z.boolean().default(false), clock: z.boolean().default(false) }),
    response: member,
    errors: ['not_found', 'right_not_held'],
  }),
  removeMember: endpoint({
    id: 'access.removeMember',
    method: 'DELETE',
    path: '/api/v1/projects/:project/members/:person',
    summary: 'Takes a member out of a project.',
    permission: 'admin',
    params: memberParams,
    status: 204,
    errors: ['not_found'],
  }),
} as const;

/** The HTTP operations of `access`. */
export const access = { ...pages, ...sessions, ...persons, ...tokens, ...projects, ...members } as const;
