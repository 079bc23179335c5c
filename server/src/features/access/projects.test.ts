import assert from 'node:assert/strict';
import { test } from 'node:test';
import { api, type Endpoint, type Permission } from '@slipway/contracts';
import { join, setUp, startAccess, testRoles } from './access.fixture.ts';

const inProject = (Object.values(api.access) as unknown as Endpoint[]).filter(({ path }) => path.includes(':project'));

test('each role may do in its project what the table of roles says, and sees nothing of another one', async (t) => {
  const server = await startAccess(t);
  const { caller } = await setUp(server);
  await server.access.projects.create(caller, { name: 'foreign', zone: 'UTC', clock: 'wall' });
  for (const role of ['viewer', 'contributor', 'approver', 'admin'] as const) {
    const { cookie } = await join(server, caller, role, { project: 'default', role });
    for (const { method, path, permission, id } of inProject) {
      const call = (project: string) =>
        server.call(
          method,
          path.replace(':project', project).replace(':person', 'per_00000000000000000000000000'),
          {},
          { cookie, 'sec-fetch-site': 'same-origin' },
        );
      const { status } = await call('default');
      const held = testRoles[role].includes(permission as Permission);
      assert.equal(status === 403, !held, `${role} ${id} answered ${status}`);
      assert.equal((await call('foreign')).status, 404, `${role} ${id} elsewhere`);
    }
  }
});

test('the rights to execute and to move the clock are given by who holds them, and by no role', async (t) => {
  const server = await startAccess(t);
  const { caller } = await setUp(server);
  const home = await server.access.projects.resolve('default');
  const admin = await join(server, caller, 'admin', { project: 'default', role: 'admin' });
  const bob = await join(server, caller, 'bob', { project: 'default', role: 'viewer', execute: true });
  const rights = { role: 'contributor' as const, execute: true, clock: false };
  assert.equal((await server.access.members.set(admin.caller, home, bob.person.id, rights)).execute, true, 'what he has already may stay');
  await assert.rejects(server.access.members.set(admin.caller, home, bob.person.id, { ...rights, clock: true }), {
    code: 'right_not_held',
  });
  await assert.rejects(server.access.members.set(admin.caller, home, admin.person.id, rights), { code: 'right_not_held' });
});

test('a member is added by email address, listed, and taken out with effect at once', async (t) => {
  const server = await startAccess(t);
  const { caller, cookie } = await setUp(server);
  const own = { cookie, 'sec-fetch-site': 'same-origin' };
  const bob = await join(server, caller, 'bob', null);
  const members = '/api/v1/projects/default/members';
  assert.equal((await server.call('GET', members, undefined, { cookie: bob.cookie })).status, 404);
  assert.equal((await server.call('POST', members, { email: 'BOB@example.org', role: 'viewer' }, own)).status, 201);
  const list = await server.call('GET', members, undefined, { cookie: bob.cookie });
  assert.deepEqual(list.body?.['members'], [
    { person: bob.person.id, name: 'bob', email: 'bob@example.org', role: 'viewer', execute: false, clock: false },
  ]);
  assert.equal((await server.call('DELETE', `${members}/${bob.person.id}`, undefined, own)).status, 204);
  assert.equal((await server.call('GET', members, undefined, { cookie: bob.cookie })).status, 404);
});

test('the clock of a project that follows its data moves forward only, and drives its time at once', async (t) => {
  const server = await startAccess(t);
  const { caller, cookie } = await setUp(server);
  const own = { cookie, 'sec-fetch-site': 'same-origin' };
  const wall = await server.access.projects.resolve('default');
  assert.equal(await server.access.projectNow(wall.id), server.clock.now());
  const refused = await server.call('PUT', '/api/v1/projects/default/clock', { now_ms: 5 }, own);
  assert.deepEqual([refused.status, refused.body?.error?.code], [409, 'clock_is_wall']);

  const project = await server.access.projects.create(caller, { name: 'flights', zone: 'America/New_York', clock: 'data' });
  const put = (now_ms: number) => server.call('PUT', '/api/v1/projects/flights/clock', { now_ms }, own);
  assert.equal(await server.access.projectNow(project.id), 0);
  assert.deepEqual((await put(1_357_000_000_000)).body, { now_ms: 1_357_000_000_000 });
  assert.equal(await server.access.projectNow(project.id), 1_357_000_000_000);
  assert.equal((await put(1_357_000_000_000)).status, 200, 'to where it is already is no step back');
  const back = await put(1_356_999_999_999);
  assert.deepEqual([back.status, back.body?.error?.code], [422, 'clock_backwards']);
  assert.match(String(back.body?.error?.message), /2013-01-01T00:26:40.000Z/);
  const events = await server.events.list({ project_id: project.id, type: 'project.clock-advanced', limit: 10 });
  assert.deepEqual(
    events.map(({ before, after }) => [before, after]),
    [[{ now_ms: null }, { now_ms: 1_357_000_000_000 }]],
  );
});

test('two movers of one clock never move it back', async (t) => {
  const server = await startAccess(t);
  const { caller } = await setUp(server);
  const project = await server.access.projects.create(caller, { name: 'flights', zone: 'UTC', clock: 'data' });
  const steps = Array.from({ length: 40 }, (_, step) => 1000 * (1 + ((step * 7) % 40)));
  await Promise.allSettled(steps.map((to_ms) => server.access.advanceClock(caller, project, to_ms)));
  const events = await server.events.list({ project_id: project.id, type: 'project.clock-advanced', limit: 100, order: 'oldest' });
  const times = events.map(({ after }) => (after as { now_ms: number }).now_ms);
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  );
  assert.equal(await server.access.projectNow(project.id), 40_000);
});

test('a project is named once, in a plain form, with a real time zone', async (t) => {
  const server = await startAccess(t);
  const { cookie } = await setUp(server);
  const post = (body: object) => server.call('POST', '/api/v1/projects', body, { cookie, 'sec-fetch-site': 'same-origin' });
  assert.equal((await post({ name: 'flights', zone: 'America/New_York', clock: 'data' })).status, 201);
  assert.equal((await post({ name: 'flights' })).body?.error?.code, 'already_exists');
  for (const name of ['Flights', '../etc', 'a/b', '.hidden', 'ﬂights', 'a b', '', 'x'.repeat(65)]) {
    assert.equal((await post({ name })).status, 422, JSON.stringify(name));
  }
  // No text of a body may hold a NUL: Postgres cannot keep one.
  assert.equal((await post({ name: 'a\u0000' })).status, 400);
  assert.equal((await post({ name: 'zone', zone: 'Mars/Olympus' })).status, 422);
  const { body } = await server.call('GET', '/api/v1/projects/flights', undefined, { cookie });
  assert.deepEqual([body?.['zone'], body?.['clock'], body?.['now_ms']], ['America/New_York', 'data', 0]);
});
