import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { api } from '@slipway/contracts';
import { systemCaller } from '../../kernel/caller.ts';
import { systemClock } from '../../kernel/clock.ts';
import type { Project } from '../../kernel/project.ts';
import { openBlobs } from '../../platform/blobs/index.ts';
import { migrations } from '../../platform/database/migrations/index.ts';
import { openTestDatabase } from '../../platform/database/test-database.fixture.ts';
import { createDefinitions } from '../../platform/definitions/index.ts';
import { createEvents } from '../../platform/events/index.ts';
import { createInference } from '../../platform/inference/index.ts';
import { createLog } from '../../platform/log/index.ts';
import { binaryQuality, regressionQuality, seededUniform } from '../../platform/statistics/index.ts';
import { createModels, type Signature } from '../models/index.ts';
import { createPredictions } from '../predictions/index.ts';
import { scoreRows } from '../training/evaluate-fitted.ts';
import { fitModel } from '../training/fit.ts';
import type { Table } from '../training/fitted-model.ts';
import { exportOnnx } from '../training/onnx/export-onnx.ts';
import { createReports } from './index.ts';
import { QualityMeter } from './meter.ts';
import { monthsOf } from './months.ts';
import { type SummaryFigures, sentencesOf } from './summary.ts';

const project: Project = { id: 'prj_1', name: 'flights', zone: 'America/New_York', clock: 'data' };
const caller = systemCaller('test');
const signature: Signature = {
  task: 'binary',
  classes: ['0', '1'],
  target: 'late',
  inputs: [
    { name: 'wind', kind: 'number', integer: false, unit: null, nullable: true, min: null, max: null, categories: null },
    { name: 'carrier', kind: 'category', integer: false, unit: null, nullable: true, min: null, max: null, categories: ['AA', 'UA'] },
  ],
};

function drawTable(seed: number, rows: number): Table {
  const uniform = seededUniform(seed);
  const wind = Float64Array.from({ length: rows }, () => 20 * uniform());
  const carrier = Array.from({ length: rows }, () => (uniform() < 0.5 ? 'AA' : 'UA'));
  const late = wind.map((value, row) => (uniform() < (value / 20) * (carrier[row] === 'AA' ? 0.9 : 0.4) ? 1 : 0));
  return {
    rows,
    numbers: new Map([
      ['wind', wind],
      ['late', late],
    ]),
    texts: new Map([['carrier', carrier]]),
  };
}

async function openWorld(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-reports-'));
  const clock = systemClock;
  const log = createLog({ level: 'silent' });
  const database = await openTestDatabase({ folder, migrations, clock });
  const blobs = await openBlobs({ folder: join(folder, 'blobs'), clock, log });
  const events = createEvents({ database, clock });
  const definitions = createDefinitions({ database, events, clock });
  const predictions = createPredictions({ database, clock, log });
  const models = createModels({ database, events, definitions, blobs, clock });
  const inference = createInference({ log });
  t.after(async () => {
    await inference.stop();
    await predictions.flush();
    await database.close();
    await blobs.close();
    rmSync(folder, { recursive: true });
  });
  const reports = createReports({
    events,
    predictions,
    models,
    inference,
    blobs,
    deploymentFacts: async (_, name) => (name === 'delay' ? { model: 'delay', champion: 1 } : null),
    deploymentNames: async () => ['delay'],
  });
  const register = async (bytes: Uint8Array) =>
    models.register(caller, project, {
      model: 'delay',
      flavor: 'onnx',
      files: [{ path: 'model.onnx', ...(await blobs.put(bytes, { limit_bytes: 2 ** 24 })) }],
      signature,
      profile_digest: null,
      importance: {},
      run_id: null,
      execution_id: null,
      dataset_versions: [],
      outputs: {},
      code: null,
    });
  return { reports, predictions, events, database, inference, register };
}

type World = Awaited<ReturnType<typeof openWorld>>;

/** Serves a table, one row an hour from `from_ms` on, with the answers of a fitted model. */
async function serve({ predictions }: World, table: Table, scores: Float32Array, from_ms: number, keepBodies = true): Promise<void> {
  const late = table.numbers.get('late') ?? new Float64Array();
  predictions.record(
    Array.from({ length: table.rows }, (_, row) => ({
      deployment: 'delay',
      id: `${from_ms}-${row}`,
      project_id: project.id,
      version: 1,
      rollout: null,
      event_time_ms: from_ms + row * 3_600_000,
      received_at_ms: 0,
      status: 'ok' as const,
      error_code: null,
      latency_us: 1,
      queue_us: 0,
      score: scores[row * 2 + 1] ?? null,
      label: null,
      warnings: [],
      body: keepBodies ? { wind: table.numbers.get('wind')?.[row], carrier: table.texts.get('carrier')?.[row] } : null,
      sampled_share: 1,
    })),
  );
  const outcomes = Array.from({ length: table.rows }, (_, row) => ({
    id: `${from_ms}-${row}`,
    value: String(late[row]),
    extra: null,
    observed_at_ms: 0,
  }));
  await predictions.addOutcomes(caller, project, 'delay', outcomes);
}

test('a version scored again on what it answered has the figures of its answers, month by month, and is unloaded after', async (t) => {
  const world = await openWorld(t);
  const fit = (seed: number) => fitModel({ kind: 'gbdt', target: 'late', params: { trees: 15 } }, drawTable(seed, 800), { seed: 1 }).model;
  const [first, second] = [fit(1), fit(2)];
  await world.register(exportOnnx(first, { model_name: 'delay' }));
  await world.register(exportOnnx(second, { model_name: 'delay' }));
  const table = drawTable(3, 1500);
  const begin_ms = Date.UTC(2013, 2, 1, 5);
  await serve(world, table, scoreRows(first, table).probabilities, begin_ms);
  const query = { deployment: 'delay', by: 'month' as const, versions: ['served' as const, 1, 2] };
  const report = await world.reports.performance(caller, project, query);
  assert.deepEqual(
    report.periods.map((period) => [period.label, period.entries.map((entry) => entry.version)]),
    ['2013-03', '2013-04', '2013-05'].map((label) => [label, ['served', 1, 2]]),
  );
  // March in New York has 743 hours: the clocks go forward on the 10th.
  assert.equal(report.periods[0]?.entries[0]?.rows, 743);
  for (const { entries } of report.periods) {
    assert.deepEqual(entries[1]?.metrics, entries[0]?.metrics);
    assert.notEqual(entries[2]?.metrics['brier']?.value, entries[0]?.metrics['brier']?.value);
  }
  const all = await world.reports.performance(caller, project, { ...query, by: 'all', versions: ['served'] });
  const truth = table.numbers.get('late') ?? new Float64Array();
  const scores = Float64Array.from(truth, (_, row) => scoreRows(first, table).probabilities[row * 2 + 1] ?? 0);
  const quality = binaryQuality(truth, scores);
  const read = all.periods[0]?.entries[0];
  assert.deepEqual(all.total, all.periods[0]);
  // What is measured by month is measured over the months as well, from the same rows.
  assert.deepEqual(report.total.entries[0], read);
  assert.deepEqual(report.total.entries[1]?.metrics, read?.metrics);
  for (const [metric, figure] of [
    ['brier', quality.brier],
    ['brier_skill', quality.brierSkill],
    ['auc', quality.auc],
    ['log_loss', quality.logLoss],
    ['calibration_gap', quality.calibrationGap],
  ] as const) {
    assert.ok(Math.abs((read?.metrics[metric]?.value ?? 9) - (figure.value ?? 0)) < 1e-9, metric);
  }
  assert.ok(Math.abs((read?.observed_rate ?? 0) - quality.positives / 1500) < 1e-12);
  assert.deepEqual(world.inference.stats().models, []);
});

test('rows without their features are counted, not guessed', async (t) => {
  const world = await openWorld(t);
  const { model } = fitModel({ kind: 'logistic', target: 'late' }, drawTable(1, 300), { seed: 1 });
  await world.register(exportOnnx(model, { model_name: 'delay' }));
  const table = drawTable(2, 50);
  await serve(world, table, scoreRows(model, table).probabilities, 0, false);
  const report = await world.reports.performance(caller, project, { deployment: 'delay', by: 'all', versions: [1] });
  for (const { entries } of [...report.periods, report.total]) assert.deepEqual([entries[0]?.rows, entries[0]?.without_body], [0, 50]);
});

test('a report from long before the first row has the months in which there are rows, and says when they are too many', async (t) => {
  const world = await openWorld(t);
  const { model } = fitModel({ kind: 'logistic', target: 'late' }, drawTable(1, 300), { seed: 1 });
  await world.register(exportOnnx(model, { model_name: 'delay' }));
  const table = drawTable(2, 50);
  const scores = scoreRows(model, table).probabilities;
  await serve(world, table, scores, Date.UTC(2013, 2, 31), false);
  const ask = async (change: object) => {
    const query = { deployment: 'delay', by: 'month', versions: ['served'], from_ms: 0, ...change } as const;
    return (await world.reports.performance(caller, project, query)).periods.map(({ label, entries }) => [label, entries[0]?.rows]);
  };
  assert.deepEqual(await ask({}), [
    ['2013-03', 28],
    ['2013-04', 22],
  ]);
  assert.deepEqual(await ask({ to_ms: 1 }), []);
  await serve(world, table, scores, Date.UTC(1990, 0, 1), false);
  await assert.rejects(ask({}), { code: 'invalid_input', message: /from_ms.*240 months/ });
});

test('a report on what is not there, or that makes no sense, is refused by name', async (t) => {
  const { reports, register } = await openWorld(t);
  await register(new Uint8Array([1]));
  const ask = (change: object) =>
    reports.performance(caller, project, { deployment: 'delay', by: 'month', versions: ['served'], ...change });
  await assert.rejects(ask({}), { code: 'nothing_to_report' });
  await assert.rejects(ask({ deployment: 'gone' }), { code: 'not_found' });
  await assert.rejects(ask({ zone: 'Mars/Olympus' }), { code: 'invalid_input', message: /zone/ });
  await assert.rejects(ask({ from_ms: 5, to_ms: 5 }), { message: /to_ms/ });
});

test('months of a zone begin at its own midnight', () => {
  const months = monthsOf({ from_ms: Date.UTC(2013, 9, 15), to_ms: Date.UTC(2014, 0, 10) }, 'America/New_York');
  assert.deepEqual(
    months.map(({ label, from_ms }) => [label, new Date(from_ms).toISOString()]),
    [
      ['2013-10', '2013-10-15T00:00:00.000Z'],
      ['2013-11', '2013-11-01T04:00:00.000Z'],
      ['2013-12', '2013-12-01T05:00:00.000Z'],
      ['2014-01', '2014-01-01T05:00:00.000Z'],
    ],
  );
  assert.equal(months.at(-1)?.to_ms, Date.UTC(2014, 0, 10));
});

test('a report takes the moments that calendars have, and no others', () => {
  const { query } = api.reports.performance;
  const takes = (moment_ms: number): boolean =>
    ['from_ms', 'to_ms'].every((name) => query?.safeParse({ deployment: 'delay', [name]: String(moment_ms) }).success);
  for (const from_ms of [Date.UTC(100, 0), Date.UTC(9999, 11)]) {
    assert.ok(takes(from_ms));
    for (const zone of ['Pacific/Apia', 'America/New_York']) assert.ok(monthsOf({ from_ms, to_ms: from_ms + 1 }, zone).length <= 1);
  }
  for (const moment_ms of [8.64e15, -8.64e15, Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER]) assert.ok(!takes(moment_ms));
});

test('the meter of numbers agrees with the statistics of the whole column', async () => {
  const uniform = seededUniform(4);
  const meter = new QualityMeter({ ...signature, task: 'regression', classes: [] });
  const truth = Float64Array.from({ length: 500 }, () => 10 * uniform());
  const said = truth.map((value) => value + uniform() - 0.3);
  truth.forEach((value, row) => {
    meter.add(value, said[row] ?? 0, null);
  });
  meter.add(Number.NaN, 1, null);
  const { rows, metrics } = await meter.read();
  const whole = regressionQuality(truth, said);
  assert.equal(rows, 500);
  for (const metric of ['rmse', 'mae', 'r2', 'bias'] as const) {
    assert.ok(Math.abs((metrics[metric]?.value ?? 99) - (whole[metric].value ?? 0)) < 1e-9, metric);
  }
});

test('a summary counts what was served and what the events tell, for one deployment or all', async (t) => {
  const world = await openWorld(t);
  const { model } = fitModel({ kind: 'logistic', target: 'late' }, drawTable(1, 300), { seed: 1 });
  await world.register(exportOnnx(model, { model_name: 'delay' }));
  const table = drawTable(2, 40);
  await serve(world, table, scoreRows(model, table).probabilities, 0);
  const emit = (type: string, after: object, note = type) =>
    world.database.write((tx) => world.events.emit(tx, caller, { project_id: project.id, type, subject: 'x', note, after }));
  await emit('gate.failed', { model: 'delay', version: 1 }, 'Gate release refused version 1 of delay: auc is low.');
  await emit('gate.failed', { model: 'other', version: 4 }, 'Not this one.');
  await emit('deployment.promoted', { deployment: 'delay', model: 'delay', version: 1 });
  await emit('execution.succeeded', { model: 'delay', cpu_ms: 2500 });
  const { figures, sentences } = await world.reports.summary(caller, project, 'delay');
  assert.deepEqual(figures.gates.refused, [{ model: 'delay', version: 1, reason: 'Gate release refused version 1 of delay: auc is low.' }]);
  assert.deepEqual([figures.served.ok, figures.outcomes, figures.versions, figures.promotions, figures.cpu_s], [40, 40, 1, 1, 2.5]);
  assert.equal((await world.reports.summary(caller, project, null)).figures.gates.refused.length, 2);
  await emit('deployment.rolled-back', { deployment: 'other', model: 'other', version: 4 });
  assert.deepEqual(await world.reports.turns(caller, project), { retrainings: 0, promotions: 1, rollbacks: 1 });
  assert.deepEqual(sentences.slice(0, 2), ['delay answered 40 rows; 40 outcomes came back (100%).', 'No request failed.']);
});

test('a summary says in plain words what happened, and that nothing did', () => {
  const none: SummaryFigures = {
    served: { ok: 0, refused: 0, failed: 0 },
    outcomes: 0,
    versions: 0,
    promotions: 0,
    rollbacks: 0,
    retrainings: 0,
    incidents: { opened: 0, resolved: 0 },
    investigations: 0,
    cpu_s: 0,
    gates: { passed: 0, refused: [] },
  };
  assert.deepEqual(sentencesOf(none, 'delay'), ['delay served nothing yet.', 'No incident was opened.']);
  const busy = sentencesOf(
    { ...none, served: { ok: 10, refused: 1, failed: 2 }, incidents: { opened: 1, resolved: 0 }, investigations: 2 },
    'delay',
  );
  assert.deepEqual(busy.slice(1), [
    '2 rows failed, 1 row was refused for its input.',
    '1 incident was opened, 0 resolved.',
    'Drift alone was written down 2 times, and paged nobody.',
  ]);
});
