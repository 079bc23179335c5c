import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openMlflow } from './mlflow.fixture.ts';

const artifacts = '/api/2.0/mlflow-artifacts';

async function openUpload(t: TestContext, parts: number) {
  const mlflow = await openMlflow(t);
  const { run_id } = (await mlflow.post('runs/create', { start_time: 1 })).body.run.info;
  const folder = `0/${run_id}/artifacts/big`;
  const step = (name: string, body: object, headers = {}) =>
    mlflow.call('POST', `${artifacts}/mpu/${name}/${folder}`, { path: 'somewhere/of/ada/weights.bin', ...body }, headers);
  const created = await step('create', { num_parts: parts });
  assert.equal(created.status, 200, created.text);
  const { upload_id, credentials } = created.body as {
    upload_id: string;
    credentials: { url: string; part_number: number; headers: Record<string, string> }[];
  };
  const put = async (at: number, bytes: string) => {
    const { url = '', part_number = 0, headers = {} } = credentials[at] ?? {};
    const sent = await mlflow.call('PUT', new URL(url).pathname, Buffer.from(bytes), { ...headers, 'content-type': '' });
    assert.equal(sent.status, 200, sent.text);
    return { part_number, etag: String(sent.headers['etag']), url };
  };
  const file = () => mlflow.call('GET', `${artifacts}/artifacts/${folder}/weights.bin`);
  return { ...mlflow, run_id, step, upload_id, credentials, put, file };
}

test('a file in parts is there when all of them are, in the order of their numbers, and not a moment earlier', async (t) => {
  const { step, upload_id, credentials, put, file, get, run_id } = await openUpload(t, 3);
  assert.deepEqual(
    credentials.map(({ part_number }) => part_number),
    [1, 2, 3],
  );
  const last = await put(2, 'three');
  const first = await put(0, 'one,');
  assert.equal((await file()).status, 404);
  const early = await step('complete', { upload_id, parts: [first, last] });
  assert.match(early.body.message, /part 2 is missing/);
  assert.equal((await file()).status, 404);
  const parts = [last, first, await put(1, 'two,')];
  assert.equal((await step('complete', { upload_id, parts })).status, 200);
  assert.equal((await file()).text, 'one,two,three');
  assert.deepEqual((await get(`artifacts/list?run_id=${run_id}&path=big`)).body.files, [
    { path: 'big/weights.bin', is_dir: false, file_size: 13 },
  ]);
});

test('an upload that is given up leaves nothing, and a part can be sent again', async (t) => {
  const { step, upload_id, put, file } = await openUpload(t, 1);
  await put(0, 'wrong');
  const part = await put(0, 'right');
  assert.equal((await step('abort', { upload_id })).status, 200);
  assert.equal((await file()).status, 404);
  assert.equal((await step('complete', { upload_id, parts: [part] })).status, 200);
  assert.equal((await file()).text, 'right');
});

test('parts are of the project that they were sent to, and need the right to write there', async (t) => {
  const { step, upload_id, call, credentials, access, admin, tokenFor, put } = await openUpload(t, 1);
  const path = new URL(credentials[0]?.url ?? '').pathname;
  assert.equal((await call('PUT', path, Buffer.from('x'), { authorization: '', 'content-type': '' })).status, 401);
  const reader = { authorization: `Bearer ${await tokenFor('default', ['read'])}`, 'content-type': '' };
  assert.equal((await call('PUT', path, Buffer.from('x'), reader)).status, 403);
  await access.projects.create(admin, { name: 'theirs', zone: 'UTC', clock: 'wall' });
  const theirs = { authorization: `Bearer ${await tokenFor('theirs', ['read', 'write'])}`, 'content-type': '' };
  const sent = await call('PUT', path, Buffer.from('their secret'), theirs);
  assert.equal(sent.status, 200);
  const stolen = await step('complete', { upload_id, parts: [{ part_number: 1, etag: sent.headers['etag'] }] });
  assert.deepEqual([stolen.status, stolen.body.error_code], [400, 'INVALID_PARAMETER_VALUE']);
  await put(0, 'ours');
});

test('an upload to no place, of no part or with an unknown id is refused', async (t) => {
  const { call, step, upload_id, credentials } = await openUpload(t, 2);
  const create = (folder: string, body: object) => call('POST', `${artifacts}/mpu/create/${folder}`, body);
  for (const [folder, body] of [
    ['elsewhere', { path: 'x', num_parts: 1 }],
    ['0/..%2f..%2fx', { path: 'x', num_parts: 1 }],
    [`0/${'1'.repeat(32)}/artifacts`, { path: 'x', num_parts: 10_001 }],
    [`0/${'1'.repeat(32)}/artifacts`, { path: '/', num_parts: 1 }],
    [`0/${'1'.repeat(32)}/artifacts`, { num_parts: 1 }],
  ] as const) {
    const { status, body: answer } = await create(folder, body);
    assert.ok(status === 400 || status === 404, `${folder} ${JSON.stringify(body)}: ${status}`);
    assert.ok(answer.error_code);
  }
  const path = new URL(credentials[0]?.url ?? '').pathname;
  for (const wrong of [path.replace(/\/1$/, '/3'), path.replace(/\/1$/, '/0'), path.replace(upload_id, 'x-1')]) {
    assert.equal((await call('PUT', wrong, Buffer.from('x'), { 'content-type': '' })).status, 400, wrong);
  }
  assert.equal((await step('complete', { upload_id: 'x', parts: [{ part_number: 1, etag: 'y' }] })).status, 400);
});
