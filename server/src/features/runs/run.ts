import { failure } from '../../kernel/error.ts';

/** One tracked training or evaluation. */
export interface Run {
  /** 32 lower-case hexadecimal digits that sort by time. */
  readonly id: string;
  /** Decimal, unique on the server. */
  readonly experiment: string;
  readonly name: string;
  readonly status: RunStatus;
  readonly lifecycle: Lifecycle;
  readonly started_at_ms: number;
  readonly ended_at_ms: number | null;
  readonly person: string | null;
  /** The pipeline execution and step that made it, if one did. */
  readonly execution_id: string | null;
  readonly step: string | null;
  /** Number of its first event: a gate that was edited after it does not judge it. */
  readonly started_event: number;
  readonly cpu_ms: number;
  readonly bytes: number;
}

export type RunStatus = 'scheduled' | 'running' | 'finished' | 'failed' | 'killed';
export type Lifecycle = 'active' | 'deleted';

export interface MetricPoint {
  readonly key: string;
  /** Any double; NaN and infinities are kept. */
  readonly value: number;
  /** Integer of at most 2^53 - 1 either way. */
  readonly step: number;
  readonly timestamp_ms: number;
}

export interface KeyValue {
  readonly key: string;
  readonly value: string;
}

/** A point that says which logged model, and perhaps which data, it measures. */
export interface ModelPoint extends MetricPoint {
  readonly model_id: string;
  /** Name and digest; empty when nobody said. */
  readonly dataset: string;
  readonly digest: string;
}

/** What one call may log; all of it is kept or none. */
export interface LogBatch {
  readonly metrics?: readonly MetricPoint[];
  readonly params?: readonly KeyValue[];
  readonly tags?: readonly KeyValue[];
  /** Those of `metrics` that are a logged model's too. */
  readonly modelMetrics?: readonly ModelPoint[];
  /** A new name of the run. */
  readonly name?: string;
}

/** The newest point of a key (greatest by step, timestamp, value) with the least and greatest value ever logged. */
export interface LatestMetric extends MetricPoint {
  /** Null when every value is NaN. */
  readonly minimum: number | null;
  readonly maximum: number | null;
}

/** Limits of one batch and of its parts, those of the MLflow protocol (mlflow/utils/validation.py). */
export const batchLimits = {
  metrics: 1000,
  params: 100,
  tags: 100,
  entries: 1000,
  key_chars: 250,
  paramValue_chars: 6000,
  tagValue_chars: 8000,
} as const;

/** `\w` of the MLflow client is Python's, which takes letters and digits of every script. */
const keyGrammar = /^[\p{L}\p{N}_/.\- :]+$/u;

/** Word characters, slash, dot, dash, space and colon, and no path tricks: the key must be its own POSIX normal form. */
export function assertKey(key: string, field: string): void {
  const limit = batchLimits.key_chars;
  const problem =
    key.length === 0 || key.length > limit
      ? `1 to ${limit} characters`
      : keyGrammar.test(key) && isNormalPath(key)
        ? null
        : 'letters, digits, _ / . - space or :, without leading slash, "..", "." or "//" parts';
  if (problem) throw failure('invalid_input', { field, expected: problem, got: JSON.stringify(key.slice(0, 80)) });
}

/** True for `a/b.txt`, false for anything absolute, empty, or with `.`, `..` or empty parts. */
export function isNormalPath(path: string): boolean {
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

/** Checks a whole batch before any of it is written. */
export function assertBatch(batch: LogBatch): void {
  const counts = { metrics: batch.metrics?.length ?? 0, params: batch.params?.length ?? 0, tags: batch.tags?.length ?? 0 };
  for (const part of ['metrics', 'params', 'tags'] as const) {
    if (counts[part] > batchLimits[part]) throw tooMany(part, batchLimits[part], counts[part]);
  }
  const entries = counts.metrics + counts.params + counts.tags;
  if (entries > batchLimits.entries) throw tooMany('metrics, params and tags together', batchLimits.entries, entries);
  assertPoints(batch.metrics ?? []);
  batch.params?.forEach((param, at) => {
    assertKeyValue(param, `params[${at}]`, batchLimits.paramValue_chars);
  });
  batch.tags?.forEach((tag, at) => {
    assertKeyValue(tag, `tags[${at}]`, batchLimits.tagValue_chars);
  });
  assertParamsAgree(batch.params ?? []);
}

function tooMany(what: string, limit: number, got: number): Error {
  return failure('invalid_input', { field: what, expected: `at most ${limit} in one batch`, got });
}

/** A key is looked at once: a batch has a thousand points and a few keys. */
function assertPoints(points: readonly MetricPoint[]): void {
  const sound = new Set<string>();
  points.forEach((point, at) => {
    if (!sound.has(point.key)) {
      assertKey(point.key, `metrics[${at}].key`);
      sound.add(point.key);
    }
    assertPlace(point, at);
  });
}

function assertPlace(point: MetricPoint, at: number): void {
  if (!Number.isSafeInteger(point.step))
    throw failure('invalid_input', { field: `metrics[${at}].step`, expected: 'an integer within 2^53', got: point.step });
  if (!Number.isSafeInteger(point.timestamp_ms) || point.timestamp_ms < 0) {
    throw failure('invalid_input', { field: `metrics[${at}].timestamp_ms`, expected: 'milliseconds since 1970', got: point.timestamp_ms });
  }
}

function assertKeyValue({ key, value }: KeyValue, field: string, limit: number): void {
  assertKey(key, `${field}.key`);
  if (value.length > limit)
    throw failure('invalid_input', { field: `${field}.value`, expected: `at most ${limit} characters`, got: value.length });
}

function assertParamsAgree(params: readonly KeyValue[]): void {
  const seen = new Set<string>();
  for (const { key } of params) {
    if (seen.has(key)) throw failure('invalid_input', { field: 'params', expected: 'each key once', got: `${key} twice` });
    seen.add(key);
  }
}

/** Folds a batch into one newest point, minimum and maximum per key. */
export function foldLatest(points: readonly MetricPoint[]): Map<string, LatestMetric> {
  const folded = new Map<string, Fold>();
  for (const point of points) {
    const fold = folded.get(point.key);
    if (!fold) {
      const bound = Number.isNaN(point.value) ? null : point.value;
      folded.set(point.key, { newest: point, minimum: bound, maximum: bound });
      continue;
    }
    if (isNewer(point, fold.newest)) fold.newest = point;
    fold.minimum = least(fold.minimum, point.value);
    fold.maximum = greatest(fold.maximum, point.value);
  }
  const latest = new Map<string, LatestMetric>();
  for (const [key, { newest, minimum, maximum }] of folded) {
    const { value, step, timestamp_ms } = newest;
    latest.set(key, { key, value, step, timestamp_ms, minimum, maximum });
  }
  return latest;
}

interface Fold {
  newest: MetricPoint;
  minimum: number | null;
  maximum: number | null;
}

/** Order of points: step, then timestamp, then value; NaN is less than any number. */
export function isNewer(a: MetricPoint, b: MetricPoint): boolean {
  if (a.step !== b.step) return a.step > b.step;
  if (a.timestamp_ms !== b.timestamp_ms) return a.timestamp_ms > b.timestamp_ms;
  return Number.isNaN(b.value) || a.value > b.value;
}

function least(old: number | null, value: number): number | null {
  if (Number.isNaN(value)) return old;
  return old === null || value < old ? value : old;
}

function greatest(old: number | null, value: number): number | null {
  if (Number.isNaN(value)) return old;
  return old === null || value > old ? value : old;
}

/** The parameters that are new; one that is there with another value is refused, the same value again is fine. */
export function newParams(run: string, params: readonly KeyValue[], existing: ReadonlyMap<string, string>): KeyValue[] {
  return params.filter(({ key, value }) => {
    const old = existing.get(key);
    if (old !== undefined && old !== value) throw failure('param_already_set', { run, key, old, value }, { key, old, value });
    return old === undefined;
  });
}

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** A param as a number, by which it is compared and ordered; null for any other text. */
export function numberOf(text: string): number | null {
  const value = decimal.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : null;
}

export function assertActive(run: Pick<Run, 'id' | 'lifecycle'>): void {
  if (run.lifecycle !== 'active') throw failure('run_not_active', { run: run.id });
}

/** A path of an artifact inside its run: relative, in normal form, well-formed text, at most 1,000 characters and 32 levels. */
/** Control signs, and those that turn the direction of writing, so that `exe.png` is shown for what ends in `exe`. */
export const misleading = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;

/** `a` and `a/b` of `a/b/c.txt`. */
export function foldersOf(path: string): string[] {
  const folders = path.split('/').slice(0, -1);
  return folders.map((_, depth) => folders.slice(0, depth + 1).join('/'));
}

export function assertArtifactPath(path: string): void {
  const sound = path.length > 0 && path.length <= 1000 && path.isWellFormed() && isNormalPath(path) && path.split('/').length <= 32;
  if (!sound || path.includes('\\') || misleading.test(path) || path.normalize('NFC') !== path) {
    throw failure('invalid_input', {
      field: 'path',
      expected: 'a relative path such as model/model.onnx',
      got: JSON.stringify(path.slice(0, 80)),
    });
  }
}
