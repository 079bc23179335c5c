import { randomBytes } from 'node:crypto';
import type { Client } from '@slipway/sdk';
import { chosen } from './choices.ts';
import { exits } from './exits.ts';
import { plain } from './format.ts';
import { timeOf, wholeNumber } from './numbers.ts';
import { usageProblem } from './problem.ts';
import { signedIn } from './sign-in.ts';
import { type Noun, verb } from './verb.ts';
import type { Work } from './work.ts';

type NewToken = NonNullable<Parameters<Client['access']['createToken']>[0]>['body'];
type Permission = NonNullable<NewToken['permissions']>[number];

const permissions: readonly Permission[] = ['read', 'write', 'predict', 'approve', 'admin', 'execute', 'clock'];
const roles = ['viewer', 'contributor', 'approver', 'admin'] as const;
const clocks = ['wall', 'data'] as const;

const createToken = verb({
  usage: 'create <name>',
  summary: 'Make a token for a program. Its secret is printed once and kept nowhere.',
  example: 'token create ci --project flights --may read,write --days 30',
  everywhere: true,
  options: {
    'project <name>': 'good in one project only (default: all that its maker may enter)',
    'may <permissions>': `what it may do (default read,write,predict), of ${permissions.join(', ')}`,
    'days <number>': 'how long it is good (default 90, at most 366)',
    'server-admin': 'it may administer the installation',
    'as <email>': 'make it for the person of this account; the password is asked for, or read from standard input',
  },
  async run({ name, project, may, days, as, 'server-admin': server_admin = false }, work) {
    const { signal, answer } = work;
    const client = as === undefined ? work.client : await signedIn(work.connection.server, as, work);
    const body = {
      name,
      server_admin,
      ...(project !== undefined && { project }),
      ...(may !== undefined && { permissions: may.split(',').map((one) => chosen('--may', one.trim(), permissions)) }),
      ...(days !== undefined && { expires_in_days: wholeNumber(days, '--days') }),
    };
    await answer(await client.access.createToken({ body, signal }), (token, see) => [
      token.secret,
      '',
      `Token ${token.id}, good until ${see.when(token.expires_at_ms)}. It is not shown again. Use it as SLIPWAY_TOKEN.`,
    ]);
    return exits.ok;
  },
});

const tokens = verb({
  usage: 'ls',
  summary: 'List your tokens; never their secrets.',
  example: 'token ls',
  everywhere: true,
  async run(_, { client, signal, answer }) {
    await answer(await client.access.listTokens({ signal }), ({ tokens: items }, see) =>
      see.table(
        ['token', 'name', 'project', 'may', 'good until', 'last used'],
        items.map((one) => [
          one.id,
          one.name,
          one.project ?? 'all',
          one.permissions.join(','),
          see.when(one.expires_at_ms),
          see.when(one.used_at_ms),
        ]),
        'No tokens yet.',
      ),
    );
    return exits.ok;
  },
});

const revoke = verb({
  usage: 'revoke <token>',
  summary: 'End a token for good.',
  example: 'token revoke tok_01k9',
  everywhere: true,
  async run({ token }, { client, signal, answer }) {
    await client.access.revokeToken({ params: { token }, signal });
    await answer({ revoked: token }, () => [`Token ${plain(token)} is revoked.`]);
    return exits.ok;
  },
});

export const token: Noun = { noun: 'token', summary: 'Tokens for programs: create, ls, revoke.', verbs: [createToken, tokens, revoke] };

const addUser = verb({
  usage: 'add <email>',
  summary: 'Make an account, and let it into the project with --role. A password is made and printed once.',
  example: 'user add kim@example.org --name Kim --role approver',
  options: {
    'name <text>': 'how the person is shown (default the address)',
    'role <role>': `role in the project: ${roles.join(', ')}`,
    'server-admin': 'may administer the installation',
  },
  async run({ email, name = email, role, 'server-admin': server_admin = false }, work) {
    const { client, signal } = work;
    const wanted = role === undefined ? undefined : chosen('--role', role, roles);
    // First, since the password of an account is told once: it must not be made and then lost to a project that is not there.
    if (wanted !== undefined) await client.access.getProject({ params: { project: work.project }, signal });
    const password = newPassword();
    const person = await client.access.createPerson({ body: { name, email, password, server_admin }, signal });
    if (wanted !== undefined) await client.access.addMember({ params: { project: work.project }, body: { email, role: wanted }, signal });
    await work.answer({ ...person, password }, () => [
      `Made the account ${plain(email)}${wanted === undefined ? '' : `, ${wanted} of project ${plain(work.project)}`}.`,
      `Its first password, not shown again: ${password}`,
    ]);
    return exits.ok;
  },
});

/** 120 bits: no list of passwords has it. */
function newPassword(): string {
  return randomBytes(15).toString('base64url');
}

const users = verb({
  usage: 'ls',
  summary: 'List the members of the project; with --all, every account of the installation.',
  example: 'user ls --all',
  options: { all: 'every account of the installation' },
  async run({ all = false }, { client, project, signal, answer }) {
    if (all) {
      await answer(await client.access.listPersons({ signal }), ({ persons }, see) =>
        see.table(
          ['person', 'name', 'email', 'server admin', 'made', ''],
          persons.map((one) => [one.id, one.name, one.email, one.server_admin, see.when(one.made_at_ms), one.disabled ? 'disabled' : '']),
          'No accounts yet: use the link that `slipway up` printed.',
        ),
      );
      return exits.ok;
    }
    await answer(await client.access.listMembers({ params: { project }, signal }), ({ members }, see) =>
      see.table(
        ['name', 'email', 'role', 'execute', 'clock', 'person'],
        members.map((one) => [one.name, one.email, one.role, one.execute, one.clock, one.person]),
        'No members yet.',
      ),
    );
    return exits.ok;
  },
});

const role = verb({
  usage: 'role <email> <role>',
  summary: `Set what an account may do in the project: ${roles.join(', ')}.`,
  example: 'user role kim@example.org contributor --execute',
  options: { execute: 'may have pipelines run commands', clock: 'may move the clock of the project' },
  async run({ email, role: name, execute = false, clock = false }, work) {
    const { client, project, signal } = work;
    const body = { role: chosen('role', name, roles), execute, clock };
    const { members } = await client.access.listMembers({ params: { project }, signal });
    const there = members.find((one) => one.email === email.toLowerCase());
    const member =
      there === undefined
        ? await client.access.addMember({ params: { project }, body: { email, ...body }, signal })
        : await client.access.setMember({ params: { project, person: there.person }, body, signal });
    await work.answer(member, (one) => [
      `${plain(one.name)} is ${one.role} of project ${plain(project)}${one.execute ? ', may run commands' : ''}${one.clock ? ', may move the clock' : ''}.`,
    ]);
    return exits.ok;
  },
});

async function personOf(email: string, { client, signal }: Work): Promise<string> {
  const { persons } = await client.access.listPersons({ signal });
  const found = persons.find((one) => one.email === email.toLowerCase() || one.id === email);
  if (found !== undefined) return found.id;
  throw usageProblem(`There is no account ${plain(email)}.`, 'See `slipway user ls --all`.');
}

const disable = verb({
  usage: 'disable <email>',
  summary: 'Stop an account: its sessions end and its tokens are dead; with --undo, let it in again.',
  example: 'user disable kim@example.org',
  everywhere: true,
  options: { undo: 'let it in again' },
  async run({ email, undo = false }, work) {
    const params = { person: await personOf(email, work) };
    const person = await work.client.access.updatePerson({ params, body: { disabled: !undo }, signal: work.signal });
    await work.answer(person, (one) => [`${plain(email)} is ${one.disabled ? 'disabled' : 'let in again'}.`]);
    return exits.ok;
  },
});

const reset = verb({
  usage: 'reset <email>',
  summary: 'Give an account a new password, printed once; its sessions end.',
  example: 'user reset kim@example.org',
  everywhere: true,
  async run({ email }, work) {
    const password = newPassword();
    const params = { person: await personOf(email, work) };
    const person = await work.client.access.updatePerson({ params, body: { password }, signal: work.signal });
    await work.answer({ ...person, password }, () => [`The new password of ${plain(email)}, not shown again: ${password}`]);
    return exits.ok;
  },
});

export const user: Noun = {
  noun: 'user',
  summary: 'Accounts and what they may do: add, ls, role, disable, reset.',
  verbs: [addUser, users, role, disable, reset],
};

export const signInLink = verb({
  usage: 'sign-in-link [email]',
  summary: 'Make a link that signs a person in once, within 15 minutes: you, or as an admin of the installation anybody.',
  example: 'sign-in-link kim@example.org --next /p/flights',
  everywhere: true,
  options: { 'next <path>': 'the page that it leads to (default the start page)' },
  async run({ email, next }, { client, connection, signal, answer }) {
    const body = { ...(email !== undefined && { email }), ...(next !== undefined && { next }) };
    const { path, ...made } = await client.access.createSignInLink({ body, signal });
    const link = { ...made, address: new URL(path, connection.server).href };
    await answer(link, ({ address, name, expires_at_ms }, see) => [
      address,
      '',
      `It signs in ${plain(name)}, once, until ${see.when(expires_at_ms)}. Whoever has it can use it.`,
    ]);
    return exits.ok;
  },
});

export const signOut = verb({
  usage: 'sign-out',
  summary: 'End all of your sessions in browsers, and the sign-in links that wait; tokens stay.',
  example: 'sign-out --as kim@example.org',
  everywhere: true,
  options: { 'as <email>': 'of the person of this account; the password is asked for, or read from standard input' },
  async run({ as }, work) {
    const { signal, answer } = work;
    const client = as === undefined ? work.client : await signedIn(work.connection.server, as, work);
    const { id, name } = await client.access.me({ signal });
    await client.access.signOutEverywhere({ signal });
    await answer({ person: id, name }, () => [`${plain(name)} is signed out everywhere.`]);
    return exits.ok;
  },
});

const projects = verb({
  usage: 'ls',
  summary: 'List the projects that you may read.',
  example: 'project ls',
  everywhere: true,
  async run(_, { client, signal, answer }) {
    await answer(await client.access.listProjects({ signal }), ({ projects: items }, see) =>
      see.table(
        ['project', 'zone', 'clock', 'its time', 'you may'],
        items.map((one) => [one.name, one.zone, one.clock, see.when(one.now_ms), one.permissions.join(',')]),
        'No projects.',
      ),
    );
    return exits.ok;
  },
});

const createProject = verb({
  usage: 'create <name>',
  summary: 'Make a project.',
  example: 'project create flights --zone America/New_York',
  everywhere: true,
  options: {
    'zone <name>': 'IANA time zone in which times are shown (default UTC)',
    'clock <wall|data>': '`data` lets event time drive what is due',
  },
  async run({ name, zone, clock = 'wall' }, { client, signal, answer }) {
    const body = { name, clock: chosen('--clock', clock, clocks), ...(zone !== undefined && { zone }) };
    await answer(await client.access.createProject({ body, signal }), (one) => [
      `Made project ${plain(one.name)} (${one.zone}, clock: ${one.clock}).`,
    ]);
    return exits.ok;
  },
});

const setProject = verb({
  usage: 'set',
  summary: 'Change the time zone of the project, or which clock drives it.',
  example: 'project set --zone Europe/Berlin',
  options: { 'zone <name>': 'IANA time zone in which times are shown', 'clock <wall|data>': '`data` lets event time drive what is due' },
  async run({ zone, clock }, { client, project, signal, answer }) {
    if (zone === undefined && clock === undefined) throw usageProblem('Nothing to set was given.', 'Give `--zone` or `--clock`.');
    const body = { ...(zone !== undefined && { zone }), ...(clock !== undefined && { clock: chosen('--clock', clock, clocks) }) };
    await answer(await client.access.updateProject({ params: { project }, body, signal }), (one) => [
      `Project ${plain(one.name)}: ${one.zone}, clock: ${one.clock}.`,
    ]);
    return exits.ok;
  },
});

const projectClock = verb({
  usage: 'clock [time]',
  summary: 'Show the time of the project, or move it forward where its clock is `data`.',
  example: 'project clock 2013-03-02T00:00:00Z',
  async run({ time }, { client, project, signal, answer }) {
    const params = { project };
    const answered =
      time === undefined
        ? { now_ms: (await client.access.getProject({ params, signal })).now_ms }
        : await client.access.advanceClock({ params, body: { now_ms: timeOf(time, 'time') }, signal });
    await answer(answered, ({ now_ms }, see) => [`${see.when(now_ms)} (${see.zone})`]);
    return exits.ok;
  },
});

export const project: Noun = {
  noun: 'project',
  summary: 'Projects: ls, create, set, clock.',
  verbs: [projects, createProject, setProject, projectClock],
};
