import type { GroupSample, WorkerChild } from '../../platform/compute/index.ts';
import type { Task } from './fitted-model.ts';
import { gbdtDefaults } from './gbdt/params.ts';
import { linearDefaults } from './linear/params.ts';
import type { EvaluateRequest, EvaluateResult, FitProgress, FitRequest, FitResult, ModelInput } from './training.ts';

export { type Comparison, type Evaluation, evaluateScores, lessIsBetter, type Metrics, truthOf } from './evaluation.ts';
export { type EvaluateRequest, type EvaluateResult, type FitRequest, type FitResult, type ModelInput, pairKey } from './training.ts';
export type { Task };

export interface FitWatch {
  readonly onProgress?: (progress: FitProgress) => void;
  /** What the child uses, while it fits. */
  readonly onSample?: (sample: GroupSample) => void;
  /** Aborting it ends the fit with `process_cancelled`. */
  readonly signal?: AbortSignal;
}

/** Fitting and evaluating, each in the training child: a crash or a runaway there harms nobody. */
export interface Training {
  /** Errors: those of the trainer (`target_missing`, ...), `export_mismatch`, and of the child (`process_timeout`, `process_memory`, `worker_failed`). */
  fit(request: FitRequest, watch?: FitWatch): Promise<FitResult>;
  evaluate(request: EvaluateRequest, watch?: Pick<FitWatch, 'signal'>): Promise<EvaluateResult>;
  /** The first rows of a table as a model takes them, for measuring latency. */
  sampleColumns(request: {
    parquet: string;
    inputs: readonly ModelInput[];
    rows: number;
  }): Promise<Record<string, Float64Array | string[]>>;
  stop(): Promise<void>;
}

const fitLimit_ms = 3_600_000;
const evaluateLimit_ms = 600_000;
const duckdbLimit_bytes = 2 ** 30;

/** `folder` is ours alone: the child's database spills into it. */
export function createTraining({ child, folder }: { readonly child: WorkerChild; readonly folder: string }): Training {
  const settings = { folder, duckdb_bytes: duckdbLimit_bytes };
  return {
    fit: (request, { onProgress, ...watch } = {}) =>
      child.request(
        'fit',
        { ...request, settings },
        {
          timeout_ms: fitLimit_ms,
          ...(onProgress ? { onProgress: (value: unknown) => onProgress(value as FitProgress) } : {}),
          ...watch,
        },
      ),
    evaluate: (request, watch = {}) => child.request('evaluate', { ...request, settings }, { timeout_ms: evaluateLimit_ms, ...watch }),
    sampleColumns: (request) => child.request('sample', { ...request, settings }, { timeout_ms: evaluateLimit_ms }),
    stop: () => child.stop(),
  };
}

/** Names of the settings that a trainer knows; empty for one that nobody wrote. */
export function trainerSettings(trainer: string): ReadonlySet<string> {
  if (trainer === 'gbdt') return new Set(Object.keys(gbdtDefaults));
  return new Set(trainer === 'linear' || trainer === 'logistic' ? Object.keys(linearDefaults) : []);
}
