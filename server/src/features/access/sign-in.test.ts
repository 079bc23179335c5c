import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goodPassword, join, setUp, startAccess } from './access.fixture.ts';
import { waitAfter_ms, waitsFor_ms } from './throttle.ts';

const form = { 'content-type': 'application/x-www-form-urlencoded' };

test('the set-up link makes the first account, signs it in, and works once', async (t) => {
  const { access, http } = await startAccess(t);
  const link = await access.installation.openSetupLink();
  const page = await http.inject({ method: 'GET', url: String(link) });
  assert.equal(page.statusCode, 200);
  assert.match(page.body, /<form method="post" action="\/setup">/);
  assert.doesNotMatch(page.body, /<script|\son\w+=/i);
  assert.match(String(page.headers['content-security-policy']), /default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'/);
  assert.equal(page.headers['referrer-policy'], 'same-origin', 'the link stays here, and our forms keep their origin');
  const token = new URL(String(link), 'http://localhost').searchParams.get('token') ?? '';
  const payload = new URLSearchParams({ token, name: 'Ada', email: 'Ada@Example.org', password: goodPassword }).toString();
  const made = await http.inject({ method: 'POST', url: '/setup', headers: form, payload });
  assert.deepEqual([made.statusCode, made.headers.location], [303, '/']);
  assert.match(String(made.headers['set-cookie']), /^slipway_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=2592000$/);
  const me = await http.inject({
    method: 'GET',
    url: '/api/v1/me',
    headers: { cookie: String(made.headers['set-cookie']).split(';')[0] ?? '' },
  });
  assert.equal(me.json().name, 'Ada');
  assert.equal(me.json().server_admin, true);
  assert.equal((await http.inject({ method: 'POST', url: '/setup', headers: form, payload })).statusCode, 403);
  assert.equal((await http.inject({ method: 'GET', url: String(link) })).statusCode, 403);
  assert.equal(await access.installation.openSetupLink(), null);
});

test('of two people with the set-up link only one becomes the admin', async (t) => {
  const { access } = await startAccess(t);
  const link = String(await access.installation.openSetupLink());
  const token = link.split('=')[1] ?? '';
  const tries = ['ada', 'eve'].map((name) =>
    access.installation.setUp({ token, name, email: `${name}@example.org`, password: goodPassword, request: 'req_1' }),
  );
  const outcomes = await Promise.allSettled(tries);
  assert.deepEqual(outcomes.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
});

test('a set-up link is void after 24 hours, and when a newer one was printed', async (t) => {
  const { access, clock } = await startAccess(t);
  const tokenOf = (link: string | null) => String(link).split('=')[1] ?? '';
  const first = tokenOf(await access.installation.openSetupLink());
  const second = tokenOf(await access.installation.openSetupLink());
  assert.equal(await access.installation.isSetupLink(first), false);
  assert.equal(await access.installation.isSetupLink(second), true);
  clock.forward(24 * 3_600_000);
  assert.equal(await access.installation.isSetupLink(second), false);
});

test('a weak password is refused on the set-up page, which keeps what was typed', async (t) => {
  const { access, http } = await startAccess(t);
  const token = String(await access.installation.openSetupLink()).split('=')[1] ?? '';
  const typed = '"><b>Ada';
  for (const password of ['short', 'password123', 'Qwertyuiop', 'aaaaaaaaaaaa', 'ada@example.org', 'Password2026!!']) {
    const payload = new URLSearchParams({ token, name: typed, email: 'ada@example.org', password }).toString();
    const response = await http.inject({ method: 'POST', url: '/setup', headers: form, payload });
    assert.equal(response.statusCode, 422, password);
    assert.match(response.body, /This password is refused/, password);
    assert.ok(response.body.includes('value="&#34;&#62;&#60;b&#62;Ada"'), 'what was typed is text, not markup');
  }
});

test('a sign-in leads on to where its reader wanted to go, and never to another server', async (t) => {
  const server = await startAccess(t);
  await setUp(server);
  const page = await server.http.inject({ method: 'GET', url: `/sign-in?next=${encodeURIComponent('/p/flights?a=1&b="')}` });
  assert.ok(page.body.includes('name="next" value="/p/flights?a=1&#38;b=%22"'), 'it is carried as text');
  const led = async (next: string) => {
    const payload = new URLSearchParams({ email: 'ada@example.org', password: goodPassword, next }).toString();
    const response = await server.http.inject({ method: 'POST', url: '/sign-in', headers: form, payload });
    return [response.statusCode, response.headers.location];
  };
  assert.deepEqual(await led('/p/flights/audit?open=7#x'), [303, '/p/flights/audit?open=7#x']);
  assert.deepEqual(await led('//evil.example/'), [303, '/']);
});

test('who tried too often on the sign-in page is told how long to wait, and keeps the form', async (t) => {
  const server = await startAccess(t);
  await setUp(server);
  const payload = new URLSearchParams({ email: 'ada@example.org', password: 'not this one' }).toString();
  const tryOnce = () => server.http.inject({ method: 'POST', url: '/sign-in', headers: form, payload });
  for (let tries = 0; tries < 5; tries++) assert.equal((await tryOnce()).statusCode, 401);
  const refused = await tryOnce();
  assert.equal(refused.statusCode, 429);
  assert.match(refused.body, /Wait 2 s, and try again/);
  assert.match(refused.body, /<form method="post" action="\/sign-in">.*value="ada@example.org"/s);
});

test('an email address that is none is refused on a page in the words of its form', async (t) => {
  const { access, http } = await startAccess(t);
  const token = String(await access.installation.openSetupLink()).split('=')[1] ?? '';
  const payload = new URLSearchParams({ token, name: 'Ada', email: 'ada@localhost', password: goodPassword }).toString();
  const refused = await http.inject({ method: 'POST', url: '/setup', headers: form, payload });
  assert.equal(refused.statusCode, 422);
  assert.match(refused.body, />email: expected a valid email.*Go back, correct it/s);
});

test('signing in needs the right password and tells nothing about which addresses exist', async (t) => {
  const server = await startAccess(t);
  await setUp(server);
  const signIn = (email: string, password: string) => server.call('POST', '/api/v1/session', { email, password });
  const right = await signIn(' ADA@example.org', goodPassword);
  assert.equal(right.status, 200);
  const wrong = await signIn('ada@example.org', 'not this one');
  const unknown = await signIn('bob@example.org', 'not this one');
  assert.deepEqual([wrong.status, unknown.status], [401, 401]);
  assert.equal(wrong.body?.error?.message, unknown.body?.error?.message);
});

test('an unknown address takes as long as a wrong password', async (t) => {
  const { access } = await startAccess(t);
  const server = { access };
  const time = async (email: string) => {
    const begun = performance.now();
    await assert.rejects(server.access.sessions.signIn({ email, password: 'not this one', ip: `${begun}`, request: 'r' }));
    return performance.now() - begun;
  };
  const link = String(await access.installation.openSetupLink());
  await access.installation.setUp({
    token: link.split('=')[1] ?? '',
    name: 'Ada',
    email: 'ada@example.org',
    password: goodPassword,
    request: 'r',
  });
  await time('warm@example.org');
  const known: number[] = [];
  const unknown: number[] = [];
  for (let round = 0; round < 5; round++) {
    known.push(await time('ada@example.org'));
    unknown.push(await time('bob@example.org'));
  }
  const ratio = Math.min(...unknown) / Math.min(...known);
  assert.ok(ratio > 0.5 && ratio < 2, `ratio ${ratio}`);
});

test('guessing is slowed: five tries are free, then the wait doubles up to a quarter of an hour', async (t) => {
  const server = await startAccess(t);
  await setUp(server);
  const signIn = (password: string) => server.call('POST', '/api/v1/session', { email: 'ada@example.org', password });
  for (let tries = 0; tries < 5; tries++) assert.equal((await signIn(`wrong ${tries}`)).status, 401);
  const refused = await signIn(goodPassword);
  assert.deepEqual([refused.status, refused.response.headers['retry-after']], [429, '2']);
  server.clock.forward(2000);
  assert.equal((await signIn(goodPassword)).status, 200);
  assert.deepEqual([0, 4, 5, 6, 7, 30].map(waitAfter_ms), [0, 0, 2000, 4000, 8000, 900_000]);
});

test('a restart forgives no guess: a new process on the same rows waits on', async (t) => {
  const server = await startAccess(t);
  await setUp(server);
  const shown = { email: 'Ada@example.org', password: 'a wrong one', ip: '10.1.1.1', request: 'r' };
  const outcomeAt = ({ sessions }: typeof server.access, given: Partial<typeof shown> = {}) =>
    sessions.signIn({ ...shown, ...given }).then(
      () => 'signed in',
      (error: { code: string }) => error.code,
    );
  for (let tries = 0; tries < 5; tries++) assert.equal(await outcomeAt(server.access), 'wrong_credentials');
  const restarted = server.restart();
  const right = { password: goodPassword };
  assert.equal(await outcomeAt(restarted, right), 'limit_reached');
  assert.equal(await outcomeAt(restarted, { ...right, ip: '10.1.1.2' }), 'signed in', 'from elsewhere its person gets in');
  server.clock.forward(2000);
  assert.equal(await outcomeAt(restarted, right), 'signed in');
  assert.equal(await outcomeAt(restarted), 'wrong_credentials', 'and the count begins anew');
  assert.equal(await outcomeAt(restarted, right), 'signed in');
});

test('a failure of a clock that was ahead keeps nobody out', () => {
  assert.deepEqual(
    [-1, 0, 1_999, 2_000].map((later_ms) => waitsFor_ms({ failures: 5, last_at_ms: 1e12 }, 1e12 + later_ms)),
    [0, 2_000, 1, 0],
  );
  assert.equal(waitsFor_ms(null, 1e12), 0);
});

test('one address may try 20 times a minute whatever the accounts', async (t) => {
  const server = await startAccess(t);
  let refused = 0;
  for (let tries = 0; tries < 22; tries++) {
    const attempt = server.access.sessions.signIn({ email: `a${tries}@example.org`, password: 'x', ip: '10.1.1.1', request: 'r' });
    await attempt.catch((error) => (refused += Number(error.code === 'limit_reached')));
  }
  assert.equal(refused, 2);
});

test('a session ends after 12 idle hours, after 30 days, and when it is signed out', async (t) => {
  const server = await startAccess(t);
  const { cookie } = await setUp(server);
  const status = async () => (await server.call('GET', '/api/v1/me', undefined, { cookie })).status;
  server.clock.forward(11 * 3_600_000);
  assert.equal(await status(), 200);
  await new Promise((resolve) => setTimeout(resolve, 50));
  server.clock.forward(11 * 3_600_000);
  assert.equal(await status(), 200, 'use keeps it alive');
  await new Promise((resolve) => setTimeout(resolve, 50));
  server.clock.forward(12 * 3_600_000 + 1);
  assert.equal(await status(), 401);
  const again = await server.access.sessions.signIn({ email: 'ada@example.org', password: goodPassword, ip: '10.0.0.9', request: 'r' });
  const fresh = { cookie: `slipway_session=${again.secret}`, origin: 'http://localhost:80', host: 'localhost:80' };
  assert.equal((await server.call('DELETE', '/api/v1/session', undefined, fresh)).status, 204);
  assert.equal((await server.call('GET', '/api/v1/me', undefined, fresh)).status, 401);
});

test('a session of a clock that was years ahead is over once the clock is right; an hour does not matter', async (t) => {
  const server = await startAccess(t);
  const { cookie } = await setUp(server);
  const who = async () => (await server.call('GET', '/api/v1/me', undefined, { cookie })).status;
  server.clock.forward(-3_600_000);
  assert.equal(await who(), 200);
  server.clock.forward(-10 * 365 * 86_400_000);
  assert.equal(await who(), 401);
});

test('a cookie signs no change that comes from another page, or from nowhere known', async (t) => {
  const server = await startAccess(t);
  const { cookie } = await setUp(server);
  const put = (headers: Record<string, string>) =>
    server.call('PATCH', '/api/v1/projects/default', { zone: 'Europe/Berlin' }, { cookie, ...headers });
  assert.equal((await put({})).body?.error?.code, 'origin_not_allowed');
  assert.equal((await put({ origin: 'http://evil.example' })).body?.error?.code, 'origin_not_allowed');
  assert.equal((await put({ 'sec-fetch-site': 'same-site' })).body?.error?.code, 'origin_not_allowed');
  assert.equal((await put({ 'sec-fetch-site': 'same-origin' })).status, 200);
});

test('a disabled account and a new password end the sessions at once', async (t) => {
  const server = await startAccess(t);
  const { caller } = await setUp(server);
  const bob = await join(server, caller, 'bob', { project: 'default', role: 'viewer' });
  const status = async () => (await server.call('GET', '/api/v1/me', undefined, { cookie: bob.cookie })).status;
  assert.equal(await status(), 200);
  await server.access.persons.update(caller, bob.person.id, { password: 'another set of words' });
  assert.equal(await status(), 401);
  const { secret } = await server.access.sessions.signIn({
    email: 'bob@example.org',
    password: 'another set of words',
    ip: '10.0.0.3',
    request: 'r',
  });
  const cookie = `slipway_session=${secret}`;
  assert.equal((await server.call('GET', '/api/v1/me', undefined, { cookie })).status, 200);
  await server.access.persons.update(caller, bob.person.id, { disabled: true });
  assert.equal((await server.call('GET', '/api/v1/me', undefined, { cookie })).status, 401);
  await assert.rejects(
    server.access.sessions.signIn({ email: 'bob@example.org', password: 'another set of words', ip: '10.0.0.3', request: 'r' }),
    {
      code: 'wrong_credentials',
    },
  );
});

test('a sign-in that overtakes a new password opens nothing that lasts', async (t) => {
  const server = await startAccess(t);
  const { caller } = await setUp(server);
  const bob = await join(server, caller, 'bob', { project: 'default', role: 'viewer' });
  let old = 'four unrelated words';
  // Both hash for about 20 ms: one of these starts lies in the moment between the check and the new session.
  for (let delay_ms = 0; delay_ms <= 24; delay_ms += 2) {
    const next = `another set of words ${delay_ms}`;
    const changing = server.access.persons.update(caller, bob.person.id, { password: next });
    await new Promise((resolve) => setTimeout(resolve, delay_ms));
    const given = { email: 'bob@example.org', password: old, ip: `10.0.1.${delay_ms}`, request: 'r' };
    const [signedIn] = await Promise.allSettled([server.access.sessions.signIn(given), changing]);
    old = next;
    if (signedIn.status === 'rejected') continue;
    const cookie = `slipway_session=${signedIn.value.secret}`;
    assert.equal((await server.call('GET', '/api/v1/me', undefined, { cookie })).status, 401, `after ${delay_ms} ms`);
  }
});

test('the last admin of the installation cannot be disabled or made a plain account', async (t) => {
  const server = await startAccess(t);
  const { caller } = await setUp(server);
  for (const change of [{ disabled: true }, { server_admin: false }]) {
    await assert.rejects(server.access.persons.update(caller, caller.id, change), { code: 'last_admin' });
  }
  const bob = await server.access.persons.create(caller, {
    name: 'bob',
    email: 'bob@example.org',
    password: goodPassword,
    server_admin: true,
  });
  assert.equal((await server.access.persons.update(caller, bob.id, { server_admin: false })).server_admin, false);
});

test('what is sent with a password leaves no fast hash of it, and a repeated sign-in signs in', async (t) => {
  const server = await startAccess(t);
  const { cookie } = await setUp(server);
  const own = { cookie, 'sec-fetch-site': 'same-origin', 'idempotency-key': 'once' };
  const bob = { name: 'bob', email: 'bob@example.org', password: goodPassword };
  assert.equal((await server.call('POST', '/api/v1/persons', bob, own)).status, 201);
  const { name: _, ...credentials } = bob;
  for (let round = 0; round < 2; round++) {
    const { response } = await server.call('POST', '/api/v1/session', credentials, { 'idempotency-key': 'once' });
    assert.equal(response.statusCode, 200);
    assert.match(String(response.headers['set-cookie']), /^slipway_session=/);
  }
  assert.deepEqual(await server.database.read.selectFrom('http_idempotency').selectAll().execute(), []);
});

test('with sign-in off every caller without a token is the person local, who may do all', async (t) => {
  const server = await startAccess(t, { auth: 'off' });
  const { body } = await server.call('GET', '/api/v1/me');
  assert.deepEqual(body, { kind: 'person', id: 'local', name: 'local', person: 'local', server_admin: true, auth: false });
  assert.equal((await server.call('POST', '/api/v1/projects', { name: 'plant' })).status, 201);
  const stale = await server.call('GET', '/api/v1/me', undefined, { authorization: 'Bearer slw_old' });
  assert.equal(stale.body?.error?.code, 'token_not_valid');
});

test('every change of who may do what leaves an event that names its maker, and no secret', async (t) => {
  const server = await startAccess(t);
  const { caller } = await setUp(server);
  const bob = await join(server, caller, 'bob', { project: 'default', role: 'viewer' });
  const made = await server.access.tokens.create(bob.caller, {
    name: 'ci',
    project: null,
    permissions: ['read'],
    server_admin: false,
    expires_in_days: 1,
  });
  await server.access.tokens.revoke(caller, made.token.id);
  const events = await server.events.list({ limit: 100, order: 'oldest' });
  assert.deepEqual(
    events.map(({ type, caller: { name } }) => [type, name]),
    [
      ['project.created', 'owner'],
      ['installation.set-up', 'Ada'],
      ['session.started', 'Ada'],
      ['person.created', 'Ada'],
      ['member.added', 'Ada'],
      ['session.started', 'bob'],
      ['token.created', 'bob'],
      ['token.revoked', 'Ada'],
    ],
  );
  assert.doesNotMatch(JSON.stringify(events), /slw_|argon2|four unrelated/);
});

test('a new sign-in in a browser ends the session that it had', async (t) => {
  const server = await startAccess(t);
  const { cookie } = await setUp(server);
  const body = { email: 'ada@example.org', password: goodPassword };
  const here = { host: 'localhost', origin: 'http://localhost' };
  const again = await server.call('POST', '/api/v1/session', body, { ...here, cookie });
  assert.equal(again.status, 200);
  const fresh = String(again.response.headers['set-cookie']).split(';', 1)[0] ?? '';
  assert.notEqual(fresh, cookie);
  assert.equal((await server.call('GET', '/api/v1/me', undefined, { ...here, cookie })).status, 401);
  assert.equal((await server.call('GET', '/api/v1/me', undefined, { ...here, cookie: fresh })).status, 200);
});

async function sessionsOf(server: Awaited<ReturnType<typeof startAccess>>, cookie: string) {
  const { response } = await server.call('GET', '/api/v1/sessions', undefined, { host: 'localhost', origin: 'http://localhost', cookie });
  return (response.json() as { sessions: { id: string; agent: string | null; present: boolean }[] }).sessions;
}

test('a person sees their sessions by browser and time, knows their own, and ends another without touching it', async (t) => {
  const server = await startAccess(t);
  const { cookie, caller } = await setUp(server);
  const other = await join(server, caller, 'eve', null);
  const here = { host: 'localhost', origin: 'http://localhost' };
  const body = { email: 'ada@example.org', password: goodPassword };
  server.clock.forward(1000);
  const phone = await server.call('POST', '/api/v1/session', body, { ...here, 'user-agent': `Phone/1 ${'x'.repeat(300)}` });
  const lost = String(phone.response.headers['set-cookie']).split(';', 1)[0] ?? '';
  const seen = (as: string) => sessionsOf(server, as);
  const [newest, first, ...none] = await seen(cookie);
  assert.deepEqual(
    [newest?.agent?.slice(0, 8), newest?.agent?.length, newest?.present, first?.present, none],
    ['Phone/1 ', 200, false, true, []],
  );
  assert.doesNotMatch(JSON.stringify(await seen(cookie)), new RegExp(cookie.split('=')[1] ?? 'none'));
  const ends = (id: string, as: string) => server.call('DELETE', `/api/v1/sessions/${id}`, undefined, { ...here, cookie: as });
  assert.equal((await ends(newest?.id ?? '', other.cookie)).status, 404, 'nobody ends what is another’s');
  assert.equal((await ends(newest?.id ?? '', cookie)).status, 204);
  assert.equal((await ends(newest?.id ?? '', cookie)).status, 404);
  assert.equal((await server.call('GET', '/api/v1/me', undefined, { ...here, cookie: lost })).status, 401);
  assert.deepEqual(
    (await seen(cookie)).map(({ id }) => id),
    [first?.id],
  );
});

test('a session that is over is not in the list', async (t) => {
  const server = await startAccess(t);
  const { cookie } = await setUp(server);
  server.clock.forward(11 * 3_600_000);
  const here = { host: 'localhost', origin: 'http://localhost' };
  const body = { email: 'ada@example.org', password: goodPassword };
  const fresh = String((await server.call('POST', '/api/v1/session', body, here)).response.headers['set-cookie']).split(';', 1)[0] ?? '';
  server.clock.forward(2 * 3_600_000);
  assert.deepEqual(
    (await sessionsOf(server, fresh)).map(({ present }) => present),
    [true],
  );
  assert.equal((await server.call('GET', '/api/v1/me', undefined, { ...here, cookie })).status, 401);
});

test('signing out everywhere ends every session of the person and the links that wait, and nobody else’s', async (t) => {
  const server = await startAccess(t);
  const { cookie, caller } = await setUp(server);
  const other = await join(server, caller, 'eve', null);
  const { secret } = await server.access.sessions.signIn({
    email: 'ada@example.org',
    password: goodPassword,
    ip: '10.0.0.9',
    request: 'r',
  });
  const { path } = await server.access.signInLinks.make(caller, {});
  const here = { host: 'localhost', origin: 'http://localhost' };
  assert.equal((await server.call('DELETE', '/api/v1/sessions', undefined, { ...here, cookie })).status, 204);
  for (const ended of [cookie, `slipway_session=${secret}`]) {
    assert.equal((await server.call('GET', '/api/v1/me', undefined, { ...here, cookie: ended })).status, 401);
  }
  assert.equal((await server.call('GET', path)).status, 403);
  assert.equal((await server.call('GET', '/api/v1/me', undefined, { ...here, cookie: other.cookie })).status, 200);
});

test('who has a session cannot guess the password of its account', async (t) => {
  const server = await startAccess(t);
  const { cookie } = await setUp(server);
  const guess = async (password: string) =>
    (
      await server.call(
        'PUT',
        '/api/v1/me/password',
        { password, new_password: 'another fine sentence' },
        { cookie, 'sec-fetch-site': 'same-origin' },
      )
    ).status;
  for (let round = 0; round < 5; round++) assert.equal(await guess('a wrong sentence'), 401);
  assert.equal(await guess('a wrong sentence'), 429);
  assert.equal(await guess(goodPassword), 429);
  server.clock.forward(10_000);
  assert.equal(await guess(goodPassword), 204);
});

test('behind TLS the cookie is sent over TLS only, to this host only, and to no script', async (t) => {
  const server = await startAccess(t, { secureCookies: true });
  const link = new URL((await server.access.installation.openSetupLink()) ?? '', 'http://localhost');
  const body = { token: link.searchParams.get('token'), name: 'Ada', email: 'ada@example.org', password: goodPassword };
  const { response } = await server.call('POST', '/setup', body);
  assert.match(
    String(response.headers['set-cookie']),
    /^__Host-slipway_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure; Max-Age=\d+$/,
  );
});

test('a password of any characters and 200 of them is taken as it came, hidden by its field, and kept by a slow hash', async (t) => {
  const server = await startAccess(t);
  const { caller } = await setUp(server);
  const page = await server.call('GET', '/sign-in');
  assert.match(page.response.body, /<input id="password" name="password" type="password" [^>]*autocomplete="current-password"/);
  assert.equal(page.response.headers['referrer-policy'], 'same-origin');
  assert.match(String(page.response.headers['content-security-policy']), /frame-ancestors 'none'/);
  const password = ` é💥"<${'words and '.repeat(18)}spaces `.padEnd(200, '~');
  assert.equal(password.length, 200);
  await server.access.persons.create(caller, { name: 'Eve', email: 'eve@example.org', password, server_admin: false });
  const signIn = (given: string) => server.call('POST', '/api/v1/session', { email: 'eve@example.org', password: given });
  assert.equal((await signIn(password)).status, 200);
  for (const near of [password.trim(), password.slice(0, 199), password.toUpperCase(), password.normalize('NFD')]) {
    assert.equal((await signIn(near)).status, 401);
  }
  const { password: kept } = await server.database.read
    .selectFrom('access_persons')
    .select('password')
    .where('name', '=', 'Eve')
    .executeTakeFirstOrThrow();
  assert.match(String(kept), /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
});
