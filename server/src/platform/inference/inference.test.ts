import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { sha256 } from '../../kernel/digest.ts';
import { createLog } from '../log/index.ts';
import { attributeType, dataType, encodeOnnx, type OnnxNode } from '../onnx/index.ts';
import {
  createInference,
  createSession,
  describeModelFile,
  type Inference,
  type InferenceLimits,
  type InputColumn,
  type ModelColumns,
  type ModelFile,
  modelKey,
  type Runtime,
} from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'slipway-inference-test-'));
// Hosts make their sockets here, so that the test sees what they leave behind.
process.env['TMPDIR'] = folder;
const input: readonly InputColumn[] = [
  { name: 'text', kind: 'category' },
  { name: 'share', kind: 'number' },
  { name: 'whole', kind: 'number' },
  { name: 'steps', kind: 'number' },
];

/**
 * A model whose label is `text`, whose probabilities are `share` and 1 - `share`, which refuses fractions in `whole`, and which
 * takes as many steps of a loop as the largest `steps` says: about a microsecond each, so 1e12 never ends.
 */
function echoModel(name: string): ModelFile & { readonly key: string } {
  const column = (column: string, elemType: number) => ({
    name: column,
    type: { tensorType: { elemType, shape: { dim: [{ dimParam: 'N' }, { dimValue: 1 }] } } },
  });
  const scalar = (value: string, elemType: number) => ({ name: value, type: { tensorType: { elemType, shape: { dim: [] } } } });
  const number = (value: number) => new Uint8Array(Float64Array.of(value).buffer);
  const body = {
    name: 'body',
    node: [
      { input: ['going'], output: ['goes_on'], opType: 'Identity' },
      { input: ['count', 'one'], output: ['counted'], opType: 'Add' },
    ],
    input: [scalar('turn', dataType.int64), scalar('going', dataType.bool), scalar('count', dataType.double)],
    output: [scalar('goes_on', dataType.bool), scalar('counted', dataType.double)],
  };
  const cast = (to: number) => [{ name: 'to', type: attributeType.int, i: to }];
  const node: OnnxNode[] = [
    { input: ['text', 'flat'], output: ['label'], opType: 'Reshape' },
    { input: ['steps'], output: ['most'], opType: 'ReduceMax', attribute: [{ name: 'keepdims', type: attributeType.int, i: 0 }] },
    { input: ['most'], output: ['turns'], opType: 'Cast', attribute: cast(dataType.int64) },
    { input: ['turns', '', 'zero'], output: ['total'], opType: 'Loop', attribute: [{ name: 'body', type: attributeType.graph, g: body }] },
    { input: ['total', 'zero'], output: ['nothing'], opType: 'Mul' },
    { input: ['whole'], output: ['real'], opType: 'Cast', attribute: cast(dataType.double) },
    { input: ['real', 'zero'], output: ['none'], opType: 'Mul' },
    { input: ['share', 'none'], output: ['same'], opType: 'Add' },
    { input: ['same', 'nothing'], output: ['first'], opType: 'Add' },
    { input: ['one', 'first'], output: ['second'], opType: 'Sub' },
    { input: ['first', 'second'], output: ['both'], opType: 'Concat', attribute: [{ name: 'axis', type: attributeType.int, i: 1 }] },
    { input: ['both'], output: ['probabilities'], opType: 'Cast', attribute: cast(dataType.float) },
  ];
  const bytes = encodeOnnx({
    irVersion: 10,
    graph: {
      name,
      node,
      initializer: [
        { name: 'one', dims: [], dataType: dataType.double, rawData: number(1) },
        { name: 'zero', dims: [], dataType: dataType.double, rawData: number(0) },
        { name: 'flat', dims: [1], dataType: dataType.int64, rawData: new Uint8Array(BigInt64Array.of(-1n).buffer) },
      ],
      input: [
        column('text', dataType.string),
        column('share', dataType.double),
        column('whole', dataType.int64),
        column('steps', dataType.double),
      ],
      output: [
        { name: 'label', type: { tensorType: { elemType: dataType.string, shape: { dim: [{ dimParam: 'N' }] } } } },
        { name: 'probabilities', type: { tensorType: { elemType: dataType.float, shape: { dim: [{ dimParam: 'N' }, { dimValue: 2 }] } } } },
      ],
    },
    opsetImport: [{ domain: '', version: 21 }],
  });
  const digest = sha256(bytes);
  const path = join(folder, digest);
  writeFileSync(path, bytes, { mode: 0o600 });
  return { digest, path, input, key: modelKey({ digest, input }) };
}

/** A request of rows `text`; the share of row i is i / 8. */
function rows(text: readonly string[], { steps = 0, whole = 1 }: { steps?: number; whole?: number } = {}) {
  const filled = (value: number) => new Float64Array(text.length).fill(value);
  return { text, share: Float64Array.from(text, (_, at) => at / 8), whole: filled(whole), steps: filled(steps) };
}

const started: Inference[] = [];
after(() => Promise.all(started.map((inference) => inference.stop())));

function host(limits: Partial<InferenceLimits> = {}, runtime: Runtime = 'native'): Inference {
  const inference = createInference({ log: createLog({ level: 'silent' }), limits, runtime });
  started.push(inference);
  return inference;
}

const code = (expected: string) => (error: unknown) => (error as { code?: string }).code === expected;

/** Waits until `holds` does, at most five seconds. */
async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 500 && !holds(); turn++) await pause(10);
  assert.ok(holds(), 'it did not happen within 5 s');
}

for (const runtime of ['native', 'wasm'] as const) {
  test(`requests that wait together share runs and each gets its own rows back (${runtime})`, async () => {
    const inference = host({}, runtime);
    const model = echoModel('together');
    const loaded = await inference.load(model);
    assert.equal(loaded.runtime, runtime);
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, at) => inference.infer(model.key, rows(['', `caller ${at}`, '🛫 İ']))),
    );
    answers.forEach((answer, at) => {
      assert.deepEqual(answer.labels, ['', `caller ${at}`, '🛫 İ']);
      assert.deepEqual([...(answer.probabilities ?? [])], [0, 1, 0.125, 0.875, 0.25, 0.75]);
    });
    assert.ok((inference.stats().models[0]?.batches ?? 60) <= 3, 'the requests were batched');
    await inference.stop();
  });
}

test('a request longer than a batch is cut into runs and joined again in order', async () => {
  const inference = host({ batch_rows: 100 });
  const model = echoModel('long');
  await inference.load(model);
  const text = Array.from({ length: 350 }, (_, at) => `row ${at}`);
  const [long, short] = await Promise.all([inference.infer(model.key, rows(text)), inference.infer(model.key, rows(['beside']))]);
  assert.deepEqual(long.labels, text);
  assert.equal(long.probabilities?.[2 * 349], 349 / 8);
  assert.deepEqual(short.labels, ['beside']);
  assert.equal(inference.stats().models[0]?.batches, 4);
});

test('a bad request in a batch fails alone and its neighbours are answered', async () => {
  const inference = host();
  const model = echoModel('neighbours');
  await inference.load(model);
  const outcomes = await Promise.allSettled([
    inference.infer(model.key, rows(['a'])),
    inference.infer(model.key, rows(['b'], { whole: 0.5 })),
    inference.infer(model.key, rows(['c'])),
  ]);
  assert.deepEqual(
    outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value.labels : outcome.reason.code)),
    [['a'], 'model_run_failed', ['c']],
  );
});

test('input that does not fit the model is refused with the name of the column', async () => {
  const inference = host();
  const model = echoModel('input');
  await inference.load(model);
  const good = rows(['a', 'b']);
  const cases: [string, ModelColumns, RegExp][] = [
    ['absent column', { ...good, share: undefined as unknown as Float64Array }, /^share: expected a column of numbers/],
    ['texts for numbers', { ...good, share: ['1', '2'] }, /^share: expected a column of numbers, got texts/],
    ['another length', { ...good, share: Float64Array.of(1) }, /^share: expected 2 values, got 1/],
    ['NUL in a text', { ...good, text: ['a', 'b\0c'] }, /^text: expected text without the character NUL/],
    ['no rows', rows([]), /^rows: expected 1 to/],
  ];
  for (const [what, columns, message] of cases) {
    await assert.rejects(inference.infer(model.key, columns), { code: 'invalid_input', message }, what);
  }
});

test('a file whose bytes are not those of its digest is not loaded', async () => {
  const inference = host();
  const model = echoModel('changed');
  writeFileSync(model.path, 'other bytes');
  await assert.rejects(inference.load(model), { code: 'artifact_changed', message: new RegExp(`found ${sha256('other bytes')}`) });
  await assert.rejects(inference.infer(model.key, rows(['a'])), code('artifact_changed'));
});

test('a file that is no model is refused with a reason and the host goes on', async () => {
  const inference = host();
  const path = join(folder, 'no-model');
  writeFileSync(path, 'no model');
  await assert.rejects(inference.load({ digest: sha256('no model'), path, input }), { code: 'model_load_failed', message: /no ONNX file/ });
  const model = echoModel('after the bad one');
  await inference.load(model);
  assert.deepEqual((await inference.infer(model.key, rows(['a']))).labels, ['a']);
  assert.equal(inference.stats().restarts, 0);
});

test('after kill -9 in mid-request the request fails, the host restarts and its models answer again', async () => {
  const inference = host();
  const [slow, other] = [echoModel('slow'), echoModel('other')];
  await Promise.all([inference.load(slow), inference.load(other)]);
  const { pid } = inference.stats();
  const running = inference.infer(slow.key, rows(['a'], { steps: 1e12 }));
  running.catch(() => undefined);
  await pause(100);
  const killed = performance.now();
  process.kill(pid ?? 0, 'SIGKILL');
  await assert.rejects(running, { code: 'model_host_failed', status: 503, message: /SIGKILL/ });
  const [a, b] = await Promise.all([inference.infer(slow.key, rows(['a'])), inference.infer(other.key, rows(['b']))]);
  assert.deepEqual([a.labels, b.labels], [['a'], ['b']]);
  assert.ok(performance.now() - killed < 4_000, 'it answers again within seconds');
  assert.notEqual(inference.stats().pid, pid);
});

test('a model that ends the host three times is quarantined and the others go on', async () => {
  const inference = host({ run_limit_ms: 200 });
  const [bad, good] = [echoModel('bad'), echoModel('good')];
  await Promise.all([inference.load(bad), inference.load(good)]);
  for (let time = 0; time < 3; time++) {
    await assert.rejects(inference.infer(bad.key, rows(['a'], { steps: 1e12 })), {
      code: 'model_host_failed',
      message: /took longer than 200 ms/,
    });
  }
  await assert.rejects(inference.infer(bad.key, rows(['a'])), code('model_quarantined'));
  await assert.rejects(inference.load(bad), code('model_quarantined'));
  assert.deepEqual((await inference.infer(good.key, rows(['b']))).labels, ['b']);
  await inference.unload(bad.key);
  await inference.load(bad);
  assert.deepEqual((await inference.infer(bad.key, rows(['a']))).labels, ['a']);
});

test('the limit of a run counts from when the host begins with it, not from when it was sent', async () => {
  const models = Array.from({ length: 12 }, (_, at) => echoModel(`queued ${at}`));
  const [first] = models;
  assert.ok(first);
  const long = rows(['a'], { steps: 3e4 });
  const calm = host();
  await calm.load(first);
  const begun = performance.now();
  await calm.infer(first.key, long, { deadline_ms: 60_000 });
  const inference = host({ run_limit_ms: 6 * (performance.now() - begun) });
  await Promise.all(models.map((model) => inference.load(model)));
  await Promise.all(models.map(({ key }) => inference.infer(key, long, { deadline_ms: 60_000 })));
  assert.equal(inference.stats().restarts, 0);
});

test('a request past its deadline is answered 504 while the run goes on', async () => {
  const inference = host();
  const model = echoModel('late');
  await inference.load(model);
  const late = inference.infer(model.key, rows(['a'], { steps: 1e5 }), { deadline_ms: 30 });
  const begun = performance.now();
  await assert.rejects(late, { code: 'deadline_exceeded', status: 504 });
  assert.ok(performance.now() - begun < 1_000, 'it did not wait for the run');
  assert.equal(inference.stats().models[0]?.late, 1);
  assert.deepEqual((await inference.infer(model.key, rows(['b']), { deadline_ms: 60_000 })).labels, ['b']);
});

test('a burst over the queue is refused with 503 and a time to retry, and what was accepted is answered', async () => {
  const inference = host({ queue_requests: 20 });
  const model = echoModel('burst');
  await inference.load(model);
  const outcomes = await Promise.allSettled(Array.from({ length: 100 }, () => inference.infer(model.key, rows(['a']))));
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason);
  assert.equal(refused.length, 80);
  assert.ok(refused.every(({ code: got, status, details }) => got === 'model_queue_full' && status === 503 && details.retry_after_ms > 0));
});

test('an unloaded model is gone and without models there is no host process', async () => {
  const inference = host();
  assert.equal(inference.stats().pid, null, 'nothing runs before the first load');
  const model = echoModel('unloaded');
  await inference.load(model);
  const { pid } = inference.stats();
  await inference.unload(model.key);
  await assert.rejects(inference.infer(model.key, rows(['a'])), code('model_not_loaded'));
  await until(() => !alive(pid ?? 0));
  await inference.load(model);
  assert.deepEqual((await inference.infer(model.key, rows(['a']))).labels, ['a']);
});

test('a host over its memory limit is ended and the log says why', async () => {
  const file = join(folder, 'memory.log');
  const limits = { memory_bytes: 10 * 1024 ** 2, strikes: 1_000 };
  const inference = createInference({ log: createLog({ level: 'error', file }), limits, runtime: 'native' });
  const model = echoModel('memory');
  // On a slow machine the limit may be noticed while the model is still loading: the log is the same.
  const loading = inference.load(model).catch(() => undefined);
  const running = assert.rejects(inference.infer(model.key, rows(['a'], { steps: 1e12 })), { status: 503 });
  await until(() => readFileSync(file, 'utf8').includes(`the limit is ${limits.memory_bytes}`));
  await inference.stop();
  await Promise.all([loading, running]);
});

test('stop ends the host process even in the middle of a run and fails what waits', async () => {
  const inference = host({ grace_ms: 100 });
  const model = echoModel('stopped');
  await inference.load(model);
  const { pid } = inference.stats();
  const running = inference.infer(model.key, rows(['a'], { steps: 1e12 }));
  const failed = assert.rejects(running, code('busy'));
  await pause(50);
  await inference.stop();
  await failed;
  assert.ok(!alive(pid ?? 0));
  assert.deepEqual(
    readdirSync(tmpdir()).filter((name) => name.startsWith('slipway-host-')),
    [],
  );
});

test('the host process ends by itself when the server is killed', async () => {
  const { digest, path } = echoModel('orphan');
  const script = `
    const { createInference } = await import(${JSON.stringify(new URL('./index.ts', import.meta.url).href)});
    const quiet = { info() {}, warn() {}, error() {} };
    const inference = createInference({ log: quiet, runtime: 'native' });
    await inference.load(${JSON.stringify({ digest, path, input })});
    console.log(inference.stats().pid);`;
  const server = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const pid = Number(await new Promise((resolve) => server.stdout.once('data', resolve)));
  assert.ok(alive(pid));
  server.kill('SIGKILL');
  await until(() => !alive(pid));
});

test('latency is measured for single rows', async () => {
  const inference = host();
  const model = echoModel('measured');
  await inference.load(model);
  const { p50_us, p99_us, rounds } = await inference.measure(model.key, rows(['a', 'b', 'c']), { rows: 3, rounds: 200 });
  assert.equal(rounds, 200);
  assert.ok(p50_us > 5 && p50_us <= p99_us, `${p50_us} ${p99_us}`);
});

test('a session in the calling process scores without a host', async () => {
  const session = await createSession(readFileSync(echoModel('session').path));
  assert.deepEqual((await session.run(rows(['a', 'b']), 2)).labels, ['a', 'b']);
  await session.release();
});

test('a model file is described in a process of its own', async () => {
  const { file, serves } = await describeModelFile(echoModel('described').path);
  const { inputs, outputs } = file;
  assert.deepEqual(inputs[0], { name: 'text', type: 'string', shape: [null, 1] });
  assert.deepEqual(
    outputs.map(({ name, type }) => [name, type]),
    [
      ['label', 'string'],
      ['probabilities', 'float'],
    ],
  );
  assert.deepEqual(
    serves.columns.map(({ name, integer, missing }) => [name, integer, missing]),
    [
      ['text', false, true],
      ['share', false, false],
      ['whole', true, false],
      ['steps', false, true],
    ],
  );
  assert.deepEqual([serves.answers, serves.probabilities], ['labels', true]);
  const path = join(folder, 'text.onnx');
  writeFileSync(path, 'a text file');
  await assert.rejects(describeModelFile(path), { code: 'model_file_refused', message: /no ONNX file/ });
  await assert.rejects(describeModelFile(join(folder, 'absent.onnx')), code('model_file_refused'));
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
