import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openMlflow } from './mlflow.fixture.ts';

/** The question of the page of a run, as the web app of MLflow 3.17 sends it, with what its client library adds. */
const getRun = `query GetRun($data: MlflowGetRunInput!) @component(name: "MLflow.ExperimentRunTracking") {
  mlflowGetRun(input: $data) {
    apiError { helpUrl code message __typename }
    run {
      info { runName status runUuid experimentId endTime lifecycleStage startTime userId }
      experiment { experimentId name tags { key value } artifactLocation lifecycleStage lastUpdateTime }
      modelVersions { status version name source }
      data { metrics { key value step timestamp } params { key value } }
      inputs { datasetInputs { dataset { digest name profile } tags { key value } } modelInputs { modelId } }
      outputs { modelOutputs { modelId step } }
      __typename
    }
  }
}`;

async function openRun(t: TestContext) {
  const mlflow = await openMlflow(t);
  const { run_id } = (await mlflow.post('runs/create', { experiment_id: '0', run_name: 'first', start_time: 5 })).body.run.info;
  const metrics = [
    { key: 'auc', value: 0.5, timestamp: 7, step: 3 },
    { key: 'loss', value: 'NaN', timestamp: 7, step: 3 },
  ];
  await mlflow.post('runs/log-batch', { run_id, metrics, params: [{ key: 'depth', value: '6' }] });
  await mlflow.post('registered-models/create', { name: 'delay' });
  await mlflow.post('model-versions/create', { name: 'delay', source: 's3://bucket/model', run_id });
  const ask = async (query: string, variables: object = {}) => {
    const { status, body, text } = await mlflow.call('POST', '/graphql', { query, variables });
    assert.equal(status, 200, text);
    return body;
  };
  return { ...mlflow, run_id: String(run_id), ask };
}

test('the page of a run gets what it asks for: long integers as text, what is absent as an empty value, NaN as null', async (t) => {
  const { ask, run_id } = await openRun(t);
  const { data, errors } = await ask(getRun, { data: { runId: run_id } });
  assert.equal(errors, null);
  const { apiError, run } = data.mlflowGetRun;
  assert.deepEqual([apiError, run.__typename], [null, 'MlflowRunExtension']);
  assert.deepEqual(run.info, {
    runName: 'first',
    status: 'RUNNING',
    runUuid: run_id,
    experimentId: '0',
    endTime: '0',
    lifecycleStage: 'active',
    startTime: '5',
    userId: '',
  });
  assert.deepEqual(run.data, {
    metrics: [
      { key: 'auc', value: 0.5, step: '3', timestamp: '7' },
      { key: 'loss', value: null, step: '3', timestamp: '7' },
    ],
    params: [{ key: 'depth', value: '6' }],
  });
  assert.deepEqual([run.experiment.name, run.experiment.tags], ['Default', []]);
  assert.deepEqual(run.modelVersions, [{ status: 'READY', version: '1', name: 'delay', source: 's3://bucket/model' }]);
  assert.deepEqual([run.inputs, run.outputs], [{ datasetInputs: [], modelInputs: [] }, { modelOutputs: [] }]);
});

test('searches, curves and experiments are answered too, under other names if asked', async (t) => {
  const { ask, run_id } = await openRun(t);
  const searched = await ask(
    'query SearchRuns($data: MlflowSearchRunsInput!) { mlflowSearchRuns(input: $data) { runs { info { runUuid } modelVersions { name } experiment { name } } nextPageToken } }',
    { data: { experimentIds: ['0'], filter: 'metrics.auc > 0.4', maxResults: 10, runViewType: 'ACTIVE_ONLY' } },
  );
  assert.deepEqual(searched.data.mlflowSearchRuns, {
    runs: [{ info: { runUuid: run_id }, modelVersions: [{ name: 'delay' }], experiment: { name: 'Default' } }],
    nextPageToken: '',
  });
  const curve = await ask(
    `query { curve: mlflowGetMetricHistoryBulkInterval(input: {runIds: ["${run_id}"], metricKey: "auc", maxResults: 320}) { __typename metrics { runId step value } }
      mlflowGetExperiment(input: {experimentId: "0"}) { experiment { experimentId effectiveTraceArchivalRetention } } }`,
  );
  assert.deepEqual(curve.data, {
    curve: { __typename: 'MlflowGetMetricHistoryBulkIntervalResponse', metrics: [{ runId: run_id, step: '3', value: 0.5 }] },
    mlflowGetExperiment: { experiment: { experimentId: '0', effectiveTraceArchivalRetention: '' } },
  });
});

test('a question that fails is null with its error beside it; one that is none has no data', async (t) => {
  const { ask, call } = await openRun(t);
  assert.deepEqual(await ask(getRun, { data: { runId: 'nope' } }), {
    data: { mlflowGetRun: null },
    errors: ['Run with id=nope not found'],
  });
  const wrong: readonly (readonly [string, RegExp])[] = [
    ['query { nope }', /^Cannot query field 'nope' on type 'Query'\.$/],
    ['query { mlflowGetRun(input: {runId: "a"}) { run { info { runNam } } } }', /'runNam' on type 'MlflowRunInfo'/],
    ['query { mlflowGetRun(input: {runId: "a"}) { run { info } } }', /must have a selection of subfields/],
    ['query { mlflowGetRun(input: {runId: "a"}) { run { constructor } } }', /Cannot query field 'constructor'/],
    ['query {', /Syntax Error/],
    ['query { a(input: $x', /Syntax Error/],
    [`query { ${Array.from({ length: 11 }, () => '__typename').join(' ')} }`, /at most 10 root fields/],
    [`query { ${Array.from({ length: 11 }, (_, at) => `a${at}: __typename`).join(' ')} }`, /at most 10 aliases/],
    [`query { ${'run { '.repeat(11)} a ${'}'.repeat(12)}`, /maximum depth of 10/],
    [`query { x(input: ${'['.repeat(30)}`, /nested at most 20/],
    ['fragment F on Query { nope }', /Syntax Error/],
    [`${' '.repeat(49_000)}~`, /Syntax Error: Unexpected character at 49001/],
    [' '.repeat(50_001), /at most 50000 characters/],
  ];
  for (const [query, message] of wrong) {
    const { data, errors } = await ask(query);
    assert.equal(data, null, query);
    assert.match(errors[0], message, query);
  }
  assert.equal((await call('POST', '/graphql', { variables: {} })).body.error_code, 'INVALID_PARAMETER_VALUE');
});
