import { post, type Request } from './requests.fixture.ts';

const info = 'info { runName status runUuid experimentId artifactUri endTime lifecycleStage startTime userId __typename }';
const around =
  'experiment { experimentId name tags { key value } artifactLocation lifecycleStage } modelVersions { status version name source }';
const data = 'data { metrics { key value step timestamp } params { key value } tags { key value } }';
const links =
  'inputs { datasetInputs { dataset { digest name profile schema source sourceType } tags { key value } } modelInputs { modelId } } outputs { modelOutputs { modelId step } }';
const failed = 'apiError { helpUrl code message }';

const getRun = `query GetRun($data: MlflowGetRunInput!) @component(name: "MLflow.ExperimentRunTracking") {
  mlflowGetRun(input: $data) { ${failed} run { ${info} ${around} ${data} ${links} } } }`;
const searchRuns = `query SearchRuns($data: MlflowSearchRunsInput!) {
  mlflowSearchRuns(input: $data) { ${failed} runs { ${info} ${around} ${data} ${links} } } }`;
const curve = `query GetMetricHistoryBulkInterval($data: MlflowGetMetricHistoryBulkIntervalInput!) {
  mlflowGetMetricHistoryBulkInterval(input: $data) { __typename metrics { timestamp step runId key value } ${failed} } }`;
const experiment = `query MlflowGetExperimentQuery($input: MlflowGetExperimentInput!) {
  mlflowGetExperiment(input: $input) { ${failed} experiment { artifactLocation creationTime effectiveTraceArchivalRetention experimentId
    lastUpdateTime lifecycleStage name tags { key value } } } }`;

const ask = (what: string, query: string, variables: unknown): Request => post(`graphql: ${what}`, '/graphql', { query, variables });

/** The four questions of MLflow's web app, and questions that are none. */
export const graphqlRequests: readonly Request[] = [
  ask('a run', getRun, { data: { runId: '{{run}}' } }),
  ask('a run with long names', getRun, { data: { runId: '{{run2}}' } }),
  ask('a run that is not there', getRun, { data: { runId: 'nope' } }),
  ask('runs', searchRuns, { data: { experimentIds: ['{{exp}}'], filter: 'metrics.m > 1', maxResults: 5, orderBy: ['start_time'] } }),
  ask('runs by a wrong filter', searchRuns, { data: { experimentIds: ['{{exp}}'], filter: 'metrics.m >' } }),
  ask('a curve', curve, { data: { runIds: ['{{run}}'], metricKey: 'm', maxResults: 320 } }),
  ask('an experiment', experiment, { input: { experimentId: '{{exp}}' } }),
  ask('an experiment that is not there', experiment, { input: { experimentId: '987654321' } }),
  ask('an unknown question', 'query { nope }', {}),
  ask('an unknown member', 'query { mlflowGetRun(input: {runId: "{{run}}"}) { run { info { nope } } } }', {}),
  ask('no members', 'query { mlflowGetRun(input: {runId: "{{run}}"}) { run { info } } }', {}),
];
