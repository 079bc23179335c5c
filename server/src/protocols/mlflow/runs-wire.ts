import type { KeyValue, ModelPoint } from '../../features/runs/index.ts';
import { assertLength, assertName, limits } from './names.ts';
import { invalid } from './refusal.ts';
import { double, integer, member, missing, pythonJson, type Wire, wrongType } from './wire.ts';

const seeDocs = ' See the API docs for more information about request parameters.';

function textOf(sent: unknown, path: string): string {
  const value = sent ?? '';
  if (typeof value !== 'string') throw wrongType(path, value);
  return value;
}

/** A member that must be there. */
function present(value: unknown, path: string): unknown {
  if (value === undefined || value === null || value === '') throw missing(path);
  return value;
}

function numeric(value: unknown, reader: typeof double | typeof integer, path: string): number {
  const number = reader.read(value);
  if (number === undefined || number === null) throw wrongType(path, value);
  return number;
}

/** A point of a metric as it is sent; other names of the same members are those of protobuf's JSON. */
interface MetricWire {
  readonly key?: unknown;
  readonly value?: unknown;
  readonly timestamp?: unknown;
  readonly step?: unknown;
  readonly model_id?: unknown;
  readonly modelId?: unknown;
  readonly dataset_name?: unknown;
  readonly datasetName?: unknown;
  readonly dataset_digest?: unknown;
  readonly datasetDigest?: unknown;
}

/** The common point: all numbers are numbers, and its key was looked at before. Anything else takes the careful reading. */
function isPlain({ key, value, timestamp, step }: MetricWire, sound: ReadonlySet<unknown>): boolean {
  return (
    typeof value === 'number' &&
    Number.isSafeInteger(timestamp) &&
    (timestamp as number) >= 0 &&
    Number.isSafeInteger(step) &&
    sound.has(key)
  );
}

/** Reads one point; `path` is where it stands in a batch, empty for a point alone; the names in `sound` were looked at before. */
export function metricOf(wire: MetricWire, path: string, sound = new Set<string>()): ModelPoint {
  const at = path === '' ? '' : `${path}.`;
  const key = present(wire.key, `${at}key`);
  const value = present(wire.value, `${at}value`);
  const timestamp = present(wire.timestamp, `${at}timestamp`);
  if (typeof key !== 'string') throw wrongType(`${at}key`, key);
  const number = numeric(value, double, `${at}value`);
  const timestamp_ms = numeric(timestamp, integer, `${at}timestamp`);
  const step = numeric(wire.step ?? 0, integer, `${at}step`);
  if (!sound.has(key)) assertName(key, `${at}name`);
  if (timestamp_ms < 0) {
    const why = `metric '${key}' (value=${pythonJson(value)}). Timestamp must be a nonnegative long (64-bit integer) `;
    throw invalid(`Invalid value ${timestamp_ms} for parameter '${at}timestamp' supplied: ${why}`);
  }
  assertLength('Metric name', key, limits.key_chars);
  sound.add(key);
  const model_id = textOf(wire.model_id ?? wire.modelId, `${at}model_id`);
  const dataset = textOf(wire.dataset_name ?? wire.datasetName, `${at}dataset_name`);
  const digest = textOf(wire.dataset_digest ?? wire.datasetDigest, `${at}dataset_digest`);
  return { key, value: number, timestamp_ms, step, model_id, dataset, digest };
}

function metricsOf(wires: readonly MetricWire[]): ModelPoint[] {
  const sound = new Set<string>();
  return wires.map((wire, at) => {
    const model = wire.model_id ?? wire.modelId ?? wire.dataset_name ?? wire.datasetName ?? wire.dataset_digest ?? wire.datasetDigest;
    if (model !== undefined || !isPlain(wire, sound)) return metricOf(wire, `metrics[${at}]`, sound);
    const { key, value, timestamp, step } = wire as { key: string; value: number; timestamp: number; step: number };
    return { key, value, timestamp_ms: timestamp, step, model_id: '', dataset: '', digest: '' };
  });
}

type What = { readonly what: string; readonly valueLimit: number; readonly cuts: boolean };

const param: What = { what: 'Param key', valueLimit: limits.paramValue_chars, cuts: true };
const tag: What = { what: 'key', valueLimit: limits.tagValue_chars, cuts: true };

function pairOf(wire: Wire, path: string, { what, valueLimit, cuts }: What): KeyValue {
  const at = path === '' ? '' : `${path}.`;
  const key = member(wire, 'key');
  if (key === undefined || key === null || key === '') throw missing(`${at}key`);
  if (typeof key !== 'string') throw wrongType(`${at}key`, key);
  const sent = member(wire, 'value');
  if (sent !== undefined && sent !== null && typeof sent !== 'string') throw wrongType(`${at}value`, sent);
  const value = sent ?? '';
  assertName(key, `${at}key`);
  assertLength(what === 'key' ? `${at}key` : what, key, limits.key_chars);
  if (!cuts) assertLength(`${at}value`, value, valueLimit);
  return { key, value: value.slice(0, valueLimit) };
}

/** A longer value is cut, as MLflow does unless told otherwise. */
export const paramOf = (wire: Wire, path: string): KeyValue => pairOf(wire, path, param);
export const tagOf = (wire: Wire, path: string): KeyValue => pairOf(wire, path, tag);

/** Tags of experiments, models and versions, which are refused when they are too long. */
export const longTagOf = (valueLimit: number) => (wire: Wire, path: string) => pairOf(wire, path, { what: 'key', valueLimit, cuts: false });

export interface WireBatch {
  readonly metrics: ModelPoint[];
  readonly params: KeyValue[];
  readonly tags: KeyValue[];
}

function assertCount(what: string, limit: number, got: number): void {
  if (got <= limit) return;
  throw invalid(
    `A batch logging request can contain at most ${limit} ${what}. Got ${got} ${what}. Please split up ${what} across multiple requests and try again.`,
  );
}

export function batchOf(metrics: readonly Wire[], params: readonly Wire[], tags: readonly Wire[]): WireBatch {
  const batch = {
    metrics: metricsOf(metrics),
    params: params.map((one, at) => paramOf(one, `params[${at}]`)),
    tags: tags.map((one, at) => tagOf(one, `tags[${at}]`)),
  };
  assertCount('metrics', limits.metrics, metrics.length);
  assertCount('params', limits.params, params.length);
  assertCount('tags', limits.tags, tags.length);
  assertCount('metrics, params, and tags', limits.entries, metrics.length + params.length + tags.length);
  assertKeysOnce(batch.params);
  return batch;
}

function assertKeysOnce(params: readonly KeyValue[]): void {
  const seen = new Set<string>();
  const twice = params.filter(({ key }) => seen.size === seen.add(key).size).map(({ key }) => `'${key}'`);
  if (twice.length === 0) return;
  throw invalid(
    `Duplicate parameter keys have been submitted: [${twice.join(', ')}]. Please ensure the request contains only one param value per param key.`,
  );
}

/** A limit of a page, with what MLflow says beyond it. */
export function pageSize(asked: number | null, usual: number, most: number): number {
  const wanted = asked ?? usual;
  if (wanted < 1) throw invalid(`Invalid value ${wanted} for parameter 'max_results' supplied. It must be a positive integer`);
  if (wanted > most) throw invalid(`Invalid value ${wanted} for parameter 'max_results' supplied. It must be at most ${most}`);
  return wanted;
}

export function runsPageSize(asked: number | null): number {
  if (asked !== null && asked > 50_000) {
    throw invalid(`Invalid value ${asked} for parameter 'max_results' supplied:  Hint: Value was of type 'int'.${seeDocs}`);
  }
  return pageSize(asked, 1000, 50_000);
}
