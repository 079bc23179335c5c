import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { SlipwayError } from '../../kernel/error.ts';
import type { CodeCapture } from '../runs/index.ts';
import type { Execution, PipelineDefinition } from './index.ts';
import { caller, pointsTable, project, withPipelines } from './pipelines.fixture.ts';
import { endLeftRuns } from './step-run.ts';

const refused = (code: string) => (error: unknown) => error instanceof SlipwayError && error.code === code;
const needs = { needs: [], from: [], out: [], environment: {} };

test('a command is a tracked run that says what it was, on what it ran and what it used', {
  skip: process.platform !== 'linux' && 'what a process uses is read on Linux only',
}, async () => {
  await withPipelines(async (world) => {
    const spend = 'for (let used = {user: 0, system: 0}; used.user + used.system < 900_000; used = process.cpuUsage());';
    const busy = `${spend} console.log(process.env.SLIPWAY_RUN)`;
    await world.define('busy', {
      params: { trees: 60 },
      steps: { loop: { kind: 'run', command: [process.execPath, '-e', busy], ...needs } },
    });
    const { execution, steps } = await world.ended(await world.pipelines.start(caller, project, { pipeline: 'busy' }));
    assert.equal(execution.error, null);
    const run = await world.runs.getRun(caller, project, steps[0]?.outcome?.run_id ?? '');
    assert.deepEqual([run.status, run.step, run.execution_id], ['finished', 'loop', execution.id]);
    const { text } = await world.pipelines.logs(caller, project, execution.id, 'loop', 0);
    assert.ok(text.includes(run.id), 'the program knows its run');
    const tags = new Map(run.tags.map(({ key, value }) => [key, value]));
    assert.deepEqual(JSON.parse(tags.get('slipway.command') ?? ''), [process.execPath, '-e', busy]);
    assert.deepEqual([tags.get('slipway.version'), tags.get('mlflow.source.name')], ['test', 'busy/loop']);
    assert.deepEqual(run.params, [{ key: 'trees', value: '60' }]);
    assert.ok(run.cpu_ms > 300, `${run.cpu_ms} ms`);
    const used = new Map(run.metrics.map((metric) => [metric.key, metric]));
    const cpu = used.get('system/cpu_utilization_percentage');
    assert.ok(cpu && (cpu.maximum ?? 0) > 1 && (cpu.maximum ?? 0) <= 100, `${cpu?.maximum}% of the processors`);
    const memory = used.get('system/system_memory_usage_megabytes')?.value ?? 0;
    assert.ok(memory > 20 && memory < 1000, `${memory} MB`);
    for (const key of ['system/system_memory_usage_percentage', 'system/disk_usage_percentage']) {
      const share = used.get(key)?.value ?? -1;
      assert.ok(share > 0 && share <= 100, `${key} ${share}`);
    }
    assert.ok((used.get('system/disk_available_megabytes')?.value ?? 0) > 0);
    const points = await world.runs.metricHistory(caller, project, run.id, 'system/cpu_utilization_percentage', { limit: 100 });
    assert.ok(points.length >= 2, 'one soon, one at the end');
    assert.ok(
      points.every((point) => point.timestamp_ms <= (run.ended_at_ms ?? 0)),
      'none after its end',
    );
  });
});

test('a step does not fail because what it used cannot be noted, and the reason names no place of the machine', {
  skip: process.platform !== 'linux' && 'what a process uses is read on Linux only',
}, async () => {
  await withPipelines(async (world) => {
    await world.addData('points', pointsTable(1));
    await world.define('train', {
      inputs: ['points'],
      steps: { fit: { kind: 'fit', trainer: 'logistic', target: 'y', from: 'points', exclude: [], settings: {}, needs: [] } },
    });
    rmSync(join(world.folder, 'executions'), { recursive: true });
    const { execution } = await world.ended(await world.pipelines.start(caller, project, { pipeline: 'train' }));
    assert.equal(execution.error, null);
    const { text: log } = await world.pipelines.logs(caller, project, execution.id, 'fit', 0);
    assert.match(log, /System metrics are not kept any more/);
    assert.ok(!log.includes(world.folder), log);
  });
});

test('the run of a command that fails or is cancelled ends as the command did', async () => {
  await withPipelines(async (world) => {
    const ended = async (pipeline: string) => {
      const { items } = await world.runs.searchRuns(caller, project, { limit: 10 });
      return items.filter((run) => run.name.startsWith(pipeline)).map((run) => [run.status, run.ended_at_ms !== null]);
    };
    await world.define('fails', { steps: { one: { kind: 'run', command: ['sh', '-c', 'exit 3'], ...needs } } });
    await world.ended(await world.pipelines.start(caller, project, { pipeline: 'fails' }));
    assert.deepEqual(await ended('fails'), [['failed', true]]);
    await world.define('hangs', { steps: { one: { kind: 'run', command: ['sleep', '600'], ...needs } } });
    const execution = await world.pipelines.start(caller, project, { pipeline: 'hangs' });
    while ((await ended('hangs')).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await world.pipelines.cancel(caller, project, execution.id);
    for (let tries = 0; tries < 300 && !(await ended('hangs')).every(([, over]) => over); tries++)
      await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(await ended('hangs'), [['killed', true]]);
  });
});

test('a run refers to the code that its pipeline was applied from, as it was when the execution was started', async () => {
  await withPipelines(async (world) => {
    const { pipelines, runs } = world;
    const [diff = '', lock = '', script = ''] = await Promise.all(['--- a', 'version = 1', 'true'].map(world.put));
    const code = (commit: string): CodeCapture => ({
      ...{ commit, branch: 'trunk', remote: 'git@example.org:a/b.git', dirty: true, diff, untracked: null },
      ...{ lock_files: { 'uv.lock': lock }, notes: ['One thing is missing.', 'So is another.'] },
    });
    const files = { 'code.sh': script };
    const definition: PipelineDefinition = {
      ...{ inputs: [], params: {}, files },
      steps: { one: { kind: 'run', command: ['sh', 'code.sh'], ...needs } },
    };
    const codeOfRun = async (execution: Execution) => {
      const { steps } = await world.ended(execution);
      return (await runs.getRun(caller, project, steps[0]?.outcome?.run_id ?? '')).code;
    };
    const start = (): Promise<Execution> => pipelines.start(caller, project, { pipeline: 'job', use_cache: false });
    const [first, second] = ['a'.repeat(40), 'b'.repeat(40)] as const;

    await pipelines.define(caller, project, 'job', definition, 'file');
    await pipelines.setCode(caller, project, code(first), { job: files });
    const execution = await start();
    const artifact = (path: string, digest: string, bytes: number) => ({ path, digest, bytes });
    assert.deepEqual(await codeOfRun(execution), {
      ...{ commit: first, branch: 'trunk', remote: 'git@example.org:a/b.git', dirty: true },
      diff: artifact('code/uncommitted.diff', diff, 5),
      untracked: null,
      lock_files: [artifact('code/lock/uv.lock', lock, 11)],
      notes: ['One thing is missing.', 'So is another.'],
    });
    const { content } = await runs.openArtifact(
      caller,
      project,
      (await world.ended(execution)).steps[0]?.outcome?.run_id ?? '',
      'code/lock/uv.lock',
    );
    assert.equal(await text(content), 'version = 1');

    await pipelines.setCode(caller, project, code(second), { job: files });
    assert.equal((await codeOfRun(await start()))?.commit, second);
    assert.equal((await codeOfRun(await pipelines.rerun(caller, project, execution.id)))?.commit, first, 'a rerun is of the first code');
    const named = await pipelines.blobDigests();
    assert.ok(
      [diff, lock, script].every((digest) => named.includes(digest)),
      'a sweep leaves the code alone',
    );

    await pipelines.define(caller, project, 'job', { ...definition, files: { ...files, 'new.sh': script } }, 'file');
    assert.equal(await codeOfRun(await start()), null, 'of these files no commit is known');
    await pipelines.define(caller, project, 'job', definition, 'ui');
    assert.equal(await codeOfRun(await start()), null, 'who changed it by hand has no commit');
    await assert.rejects(
      pipelines.setCode(caller, project, { ...code(first), diff: 'c'.repeat(64) }, { job: files }),
      refused('not_found'),
    );
  });
});

test('a fit from the cache is evaluated anew although its run was deleted', async () => {
  await withPipelines(async (world) => {
    await world.addData('points', pointsTable(1));
    const define = (slices: string[]) =>
      world.define('train', {
        inputs: ['points'],
        steps: {
          fit: { kind: 'fit', trainer: 'logistic', target: 'y', from: 'points', exclude: [], settings: {}, needs: [] },
          evaluate: { kind: 'evaluate', model: 'fit', on: 'points', slices, needs: [] },
        },
      });
    await define([]);
    const first = await world.ended(await world.pipelines.start(caller, project, { pipeline: 'train' }));
    await world.runs.setRunLifecycle(caller, project, first.steps[0]?.outcome?.run_id ?? '', 'deleted');
    await define(['kind']);
    const { execution, steps } = await world.ended(await world.pipelines.start(caller, project, { pipeline: 'train' }));
    assert.equal(execution.error, null);
    assert.deepEqual(
      steps.map((step) => [step.name, step.cache?.hit]),
      [
        ['fit', true],
        ['evaluate', false],
      ],
    );
  });
});

test('a run that a killed server left open is ended, and those that ended stay as they are', async () => {
  await withPipelines(async ({ runs }) => {
    const execution_id = 'exe_1';
    const [left, ended, other] = await Promise.all([
      runs.createRun(caller, project, { execution_id, step: 'fit' }),
      runs.createRun(caller, project, { execution_id, step: 'plot' }),
      runs.createRun(caller, project, { execution_id: 'exe_2', step: 'fit' }),
    ]);
    await runs.updateRun(caller, project, ended.id, { status: 'finished' });
    await endLeftRuns({ runs }, caller, project, execution_id);
    const statuses = await Promise.all([left, ended, other].map(async ({ id }) => (await runs.getRun(caller, project, id)).status));
    assert.deepEqual(statuses, ['killed', 'finished', 'running']);
  });
});
