import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { api, type Endpoint, endpoint } from '@slipway/contracts';
import { z } from 'zod';
import { failure } from '../../kernel/error.ts';
import { implement, type Route } from './index.ts';
import { startTestServer, testProject } from './server.fixture.ts';

const operations: Endpoint[] = Object.values(api).flatMap((noun) => Object.values(noun) as unknown as Endpoint[]);

const note = endpoint({
  id: 'notes.create',
  method: 'POST',
  path: '/notes',
  summary: 'Keeps a note.',
  permission: 'signed-in',
  body: z.object({ text: z.string().max(20), size: z.number().optional(), tags: z.unknown().optional() }),
  bodyLimit_bytes: 200_000,
  response: z.unknown(),
});
const echo = implement(note, ({ body }) => body);
const writer = { authorization: 'Bearer writer' };

function concrete(path: string): string {
  return path
    .replace(/:project\b/, testProject.name)
    .replace(/:\w+/g, '1')
    .replace(/\*$/, 'x');
}

async function poster(t: TestContext, route: Route = echo) {
  const { http, logFile } = await startTestServer(t, [route]);
  const post = (payload: string | Buffer, headers: Record<string, string> = {}) =>
    http.inject({ method: 'POST', url: '/notes', headers: { ...writer, 'content-type': 'application/json', ...headers }, payload });
  return { http, post, logFile };
}

test('every operation of the contracts that is not public answers 401 without a sign-in, before its code runs', async (t) => {
  const ran: string[] = [];
  const routes = operations.map((operation) => implement(operation, () => void ran.push(operation.id)));
  const { http } = await startTestServer(t, routes);
  const guarded = operations.filter((operation) => operation.permission !== 'public');
  assert.ok(guarded.length > 20);
  for (const { method, path, id } of guarded) {
    const response = await http.inject({ method, url: concrete(path) });
    assert.equal(response.statusCode, 401, id);
    assert.equal(response.json().error.code, 'not_signed_in', id);
  }
  assert.deepEqual(ran, []);
});

test('every operation inside a project answers 404 for a project that is not there and 403 for a right that is not held', async (t) => {
  const ran: string[] = [];
  const inProject = operations.filter(
    ({ path, permission }) => path.includes(':project') && !['public', 'signed-in', 'read'].includes(permission),
  );
  const routes = inProject.map((operation) => implement(operation, () => void ran.push(operation.id)));
  const { http } = await startTestServer(t, routes);
  const headers = { authorization: 'Bearer reader' };
  for (const { method, path, id } of inProject) {
    assert.equal((await http.inject({ method, url: concrete(path), headers })).statusCode, 403, id);
    const elsewhere = concrete(path.replace(':project', 'elsewhere'));
    assert.equal((await http.inject({ method, url: elsewhere, headers })).statusCode, 404, id);
  }
  assert.deepEqual(ran, []);
});

test('a token that is not valid is refused and never falls back to nobody', async (t) => {
  const { post } = await poster(t);
  for (const authorization of ['Bearer nobody', 'Basic d3JpdGVyOng=', 'Bearer']) {
    assert.equal((await post('{}', { authorization })).json().error.code, 'token_not_valid', authorization);
  }
});

test('only loopback names and allowed hosts are served', async (t) => {
  const open = implement(
    endpoint({ id: 'a.open', method: 'GET', path: '/open', summary: 'x', permission: 'public', response: z.unknown() }),
    () => 1,
  );
  const { http } = await startTestServer(t, [open], { hosts: ['slipway.example.org'] });
  const statusFor = async (host: string) => (await http.inject({ method: 'GET', url: '/open', headers: { host } })).statusCode;
  for (const host of ['localhost', 'localhost:7575', '127.0.0.1:1', '[::1]:7575', 'SLIPWAY.example.org', 'slipway.example.org:443']) {
    assert.equal(await statusFor(host), 200, host);
  }
  for (const host of [
    'evil.example',
    '192.168.1.4:7575',
    'localhost.evil.example',
    '127.0.0.1.nip.io',
    '0.0.0.0',
    '[::]',
    'localhost:7575@evil',
  ]) {
    assert.equal(await statusFor(host), 421, host);
  }
});

test('two Host headers, and bytes that are no HTTP, are refused on the socket', async (t) => {
  const { http } = await startTestServer(t, [echo]);
  const { port } = await http.listen({ host: '127.0.0.1', port: 0 });
  assert.match(
    await raw(port, 'GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n'),
    /^HTTP\/1.1 4(21|00)/,
  );
  assert.match(await raw(port, 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n'), /^HTTP\/1.1 4(21|00)/);
  assert.match(
    await raw(port, 'POST /notes HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'),
    /^HTTP\/1.1 400/,
  );
  assert.match(await raw(port, 'no http at all\r\n\r\n'), /^HTTP\/1.1 400[\s\S]*"code":"malformed_request"/);
});

function raw(port: number, text: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.on('data', (chunk) => (answer += chunk)).on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}

test('a page of another origin can change nothing, and a page of ours can', async (t) => {
  const { http } = await startTestServer(t, [echo]);
  const status = async (headers: Record<string, string>) =>
    (
      await http.inject({
        method: 'POST',
        url: '/notes',
        headers: { ...writer, 'content-type': 'application/json', ...headers },
        payload: '{"text":"a"}',
      })
    ).statusCode;
  assert.equal(await status({ origin: 'http://evil.example' }), 403);
  assert.equal(await status({ origin: 'null' }), 403);
  assert.equal(await status({ 'sec-fetch-site': 'cross-site' }), 403);
  assert.equal(await status({ host: 'localhost:7575', origin: 'http://localhost:7576' }), 403);
  assert.equal(await status({ host: 'localhost:7575', origin: 'http://localhost:7575' }), 200);
  assert.equal(await status({}), 200);
});

test('hostile JSON is refused with 400 or 422 and the reason', async (t) => {
  const { post } = await poster(t);
  const cases: [string, string | Buffer, number][] = [
    ['100,000 levels', '['.repeat(90_000) + ']'.repeat(90_000), 400],
    ['65 levels in a member', `{"text":"a","tags":${'{"a":'.repeat(64)}1${'}'.repeat(64)}}`, 400],
    ['NaN', '{"text":"a","size":NaN}', 400],
    ['a number that overflows', '{"text":"a","size":1e400}', 422],
    ['half a surrogate', '{"text":"\\ud800"}', 400],
    ['a NUL', '{"text":"a\\u0000b"}', 400],
    ['a NUL in a name', '{"text":"a","tags":{"b\\u0000":1}}', 400],
    ['not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), 400],
    ['cut off', '{"text":"a"', 400],
    ['nothing', '', 422],
  ];
  for (const [name, payload, status] of cases) {
    const response = await post(payload);
    assert.equal(response.statusCode, status, name);
    assert.match(response.json().error.todo, /\w+/, name);
  }
  const good = await post('{"text":"[[[\\"{\\ud83d\\ude00","tags":{"a":[[[1]]]}}');
  assert.deepEqual(good.json(), { text: '[[["{😀', tags: { a: [[[1]]] } });
});

test('a member named __proto__ does nothing, however it is spelled', async (t) => {
  const { post } = await poster(t);
  for (const name of ['__proto__', '\\u005f_proto__', '__pr\\u006fto__', '_\\u005Fproto__']) {
    const response = await post(`{"text":"a","tags":{"${name}":{"admin":true},"b":1}}`);
    assert.deepEqual(response.json(), { text: 'a', tags: { b: 1 } }, name);
  }
  assert.equal(({} as Record<string, unknown>)['admin'], undefined);
});

test('a body over its limit is 413, announced or not, packed or not', async (t) => {
  const { post } = await poster(t);
  const big = JSON.stringify({ text: 'x'.repeat(300_000) });
  assert.equal((await post(big)).statusCode, 413);
  const bomb = gzipSync(Buffer.alloc(50_000_000, 0x20));
  assert.ok(bomb.length < 200_000);
  const response = await post(bomb, { 'content-encoding': 'gzip' });
  assert.equal(response.statusCode, 413);
  assert.equal(response.json().error.code, 'body_too_large');
});

test('who sends too much over a real connection still reads why, also while sending', async (t) => {
  const { http } = await poster(t);
  const { port } = await http.listen({ host: '127.0.0.1', port: 0 });
  const head = 'POST /notes HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer writer\r\nContent-Type: application/json\r\n';
  const bomb = gzipSync(Buffer.alloc(50_000_000, 0x20));
  const packed = `${head}Content-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`;
  assert.match(await raw(port, Buffer.concat([Buffer.from(packed), bomb])), /^HTTP\/1.1 413[\s\S]*body_too_large/);
  const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`;
  assert.match(await raw(port, `${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(13)}`), /^HTTP\/1.1 413[\s\S]*body_too_large/);
});

test('an upload that is refused while it is sent leaves its connection to the next request', async (t) => {
  const full = implement(api.datasets.putBlob, ({ request }) => {
    request.stream.destroy();
    throw failure('storage_full', {});
  });
  const { http } = await startTestServer(t, [full, echo]);
  const { port } = await http.listen({ host: '127.0.0.1', port: 0 });
  const common = 'HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer writer\r\n';
  const bytes = 2_000_000;
  const upload = `PUT /api/v1/projects/flights/blobs ${common}Content-Type: application/octet-stream\r\nContent-Length: ${bytes}\r\n\r\n`;
  const next = `POST /notes ${common}Content-Type: application/json\r\nContent-Length: 12\r\nConnection: close\r\n\r\n{"text":"a"}`;
  const answers = await raw(port, `${upload}${'x'.repeat(bytes)}${next}`);
  assert.match(answers, /^HTTP\/1.1 507[\s\S]*storage_full[\s\S]*HTTP\/1.1 200[\s\S]*{"text":"a"}$/);
});

test('a body that stops half way is 408 after its time', async (t) => {
  const { http } = await startTestServer(t, [echo], { limits: { body_ms: 100 } });
  const { port } = await http.listen({ host: '127.0.0.1', port: 0 });
  const head = 'POST /notes HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer writer\r\nContent-Type: application/json\r\n';
  assert.match(await raw(port, `${head}Content-Length: 50\r\n\r\n{"text":`), /^HTTP\/1.1 408[\s\S]*body_too_slow/);
});

test('a gzip body is read, a broken one is 400, another packing is 415', async (t) => {
  const { post } = await poster(t);
  const packed = gzipSync('{"text":"a"}');
  assert.deepEqual((await post(packed, { 'content-encoding': 'gzip' })).json(), { text: 'a' });
  assert.equal((await post(packed.subarray(0, 12), { 'content-encoding': 'gzip' })).statusCode, 400);
  assert.equal((await post(packed, { 'content-encoding': 'br' })).statusCode, 415);
});

test('another content type than JSON is 415 and says which is expected', async (t) => {
  const { post } = await poster(t);
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
    const response = await post('{"text":"a"}', { 'content-type': type });
    assert.equal(response.statusCode, 415, type);
    assert.match(response.json().error.message, /application\/json/);
  }
});

test('all problems of a body are listed with path, expectation and what came instead', async (t) => {
  const { post } = await poster(t);
  const response = await post(JSON.stringify({ text: 'x'.repeat(30), size: 'big' }));
  assert.equal(response.statusCode, 422);
  assert.deepEqual(response.json().error.details.problems, [
    { path: 'body.text', expected: 'at most 20 characters', got: JSON.stringify('x'.repeat(30)) },
    { path: 'body.size', expected: 'number', got: '"big"' },
  ]);
});

test('an unexpected failure tells the client a request id and nothing else, and the log the cause without secrets', async (t) => {
  const broken = implement(note, () => {
    throw new Error('connection slw_abcdefgh1234567890 to db failed');
  });
  const { post, logFile } = await poster(t, broken);
  const response = await post('{"text":"a"}');
  assert.equal(response.statusCode, 500);
  const { error } = response.json();
  assert.equal(error.code, 'internal');
  assert.equal(error.request, response.headers['x-request-id']);
  assert.doesNotMatch(response.body, /connection|slw_|stack|\.ts/);
  const log = readFileSync(logFile, 'utf8');
  assert.ok(log.includes(error.request) && log.includes('connection'));
  assert.doesNotMatch(log, /slw_abcdefgh/);
});

test('every answer carries the security headers and none allows another origin', async (t) => {
  const { http } = await startTestServer(t, [echo]);
  for (const [url, status] of [
    ['/notes', 404],
    ['/nowhere', 404],
    ['/%', 400],
  ] as const) {
    const response = await http.inject({ method: 'GET', url, headers: { origin: 'http://evil.example' } });
    assert.equal(response.statusCode, status, url);
    assert.equal(response.headers['x-content-type-options'], 'nosniff', url);
    assert.match(String(response.headers['content-security-policy']), /default-src 'none'/, url);
    assert.equal(response.headers['access-control-allow-origin'], undefined);
    assert.equal(response.headers['cache-control'], 'no-store');
  }
});

test('a stop lets the request in flight finish and refuses none of it', async (t) => {
  let entered: () => void = () => undefined;
  const inside = new Promise<void>((resolve) => (entered = resolve));
  const slow: Route = implement(note, async ({ body }) => {
    entered();
    await new Promise((resolve) => setTimeout(resolve, 200));
    return body;
  });
  const { http } = await startTestServer(t, [slow]);
  const { port } = await http.listen({ host: '127.0.0.1', port: 0 });
  const answer = fetch(`http://127.0.0.1:${port}/notes`, {
    method: 'POST',
    headers: { ...writer, 'content-type': 'application/json' },
    body: '{"text":"a"}',
  });
  await inside;
  const begun = performance.now();
  await http.close(10_000);
  assert.ok(performance.now() - begun < 5000, 'no waiting for a connection that is only kept alive');
  assert.deepEqual(await (await answer).json(), { text: 'a' });
});

test('a request that hangs is cut when the grace of a stop is over', async (t) => {
  let entered: () => void = () => undefined;
  const inside = new Promise<void>((resolve) => (entered = resolve));
  const hangs = implement(note, () => {
    entered();
    return new Promise(() => undefined);
  });
  const { http } = await startTestServer(t, [hangs]);
  const { port } = await http.listen({ host: '127.0.0.1', port: 0 });
  const answer = fetch(`http://127.0.0.1:${port}/notes`, {
    method: 'POST',
    headers: { ...writer, 'content-type': 'application/json' },
    body: '{"text":"a"}',
  });
  const cut = assert.rejects(answer);
  await inside;
  const begun = performance.now();
  await http.close(300);
  assert.ok(performance.now() - begun < 2000);
  await cut;
});

test('a taken port is refused by name and never moved', async (t) => {
  const first = await startTestServer(t, [echo]);
  const second = await startTestServer(t, [echo]);
  const { port } = await first.http.listen({ host: '127.0.0.1', port: 0 });
  await assert.rejects(second.http.listen({ host: '127.0.0.1', port }), { code: 'port_taken' });
});

test('a foreign protocol can tell errors in its own form', async (t) => {
  const route = implement(
    note,
    () => {
      throw failure('not_found', { what: 'run', name: 'x' });
    },
    {
      explain: (error) => ({ status: error.status, headers: {}, body: { error_code: 'RESOURCE_DOES_NOT_EXIST', message: error.message } }),
    },
  );
  const { post } = await poster(t, route);
  const response = await post('{"text":"a"}');
  assert.deepEqual([response.statusCode, response.json()], [404, { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'No run x here.' }]);
});

const upload = endpoint({
  id: 'notes.upload',
  method: 'PUT',
  path: '/notes/file',
  summary: 'x',
  permission: 'signed-in',
  bodyKind: 'bytes',
  bodyLimit_bytes: 100_000,
  response: z.number(),
});
const count = implement(upload, async ({ request }) => {
  let size = 0;
  for await (const chunk of request.stream) size += (chunk as Buffer).length;
  return size;
});

test('an upload is streamed to its handler and ends with 413 at its limit', async (t) => {
  const { http } = await startTestServer(t, [count]);
  const { port } = await http.listen({ host: '127.0.0.1', port: 0 });
  const put = (size: number) =>
    fetch(`http://127.0.0.1:${port}/notes/file`, {
      method: 'PUT',
      headers: writer,
      body: new Blob([Buffer.alloc(size)]).stream(),
      duplex: 'half',
    } as RequestInit);
  assert.equal(await (await put(100_000)).json(), 100_000);
  assert.equal((await put(100_001)).status, 413);
});

test('an upload whose sender falls silent is 408, and one that is only slow is not', async (t) => {
  const { http } = await startTestServer(t, [count], { limits: { body_ms: 1000 } });
  const { port } = await http.listen({ host: '127.0.0.1', port: 0 });
  const head = 'PUT /notes/file HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer writer\r\nConnection: close\r\n';
  assert.match(await raw(port, `${head}Content-Length: 50\r\n\r\nhalf`), /^HTTP\/1.1 408[\s\S]*body_too_slow/);
  const slow = async function* () {
    for (let at = 0; at < 6; at++) {
      await pause(300);
      yield Buffer.from('x');
    }
  };
  const sent = { method: 'PUT', headers: writer, body: slow(), duplex: 'half' } as unknown as RequestInit;
  assert.equal(await (await fetch(`http://127.0.0.1:${port}/notes/file`, sent)).json(), 6);
});
