import { failure } from '../../kernel/error.ts';
import type { ColumnProfile, Estimator } from '../../platform/statistics/index.ts';

export type Flavor = 'onnx' | 'mlflow' | 'outside' | 'prompt';

/** One immutable version of a model: artifact, signature and where it came from. */
export interface ModelVersion {
  readonly id: string;
  readonly model: string;
  readonly number: number;
  /** Digest of the manifest: files, signature and profile. What was approved is what is served. */
  readonly digest: string;
  /** `onnx` is served here; `mlflow` is kept as a client logged it, `outside` lies elsewhere, `prompt` is a text. */
  readonly flavor: Flavor;
  readonly files: readonly ModelFile[];
  readonly signature: Signature;
  /** Profile of the training data, the reference of every monitor; it survives the deletion of the data. */
  readonly profile_digest: string | null;
  /** Share of each column in what the model learned, adding up to 1; empty when unknown. */
  readonly importance: Readonly<Record<string, number>>;
  readonly run_id: string | null;
  readonly execution_id: string | null;
  readonly dataset_versions: readonly DatasetReference[];
  /** Named tables of the execution that made it (name to Parquet digest), which gates judge on (`on: recent`). */
  readonly outputs: Readonly<Record<string, string>>;
  readonly code: CodeReference | null;
  /** Who asked for it; cannot be its second person. */
  readonly person: string | null;
  /** The event that began its making: a gate that was edited later does not count. */
  readonly started_event: number;
  readonly event: number;
  readonly created_at_ms: number;
  readonly retired_at_ms: number | null;
}

/** What a monitor compares with: the JSON at `profile_digest`. */
export interface ReferenceProfile {
  /** Profiles of the training rows, by column, the target included. */
  readonly columns: Readonly<Record<string, ColumnProfile>>;
  /** Profile of the model's scores on the rows that it was evaluated on, else on its training rows; null for multiclass. */
  readonly score: ColumnProfile | null;
  /** For estimating quality without outcomes, fitted on the rows that it was evaluated on; binary only. */
  readonly estimator: Estimator | null;
}

export interface ModelFile {
  readonly path: string;
  readonly digest: string;
  readonly bytes: number;
}

export interface Signature {
  /** `unknown` where nobody tried the model: it is not served here. */
  readonly task: 'regression' | 'binary' | 'multiclass' | 'unknown';
  /** Class labels in the order of the probabilities; for binary the second is the positive one. */
  readonly classes: readonly string[];
  readonly target: string | null;
  readonly inputs: readonly SignatureInput[];
}

export interface SignatureInput {
  readonly name: string;
  readonly kind: 'number' | 'category';
  readonly integer: boolean;
  readonly unit: string | null;
  /** Missing values were there in training. */
  readonly nullable: boolean;
  /** Range in training; null for categories or when unknown. */
  readonly min: number | null;
  readonly max: number | null;
  /** Values known from training; null for numbers or when unknown. */
  readonly categories: readonly string[] | null;
}

export interface DatasetReference {
  readonly dataset: string;
  readonly number: number;
  readonly digest: string;
}

export interface CodeReference {
  readonly commit: string | null;
  readonly digest: string | null;
}

export interface ModelDefinition {
  readonly owner?: string;
  readonly description?: string;
  readonly intended_use?: string;
}

/** Proof that a version may go live: the passing verdict and the approvals that bind to it. Issued by `gates` only. */
export interface ReleasePermit {
  readonly verdict_event: number;
  readonly approval_events: readonly number[];
}

export interface Hold {
  readonly holder: string;
  readonly reason: string;
}

const unservable = {
  mlflow: 'it has no ONNX file that answers here',
  outside: 'its files lie elsewhere, so their digest is unknown until they are uploaded',
  prompt: 'it is a text',
} as const;

/** Refuses a version that nothing here can run: no gate measures it and no deployment takes it. */
export function assertServable({ model, number, flavor }: Pick<ModelVersion, 'model' | 'number' | 'flavor'>): void {
  if (flavor !== 'onnx') throw failure('version_not_servable', { model, version: number, reason: unservable[flavor] });
}

/** Word characters and dash; `latest` and `v1`-like names would be taken for versions (as in MLflow). */
export function assertAlias(alias: string): void {
  if (!/^[\w-]{1,255}$/.test(alias) || alias.toLowerCase() === 'latest' || /^v\d+$/i.test(alias)) {
    throw failure('invalid_input', {
      field: 'alias',
      expected: 'letters, digits, _ or -, not `latest` and not like `v3`',
      got: JSON.stringify(alias.slice(0, 80)),
    });
  }
}

/** As names in the project file: it stands in addresses, and `slipway.yaml` may take it over. */
export function assertModelName(name: string): void {
  if (/^[A-Za-z0-9][\w.-]{0,62}$/.test(name)) return;
  throw failure('invalid_input', {
    field: 'model',
    expected: 'at most 63 letters, digits, `-`, `_` and `.`, a letter or digit first',
    got: JSON.stringify(name.slice(0, 80)),
  });
}

export interface AliasMove {
  readonly model: string;
  readonly alias: string;
  /** Null takes the alias away. */
  readonly version: number | null;
  /** Moves only from this version (null: from nowhere); absent: from any. */
  readonly expected?: number | null;
  readonly permit?: ReleasePermit;
  /** In the words of whoever moves it; kept in the event. */
  readonly reason?: string;
}

/** Whether an alias may move: a protected one needs a permit, a compare-and-set needs its expectation to hold. */
export function assertMayMove(
  move: AliasMove,
  current: { readonly version: number | null; readonly protected_by: string | null } | null,
): void {
  if (current?.protected_by && !move.permit) {
    throw failure('alias_protected', { alias: move.alias, model: move.model, deployment: current.protected_by });
  }
  const found = current?.version ?? null;
  if (move.expected !== undefined && move.expected !== found) {
    throw failure('conflict', {
      what: 'Alias',
      name: move.alias,
      expected: String(move.expected ?? 'none'),
      found: String(found ?? 'none'),
    });
  }
}

/** Readiness of a version, read from what happened to it; it is no field of its own. */
export function assertRetirable(version: Pick<ModelVersion, 'model' | 'number'>, holds: readonly Hold[], aliases: readonly string[]): void {
  const holders = [...holds.map((hold) => `${hold.holder} (${hold.reason})`), ...aliases.map((alias) => `alias ${alias}`)];
  if (holders.length > 0) {
    throw failure('version_in_use', { model: version.model, version: version.number, holders: holders.join(', ') }, { holders });
  }
}
