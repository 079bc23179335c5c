/** A policy that is set ahead of the release that it judges. */
export interface GateDefinition {
  readonly model: string;
  readonly criteria: readonly Criterion[];
  /** How many people must approve, by environment. */
  readonly approvals: Readonly<Record<string, number>>;
}

/** `on` names an output of the pipeline execution that made the version; absent: the first, on which it was evaluated. */
export type Criterion = BoundCriterion | ChampionCriterion | SliceCriterion | OutputCriterion | LatencyCriterion;

export interface BoundCriterion {
  readonly kind: 'bound';
  readonly metric: string;
  readonly min?: number;
  readonly max?: number;
  readonly on?: string;
  /** Where nothing can be measured here, what the run of the version logged under this name counts. */
  readonly reported?: 'accepted';
}

export interface ChampionCriterion {
  readonly kind: 'champion';
  readonly metric: string;
  /** The paired difference must be better by more than this. */
  readonly better_by?: Margin;
  readonly no_worse_than?: number;
  readonly on?: string;
}

export interface Margin {
  /** `metric`: in the metric's own unit. */
  readonly unit: 'standard_errors' | 'metric';
  readonly value: number;
}

export interface SliceCriterion {
  readonly kind: 'slice';
  readonly slice: string;
  readonly metric: string;
  readonly min?: number;
  readonly max?: number;
  /** Slices with fewer rows are not judged. */
  readonly least_rows: number;
  readonly on?: string;
}

/** At least `share` of the scores lie within the bounds. */
export interface OutputCriterion {
  readonly kind: 'output';
  readonly min?: number;
  readonly max?: number;
  readonly share: number;
  readonly on?: string;
}

export interface LatencyCriterion {
  readonly kind: 'latency';
  readonly p99_ms: number;
}

export type Result = 'pass' | 'fail' | 'needs approval';

/** One figure that was measured for one criterion, and whether it holds. All are kept, those that hold as well. */
export interface Evidence {
  /** The criterion in words: `auc at least 0.58`. */
  readonly criterion: string;
  readonly metric: string;
  /** The value of a slice, or null. */
  readonly slice: string | null;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly rows: number | null;
  /** What it was compared with: the champion's figure, or the baseline's. */
  readonly rival: { readonly name: string; readonly value: number | null } | null;
  readonly limit: string;
  readonly holds: boolean;
  /** True where the value is what a client reported, and nobody here measured it. */
  readonly reported?: true;
  /** One plain sentence with the figures. */
  readonly reason: string;
}

export interface Verdict {
  readonly id: string;
  readonly gate: string;
  readonly gate_revision: number;
  readonly version_id: string;
  readonly model: string;
  readonly version: number;
  /** The version it was compared with; null: the baseline. */
  readonly champion: number | null;
  readonly result: Result;
  /** Approvals that the gate asks for, by environment. */
  readonly approvals: Readonly<Record<string, number>>;
  readonly evidence: readonly Evidence[];
  /** Digest of gate revision, version and evidence: what an approval binds to. */
  readonly evidence_digest: string;
  readonly event: number;
  readonly created_at_ms: number;
}
