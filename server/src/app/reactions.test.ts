import assert from 'node:assert/strict';
import { test } from 'node:test';
import { admin, onnxModel, openWorld, project } from '../features/deployments/deployments.fixture.ts';
import { type ReactionJobsDeps, reactionJobs } from './reaction-jobs.ts';

type World = Awaited<ReturnType<typeof openWorld>>;

/** What follows when nothing stands against the release of a version any more. */
async function releaseByItself(world: World, version: number): Promise<void> {
  // A release needs no other room.
  const deps = { ...world, projectById: async () => project } as Partial<ReactionJobsDeps> as ReactionJobsDeps;
  const job = reactionJobs(deps).find(({ name }) => name === 'deployments.release');
  const context = { id: 'job_1', project_id: project.id, attempt: 1, caller: admin, signal: new AbortController().signal };
  await job?.handle(job.payload.parse({ model: 'delay', version }) as never, context);
}

test('a version that passes its gate again does not take the place of a newer one that rolls or serves', async (t) => {
  const world = await openWorld(t);
  const { deployments } = world;
  await world.withFirst();
  await world.addVersion(onnxModel());
  await world.addVersion(onnxModel(true));
  const split = async () => (await deployments.list(admin, project))[0]?.split.map(({ version, share }) => [version, share]);
  await releaseByItself(world, 3);
  const rolling = [
    [1, 0.75],
    [3, 0.25],
  ];
  assert.deepEqual(await split(), rolling);
  for (const older of [1, 2]) await releaseByItself(world, older);
  assert.deepEqual(await split(), rolling);
  await deployments.rollback(admin, project, 'delay', 'complaints');
  await releaseByItself(world, 2);
  assert.deepEqual(await split(), [
    [1, 0.75],
    [2, 0.25],
  ]);
});

test('a deployment that cannot take a version does not keep it from the others', async (t) => {
  const world = await openWorld(t);
  const { deployments } = world;
  const wrong = { rollout: { steps: [0.5, 1], guard: ['rmse'], bake_ms: 0 } };
  await world.withFirst();
  const { definition } = (await deployments.list(admin, project))[0] ?? assert.fail();
  await deployments.define(admin, project, 'about', { ...definition, ...wrong, environment: 'staging' }, 'ui');
  await world.addVersion(onnxModel(true));
  await assert.rejects(releaseByItself(world, 2), { code: 'invalid_input' });
  const rollouts = (await deployments.list(admin, project)).map(({ name, rollout }) => [name, rollout?.version]);
  assert.deepEqual(rollouts, [
    ['about', undefined],
    ['delay', 2],
  ]);
});
