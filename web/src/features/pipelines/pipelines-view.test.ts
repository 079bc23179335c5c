import assert from 'node:assert/strict';
import { test } from 'node:test';
import { definition, execution, step, waiting } from './pipelines.fixture.ts';
import { inOrder, inputsOf, lineOf, stateOf, stepsBefore, stepToOpen, tally } from './steps.ts';
import { timeBars } from './times.ts';
import { executionSentence, listSentence, pipelineSentence, selfStarts, starterOf } from './told.ts';
import { whyOf } from './why.ts';

const earlier = { ...execution, id: 'exe_1', number: 1, inputs: { departures: 10 }, version: 8 };
const pipeline = { name: 'train', revision: 1, managed_by: 'file', retired: false, definition } as const;

test('a step comes after the makers of its tables and of its model, and only the first reads the dataset', () => {
  assert.deepEqual(stepsBefore(definition, 'fit'), ['split']);
  assert.deepEqual(stepsBefore(definition, 'evaluate'), ['split', 'fit']);
  assert.deepEqual(inputsOf(definition, 'split'), ['departures']);
  assert.deepEqual(inputsOf(definition, 'fit'), []);
  const { split, fit, evaluate } = definition.steps;
  assert.ok(split && fit && evaluate);
  assert.deepEqual(inOrder({ ...definition, steps: { evaluate, fit, split } }), ['split', 'fit', 'evaluate']);
});

test('a page opens on the first failed step, else on the one that runs, else on the last that began', () => {
  const named = (name: string, state: typeof step.state) => ({ ...step, name, state });
  assert.equal(stepToOpen([named('a', 'succeeded'), named('b', 'failed'), named('c', 'running')]), 'b');
  assert.equal(stepToOpen([named('a', 'succeeded'), named('c', 'running')]), 'c');
  assert.equal(stepToOpen([named('a', 'succeeded'), { ...waiting, name: 'b' }]), 'a');
  assert.equal(stepToOpen([]), undefined);
});

test('a step that came from the cache took no time, and one that never ran is not said to wait', () => {
  const cached = { ...step, cache: { hit: true, reason: 'x' } };
  assert.equal(lineOf(cached, execution, 0), 'from cache');
  assert.equal(lineOf({ ...step, attempts: 2 }, execution, 0), 'done, 2 s, attempt 2');
  assert.equal(stateOf(waiting, { state: 'cancelled' }), 'notRun');
  assert.deepEqual(tally([step, cached, cached], execution), [
    { state: 'succeeded', amount: 1 },
    { state: 'cached', amount: 2 },
  ]);
});

test('a step that runs has taken the time until now', () => {
  const running = { ...step, state: 'running' as const, ended_at_ms: null };
  assert.equal(lineOf(running, { state: 'running', ended_at_ms: null }, 7000), 'running, 5 s');
});

test('bars lie on the time of the execution', () => {
  const [bar, none] = timeBars({ execution, steps: [step, waiting], definition }, 0);
  assert.deepEqual(bar?.span, { from: 0.1, to: 0.30000000000000004 });
  assert.equal(none?.span, null);
});

test('what an execution came to is said in words', () => {
  const of = (change: Partial<typeof execution>, steps = [step]) =>
    executionSentence({ execution: { ...execution, ...change }, steps, definition }, [earlier]);
  assert.equal(of({}), 'The step is done. Version 9 of delay came out.');
  assert.equal(of({ rerun_of: 'exe_1', verified: true, version: null }), 'The step is done. It gave the same model as #1, bit for bit.');
  assert.match(of({ rerun_of: 'exe_1', verified: false }), /another model than #1/);
  assert.equal(of({ state: 'failed', error: 'Step split failed.' }), 'Step split failed.');
  assert.equal(of({ state: 'cancelled' }, [step, waiting]), 'It was stopped when 1 of 2 steps were done.');
  assert.equal(of({ state: 'running' }, [waiting]), 'It fixes its inputs: the versions that it works on.');
  assert.equal(
    of({ version: null }, [{ ...step, cache: { hit: true, reason: 'x' } }]),
    'The step is done. 1 of 1 steps came from the cache.',
  );
});

test('why a step ran names the versions between which its input changed', () => {
  const why = (reason: string, hit = false) => whyOf({ ...step, cache: { hit, reason } }, execution.inputs, earlier.inputs);
  assert.equal(why('changed since: table departures').text, 'departures went from @10 to @11; everything else is the same.');
  assert.equal(
    why('changed since: file split.sql, params').text,
    'the file split.sql and the parameters changed since it last ran; everything else is the same.',
  );
  assert.equal(why('changed since: model of fit').text, 'the model of fit changed since it last ran; everything else is the same.');
  assert.equal(why('nothing that it depends on has changed since exe_0a', true).since, 'exe_0a');
  assert.equal(why('a reason of a later server').text, 'a reason of a later server');
});

test('a list says how many run and failed', () => {
  assert.equal(listSentence([], []), 'No pipeline yet.');
  assert.match(
    listSentence([pipeline], [{ ...execution, state: 'failed' }, earlier]),
    /One pipeline\. None runs now\. The newest execution of one failed/,
  );
  assert.match(pipelineSentence(pipeline, execution), /versions of delay from departures in 3 steps\. Execution 2, the newest, succeeded/);
});

test('what started an execution is the policy that decided so, or the person who did', () => {
  const event = { number: 20, cause: 19, caller: { kind: 'job', id: '', name: 'automations' } } as never;
  const decision = { id: '', policy: 'delay', trigger: '', action: 'start', reason: 'too old', clock_ms: 0, event: 19 } as const;
  assert.equal(starterOf(execution, [event], [decision], []), 'delay: too old');
  const person = { number: 20, cause: null, caller: { kind: 'person', id: '', name: 'Ada' } } as never;
  assert.equal(starterOf(execution, [person], [], []), 'Ada, by hand');
  assert.equal(starterOf({ ...execution, rerun_of: 'exe_1' }, [person], [], [earlier]), 'Ada, to repeat #1');
  assert.equal(starterOf(execution, [], [], []), 'not known');
  const policy = {
    pipeline: 'train',
    deployment: 'd',
    cooldown_ms: 1,
    when: [{ kind: 'performance' as const }, { kind: 'age' as const, age_ms: 86_400_000 }],
  };
  assert.deepEqual(selfStarts('train', [{ name: 'p', retired: false, revision: 1, definition: policy }]), [
    'p: quality past its limit or a model older than 1 d',
  ]);
});
