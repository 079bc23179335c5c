import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type MlflowRoute, mlflowEndpoints, mlflowRoutes } from '@slipway/contracts';
import { type Method, openMlflow, password } from './mlflow.fixture.ts';

const addresses = Object.entries(mlflowRoutes).flatMap(([name, route]) =>
  mlflowEndpoints(name, route).map((endpoint) => ({
    ...endpoint,
    path: endpoint.path.replace(/:\w+|\*/g, 'x'),
    route: route as MlflowRoute,
  })),
);

test('every route and its twin asks who is there, and lets nobody do more than the right of its table says', async (t) => {
  const { call, tokenFor, access, admin } = await openMlflow(t);
  await access.projects.create(admin, { name: 'theirs', zone: 'UTC', clock: 'wall' });
  const reader = { authorization: `Bearer ${await tokenFor('default', ['read'])}` };
  const stranger = { authorization: `Bearer ${await tokenFor('theirs', ['read', 'write'])}`, 'x-mlflow-workspace': 'default' };
  for (const { method, path, permission, id, route } of addresses) {
    const body = method === 'GET' || route.streams ? undefined : {};
    const nobody = await call(method as Method, path, body, { authorization: '' });
    assert.equal(nobody.status, permission === 'public' ? 200 : 401, `${id} for nobody`);
    if (permission === 'public') continue;
    assert.equal(nobody.body?.error_code, 'UNAUTHENTICATED', id);
    assert.equal(nobody.headers['www-authenticate'], 'Basic realm="mlflow"');
    assert.equal((await call(method as Method, path, body, stranger)).status, 404, `${id} for a stranger`);
    const read = await call(method as Method, path, body, reader);
    if (permission === 'write') assert.deepEqual([read.status, read.body?.error_code], [403, 'PERMISSION_DENIED'], `${id} for a reader`);
    else assert.notEqual(read.status, 403, `${id} for a reader`);
  }
});

test('a client signs in by token, by address and password, and by a token in the place of the password', async (t) => {
  const { call, tokenFor } = await openMlflow(t);
  const path = '/api/2.0/mlflow/experiments/get?experiment_id=0';
  const basic = (user: string, word: string) => ({ authorization: `Basic ${Buffer.from(`${user}:${word}`).toString('base64')}` });
  assert.equal((await call('GET', path, undefined, basic('ada@example.org', password))).status, 200);
  assert.equal((await call('GET', path, undefined, basic('anybody', await tokenFor('default', ['read'])))).status, 200);
  assert.equal((await call('GET', path, undefined, basic('ada@example.org', 'another one'))).status, 401);
  assert.equal((await call('GET', path, undefined, { authorization: 'Basic ???' })).status, 401);
});

test('an address that is not served is a 404 that no client takes for an error of MLflow', async (t) => {
  const { call } = await openMlflow(t);
  for (const path of [
    '/api/2.0/mlflow/no/such',
    '/api/3.0/mlflow/scorers/list',
    '/ajax-api/2.0/mlflow/runs/search/',
    '/ajax-api/2.0/graphql',
  ]) {
    const { status, text } = await call('GET', path);
    assert.deepEqual([status, text], [404, 'Not Found'], path);
  }
});

test('a wrong method on a served address is 405 in plain text, and names the right ones', async (t) => {
  const { call } = await openMlflow(t);
  const wrong: readonly (readonly [Method, string, string])[] = [
    ['GET', '/api/2.0/mlflow/runs/create', 'POST'],
    ['DELETE', '/ajax-api/2.0/mlflow/experiments/search', 'GET, POST'],
    ['GET', '/graphql', 'POST'],
    ['PUT', '/api/2.0/mlflow/logged-models/m-1', 'DELETE, GET, PATCH'],
    ['PATCH', '/api/2.0/mlflow-artifacts/artifacts/0/a/b', 'DELETE, GET, PUT'],
  ];
  for (const [method, path, allowed] of wrong) {
    const { status, text, headers } = await call(method, path);
    assert.deepEqual([status, text, headers['allow']], [405, 'Method Not Allowed', allowed], `${method} ${path}`);
  }
});

test('a workspace is a project: what is logged in one is not seen in the other', async (t) => {
  const { call, access, admin, tokenFor } = await openMlflow(t);
  await access.projects.create(admin, { name: 'theirs', zone: 'UTC', clock: 'wall' });
  const theirs = { authorization: `Bearer ${await tokenFor('theirs', ['read', 'write'])}` };
  const { body } = await call('POST', '/api/2.0/mlflow/runs/create', { experiment_id: '0', start_time: 1 }, theirs);
  const { run_id, experiment_id } = body.run.info;
  assert.notEqual(experiment_id, '0');
  assert.equal((await call('GET', `/api/2.0/mlflow/runs/get?run_id=${run_id}`)).status, 404);
  assert.equal((await call('GET', `/api/2.0/mlflow/runs/get?run_id=${run_id}`, undefined, theirs)).status, 200);
});

test('a batch is kept whole or not at all', async (t) => {
  const { post, get } = await openMlflow(t);
  const { run_id } = (await post('runs/create', { start_time: 1 })).body.run.info;
  await post('runs/log-parameter', { run_id, key: 'p', value: '1' });
  const metrics = [{ key: 'm', value: 1, timestamp: 1, step: 0 }];
  const clash = await post('runs/log-batch', { run_id, metrics, params: [{ key: 'p', value: '2' }], tags: [{ key: 't', value: 'v' }] });
  assert.equal(clash.body.error_code, 'INVALID_PARAMETER_VALUE');
  const { data } = (await get(`runs/get?run_id=${run_id}`)).body.run;
  assert.deepEqual([data.metrics, data.tags.length], [undefined, 1]);
});

test('a batch that is refused leaves nothing at the models that it measures, and does not rename its run', async (t) => {
  const { post, get } = await openMlflow(t);
  const { run_id, run_name } = (await post('runs/create', { start_time: 1 })).body.run.info;
  const { model_id } = (await post('logged-models', { experiment_id: '0', name: 'iris' })).body.model.info;
  await post('runs/log-parameter', { run_id, key: 'p', value: '1' });
  const point = { key: 'm', value: 1, timestamp: 1, step: 0 };
  const tags = [{ key: 'mlflow.runName', value: 'renamed' }];
  const measured = { ...point, model_id };
  const clash = await post('runs/log-batch', { run_id, metrics: [measured], params: [{ key: 'p', value: '2' }], tags });
  assert.equal(clash.body.error_code, 'INVALID_PARAMETER_VALUE');
  const unknown = await post('runs/log-batch', { run_id, metrics: [measured, { ...point, model_id: `m-${'0'.repeat(32)}` }], tags });
  assert.deepEqual([unknown.status, unknown.body.error_code], [404, 'RESOURCE_DOES_NOT_EXIST']);
  const run = (await get(`runs/get?run_id=${run_id}`)).body.run;
  assert.deepEqual([run.data.metrics, run.info.run_name], [undefined, run_name]);
  assert.equal((await get(`logged-models/${model_id}`)).body.model.data.metrics, undefined);
  await post('runs/log-batch', { run_id, metrics: [measured], tags });
  assert.equal((await get(`logged-models/${model_id}`)).body.model.data.metrics.length, 1);
  assert.equal((await get(`runs/get?run_id=${run_id}`)).body.run.info.run_name, 'renamed');
});

test('a version of a logged model that is not there is refused, and no version is made', async (t) => {
  const { post, get } = await openMlflow(t);
  await post('registered-models/create', { name: 'iris' });
  const made = await post('model-versions/create', { name: 'iris', source: 's3://bucket/x', model_id: `m-${'0'.repeat(32)}` });
  assert.equal(made.status, 404);
  assert.deepEqual((await get('model-versions/search')).body, {});
});

test('spans whose numbers are written in odd ways are read back, and those that are no numbers are refused by name', async (t) => {
  const { call } = await openMlflow(t);
  const span = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), name: 'x', startTimeUnixNano: '007', endTimeUnixNano: 9 };
  const send = (more: object) => {
    const body = { resourceSpans: [{ scopeSpans: [{ spans: [{ ...span, ...more }] }] }] };
    return call('POST', '/v1/traces', body, { 'x-mlflow-experiment-id': '0', 'content-type': 'application/json' });
  };
  const odd = { attributes: [{ key: 'i', value: { intValue: '-007' } }], events: [{ name: 'e', timeUnixNano: '08' }] };
  assert.equal((await send(odd)).status, 200);
  const read = await call('GET', `/api/3.0/mlflow/traces/get?trace_id=tr-${span.traceId}`);
  const [{ attributes, events, start_time_unix_nano }] = read.body.trace.spans;
  assert.deepEqual([attributes[0].value.int_value, events[0].time_unix_nano, start_time_unix_nano], [-7, 8, 7]);
  for (const [name, wrong] of Object.entries({ startTimeUnixNano: 'soon', name: 1, attributes: 'x', events: [1], kind: 9 })) {
    const { status, body } = await send({ [name]: wrong });
    assert.equal(status, 400, name);
    assert.match(body.message, new RegExp(name));
  }
  assert.equal((await send({ startTimeUnixNano: '9999999999999999999' })).status, 400);
});

test('a filter or an order by what every object has is refused in words', async (t) => {
  const { post } = await openMlflow(t);
  for (const word of ['constructor', 'toString', '__proto__']) {
    for (const asked of [{ order_by: [word] }, { filter: `${word} = 'x'` }, { filter: `${word}.x = 'x'` }]) {
      const { status, body } = await post('runs/search', { experiment_ids: ['0'], ...asked });
      assert.deepEqual([status, body.error_code], [400, 'INVALID_PARAMETER_VALUE'], JSON.stringify(asked));
    }
  }
});

const bad: readonly (readonly [what: string, path: string, body: unknown, message: RegExp])[] = [
  [
    'one metric too many',
    'runs/log-batch',
    { metrics: Array.from({ length: 1001 }, (_, step) => ({ key: 'm', value: 1, timestamp: 1, step })) },
    /at most 1000 metrics/,
  ],
  [
    'one param too many',
    'runs/log-batch',
    { params: Array.from({ length: 101 }, (_, at) => ({ key: `p${at}`, value: '' })) },
    /at most 100 params/,
  ],
  [
    'a thousand and one in all',
    'runs/log-batch',
    { metrics: Array.from({ length: 1000 }, (_, step) => ({ key: 'm', value: 1, timestamp: 1, step })), tags: [{ key: 't', value: '' }] },
    /at most 1000 metrics, params, and tags/,
  ],
  ['a key of 251 characters', 'runs/set-tag', { key: 'k'.repeat(251), value: '' }, /exceeds the maximum length of 250/],
  ['a key that climbs', 'runs/set-tag', { key: 'a/../b', value: '' }, /would resolve to 'b'/],
  ['a negative time', 'runs/log-metric', { key: 'm', value: 1, timestamp: -1 }, /nonnegative long/],
  ['half a millisecond', 'runs/log-metric', { key: 'm', value: 1, timestamp: 1.5 }, /Invalid value 1\.5 for parameter 'timestamp'/],
  ['an unknown status', 'runs/update', { status: 'NOPE' }, /Invalid value "NOPE" for parameter 'status'/],
  ['a list for a text', 'runs/set-tag', { key: ['k'], value: '' }, /Invalid value \["k"\] for parameter 'key'/],
  ['a metric without a value in a batch', 'runs/log-batch', { metrics: [{ key: 'm', timestamp: 1 }] }, /'metrics\[0\]\.value'/],
];

test('what is over a limit or of a wrong kind is refused in the words that clients know, and nothing of it is kept', async (t) => {
  const { post, get } = await openMlflow(t);
  const { run_id } = (await post('runs/create', { start_time: 1 })).body.run.info;
  const before = (await get(`runs/get?run_id=${run_id}`)).text;
  for (const [what, path, body, message] of bad) {
    const { status, body: answer } = await post(path, { run_id, ...(body as object) });
    assert.deepEqual([status, answer.error_code], [400, 'INVALID_PARAMETER_VALUE'], what);
    assert.match(answer.message, message, what);
  }
  assert.equal((await get(`runs/get?run_id=${run_id}`)).text, before);
});

test('a search pages through every run once, whatever it is ordered by, and a token of another search is refused', async (t) => {
  const { post } = await openMlflow(t);
  const values = [3, 1, null, Number.NaN, 2, 2, Number.POSITIVE_INFINITY, null, -1];
  const names: string[] = [];
  for (const [at, value] of values.entries()) {
    const { run_id } = (await post('runs/create', { start_time: 1000 + (at % 3), run_name: `r${at}` })).body.run.info;
    names.push(run_id);
    const metrics = value === null ? [] : [{ key: 'm', value: Number.isFinite(value) ? value : String(value), timestamp: 1 }];
    await post('runs/log-batch', { run_id, metrics, params: at % 2 ? [{ key: 'odd', value: String(at) }] : [] });
  }
  for (const order_by of [[], ['metrics.m DESC'], ['metrics.m'], ['params.odd DESC', 'metrics.m'], ['attributes.run_name'], ['end_time']]) {
    const whole = (await post('runs/search', { experiment_ids: ['0'], order_by })).body.runs.map((run: Run) => run.info.run_id);
    assert.equal(whole.length, values.length);
    const paged: string[] = [];
    let page_token = '';
    do {
      const { body } = await post('runs/search', { experiment_ids: ['0'], order_by, max_results: 2, page_token });
      paged.push(...body.runs.map((run: Run) => run.info.run_id));
      page_token = body.next_page_token ?? '';
    } while (page_token !== '');
    assert.deepEqual(paged, whole, order_by.join());
  }
  const byMetric = (await post('runs/search', { experiment_ids: ['0'], order_by: ['metrics.m DESC'] })).body.runs.map((run: Run) =>
    names.indexOf(run.info.run_id),
  );
  assert.deepEqual(byMetric.slice(0, 2), [6, 0]);
  assert.deepEqual(byMetric.slice(-3)[0], 3, 'NaN comes after the numbers, and before what has none');
  const { next_page_token } = (await post('runs/search', { experiment_ids: ['0'], max_results: 2 })).body;
  const other = await post('runs/search', { experiment_ids: ['0'], max_results: 2, filter: 'metrics.m > 0', page_token: next_page_token });
  assert.deepEqual([other.status, other.body.error_code], [400, 'INVALID_PARAMETER_VALUE']);
});

interface Run {
  readonly info: { readonly run_id: string };
}

test('a version is what it was when it was registered, whatever is uploaded later', async (t) => {
  const { post, get, call } = await openMlflow(t);
  const made = (await post('logged-models', { experiment_id: '0', name: 'iris' })).body.model.info;
  const file = `/api/2.0/mlflow-artifacts/artifacts/0/models/${made.model_id}/artifacts/MLmodel`;
  await call('PUT', file, 'flavors:\n  sklearn:\n    code: null\n', { 'content-type': 'text/plain' });
  await post('registered-models/create', { name: 'iris' });
  const version = await post('model-versions/create', { name: 'iris', source: `models:/${made.model_id}`, model_id: made.model_id });
  assert.equal(version.body.model_version.version, '1');
  await call('PUT', file, 'changed', { 'content-type': 'text/plain' });
  const { artifact_uri } = (await get('model-versions/get-download-uri?name=iris&version=1')).body;
  const place = artifact_uri.replace('mlflow-artifacts:/', '');
  assert.match((await call('GET', `/api/2.0/mlflow-artifacts/artifacts/${place}/MLmodel`)).text, /sklearn/);
  assert.equal((await call('PUT', `/api/2.0/mlflow-artifacts/artifacts/${place}/MLmodel`, 'x', { 'content-type': '' })).status, 400);
  for (const source of [
    '/etc/passwd',
    'file:///etc/passwd',
    'FILE:/etc',
    '../x',
    'models:/m-00000000000000000000000000000000',
    's3://b/../c',
    'runs:/x/y',
    `mlflow-artifacts:/0/${'1'.repeat(32)}/artifacts/m`,
  ]) {
    assert.equal((await post('model-versions/create', { name: 'iris', source })).status, 400, source);
  }
});

test('an alias that a deployment holds is moved by nobody, and the refusal names the way', async (t) => {
  const { post, call, models, access, database } = await openMlflow(t);
  await post('registered-models/create', { name: 'delay' });
  await post('model-versions/create', { name: 'delay', source: 's3://bucket/model' });
  const project = await access.projects.resolve('default');
  await database.write((tx) => models.protectIn(tx, project, 'delay', 'champion', 'delay-live'));
  const moved = await post('registered-models/alias', { name: 'delay', alias: 'champion', version: '1' });
  assert.deepEqual([moved.status, moved.body.error_code], [409, 'RESOURCE_CONFLICT']);
  assert.match(moved.body.message, /slipway deploy delay-live/);
  const staged = await post('model-versions/transition-stage', { name: 'delay', version: '1', stage: 'Production' });
  assert.match(staged.body.message, /slipway deploy delay-live/);
  assert.equal((await call('DELETE', '/api/2.0/mlflow/registered-models/delete', { name: 'delay' })).status, 409);
  assert.equal((await post('registered-models/alias', { name: 'delay', alias: 'challenger', version: '1' })).status, 200);
});
