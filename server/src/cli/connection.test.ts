import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { findConnection, findProject } from './connection.ts';
import { exits } from './exits.ts';
import { slipway, temporaryFolder } from './up.fixture.ts';

const quiet = { server: undefined, token: undefined, project: undefined, database: undefined, telemetry: undefined };

/** A folder as a running server leaves it, with a folder inside to look from. */
function servedFolder(t: TestContext, address: string): string {
  const folder = temporaryFolder(t);
  const inner = join(folder, 'notebooks/old');
  mkdirSync(join(folder, '.slipway'));
  mkdirSync(inner, { recursive: true });
  writeFileSync(join(folder, '.slipway/server.json'), JSON.stringify({ address, pid: 1 }));
  writeFileSync(join(folder, '.slipway/cli-token'), 'slw_own\n');
  return inner;
}

test('the nearest data folder upward tells the server and signs in', (t) => {
  const folder = servedFolder(t, 'http://127.0.0.1:7575');
  assert.deepEqual(findConnection(undefined, { ...quiet, folder }), { server: 'http://127.0.0.1:7575', token: 'slw_own' });
  assert.equal(findConnection(undefined, { ...quiet, folder, token: 'slw_shell' }).token, 'slw_shell');
  assert.equal(findConnection(undefined, { ...quiet, folder, server: 'http://a:1' }).server, 'http://a:1');
  assert.equal(findConnection('http://b:2', { ...quiet, folder, server: 'http://a:1' }).server, 'http://b:2');
});

test('the token of a data folder never goes to another server', (t) => {
  const folder = servedFolder(t, 'http://127.0.0.1:7575');
  assert.equal(findConnection('http://127.0.0.1:7576', { ...quiet, folder }).token, undefined);
  assert.equal(findConnection('http://127.0.0.1:7575/', { ...quiet, folder }).token, 'slw_own');
});

test('the project is the one that was asked for, else the one of the nearest project file, else default', (t) => {
  const folder = temporaryFolder(t);
  assert.equal(findProject(undefined, { ...quiet, folder }), 'default');
  writeFileSync(join(folder, 'slipway.yaml'), '# a comment\nproject: "flights" # another\n');
  assert.equal(findProject(undefined, { ...quiet, folder }), 'flights');
  assert.equal(findProject(undefined, { ...quiet, folder, project: 'shell' }), 'shell');
  assert.equal(findProject('asked', { ...quiet, folder, project: 'shell' }), 'asked');
});

test('without a server the exit code is 3 and the message says how to start or name one', async (t) => {
  const folder = temporaryFolder(t);
  const none = await slipway(folder, ['runs', 'ls']);
  assert.equal(none.exit, exits.unreachable);
  assert.match(none.error, /No server is known here.*\nStart one with `slipway up`/);
  const gone = await slipway(folder, ['runs', 'ls', '--server', `http://127.0.0.1:${await freePort()}`]);
  assert.equal(gone.exit, exits.unreachable);
  assert.match(gone.error, /No answer from http:\/\/127\.0\.0\.1:\d+.*Is it running/);
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

test('refusals of a server become exit codes, with what to do on standard error', async (t) => {
  const answers: Readonly<Record<string, [number, string]>> = {
    '/api/v1/tokens': [401, 'not_signed_in'],
    '/api/v1/projects': [403, 'not_permitted'],
    '/api/v1/projects/default/datasets': [500, 'internal'],
    '/api/v1/projects/default/deployments/delay/promote': [409, 'not_released'],
  };
  const server = createServer((request, response) => {
    const [status, code] = answers[new URL(request.url ?? '/', 'http://x').pathname] ?? [404, 'not_found'];
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: { code, message: `It was ${code}.`, todo: 'Do this.', details: {}, request: 'req_1' } }));
  }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await new Promise((done) => server.once('listening', done));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const run = (...words: string[]) => slipway(temporaryFolder(t), [...words, '--server', address]);
  const [signedOut, refused, broken, held] = await Promise.all([
    run('token', 'ls'),
    run('project', 'ls'),
    run('data', 'ls', '--json'),
    run('promote', 'delay'),
  ]);
  assert.deepEqual(
    [signedOut.exit, refused.exit, broken.exit, held.exit],
    [exits.notPermitted, exits.notPermitted, exits.failed, exits.refused],
  );
  assert.equal(signedOut.error, 'It was not_signed_in.\nDo this.\n');
  assert.equal(broken.out, '');
  assert.match(broken.error, /Request req_1/);
});
