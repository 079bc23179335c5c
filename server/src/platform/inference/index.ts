import { failure, type SlipwayError } from '../../kernel/error.ts';
import type { Log } from '../log/index.ts';
import { rowsOf } from './columns.ts';
import { type HostedModel, type LoadedModel, type ModelFile, modelKey, newHostedModel } from './hosted-model.ts';
import { defaultLimits, type InferenceLimits } from './limits.ts';
import { type Latency, measureLatency } from './measure.ts';
import { ModelHost } from './model-host.ts';
import { probeRuntime } from './probe.ts';
import type { ModelSession } from './session.ts';
import type { InferResult, ModelColumns, Runtime } from './types.ts';

export type { OnnxDescription, OnnxPort } from '../onnx/index.ts';
export { type LoadedModel, type ModelFile, modelKey } from './hosted-model.ts';
export { defaultLimits, type InferenceLimits } from './limits.ts';
export type { Latency } from './measure.ts';
export { describeModelFile, type ModelFileDescription, probeRuntime } from './probe.ts';
export type { ModelSession } from './session.ts';
export type { InferResult, InputColumn, ModelColumns, Runtime, ServedColumn, ServedForm } from './types.ts';

export interface InferenceStats {
  readonly runtime: Runtime | 'unknown';
  /** Process id of the host, or null while there is none. */
  readonly pid: number | null;
  readonly rss_bytes: number;
  readonly restarts: number;
  readonly models: readonly {
    readonly key: string;
    readonly state: HostedModel['state'];
    readonly waiting: number;
    readonly strikes: number;
    readonly load_ms: number;
    readonly requests: number;
    readonly rows: number;
    readonly batches: number;
    readonly late: number;
  }[];
}

export interface Inference {
  /** Which ONNX runtime scores: 'unknown' until the first load, which asks the machine. */
  runtime(): Runtime | 'unknown';
  /**
   * Loads a model into the host, which is started if there is none. A model that is loaded or loading already is not loaded
   * twice. Throws `artifact_changed`, `model_load_failed`, `model_quarantined`, `limit_reached`, and `busy` while no host can be
   * started: the model is loaded once one can. The other functions know it by its `modelKey`.
   */
  load(file: ModelFile): Promise<LoadedModel>;
  /**
   * Scores n rows. Requests that wait for the same model share a run. Throws `invalid_input`, `model_not_loaded`,
   * `model_queue_full` (details: `retry_after_ms`), `deadline_exceeded`, `model_host_failed`, `model_run_failed`,
   * `model_quarantined`, or why the load failed.
   */
  infer(key: string, columns: ModelColumns, options?: { readonly deadline_ms?: number }): Promise<InferResult>;
  /** Forgets a model, a quarantined one too. After the last one the host process ends. */
  unload(key: string): Promise<void>;
  /** Latency of single rows through the host, one after the other, for gates: `rows` different rows in turn, `rounds` requests. */
  measure(key: string, columns: ModelColumns, plan: { readonly rows: number; readonly rounds: number }): Promise<Latency>;
  stats(): InferenceStats;
  /** Ends the host process; requests that wait fail with `busy`. */
  stop(): Promise<void>;
}

export interface InferenceDeps {
  readonly log: Log;
  readonly limits?: Partial<InferenceLimits>;
  /** Fixes the runtime; otherwise a probe process finds out at the first load. */
  readonly runtime?: Runtime;
}

export function createInference({ log, limits: given = {}, runtime }: InferenceDeps): Inference {
  const limits = { ...defaultLimits, ...given };
  const host = new ModelHost(log, limits, runtime);
  const infer: Inference['infer'] = (key, columns, { deadline_ms = limits.deadline_ms } = {}) => {
    const model = host.models.get(key);
    if (!model) return Promise.reject(notLoaded(key));
    if (model.error) return Promise.reject(model.error);
    return enqueue(host, model, columns, Math.min(deadline_ms, limits.deadlineMost_ms), limits);
  };
  return {
    runtime: () => host.runtime ?? 'unknown',
    load: async (file) => load(host, file, limits),
    infer,
    unload: async (key) => {
      const model = host.models.get(key);
      if (!model) return;
      const gone = notLoaded(key);
      model.loaded.reject(gone);
      model.waiting.failAll(gone);
      host.remove(model);
    },
    measure: (key, columns, plan) => {
      const model = host.models.get(key);
      if (!model) return Promise.reject(notLoaded(key));
      return measureLatency(columns, { ...plan, available: rowsOf(model.file.input, columns, limits.request_rows) }, (row) =>
        infer(key, row),
      );
    },
    stats: () => statsOf(host),
    stop: () => host.stop(),
  };
}

function notLoaded(key: string): SlipwayError {
  return failure('model_not_loaded', { model: key });
}

function load(host: ModelHost, file: ModelFile, limits: InferenceLimits): Promise<LoadedModel> {
  const known = host.models.get(modelKey(file));
  if (known?.state === 'quarantined' && known.error) throw known.error;
  if (known && known.state !== 'failed') return known.loaded.promise;
  if (host.models.size >= limits.models)
    throw failure('limit_reached', { what: 'Loaded models', limit: limits.models, where: 'limits.models' });
  const model = newHostedModel(file);
  const { promise } = model.loaded;
  host.add(model);
  return promise;
}

async function enqueue(
  host: ModelHost,
  model: HostedModel,
  columns: ModelColumns,
  deadline_ms: number,
  limits: InferenceLimits,
): Promise<InferResult> {
  const rows = rowsOf(model.file.input, columns, limits.request_rows);
  const { waiting, counts } = model;
  if (waiting.count >= limits.queue_requests || (waiting.count > 0 && waiting.rows + rows > limits.queue_rows)) {
    throw failure('model_queue_full', { model: model.file.digest, limit: limits.queue_requests }, { retry_after_ms: 1_000 });
  }
  const { promise, resolve, reject } = Promise.withResolvers<InferResult>();
  const deadline = performance.now() + deadline_ms;
  waiting.push({ columns, rows, deadline, deadline_ms, resolve, reject, sent: 0, done: 0, settled: false, alone: false });
  counts.requests += 1;
  counts.rows += rows;
  host.pump(model);
  return promise;
}

function statsOf(host: ModelHost): InferenceStats {
  const models = [...host.models.values()].map(({ key, state, waiting, strikes, load_ms, counts }) => ({
    key,
    state,
    waiting: waiting.count,
    strikes: strikes.length,
    load_ms,
    ...counts,
  }));
  return {
    runtime: host.runtime ?? 'unknown',
    pid: host.host?.pid ?? null,
    rss_bytes: host.host?.rss_bytes() ?? 0,
    restarts: host.restarts,
    models,
  };
}

/**
 * Loads a model into the calling process, for children that score by themselves, as the training child does to verify an
 * export. Runs block: never in the server.
 */
export async function createSession(bytes: Uint8Array, runtime?: Runtime): Promise<ModelSession> {
  // Not imported above: it brings protobufjs, 8 MB that the server never needs.
  const { openSession } = await import('./session.ts');
  return openSession(bytes, runtime ?? (await probeRuntime()));
}
