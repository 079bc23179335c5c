import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Client, createClient } from '@slipway/sdk';
import type { Servers } from './patience.ts';

export interface Actor {
  readonly client: Client;
  readonly token: string;
}

/** Two real people, since a release wants a second one. */
export interface Actors {
  readonly requester: Actor;
  readonly approver: Actor;
}

type NewToken = Parameters<Client['access']['createToken']>[0]['body'];
type Rights = Parameters<Client['access']['setMember']>[0]['body'];

interface Role {
  readonly name: string;
  readonly email: string;
  readonly rights: Rights;
  readonly permissions: NonNullable<NewToken['permissions']>;
}

const requester: Role = {
  name: 'Ada Requester',
  email: 'ada@example.org',
  rights: { role: 'admin', execute: true, clock: true },
  permissions: ['read', 'write', 'predict', 'admin', 'execute', 'clock'],
};
const approver: Role = {
  name: 'Ben Approver',
  email: 'ben@example.org',
  rights: { role: 'approver' },
  permissions: ['read', 'approve'],
};

export interface NewProject {
  readonly name: string;
  readonly zone: string;
}

/** A fresh address that signs the requester's account in, once, in whatever browser opens it. */
export async function signInAddress(server: string, data: string, project: string): Promise<string> {
  const admin = createClient({ server, token: readFileSync(join(data, 'cli-token'), 'utf8').trim() });
  const { path } = await admin.access.createSignInLink({ body: { email: requester.email, next: `/p/${project}` } });
  return new URL(path, server).href;
}

/** Makes project, accounts and tokens as the admin who started the server; what is there from an earlier start is used again. */
export async function openAccounts(servers: Servers, data: string, project: NewProject): Promise<Actors> {
  const { fetch } = servers;
  const server = servers.address();
  const admin = createClient({ server, token: readFileSync(join(data, 'cli-token'), 'utf8').trim(), fetch });
  const { projects } = await admin.access.listProjects();
  if (!projects.some(({ name }) => name === project.name)) {
    await admin.access.createProject({ body: { ...project, clock: 'data' } });
  }
  return { requester: await actor(admin, servers, project.name, requester), approver: await actor(admin, servers, project.name, approver) };
}

async function actor(admin: Client, servers: Servers, project: string, { name, email, rights, permissions }: Role): Promise<Actor> {
  const password = randomBytes(24).toString('base64url');
  const { persons } = await admin.access.listPersons();
  const known = persons.find((person) => person.email === email);
  if (known) await admin.access.updatePerson({ params: { person: known.id }, body: { password } });
  else await admin.access.createPerson({ body: { name, email, password } });
  const { members } = await admin.access.listMembers({ params: { project } });
  if (!members.some((member) => member.email === email)) await admin.access.addMember({ params: { project }, body: { email, ...rights } });
  const { fetch } = servers;
  const server = servers.address();
  const session = createClient({ server, fetch: withCookies(server, fetch) });
  await session.access.signIn({ body: { email, password } });
  const { secret } = await session.access.createToken({ body: { name: 'demo', project, permissions, expires_in_days: 1 } });
  await session.access.signOut();
  return { client: createClient({ server, token: secret, fetch }), token: secret };
}

/** A `fetch` that keeps the session as a browser on the server's own page does; only a person who signed in makes tokens. */
function withCookies(server: string, send: typeof fetch): typeof fetch {
  let cookie = '';
  return async (address, init) => {
    const headers = new Headers(init?.headers);
    headers.set('origin', server);
    if (cookie !== '') headers.set('cookie', cookie);
    const response = await send(address, { ...init, headers });
    const [set] = response.headers.getSetCookie();
    if (set !== undefined) cookie = set.split(';', 1)[0] ?? '';
    return response;
  };
}
