import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../kernel/clock.ts';
import { sha256 } from '../../kernel/digest.ts';
import { createHttp, createMetrics } from '../../platform/http/index.ts';
import { createLog } from '../../platform/log/index.ts';
import { datasetsRoutes } from './datasets-routes.ts';
import { caller, newRoom, project } from './room.fixture.ts';

async function serve(t: TestContext) {
  const room = await newRoom(t);
  const http = createHttp({
    routes: datasetsRoutes({ ...room, clock: systemClock }),
    database: room.database,
    metrics: createMetrics(),
    log: createLog({ level: 'silent' }),
    clock: systemClock,
    hosts: [],
    origins: [],
    authenticate: async () => caller,
    resolveProject: async () => project,
  });
  t.after(() => http.close(1000));
  const base = '/api/v1/projects/flights';
  const headers = { authorization: 'Bearer test' };
  return {
    room,
    get: (path: string) => http.inject({ method: 'GET', url: `${base}${path}`, headers }),
    put: (path: string, payload: Buffer | object) => http.inject({ method: 'PUT', url: `${base}${path}`, headers, payload }),
    post: (path: string, payload: object) => http.inject({ method: 'POST', url: `${base}${path}`, headers, payload }),
  };
}

test('a client uploads what is missing, adds a version, looks at it, and gets its file back byte for byte', async (t) => {
  const { get, put, post } = await serve(t);
  const content = Buffer.from('amount,shop\n3,a\n7,b\n');
  const digest = sha256(content);
  assert.deepEqual((await post('/blobs/missing', { digests: [digest, digest] })).json(), { missing: [digest] });
  const wrong = await put(`/blobs?digest=${'0'.repeat(64)}`, content);
  assert.deepEqual([wrong.statusCode, wrong.json().error.code], [422, 'digest_mismatch']);
  assert.deepEqual((await put(`/blobs?digest=${digest}`, content)).json(), { digest, bytes: content.length });
  assert.deepEqual((await post('/blobs/missing', { digests: [digest] })).json(), { missing: [] });

  assert.equal((await put('/datasets/sales', { target: 'shop', checks: { amount: { max: 5 } } })).statusCode, 200);
  const added = (await post('/datasets/sales/versions', { files: [{ path: 'data/a.csv', digest }] })).json();
  assert.deepEqual([added.is_new, added.version.number, added.version.checks[0].holds], [true, 1, false]);
  assert.deepEqual((await get('/datasets/sales/versions/latest')).json(), added.version);

  const list = (await get('/datasets')).json();
  assert.deepEqual([list.items[0].name, list.items[0].latest.checks], ['sales', { all: 1, failed: 1 }]);
  const profile = (await get('/datasets/sales/versions/1/profile?column=amount')).json();
  assert.deepEqual([profile.columns.length, profile.columns[0].role, profile.columns[0].profile.max], [1, 'feature', 7]);
  const preview = (await get('/datasets/sales/versions/1/preview?offset=1&limit=5')).json();
  assert.deepEqual([preview.rows, preview.total_rows], [[[7, 'b']], 2]);
  const file = await get('/datasets/sales/versions/1/file?path=data/a.csv');
  assert.deepEqual([file.rawPayload, file.headers['content-disposition']], [content, 'attachment']);
});

test('versions are listed newest first, page by page, and two of them are compared', async (t) => {
  const { get, post, put, room } = await serve(t);
  for (const rows of ['1', '1\n2', '1\n2\n3']) {
    const [file] = await room.upload({ 'a.csv': `n\n${rows}\n` });
    await post('/datasets/counts/versions', { files: [file] });
  }
  const first = (await get('/datasets/counts/versions?limit=2')).json();
  assert.deepEqual([first.items.map((item: { number: number }) => item.number), first.next], [[3, 2], '2']);
  const second = (await get(`/datasets/counts/versions?limit=2&cursor=${first.next}`)).json();
  assert.deepEqual([second.items.map((item: { rows: number }) => item.rows), second.next], [[1], null]);
  const diff = (await get('/datasets/counts/diff?from=1&to=3')).json();
  assert.deepEqual([diff.rows, diff.files.changed, diff.drift[0].column], [{ before: 1, after: 3 }, ['a.csv'], 'n']);
  assert.equal((await put('/datasets/counts', {})).json().changed, false);
});

test('what is not there is 404 and what is malformed is 422, each in words', async (t) => {
  const { get, post, put } = await serve(t);
  await put('/datasets/sales', {});
  const cases: [Promise<{ statusCode: number; body: string }>, number][] = [
    [get('/datasets/nothing/versions'), 404],
    [get('/datasets/sales/versions/latest'), 404],
    [get('/datasets/sales/versions/1/file?path=../../slipway.db'), 404],
    [get('/datasets/sales/versions/0'), 422],
    [get('/datasets/sales/versions/1/preview?limit=501'), 422],
    [get('/datasets/sales/versions?cursor=x'), 422],
    [post('/datasets/sales/versions', { files: [] }), 422],
    [post('/datasets/sales/versions', { files: [{ path: 'a', digest: '../x' }] }), 422],
    [put('/datasets/sales', { targt: 'x' }), 422],
    [put('/datasets/sales', { zone: 'Nowhere' }), 422],
  ];
  for (const [answer, status] of cases) {
    const { statusCode, body } = await answer;
    assert.equal(statusCode, status, body);
    assert.ok(JSON.parse(body).error.todo.length > 10);
  }
});
