/** What an operation needs to be right: parts of its path, query and body where a sample of their schema would name nothing. */
export interface Given {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** The same body in protobuf, where the operation reads both. */
  readonly bytes?: Uint8Array;
}

type ByOperation = Readonly<Record<string, Given>>;

/** What is there already: a deployment, and digests of an uploaded table and model. */
export interface There {
  readonly project: string;
  readonly served: string;
  readonly file: string;
  readonly onnx: string;
}

/** What makes the request of an operation right; what is not here is made from its schema. */
export function givenIn(there: There): ByOperation {
  return { ...peopleGiven(there), ...dataGiven(there), ...releaseGiven(there), ...servingGiven(there), ...careGiven(there) };
}

function peopleGiven({ project }: There): ByOperation {
  return {
    'access.advanceClock': { params: { project: 'timed' }, body: { now_ms: 1_000 } },
    'audit.stream': { query: { after: '0' } },
    'access.setMember': { body: { role: 'viewer', execute: false, clock: false } },
    'access.addMember': { body: { email: 'spare@example.org', role: 'viewer', execute: false, clock: false } },
    'access.createPerson': { body: { name: 'New', email: 'new@example.org', password: 'an entirely new sentence', server_admin: false } },
    'access.updatePerson': { body: { name: 'Spare', password: 'another sentence for spare', server_admin: false, disabled: false } },
    'access.createToken': { body: { name: 'made', project, permissions: ['read'], expires_in_days: 1, server_admin: false } },
    'access.createSignInLink': { body: { next: '/runs' } },
    'access.createProject': { body: { name: 'more', zone: 'UTC', clock: 'wall' } },
    'access.updateProject': { body: { zone: 'UTC', clock: 'wall' } },
  };
}

function dataGiven({ served, file }: There): ByOperation {
  return {
    'datasets.putBlob': { query: {} },
    'datasets.define': {
      params: { dataset: 'another' },
      body: {
        files: ['rows.csv'],
        grows_from: { deployment: served },
        time: 'id',
        zone: 'UTC',
        target: 'worn',
        key: ['id'],
        outcome_only: ['line'],
        units: { speed: 'm/s' },
        rows: { min: 0, max: 9 },
        checks: { speed: { min: 0, max: 1, missing_share: 0.5, missing_below_share: 0.5, one_of: [1], unique: false, type: 'number' } },
      },
    },
    'datasets.missingBlobs': { body: { digests: [file] } },
    'datasets.addVersion': { body: { files: [{ path: 'rows.csv', digest: file }] } },
    'datasets.versions': { query: { cursor: '2', limit: '2' } },
    'datasets.profile': { query: { column: 'speed' } },
    'datasets.diff': { query: { from: '1', to: '1' } },
    'datasets.download': { query: { path: 'rows.csv' } },
    'runs.find': { query: { filter: 'loss > 0', order: '-loss' } },
    'runs.table': { query: { columns: 'id,name,metrics.loss', filter: 'loss > 0' } },
    'runs.list': { query: { limit: '5' } },
    'runs.history': { query: { key: 'loss' } },
    'runs.buckets': { query: { key: 'loss', width: '10', axis: 'step', from: '0', to: '100' } },
    'runs.curves': { query: { key: 'loss', runs: '1,2', width: '10', from: '0', to: '100' } },
    'runs.create': { body: { name: 'another', started_at_ms: 1, tags: [{ key: 'k', value: 'v' }] } },
    'runs.update': { body: { name: 'renamed' } },
    'runs.log': {
      body: {
        metrics: [{ key: 'gain', value: 1, step: 1, timestamp_ms: 1 }],
        params: [{ key: 'p', value: '1' }],
        tags: [{ key: 't', value: '1' }],
      },
    },
    'runs.putArtifact': { query: { path: 'more/notes.txt' } },
    'runs.getArtifact': { query: { path: 'notes.txt' } },
  };
}

function releaseGiven({ onnx }: There): ByOperation {
  return {
    'models.add': { body: { file: onnx, target: 'worn', classes: ['fine', 'wear'], inputs: ['a', 'b', 'c'], description: 'of a test' } },
    'models.download': { query: { path: 'model.onnx' } },
    'models.setAlias': { body: { version: 1, expected: 1, reason: 'of a test' } },
    'gates.evaluate': { body: { model: 'trained', version: 1 } },
    'gates.verdicts': { query: { model: 'trained', version: '1' } },
    'gates.define': { params: { gate: 'another' } },
    'approvals.list': { query: { state: 'requested' } },
  };
}

function servingGiven({ project, served }: There): ByOperation {
  const tensor = (name: string) => ({ name, datatype: 'FP32', shape: [1, 1], data: [0.5] });
  const one = { params: { model: served } };
  const infer = { ...one, body: { id: 'x', inputs: ['a', 'b', 'c'].map(tensor), outputs: [{ name: 'label' }] } };
  return {
    'deployments.define': {
      params: { deployment: `${project}-another` },
      body: {
        model: 'wear',
        environment: 'staging',
        rollout: { steps: [0.5, 1], guard: ['errors'], bake_ms: 1, least_rows: 1, longest_wait_ms: 1 },
        limits: { concurrent: 1, queue: 1, deadline_ms: 1, per_day: 1 },
        unexpected: { a: 'flag' },
        keep_bodies: true,
      },
    },
    'deployments.roll': { body: { version: 1 } },
    'deployments.promote': { params: { deployment: `${project}-slow` } },
    'deployments.rows': { query: { limit: '5', from_ms: '0' } },
    'deployments.predict': { body: { rows: [{ a: 1, b: 2, c: 3 }], ids: ['one'], event_time_ms: 1_700_000_000_000 } },
    'deployments.outcomes': { body: { outcomes: [{ id: 'one', value: 'fine', extra: { note: 'x' }, observed_at_ms: 1_700_000_000_000 }] } },
    'openInference.metadata': one,
    'openInference.versionMetadata': one,
    'openInference.modelReady': one,
    'openInference.versionReady': one,
    'openInference.ping': one,
    'openInference.infer': infer,
    'openInference.versionInfer': infer,
    'openInference.invocations': { ...one, body: { dataframe_split: { columns: ['a', 'b', 'c'], data: [[1, 2, 3]] }, params: {} } },
  };
}

function careGiven({ project, served, file }: There): ByOperation {
  return {
    'monitors.define': {
      params: { monitor: 'another' },
      body: {
        deployment: served,
        window_ms: 86_400_000,
        every_ms: 86_400_000,
        drift: { columns: { a: { max: 1 } } },
        performance: { accuracy: { min: 0, max: 1 } },
        estimate: false,
        notify: ['ops'],
      },
    },
    'monitors.results': { query: { limit: '5' } },
    'monitors.incidents': { query: { monitor: 'watch', limit: '5' } },
    'pipelines.define': {
      params: { pipeline: 'another' },
      body: {
        inputs: ['rows'],
        params: { trees: 1 },
        steps: {
          pick: { kind: 'sql', file: 'pick.sql', from: ['rows'], out: ['picked'], needs: [] },
          fit: {
            kind: 'fit',
            trainer: 'gbdt',
            target: 'worn',
            from: 'picked',
            features: ['speed'],
            exclude: [],
            settings: { trees: 1 },
            needs: [],
          },
        },
        register: 'another',
        files: { 'pick.sql': file },
      },
    },
    'pipelines.start': { body: { params: {}, inputs: { rows: 1 }, use_cache: true } },
    'pipelines.executions': { query: { pipeline: 'study' } },
    'pipelines.logs': { query: { from: '0' } },
    'reports.performance': { query: { deployment: served, by: 'month', versions: 'served', zone: 'UTC' } },
    'reports.summary': { query: { deployment: served } },
    'notifications.define': { params: { receiver: 'another' }, body: { webhook: 'http://127.0.0.1:9/hook' } },
    'notifications.deliveries': { query: { limit: '5' } },
    'projectfile.apply': {
      body: {
        text: `project: ${project}\n`,
        dataset_files: { rows: [{ path: 'rows.csv', digest: file }] },
        pipeline_files: { study: { 'split.sql': file } },
        plan: true,
        take_over: false,
      },
    },
  };
}
