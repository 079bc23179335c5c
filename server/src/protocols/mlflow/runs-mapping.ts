import type { KeyValue, LoggedModel, MetricPoint, RunStatus, TrackedExperiment, TrackedRun } from '../../features/runs/index.ts';

/** The scheme of artifacts that clients send to and fetch from the tracking server itself. */
export const artifactsRoot = 'mlflow-artifacts:/';
export const artifactsFolder = 'artifacts';
/** MLflow keeps the name of a run as a tag, too; here it is kept once, and the tag is made from it. */
export const runNameTag = 'mlflow.runName';
export const contextTag = 'mlflow.data.context';

type Json = Record<string, unknown>;

export function experimentWire(experiment: TrackedExperiment, workspace: string): Json {
  const { id, name, lifecycle, created_at_ms, updated_at_ms, tags } = experiment;
  return {
    experiment_id: id,
    name,
    artifact_location: experiment.artifact_root ?? `${artifactsRoot}${id}`,
    lifecycle_stage: lifecycle,
    last_update_time: updated_at_ms,
    creation_time: created_at_ms,
    ...list('tags', tags),
    workspace,
  };
}

/** An empty list is an absent one. */
export function list(name: string, items: readonly unknown[]): Json {
  return items.length === 0 ? {} : { [name]: items };
}

/** An absent or empty value is an absent field. */
export function filled(fields: Readonly<Json>): Json {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined && value !== ''));
}

const statuses: Readonly<Record<RunStatus, string>> = {
  scheduled: 'SCHEDULED',
  running: 'RUNNING',
  finished: 'FINISHED',
  failed: 'FAILED',
  killed: 'KILLED',
};

export const statusNames = ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'] as const;

export function statusOf(name: (typeof statusNames)[number]): RunStatus {
  return name.toLowerCase() as RunStatus;
}

export function addressOfRun({ experiment, id, artifact_root }: Pick<TrackedRun, 'experiment' | 'id' | 'artifact_root'>): string {
  return `${artifact_root ?? `${artifactsRoot}${experiment}`}/${id}/${artifactsFolder}`;
}

export type RunInfo = Omit<TrackedRun, 'params' | 'tags' | 'metrics' | 'inputs' | 'models' | 'code'>;

export function infoWire(run: RunInfo): Json {
  return {
    run_uuid: run.id,
    experiment_id: run.experiment,
    run_name: run.name,
    user_id: run.reported_user ?? '',
    status: statuses[run.status],
    start_time: run.started_at_ms,
    ...(run.ended_at_ms === null ? {} : { end_time: run.ended_at_ms }),
    artifact_uri: addressOfRun(run),
    lifecycle_stage: run.lifecycle,
    run_id: run.id,
  };
}

/** As protobuf writes doubles; MLflow's database keeps infinities as the greatest double. */
export function numberWire(value: number): number | string {
  if (Number.isNaN(value)) return 'NaN';
  if (Number.isFinite(value)) return value;
  return value > 0 ? Number.MAX_VALUE : -Number.MAX_VALUE;
}

export function metricWire({ key, value, timestamp_ms, step }: MetricPoint, run_id?: string): Json {
  return { key, value: numberWire(value), timestamp: timestamp_ms, step, ...(run_id === undefined ? {} : { run_id }) };
}

export function runWire(run: TrackedRun): Json {
  return {
    info: infoWire(run),
    data: dataWire(run),
    inputs: { ...list('dataset_inputs', run.inputs.map(inputWire)), ...list('model_inputs', modelsOf(run, 'in')) },
    outputs: list('model_outputs', modelsOf(run, 'out')),
  };
}

export function dataWire({ metrics, params, tags, name }: TrackedRun): Json {
  const named = [...tags, { key: runNameTag, value: name }];
  return {
    ...list(
      'metrics',
      metrics.map((metric) => metricWire(metric)),
    ),
    ...list('params', params),
    ...list('tags', named),
  };
}

function modelsOf({ models }: TrackedRun, direction: 'in' | 'out'): Json[] {
  return models
    .filter((model) => model.direction === direction)
    .map(({ model_id, step }) => (direction === 'in' ? { model_id } : { model_id, step }));
}

function inputWire({ dataset, version, digest, context, tags = [], outside }: TrackedRun['inputs'][number]): Json {
  const own = outside ?? {
    source_type: 'slipway',
    source: JSON.stringify({ dataset, version }),
    schema: null,
    profile: null,
  };
  const named = [...tags, ...(context === '' ? [] : [{ key: contextTag, value: context }])];
  return { ...list('tags', named), dataset: filled({ name: dataset, digest, ...own }) };
}

/** Tags on the way in: the name of the run is taken out of them. */
export function takeName(tags: readonly KeyValue[]): { readonly name: string | null; readonly tags: KeyValue[] } {
  return { name: tags.findLast(({ key }) => key === runNameTag)?.value ?? null, tags: tags.filter(({ key }) => key !== runNameTag) };
}

const modelStatuses = {
  pending: 'LOGGED_MODEL_PENDING',
  uploading: 'LOGGED_MODEL_UPLOADING',
  ready: 'LOGGED_MODEL_READY',
  failed: 'LOGGED_MODEL_UPLOAD_FAILED',
} as const;

export const modelStatusNames = Object.values(modelStatuses);

export function modelStatusOf(name: (typeof modelStatusNames)[number]): LoggedModel['status'] {
  return (Object.entries(modelStatuses).find(([, value]) => value === name)?.[0] ?? 'pending') as LoggedModel['status'];
}

export function addressOfModel({ experiment, id }: Pick<LoggedModel, 'experiment' | 'id'>, root: string | null): string {
  return `${root ?? `${artifactsRoot}${experiment}`}/models/${id}/${artifactsFolder}`;
}

export function loggedModelWire(model: LoggedModel, root: string | null): Json {
  const metrics = model.metrics.map((metric) => ({
    ...metricWire(metric, metric.run_id),
    ...filled({ dataset_name: metric.dataset, dataset_digest: metric.digest }),
    model_id: model.id,
  }));
  return {
    info: {
      model_id: model.id,
      experiment_id: model.experiment,
      name: model.name,
      creation_timestamp_ms: model.created_at_ms,
      last_updated_timestamp_ms: model.updated_at_ms,
      artifact_uri: addressOfModel(model, root),
      status: modelStatuses[model.status],
      model_type: model.kind,
      source_run_id: model.run_id ?? '',
      ...filled({ status_message: model.status_message }),
      ...list('tags', model.tags),
    },
    data: { ...list('params', model.params), ...list('metrics', metrics) },
  };
}
