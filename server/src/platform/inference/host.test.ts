import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { sha256 } from '../../kernel/digest.ts';
import { createLog } from '../log/index.ts';
import { dataType, encodeOnnx } from '../onnx/index.ts';
import { startHost } from './host-process.ts';
import { createInference, defaultLimits, type Inference, type InputColumn, type ModelFile, modelKey } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'slipway-host-test-'));

/** A matrix of two columns; the answer is the first plus ten times the second. */
function matrixModel(...columns: readonly string[]): ModelFile & { readonly key: string } {
  const matrix = (name: string, width: number) => ({
    name,
    type: { tensorType: { elemType: dataType.double, shape: { dim: [{ dimParam: 'N' }, { dimValue: width }] } } },
  });
  const weights = new Uint8Array(Float64Array.of(1, 10).buffer);
  const bytes = encodeOnnx({
    irVersion: 10,
    graph: {
      name: 'weighted',
      node: [{ input: ['x', 'weights'], output: ['y'], opType: 'MatMul' }],
      initializer: [{ name: 'weights', dims: [2, 1], dataType: dataType.double, rawData: weights }],
      input: [matrix('x', 2)],
      output: [matrix('y', 1)],
    },
    opsetImport: [{ domain: '', version: 21 }],
  });
  const digest = sha256(bytes);
  const path = join(folder, digest);
  writeFileSync(path, bytes, { mode: 0o600 });
  const input = columns.map((name): InputColumn => ({ name, kind: 'number' }));
  return { digest, path, input, key: modelKey({ digest, input }) };
}

const started: Inference[] = [];
after(() => Promise.all(started.map((inference) => inference.stop())));

function host(log = createLog({ level: 'silent' })): Inference {
  const inference = createInference({ log, runtime: 'native' });
  started.push(inference);
  return inference;
}

const [a, b] = [Float64Array.of(1), Float64Array.of(2)];

test('one file under two orders of its columns answers each by its own order', async () => {
  const inference = host();
  const [wrong, right] = [matrixModel('b', 'a'), matrixModel('a', 'b')];
  await Promise.all([inference.load(wrong), inference.load(right)]);
  const answers = await Promise.all([inference.infer(wrong.key, { a, b }), inference.infer(right.key, { a, b })]);
  assert.deepEqual(
    answers.map(({ predictions }) => [...(predictions ?? [])]),
    [[12], [21]],
  );
});

test('where no host can be started a load is refused within its time, and goes on once one can', async () => {
  const { TMPDIR } = process.env;
  const file = join(folder, 'start.log');
  process.env['TMPDIR'] = join(folder, 'not there');
  const inference = host(createLog({ level: 'error', file }));
  const model = matrixModel('a', 'b');
  const begun = performance.now();
  const refused = (error: Error & { code?: string }) => error.code === 'busy' && !error.message.includes(folder);
  await assert.rejects(Promise.race([inference.load(model), pause(10_000)]), refused);
  await assert.rejects(Promise.race([inference.load(matrixModel('c', 'd')), pause(10_000)]), refused);
  assert.ok(performance.now() - begun < 5_000);
  assert.match(readFileSync(file, 'utf8'), /not there/, 'the log says why');
  process.env['TMPDIR'] = TMPDIR ?? '/tmp';
  assert.deepEqual([...((await inference.infer(model.key, { a, b }, { deadline_ms: 20_000 })).predictions ?? [])], [21]);
});

test('a host that ends while its start is being tidied up is started again', {
  skip: process.platform !== 'linux' && 'processes are found in /proc',
}, async () => {
  const { TMPDIR } = process.env;
  const own = mkdtempSync(join(folder, 'own-'));
  process.env['TMPDIR'] = own;
  const inference = host();
  const model = matrixModel('a', 'b');
  const loading = inference.load(model);
  while (filesIn(own) === 0) await pause(0);
  const socketFolder = join(own, readdirSync(own)[0] ?? '');
  // So many files that their removal, which follows the start, takes a while.
  const files = 3_000;
  for (let at = 0; at < files; at++) writeFileSync(join(socketFolder, `file-${at}`), '');
  while (filesIn(socketFolder) >= files) await pause(1);
  process.env['TMPDIR'] = TMPDIR ?? '/tmp';
  for (const pid of hostsAt(socketFolder)) process.kill(pid, 'SIGKILL');
  assert.equal((await loading).digest, model.digest);
  assert.equal(inference.stats().restarts, 1);
});

function filesIn(path: string): number {
  try {
    return readdirSync(path).length;
  } catch {
    return 0;
  }
}

function hostsAt(path: string): number[] {
  const commands = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return commands.map(Number).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(path);
    } catch {
      return false;
    }
  });
}

test('why a model cannot be loaded names no path of this machine, nor does the end of the host', async () => {
  const inference = host();
  const gone = { ...matrixModel('a', 'b'), path: join(folder, 'gone') };
  await assert.rejects(inference.load(gone), {
    code: 'model_load_failed',
    message: /its file could not be read \(ENOENT\)/,
  });
  const alone = await startHost('native', defaultLimits, () => undefined);
  alone.send(Buffer.alloc(12));
  const { reason, said } = await alone.ended;
  assert.equal(reason, 'ended with code 1');
  assert.match(said, /frames\.ts/, 'its last words are for the log');
});
