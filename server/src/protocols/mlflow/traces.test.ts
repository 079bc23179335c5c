import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openMlflow } from './mlflow.fixture.ts';

/** Traces `tr-a`, `tr-b`, … with these tags. */
async function openTraces(t: TestContext, tags: Readonly<Record<string, Readonly<Record<string, string>>>>) {
  const mlflow = await openMlflow(t);
  let at = 0;
  const tell = async (id: string, own: Readonly<Record<string, string>>) => {
    const location = { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: '0' } };
    const request_time = new Date(1_700_000_000_000 + at++ * 1000).toISOString();
    const trace_info = { trace_id: id, trace_location: location, request_time, execution_duration: '0.1s', state: 'OK', tags: own };
    const { status, text } = await mlflow.call('POST', '/api/3.0/mlflow/traces', { trace: { trace_info } });
    assert.equal(status, 200, text);
  };
  for (const [id, own] of Object.entries(tags)) await tell(id, own);
  const search = (filter: string) =>
    mlflow.call('POST', '/api/3.0/mlflow/traces/search', {
      locations: [{ type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: '0' } }],
      filter,
    });
  const found = async (filter: string): Promise<string[]> => {
    const { status, body, text } = await search(filter);
    assert.equal(status, 200, text);
    return (body.traces ?? []).map((trace: { trace_id: string }) => trace.trace_id).sort();
  };
  return { ...mlflow, tell, search, found };
}

test('RLIKE finds what a regular expression matches anywhere in a value, and what has no value is not found', async (t) => {
  const { found } = await openTraces(t, {
    'tr-a': { city: 'New York', 'mlflow.traceName': 'predict' },
    'tr-b': { city: 'Newark', 'mlflow.traceName': 'train' },
    'tr-c': {},
  });
  assert.deepEqual(await found("tags.city RLIKE '^New'"), ['tr-a', 'tr-b']);
  assert.deepEqual(await found("tag.city rlike 'k$' AND name RLIKE '^(train|test)$'"), ['tr-b']);
  assert.deepEqual(await found("tags.city RLIKE 'Boston'"), []);
  assert.deepEqual(await found("status RLIKE '^OK$'"), ['tr-a', 'tr-b', 'tr-c']);
  assert.deepEqual(await found("tags.city RLIKE 'New\\ Y'"), ['tr-a']);
  assert.deepEqual(await found("trace.request_id RLIKE '-[ac]$'"), ['tr-a', 'tr-c']);
});

test('the pages of a pattern go on when a trace that it matches comes in between', async (t) => {
  const { call, tell } = await openTraces(t, { 'tr-a': { city: 'York' }, 'tr-b': { city: 'New York' } });
  const locations = [{ type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: '0' } }];
  const page = (page_token: string) =>
    call('POST', '/api/3.0/mlflow/traces/search', { locations, filter: "tags.city RLIKE 'York'", max_results: 1, page_token });
  const first = (await page('')).body;
  await tell('tr-c', { city: 'Yorkshire' });
  const second = await page(first.next_page_token);
  assert.deepEqual([first.traces[0].trace_id, second.body.traces?.[0].trace_id], ['tr-b', 'tr-a'], second.text);
});

test('a regular expression that is none, or that would go on for ever, is refused and holds nobody up', async (t) => {
  const { search } = await openTraces(t, { 'tr-a': { text: 'a'.repeat(40) } });
  const broken = await search("tags.text RLIKE '('");
  assert.deepEqual([broken.status, broken.body.error_code], [400, 'INVALID_PARAMETER_VALUE']);
  const began = performance.now();
  const endless = await search("tags.text RLIKE '^(a+)+$b'");
  assert.equal(endless.status, 400);
  assert.match(endless.body.message, /takes too long/);
  assert.ok(performance.now() - began < 5000);
  const content = await search("span.content RLIKE 'x'");
  assert.match(content.body.message, /LIKE/);
});

test('prompts are linked to a trace once each, beside those that a client linked, and traces are found by them', async (t) => {
  const tag = JSON.stringify([{ name: 'greet', version: '1' }]);
  const { post, get, call, found } = await openTraces(t, { 'tr-a': { 'mlflow.linkedPrompts': tag }, 'tr-b': {}, 'tr-c': {} });
  const link = (trace_id: string, ...names: string[]) =>
    post('traces/link-prompts', { trace_id, prompt_versions: names.map((one) => ({ name: one, version: '2' })) });
  assert.equal((await link('tr-a', 'greet', 'part')).status, 200);
  assert.equal((await link('tr-a', 'greet')).status, 200);
  assert.equal((await link('tr-b', 'greet')).status, 200);
  const { tags } = (await call('GET', '/api/3.0/mlflow/traces/tr-a')).body.trace.trace_info;
  assert.deepEqual(
    JSON.parse(tags['mlflow.linkedPrompts']).map((one: { name: string; version: string }) => `${one.name}/${one.version}`),
    ['greet/1', 'greet/2', 'part/2'],
  );
  assert.deepEqual(await found("prompt = 'greet/2'"), ['tr-a', 'tr-b']);
  assert.deepEqual(await found("prompt = 'greet/3'"), []);
  assert.equal((await link('tr-none', 'greet')).status, 404);
  assert.equal((await post('traces/link-prompts', { trace_id: 'tr-a' })).body.error_code, 'INVALID_PARAMETER_VALUE');
  assert.equal((await get('traces/link-prompts')).status, 405);
});

test('spans that a client keeps as a file of their trace, as the one in TypeScript does, are read back where the trace says they are', async (t) => {
  const { call } = await openTraces(t, { 'tr-a': {} });
  const { tags } = (await call('GET', '/api/3.0/mlflow/traces/tr-a')).body.trace.trace_info;
  const place = new URL(tags['mlflow.artifactLocation']);
  assert.equal(place.protocol, 'mlflow-artifacts:');
  const file = `/api/2.0/mlflow-artifacts/artifacts${place.pathname}/traces.json`;
  const spans = { spans: [{ trace_id: 'YQ==', span_id: 'YQ==', name: 'work', start_time_unix_nano: '1760000000000000001' }] };
  assert.equal((await call('PUT', file, spans)).status, 200);
  const read = await call('GET', file);
  assert.deepEqual([read.status, JSON.parse(read.text)], [200, spans]);
});

test('the text of a trace is what its program said, and not the words in which it is kept', async (t) => {
  const { call, found } = await openTraces(t, {});
  const odd = [
    { key: 'n', value: { intValue: '5' } },
    { key: 'd', value: { doubleValue: 0.5 } },
    { key: 'b', value: { boolValue: true } },
    { key: 'l', value: { arrayValue: { values: [{ stringValue: 'x' }, { intValue: '1' }] } } },
    { key: 'm', value: { kvlistValue: { values: [{ key: 'in', value: { stringValue: 'y' } }] } } },
  ];
  const said = { a: [{ key: 'test', value: { stringValue: 'value1' } }], b: [{ key: 'test3', value: { stringValue: 'I like it' } }] };
  for (const [digit, attributes] of Object.entries(said)) {
    const span = { traceId: digit.repeat(32), spanId: digit.repeat(16), name: 'x', startTimeUnixNano: '1', endTimeUnixNano: '2' };
    const events = [{ name: 'e', timeUnixNano: '1', attributes: [...odd, ...attributes] }];
    const body = { resourceSpans: [{ scopeSpans: [{ spans: [{ ...span, attributes, events }] }] }] };
    const sent = await call('POST', '/v1/traces', body, { 'x-mlflow-experiment-id': '0', 'content-type': 'application/json' });
    assert.equal(sent.status, 200, sent.text);
  }
  assert.deepEqual(await found("trace.text LIKE '%value1%'"), [`tr-${'a'.repeat(32)}`]);
  assert.deepEqual(await found("trace.text LIKE '%I like it%'"), [`tr-${'b'.repeat(32)}`]);
  for (const word of ['string', 'key', 'array', 'kvlist']) assert.deepEqual(await found(`trace.text LIKE '%${word}%'`), [], word);
  const [span] = (await call('GET', `/api/3.0/mlflow/traces/get?trace_id=tr-${'a'.repeat(32)}`)).body.trace.spans;
  const attribute = { key: 'test', value: { string_value: 'value1' } };
  assert.deepEqual(span.attributes, [attribute]);
  assert.deepEqual(span.events[0].attributes, [
    { key: 'n', value: { int_value: 5 } },
    { key: 'd', value: { double_value: 0.5 } },
    { key: 'b', value: { bool_value: true } },
    { key: 'l', value: { array_value: { values: [{ string_value: 'x' }, { int_value: 1 }] } } },
    { key: 'm', value: { kvlist_value: { values: [{ key: 'in', value: { string_value: 'y' } }] } } },
    attribute,
  ]);
});

test('a trace that is linked to a run before it comes is found by that run when it came', async (t) => {
  const { call, post, tell, found } = await openTraces(t, {});
  const { run_id } = (await post('runs/create', { start_time: 1 })).body.run.info;
  const linked = await call('POST', '/api/2.0/mlflow/traces/link-to-run', { trace_ids: ['tr-a'], run_id });
  assert.equal(linked.status, 200, linked.text);
  assert.deepEqual(await found(`attribute.run_id = '${run_id}'`), []);
  await tell('tr-a', { city: 'York' });
  assert.deepEqual(await found(`attribute.run_id = '${run_id}'`), ['tr-a']);
});
