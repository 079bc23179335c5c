import assert from 'node:assert/strict';
import { readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { test } from 'node:test';
import { may } from '../../kernel/caller.ts';
import { join, setUp, startAccess } from './access.fixture.ts';

const plain = { name: 'ci', project: null, permissions: ['read', 'write'] as const, server_admin: false, expires_in_days: 90 };
const shown = (bearer: string) => ({ bearer, cookies: new Map<string, string>(), ip: '127.0.0.1', request: 'req_1' });

test('a token does what it was made for in its project, as far as its person may', async (t) => {
  const server = await startAccess(t);
  const { caller } = await setUp(server);
  const { access } = server;
  const other = await access.projects.create(caller, { name: 'plant', zone: 'UTC', clock: 'wall' });
  const home = await access.projects.resolve('default');
  const bob = await join(server, caller, 'bob', { project: 'default', role: 'contributor' });
  const { secret } = await access.tokens.create(bob.caller, { ...plain, project: home, permissions: ['read', 'write'] });
  assert.match(secret, /^slw_[\w-]{43}$/);
  const token = await access.authenticate(shown(secret));
  assert.ok(token);
  assert.deepEqual([token.kind, token.name, token.person, token.serverAdmin], ['token', 'ci of bob', bob.person.id, false]);
  assert.deepEqual([may(token, home, 'write'), may(token, home, 'predict'), may(token, other, 'read')], [true, false, false]);
  assert.equal((await access.projects.home(token)).name, 'default');
  await access.members.set(caller, home, bob.person.id, { role: 'viewer', execute: false, clock: false });
  const less = await access.authenticate(shown(secret));
  assert.deepEqual([less && may(less, home, 'read'), less && may(less, home, 'write')], [true, false]);
});

test('a token cannot ask for more than its maker holds, make tokens, or administer by accident', async (t) => {
  const server = await startAccess(t);
  const { caller } = await setUp(server);
  const home = await server.access.projects.resolve('default');
  const bob = await join(server, caller, 'bob', { project: 'default', role: 'viewer' });
  await assert.rejects(server.access.tokens.create(bob.caller, { ...plain, project: home, permissions: ['write'] }), {
    code: 'not_permitted',
  });
  await assert.rejects(server.access.tokens.create(bob.caller, { ...plain, permissions: ['read'], server_admin: true }), {
    code: 'server_admin_only',
  });
  const { secret } = await server.access.tokens.create(caller, { ...plain, permissions: ['read', 'admin'] });
  const token = await server.access.authenticate(shown(secret));
  assert.ok(token && !token.serverAdmin);
  await assert.rejects(server.access.tokens.create(token, { ...plain, permissions: ['read'] }), { code: 'person_only' });
  const wide = await server.access.tokens.create(bob.caller, { ...plain, permissions: ['read', 'admin', 'execute'] });
  const held = await server.access.authenticate(shown(wide.secret));
  assert.deepEqual([...(held?.grants.get(home.id) ?? [])], ['read']);
});

test('a revoked token, and one that is over, is refused at once', async (t) => {
  const server = await startAccess(t);
  const { caller, cookie } = await setUp(server);
  const post = await server.call('POST', '/api/v1/tokens', { name: 'ci', expires_in_days: 2 }, { cookie, 'sec-fetch-site': 'same-origin' });
  assert.equal(post.status, 201);
  const headers = { authorization: `Bearer ${post.body?.['secret']}` };
  const status = async () => (await server.call('GET', '/api/v1/projects', undefined, headers)).status;
  assert.equal(await status(), 200);
  await server.access.tokens.revoke(caller, String(post.body?.['id']));
  assert.equal(await status(), 401);
  const second = await server.access.tokens.create(caller, { ...plain, permissions: ['read'], expires_in_days: 1 });
  assert.ok(await server.access.authenticate(shown(second.secret)));
  server.clock.forward(24 * 3_600_000);
  await assert.rejects(server.access.authenticate(shown(second.secret)), { code: 'token_not_valid' });
});

test('the tokens of a disabled account are dead, those of its executions too', async (t) => {
  const server = await startAccess(t);
  const { caller } = await setUp(server);
  const home = await server.access.projects.resolve('default');
  const bob = await join(server, caller, 'bob', { project: 'default', role: 'contributor' });
  const own = await server.access.tokens.create(bob.caller, { ...plain, permissions: ['read'] });
  const step = await server.access.issueExecutionToken('exe_1', home, ['read'], 60_000, bob.person.id);
  for (const secret of [own.secret, step]) assert.ok(await server.access.authenticate(shown(secret)));
  await server.access.persons.update(caller, bob.person.id, { disabled: true });
  for (const secret of [own.secret, step]) await assert.rejects(server.access.authenticate(shown(secret)), { code: 'token_not_valid' });
});

test('the secret of a token is in no list, no table and no kept answer; its last use is shown', async (t) => {
  const server = await startAccess(t);
  const { cookie } = await setUp(server);
  const own = { cookie, 'sec-fetch-site': 'same-origin' };
  const post = await server.call('POST', '/api/v1/tokens', { name: 'ci' }, { ...own, 'idempotency-key': 'once' });
  const secret = String(post.body?.['secret']);
  await server.call('GET', '/api/v1/me', undefined, { authorization: `Bearer ${secret}` });
  let listed = await server.call('GET', '/api/v1/tokens', undefined, own);
  for (let tries = 0; tries < 50 && !/"used_at_ms":\d/.test(listed.response.body); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    listed = await server.call('GET', '/api/v1/tokens', undefined, own);
  }
  assert.match(listed.response.body, /"name":"ci".*"used_at_ms":\d+/);
  assert.ok(!listed.response.body.includes(secret));
  assert.deepEqual(await server.database.read.selectFrom('http_idempotency').selectAll().execute(), []);
  assert.ok(!JSON.stringify(await server.database.read.selectFrom('access_tokens').selectAll().execute()).includes(secret.slice(4)));
});

test('one cannot see or revoke the token of another person', async (t) => {
  const server = await startAccess(t);
  const { caller } = await setUp(server);
  const bob = await join(server, caller, 'bob', { project: 'default', role: 'admin' });
  const { token } = await server.access.tokens.create(caller, { ...plain, permissions: ['read'] });
  assert.deepEqual(await server.access.tokens.list(bob.caller), []);
  await assert.rejects(server.access.tokens.revoke(bob.caller, token.id), { code: 'not_found' });
});

test('the token of an execution reads, writes and predicts in its project until it is revoked, and nothing else', async (t) => {
  const server = await startAccess(t);
  await setUp(server);
  const home = await server.access.projects.resolve('default');
  const secret = await server.access.issueExecutionToken('exe_1', home, ['read', 'write', 'approve', 'execute', 'admin'], 60_000, null);
  const step = await server.access.authenticate(shown(secret));
  assert.deepEqual([step?.name, step?.person, step?.serverAdmin], ['execution exe_1', null, false]);
  assert.deepEqual(
    [...(step?.grants ?? [])].map(([project, held]) => [project, [...held]]),
    [[home.id, ['read', 'write']]],
  );
  await server.access.revokeExecutionTokens('exe_1');
  await assert.rejects(server.access.authenticate(shown(secret)), { code: 'token_not_valid' });
});

test('the token file of the data folder is private and signs in as the person who then sets the installation up', async (t) => {
  const server = await startAccess(t);
  const planted = joinPath(server.folder, 'planted');
  writeFileSync(planted, 'untouched');
  symlinkSync(planted, joinPath(server.folder, 'cli-token'));
  const file = await server.access.ensureCliToken(server.folder);
  assert.equal(readFileSync(planted, 'utf8'), 'untouched');
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const first = readFileSync(file, 'utf8').trim();
  const cli = await server.access.authenticate(shown(first));
  assert.deepEqual([cli?.kind, cli?.serverAdmin, cli && may(cli, { id: 'any' }, 'execute')], ['person', true, true]);
  const { caller } = await setUp(server);
  assert.equal(caller.person, cli?.person, 'one human is one person to an approval');
  await server.access.ensureCliToken(server.folder);
  await assert.rejects(server.access.authenticate(shown(first)), { code: 'token_not_valid' });
});
