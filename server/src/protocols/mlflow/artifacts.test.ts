import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openMlflow } from './mlflow.fixture.ts';

const root = '/api/2.0/mlflow-artifacts/artifacts';

test('files lie below a run or a model and nowhere else, by ranges if asked, and are only ever saved', async (t) => {
  const { post, call } = await openMlflow(t);
  const { run_id } = (await post('runs/create', { start_time: 1 })).body.run.info;
  const own = `${root}/0/${run_id}/artifacts`;
  const put = (path: string, body: string) => call('PUT', path, body, { 'content-type': 'text/plain' });
  assert.equal((await put(`${own}/a/b+c%20%C3%BC.html`, '<b>0123456789</b>')).status, 200);
  const got = await call('GET', `${own}/a/b+c%20%C3%BC.html`);
  assert.deepEqual([got.text, got.headers['x-content-type-options']], ['<b>0123456789</b>', 'nosniff']);
  assert.match(String(got.headers['content-disposition']), /^attachment/);
  const part = await call('GET', `${own}/a/b+c%20%C3%BC.html`, undefined, { range: 'bytes=3-5' });
  assert.deepEqual([part.status, part.text, part.headers['content-range']], [206, '012', 'bytes 3-5/17']);
  for (const path of ['..%2f..%2fetc%2fpasswd', '%252e%252e/x', 'a%00b', 'a%5c..%5cb', 'x%23y', 'x;/../../y']) {
    for (const method of ['GET', 'PUT', 'DELETE'] as const) {
      const { status } = await call(method, `${own}/${path}`, method === 'PUT' ? 'x' : undefined, { 'content-type': 'text/plain' });
      assert.ok(status === 400 || (method !== 'PUT' && status < 500), `${method} ${path}: ${status}`);
      if (method === 'PUT') assert.equal(status, 400, path);
    }
  }
  for (const path of ['x', '0/x', `1/${run_id}/artifacts/x`, `0/${run_id}/x`, 'models/x', '0/models/m-1/artifacts/x']) {
    assert.ok([400, 404].includes((await put(`${root}/${path}`, 'x')).status), path);
  }
  assert.equal((await put(`${own}/a`, 'a folder has this name')).status, 409);
  assert.equal((await put(`${root}/0/${'0'.repeat(32)}/artifacts/x`, 'x')).status, 404);
  // A file cannot be a folder too, whichever came first; the same file may come again.
  for (const [path, status] of [
    ['plots/a/roc.png', 200],
    ['plots/a/roc.png', 200],
    ['plots/a', 409],
    ['plots', 409],
    ['plots/a/roc.png/x', 409],
    ['plots/ab', 200],
    ['plot', 200],
  ] as const)
    assert.equal((await put(`${own}/${path}`, path)).status, status, path);
});

test('a file is saved under its own name, whatever letters it has, and said to be what clients of MLflow expect', async (t) => {
  const { post, call } = await openMlflow(t);
  const { run_id } = (await post('runs/create', { start_time: 1 })).body.run.info;
  const kinds: readonly (readonly [name: string, saved: string, type: string])[] = [
    ['a.txt', 'a.txt', 'text/plain'],
    ['dog+step+20.png', 'dog+step+20.png', 'image/png'],
    ['MLmodel', 'MLmodel', 'text/plain'],
    ['mlproject', 'mlproject', 'text/plain'],
    ['table.json', 'table.json', 'text/plain'],
    ['page.html', 'page.html', 'text/html'],
    ['model.pkl', 'model.pkl', 'application/octet-stream'],
    ['a "b" c.txt', '"a \\"b\\" c.txt"', 'text/plain'],
    ['größe.txt', "groe.txt; filename*=UTF-8''gr%C3%B6%C3%9Fe.txt", 'text/plain'],
    ['図.png', ".png; filename*=UTF-8''%E5%9B%B3.png", 'image/png'],
  ];
  for (const [name, saved, type] of kinds) {
    await call('PUT', `${root}/0/${run_id}/artifacts/d/${encodeURIComponent(name)}`, 'x', { 'content-type': '' });
    for (const path of [
      `${root}/0/${run_id}/artifacts/d/${encodeURIComponent(name)}`,
      `/get-artifact?run_id=${run_id}&path=d/${encodeURIComponent(name)}`,
    ]) {
      const { status, headers } = await call('GET', path);
      assert.deepEqual(
        [status, headers['content-disposition'], headers['content-type']],
        [200, `attachment; filename=${saved}`, type],
        path,
      );
    }
  }
});

test('a dot in a path is the folder itself, as clients write it who want all files of a run', async (t) => {
  const { post, get, call } = await openMlflow(t);
  const { run_id } = (await post('runs/create', { start_time: 1 })).body.run.info;
  const own = `0/${run_id}/artifacts`;
  await call('PUT', `${root}/${own}/dir/my.file`, 'Hello', { 'content-type': '' });
  const whole = { files: [{ path: 'dir', is_dir: true }] };
  assert.deepEqual((await call('GET', `${root}?path=${own}/.`)).body, whole);
  assert.deepEqual((await get(`artifacts/list?run_id=${run_id}&path=.`)).body.files, whole.files);
  assert.deepEqual((await call('GET', `${root}?path=${own}/./dir`)).body, { files: [{ path: 'my.file', is_dir: false, file_size: 5 }] });
  assert.equal((await call('GET', `${root}/${own}/./dir/my.file`)).text, 'Hello');
});
