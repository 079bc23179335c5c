import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Approval } from '../approvals/approvals-api.ts';
import type { Decision, Policy } from '../automations/automations-api.ts';
import type { Deployment } from '../deployments/deployments-api.ts';
import type { Verdict } from '../gates/gates-api.ts';
import type { Incident } from '../monitors/monitors-api.ts';
import type { Execution } from '../pipelines/pipelines-api.ts';
import { attentionOf } from './attention.ts';
import { needsPerson, stateSentence } from './sentence.ts';
import { gateStation, retrainStation, runsStation, unanswered } from './stations.ts';

const deployment = (change: Partial<Deployment>) =>
  ({ name: 'delay', retired: false, champion: 3, rollout: null, split: [], ...change }) as Deployment;
const execution = (change: Partial<Execution>) =>
  ({
    id: 'exe_1',
    pipeline: 'train',
    number: 1,
    state: 'succeeded',
    error: null,
    clock_ms: 0,
    cpu_ms: 0,
    created_at_ms: 0,
    ...change,
  }) as Execution;
const incident = (change: Partial<Incident>) =>
  ({ id: 'inc_1', deployment: 'delay', severity: 'incident', breaches: [], watch: [], created_at_ms: 0, ...change }) as unknown as Incident;
const approval = (change: Partial<Approval>) =>
  ({
    id: 'apr_1',
    version: 4,
    environment: 'production',
    decisions: [],
    needed: 1,
    verdict_event: 9,
    created_at_ms: 0,
    ...change,
  }) as unknown as Approval;
const verdict = (change: Partial<Verdict>) =>
  ({
    id: 'ver_1',
    model: 'delay',
    version: 4,
    result: 'pass',
    evidence: [{ holds: true }],
    event: 9,
    created_at_ms: 0,
    ...change,
  }) as unknown as Verdict;

test('the state of a project is a sentence: what serves, what takes over, what is wrong', () => {
  assert.equal(stateSentence([], 0), 'Running. Nothing here yet.');
  assert.equal(stateSentence([deployment({})], 1), 'Version 3 serves delay. One incident is open.');
  const rollout = { state: 'rolling', version: 4, displaced: 3 } as Deployment['rollout'];
  const split = [
    { version: 3, share: 0.75 },
    { version: 4, share: 0.25 },
  ];
  assert.equal(stateSentence([deployment({ rollout, split })], 0), 'Version 4 is taking over from version 3 at 25 % of the traffic.');
  assert.equal(stateSentence([deployment({}), deployment({ retired: true })], 0), 'Version 3 serves delay.');
  assert.deepEqual([needsPerson(0), needsPerson(2)], ['No question waits for a person.', '2 questions wait for a person.']);
});

test('what is past a limit comes before what waits, what failed, and what only moved', () => {
  const all = attentionOf({
    approvals: [approval({})],
    incidents: [incident({ id: 'watch', severity: 'watch' }), incident({ id: 'late', created_at_ms: 5 }), incident({ id: 'early' })],
    executions: [execution({ id: 'exe_2', state: 'failed' })],
    verdicts: [verdict({ result: 'fail' })],
  });
  assert.deepEqual(
    all.map(({ key }) => key),
    ['early', 'late', 'apr_1', 'exe_2', 'ver_1', 'watch'],
  );
});

test('a failure that a later execution overcame, and a refusal before a later version, need nobody', () => {
  const all = attentionOf({
    approvals: [],
    incidents: [],
    executions: [execution({ id: 'running', state: 'running' }), execution({ id: 'good' }), execution({ id: 'bad', state: 'failed' })],
    verdicts: [verdict({ id: 'newer' }), verdict({ id: 'older', result: 'fail' })],
  });
  assert.deepEqual(all, []);
});

test('a gate that asks for people waits only while its approval does', () => {
  const asks = verdict({ result: 'needs approval' });
  assert.equal(gateStation(asks, [approval({})]).kind, 'human');
  assert.equal(gateStation(asks, []).kind, 'good');
});

test('the runs of a range are those that began in it by the clock of the project', () => {
  const executions = [execution({ clock_ms: 50 }), execution({ clock_ms: 10 })];
  assert.equal(runsStation(executions, 20, '7 days', 200).figure, '1');
  assert.equal(runsStation(executions, 0, '7 days', 200).figure, '2');
});

test('a list that is full is not taken for all there is', () => {
  const executions = [execution({ clock_ms: 50 }), execution({ clock_ms: 40 })];
  assert.equal(runsStation(executions, 0, '7 days', 2).figure, '2 or more');
  assert.equal(runsStation(executions, 45, '7 days', 2).figure, '1');
});

test('decisions to train again are counted as all only where there are no older ones', () => {
  const day_ms = 86_400_000;
  const policy = { name: 'delay', retired: false, definition: { cooldown_ms: 21 * day_ms } } as Policy;
  const decision = (action: 'start' | 'skip', day: number) => ({ action, clock_ms: day * day_ms }) as Decision;
  const said = (items: readonly Decision[], more: boolean) => {
    const { figure, unit, lines } = retrainStation([policy], { items, more }, false, 50 * day_ms);
    return [`${figure} ${unit}`.trim(), lines[0]];
  };
  assert.deepEqual(said([decision('skip', 48), decision('start', 40)], false), ['10 d ago', '1 started, 1 waited']);
  assert.deepEqual(said([decision('skip', 48), decision('start', 40)], true), ['10 d ago', 'newest 2: 1 started, 1 waited']);
  assert.deepEqual(said([decision('skip', 48), decision('skip', 45)], true), ['> 5 d ago', 'newest 2: 0 started, 2 waited']);
  assert.deepEqual(said([decision('skip', 48)], false), ['never', '0 started, 1 waited']);
});

test('a station without its answer says so, and never that there is nothing', () => {
  const answered = { data: [], error: null };
  assert.equal(unanswered([answered, answered]), null);
  assert.equal(unanswered([answered, { data: undefined, error: null }])?.state, 'Asking');
  const refused = unanswered([
    { data: undefined, error: new Error('Not allowed.') },
    { data: undefined, error: null },
  ]);
  assert.deepEqual([refused?.kind, refused?.state, refused?.lines], ['bad', 'No answer', ['Not allowed.']]);
});
