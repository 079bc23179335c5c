import { createHash } from 'node:crypto';
import type { Say } from './ask.fixture.ts';
import type { Given } from './given.fixture.ts';

type ByOperation = Readonly<Record<string, Given>>;

/** What an MLflow client left in a project: one of each of its nouns, and some more of what is deleted or restored once. */
export interface Tracked {
  readonly project: string;
  readonly experiments: { readonly own: string; readonly doomed: string; readonly binned: string; readonly renamed: string };
  readonly run: string;
  /** Another run, to be deleted and restored. */
  readonly doomedRun: string;
  readonly models: { readonly own: string; readonly doomed: string };
  readonly traces: { readonly own: string; readonly told: string; readonly doomed: string };
  readonly assessments: { readonly own: string; readonly doomed: string };
  /** Below an `artifacts` folder, and what only this project knows. */
  readonly secret: string;
}

const at = (version: 2 | 3, path: string): string => `/api/${version}.0/mlflow/${path}`;
const artifacts = '/api/2.0/mlflow-artifacts/artifacts';
const now_ms = 1_760_000_000_000;

/** `say` speaks into the project. */
export async function trackIn(say: Say, project: string): Promise<Tracked> {
  const post = <T>(path: string, body: object, version: 2 | 3 = 2) => say<T>('POST', at(version, path), body);
  const experiment = async (name: string) => (await post<{ experiment_id: string }>('experiments/create', { name })).experiment_id;
  const own = await experiment('tracked');
  const experiments = {
    own,
    doomed: await experiment('doomed'),
    binned: await experiment('binned'),
    renamed: await experiment('to be renamed'),
  };
  await post('experiments/delete', { experiment_id: experiments.binned });
  for (const key of ['kept', 'old']) await post('experiments/set-experiment-tag', { experiment_id: own, key, value: 'x' });
  const secret = `canary-of-${project}`;
  const { run } = await post<{ run: { info: { run_id: string } } }>('runs/create', {
    experiment_id: own,
    run_name: secret,
    start_time: now_ms,
  });
  const run_id = run.info.run_id;
  const metrics = Array.from({ length: 10 }, (_, step) => ({ key: 'loss', value: 1 / (step + 1), timestamp: now_ms + step, step }));
  await post('runs/log-batch', { run_id, metrics, params: [{ key: 'depth', value: secret }], tags: [{ key: 'old', value: secret }] });
  await say('PUT', `${artifacts}/${own}/${run_id}/artifacts/notes.txt`, secret);
  await say('PUT', `/api/2.0/mlflow-artifacts/mpu/parts/${uploadOf(run_id)}/1`, part);
  const model = async (name: string) => {
    const made = await post<{ model: { info: { model_id: string } } }>('logged-models', {
      experiment_id: own,
      name,
      source_run_id: run_id,
    });
    return made.model.info.model_id;
  };
  const models = { own: await model('iris'), doomed: await model('doomed') };
  await say('PUT', `${artifacts}/${own}/models/${models.own}/artifacts/MLmodel`, `flavors:\n  python_function:\n    env: ${secret}\n`);
  const tags = ['kept', 'old'].map((key) => ({ key, value: secret }));
  await say('PATCH', at(2, `logged-models/${models.own}/tags`), { tags });
  for (const name of ['iris', 'doomed', 'before']) await post('registered-models/create', { name, description: secret, tags });
  for (let version = 1; version < 4; version++) {
    const source = version === 1 ? { source: `models:/${models.own}`, model_id: models.own } : { source: `s3://bucket/${version}` };
    await post('model-versions/create', { name: 'iris', ...source, tags, description: secret });
  }
  for (const alias of ['kept', 'old']) await post('registered-models/alias', { name: 'iris', alias, version: '1' });
  const trace = async (name: string): Promise<string> => {
    const trace_id = `tr-${digestOf(`${project} ${name}`)}`;
    const old = { kept: secret, old: 'x', older: 'x' };
    await post('traces', { trace: { trace_info: traceInfo(own, trace_id, old) } }, 3);
    return trace_id;
  };
  const traces = {
    own: await trace('own'),
    told: await trace('told'),
    doomed: await trace('doomed'),
    doomedToo: await trace('doomed too'),
  };
  const assess = async (assessment_name: string): Promise<string> => {
    const assessment = { assessment_name, feedback: { value: true } };
    const path = `traces/${traces.own}/assessments`;
    return (await post<{ assessment: { assessment_id: string } }>(path, { assessment }, 3)).assessment.assessment_id;
  };
  const assessments = { own: await assess('good'), doomed: await assess('doomed') };
  const headers = { 'x-mlflow-experiment-id': own };
  await say('POST', '/v1/traces', spansIn(traces.own.slice(3)), headers);
  const doomed = await post<{ run: { info: { run_id: string } } }>('runs/create', { experiment_id: own, start_time: now_ms });
  return { project, experiments, run: run_id, doomedRun: doomed.run.info.run_id, models, traces, assessments, secret };
}

const part = 'the only part of an upload';
const uploadOf = (run: string): string => `${digestOf(run)}-1`;

const digestOf = (text: string): string => createHash('md5').update(text).digest('hex');

function traceInfo(experiment_id: string, trace_id: string, tags: object) {
  return {
    trace_id,
    client_request_id: 'request-1',
    trace_location: { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id } },
    request_preview: 'x',
    response_preview: 'y',
    request_time: '2026-01-02T03:04:05.678Z',
    execution_duration: '1.5s',
    state: 'OK',
    trace_metadata: { user: 'ada' },
    tags,
  };
}

const [begin_ns, end_ns] = ['1760000000000000000', '1760000000500000000'];

/** A request of OTLP with one span that has one of everything. */
function spansIn(traceId: string) {
  const attributes = [
    { key: 's', value: { stringValue: 'x' } },
    { key: 'b', value: { boolValue: true } },
    { key: 'i', value: { intValue: '7' } },
    { key: 'd', value: { doubleValue: 1.5 } },
    { key: 'a', value: { arrayValue: { values: [{ stringValue: 'x' }] } } },
    { key: 'k', value: { kvlistValue: { values: [{ key: 'n', value: { bytesValue: 'eA==' } }] } } },
  ];
  const span = {
    traceId,
    spanId: '00000000000000aa',
    parentSpanId: '00000000000000bb',
    name: 'work',
    kind: 1,
    startTimeUnixNano: begin_ns,
    endTimeUnixNano: end_ns,
    attributes,
    events: [{ timeUnixNano: begin_ns, name: 'seen', attributes: [{ key: 'e', value: { stringValue: 'x' } }] }],
    links: [{ traceId, spanId: '00000000000000cc', attributes: [] }],
    status: { code: 1, message: 'fine' },
  };
  return { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] };
}

const field = (number: number, ...parts: readonly (Buffer | string)[]): Buffer => {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([Buffer.from([(number << 3) | 2, content.length]), content]);
};
const fixed64 = (number: number, value: string): Buffer => {
  const bytes = Buffer.alloc(9, (number << 3) | 1);
  bytes.writeBigUInt64LE(BigInt(value), 1);
  return bytes;
};

/** The same in protobuf, with fewer members, so that no part is longer than a length of one byte. */
function spanBytes(traceId: string): Buffer {
  const attribute = field(9, field(1, 's'), field(2, field(1, 'x')));
  const ids = [field(1, Buffer.from(traceId, 'hex')), field(2, Buffer.from('00000000000000ab', 'hex'))];
  const span = field(2, ...ids, field(5, 'work'), fixed64(7, begin_ns), fixed64(8, end_ns), attribute, field(15, field(2, 'fine')));
  return field(1, field(2, span));
}

/** What makes the request of an MLflow route right. Every field that the route reads is here, so that each is met by what is hostile. */
export function mlflowGiven(tracked: Tracked): ByOperation {
  return {
    ...experimentsGiven(tracked),
    ...runsGiven(tracked),
    ...filesGiven(tracked),
    ...loggedModelsGiven(tracked),
    ...registryGiven(tracked),
    ...versionsGiven(tracked),
    ...tracesGiven(tracked),
  };
}

const key = { key: 'k', value: 'v' };
/** A viewer of the project that is attacked. */
const member = 'spare@example.org';

function experimentsGiven({ experiments: { own, doomed, binned, renamed } }: Tracked): ByOperation {
  const search = { view_type: 'ALL', max_results: 5, order_by: ['name DESC'], filter: "name LIKE '%'" };
  return {
    'mlflow.getExperimentPermission': { query: { experiment_id: own, username: member } },
    'mlflow.createExperimentPermission': { body: { experiment_id: own, username: member, permission: 'READ' } },
    'mlflow.createExperiment': { body: { name: 'made', artifact_location: 's3://bucket/place', tags: [key] } },
    'mlflow.getExperiment': { query: { experiment_id: own } },
    'mlflow.getExperimentByName': { query: { experiment_name: 'tracked' } },
    'mlflow.searchExperiments': { body: { ...search, page_token: '' } },
    'mlflow.searchExperimentsByGet': { query: { ...search, max_results: '5', order_by: 'name DESC', page_token: '' } },
    'mlflow.updateExperiment': { body: { experiment_id: renamed, new_name: 'renamed' } },
    'mlflow.deleteExperiment': { body: { experiment_id: doomed } },
    'mlflow.restoreExperiment': { body: { experiment_id: binned } },
    'mlflow.setExperimentTag': { body: { experiment_id: own, ...key } },
    'mlflow.deleteExperimentTag': { body: { experiment_id: own, key: 'old' } },
    'mlflow.searchDatasets': { body: { experiment_ids: [own] } },
  };
}

function runsGiven({ experiments: { own }, run: run_id, doomedRun, models }: Tracked): ByOperation {
  const point = { key: 'gain', value: 1.5, timestamp: now_ms, step: 1 };
  const measured = { model_id: models.own, dataset_name: 'toy', dataset_digest: 'abc' };
  const dataset = { name: 'toy', digest: 'abc', source_type: 'local', source: '{}', schema: '{}', profile: '{}' };
  const search = { experiment_ids: [own], filter: "metrics.loss > 0 and params.depth LIKE '%'", run_view_type: 'ALL' };
  const json = JSON.stringify({ run_id, artifact_path: 'model', utc_time_created: '2026-01-01', flavors: {} });
  return {
    'mlflow.createRun': { body: { experiment_id: own, user_id: 'ada', run_name: 'more', start_time: now_ms, tags: [key] } },
    'mlflow.getRun': { query: { run_id } },
    'mlflow.updateRun': { body: { run_id, status: 'RUNNING', end_time: now_ms, run_name: 'again' } },
    'mlflow.deleteRun': { body: { run_id: doomedRun } },
    'mlflow.restoreRun': { body: { run_id: doomedRun } },
    'mlflow.searchRuns': { body: { ...search, max_results: 5, order_by: ['metrics.loss DESC'], page_token: '' } },
    'mlflow.logMetric': { body: { run_id, ...point, ...measured } },
    'mlflow.logParam': { body: { run_id, key: 'p', value: '1' } },
    'mlflow.logBatch': { body: { run_id, metrics: [{ ...point, ...measured }], params: [{ key: 'q', value: '1' }], tags: [key] } },
    'mlflow.setTag': { body: { run_id, ...key } },
    'mlflow.deleteTag': { body: { run_id, key: 'old' } },
    'mlflow.logInputs': { body: { run_id, datasets: [{ dataset, tags: [key] }], models: [{ model_id: models.own }] } },
    'mlflow.logOutputs': { body: { run_id, models: [{ model_id: models.own, step: 1 }] } },
    'mlflow.logModel': { body: { run_id, model_json: json } },
    'mlflow.metricHistory': { query: { run_id, metric_key: 'loss', max_results: '5', page_token: '' } },
    'mlflow.metricHistoryBulk': { query: { run_id, metric_key: 'loss', max_results: '5' } },
    'mlflow.metricHistoryBulkInterval': {
      query: { run_ids: run_id, metric_key: 'loss', start_step: '0', end_step: '5', max_results: '5' },
    },
  };
}

function filesGiven({ experiments: { own }, run, models }: Tracked): ByOperation {
  const files = `${own}/${run}/artifacts`;
  const inParts = { files: `${files}/big`, file: 'parts' };
  const upload = { path: 'kept.bin', upload_id: uploadOf(run) };
  return {
    'mlflow.listArtifacts': { query: { run_id: run, path: '', page_token: '' } },
    'mlflow.listProxied': { query: { path: files } },
    'mlflow.getProxied': { params: { files, file: 'notes.txt' } },
    'mlflow.putProxied': { params: { files, file: 'more/notes.txt' }, body: 'what was found' },
    'mlflow.deleteProxied': { params: { files, file: 'more' }, body: {} },
    'mlflow.createMultipart': { params: inParts, body: { path: upload.path, num_parts: 2 } },
    'mlflow.putPart': { params: { upload_id: upload.upload_id, part_number: '1' }, body: 'a part' },
    'mlflow.completeMultipart': {
      params: inParts,
      body: { ...upload, parts: [{ part_number: 1, etag: createHash('sha256').update(part).digest('hex') }] },
    },
    'mlflow.abortMultipart': { params: inParts, body: upload },
    'mlflow.getArtifact': { query: { run_id: run, path: 'notes.txt' } },
    'mlflow.getVersionArtifact': { query: { name: 'iris', version: '1', path: 'MLmodel' } },
    'mlflow.getLoggedModelArtifact': { params: { model_id: models.own }, query: { artifact_file_path: 'MLmodel' } },
    'mlflow.listLoggedModelArtifacts': { params: { model_id: models.own }, query: { artifact_directory_path: '', max_results: '5' } },
  };
}

function loggedModelsGiven({ experiments: { own }, run, models }: Tracked): ByOperation {
  const params = { model_id: models.own };
  const order_by = [{ field_name: 'metrics.loss', ascending: false, dataset_name: 'toy', dataset_digest: 'abc' }];
  const search = { experiment_ids: [own], filter: "name = 'iris'", datasets: [{ dataset_name: 'toy', dataset_digest: 'abc' }] };
  return {
    'mlflow.createLoggedModel': {
      body: { experiment_id: own, name: 'made', model_type: 'x', source_run_id: run, params: [key], tags: [key] },
    },
    'mlflow.searchLoggedModels': { body: { ...search, max_results: 5, order_by, page_token: '' } },
    'mlflow.getLoggedModel': { params, query: { allow_deleted: 'true' } },
    'mlflow.finishLoggedModel': { params, body: { status: 'LOGGED_MODEL_READY' } },
    'mlflow.deleteLoggedModel': { params: { model_id: models.doomed }, body: {} },
    'mlflow.setLoggedModelTags': { params, body: { tags: [key] } },
    'mlflow.deleteLoggedModelTag': { params: { ...params, tag_key: 'old' }, body: {} },
    'mlflow.logLoggedModelParams': { params, body: { params: [{ key: 'once', value: '1' }] } },
  };
}

function registryGiven(_: Tracked): ByOperation {
  const search = { filter: "name LIKE '%'", max_results: '5', order_by: 'name DESC', page_token: '' };
  return {
    'mlflow.getModelPermission': { query: { name: 'iris', username: member } },
    'mlflow.createModelPermission': { body: { name: 'iris', username: member, permission: 'READ' } },
    'mlflow.createRegisteredModel': { body: { name: 'made', tags: [key], description: 'x' } },
    'mlflow.getRegisteredModel': { query: { name: 'iris' } },
    'mlflow.searchRegisteredModels': { query: search },
    'mlflow.renameRegisteredModel': { body: { name: 'before', new_name: 'after' } },
    'mlflow.updateRegisteredModel': { body: { name: 'iris', description: 'y' } },
    'mlflow.deleteRegisteredModel': { body: { name: 'doomed' } },
    'mlflow.latestVersions': { body: { name: 'iris', stages: ['None'] } },
    'mlflow.latestVersionsByGet': { query: { name: 'iris', stages: 'None' } },
    'mlflow.setRegisteredModelTag': { body: { name: 'iris', ...key } },
    'mlflow.deleteRegisteredModelTag': { body: { name: 'iris', key: 'old' } },
    'mlflow.setAlias': { body: { name: 'iris', alias: 'candidate', version: '1' } },
    'mlflow.deleteAlias': { body: { name: 'iris', alias: 'old' } },
    'mlflow.getVersionByAlias': { query: { name: 'iris', alias: 'kept' } },
  };
}

function versionsGiven({ run: run_id, models }: Tracked): ByOperation {
  const one = { name: 'iris', version: '1' };
  const source = { source: `models:/${models.own}`, model_id: models.own, run_id, run_link: 'x' };
  return {
    'mlflow.createModelVersion': { body: { name: 'iris', ...source, tags: [key], description: 'x' } },
    'mlflow.getModelVersion': { query: one },
    'mlflow.updateModelVersion': { body: { ...one, description: 'y' } },
    'mlflow.deleteModelVersion': { body: { name: 'iris', version: '3' } },
    'mlflow.searchModelVersions': { query: { filter: "name = 'iris'", max_results: '5', order_by: 'version_number DESC', page_token: '' } },
    'mlflow.downloadUri': { query: one },
    'mlflow.transitionStage': { body: { ...one, stage: 'Staging', archive_existing_versions: false } },
    'mlflow.setModelVersionTag': { body: { ...one, ...key } },
    'mlflow.deleteModelVersionTag': { body: { ...one, key: 'old' } },
  };
}

function tracesGiven({ experiments: { own }, run, traces, assessments }: Tracked): ByOperation {
  const params = { trace_id: traces.own };
  const assessment = {
    assessment_name: 'good',
    feedback: { value: true },
    rationale: 'fine',
    source: { source_type: 'HUMAN', source_id: 'ada' },
    create_time: '2026-01-02T03:04:05Z',
    metadata: { m: 'x' },
    valid: true,
  };
  const one = { ...params, assessment_id: assessments.own };
  const locations = [{ type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: own } }];
  const deleted = { experiment_id: own, max_traces: 5 };
  return {
    'mlflow.startTrace': { body: { trace: { trace_info: traceInfo(own, traces.told, { t: 'x' }) } } },
    'mlflow.exportSpans': {
      headers: { 'x-mlflow-experiment-id': own, 'x-mlflow-run-id': run },
      body: spansIn(traces.own.slice(3)),
      bytes: spanBytes(traces.own.slice(3)),
    },
    'mlflow.getTraceInfo': { params },
    'mlflow.getTrace': { query: { trace_id: traces.own, allow_partial: 'true' } },
    'mlflow.getTraces': { query: { trace_ids: traces.own } },
    'mlflow.getTraceInfos': { body: { trace_ids: [traces.own] } },
    'mlflow.searchTraces': {
      body: { locations, filter: "tag.kept LIKE '%'", max_results: 5, order_by: ['timestamp_ms DESC'], page_token: '' },
    },
    'mlflow.deleteTraces': { body: { ...deleted, request_ids: [traces.doomed] } },
    'mlflow.deleteTracesOld': { body: { ...deleted, max_timestamp_millis: 1 } },
    'mlflow.setTraceTag': { params, body: key },
    'mlflow.setTraceTagOld': { params, body: key },
    'mlflow.deleteTraceTag': { params, body: { key: 'old' } },
    'mlflow.deleteTraceTagOld': { params, body: { key: 'older' } },
    'mlflow.linkPromptsToTrace': { body: { ...params, prompt_versions: [{ name: 'greet', version: '1' }] } },
    'mlflow.graphql': {
      body: {
        query:
          'query Get($data: MlflowGetRunInput!) { mlflowGetRun(input: $data) { run { info { runName } data { tags { key value } } } } }',
        operationName: 'Get',
        variables: { data: { runId: run } },
      },
    },
    'mlflow.linkTracesToRun': { body: { trace_ids: [traces.own], run_id: run } },
    'mlflow.createAssessment': { params, body: { assessment } },
    'mlflow.getAssessment': { params: one },
    'mlflow.updateAssessment': { params: one, body: { assessment, update_mask: 'rationale,feedback' } },
    'mlflow.deleteAssessment': { params: { ...params, assessment_id: assessments.doomed }, body: {} },
  };
}
