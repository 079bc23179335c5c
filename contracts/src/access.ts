import { z } from 'zod';
import { endpoint, permissions } from './endpoint.ts';
import { email, id, password, personName, sessions, signInPages, time_ms } from './sign-in.ts';

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
export const access = { ...signInPages, ...sessions, ...persons, ...tokens, ...projects, ...members } as const;
