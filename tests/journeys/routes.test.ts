import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, test } from 'node:test';
import { checkout, openPerson, type Person, type Server, startServer, temporaryFolder } from './a-server.fixture.ts';

/** Deeper than any body of ours, and than the parser lets in. */
const deep_levels = 200;

const answer_ms = 30_000;

/** An operation as the server itself describes it. */
interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly permission: string;
  readonly takesJson: boolean;
}

/** What we read of an operation of OpenAPI 3.1. */
interface Described {
  readonly operationId: string;
  readonly 'x-permission': string;
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> };
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

let server: Server;
let viewer: Person;
let operations: readonly Operation[];
const undo: (() => unknown)[] = [];
/** Every answer that these tests got; the last test reads them all. */
const answers: { readonly operation: string; readonly text: string }[] = [];

before(async () => {
  const scope = { after: (step: () => unknown) => undo.unshift(step) };
  server = await startServer(scope, temporaryFolder(scope));
  for (const name of ['ours', 'theirs']) await server.admin.client.access.createProject({ body: { name } });
  viewer = await openPerson(server, { name: 'Vera', project: 'theirs', rights: { role: 'viewer' }, permissions: ['read'] });
  const { paths } = await server.admin.client.system.openapi();
  operations = Object.entries(paths as Record<string, Record<string, Described>>).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => ({
      id: described.operationId,
      method: method.toUpperCase(),
      path,
      permission: described['x-permission'],
      takesJson: described.requestBody?.content['application/json'] !== undefined,
    })),
  );
});
after(async () => {
  for (const step of undo) await step();
});

interface Asking {
  readonly token?: string;
  readonly host?: string;
  readonly origin?: string;
  readonly project?: string;
  /** What stands for every other part of the path. */
  readonly other?: string;
  readonly body?: string;
}

/** Asks as a program does that writes its own headers, which `fetch` does not let one do. */
async function ask({ id, method, path }: Operation, { token, host, origin, project = 'ours', other = '1', body }: Asking): Promise<Answer> {
  const filled = path.replaceAll('{project}', project).replaceAll(/\{\w+\}/g, other);
  const headers = {
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(host !== undefined && { host }),
    ...(origin !== undefined && { origin }),
    ...(body !== undefined && { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
  };
  return new Promise((resolve, reject) => {
    const asked = request(`${server.address}${filled}`, { method, headers }, (response) => {
      let text = '';
      const { statusCode: status = 0, headers: answered } = response;
      // A stream that is let through has no end.
      if (answered['content-type']?.startsWith('text/event-stream')) {
        asked.destroy();
        return resolve({ status, text, headers: answered });
      }
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => {
        answers.push({ operation: `${id} ${filled.slice(0, 100)}`, text });
        resolve({ status, text, headers: answered });
      });
      response.on('error', reject);
    });
    asked.on('error', reject);
    asked.setTimeout(answer_ms, () => asked.destroy(new Error(`${method} ${filled} gave no answer`)));
    asked.end(body);
  });
}

/** The operations whose answer is not among `expected`, with what they answered. */
async function others(asked: readonly Operation[], asking: (one: Operation) => Asking, expected: readonly number[]): Promise<string[]> {
  const wrong: string[] = [];
  for (const one of asked) {
    const { status, text } = await ask(one, asking(one));
    if (!expected.includes(status)) wrong.push(`${one.id} ${one.method} ${one.path}: ${status} ${text.slice(0, 200)}`);
  }
  return wrong;
}

const changes = (one: Operation): boolean => one.method !== 'GET';
const inProject = (one: Operation): boolean => one.path.includes('{project}');
const bodyOf = (one: Operation): Asking => (one.takesJson ? { body: '{}' } : {});

test('the server describes all of its operations, and public ones are few and known', () => {
  assert.ok(operations.length > 100, `${operations.length} operations`);
  const open = operations.filter(({ permission }) => permission === 'public').map(({ id }) => id);
  assert.deepEqual(open.sort(), [
    'access.setUp',
    'access.setUpPage',
    'access.signIn',
    'access.signInForm',
    'access.signInLinkPage',
    'access.signInPage',
    'access.useSignInLink',
    'openInference.live',
    'openInference.ready',
    'system.health',
    'system.live',
    'system.openapi',
    'system.ready',
    'system.version',
  ]);
});

test('without a token, and with one that is not ours, every operation that is not public answers 401', async () => {
  const closed = operations.filter(({ permission }) => permission !== 'public');
  assert.deepEqual(await others(closed, bodyOf, [401]), []);
  const forged = (one: Operation): Asking => ({ ...bodyOf(one), token: `slw_${'a'.repeat(43)}` });
  assert.deepEqual(await others(closed, forged, [401]), []);
});

test('a viewer of another project is let into nothing of this one, and administers nothing', async () => {
  const asViewer = (one: Operation): Asking => ({ ...bodyOf(one), token: viewer.token });
  assert.deepEqual(await others(operations.filter(inProject), asViewer, [403, 404]), []);
  const administration = operations.filter(({ permission }) => permission === 'server-admin');
  assert.deepEqual(await others(administration, asViewer, [403]), []);
  const served = operations.filter(({ permission, path }) => permission === 'signed-in' && /\{(deployment|model)\}/.test(path));
  assert.ok(served.length >= 8);
  assert.deepEqual(
    await others(
      served,
      (one) => ({ token: viewer.token, ...(one.takesJson && { body: '{"rows":[{}],"outcomes":[{"id":"a","value":1}]}' }) }),
      [403, 404],
    ),
    [],
  );
});

test('a viewer changes nothing in the project that they may read', async () => {
  const rightful = operations.filter((one) => inProject(one) && one.permission !== 'read');
  const asViewer = (one: Operation): Asking => ({ ...bodyOf(one), token: viewer.token, project: 'theirs' });
  assert.deepEqual(await others(rightful, asViewer, [403]), []);
});

test('under a name that is not ours nothing at all is served', async () => {
  const underName = (one: Operation): Asking => ({ ...bodyOf(one), token: server.admin.token, host: 'evil.example' });
  assert.deepEqual(await others(operations, underName, [421]), []);
});

test('a page of another origin changes nothing, whatever token it shows', async () => {
  const fromPage = (one: Operation): Asking => ({ ...bodyOf(one), token: server.admin.token, origin: 'https://evil.example' });
  assert.deepEqual(await others(operations.filter(changes), fromPage, [403]), []);
});

test('a project that is not there is 404 for who may enter all', async () => {
  const nowhere = (one: Operation): Asking => ({ ...bodyOf(one), token: server.admin.token, project: 'nowhere' });
  assert.deepEqual(await others(operations.filter(inProject), nowhere, [404]), []);
});

test('a body that is no JSON, or is nested too deep, is 400 with the reason', async () => {
  const takers = operations.filter(({ takesJson }) => takesJson);
  const with400 = async (body: string, reason: RegExp): Promise<void> => {
    let refused = 0;
    for (const one of takers) {
      const { status, text } = await ask(one, { token: server.admin.token, body });
      // Who and what the path names is judged before the body is read.
      if (status === 404 || /"message":"path\./.test(text)) continue;
      assert.equal(status, 400, `${one.id}: ${status} ${text}`);
      assert.match(text, reason, one.id);
      refused++;
    }
    assert.ok(refused > takers.length / 2, `${refused} of ${takers.length}`);
  };
  await with400('{"name": ', /could not be read/);
  await with400(`{"a":${'['.repeat(deep_levels)}${']'.repeat(deep_levels)}}`, /nested deeper than 64 levels/);
});

test('hostile names and bodies are refused, and nothing in the server fails over them', async () => {
  const names = ['..%2F..%2Fetc%2Fpasswd', '%00', "'%20OR%201=1--", '%F0%9F%92%A5', '__proto__', 'a'.repeat(2000)];
  const bodies = ['[]', 'null', '7', '{"name":{"$ne":1}}', '{"__proto__":{"admin":true}}'];
  // What has no body would do its work: that is no hostile input.
  const judged = operations.filter((one) => one.takesJson || (one.method === 'GET' && /\{(?!project)/.test(one.path)));
  const failed: string[] = [];
  for (const [at, one] of judged.entries()) {
    for (const other of /\{(?!project)/.test(one.path) ? names : []) {
      const body = bodies[at % bodies.length] ?? '';
      const { status, text } = await ask(one, { token: server.admin.token, other, ...(one.takesJson && { body }) });
      if (status >= 500 || (changes(one) && status < 400))
        failed.push(`${one.id} ${other.slice(0, 30)} ${body}: ${status} ${text.slice(0, 200)}`);
    }
    if (!one.takesJson) continue;
    for (const body of bodies.slice(0, 3)) {
      const { status, text } = await ask(one, { token: server.admin.token, body });
      if (status < 400 || status >= 500) failed.push(`${one.id} ${body}: ${status} ${text.slice(0, 200)}`);
    }
  }
  assert.deepEqual(failed, []);
});

test('every answer has the headers that keep a browser from using it wrongly', async () => {
  for (const one of operations.filter(({ permission }) => permission === 'public' || permission === 'read')) {
    const { headers } = await ask(one, bodyOf(one));
    assert.equal(headers['x-content-type-options'], 'nosniff', one.id);
    assert.equal(headers['access-control-allow-origin'], undefined, one.id);
  }
});

test('no answer tells a stack, a path of the machine or a secret', () => {
  assert.ok(answers.length > 1000, `${answers.length} answers`);
  const secrets = [server.admin.token, viewer.token, server.data, checkout, process.execPath, 'seven bridges', 'SELECT ', 'SQLITE_'];
  const patterns = [/\bat (async )?[\w.<>]+ \(/, /file:\/\//, /node:internal/, /node_modules/, /\$argon2/];
  const telling = answers.filter(
    ({ text }) => secrets.some((secret) => text.includes(secret)) || patterns.some((pattern) => pattern.test(text)),
  );
  assert.deepEqual(
    telling.map(({ operation, text }) => `${operation}: ${text.slice(0, 300)}`),
    [],
  );
});
