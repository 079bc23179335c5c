import assert from 'node:assert/strict';
import { test } from 'node:test';
import { caller, day_ms, envelope, fortnightly, openWorld, project, rowsPerDay, start_ms } from './world.fixture.ts';

/** 20 seeds where the proof is asked for, 3 in a usual run. */
const seeds = process.env['SLIPWAY_PROVE'] === '1' ? 20 : 3;

for (let seed = 1; seed <= seeds; seed++) {
  test(`a world that does not change opens no incident and no investigation entry (seed ${seed})`, async (t) => {
    const { monitors, serve } = await openWorld(t);
    await monitors.define(caller, project, 'health', fortnightly, 'ui');
    await serve(0, 42, seed);
    for (let day = 1; day <= 42; day++) await monitors.evaluateDue(caller, project, start_ms + day * day_ms);
    const { items } = await monitors.results(caller, project, { monitor: 'health', limit: 100 });
    assert.deepEqual(
      items.map((result) => [(result.window_to_ms - start_ms) / day_ms, result.severity, result.judgement.held.length]),
      [42, 35, 28, 21, 14].map((day) => [day, 'none', 2]),
    );
    assert.deepEqual((await monitors.incidents(caller, project, { limit: 10 })).items, []);
  });
}

test('a window measures rows, outcomes, violations, warnings and missing values', async (t) => {
  const { monitors, serve, predictions } = await openWorld(t);
  await monitors.define(caller, project, 'health', fortnightly, 'ui');
  await serve(0, 14, 1, (row) => ({ ...row, late: row.body.carrier === 'AA' ? null : row.late }));
  const refused = { status: 'refused' as const, error_code: 'input_refused', version: null, score: null, label: null };
  const body = { temperature: null, wind: 10, carrier: 'ZZ' };
  predictions.record([
    { ...envelope('bad', start_ms + 5, body, 0.5), ...refused },
    { ...envelope('odd', start_ms + 6, body, 0.5), warnings: ['carrier: unseen category "ZZ"', 'temperature: missing'] },
  ]);
  await predictions.addOutcomes(caller, project, 'delay', [{ id: 'odd', value: 'maybe', extra: null, observed_at_ms: 1 }]);
  const [result] = await monitors.evaluateDue(caller, project, start_ms + 14 * day_ms);
  const measured = result?.measurements;
  assert.deepEqual(measured?.served, { ok: 14 * rowsPerDay + 1, refused: 1, failed: 0 });
  assert.ok((measured?.coverage ?? 0) > 0.6 && (measured?.coverage ?? 1) < 0.72, `${measured?.coverage}`);
  assert.equal(measured?.outcomes_unknown, 1);
  assert.deepEqual(measured?.violations, { input_refused: 1 });
  assert.deepEqual(measured?.warnings, {
    carrier: { unseen: 1, out_of_range: 0, missing: 0 },
    temperature: { unseen: 0, out_of_range: 0, missing: 1 },
  });
  assert.ok((measured?.missing['temperature']?.current ?? 0) > 0);
  const [brier, estimated] = [measured?.quality['brier']?.value ?? 0, measured?.estimated?.['brier']?.value ?? 0];
  assert.ok(Math.abs(brier - estimated) < 0.02, `estimated ${estimated}, realised ${brier}`);
});

test('a planted shift of one column is an investigation entry with that column first, until the column is back', async (t) => {
  const { monitors, serve, typesOf } = await openWorld(t);
  await monitors.define(caller, project, 'health', { ...fortnightly, window_ms: 7 * day_ms }, 'ui');
  await serve(0, 7, 1);
  await serve(7, 14, 2, (row) => ({ ...row, body: { ...row.body, temperature: row.body.temperature + 12 } }));
  await serve(21, 7, 3);
  for (let week = 1; week <= 4; week++) await monitors.evaluateDue(caller, project, start_ms + week * 7 * day_ms);
  const { items } = await monitors.incidents(caller, project, { limit: 10 });
  assert.equal(items.length, 1);
  const [entry] = items;
  assert.equal(entry?.severity, 'watch');
  assert.equal(entry?.state, 'resolved');
  assert.equal(entry?.windows, 2);
  assert.equal(entry?.since_ms, start_ms + 14 * day_ms);
  assert.equal(entry?.causes[0]?.column, 'temperature');
  assert.equal((await typesOf('monitor.drift-found')).length, 1, 'only when the set of columns changes');
  assert.deepEqual(await typesOf('incident.'), [], 'drift alone pages nobody');
  assert.deepEqual(
    (await typesOf('investigation.')).map((event) => event.type),
    ['investigation.opened', 'investigation.resolved'],
  );
});

test('a week without requests between two that drift alike is no news: the drift is told once', async (t) => {
  const { monitors, serve, typesOf } = await openWorld(t);
  await monitors.define(caller, project, 'health', { ...fortnightly, window_ms: 7 * day_ms }, 'ui');
  for (const [week, seed] of [
    [0, 1],
    [2, 2],
  ] as const)
    await serve(7 * week, 7, seed, (row) => ({ ...row, body: { ...row.body, temperature: row.body.temperature + 12 } }));
  for (let week = 1; week <= 3; week++) await monitors.evaluateDue(caller, project, start_ms + week * 7 * day_ms);
  assert.equal((await monitors.incidents(caller, project, { limit: 10 })).items[0]?.windows, 2);
  assert.equal((await typesOf('monitor.drift-found')).length, 1);
});

test('a calibration shift opens one incident, later windows add to it, and a good window resolves it', async (t) => {
  const { monitors, serve, typesOf } = await openWorld(t);
  await monitors.define(caller, project, 'health', { ...fortnightly, window_ms: 7 * day_ms }, 'ui');
  await serve(0, 7, 1);
  // Carrier B6 is late whatever the model says; nothing about the inputs changes.
  await serve(7, 14, 2, (row) => ({ ...row, late: row.body.carrier === 'B6' ? 1 : row.late }));
  await serve(21, 7, 3);
  for (let week = 1; week <= 4; week++) await monitors.evaluateDue(caller, project, start_ms + week * 7 * day_ms);
  const { items } = await monitors.incidents(caller, project, { limit: 10 });
  assert.equal(items.length, 1);
  const [incident] = items;
  assert.equal(incident?.severity, 'incident');
  assert.equal(incident?.state, 'resolved');
  assert.equal(incident?.windows, 2);
  assert.ok(incident?.breaches.some((breach) => breach.metric === 'calibration_gap' && breach.since_ms === start_ms + 14 * day_ms));
  assert.deepEqual([incident?.causes[0]?.column, incident?.causes[0]?.value], ['carrier', 'B6']);
  const told = [...(await typesOf('monitor.breached')), ...(await typesOf('incident.'))];
  assert.deepEqual(
    told.map((event) => event.type),
    ['monitor.breached', 'monitor.breached', 'incident.opened', 'incident.resolved'],
  );
  const [breached] = told;
  assert.equal(told[2]?.cause, breached?.number, 'the incident is told as caused by the breach');
  assert.match(JSON.stringify(breached?.after), /"kinds":\["calibration"/);
});

test('what broke is told against the last window that was judged, not against one of a few odd outcomes', async (t) => {
  const { monitors, serve } = await openWorld(t);
  await monitors.define(caller, project, 'health', { ...fortnightly, window_ms: 7 * day_ms }, 'ui');
  await serve(0, 7, 1);
  await serve(7, 7, 2, (row) => ({ ...row, late: row.body.carrier === 'B6' && row.score < 0.25 ? 1 : null }));
  await serve(14, 7, 3, (row) => ({ ...row, late: row.body.carrier === 'B6' ? 1 : row.late }));
  for (let week = 1; week <= 3; week++) await monitors.evaluateDue(caller, project, start_ms + week * 7 * day_ms);
  const { items } = await monitors.results(caller, project, { monitor: 'health', limit: 2 });
  assert.deepEqual(items[1]?.judgement.held, [], 'the second week has too few outcomes');
  assert.ok(Object.keys(items[1]?.measurements.slices['carrier'] ?? {}).length > 0);
  const [incident] = (await monitors.incidents(caller, project, { severity: 'incident', limit: 1 })).items;
  assert.deepEqual([incident?.causes[0]?.column, incident?.causes[0]?.value], ['carrier', 'B6']);
});

test('two evaluations at once write one result and one incident', async (t) => {
  const { monitors, serve, typesOf } = await openWorld(t);
  await monitors.define(caller, project, 'health', fortnightly, 'ui');
  await serve(0, 14, 1, (row) => ({ ...row, late: 1 }));
  const both = await Promise.all([1, 2, 3].map(() => monitors.evaluateDue(caller, project, start_ms + 14 * day_ms)));
  assert.equal(both.flat().length, 1);
  assert.equal((await monitors.results(caller, project, { monitor: 'health', limit: 10 })).items.length, 1);
  assert.equal((await monitors.incidents(caller, project, { limit: 10 })).items.length, 1);
  assert.equal((await typesOf('monitor.checked')).length, 1);
});

test('after a jump of the clock only the latest window is checked, and the result says how many were passed over', async (t) => {
  const { monitors, serve } = await openWorld(t);
  await monitors.define(caller, project, 'health', fortnightly, 'ui');
  await serve(0, 35, 1);
  const results = await monitors.evaluateDue(caller, project, start_ms + 36 * day_ms);
  assert.deepEqual(
    results.map((result) => [(result.window_to_ms - start_ms) / day_ms, result.skipped]),
    [[35, 3]],
  );
  assert.deepEqual(await monitors.evaluateDue(caller, project, start_ms + 36 * day_ms), []);
});

test('a check that somebody asks for covers the window that ends now and leaves the schedule as it is', async (t) => {
  const { monitors, serve, setNow } = await openWorld(t);
  await monitors.define(caller, project, 'health', fortnightly, 'ui');
  await assert.rejects(monitors.checkNow(caller, project, 'health'), { code: 'nothing_to_check' });
  await serve(0, 21, 1);
  setNow(start_ms + 16 * day_ms);
  const asked = await monitors.checkNow(caller, project, 'health');
  assert.deepEqual([asked.asked, (asked.window_to_ms - start_ms) / day_ms], [true, 16]);
  const { items } = await monitors.results(caller, project, { monitor: 'health', limit: 10 });
  assert.equal(items.length, 2, 'the window of day 14 was due and is checked first');
  const [next] = await monitors.evaluateDue(caller, project, start_ms + 21 * day_ms);
  assert.equal((next?.window_to_ms ?? 0) - start_ms, 21 * day_ms);
});

test('an incident is acknowledged and resolved by hand with a reason, and not acknowledged after that', async (t) => {
  const { monitors, serve, typesOf } = await openWorld(t);
  await monitors.define(caller, project, 'health', fortnightly, 'ui');
  await serve(0, 14, 1, (row) => ({ ...row, late: 1 }));
  await monitors.evaluateDue(caller, project, start_ms + 14 * day_ms);
  const id = (await monitors.incidents(caller, project, { state: 'open', limit: 1 })).items[0]?.id ?? '';
  const seen = await monitors.acknowledge(caller, project, id, 'looking at it');
  assert.equal(seen.acknowledged?.reason, 'looking at it');
  assert.equal((await monitors.resolve(caller, project, id, 'a strike')).state, 'resolved');
  await assert.rejects(monitors.acknowledge(caller, project, id, ''), { code: 'incident_resolved' });
  assert.deepEqual(
    (await typesOf('incident.')).map((event) => event.type),
    ['incident.opened', 'incident.acknowledged', 'incident.resolved'],
  );
});

test('a retired monitor, and one whose deployment is not there, check nothing', async (t) => {
  const { monitors, serve } = await openWorld(t);
  await monitors.define(caller, project, 'health', fortnightly, 'ui');
  await monitors.define(caller, project, 'lost', { ...fortnightly, deployment: 'nowhere' }, 'ui');
  await monitors.retire(caller, project, 'health');
  await serve(0, 14, 1);
  assert.deepEqual(await monitors.evaluateDue(caller, project, start_ms + 15 * day_ms), []);
});

test('a limit that nobody can understand is refused when it is set', async (t) => {
  const { monitors } = await openWorld(t);
  const define = (change: object) => monitors.define(caller, project, 'health', { ...fortnightly, ...change }, 'ui');
  await assert.rejects(define({ performance: { beauty: { min: 1 } } }), { code: 'invalid_input', message: /performance.beauty/ });
  await assert.rejects(define({ performance: { auc: {} } }), { message: /min or max/ });
  await assert.rejects(define({ every_ms: 15 * day_ms }), { message: /every_ms/ });
});
