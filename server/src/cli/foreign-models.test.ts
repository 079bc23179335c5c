import assert from 'node:assert/strict';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { attributeType, dataType, encodeOnnx } from '../platform/onnx/index.ts';
import { exits } from './exits.ts';
import { type Ended, slipway, startUp, temporaryFolder, type Up } from './up.fixture.ts';

const fixture = (name: string): string => fileURLToPath(new URL(`../features/models/foreign/${name}`, import.meta.url));
const said: {
  readonly matrix: { readonly rows: number[][]; readonly labels: string[]; readonly probabilities: number[][] };
  readonly columns: { readonly rows: Record<string, string | number | null>[]; readonly predictions: number[] };
} = JSON.parse(readFileSync(fixture('predictions.json'), 'utf8'));
/** The files compute in float32, scikit-learn in double. */
const close = (ours: number, theirs: number): boolean => Math.abs(ours - theirs) <= 1e-5 * Math.max(1, Math.abs(theirs));

let folder: string;
let server: Up;
let token: string;

before(async (context) => {
  const t = context as unknown as Parameters<typeof temporaryFolder>[0];
  folder = temporaryFolder(t);
  server = await startUp(t, folder);
  token = /MLFLOW_TRACKING_TOKEN='([^']+)'/.exec((await works('env')).out)?.[1] ?? '';
});

async function works(...words: string[]): Promise<Ended> {
  const ended = await slipway(folder, words);
  assert.equal(ended.exit, exits.ok, `slipway ${words.join(' ')}\n${ended.out}\n${ended.error}`);
  return ended;
}

/** The members of the answers that are looked at here. */
interface Body {
  readonly run: { readonly info: { readonly run_id: string } };
  readonly predictions: {
    readonly label: string;
    readonly probability: number;
    readonly probabilities: Readonly<Record<string, number>>;
    readonly prediction: number;
    readonly warnings: readonly string[];
  }[];
  readonly outputs: { readonly data: (string | number)[] }[];
  readonly error: { readonly code: string };
}

async function ask(path: string, body: unknown, method = 'POST'): Promise<{ status: number; body: Body }> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await fetch(server.address + path, { method, headers, body: JSON.stringify(body) });
  return { status: answer.status, body: (await answer.json()) as Body };
}

const tensor = (name: string, datatype: string, data: unknown[]) => ({ name, datatype, shape: [data.length, 1], data });

test('a matrix model of scikit-learn answers as it did there, by both protocols, once it is added and deployed', async () => {
  const added = await works('models', 'add', fixture('matrix.onnx'), '--name', 'wear', '--matrix-columns', 'a, b,c');
  assert.match(added.out, /^Version 1 of wear: binary \(fine, wear\), takes a, b, c\.$/m);
  const again = await works('models', 'add', fixture('matrix.onnx'), '--name', 'wear', '--matrix-columns', 'a,b,c', '--json');
  assert.deepEqual([JSON.parse(again.out).is_new, JSON.parse(again.out).version.number], [false, 1]);
  const deployed = await works('deploy', 'wear');
  assert.match(deployed.out, /^Made deployment wear of model wear in staging: .*\/v2\/models\/wear/m);
  assert.match(deployed.out, /^wear: version 1 is promoted/m);
  assert.doesNotMatch((await works('deploy', 'wear')).out, /Made/);
  const { matrix } = said;
  const rows = matrix.rows.map(([a, b, c]) => ({ a, b, c }));
  const own = await ask('/api/v1/deployments/wear/predict', { rows });
  assert.equal(own.body.predictions.length, rows.length);
  own.body.predictions.forEach((one, at) => {
    assert.equal(one.label, matrix.labels[at]);
    assert.ok(close(one.probability, matrix.probabilities[at]?.[1] ?? Number.NaN), `row ${at}`);
  });
  const inputs = ['a', 'b', 'c'].map((name, at) =>
    tensor(
      name,
      'FP32',
      matrix.rows.map((row) => row[at]),
    ),
  );
  const open = await ask('/v2/models/wear/infer', { inputs });
  const [label, probabilities] = open.body.outputs;
  assert.deepEqual(label?.data, matrix.labels);
  matrix.probabilities.flat().forEach((value, at) => {
    assert.ok(close(Number(probabilities?.data[at]), value), `value ${at}`);
  });
  const missing = await ask('/api/v1/deployments/wear/predict', { rows: [{ a: 1, b: null, c: 1 }] });
  assert.deepEqual([missing.status, missing.body.error.code], [422, 'input_refused']);
});

test('a model with named columns takes texts, numbers and missing values as it did in scikit-learn', async () => {
  await works('models', 'add', fixture('columns.onnx'), '--name', 'cost', '--target', 'euro', '--description', 'what a part costs');
  assert.match((await works('models', 'show', 'cost', '1')).out, /^predicts +euro$/m);
  await works('deploy', 'cost');
  const { rows, predictions } = said.columns;
  assert.ok(rows.some((row) => row['load'] === null));
  const own = await ask('/api/v1/deployments/cost/predict', { rows });
  assert.equal(own.body.predictions.length, rows.length);
  own.body.predictions.forEach((one, at) => {
    assert.ok(close(one.prediction, predictions[at] ?? Number.NaN), `row ${at}`);
    assert.deepEqual(one.warnings, rows[at]?.['load'] === null ? ['load: missing'] : []);
  });
  const inputs = ['line', 'speed', 'load'].map((name) =>
    tensor(
      name,
      name === 'line' ? 'BYTES' : 'FP64',
      rows.map((row) => row[name]),
    ),
  );
  const open = await ask('/v2/models/cost/infer', { inputs });
  assert.equal(open.body.outputs[0]?.data.length, predictions.length);
  open.body.outputs[0]?.data.forEach((value, at) => {
    assert.ok(close(Number(value), predictions[at] ?? Number.NaN), `row ${at}`);
  });
  assert.match((await works('deployments', 'show', 'cost')).out, /version 1 100%/);
  assert.notEqual((await works('report', 'cost')).out.trim(), '');
});

test('classes that are told at adding are what the answers say', async () => {
  const column = (name: string, elemType: number, width?: number) => {
    const dim = [{ dimParam: 'N' }, ...(width === undefined ? [] : [{ dimValue: width }])];
    return { name, type: { tensorType: { elemType, shape: { dim } } } };
  };
  const axis = { name: 'axis', type: attributeType.int, i: 1 };
  const keep = { name: 'keepdims', type: attributeType.int, i: 0 };
  const bytes = encodeOnnx({
    irVersion: 8,
    graph: {
      node: [
        { input: ['x'], output: ['probabilities'], opType: 'Softmax', attribute: [axis] },
        { input: ['x'], output: ['label'], opType: 'ArgMax', attribute: [axis, keep] },
      ],
      input: [column('x', dataType.float, 2)],
      output: [column('label', dataType.int64), column('probabilities', dataType.float, 2)],
    },
    opsetImport: [{ domain: '', version: 17 }],
  });
  writeFileSync(join(folder, 'unnamed.onnx'), bytes);
  await works('models', 'add', 'unnamed.onnx', '--name', 'unnamed', '--classes', 'no,yes');
  await works('deploy', 'unnamed');
  const { body } = await ask('/api/v1/deployments/unnamed/predict', { rows: [{ x_0: 0, x_1: Math.log(3) }] });
  const [one] = body.predictions;
  assert.deepEqual([one?.label, Object.keys(one?.probabilities ?? {})], ['yes', ['no', 'yes']]);
  assert.ok(close(one?.probability ?? Number.NaN, 0.75));
});

test('what is no model that can be served is refused with the reason, nothing is made, and the server goes on', async () => {
  const bytes = readFileSync(fixture('columns.onnx'));
  const graph = { node: [{ input: ['x'], output: ['y'], opType: 'Neg' }], input: [], output: [{ name: 'y' }] };
  const elsewhere = { name: 'x', dims: [1], dataType: dataType.float, dataLocation: 1 };
  const external = encodeOnnx({ irVersion: 8, graph: { ...graph, initializer: [elsewhere] }, opsetImport: [{ domain: '', version: 17 }] });
  const cases: [string, Uint8Array, RegExp][] = [
    ['text', Buffer.from('speed,load\n1,2\n'), /no ONNX file/],
    ['empty', Buffer.alloc(0), /no ONNX file/],
    ['half', bytes.subarray(0, bytes.length / 2), /not all of it/],
    ['external', external, /external data.*save it as one file/],
    // A graph (field 7) that says it is 2 GB - 1 long.
    ['claim', Buffer.from([0x08, 0x08, 0x3a, 0xff, 0xff, 0xff, 0xff, 0x07, 0x00]), /not all of it/],
    ['pickle', Buffer.from('800495180000000000000000', 'hex'), /Python pickle, which is never loaded/],
  ];
  for (const [name, content, reason] of cases) {
    writeFileSync(join(folder, `${name}.onnx`), content);
    const { exit, error } = await slipway(folder, ['models', 'add', `${name}.onnx`, '--name', name]);
    assert.equal(exit, exits.failed, name);
    assert.match(error, reason);
  }
  writeFileSync(join(folder, 'huge.onnx'), '');
  // Sparse: it takes no room on the disk.
  truncateSync(join(folder, 'huge.onnx'), 2 * 2 ** 30);
  const huge = await slipway(folder, ['models', 'add', 'huge.onnx', '--name', 'huge']);
  assert.equal(huge.exit, exits.failed);
  assert.match(huge.error, /larger than a model file may be.*\nNothing was sent/);
  const { items } = JSON.parse((await works('models', 'ls', '--json')).out);
  assert.ok(items.every((one: { name: string }) => cases.every(([name]) => name !== one.name)));
  assert.equal((await fetch(`${server.address}/v2/health/live`)).status, 200);
});

test('a gate says that a file has no table to be judged on, and a model with a gate gets no deployment by itself', async () => {
  await works('models', 'add', fixture('columns.onnx'), '--name', 'judged', '--target', 'euro');
  const gate = { model: 'judged', criteria: [{ kind: 'bound', metric: 'rmse', max: 5 }], approvals: {} };
  // Set first, so that the next version is made under it.
  const set = await ask('/api/v1/projects/default/gates/strict', gate, 'PUT');
  assert.equal(set.status, 200, JSON.stringify(set.body));
  const second = await works('models', 'add', fixture('columns.onnx'), '--name', 'judged', '--target', 'price', '--json');
  assert.equal(JSON.parse(second.out).version.number, 2);
  const verdict = await slipway(folder, ['gate', 'evaluate', 'judged', '2']);
  assert.match(verdict.out, /was added as a file and has no table, so rmse could not be measured/);
  const deployed = await slipway(folder, ['deploy', 'judged']);
  assert.equal(deployed.exit, exits.failed);
  assert.match(deployed.error, /gate strict judges model judged/);
  const none = await slipway(folder, ['deploy', 'nowhere']);
  assert.match(none.error, /No deployment nowhere/);
});

test('a metric that the client reported passes a gate that accepts it, and the verdict says who measured it', async () => {
  const mlflow = (path: string, body: unknown) => ask(`/api/2.0/mlflow/${path}`, body);
  const criteria = [{ kind: 'bound', metric: 'val_rmse', max: 5, reported: 'accepted' }];
  const { run_id } = (await mlflow('runs/create', { experiment_id: '0', start_time: 1 })).body.run.info;
  await mlflow('runs/log-metric', { run_id, key: 'val_rmse', value: 3.5, timestamp: 1 });
  const artifact = `/api/2.0/mlflow-artifacts/artifacts/0/${run_id}/artifacts/model/model.onnx`;
  const sent = await fetch(`${server.address}${artifact}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}` },
    body: readFileSync(fixture('columns.onnx')),
  });
  assert.equal(sent.status, 200, await sent.text());
  await mlflow('registered-models/create', { name: 'told' });
  assert.equal((await ask('/api/v1/projects/default/gates/trusting', { model: 'told', criteria, approvals: {} }, 'PUT')).status, 200);
  const made = await mlflow('model-versions/create', { name: 'told', source: `runs:/${run_id}/model`, run_id });
  assert.equal(made.status, 200, JSON.stringify(made.body));
  const verdict = await works('gate', 'evaluate', 'told', '1', '--json');
  const { result, evidence } = JSON.parse(verdict.out);
  assert.deepEqual([result, evidence[0].value, evidence[0].reported], ['pass', 3.5, true], verdict.out);
  assert.match(evidence[0].reason, /as the run of this version reported; nobody here measured it/);
  const elsewhere = { name: 'told', source: 'models:/told/1', run_id: 'f'.repeat(32) };
  assert.equal((await mlflow('model-versions/create', elsewhere)).status, 200);
  const { exit, out } = await slipway(folder, ['gate', 'evaluate', 'told', '2', '--json']);
  assert.equal(exit, exits.refused, out);
  assert.match(JSON.parse(out).evidence[0].reason, /logged no val_rmse/, 'of a run of another server nothing is known');
});

test('a file without a name for its model is wrong usage', async () => {
  const { exit, error } = await slipway(folder, ['models', 'add', fixture('matrix.onnx')]);
  assert.equal(exit, exits.usage);
  assert.match(error, /--name/);
});
