import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Method, openMlflow } from './mlflow.fixture.ts';

const locations = [{ type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: '0' } }];
const source = { source_type: 'HUMAN', source_id: 'ada@example.org' };

/** One trace, and what is said of it. */
async function openTrace(t: TestContext) {
  const { call } = await openMlflow(t);
  const trace_info = { trace_id: 'tr-a', trace_location: locations[0], request_time: '2026-01-01T00:00:00Z', state: 'OK' };
  await call('POST', '/api/3.0/mlflow/traces', { trace: { trace_info } });
  const ask = async (method: Method, id: string, body?: unknown) => {
    const answer = await call(method, `/api/3.0/mlflow/traces/tr-a/assessments${id}`, body);
    return { ...answer, one: answer.body?.assessment };
  };
  const say = async (assessment: object) => {
    const { status, text, one } = await ask('POST', '', { assessment: { assessment_name: 'quality', source, ...assessment } });
    assert.equal(status, 200, text);
    return one;
  };
  const isFound = async (filter: string) =>
    (await call('POST', '/api/3.0/mlflow/traces/search', { locations, filter })).body.traces !== undefined;
  return { ask, say, isFound };
}

test('an assessment that takes the place of another one counts in its stead, until it is deleted', async (t) => {
  const { ask, say, isFound } = await openTrace(t);
  const first = await say({ feedback: { value: 'good' }, valid: false });
  assert.equal(first.valid, true, 'a new one always counts');
  const second = await say({ feedback: { value: 'bad' }, overrides: first.assessment_id });
  assert.deepEqual([second.valid, second.overrides], [true, first.assessment_id]);
  assert.equal((await ask('GET', `/${first.assessment_id}`)).one.valid, false);
  assert.deepEqual([await isFound("feedback.quality = 'good'"), await isFound("feedback.quality = 'bad'")], [false, true]);
  await ask('DELETE', `/${second.assessment_id}`);
  assert.equal((await ask('GET', `/${first.assessment_id}`)).one.valid, true);
  assert.equal((await ask('GET', `/${second.assessment_id}`)).status, 404);
  assert.deepEqual([await isFound("feedback.quality = 'good'"), await isFound("feedback.quality = 'bad'")], [true, false]);
  const lost = { assessment_name: 'quality', source, feedback: { value: 1 }, overrides: 'a-none' };
  const { status, body } = await ask('POST', '', { assessment: lost });
  assert.deepEqual([status, body.message], [404, "Assessment with ID 'a-none' not found for trace 'tr-a'"]);
});

test('an expectation of several parts is told as the text of its JSON, and one value as it is', async (t) => {
  const { ask, say } = await openTrace(t);
  const parts = await say({ expectation: { value: { passed: true, limits: [1, 2.5, null] } } });
  const serialized = (value: string) => ({ serialized_value: { serialization_format: 'JSON_FORMAT', value } });
  assert.deepEqual(parts.expectation, serialized('{"passed": true, "limits": [1, 2.5, null]}'));
  const path = `/${parts.assessment_id}`;
  assert.deepEqual((await ask('GET', path)).one, parts);
  const change = { assessment: { expectation: { value: ['a'] } }, update_mask: 'expectation' };
  assert.deepEqual((await ask('PATCH', path, change)).one.expectation, serialized('["a"]'));
  assert.deepEqual((await say({ expectation: { value: 42 } })).expectation, { value: 42 });
  assert.deepEqual((await say({ expectation: serialized('{"a": 1}') })).expectation, serialized('{"a": 1}'));
  assert.deepEqual((await say({ feedback: { value: { rating: 4 } } })).feedback, { value: { rating: 4 } });
});

test('a change names what it changes, adds to the metadata, and leaves kind, source and place as they are', async (t) => {
  const { ask, say } = await openTrace(t);
  const made = await say({ feedback: { value: 1 }, rationale: 'so', metadata: { a: '1', b: '2' } });
  const path = `/${made.assessment_id}`;
  const changed = {
    assessment_name: 'grade',
    feedback: { value: 2 },
    rationale: 'now',
    metadata: { b: '3', c: '4' },
    source: { source_type: 'CODE', source_id: 'x' },
  };
  const some = await ask('PATCH', path, { assessment: changed, update_mask: 'assessmentName,metadata,source' });
  const { last_update_time, ...rest } = some.one;
  assert.ok(last_update_time >= made.create_time);
  const { last_update_time: _, ...before } = made;
  assert.deepEqual(rest, { ...before, assessment_name: 'grade', metadata: { a: '1', b: '3', c: '4' } });
  const more = await ask('PATCH', path, { assessment: changed, update_mask: 'feedback,rationale' });
  assert.deepEqual([more.one.feedback, more.one.rationale], [{ value: 2 }, 'now']);
  const other = await ask('PATCH', path, { assessment: { expectation: { value: 1 } }, update_mask: 'expectation' });
  assert.deepEqual([other.status, other.body.message], [400, 'Cannot update expectation value on a Feedback assessment.']);
  assert.match((await ask('PATCH', path, { assessment: changed })).body.message, /Missing value for required parameter 'update_mask'/);
});
