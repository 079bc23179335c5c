import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Caller } from '../../kernel/caller.ts';
import { type AccessServer, goodPassword, join, setUp, startAccess } from './access.fixture.ts';

const form = { 'content-type': 'application/x-www-form-urlencoded' };

const tokenOf = (path: string): string => new URL(path, 'http://localhost').searchParams.get('token') ?? '';

function pageOf({ http }: AccessServer, path: string) {
  return http.inject({ method: 'GET', url: path });
}

function press({ http }: AccessServer, fields: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}) {
  return http.inject({
    method: 'POST',
    url: '/sign-in-link',
    headers: { ...form, ...headers },
    payload: new URLSearchParams(fields).toString(),
  });
}

async function whoIs({ http }: AccessServer, response: { readonly headers: Record<string, unknown> }): Promise<string | undefined> {
  const cookie = String(response.headers['set-cookie']).split(';')[0] ?? '';
  return (await http.inject({ method: 'GET', url: '/api/v1/me', headers: { cookie } })).json().name;
}

async function withBob(server: AccessServer) {
  const ada = await setUp(server);
  return { ada, bob: await join(server, ada.caller, 'bob', { project: 'default', role: 'viewer' }) };
}

const refused = (server: AccessServer, caller: Caller, wanted: { person?: string; email?: string }, code: string) =>
  assert.rejects(server.access.signInLinks.make(caller, wanted), { code });

test('a link shows whom it signs in, signs in by its button, and leads on', async (t) => {
  const server = await startAccess(t);
  const { ada } = await withBob(server);
  const own = { cookie: ada.cookie, 'sec-fetch-site': 'same-origin' };
  const made = await server.call('POST', '/api/v1/sign-in-links', { email: 'BOB@example.org', next: '/p/flights?tab=a' }, own);
  assert.equal(made.status, 201);
  const path = String(made.body?.['path']);
  const page = await pageOf(server, path);
  assert.equal(page.statusCode, 200);
  assert.match(page.body, /<button autofocus>Sign in as <bdi>bob<\/bdi><\/button>/);
  assert.doesNotMatch(page.body, /<script|\son\w+=|\sstyle=/i);
  assert.match(String(page.headers['content-security-policy']), /default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'/);
  assert.equal(page.headers['cache-control'], 'no-store');
  const pressed = await press(server, { token: tokenOf(path), next: '/p/flights?tab=a' });
  assert.deepEqual([pressed.statusCode, pressed.headers.location], [303, '/p/flights?tab=a']);
  assert.equal(await whoIs(server, pressed), 'bob');
});

test('to look at a link does not use it up; to use it does, once', async (t) => {
  const server = await startAccess(t);
  const { bob } = await withBob(server);
  const { path } = await server.access.signInLinks.make(bob.caller, {});
  for (let look = 0; look < 3; look++) assert.equal((await pageOf(server, path)).statusCode, 200);
  assert.equal((await press(server, { token: tokenOf(path) })).headers.location, '/');
  const again = await press(server, { token: tokenOf(path) });
  assert.equal(again.statusCode, 403);
  assert.equal(again.headers['set-cookie'], undefined);
  assert.match(again.body, /used already.*To the sign-in page/s);
  assert.equal((await pageOf(server, path)).statusCode, 403);
});

test('of two who press at once only one is signed in', async (t) => {
  const server = await startAccess(t);
  const { bob } = await withBob(server);
  const { path } = await server.access.signInLinks.make(bob.caller, {});
  const answers = await Promise.all([1, 2, 3].map(() => press(server, { token: tokenOf(path) })));
  assert.deepEqual(answers.map(({ statusCode }) => statusCode).toSorted(), [303, 403, 403]);
});

test('a link is over after 15 minutes, and a forged one was never good', async (t) => {
  const server = await startAccess(t);
  const { bob } = await withBob(server);
  const { path, expires_at_ms } = await server.access.signInLinks.make(bob.caller, {});
  assert.equal(expires_at_ms - server.clock.now() > 14 * 60_000, true);
  const token = tokenOf(path);
  for (const forged of ['', 'x', `${token}x`, token.slice(0, -1), token.toUpperCase(), '%']) {
    assert.equal((await press(server, { token: forged })).statusCode, 403, forged);
    assert.equal((await pageOf(server, `/sign-in-link?token=${encodeURIComponent(forged)}`)).statusCode, 403, forged);
  }
  assert.equal((await pageOf(server, '/sign-in-link')).statusCode, 403);
  server.clock.forward(15 * 60_000);
  assert.equal((await pageOf(server, path)).statusCode, 403);
  assert.equal((await press(server, { token })).statusCode, 403);
});

test('a disabled person gets no link, and a link of before is dead; so it is after a new password', async (t) => {
  const server = await startAccess(t);
  const { ada, bob } = await withBob(server);
  const wanted = { person: bob.person.id };
  const first = await server.access.signInLinks.make(ada.caller, wanted);
  await server.access.persons.update(ada.caller, bob.person.id, { disabled: true });
  assert.equal((await pageOf(server, first.path)).statusCode, 403);
  await refused(server, ada.caller, wanted, 'account_disabled');
  await server.access.persons.update(ada.caller, bob.person.id, { disabled: false });
  assert.equal((await press(server, { token: tokenOf(first.path) })).statusCode, 403);
  const second = await server.access.signInLinks.make(ada.caller, wanted);
  await server.access.persons.changeOwnPassword(bob.caller, goodPassword, 'five other unrelated words');
  assert.equal((await press(server, { token: tokenOf(second.path) })).statusCode, 403);
});

test('an account that is disabled signs nobody in, whatever link there is', async (t) => {
  const server = await startAccess(t);
  const { bob } = await withBob(server);
  const { path } = await server.access.signInLinks.make(bob.caller, {});
  await server.database.write((tx) =>
    tx.updateTable('access_persons').set({ disabled_at_ms: 1 }).where('id', '=', bob.person.id).execute(),
  );
  assert.equal((await pageOf(server, path)).statusCode, 403);
  assert.equal((await press(server, { token: tokenOf(path) })).statusCode, 403);
});

test('who runs the installation makes links for all; a person for oneself; a token for nobody', async (t) => {
  const server = await startAccess(t);
  const { ada, bob } = await withBob(server);
  assert.equal((await server.access.signInLinks.make(bob.caller, {})).name, 'bob');
  assert.equal((await server.access.signInLinks.make(bob.caller, { person: bob.person.id })).name, 'bob');
  await refused(server, bob.caller, { email: 'ada@example.org' }, 'server_admin_only');
  await refused(server, bob.caller, { email: 'nobody@example.org' }, 'server_admin_only');
  await refused(server, ada.caller, { email: 'nobody@example.org' }, 'not_found');
  const rights = { name: 'ci', project: null, permissions: ['read'] as const, server_admin: false, expires_in_days: 1 };
  const { secret } = await server.access.tokens.create(bob.caller, rights);
  const byToken = await server.call('POST', '/api/v1/sign-in-links', {}, { authorization: `Bearer ${secret}` });
  assert.equal(byToken.body?.error?.code, 'person_only');
  assert.equal((await server.call('POST', '/api/v1/sign-in-links', {})).body?.error?.code, 'not_signed_in');
  const both = { email: 'bob@example.org', person: bob.person.id };
  const own = { cookie: ada.cookie, 'sec-fetch-site': 'same-origin' };
  assert.equal((await server.call('POST', '/api/v1/sign-in-links', both, own)).status, 422);
});

test('the button of another page signs nobody in', async (t) => {
  const server = await startAccess(t);
  const { bob } = await withBob(server);
  const { path } = await server.access.signInLinks.make(bob.caller, {});
  const foreign = await press(server, { token: tokenOf(path) }, { origin: 'http://evil.example' });
  assert.deepEqual([foreign.statusCode, foreign.headers['set-cookie']], [403, undefined]);
  assert.equal((await press(server, { token: tokenOf(path), next: '//evil.example' })).headers.location, '/');
});

test('a name is text on the page of its link', async (t) => {
  const server = await startAccess(t);
  const { ada, bob } = await withBob(server);
  await server.access.persons.update(ada.caller, bob.person.id, { name: '<b onclick=x>&"' });
  const { path } = await server.access.signInLinks.make(ada.caller, { person: bob.person.id });
  assert.ok((await pageOf(server, path)).body.includes('<bdi>&#60;b onclick=x&#62;&#38;&#34;</bdi>'));
});

test('the trail names who made a link and leads to it from what was done with it; no secret is kept', async (t) => {
  const server = await startAccess(t);
  const { ada, bob } = await withBob(server);
  const { path } = await server.access.signInLinks.make(ada.caller, { person: bob.person.id });
  assert.equal((await press(server, { token: tokenOf(path) })).statusCode, 303);
  const [started, used, made] = await server.events.list({ limit: 3, order: 'newest' });
  assert.deepEqual(
    [made, used, started].map((event) => [event?.type, event?.caller.name, event?.subject]),
    [
      ['sign-in-link.made', 'Ada', `person ${bob.person.id}`],
      ['sign-in-link.used', 'bob', `person ${bob.person.id}`],
      ['session.started', 'bob', `person ${bob.person.id}`],
    ],
  );
  assert.equal(used?.cause, made?.number);
  const unused = await server.access.signInLinks.make(ada.caller, { person: bob.person.id });
  const kept = JSON.stringify([
    await server.events.list({ limit: 100, order: 'newest' }),
    await server.database.read.selectFrom('access_sign_in_links').selectAll().execute(),
  ]);
  for (const secret of [tokenOf(path), tokenOf(unused.path)]) assert.equal(kept.includes(secret), false);
});

test('only the newest links of a person stay good', async (t) => {
  const server = await startAccess(t);
  const { bob } = await withBob(server);
  const paths: string[] = [];
  for (let count = 0; count < 6; count++) {
    paths.push((await server.access.signInLinks.make(bob.caller, {})).path);
    server.clock.forward(1000);
  }
  const good = await Promise.all(paths.map(async (path) => (await pageOf(server, path)).statusCode));
  assert.deepEqual(good, [403, 200, 200, 200, 200, 200]);
});
