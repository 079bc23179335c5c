import assert from 'node:assert/strict';
import { test } from 'node:test';
import { admin, definition, onnxModel, openWorld, project } from '../features/deployments/deployments.fixture.ts';
import { everyPage } from '../kernel/pages.ts';
import type { SlipwayEvent } from '../platform/events/index.ts';
import { type ReactionJobsDeps, reactionJobs } from './reaction-jobs.ts';
import { reactions } from './reactions.ts';

type World = Awaited<ReturnType<typeof openWorld>>;

/** Does what the page of reactions says follows from an event. */
async function react(world: World, event: SlipwayEvent): Promise<void> {
  // Monitors and automations have no part in a release.
  const deps = { ...world, projectById: async () => project } as Partial<ReactionJobsDeps> as ReactionJobsDeps;
  const jobs = new Map(reactionJobs(deps).map((job) => [job.name, job]));
  for (const { job: name, payload } of reactions.filter(({ on, when }) => on === event.type && (when?.(event) ?? true))) {
    const job = jobs.get(name);
    const context = { id: 'job_1', project_id: project.id, attempt: 1, caller: admin, signal: new AbortController().signal };
    await job?.handle(job.payload.parse(payload(event)) as never, context);
  }
}

test('each gate of a model asks its own questions, and a later verdict takes back only those of its gate', async (t) => {
  const world = await openWorld(t);
  const { gates, approvals, events } = world;
  const define = (name: string, people: number) =>
    gates.define(admin, project, name, { model: 'delay', criteria: [], approvals: { production: people } }, 'ui');
  await define('quality', 1);
  await define('ethics', 1);
  await world.addVersion(onnxModel());
  const judge = (gate: string) => gates.evaluate(admin, project, { gate, model: 'delay', version: 1 });
  const [quality, ethics] = [await judge('quality'), await judge('ethics')];
  const eventOf = async (number: number) => {
    const [event] = await events.list({ after: number - 1, order: 'oldest', limit: 1 });
    assert.ok(event);
    return event;
  };
  const asked = async () => (await approvals.list(admin, project)).items.map(({ verdict_event, state }) => [verdict_event, state]);
  await react(world, await eventOf(quality.event));
  await react(world, await eventOf(ethics.event));
  assert.deepEqual(await asked(), [
    [ethics.event, 'requested'],
    [quality.event, 'requested'],
  ]);
  await define('quality', 2);
  const refused = await judge('quality');
  assert.equal(refused.result, 'fail');
  await react(world, await eventOf(refused.event));
  assert.deepEqual(await asked(), [
    [ethics.event, 'requested'],
    [quality.event, 'void'],
  ]);
  const page = await approvals.list(admin, project, { limit: 1 });
  const next = await approvals.list(admin, project, { limit: 1, cursor: page.next ?? '' });
  assert.deepEqual(
    [...page.items, ...next.items].map(({ verdict_event }) => verdict_event),
    [ethics.event, quality.event],
  );
  const verdicts: number[] = [];
  for await (const { event } of everyPage((ask) => gates.verdicts(admin, project, { ...ask, limit: 1 }))) verdicts.push(event);
  assert.deepEqual(verdicts, [refused.event, ethics.event, quality.event]);
  assert.deepEqual([await approvals.waiting(project.id), await approvals.waiting('prj_other')], [1, 0]);
});

test('a version that was taken off is not released by a verdict given again, but by a person', async (t) => {
  const world = await openWorld(t);
  const { deployments, gates } = world;
  await gates.define(admin, project, 'release', { model: 'delay', criteria: [], approvals: {} }, 'ui');
  const judge = async (version: number) => {
    const verdict = await gates.evaluate(admin, project, { gate: 'release', model: 'delay', version });
    const [event] = await world.events.list({ after: verdict.event - 1, order: 'oldest', limit: 1 });
    assert.equal(event?.type, 'gate.passed');
    await react(world, event);
  };
  const serving = async () => (await deployments.get(admin, project, 'delay')).champion;
  await world.addVersion(onnxModel());
  await deployments.define(
    admin,
    project,
    'delay',
    { ...definition, rollout: { steps: [1], guard: [], bake_ms: 0 }, gate: 'release' },
    'ui',
  );
  await judge(1);
  await world.addVersion(onnxModel(true));
  await judge(2);
  assert.equal(await serving(), 2);
  await deployments.rollback(admin, project, 'delay', 'too many complaints');
  await judge(2);
  assert.equal(await serving(), 1);
  await deployments.roll(admin, project, { deployment: 'delay', version: 2 });
  assert.equal(await serving(), 2);
});

test('a version is judged when something here can run it, and nothing is started for any other', async (t) => {
  const world = await openWorld(t);
  await world.addVersion(onnxModel());
  const [made] = await world.events.list({ type: 'model-version.registered', limit: 1 });
  const judged = ({ when }: (typeof reactions)[number], flavor: string) => made && when?.({ ...made, after: { flavor } });
  const [judging] = reactions.filter(({ job }) => job === 'gates.judge');
  assert.ok(made && judging);
  assert.equal(judging.when?.(made), true);
  for (const flavor of ['mlflow', 'outside', 'prompt']) assert.equal(judged(judging, flavor), false, flavor);
});
