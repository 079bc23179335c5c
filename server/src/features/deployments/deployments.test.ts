import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { SlipwayError } from '../../kernel/error.ts';
import { admin, callerWith, day_ms, definition, onnxModel, openWorld, project, row } from './deployments.fixture.ts';
import type { PredictedRow } from './serving.ts';
import { placeOf } from './split.ts';

const refused =
  (code: string, says = /./) =>
  (error: unknown) =>
    error instanceof SlipwayError && error.code === code && says.test(error.message);
const predictor = callerWith('predictor', 'read', 'predict');
const first = { deployment: 'delay', version: 1 };
const second = { deployment: 'delay', version: 2 };
let rowsSoFar = 0;
/** Ids that repeat from run to run, so that the arms of a rollout do as well. */
const nextId = (): string => `row-${++rowsSoFar}`;

async function openRolling(t: TestContext) {
  const world = await openWorld(t);
  await world.withFirst();
  await world.addVersion(onnxModel(true));
  await world.deployments.roll(admin, project, second);
  return world;
}

/** Serves rows with outcomes that version 1 is right about: UA is late. */
async function serveDay(world: Awaited<ReturnType<typeof openWorld>>, rows: number): Promise<PredictedRow[]> {
  const served: PredictedRow[] = [];
  for (let at = 0; at < rows; at += 100) {
    const ids = Array.from({ length: Math.min(100, rows - at) }, nextId);
    const body = { rows: ids.map((_, nth) => ({ ...row, distance: nth * 9, carrier: nth % 2 ? 'UA' : 'AA' })), ids };
    const { predictions } = await world.deployments.predict(admin, 'delay', body);
    served.push(...predictions);
    const outcomes = ids.map((id, nth) => ({ id, value: nth % 2 }));
    await world.deployments.addOutcomes(admin, 'delay', { outcomes });
  }
  return served;
}

test('the first version serves all traffic at once, is the champion, and cannot be retired or moved by hand', async (t) => {
  const world = await openWorld(t);
  await world.withFirst();
  const view = await world.deployments.get(admin, project, 'delay');
  assert.deepEqual([view.champion, view.split, view.rollout], [1, [{ version: 1, share: 1 }], null]);
  assert.equal((await world.models.aliases(project, 'delay')).get('champion'), 1);
  await assert.rejects(
    world.models.retireVersion(admin, project, 'delay', 1),
    refused('version_in_use', /deployment delay \(serves 100%\)/),
  );
  await assert.rejects(
    world.models.setAlias(admin, project, { model: 'delay', alias: 'champion', version: null }),
    refused('alias_protected'),
  );
  assert.deepEqual(
    (await world.eventTypes()).filter((type) => type.startsWith('deployment.')),
    ['deployment.defined', 'deployment.rollout-started', 'deployment.promoted'],
  );
  assert.equal((await world.deployments.roll(admin, project, first)).number, 1, 'the same version again is no change');
});

test('a row is answered as the model says, and its envelope is kept with the features', async (t) => {
  const world = await openWorld(t);
  await world.withFirst();
  const answer = await world.deployments.predict(predictor, 'delay', {
    rows: [row, { ...row, carrier: 'XX', wind: null }],
    ids: ['a', 'b'],
  });
  const [late, odd] = answer.predictions;
  assert.deepEqual([answer.deployment, answer.model, answer.version], ['delay', 'delay', 1]);
  assert.equal(late?.label, '1');
  assert.ok((late?.probability ?? 0) > 0.5 && (late?.probability ?? 0) < 1);
  assert.ok(Math.abs((late?.probabilities?.['0'] ?? 0) + (late?.probability ?? 0) - 1) < 1e-6);
  assert.deepEqual(odd?.warnings, ['carrier: unseen category "XX"', 'wind: missing']);
  await world.deployments.addOutcomes(predictor, 'delay', { outcomes: [{ id: 'a', value: true, extra: { delay: 20 } }] });
  const rows = await world.deployments.rows(admin, project, 'delay', { from_ms: 0, to_ms: 1e15, limit: 10 });
  assert.deepEqual(
    rows.map((one) => [one.id, one.status, one.version, one.body, one.outcome?.value ?? null]),
    [
      ['a', 'ok', 1, row, '1'],
      ['b', 'ok', 1, { ...row, carrier: 'XX', wind: null }, null],
    ],
  );
  assert.equal(rows[0]?.score, late?.probability);
});

test('what is refused leaves one envelope with its reason, and strangers learn nothing', async (t) => {
  const world = await openWorld(t);
  await world.withFirst({ limits: { per_day: 3 } });
  const { deployments } = world;
  await assert.rejects(
    deployments.predict(predictor, 'delay', { rows: [row, { ...row, distance: 'far' }] }),
    refused('input_refused', /Row 1, column distance/),
  );
  await assert.rejects(deployments.predict(predictor, 'delay', { rows: [] }), refused('invalid_input'));
  await assert.rejects(deployments.predict(predictor, 'delay', { rows: new Array(1001).fill(row) }), refused('invalid_input'));
  await assert.rejects(
    deployments.predict(predictor, 'delay', { rows: [row], event_time_ms: world.time.now_ms + 1 }),
    refused('event_time_ahead'),
  );
  await deployments.predict(predictor, 'delay', { rows: [row] });
  await assert.rejects(deployments.predict(predictor, 'delay', { rows: [row] }), refused('limit_reached', /today/));
  await assert.rejects(deployments.predict(callerWith('reader', 'read'), 'delay', { rows: [row] }), refused('not_permitted'));
  await assert.rejects(deployments.predict(callerWith('stranger'), 'delay', { rows: [row] }), refused('not_found', /deployment delay/));
  await assert.rejects(deployments.predict(predictor, 'none', { rows: [row] }), refused('not_found'));
  await assert.rejects(deployments.addOutcomes(callerWith('stranger'), 'delay', { outcomes: [] }), refused('not_found'));
  const rows = await deployments.rows(admin, project, 'delay', { from_ms: 0, to_ms: 1e15, limit: 100 });
  assert.deepEqual(rows.map((one) => `${one.status} ${one.error_code}`).sort(), [
    'ok null',
    'refused event_time_ahead',
    'refused input_refused',
    'refused invalid_input',
    'refused invalid_input',
    'refused limit_reached',
  ]);
  world.time.now_ms += day_ms;
  await deployments.predict(predictor, 'delay', { rows: [row] });
});

test('a caller with the clock right may send rows and outcomes ahead of the clock of the data', async (t) => {
  const world = await openWorld(t);
  await world.withFirst();
  const ahead = world.time.now_ms + 5;
  const player = callerWith('player', 'read', 'predict', 'clock');
  await world.deployments.predict(player, 'delay', { rows: [row], ids: ['a'], event_time_ms: [ahead] });
  const outcome = { outcomes: [{ id: 'a', value: 1, observed_at_ms: ahead }] };
  await assert.rejects(world.deployments.addOutcomes(predictor, 'delay', outcome), refused('outcome_ahead'));
  assert.deepEqual(await world.deployments.addOutcomes(player, 'delay', outcome), { matched: 1, unmatched: 0, changed: 0 });
});

test('a rollout splits by row id, repeatably and close to its share, and a rising share only moves rows to the new version', async (t) => {
  const world = await openRolling(t);
  const ids = Array.from({ length: 1000 }, (_, at) => `flight-${at}`);
  const versions = async () => {
    const { predictions } = await world.deployments.predict(admin, 'delay', { rows: ids.map(() => row), ids });
    return predictions.map((one) => one.version);
  };
  const once = await versions();
  assert.deepEqual(await versions(), once);
  const share = once.filter((version) => version === 2).length / 1000;
  assert.ok(Math.abs(share - 0.25) < 0.045, `${share}`);
  assert.ok(ids.every((id, at) => placeOf(id, 'delay/2') < 0.25 === (once[at] === 2)));
  const single = await world.deployments.predict(admin, 'delay', { rows: [row, row, row] });
  assert.equal(new Set(single.predictions.map((one) => one.version)).size, 1, 'without ids one version answers a request');
});

test('a new version that is worse is rolled back by its outcome guard, with the figures as evidence', async (t) => {
  const world = await openRolling(t);
  await serveDay(world, 400);
  assert.deepEqual(await world.deployments.advanceDue(admin, project, world.time.now_ms + day_ms - 1), [], 'it has not baked');
  const [done] = await world.deployments.advanceDue(admin, project, world.time.now_ms + day_ms);
  assert.equal(done?.state, 'rolled back');
  const brier = done?.evidence.at(-1)?.guards.find((guard) => guard.guard === 'brier');
  assert.equal(brier?.result, 'breached');
  assert.ok((brier?.challenger ?? 0) > (brier?.champion ?? 1) && (brier?.challenger_rows ?? 0) >= 30);
  const view = await world.deployments.get(admin, project, 'delay');
  assert.deepEqual([view.champion, view.rollout, view.split], [1, null, [{ version: 1, share: 1 }]]);
  await world.models.retireVersion(admin, project, 'delay', 2);
});

test('a new version that is as good goes step by step to 100% and takes champion and hold with it', async (t) => {
  const world = await openWorld(t);
  await world.withFirst();
  await world.addVersion(onnxModel());
  await world.deployments.roll(admin, project, second);
  for (const share of [0.5, 1]) {
    await serveDay(world, 400);
    world.time.now_ms += day_ms;
    const [moved] = await world.deployments.advanceDue(admin, project, world.time.now_ms);
    assert.equal(moved?.plan.steps[moved.step], share, moved?.evidence.at(-1)?.text);
  }
  const view = await world.deployments.get(admin, project, 'delay');
  assert.deepEqual([view.champion, view.previous, view.rollout], [2, 1, null]);
  assert.equal((await world.models.aliases(project, 'delay')).get('champion'), 2);
  await assert.rejects(world.models.retireVersion(admin, project, 'delay', 2), refused('version_in_use'));
  await world.models.retireVersion(admin, project, 'delay', 1);
});

test('without outcomes a step waits, says so once, and goes on after the longest wait', async (t) => {
  const world = await openRolling(t);
  await world.deployments.predict(admin, 'delay', { rows: new Array(200).fill(row), ids: Array.from({ length: 200 }, nextId) });
  const at = (days: number) => world.deployments.advanceDue(admin, project, world.time.now_ms + days * day_ms);
  const [waiting] = await at(1);
  assert.equal(waiting?.state, 'waiting');
  await assert.rejects(world.deployments.promote(admin, project, 'delay'), refused('rollout_not_ready', /of 30 outcomes/));
  assert.deepEqual(await at(2), []);
  const [next] = await at(3);
  assert.deepEqual([next?.state, next?.step], ['rolling', 1]);
  assert.match(next?.evidence.at(-1)?.text ?? '', /Not enough truth/);
});

test('a rollback after a promotion points to the version before within a second, once', async (t) => {
  const world = await openWorld(t);
  await world.withFirst({ rollout: { steps: [1], guard: [], bake_ms: 0 } });
  await world.addVersion(onnxModel(true));
  await world.deployments.roll(admin, project, second);
  const begun = performance.now();
  await world.deployments.rollback(admin, project, 'delay', 'too many late flights');
  assert.ok(performance.now() - begun < 1000);
  assert.equal((await world.deployments.predict(admin, 'delay', { rows: [row] })).version, 1);
  assert.equal((await world.models.aliases(project, 'delay')).get('champion'), 1);
  await assert.rejects(world.deployments.rollback(admin, project, 'delay', ''), refused('nothing_to_roll_back'));
  const event = (await world.events.list({ project_id: project.id, type: 'deployment.rolled-back', limit: 5 }))[0];
  assert.match(event?.note ?? '', /too many late flights/);
  const [newest] = (await world.deployments.rollouts(admin, project, 'delay')).items;
  assert.deepEqual([newest?.version, newest?.state], [2, 'rolled back']);
});

test('going back to a version that was retired since is not offered, and refused', async (t) => {
  const world = await openWorld(t);
  await world.withFirst({ rollout: { steps: [1], guard: [], bake_ms: 0 } });
  await world.addVersion(onnxModel(true));
  await world.deployments.roll(admin, project, second);
  assert.equal((await world.deployments.get(admin, project, 'delay')).previous, 1);
  await world.models.retireVersion(admin, project, 'delay', 1);
  assert.equal((await world.deployments.get(admin, project, 'delay')).previous, null);
  await assert.rejects(world.deployments.rollback(admin, project, 'delay', ''), refused('version_retired'));
});

test('a rollback ends a running rollout, and a newer version takes the place of one that is rolling', async (t) => {
  const world = await openRolling(t);
  await world.addVersion(onnxModel());
  await world.deployments.roll(admin, project, { deployment: 'delay', version: 3 });
  const states = (await world.deployments.rollouts(admin, project, 'delay')).items.map((one) => [one.version, one.state]);
  assert.deepEqual(states, [
    [3, 'rolling'],
    [2, 'superseded'],
    [1, 'promoted'],
  ]);
  const page = await world.deployments.rollouts(admin, project, 'delay', { limit: 2 });
  const last = await world.deployments.rollouts(admin, project, 'delay', { limit: 2, cursor: page.next ?? '' });
  assert.deepEqual([page.items.length, last.items.map((one) => one.version), last.next], [2, [1], null]);
  await world.deployments.rollback(admin, project, 'delay', '');
  const ids = Array.from({ length: 50 }, nextId);
  const { predictions } = await world.deployments.predict(admin, 'delay', { rows: ids.map(() => row), ids });
  assert.ok(predictions.every((one) => one.version === 1));
});

test('the champion released again takes off the version that was rolling, and is held as before', async (t) => {
  const world = await openWorld(t);
  await world.withFirst({ environment: 'staging' });
  await world.addVersion(onnxModel(true));
  await world.deployments.roll(admin, project, second);
  const rollout = await world.deployments.roll(admin, project, first);
  assert.deepEqual([rollout.number, rollout.state], [1, 'promoted']);
  const view = await world.deployments.get(admin, project, 'delay');
  assert.deepEqual([view.champion, view.rollout, view.split], [1, null, [{ version: 1, share: 1 }]]);
  assert.equal((await world.deployments.predict(admin, 'delay', { rows: [row] })).version, 1);
  await assert.rejects(world.deployments.rollback(admin, project, 'delay', ''), refused('nothing_to_roll_back'));
  await assert.rejects(world.models.retireVersion(admin, project, 'delay', 1), refused('version_in_use'));
  await world.models.retireVersion(admin, project, 'delay', 2);
});

test('no road leads around the gate: not a release, a definition, another deployment, an environment, or a verdict that changed', async (t) => {
  const world = await openWorld(t);
  const { deployments, gates, approvals } = world;
  await gates.define(admin, project, 'release', { model: 'delay', criteria: [], approvals: { production: 1 } }, 'ui');
  await world.addVersion(onnxModel());
  await world.addVersion(onnxModel());
  await assert.rejects(deployments.define(admin, project, 'delay', definition, 'ui'), refused('gate_needed', /release/));
  await assert.rejects(deployments.define(admin, project, 'delay', { ...definition, gate: 'other' }, 'ui'), refused('gate_needed'));
  const gated = { ...definition, gate: 'release' };
  await deployments.define(admin, project, 'delay', gated, 'ui');
  await assert.rejects(deployments.define(admin, project, 'delay-2', gated, 'ui'), refused('production_taken', /delay/));
  await assert.rejects(deployments.roll(admin, project, first), refused('not_released', /has not judged/));
  const release = async (number: number) => {
    const verdict = await gates.evaluate(admin, project, { gate: 'release', model: 'delay', version: number });
    await assert.rejects(deployments.roll(admin, project, { deployment: 'delay', version: number }), refused('not_released', /approval/));
    const asked = {
      version_id: verdict.version_id,
      model: 'delay',
      version: number,
      environment: 'production',
      needed: 1,
      excluded: ['ada'],
    };
    const { id } = await approvals.request(admin, project, {
      ...asked,
      verdict_event: verdict.event,
      evidence_digest: verdict.evidence_digest,
    });
    await approvals.decide(callerWith('bob', 'read', 'approve'), project, id, { decision: 'approve', reason: 'fine' });
    return deployments.roll(admin, project, { deployment: 'delay', version: number });
  };
  const live = await release(1);
  assert.equal(live.permit?.approval_events.length, 1);
  await assert.rejects(
    deployments.define(admin, project, 'delay', { ...gated, environment: 'staging' }, 'ui'),
    refused('deployment_fixed'),
  );
  await assert.rejects(deployments.define(admin, project, 'delay', definition, 'ui'), refused('gate_needed'));
  await release(2);
  await serveDay(world, 400);
  await gates.define(admin, project, 'release', { model: 'delay', criteria: [], approvals: { production: 2 } }, 'ui');
  await gates.evaluate(admin, project, { gate: 'release', model: 'delay', version: 2 });
  const at = (days: number) => deployments.advanceDue(admin, project, world.time.now_ms + days * day_ms);
  await at(1);
  await at(9);
  const view = await deployments.get(admin, project, 'delay');
  assert.equal(view.champion, 1, 'the newest verdict refuses it');
  assert.match(view.rollout?.evidence.at(-1)?.text ?? '', /gate release refused it/);
  assert.ok((await world.eventTypes()).filter((type) => type === 'deployment.refused').length >= 3);
});

test('a gate that changed after its verdict lets nothing pass on it: no release, and no last step of a rollout', async (t) => {
  const world = await openWorld(t);
  const { deployments, gates } = world;
  const define = (people: number) =>
    gates.define(admin, project, 'release', { model: 'delay', criteria: [], approvals: { production: people } }, 'ui');
  const judged = async (version: number) => {
    await world.addVersion(onnxModel());
    return gates.evaluate(admin, project, { gate: 'release', model: 'delay', version });
  };
  await define(0);
  await deployments.define(admin, project, 'delay', { ...definition, gate: 'release' }, 'ui');
  await judged(1);
  await deployments.roll(admin, project, first);
  await judged(2);
  await deployments.roll(admin, project, second);
  assert.equal((await judged(3)).result, 'pass');
  await serveDay(world, 400);
  const { event } = await define(2);
  const changed = new RegExp(`gate release was changed by event ${event}.*train again`);
  await assert.rejects(deployments.roll(admin, project, { deployment: 'delay', version: 3 }), refused('not_released', changed));
  for (const days of [1, 9]) await deployments.advanceDue(admin, project, world.time.now_ms + days * day_ms);
  const view = await deployments.get(admin, project, 'delay');
  assert.deepEqual([view.champion, view.rollout?.state], [1, 'waiting']);
  assert.match(view.rollout?.evidence.at(-1)?.text ?? '', changed);
});

test('names are unique on the server, models fixed while they serve, and a retired deployment answers no more', async (t) => {
  const world = await openWorld(t);
  await world.withFirst();
  const other = { ...project, id: 'prj_2', name: 'other' };
  await assert.rejects(world.deployments.define(admin, other, 'delay', definition, 'ui'), refused('already_exists'));
  await assert.rejects(world.deployments.define(admin, project, 'delay', { ...definition, model: 'x' }, 'ui'), refused('deployment_fixed'));
  await assert.rejects(world.deployments.get(admin, other, 'delay'), refused('not_found'));
  await assert.rejects(world.deployments.rollback(admin, other, 'delay', ''), refused('not_found'));
  await world.deployments.retire(admin, project, 'delay');
  await assert.rejects(world.deployments.predict(admin, 'delay', { rows: [row] }), refused('not_found'));
  await world.models.setAlias(admin, project, { model: 'delay', alias: 'champion', version: null });
  await world.models.retireVersion(admin, project, 'delay', 1);
  await assert.rejects(world.deployments.define(admin, other, 'delay', definition, 'ui'), refused('already_exists'));
});

test('a restart serves the same versions, to requests that come before they are loaded too, and goes on with the running rollout', async (t) => {
  const before = await openRolling(t);
  await before.close();
  const world = await openWorld(t, before.folder);
  await world.deployments.start();
  assert.equal(world.deployments.loading(), 2, 'a start does not wait for the models');
  const ids = Array.from({ length: 100 }, nextId);
  const { predictions } = await world.deployments.predict(admin, 'delay', { rows: ids.map(() => row), ids });
  assert.deepEqual(new Set(predictions.map((one) => one.version)), new Set([1, 2]));
  assert.equal(world.deployments.loading(), 0);
});
