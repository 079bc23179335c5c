import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { SlipwayError } from '../../kernel/error.ts';
import { type Analytics, createAnalytics } from '../../platform/analytics/index.ts';
import { createWorkerChild } from '../../platform/compute/index.ts';
import { createLog } from '../../platform/log/index.ts';
import { createTraining, type FitRequest, pairKey, type Training } from './index.ts';

const flights = fileURLToPath(new URL('../../../../examples/flights/data/', import.meta.url));
const features: FitRequest['features'] = [
  { name: 'carrier', kind: 'category' },
  { name: 'origin', kind: 'category' },
  { name: 'distance_miles', kind: 'number' },
  { name: 'hour', kind: 'number' },
  { name: 'temperature_f', kind: 'number' },
  { name: 'pressure_mb', kind: 'number' },
  { name: 'visibility_mi', kind: 'number' },
];

let folder: string;
let analytics: Analytics;
let training: Training;
let parquet: { january: string; february: string };

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-training-'));
  const log = createLog({ level: 'silent' });
  analytics = createAnalytics({ folder: join(folder, 'analytics'), log });
  training = createTraining({
    child: createWorkerChild({ entry: 'training-child', idle_ms: 60_000, memory_bytes: 2 ** 31, log }),
    folder: join(folder, 'training'),
  });
  parquet = { january: join(folder, 'january.parquet'), february: join(folder, 'february.parquet') };
  for (const [month, out] of [
    ['01', parquet.january],
    ['02', parquet.february],
  ] as const) {
    const name = `departures-2013-${month}.csv.gz`;
    await analytics.toParquet({ files: [{ path: join(flights, name), name }], out });
  }
});

after(async () => {
  await training.stop();
  await analytics.stop();
  rmSync(folder, { recursive: true });
});

function request(change: Partial<FitRequest> = {}): FitRequest {
  return { parquet: parquet.january, trainer: 'gbdt', target: 'late', features, params: { trees: 30 }, seed: 1, model: 'delay', ...change };
}

function store(name: string, bytes: Uint8Array): { name: string; path: string; digest: string; inputs: FitRequest['features'] } {
  const path = join(folder, `${name}.onnx`);
  writeFileSync(path, bytes);
  return { name, path, digest: createHash('sha256').update(bytes).digest('hex'), inputs: features };
}

test('a model fitted on January beats its baseline on February, and the same request gives the same bytes', async () => {
  const rounds: number[] = [];
  const fitted = await training.fit(request(), { onProgress: ({ round }) => rounds.push(round) });
  assert.equal(rounds.length, 30);
  assert.equal(fitted.task, 'binary');
  assert.deepEqual(fitted.classes, ['0', '1']);
  assert.ok(fitted.verified.rows > 4000, 'all rows were compared with the trainer');
  assert.ok(Math.abs(Object.values(fitted.importance).reduce((sum, share) => sum + share, 0) - 1) < 1e-9);
  const again = await training.fit(request());
  assert.deepEqual(Buffer.from(again.onnx), Buffer.from(fitted.onnx));
  const result = await training.evaluate({
    parquet: parquet.february,
    target: 'late',
    task: 'binary',
    classes: fitted.classes,
    models: [store('model', fitted.onnx), store('baseline', fitted.baseline)],
    slices: ['origin'],
    bounds: [{ min: 0, max: 1 }],
    pairs: [['baseline', 'model']],
  });
  const auc = result.models['model']?.metrics['auc']?.value ?? 0;
  assert.ok(auc > 0.6 && auc < 0.8, `auc ${auc}`);
  assert.equal(result.models['baseline']?.metrics['auc']?.value, 0.5);
  assert.ok((result.comparisons[pairKey('baseline', 'model')]?.['auc']?.betterBy ?? 0) > 3);
  assert.deepEqual(result.models['model']?.slices['origin']?.map((slice) => slice.value).sort(), ['EWR', 'JFK', 'LGA']);
  assert.deepEqual(result.models['model']?.within, [1]);
});

test('a model file that was changed on disk is not evaluated', async () => {
  const fitted = await training.fit(request({ trainer: 'logistic', params: {} }));
  const model = store('changed', fitted.onnx);
  writeFileSync(model.path, Buffer.concat([fitted.onnx, Buffer.from([0])]));
  const evaluating = training.evaluate({
    parquet: parquet.february,
    target: 'late',
    task: 'binary',
    classes: fitted.classes,
    models: [model],
    slices: [],
    bounds: [],
    pairs: [],
  });
  await assert.rejects(evaluating, (error: unknown) => error instanceof SlipwayError && error.code === 'artifact_changed');
});

test('a target that the table lacks and a trainer that nobody wrote are refused by name', async () => {
  await assert.rejects(
    training.fit(request({ target: 'gone' })),
    (error: unknown) => error instanceof SlipwayError && error.message.includes('gone'),
  );
  await assert.rejects(
    training.fit(request({ trainer: 'magic' })),
    (error: unknown) => error instanceof SlipwayError && error.message.includes('magic'),
  );
  await assert.rejects(
    training.fit(request({ params: { treees: 3 } })),
    (error: unknown) => error instanceof SlipwayError && error.message.includes('treees'),
  );
});
