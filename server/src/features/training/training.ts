import type { ColumnProfile, Estimator } from '../../platform/statistics/index.ts';
import type { Comparison, Evaluation } from './evaluation.ts';
import type { Task } from './fitted-model.ts';

/** What is asked of the training child. Paths are of our own blobs; the child reads nothing else. */
export interface FitRequest {
  /** A Parquet file with the training rows. */
  readonly parquet: string;
  readonly trainer: string;
  readonly target: string;
  readonly features: readonly { readonly name: string; readonly kind: 'number' | 'category' }[];
  /** Settings of the trainer; unknown ones are refused. */
  readonly params: Readonly<Record<string, number>>;
  readonly seed: number;
  readonly model: string;
}

export interface FitResult {
  /** The ONNX file that takes raw rows, verified against the trainer's own predictions. */
  readonly onnx: Uint8Array;
  /** The simple model (prior or mean of the training rows) as ONNX with the same inputs; scored beside every trained one. */
  readonly baseline: Uint8Array;
  readonly task: Task;
  readonly classes: readonly string[];
  readonly rows: number;
  readonly rounds: number;
  /** Share of each column in what was learned. */
  readonly importance: Readonly<Record<string, number>>;
  /** Loss on held-back rows by round, when training stops early. */
  readonly losses: readonly { readonly round: number; readonly loss: number }[];
  /** Profile of the model's scores on the training rows; null for multiclass. */
  readonly score_profile: ColumnProfile | null;
  readonly verified: { readonly rows: number; readonly edge_rows: number; readonly runtime: string };
  readonly cpu_ms: number;
}

export interface EvaluateRequest {
  readonly parquet: string;
  readonly target: string;
  readonly task: Task;
  readonly classes: readonly string[];
  /** Versions to score, by the name that the answer uses. */
  readonly models: readonly {
    readonly name: string;
    readonly path: string;
    readonly digest: string;
    readonly inputs: readonly ModelInput[];
  }[];
  readonly slices: readonly string[];
  readonly bounds: readonly { readonly min: number; readonly max: number }[];
  /** Pairs of names to compare on the same rows: how much better the second is. */
  readonly pairs: readonly (readonly [string, string])[];
}

export interface ModelInput {
  readonly name: string;
  readonly kind: 'number' | 'category';
}

export interface EvaluateResult {
  readonly rows: number;
  readonly models: Readonly<Record<string, Evaluation>>;
  /** Key: `first vs second`. */
  readonly comparisons: Readonly<Record<string, Comparison>>;
  /** Fitted on these rows for models of binary tasks, by name. */
  readonly estimators: Readonly<Record<string, Estimator>>;
  /** How the scores of each model lie on these rows, by name; none for multiclass. */
  readonly score_profiles: Readonly<Record<string, ColumnProfile>>;
  readonly cpu_ms: number;
}

export interface FitProgress {
  readonly round: number;
  readonly rounds: number;
}

export const pairKey = (first: string, second: string): string => `${first} vs ${second}`;
