import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csvOf } from './csv.ts';
import { changesOf, pathOf, sentenceOf, whoDid } from './event-words.ts';
import { approversOf, beginOf, type RolloutFacts, servedAt } from './served.ts';
import { fromField, toField } from './zone.ts';

type Decision = RolloutFacts['evidence'][number]['decision'];

function rollout(
  number: number,
  displaced: number | null,
  decisions: readonly (readonly [at_ms: number, step: number, decision: Decision])[],
): RolloutFacts {
  return {
    number,
    version: number,
    displaced,
    plan: { steps: displaced === null ? [1] : [0.05, 0.25, 1] },
    evidence: decisions.map(([at_ms, step, decision]) => ({ at_ms, step, decision, text: `${decision} ${number}` })),
    permit: { verdict_event: number * 10, approval_events: [number * 10 + 1] },
  };
}

const first = rollout(1, null, [
  [100, 0, 'start'],
  [100, 0, 'promote'],
]);
const second = rollout(2, 1, [
  [200, 0, 'start'],
  [220, 0, 'wait'],
  [240, 0, 'next'],
  [300, 1, 'promote'],
]);

const at = (rollouts: readonly RolloutFacts[], at_ms: number) => servedAt(rollouts, at_ms).map(({ version, share }) => [version, share]);

test('what served when follows each step of each rollout, in whatever order they come', () => {
  const all = [second, first];
  assert.deepEqual(at(all, 99), []);
  assert.deepEqual(at(all, 100), [[1, 1]]);
  assert.deepEqual(at(all, 230), [
    [1, 0.95],
    [2, 0.05],
  ]);
  assert.deepEqual(at(all, 240), [
    [1, 0.75],
    [2, 0.25],
  ]);
  assert.deepEqual(at(all, 300), [[2, 1]]);
  assert.equal(servedAt(all, 250)[1]?.since_ms, 240);
  assert.deepEqual(servedAt(all, 400)[0]?.permit, second.permit);
});

test('a rollout that was rolled back leaves the champion, and a rollback of the champion brings the one before', () => {
  const failed = rollout(3, 2, [
    [400, 0, 'start'],
    [410, 0, 'roll back'],
  ]);
  assert.deepEqual(at([first, second, failed], 405), [
    [2, 0.95],
    [3, 0.05],
  ]);
  assert.deepEqual(at([first, second, failed], 410), [[2, 1]]);
  const undone = { ...second, evidence: [...second.evidence, { at_ms: 500, step: 2, decision: 'roll back' as const, text: 'back' }] };
  const [back] = servedAt([first, undone], 500);
  assert.deepEqual([back?.version, back?.share, back?.rollout], [1, 1, 1]);
});

test('a release that takes the place of another ends it, and a record that begins later still names who served', () => {
  const displacedOne = rollout(2, 1, [
    [200, 0, 'start'],
    [210, 0, 'supersede'],
  ]);
  const third = rollout(3, 1, [[210, 0, 'start']]);
  assert.deepEqual(at([first, displacedOne, third], 215), [
    [1, 0.95],
    [3, 0.05],
  ]);
  assert.deepEqual(at([second], 200), [
    [1, 0.95],
    [2, 0.05],
  ]);
  assert.equal(servedAt([second], 200)[0]?.permit, null);
  assert.equal(beginOf([second, first]), 100);
  assert.equal(beginOf([]), null);
});

test('who allowed a version are the people who said yes to the evidence of its permit', () => {
  const decision = (person: string, said: 'approve' | 'refuse') => ({ person, decision: said, reason: '', at_ms: 1 });
  const approvals = [
    { event: 21, decisions: [decision('ada', 'approve'), decision('eve', 'refuse')] },
    { event: 31, decisions: [decision('ben', 'approve')] },
  ];
  assert.deepEqual(
    approversOf(second.permit, approvals).map(({ person }) => person),
    ['ada'],
  );
  assert.deepEqual(approversOf(null, approvals), []);
});

test('an event names who, says what in words, and leads to its object', () => {
  const event = { type: 'project.clock-advanced', subject: 'project prj_1', note: null };
  assert.equal(sentenceOf(event), 'Project clock advanced');
  assert.equal(sentenceOf({ ...event, type: 'run.started', subject: 'run r1' }), 'Run started: run r1');
  assert.equal(sentenceOf({ ...event, note: 'It moved.' }), 'It moved.');
  assert.equal(whoDid({ caller: { kind: 'job', id: 'job_1', name: 'schedules.tick' } }), 'Slipway');
  assert.equal(whoDid({ caller: { kind: 'person', id: 'per_1', name: 'Ada' } }), 'Ada');
  assert.equal(pathOf({ subject: 'model de/lay', after: { version: 4 } }), '/models/de%2Flay/versions/4');
  assert.equal(pathOf({ subject: 'incident inc_1', after: null }), '/incidents/inc_1');
  assert.equal(pathOf({ subject: 'project prj_1', after: null }), null);
});

test('before and after are shown by field, and what stayed is left out', () => {
  assert.deepEqual(changesOf({ state: 'requested', model: 'm' }, { state: 'granted', model: 'm', plan: { steps: [1] } }), [
    { name: 'state', before: 'requested', after: 'granted' },
    { name: 'plan.steps', before: null, after: '[1]' },
  ]);
  assert.deepEqual(changesOf(null, null), []);
});

test('an export keeps every sign, and nothing of it runs in a spreadsheet', () => {
  const event = {
    number: 7,
    at_ms: Date.UTC(2026, 0, 2, 3, 4, 5),
    type: 'run.created',
    subject: 'run r',
    caller: { kind: 'person', id: 'per_1', name: '=cmd|"x"' },
    person: null,
    cause: null,
    request: null,
    note: 'a, "b"\nc',
    digest: 'd',
    before: null,
    after: { a: 1 },
  };
  const [head, ...rest] = csvOf([event]).split('\r\n');
  assert.match(head ?? '', /^number,at,who,/);
  assert.equal(rest.join('\r\n'), `7,2026-01-02T03:04:05.000Z,"'=cmd|""x""",person,,run.created,run r,"a, ""b""\nc",,,d,,"{""a"":1}"\r\n`);
});

test('a moment in a field is one of the zone of the project', () => {
  const at_ms = Date.UTC(2013, 9, 12, 14, 0);
  assert.equal(toField(at_ms, 'America/New_York'), '2013-10-12T10:00');
  assert.equal(fromField('2013-10-12T10:00', 'America/New_York'), at_ms);
  assert.equal(fromField('2013-10-12', 'UTC'), Date.UTC(2013, 9, 12));
  assert.equal(fromField('soon', 'UTC'), null);
});
