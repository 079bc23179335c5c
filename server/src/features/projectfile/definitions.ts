import type { RetrainingDefinition } from '../automations/index.ts';
import type { GateDefinition } from '../gates/index.ts';
import type { MonitorDefinition } from '../monitors/index.ts';
import type { ReceiverDefinition } from '../notifications/index.ts';
import type * as pipelines from '../pipelines/index.ts';

export type { RetrainingDefinition, Trigger } from '../automations/index.ts';
export type { MonitorDefinition } from '../monitors/index.ts';
export type { ReceiverDefinition } from '../notifications/index.ts';
export type { EvaluateStep, FitStep, Param, RunStep, SqlStep, StepDefinition } from '../pipelines/index.ts';

/**
 * What a `slipway.yaml` says, in plain numbers: durations in milliseconds (`_ms`), percentages as shares from 0 to 1. Keys that
 * the file leaves out are absent, or have the default that the project-file reference states. All values are JSON.
 */
export interface ProjectFile {
  readonly project: string;
  readonly clock: 'wall' | 'data';
  /** IANA name, as in `America/New_York`. Without one: UTC. */
  readonly zone?: string;
  readonly datasets: Named<DatasetDefinition>;
  readonly pipelines: Named<PipelineDefinition>;
  readonly models: Named<ModelDefinition>;
  readonly gates: Named<GateDefinition>;
  readonly deployments: Named<DeploymentDefinition>;
  readonly monitors: Named<MonitorDefinition>;
  readonly retrain: Named<RetrainingDefinition>;
  readonly notify: Named<ReceiverDefinition>;
}

export type Named<T> = Readonly<Record<string, T>>;

export interface DatasetDefinition {
  /** Paths and globs inside the project's folder, with `/`. */
  readonly files: readonly string[];
  /** Rows that this deployment served and that got their outcome become part of the next version. */
  readonly grows_from?: { readonly deployment: string };
  /** Column of the event time. */
  readonly time?: string;
  /** IANA name of the zone that times without an offset are in. */
  readonly zone?: string;
  readonly target?: string;
  readonly key: readonly string[];
  /** Columns that are known only with the outcome: never features. */
  readonly outcome_only: readonly string[];
  readonly units: Named<string>;
  readonly rows?: { readonly min?: number; readonly max?: number };
  readonly checks: Named<ColumnChecks>;
}

export interface ColumnChecks {
  readonly min?: number;
  readonly max?: number;
  /** At most this share of the values is missing. */
  readonly missing_share?: number;
  /** Less than this share of the values is missing. */
  readonly missing_below_share?: number;
  readonly one_of?: readonly (string | number | boolean)[];
  readonly unique?: boolean;
  readonly type?: ColumnType;
}

export const columnTypes = ['integer', 'number', 'text', 'boolean', 'date', 'timestamp'] as const;
export type ColumnType = (typeof columnTypes)[number];

/** The files that its steps name are added when it is applied. */
export type PipelineDefinition = Omit<pipelines.PipelineDefinition, 'files'>;

export const trainerKinds = ['gbdt', 'linear', 'logistic'] as const;
export type TrainerKind = (typeof trainerKinds)[number];

export interface ModelDefinition {
  readonly owner?: string;
  readonly description?: string;
  readonly intended_use?: string;
}

export interface DeploymentDefinition {
  readonly model: string;
  readonly environment: string;
  readonly gate?: string;
  readonly rollout: RolloutDefinition;
  readonly limits: LimitsDefinition;
  /** By column: what becomes of a request with an unseen category, a value out of range or a missing value. */
  readonly unexpected: Named<'flag' | 'refuse'>;
}

export interface RolloutDefinition {
  /** Rising shares of the traffic that the new version gets; the last is 1. */
  readonly steps: readonly number[];
  readonly guard: readonly string[];
  /** How long each step below 100% lasts at least. */
  readonly bake_ms: number;
  /** Rows with an outcome that each arm needs before the guard's metric is judged. */
  readonly least_rows?: number;
  /** How long a step waits for those rows at most. */
  readonly longest_wait_ms?: number;
}

export interface LimitsDefinition {
  readonly concurrent?: number;
  readonly queue?: number;
  readonly deadline_ms?: number;
  readonly per_day?: number;
}
