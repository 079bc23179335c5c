import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { copyFlights, launch, type Server, slipway, startServer, temporaryFolder } from './a-server.fixture.ts';

const stopLimit_ms = 10_000;

test('a folder without a project file is served, its data folder is private, and the command line is signed in there', async (t) => {
  const folder = temporaryFolder(t);
  const up = launch(t, folder, ['up', '--port', '0']);
  await up.saw(/Ctrl-C stops it/);
  assert.match(up.out(), /^Slipway serves \.slipway \(1 project\)$/m);
  assert.match(up.out(), /^Make the first account, once, within 24 hours: http:\/\/127\.0\.0\.1:\d+\/setup\?token=[\w-]+$/m);
  assert.doesNotMatch(up.out(), /slipway\.yaml/);
  assert.equal(statSync(join(folder, '.slipway')).mode & 0o777, 0o700);
  for (const name of ['cli-token', 'server.json']) assert.equal(statSync(join(folder, '.slipway', name)).mode & 0o777, 0o600, name);
  const me = await slipway(folder, ['doctor', '--json']);
  assert.equal(me.exit, 0, me.out + me.error);
});

test('what a start refuses is told in two lines, with its exit code, and makes no data folder', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  t.after(() => other.close());
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const cases: readonly (readonly [words: string[], exit: number, said: RegExp])[] = [
    [['--port', String(port)], 1, new RegExp(`Port ${port} on 127\\.0\\.0\\.1 is taken by another program\\.\n.*--port`)],
    [['--host', '0.0.0.0'], 2, /--host 0\.0\.0\.0 would serve other machines without TLS, which is refused\.\n.*proxy with TLS/],
    [['--host', '192.0.2.1', '--auth', 'off'], 2, /--host 192\.0\.2\.1 would serve other machines/],
    [['--port', '70000'], 2, /--port 70000 is not a port\.\n.*from 1 to 65535/],
    [['--auth', 'maybe'], 2, /--auth maybe is not known\.\nChoose one of on, off\./],
    [['--log-level', 'loud'], 2, /--log-level loud is not known\.\nChoose one of debug/],
    [['--prot', '7600'], 2, /unknown option '--prot'\n\(Did you mean --port\?\)/],
    [['here'], 2, /too many arguments/],
  ];
  for (const [words, exit, said] of cases) {
    const folder = temporaryFolder(t);
    const refused = await slipway(folder, ['up', ...words]);
    assert.equal(refused.exit, exit, `${words.join(' ')}: ${refused.error}`);
    assert.match(refused.error, said);
    assert.doesNotMatch(refused.error, /^\s+at /m, 'no stack');
    if (exit === 2) assert.equal(existsSync(join(folder, '.slipway')), false, words.join(' '));
  }
});

test('a second server on a data folder is refused with the pid of the first, which goes on', async (t) => {
  const folder = temporaryFolder(t);
  const first = await startServer(t, folder);
  const second = await slipway(folder, ['up', '--port', '0']);
  assert.equal(second.exit, 1);
  assert.match(second.error, new RegExp(`^Another Slipway server holds this data folder \\(pid ${first.pid}\\)\\.$`, 'm'));
  assert.equal((await fetch(`${first.address}/health`)).status, 200);
});

test('with sign-in off a banner says so and every local caller is let in', async (t) => {
  const folder = temporaryFolder(t);
  const up = launch(t, folder, ['up', '--port', '0', '--auth', 'off']);
  const [, address = ''] = await up.saw(/^at (http:\/\/\S+)$/m);
  assert.match(up.out(), /^SIGN-IN IS OFF: everyone who can reach this port on this machine is an admin\.$/m);
  assert.doesNotMatch(up.out(), /setup\?token/);
  assert.equal((await fetch(`${address}/api/v1/projects`)).status, 200);
  assert.match(await pageAt(address), /<title>Slipway/, 'the address that was printed leads to the pages');
});

/** What a browser sends with a form of our page. */
async function submit(server: Server, path: string, fields: Readonly<Record<string, string>>): Promise<Response> {
  return fetch(`${server.address}${path}`, {
    method: 'POST',
    headers: { origin: server.address },
    body: new URLSearchParams(fields),
    redirect: 'manual',
  });
}

async function pageAt(address: string): Promise<string> {
  const response = await fetch(address);
  assert.equal(response.headers.get('content-type'), 'text/html; charset=utf-8');
  return response.text();
}

test('the set-up link makes one account, once; it signs in with its password and with no other', async (t) => {
  const folder = temporaryFolder(t);
  const server = await startServer(t, folder);
  const { setupLink } = server;
  assert.ok(setupLink);
  assert.match(await pageAt(setupLink), /<form method="post" action="\/setup">/);
  const account = { name: 'Ada', email: 'ada@example.org', password: 'seven bridges over the canal' };
  const token = new URL(setupLink).searchParams.get('token') ?? '';
  const weak = await submit(server, '/setup', { ...account, token, password: 'password1234' });
  assert.equal(weak.status, 422);
  const made = await submit(server, '/setup', { ...account, token });
  assert.equal(made.status, 303);
  const again = await submit(server, '/setup', { ...account, token, email: 'eve@example.org' });
  assert.equal(again.status, 403);
  assert.match(await again.text(), /used or is older than 24 hours/);
  assert.equal((await fetch(setupLink)).status, 403);

  assert.match(await pageAt(`${server.address}/sign-in`), /<form method="post" action="\/sign-in">/);
  const wrong = await submit(server, '/sign-in', { email: account.email, password: 'six bridges over the canal' });
  assert.equal(wrong.status, 401);
  assert.match(await wrong.text(), /do not match an account/);
  assert.equal(wrong.headers.getSetCookie().length, 0);
  const right = await submit(server, '/sign-in', account);
  assert.equal(right.status, 303);
  const [cookie = ''] = right.headers.getSetCookie();
  const headers = { cookie: cookie.split(';', 1)[0] ?? '' };
  const led = await fetch(new URL(right.headers.get('location') ?? '', server.address), { headers });
  assert.match(await led.text(), /<title>Slipway/);
  assert.match(cookie, /HttpOnly/i);
  assert.match(cookie, /SameSite=/i);
  const me = await fetch(`${server.address}/api/v1/me`, { headers });
  assert.equal(((await me.json()) as { name: string }).name, 'Ada');

  assert.equal((await server.stop()).exit, 0);
  assert.equal((await startServer(t, folder)).setupLink, null, 'the account is there: no link any more');
});

test('up beside a project file prints the plan and applies nothing; a stop during training is clean and quick', async (t) => {
  const folder = temporaryFolder(t);
  copyFlights(folder);
  const up = launch(t, folder, ['up', '--port', '0']);
  await up.saw(/Run `slipway apply`/);
  assert.match(up.out(), /slipway\.yaml differs from the server:\n( {2}\+ create .*\n)+ {2}9 to create\.\n/);
  const { projects } = JSON.parse((await slipway(folder, ['project', 'ls', '--json'])).out);
  assert.deepEqual(
    projects.map(({ name }: { name: string }) => name),
    ['default'],
  );

  assert.equal((await slipway(folder, ['apply'])).exit, 0);
  assert.equal((await slipway(folder, ['start', 'train', '--param', 'trees=2000'])).exit, 0);
  const started = performance.now();
  const { exit } = await up.stop('SIGTERM');
  assert.equal(exit, 0);
  assert.ok(performance.now() - started < stopLimit_ms, `stopped after ${Math.round(performance.now() - started)} ms`);
  assert.equal(existsSync(join(folder, '.slipway/server.json')), false);
  const gone = await slipway(folder, ['project', 'ls']);
  assert.equal(gone.exit, 3);

  const next = launch(t, folder, ['up', '--port', '0']);
  await next.saw(/The server is as slipway\.yaml says\./);
});

test('a mistake in the project file is told at the start with its place, and the server serves all the same', async (t) => {
  const folder = temporaryFolder(t);
  copyFlights(folder);
  const file = join(folder, 'slipway.yaml');
  const text = readFileSync(file, 'utf8').replace('kind: gbdt', 'kind: gbtd');

  writeFileSync(file, text);
  const up = launch(t, folder, ['up', '--port', '0']);
  const [, address = ''] = await up.saw(/^at (http:\/\/\S+)$/m);
  await up.saw(/slipway\.yaml:\d+:\d+: .*Did you mean `gbdt`\?/);
  assert.equal((await fetch(`${address}/health`)).status, 200);
});

test('a data folder of a newer Slipway is refused and left as it is', async (t) => {
  const folder = temporaryFolder(t);
  const server = await startServer(t, folder);
  assert.equal((await server.stop()).exit, 0);
  const file = join(folder, '.slipway/slipway.db');
  const database = new DatabaseSync(file);
  database.prepare('INSERT INTO schema_migrations (name, applied_at_ms) VALUES (?, ?)').run('9999-from-the-future', 0);
  database.close();
  const before = readFileSync(file);
  const refused = await slipway(folder, ['up', '--port', '0']);
  assert.equal(refused.exit, 1);
  assert.match(refused.error, /written by a newer Slipway: it has the schema step 9999-from-the-future/);
  assert.deepEqual(readFileSync(file), before);
});
