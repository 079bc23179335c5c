import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Deployment, Rollout } from './deployments-api.ts';
import { deploymentSentence, guardSeries, listSentence, stepsOf, storyOf, whatNext } from './rollout-view.ts';

const hour_ms = 3_600_000;
const when = (at_ms: number) => `${at_ms / hour_ms} h`;
const guard = (name: string, result: 'holds' | 'short', challenger: number) => ({
  guard: name,
  result,
  champion: 0.1,
  challenger,
  champion_rows: 90,
  challenger_rows: 10,
  limit: 'near',
  text: '',
});
const rolling: Rollout = {
  deployment: 'delay',
  number: 3,
  model: 'delay',
  version: 9,
  version_id: 'ver_1',
  displaced: 8,
  state: 'rolling',
  plan: { steps: [0.05, 0.25, 1], guard: ['errors', 'brier'], bake_ms: 10 * hour_ms, least_rows: 30, longest_wait_ms: 30 * hour_ms },
  step: 1,
  step_started_ms: 12 * hour_ms,
  started_ms: 0,
  ended_ms: null,
  evidence: [
    { at_ms: 0, step: 0, share: 0.05, decision: 'start', text: '', guards: [] },
    { at_ms: 10 * hour_ms, step: 0, share: 0.05, decision: 'wait', text: '', guards: [guard('brier', 'short', 0.3)] },
    { at_ms: 12 * hour_ms, step: 0, share: 0.05, decision: 'next', text: '', guards: [guard('brier', 'holds', 0.2)] },
  ],
  permit: null,
  person: null,
  event: 1,
  created_at_ms: 0,
};
const deployment: Deployment = {
  name: 'delay',
  definition: {
    model: 'delay',
    environment: 'production',
    gate: 'release',
    rollout: { steps: [0.05, 1], guard: ['errors'], bake_ms: hour_ms },
    limits: {},
    unexpected: {},
  },
  managed_by: 'file',
  revision: 1,
  changed_event: 1,
  person: null,
  retired: false,
  model: 'delay',
  champion: 8,
  champion_since_ms: hour_ms,
  previous: 7,
  rollout: rolling,
  split: [],
};

test('a running rollout says what it does, when it goes on by itself and what stops it', () => {
  assert.equal(
    deploymentSentence(deployment, when),
    'Version 9 is taking over from version 8 and has 25 % of the traffic. Its guard held when it was last judged.',
  );
  const [next, held, ...stops] = whatNext(deployment, when);
  assert.match(held ?? '', /held until \*\*42 h\*\* at most/);
  assert.match(next ?? '', /^At \*\*22 h\*\* .*version 9 takes \*\*all\*\* traffic/);
  assert.deepEqual(stops.length, 2);
  assert.match(stops[0] ?? '', /back to v8 at once/);
});

test('a held step says what it has too few rows for, and until when', () => {
  const evidence = rolling.evidence.slice(0, 2);
  const held = { ...deployment, rollout: { ...rolling, evidence, state: 'waiting' as const } };
  assert.match(whatNext(held, when)[0] ?? '', /too few rows for Brier score.* until \*\*42 h\*\*.*\*\*100 %\*\*/);
  const reached = { ...rolling, state: 'waiting' as const };
  assert.deepEqual(
    stepsOf(reached, 23 * hour_ms, when).map(({ state }) => state),
    ['done', 'now', 'ahead'],
  );
});

test('steps that were not reached are left out, and the one that it went back from is marked', () => {
  const back = stepsOf({ ...rolling, state: 'rolled back', ended_ms: 20 * hour_ms }, 99 * hour_ms, when);
  assert.deepEqual(
    back.map(({ state }) => state),
    ['done', 'back', 'left out'],
  );
  assert.deepEqual(back[0]?.lines, ['12 h', '0 h']);
});

test('nothing moves: the page says how another version would come in', () => {
  const calm = { ...deployment, rollout: null };
  assert.equal(deploymentSentence(calm, when), 'Version 8 has had all traffic since 1 h.');
  assert.match(whatNext(calm, when).join(' '), /5 %, 100 %.*at least \*\*1 h\*\*.*passed its gate.*v7 is kept/);
  assert.match(whatNext({ ...calm, champion: null, previous: null }, when).join(' '), /takes \*\*all\*\* traffic/);
});

test('the list counts what serves, moves and waits', () => {
  assert.equal(
    listSentence([deployment, { ...deployment, champion: null, rollout: null }]),
    'One deployment serves. One rollout is moving traffic. One waits for its first version.',
  );
  assert.equal(listSentence([]), 'Nothing serves yet.');
});

test('a guard that was looked at twice is a series, and one that was seen once is not', () => {
  assert.deepEqual(
    guardSeries(rolling).map(({ guard, challenger }) => [guard, challenger]),
    [['brier', [0.3, 0.2]]],
  );
  assert.deepEqual(guardSeries({ ...rolling, evidence: rolling.evidence.slice(0, 2) }), []);
});

test('the story names who decided, and is silent where the log does not say', () => {
  const event = (number: number, kind: string) => ({
    number,
    at_ms: 0,
    type: 'deployment.x',
    subject: 'deployment delay',
    caller: { kind, id: '', name: 'Ada' },
    person: null,
    cause: null,
    request: null,
    before: null,
    after: { rollout: 3 },
    note: null,
    digest: '',
  });
  const known = storyOf(rolling, [event(7, 'job'), event(6, 'job'), event(5, 'person')]);
  assert.deepEqual(
    known.map(({ title, who }) => [title, who]),
    [
      ['Traffic to 25 %', 'by itself'],
      ['Held at 5 %', 'by itself'],
      ['Rollout 3 started at 5 %', 'by Ada'],
    ],
  );
  assert.equal(storyOf(rolling, [event(5, 'person')])[2]?.who, '');
});
