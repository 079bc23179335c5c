import { z } from 'zod';
import type { Endpoint } from './endpoint.ts';

/** The release whose behaviour is followed. */
export const mlflowVersion = '3.17.0';

/**
 * The routes of the MLflow protocol that are served, as data: the server registers exactly these, and docs/reference/mlflow.md is
 * made from them. They are no operations of our own API, so OpenAPI and the SDK leave them out.
 */
export interface MlflowRoute {
  readonly method: Endpoint['method'];
  /** Below `/api/<version>.0/mlflow/` and its twin `/ajax-api/…`; with a leading slash it is an address of its own. */
  readonly path: string;
  /** Where it is not `mlflow`. */
  readonly under?: 'mlflow-artifacts';
  /** Of the protocol; absent for an address of its own. */
  readonly version?: 2 | 3;
  readonly permission: 'read' | 'write' | 'public';
  /** The door behind it, for the reference. */
  readonly door: string;
  /** `bytes`: the handler reads or writes a stream. */
  readonly streams?: 'in' | 'out' | 'both';
}

const bodyLimit_bytes = 20 * 2 ** 20;
const fileLimit_bytes = 64 * 2 ** 30;

const read = (path: string, door: string): MlflowRoute => ({ method: 'GET', version: 2, path, permission: 'read', door });
const ask = (path: string, door: string): MlflowRoute => ({ method: 'POST', version: 2, path, permission: 'read', door });
const change = (path: string, door: string): MlflowRoute => ({ method: 'POST', version: 2, path, permission: 'write', door });
const patch = (path: string, door: string): MlflowRoute => ({ ...change(path, door), method: 'PATCH' });
const remove = (path: string, door: string): MlflowRoute => ({ ...change(path, door), method: 'DELETE' });
const v3 = (route: MlflowRoute): MlflowRoute => ({ ...route, version: 3 });

export const mlflowRoutes = {
  serverInfo: { method: 'GET', version: 3, path: 'server-info', permission: 'public', door: 'what the server offers' },

  createExperiment: change('experiments/create', 'runs.createExperiment'),
  getExperiment: read('experiments/get', 'runs.getExperiment'),
  getExperimentByName: read('experiments/get-by-name', 'runs.findExperiment'),
  searchExperiments: ask('experiments/search', 'runs.searchExperiments'),
  searchExperimentsByGet: read('experiments/search', 'runs.searchExperiments'),
  searchDatasets: ask('experiments/search-datasets', 'runs.datasetUses'),
  updateExperiment: change('experiments/update', 'runs.renameExperiment'),
  deleteExperiment: change('experiments/delete', 'runs.setExperimentLifecycle'),
  restoreExperiment: change('experiments/restore', 'runs.setExperimentLifecycle'),
  setExperimentTag: change('experiments/set-experiment-tag', 'runs.setExperimentTags'),
  deleteExperimentTag: change('experiments/delete-experiment-tag', 'runs.deleteExperimentTag'),

  createRun: change('runs/create', 'runs.createRun'),
  getRun: read('runs/get', 'runs.getRun'),
  updateRun: change('runs/update', 'runs.updateRun'),
  deleteRun: change('runs/delete', 'runs.setRunLifecycle'),
  restoreRun: change('runs/restore', 'runs.setRunLifecycle'),
  searchRuns: ask('runs/search', 'runs.queryRuns'),
  logMetric: change('runs/log-metric', 'runs.logBatch'),
  logParam: change('runs/log-parameter', 'runs.logBatch'),
  logBatch: change('runs/log-batch', 'runs.logBatch'),
  setTag: change('runs/set-tag', 'runs.logBatch'),
  deleteTag: change('runs/delete-tag', 'runs.deleteTag'),
  logInputs: change('runs/log-inputs', 'runs.setInputs'),
  logOutputs: change('runs/outputs', 'runs.setInputs'),
  logModel: change('runs/log-model', 'runs.logBatch (the tag mlflow.log-model.history)'),
  metricHistory: { ...read('metrics/get-history', 'runs.metricHistory'), streams: 'out' },
  metricHistoryBulk: read('metrics/get-history-bulk', 'runs.metricHistory'),
  metricHistoryBulkInterval: read('metrics/get-history-bulk-interval', 'runs.metricSamples'),

  listArtifacts: read('artifacts/list', 'runs.artifacts'),
  listProxied: { ...read('artifacts', 'runs.artifacts, runs.loggedModels.files'), under: 'mlflow-artifacts' },
  getProxied: { ...read('artifacts/*', 'runs.openArtifact, runs.loggedModels.openFile'), under: 'mlflow-artifacts', streams: 'out' },
  putProxied: {
    ...change('artifacts/*', 'runs.putArtifact, runs.loggedModels.putFile'),
    method: 'PUT',
    under: 'mlflow-artifacts',
    streams: 'in',
  },
  deleteProxied: { ...remove('artifacts/*', 'runs.deleteArtifacts, runs.loggedModels.deleteFiles'), under: 'mlflow-artifacts' },
  createMultipart: { ...change('mpu/create/*', 'runs.putArtifact, runs.loggedModels.putFile'), under: 'mlflow-artifacts' },
  putPart: {
    ...change('mpu/parts/:upload_id/:part_number', 'a file of the project'),
    method: 'PUT',
    under: 'mlflow-artifacts',
    streams: 'in',
  },
  completeMultipart: { ...change('mpu/complete/*', 'runs.putArtifact, runs.loggedModels.putFile'), under: 'mlflow-artifacts' },
  abortMultipart: { ...change('mpu/abort/*', 'nothing: parts that nobody completes are swept'), under: 'mlflow-artifacts' },
  getArtifact: { method: 'GET', path: '/get-artifact', permission: 'read', door: 'runs.openArtifact', streams: 'out' },
  getVersionArtifact: {
    method: 'GET',
    path: '/model-versions/get-artifact',
    permission: 'read',
    door: 'models.registry.openFile',
    streams: 'out',
  },
  getLoggedModelArtifact: { ...read('logged-models/:model_id/artifacts/files', 'runs.loggedModels.openFile'), streams: 'out' },

  createLoggedModel: change('logged-models', 'runs.loggedModels.create'),
  searchLoggedModels: ask('logged-models/search', 'runs.loggedModels.search'),
  getLoggedModel: read('logged-models/:model_id', 'runs.loggedModels.get'),
  finishLoggedModel: patch('logged-models/:model_id', 'runs.loggedModels.finish'),
  deleteLoggedModel: remove('logged-models/:model_id', 'runs.loggedModels.delete'),
  setLoggedModelTags: patch('logged-models/:model_id/tags', 'runs.loggedModels.setTags'),
  deleteLoggedModelTag: remove('logged-models/:model_id/tags/:tag_key', 'runs.loggedModels.deleteTag'),
  logLoggedModelParams: change('logged-models/:model_id/params', 'runs.loggedModels.addParams'),
  listLoggedModelArtifacts: read('logged-models/:model_id/artifacts/directories', 'runs.loggedModels.files'),
  createRegisteredModel: change('registered-models/create', 'models.registry.createModel'),
  getRegisteredModel: read('registered-models/get', 'models.registry.getModel'),
  searchRegisteredModels: read('registered-models/search', 'models.registry.models'),
  renameRegisteredModel: change('registered-models/rename', 'models.registry.renameModel'),
  updateRegisteredModel: patch('registered-models/update', 'models.registry.describeModel'),
  deleteRegisteredModel: remove('registered-models/delete', 'models.registry.deleteModel'),
  latestVersions: ask('registered-models/get-latest-versions', 'models.registry.getModel'),
  latestVersionsByGet: read('registered-models/get-latest-versions', 'models.registry.getModel'),
  setRegisteredModelTag: change('registered-models/set-tag', 'models.registry.setModelTag'),
  deleteRegisteredModelTag: remove('registered-models/delete-tag', 'models.registry.deleteModelTag'),
  setAlias: change('registered-models/alias', 'models.setAlias'),
  deleteAlias: remove('registered-models/alias', 'models.setAlias'),
  getVersionByAlias: read('registered-models/alias', 'models.aliases, models.registry.version'),
  createModelVersion: change('model-versions/create', 'models.registry.register'),
  getModelVersion: read('model-versions/get', 'models.registry.version'),
  updateModelVersion: patch('model-versions/update', 'models.registry.describeVersion'),
  deleteModelVersion: remove('model-versions/delete', 'models.registry.deleteVersion'),
  searchModelVersions: read('model-versions/search', 'models.registry.versions'),
  downloadUri: read('model-versions/get-download-uri', 'models.registry.version'),
  transitionStage: change('model-versions/transition-stage', 'models.registry.setStage'),
  setModelVersionTag: change('model-versions/set-tag', 'models.registry.setVersionTag'),
  deleteModelVersionTag: remove('model-versions/delete-tag', 'models.registry.deleteVersionTag'),

  getExperimentPermission: read('experiments/permissions/get', 'access.members.list'),
  createExperimentPermission: change('experiments/permissions/create', 'access.members.list: told, never given'),
  getModelPermission: read('registered-models/permissions/get', 'access.members.list'),
  createModelPermission: change('registered-models/permissions/create', 'access.members.list: told, never given'),

  startTrace: v3(change('traces', 'traces.tell')),
  exportSpans: { method: 'POST', path: '/v1/traces', permission: 'write', door: 'traces.addSpans', streams: 'both' },
  getTraceInfo: v3(read('traces/:trace_id', 'traces.get')),
  getTrace: v3(read('traces/get', 'traces.get, traces.spans')),
  getTraces: v3(read('traces/batchGet', 'traces.some, traces.spans')),
  getTraceInfos: v3(ask('traces/batchGetInfos', 'traces.some')),
  searchTraces: v3(ask('traces/search', 'traces.search')),
  deleteTraces: v3(change('traces/delete-traces', 'traces.delete')),
  deleteTracesOld: change('traces/delete-traces', 'traces.delete'),
  setTraceTag: v3(patch('traces/:trace_id/tags', 'traces.setTags')),
  setTraceTagOld: patch('traces/:trace_id/tags', 'traces.setTags'),
  deleteTraceTag: v3(remove('traces/:trace_id/tags', 'traces.deleteTag')),
  deleteTraceTagOld: remove('traces/:trace_id/tags', 'traces.deleteTag'),
  linkTracesToRun: change('traces/link-to-run', 'traces.setMetadata'),
  linkPromptsToTrace: change('traces/link-prompts', 'traces.setTags'),
  createAssessment: v3(change('traces/:trace_id/assessments', 'traces.putAssessment')),
  getAssessment: v3(read('traces/:trace_id/assessments/:assessment_id', 'traces.assessment')),
  updateAssessment: v3(patch('traces/:trace_id/assessments/:assessment_id', 'traces.putAssessment')),
  graphql: { method: 'POST', path: '/graphql', permission: 'read', door: 'the routes of the same questions' },
  deleteAssessment: v3(remove('traces/:trace_id/assessments/:assessment_id', 'traces.deleteAssessment')),
} as const satisfies Readonly<Record<string, MlflowRoute>>;

export type MlflowRouteName = keyof typeof mlflowRoutes;

/** The addresses of a route: clients call the first, web apps of MLflow the second. */
export function mlflowEndpoints(name: string, route: MlflowRoute): Endpoint[] {
  const { method, path, version, under = 'mlflow', permission, door, streams } = route;
  const paths: `/${string}`[] =
    version === undefined ? [path as `/${string}`] : [`/api/${version}.0/${under}/${path}`, `/ajax-api/${version}.0/${under}/${path}`];
  const takes = streams === 'in' || streams === 'both';
  const hasBody = method !== 'GET' && !takes;
  return paths.map((address, at) => ({
    id: `mlflow.${name}${at === 0 ? '' : 'Ajax'}`,
    method,
    path: address,
    summary: door,
    permission,
    params: z.unknown(),
    query: z.unknown(),
    status: 200,
    ...(streams === 'out' || streams === 'both' ? { answers: 'bytes' as const } : {}),
    ...(takes ? { bodyKind: 'bytes' as const, bodyLimit_bytes: streams === 'both' ? bodyLimit_bytes : fileLimit_bytes } : {}),
    ...(hasBody ? { body: z.unknown(), bodyLimit_bytes } : {}),
  }));
}
