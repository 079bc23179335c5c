import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { SlipwayError } from '../../kernel/error.ts';
import type { DeploymentDefinition } from './deployment.ts';
import { admin, callerWith, onnxModel, openWorld, project, row } from './deployments.fixture.ts';

const predictor = callerWith('predictor', 'read', 'predict');
type World = Awaited<ReturnType<typeof openWorld>>;

/** Sends single rows from some callers, each its next as soon as it has an answer, until told to stop. */
function load(world: World, callers: number) {
  const answers = new Map<string, number>();
  let going = true;
  const count = (what: string): void => void answers.set(what, (answers.get(what) ?? 0) + 1);
  const call = async (): Promise<void> => {
    while (going) {
      try {
        count(`version ${(await world.deployments.predict(predictor, 'delay', { rows: [row] })).version}`);
      } catch (error) {
        count(error instanceof SlipwayError ? error.code : String(error));
        await pause(5);
      }
    }
  };
  const running = Promise.all(Array.from({ length: callers }, call));
  return {
    answers,
    async stop() {
      going = false;
      await running;
      return [...answers.keys()].sort();
    },
  };
}

async function served(t: TestContext, more: Partial<DeploymentDefinition> = {}): Promise<World> {
  const world = await openWorld(t);
  await world.withFirst({ rollout: { steps: [1], guard: [], bake_ms: 0 }, ...more });
  return world;
}

test('a burst beyond the limits is answered in full: what fits is served, the rest is told to come back, and all of it is kept', async (t) => {
  const world = await served(t, { limits: { concurrent: 4, queue: 16 } });
  const all = await Promise.allSettled(Array.from({ length: 200 }, () => world.deployments.predict(predictor, 'delay', { rows: [row] })));
  const codes = all.map((one) => (one.status === 'fulfilled' ? 'ok' : one.reason instanceof SlipwayError ? one.reason.code : '?'));
  assert.deepEqual([...new Set(codes)].sort(), ['model_queue_full', 'ok']);
  assert.equal(codes.filter((code) => code === 'ok').length, 20);
  const { counts } = await world.deployments.served(admin, project, 'delay', { from_ms: 0, to_ms: 1e15 });
  assert.deepEqual(
    counts.map(({ status, rows }) => [status, rows]),
    [
      ['refused', 180],
      ['ok', 20],
    ],
  );
  assert.equal((await world.deployments.predict(predictor, 'delay', { rows: [row] })).version, 1, 'it serves on');
});

test('a request that waits beyond its deadline is refused, and its place goes to the next', async (t) => {
  const world = await served(t, { limits: { concurrent: 1, queue: 50, deadline_ms: 40 } });
  const pid = world.inference.stats().pid ?? 0;
  process.kill(pid, 'SIGSTOP');
  const all = Promise.allSettled(Array.from({ length: 10 }, () => world.deployments.predict(predictor, 'delay', { rows: [row] })));
  const codes = (await all).map((one) => (one.status === 'rejected' && one.reason instanceof SlipwayError ? one.reason.code : 'ok'));
  process.kill(pid, 'SIGCONT');
  assert.deepEqual(new Set(codes), new Set(['deadline_exceeded']));
  const wait = async (): Promise<number | null> => {
    const answer = await world.deployments.predict(predictor, 'delay', { rows: [row] }).catch(() => pause(20));
    return answer ? answer.version : wait();
  };
  assert.equal(await wait(), 1);
});

test('a new version takes over, and a rollback gives back, without one failed request under load', async (t) => {
  const world = await served(t);
  await world.addVersion(onnxModel(true));
  const traffic = load(world, 8);
  await pause(200);
  await world.deployments.roll(admin, project, { deployment: 'delay', version: 2 });
  await pause(200);
  await world.deployments.rollback(admin, project, 'delay', 'a test');
  await pause(200);
  assert.deepEqual(await traffic.stop(), ['version 1', 'version 2']);
  assert.ok((traffic.answers.get('version 2') ?? 0) > 50);
});

test('a model host that is killed under load is back within two seconds, and requests meanwhile are told to come back', async (t) => {
  const world = await served(t);
  const traffic = load(world, 8);
  await pause(200);
  process.kill(world.inference.stats().pid ?? 0, 'SIGKILL');
  await pause(100);
  const before = traffic.answers.get('version 1') ?? 0;
  for (let waited = 0; waited < 20 && (traffic.answers.get('version 1') ?? 0) <= before + 20; waited++) await pause(100);
  const known = new Set(['version 1', 'model_host_failed']);
  assert.ok((await traffic.stop()).every((answer) => known.has(answer)));
  assert.ok((traffic.answers.get('version 1') ?? 0) > before + 20);
  assert.ok((traffic.answers.get('model_host_failed') ?? 0) <= 8, 'only what was in flight');
});

test('a version that somebody unloaded is loaded again by the next request', async (t) => {
  const world = await served(t);
  await world.inference.unload(world.inference.stats().models[0]?.key ?? '');
  assert.equal((await world.deployments.predict(predictor, 'delay', { rows: [row] })).version, 1);
});

test('a model host that dies under both arms of a rollout counts against both, so that no good release is rolled back for it', async (t) => {
  const world = await openWorld(t);
  await world.withFirst();
  await world.addVersion(onnxModel());
  await world.deployments.roll(admin, project, { deployment: 'delay', version: 2 });
  const ids = Array.from({ length: 40 }, (_, at) => `row-${at}`);
  process.kill(world.inference.stats().pid ?? 0, 'SIGKILL');
  const ask = () => world.deployments.predict(predictor, 'delay', { rows: ids.map(() => row), ids });
  await Promise.allSettled(Array.from({ length: 10 }, ask));
  const { counts } = await world.deployments.served(admin, project, 'delay', { from_ms: 0, to_ms: 1e15 });
  const failed = counts.filter(({ status }) => status === 'failed').map(({ version, rows }) => [version, rows]);
  assert.deepEqual(failed, [
    [1, 10],
    [2, 10],
  ]);
});

test('a request that finds its version unloaded waits for it no longer than its deadline, and the next one is answered', async (t) => {
  const world = await served(t, { limits: { deadline_ms: 200 } });
  await world.addVersion(onnxModel(true));
  await world.deployments.roll(admin, project, { deployment: 'delay', version: 2 });
  const pid = world.inference.stats().pid ?? 0;
  // The version before keeps the host alive, which is too busy to load anything.
  process.kill(pid, 'SIGSTOP');
  await world.inference.unload(world.inference.stats().models[1]?.key ?? '');
  const ask = () => world.deployments.predict(predictor, 'delay', { rows: [row] });
  const late = (error: unknown) => error instanceof SlipwayError && error.code === 'deadline_exceeded';
  await assert.rejects(Promise.race([ask(), pause(5_000)]), late).finally(() => process.kill(pid, 'SIGCONT'));
  const wait = async (): Promise<number | null> => (await ask().catch(() => null))?.version ?? (await pause(20).then(wait));
  assert.equal(await wait(), 2);
});

test('a request that comes after a restart and before its model waits for it, whatever its deadline', async (t) => {
  const before = await served(t, { limits: { deadline_ms: 200 } });
  await before.close();
  const world = await openWorld(t, before.folder);
  await world.deployments.start();
  const asked = world.deployments.predict(predictor, 'delay', { rows: [row] });
  asked.catch(() => undefined);
  for (let tries = 0; world.inference.stats().pid === null && tries < 1_000; tries++) await pause(5);
  const pid = world.inference.stats().pid ?? 0;
  process.kill(pid, 'SIGSTOP');
  await pause(500);
  process.kill(pid, 'SIGCONT');
  assert.equal((await asked).version, 1);
});
