import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Scope, type Server, startServer, temporaryFolder } from '../journeys/a-server.fixture.ts';
import { type Ask, openAsker, type Say, speaker } from './ask.fixture.ts';

const many = 200;
const slowest_ms = 2_000;
const api = '/api/2.0/mlflow';

let server: Server;
let ask: Ask;
let say: Say;
let run_id: string;
let experiment_id: string;
/** Below the proxy, with a slash at the end. */
let files: string;
const undo: (() => unknown)[] = [];
const scope: Scope = { after: (step) => undo.unshift(step) };

before(async () => {
  server = await startServer(scope, temporaryFolder(scope));
  const asker = openAsker(server.address, many);
  scope.after(asker.close);
  ask = asker.ask;
  say = speaker(ask, server.admin.token);
  ({ run_id, experiment_id } = (await say<Made>('POST', `${api}/runs/create`, { start_time: 1 })).run.info);
  files = `/api/2.0/mlflow-artifacts/artifacts/${experiment_id}/${run_id}/artifacts/`;
});
after(async () => {
  for (const step of undo) await step();
});

interface Made {
  readonly run: { readonly info: { readonly run_id: string; readonly experiment_id: string } };
}

const as = (): Record<string, string> => ({ authorization: `Bearer ${server.admin.token}` });
const get = (path: string) => ask({ method: 'GET', path, headers: as() });
const put = (path: string, body: Buffer | string) => ask({ method: 'PUT', path, headers: as(), body });
const post = (path: string, body: object) =>
  ask({ method: 'POST', path, headers: { ...as(), 'content-type': 'application/json' }, body: JSON.stringify(body) });

async function listed(path = ''): Promise<string[]> {
  const found = await say<{ files?: { path: string }[] }>('GET', `${api}/artifacts/list?run_id=${run_id}&path=${encodeURIComponent(path)}`);
  return (found.files ?? []).map((file) => file.path);
}

/** Sends the head of a request and some of its body, and cuts the connection. */
async function cut(head: readonly string[], body: Buffer, after_ms = 30): Promise<void> {
  const { hostname, port, host } = new URL(server.address);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write([...head, `host: ${host}`, `authorization: Bearer ${server.admin.token}`, '', ''].join('\r\n'));
  socket.write(body);
  await sleep(after_ms);
  socket.resetAndDestroy();
  await sleep(100);
}

test('an upload that is cut leaves nothing, and what stood there before stays whole', async () => {
  const part = Buffer.alloc(300_000, 'x');
  const chunk = Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]);
  const ways: readonly (readonly [string, readonly string[], Buffer])[] = [
    ['by length', ['content-length: 1000000'], part],
    ['by chunks', ['transfer-encoding: chunked'], chunk],
    ['gzip', ['content-length: 1000000', 'content-encoding: gzip'], part],
    ['before its first byte', ['content-length: 1000000'], Buffer.alloc(0)],
  ];
  await put(`${files}stays.bin`, 'as it was');
  for (const [way, headers, body] of ways) {
    for (const name of ['new.bin', 'stays.bin']) await cut([`PUT ${files}${name} HTTP/1.1`, ...headers], body);
    assert.equal((await get(`${files}new.bin`)).status, 404, way);
    assert.equal((await get(`${files}stays.bin`)).text, 'as it was', way);
  }
  assert.deepEqual(await listed(), ['stays.bin']);
});

test('of two uploads to one path at once one is there, whole', async () => {
  for (let round = 0; round < 5; round++) {
    const contents = ['a', 'b', 'c', 'd'].map((sign) => sign.repeat(400_000 + round));
    const answers = await Promise.all(contents.map((content) => put(`${files}raced.bin`, content)));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200, 200],
    );
    assert.ok(contents.includes((await get(`${files}raced.bin`)).text));
  }
});

test('paths that escape are refused, those that differ in case or in the form of a letter are different files, and no file is a folder', async () => {
  const before = await listed();
  const escapes = [
    '../up',
    'a/../../up',
    '..%2f..%2fup',
    '%2e%2e/up',
    'a%2f..%2fup',
    '%5c..%5cup',
    'C:%5cx',
    '%2fetc%2fpasswd',
    'x%00',
    '~%2f..%2fx',
  ];
  for (const path of escapes) {
    const { status, text } = await put(`${files}${path}`, 'x');
    assert.ok(status === 400 || (status === 404 && text === 'Not Found'), `${path}: ${status} ${text}`);
  }
  assert.deepEqual(await listed(), before);
  // A dot is the folder that it stands in, as clients write the whole of a run.
  assert.deepEqual([(await put(`${files}a/./dotted`, 'x')).status, (await get(`${files}a/dotted`)).text], [200, 'x']);
  const names = ['case.txt', 'Case.txt', 'caf\u00e9.txt', 'cafe\u0301.txt', 'ﬁle.txt', 'file.txt', '%25.txt', ' .txt'];
  for (const name of names) {
    const { status, text } = await put(`${files}${encodeURIComponent(name)}`, `this is ${name}`);
    assert.ok(status === 200 || status === 400, `${name}: ${text}`);
    const read = await get(`${files}${encodeURIComponent(name)}`);
    assert.deepEqual([read.status, status === 200 ? read.text : ''], status === 200 ? [200, `this is ${name}`] : [read.status, '']);
    if (status === 400) assert.ok(read.status >= 400, name);
  }
  assert.ok((await listed()).includes('case.txt') && (await listed()).includes('Case.txt'));
  const model = await say<{ model: { info: { model_id: string } } }>('POST', `${api}/logged-models`, { experiment_id, name: 'm' });
  for (const root of [files, `/api/2.0/mlflow-artifacts/artifacts/${experiment_id}/models/${model.model.info.model_id}/artifacts/`]) {
    assert.equal((await put(`${root}folder/inner`, 'x')).status, 200);
    assert.equal((await put(`${root}folder`, 'x')).status, 409, 'a folder has this name');
    assert.equal((await put(`${root}folder/inner/deeper`, 'x')).status, 409, 'a file has the name of its folder');
    assert.equal((await get(`${root}folder`)).status, 404);
    assert.equal((await get(`${root}folder/inner`)).text, 'x');
    assert.equal((await put(root, 'x')).status, 400, 'a file needs a name');
  }
});

const batchOf = (n: number, size = 500) => ({
  run_id,
  metrics: Array.from({ length: size }, (_, step) => ({ key: `m${n}`, value: step, timestamp: 1, step })),
  params: [{ key: `p${n}`, value: 'x' }],
});

/** How many parts of a batch are there. */
async function partsOf(n: number): Promise<number> {
  const { run } = await say<{ run: { data: { params?: { key: string }[] } } }>('GET', `${api}/runs/get?run_id=${run_id}`);
  const history = await say<{ metrics?: object[] }>('GET', `${api}/metrics/get-history?run_id=${run_id}&metric_key=m${n}`);
  return (history.metrics?.length ?? 0) + (run.data.params?.some(({ key }) => key === `p${n}`) ? 1 : 0);
}

test('of a batch whose client is gone in the middle nothing is kept, and of one that was sent whole all or nothing', async () => {
  const text = Buffer.from(JSON.stringify(batchOf(1)));
  const head = [`POST ${api}/runs/log-batch HTTP/1.1`, 'content-type: application/json', `content-length: ${text.length}`];
  await cut(head, text.subarray(0, text.length - 10));
  assert.equal(await partsOf(1), 0);
  for (let n = 2; n < 12; n++) {
    const whole = Buffer.from(JSON.stringify(batchOf(n)));
    await cut([...head.slice(0, 2), `content-length: ${whole.length}`], whole, n % 4);
    assert.ok([0, 501].includes(await partsOf(n)), `batch ${n} is there by half`);
  }
});

test('two hundred clients at once are all answered, and all that was answered with 200 is there', async () => {
  const clients = Array.from({ length: many }, (_, at) => 1000 + at);
  const answers = await Promise.all(clients.map((n) => post(`${api}/runs/log-batch`, batchOf(n, 20))));
  const refused = answers.filter(({ status }) => ![200, 429, 503].includes(status));
  assert.deepEqual(
    refused.map(({ status, text }) => `${status} ${text.slice(0, 100)}`),
    [],
  );
  assert.ok(answers.filter(({ status }) => status === 200).length >= many / 2);
  for (const [at, { status }] of answers.entries()) assert.equal(await partsOf(clients[at] ?? 0), status === 200 ? 21 : 0);
});

/** Each search with a query and another one. */
function searches(): readonly (readonly [string, object, object])[] {
  const locations = [{ type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id } }];
  const experiment_ids = [experiment_id];
  return [
    [`${api}/runs/search`, { experiment_ids }, { experiment_ids, filter: "params.x = 'y'" }],
    [`${api}/runs/search`, { experiment_ids }, { experiment_ids, order_by: ['metrics.m1'] }],
    [`${api}/runs/search`, { experiment_ids }, { experiment_ids, run_view_type: 'ALL' }],
    [`${api}/logged-models/search`, { experiment_ids }, { experiment_ids, filter: "name = 'm'" }],
    ['/api/3.0/mlflow/traces/search', { locations }, { locations, filter: "tag.x = 'y'" }],
  ];
}

test('a page token of another query, or none at all, is refused in words', async () => {
  for (let n = 0; n < 3; n++) {
    await say('POST', `${api}/runs/create`, { experiment_id, start_time: n });
    await say('POST', `${api}/logged-models`, { experiment_id, name: 'm' });
    const place = { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id } };
    const trace_info = { trace_id: `tr-${n}`, request_time: '2026-01-01T00:00:00Z', trace_location: place, state: 'OK' };
    await say('POST', '/api/3.0/mlflow/traces', { trace: { trace_info } });
  }
  const tokens = new Map<string, string>();
  for (const [path, query, other] of searches()) {
    const first = await post(path, { ...query, max_results: 1 });
    const { next_page_token = '' } = JSON.parse(first.text) as { next_page_token?: string };
    assert.notEqual(next_page_token, '', path);
    tokens.set(path, next_page_token);
    const { status, text } = await post(path, { ...other, max_results: 1, page_token: next_page_token });
    assert.deepEqual([status, JSON.parse(text).error_code], [400, 'INVALID_PARAMETER_VALUE'], `${path} ${JSON.stringify(other)}`);
  }
  const foreign = [...tokens.values(), 'x', '%', 'e30=', Buffer.from('{"offset":-1}').toString('base64'), 'A'.repeat(100_000)];
  for (const [path, query] of searches()) {
    for (const page_token of foreign.filter((token) => token !== tokens.get(path))) {
      const { status, text } = await post(path, { ...query, max_results: 1, page_token });
      assert.equal(status, 400, `${path} ${page_token.slice(0, 40)}: ${text.slice(0, 200)}`);
    }
  }
  for (const path of ['experiments', 'registered-models', 'model-versions']) {
    for (const token of ['x', Buffer.from('{"offset":-1}').toString('base64'), ...tokens.values()]) {
      const { status } = await get(`${api}/${path}/search?max_results=1&page_token=${encodeURIComponent(token)}`);
      assert.equal(status, 400, `${path} ${token}`);
    }
  }
});

/** What a text is compared with in each search. */
const fieldOf = (path: string): string => (path.includes('runs') ? 'params.long' : path.includes('traces') ? 'tag.long' : 'name');

/** `name` stands for a field that holds a long text. */
const tricks = (name: string): readonly string[] => [
  `${name} = '${'a'.repeat(100_000)}'`,
  `${name} LIKE '${'%a'.repeat(50_000)}b'`,
  `${name} LIKE '${'%a'.repeat(4_900)}b'`,
  `${name} ILIKE '${'%A'.repeat(4_900)}b'`,
  `${name} ILIKE '${'%_'.repeat(4_900)}b'`,
  `${name} LIKE '${'*'.repeat(9_999)}'`,
  `${name} LIKE '${'[a'.repeat(4_999)}'`,
  `${name} IN (${"'a',".repeat(25_000)}'a')`,
  `${name} IN (${"'a',".repeat(9_000)}'a')`,
  Array.from({ length: 100 }, (_, n) => `${name} != '${String(n).repeat(400)}'`).join(' and '),
  Array.from({ length: 100 }, () => `${name} LIKE '${'%a'.repeat(450)}b'`).join(' and '),
  Array.from({ length: 100 }, (_, n) => `tags.k${n} = '${'v'.repeat(980)}'`).join(' and '),
  Array.from({ length: 5_000 }, (_, n) => `tags.k${n} = 'v'`).join(' and '),
  '('.repeat(100_000),
  "'".repeat(100_000),
  '`'.repeat(100_001),
  ' '.repeat(100_000),
  `tags.\`${'a'.repeat(100_000)}\` = 'v'`,
  `${'a.'.repeat(50_000)}a = 'v'`,
  `${name} = 'a' ${'and '.repeat(25_000)}`,
  `${name} ${'not '.repeat(25_000)}in ('a')`,
  `metrics.m > ${'9'.repeat(100_000)}`,
  `metrics.m > 1${'e1'.repeat(50_000)}`,
  `${name} = '\0${'\u{1f600}'.repeat(25_000)}'`,
];

test('filters and orders of 100 kB are answered soon, and refused in words where they are too much', async () => {
  const value = 'a'.repeat(6000);
  await say('POST', `${api}/runs/log-parameter`, { run_id, key: 'long', value });
  await say('POST', `${api}/logged-models`, { experiment_id, name: 'a'.repeat(500) });
  await say('POST', `${api}/experiments/create`, { name: 'a'.repeat(500) });
  await say('PATCH', '/api/3.0/mlflow/traces/tr-0/tags', { key: 'long', value });
  const slow: string[] = [];
  const wrong: string[] = [];
  const paths = [...searches().map(([path, query]) => [path, query] as const), [`${api}/experiments/search`, { max_results: 5 }] as const];
  for (const [path, query] of new Map(paths)) {
    for (const text of tricks(fieldOf(path))) {
      for (const asked of [{ filter: text }, { order_by: path.includes('logged') ? [{ field_name: text }] : [text] }]) {
        const answer = await post(path, { ...query, ...asked });
        const told = `${path} ${Object.keys(asked)} ${text.slice(0, 40)}: ${answer.status} ${answer.text.slice(0, 200)}`;
        if (answer.status !== 200 && (answer.status !== 400 || answer.text.length > 20_000)) wrong.push(told);
        if (answer.took_ms > slowest_ms) slow.push(`${Math.round(answer.took_ms)} ms ${told}`);
      }
    }
  }
  assert.deepEqual(wrong, []);
  assert.deepEqual(slow, []);
});
