import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { endpoint } from '@slipway/contracts';
import { z } from 'zod';
import { failure } from '../../kernel/error.ts';
import { type Handler, implement } from './index.ts';
import { startTestServer } from './server.fixture.ts';

const create = endpoint({
  id: 'things.create',
  method: 'POST',
  path: '/things',
  summary: 'x',
  permission: 'signed-in',
  body: z.object({ name: z.string() }),
  status: 201,
  response: z.object({ number: z.number() }),
});

async function things(t: TestContext, handler: Handler<unknown, unknown, { name: string }, { number: number }>) {
  const { http } = await startTestServer(t, [implement(create, handler)]);
  return (key: string, name = 'a', bearer = 'writer') =>
    http.inject({
      method: 'POST',
      url: '/things',
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json', 'idempotency-key': key },
      payload: JSON.stringify({ name }),
    });
}

test('a repeated key gets the first answer, and the work is done once', async (t) => {
  let made = 0;
  const post = await things(t, () => ({ number: ++made }));
  const first = await post('k1');
  const second = await post('k1');
  assert.deepEqual([first.statusCode, first.json(), first.headers['idempotent-replayed']], [201, { number: 1 }, undefined]);
  assert.deepEqual([second.statusCode, second.json(), second.headers['idempotent-replayed']], [201, { number: 1 }, 'true']);
  assert.equal((await post('k2')).json().number, 2);
  assert.equal((await post('k1', 'a', 'reader')).json().number, 3, 'another caller has keys of his own');
});

test('a key with another body is refused and changes nothing', async (t) => {
  let made = 0;
  const post = await things(t, () => ({ number: ++made }));
  await post('k1');
  const response = await post('k1', 'b');
  assert.deepEqual([response.statusCode, response.json().error.code, made], [422, 'idempotency_key_reused', 1]);
});

test('a key never brings the answer of another body where the handler reads the body itself', async (t) => {
  const size = endpoint({
    id: 'things.size',
    method: 'POST',
    path: '/things/size',
    summary: 'x',
    permission: 'signed-in',
    bodyKind: 'bytes',
    response: z.number(),
  });
  const sized = implement(size, async ({ request }) =>
    (await request.stream.toArray()).reduce((sum, chunk: Buffer) => sum + chunk.length, 0),
  );
  const { http } = await startTestServer(t, [sized]);
  const headers = { authorization: 'Bearer writer', 'idempotency-key': 'k1' };
  const post = (payload: string) => http.inject({ method: 'POST', url: '/things/size', headers, payload });
  assert.deepEqual([(await post('abc')).json(), (await post('abcdef')).json()], [3, 6]);
});

test('a key whose first request still runs answers 409', async (t) => {
  let finish: () => void = () => undefined;
  let entered: () => void = () => undefined;
  const inside = new Promise<void>((resolve) => (entered = resolve));
  const post = await things(t, async () => {
    entered();
    await new Promise<void>((resolve) => (finish = resolve));
    return { number: 1 };
  });
  const first = post('k1');
  await inside;
  assert.equal((await post('k1')).json().error.code, 'idempotency_key_running');
  finish();
  assert.equal((await first).statusCode, 201);
  assert.equal((await post('k1')).statusCode, 201);
});

test('a refused request leaves its key free for another try', async (t) => {
  let ready = false;
  const post = await things(t, () => {
    if (!ready) throw failure('not_found', { what: 'thing', name: 'x' });
    return { number: 7 };
  });
  assert.equal((await post('k1')).statusCode, 404);
  ready = true;
  assert.deepEqual((await post('k1')).json(), { number: 7 });
});

test('a key that no one could have meant is refused', async (t) => {
  const post = await things(t, () => ({ number: 1 }));
  for (const key of ['a b', 'x'.repeat(129)]) assert.equal((await post(key)).statusCode, 422, key);
});
