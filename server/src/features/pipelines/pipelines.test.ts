import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { SlipwayError } from '../../kernel/error.ts';
import type { ReferenceProfile } from '../models/index.ts';
import { caller, pointsTable, project, withPipelines } from './pipelines.fixture.ts';

const refused = (code: string) => (error: unknown) => error instanceof SlipwayError && error.code === code;
const needs = { needs: [], from: [], out: [], environment: {} };

test('a pipeline splits, fits, evaluates and registers a version with its whole lineage, and a rerun proves it by digest', async () => {
  await withPipelines(async (world) => {
    await world.addData('points', pointsTable(1));
    const split = await world.put(
      'create table older as select * from points where x % 4 <> 0; create table recent as select * from points where x % 4 = 0;',
    );
    await world.define('train', {
      inputs: ['points'],
      params: { trees: 10, holdout: '14d' },
      files: { 'split.sql': split },
      steps: {
        split: { kind: 'sql', file: 'split.sql', from: [], out: ['older', 'recent'], needs: [] },
        fit: { kind: 'fit', trainer: 'gbdt', target: 'y', from: 'older', exclude: [], settings: { min_rows_leaf: 5 }, needs: [] },
        evaluate: { kind: 'evaluate', model: 'fit', on: 'recent', slices: ['kind'], needs: [] },
      },
      register: 'points',
    });
    const first = await world.ended(await world.pipelines.start(caller, project, { pipeline: 'train' }));
    assert.equal(first.execution.error, null);
    assert.deepEqual(
      first.steps.map((step) => [step.name, step.state]),
      [
        ['split', 'succeeded'],
        ['fit', 'succeeded'],
        ['evaluate', 'succeeded'],
      ],
    );
    const version = await world.models.version(project, 'points', first.execution.version ?? 0);
    assert.deepEqual(
      version.dataset_versions.map(({ dataset, number }) => [dataset, number]),
      [['points', 1]],
    );
    assert.deepEqual(Object.keys(version.outputs), ['recent', 'older']);
    assert.equal(version.execution_id, first.execution.id);
    assert.deepEqual(
      version.files.map((file) => file.path),
      ['model.onnx', 'baseline.onnx'],
    );
    assert.deepEqual(
      version.signature.inputs.map((input) => [input.name, input.kind]),
      [
        ['x', 'number'],
        ['kind', 'category'],
      ],
    );
    const run = await world.runs.getRun(caller, project, version.run_id ?? '');
    assert.ok((run.metrics.find((metric) => metric.key === 'auc')?.value ?? 0) > 0.8);
    if (process.platform === 'linux') {
      const memory = run.metrics.find((metric) => metric.key === 'system/system_memory_usage_megabytes');
      assert.ok((memory?.value ?? 0) > 20, 'what the training child used');
    }
    assert.deepEqual(
      run.inputs.map((input) => [input.dataset, input.version]),
      [['points', 1]],
    );

    const reference = JSON.parse((await world.blobs.read(version.profile_digest ?? '', 1e6)).toString('utf8')) as ReferenceProfile;
    assert.deepEqual([reference.columns['x']?.rows, reference.score?.rows], [300, 100], 'scores of rows that were not learned from');

    const again = await world.ended(await world.pipelines.start(caller, project, { pipeline: 'train' }));
    assert.ok(
      again.steps.every((step) => step.cache?.hit),
      'nothing changed, so nothing ran',
    );

    const proof = await world.ended(await world.pipelines.rerun(caller, project, first.execution.id));
    assert.deepEqual([proof.execution.verified, proof.execution.version], [true, null]);
    assert.ok(
      proof.steps.every((step) => !step.cache?.hit),
      'a proof takes nothing from the cache',
    );

    await world.addData('points', pointsTable(2));
    const changed = await world.ended(await world.pipelines.start(caller, project, { pipeline: 'train' }));
    assert.equal(changed.steps[0]?.cache?.reason, 'changed since: table points');
    assert.equal(changed.execution.version, 3);

    const one = await world.pipelines.executions(caller, project, { limit: 1 });
    const rest = await world.pipelines.executions(caller, project, { limit: 3, cursor: one.next ?? '' });
    assert.deepEqual(
      [...one.items, ...rest.items].map((execution) => execution.id),
      [changed, proof, again, first].map(({ execution }) => execution.id),
    );
    assert.ok(rest.next !== null, 'a full page may not be the last');
    assert.deepEqual(await world.pipelines.executions(caller, project, { limit: 3, cursor: rest.next }), { items: [], next: null });
    await assert.rejects(world.pipelines.executions(caller, project, { limit: 3, cursor: 'x' }), refused('invalid_input'));
  });
});

test('a command gets its tables, parameters and a token, and its outputs go on', async () => {
  await withPipelines(async (world) => {
    await world.addData('points', pointsTable(1));
    const script = await world.put(
      'require("fs").copyFileSync(process.env.SLIPWAY_INPUT_POINTS, process.env.SLIPWAY_OUTPUT_COPY); console.log("hello", process.env.SLIPWAY_PARAM_NAME, process.env.MLFLOW_TRACKING_TOKEN ? "signed" : "bare", process.env.SLIPWAY_DATA_SECRET ?? "clean");',
    );
    await world.define('copy', {
      inputs: ['points'],
      params: { name: 'world' },
      files: { 'code/copy.cjs': script },
      steps: {
        copy: { kind: 'run', command: [process.execPath, 'code/copy.cjs'], environment: {}, from: ['points'], out: ['copy'], needs: [] },
      },
    });
    const done = await world.ended(await world.pipelines.start(caller, project, { pipeline: 'copy' }));
    assert.equal(done.execution.error, null);
    assert.equal(done.steps[0]?.outcome?.tables['copy']?.rows, 400);
    const { text } = await world.pipelines.logs(caller, project, done.execution.id, 'copy', 0);
    assert.match(text, /hello world signed clean/);
  });
});

test('a step that exits with an error fails the execution and says so, and steps that succeeded are not done again', async () => {
  await withPipelines(async (world) => {
    const fails = { kind: 'run', command: ['sh', '-c', 'echo broken; exit 7'], ...needs } as const;
    const works = { kind: 'run', command: ['sh', '-c', 'echo fine'], ...needs } as const;
    await world.define('two', { steps: { one: works, two: { ...fails, needs: ['one'] } } });
    const failed = await world.ended(await world.pipelines.start(caller, project, { pipeline: 'two' }));
    assert.equal(failed.execution.state, 'failed');
    assert.match(failed.execution.error ?? '', /Step two failed: the command ended with code 7/);
    await world.define('two', { steps: { one: works, two: { ...works, command: ['sh', '-c', 'echo mended'], needs: ['one'] } } });
    const mended = await world.ended(await world.pipelines.start(caller, project, { pipeline: 'two' }));
    assert.deepEqual(
      mended.steps.map((step) => [step.state, step.cache?.hit]),
      [
        ['succeeded', true],
        ['succeeded', false],
      ],
    );
  });
});

test('a declared output that was not written, and a program that is not there, are told by name', async () => {
  await withPipelines(async (world) => {
    await world.define('empty', { steps: { one: { kind: 'run', command: ['sh', '-c', 'true'], ...needs, out: ['table'] } } });
    const empty = await world.ended(await world.pipelines.start(caller, project, { pipeline: 'empty' }));
    assert.match(empty.execution.error ?? '', /SLIPWAY_OUTPUT_TABLE/);
    await world.define('gone', { steps: { one: { kind: 'run', command: ['no-such-program-here'], ...needs } } });
    const gone = await world.ended(await world.pipelines.start(caller, project, { pipeline: 'gone' }));
    assert.match(gone.execution.error ?? '', /no-such-program-here/);
  });
});

test('a failure of the machine is told without naming its places', async () => {
  await withPipelines(async (world) => {
    rmSync(join(world.folder, 'executions'), { recursive: true });
    await world.define('one', { steps: { one: { kind: 'run', command: ['true'], ...needs } } });
    const { execution, steps } = await world.ended(await world.pipelines.start(caller, project, { pipeline: 'one' }));
    const { text } = await world.pipelines.logs(caller, project, execution.id, 'one', 0);
    assert.equal(execution.state, 'failed');
    assert.match(`${execution.error} ${steps[0]?.error}`, /^Something in the server failed\. Request (job_\w+)\. .* Request \1\.$/);
    assert.ok(!text.includes(world.folder), text);
  });
});

test('a hanging step ends when its execution is cancelled, and the pipeline can start again', async () => {
  await withPipelines(async (world) => {
    await world.define('slow', { steps: { one: { kind: 'run', command: ['sh', '-c', 'sleep 600'], ...needs } } });
    const execution = await world.pipelines.start(caller, project, { pipeline: 'slow' });
    await assert.rejects(world.pipelines.start(caller, project, { pipeline: 'slow' }), refused('pipeline_busy'));
    while ((await world.pipelines.execution(caller, project, execution.id)).execution.state === 'waiting')
      await new Promise((resolve) => setTimeout(resolve, 20));
    await world.pipelines.cancel(caller, project, execution.id);
    assert.equal((await world.ended(execution)).execution.state, 'cancelled');
    await world.define('slow', { steps: { one: { kind: 'run', command: ['sh', '-c', 'true'], ...needs } } });
    assert.equal((await world.ended(await world.pipelines.start(caller, project, { pipeline: 'slow' }))).execution.state, 'succeeded');
  });
});

test('an input that is not named is at its newest, and a wrong name or version is refused before anything starts', async () => {
  await withPipelines(async (world) => {
    for (const dataset of ['points', 'places']) for (const seed of [1, 2]) await world.addData(dataset, pointsTable(seed));
    const all = await world.put('select * from points');
    await world.define('pick', {
      inputs: ['points', 'places'],
      files: { 'all.sql': all },
      steps: { all: { kind: 'sql', file: 'all.sql', from: [], out: [], needs: [] } },
    });
    const start = (inputs: Record<string, number>) => world.pipelines.start(caller, project, { pipeline: 'pick', inputs });
    await assert.rejects(start({ points: 1, plaices: 1 }), refused('invalid_input'));
    await assert.rejects(start({ points: 7 }), refused('not_found'));
    const { execution } = await world.ended(await start({ points: 1 }));
    assert.deepEqual([execution.error, execution.inputs], [null, { points: 1, places: 2 }]);
  });
});

test('a training ends when its execution is cancelled, and makes way for the next one', async () => {
  await withPipelines(async (world) => {
    await world.addData('points', pointsTable(1));
    const fit = (trees: number) => ({
      inputs: ['points'],
      params: { trees },
      steps: { fit: { kind: 'fit', trainer: 'gbdt', target: 'y', from: 'points', exclude: [], settings: {}, needs: [] } } as const,
    });
    await world.define('long', fit(10_000));
    const execution = await world.pipelines.start(caller, project, { pipeline: 'long' });
    const running = async () => (await world.runs.searchRuns(caller, project, { execution_id: execution.id, limit: 1 })).items[0];
    while (!(await world.pipelines.logs(caller, project, execution.id, 'fit', 0)).text.includes('round 20 of'))
      await new Promise((resolve) => setTimeout(resolve, 20));
    await world.pipelines.cancel(caller, project, execution.id);
    await world.define('short', fit(2));
    const next = await world.ended(await world.pipelines.start(caller, project, { pipeline: 'short' }));
    assert.equal(next.execution.error, null);
    assert.equal((await running())?.status, 'killed');
    assert.doesNotMatch((await world.pipelines.logs(caller, project, execution.id, 'fit', 0)).text, /round 10000/);
  });
});

test('a dataset grows by the rows that a deployment served and learned the truth of', async () => {
  await withPipelines(async (world) => {
    await world.datasets.define(
      caller,
      project,
      'points',
      { files: [], target: 'y', key: [], outcome_only: ['delay'], units: {}, checks: {}, grows_from: { deployment: 'live' } },
      'ui',
    );
    await world.addData('points', 'x,kind,delay,y\n1,a,5,0\n2,b,30,1\n');
    const envelope = (id: string, x: number) => ({
      deployment: 'live',
      id,
      project_id: project.id,
      version: 1,
      rollout: null,
      event_time_ms: 1000,
      received_at_ms: 1,
      status: 'ok' as const,
      error_code: null,
      latency_us: 1,
      queue_us: 1,
      score: 0.5,
      label: '1',
      warnings: [],
      body: { x, kind: 'a' },
      sampled_share: 1,
    });
    world.predictions.record([envelope('one', 7), envelope('two', 8), envelope('late', 9)]);
    await world.predictions.addOutcomes(caller, project, 'live', [
      { id: 'one', value: '1', extra: { delay: 44 }, observed_at_ms: 2000 },
      { id: 'late', value: '0', extra: { delay: 1 }, observed_at_ms: world.now + 60_000 },
    ]);
    const all = await world.put('select count(*) as n, max(x) as x, sum(y) as y from points');
    await world.define('count', {
      inputs: ['points'],
      files: { 'all.sql': all },
      steps: { all: { kind: 'sql', file: 'all.sql', from: [], out: [], needs: [] } },
    });
    const done = await world.ended(await world.pipelines.start(caller, project, { pipeline: 'count' }));
    assert.equal(done.execution.error, null);
    const version = await world.datasets.version(project, 'points', done.execution.inputs?.['points'] ?? 0);
    assert.deepEqual([version.rows, version.source.kind], [3, 'grown']);
    const { rows } = await world.datasets.preview(version, 0, 10);
    assert.deepEqual(rows.at(-1), [7, 'a', 44, 1]);
  });
});

test('an execution that answers an event has it as its cause; an event that is not there is refused', async () => {
  await withPipelines(async (world) => {
    await world.addData('points', pointsTable(1));
    await world.define('keep', {
      inputs: ['points'],
      params: {},
      files: { 'split.sql': await world.put('create table older as select * from points;') },
      steps: { split: { kind: 'sql', file: 'split.sql', from: [], out: ['older'], needs: [] } },
    });
    const { started_event } = await world.pipelines.start(caller, project, { pipeline: 'keep', because: 1 });
    assert.equal((await world.events.get(started_event))?.cause, 1);
    await assert.rejects(world.pipelines.start(caller, project, { pipeline: 'keep', because: 1_000_000 }), refused('not_found'));
  });
});
