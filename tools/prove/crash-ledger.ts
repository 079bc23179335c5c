import { createHash } from 'node:crypto';
import { seededUniform } from '../../server/src/platform/statistics/index.ts';

/** Of each batch of metrics. */
export const metricKeys = ['a', 'b', 'c'] as const;

/** What the clients were told, kept in memory: the server must know all of it after any crash. */
export interface Ledger {
  readonly seed: number;
  readonly runs: Map<string, KnownRun>;
  /** Run and path to whether it was acknowledged. */
  readonly artifacts: Map<string, boolean>;
  /** Number of the version to its digest. */
  readonly versions: Map<number, string>;
  readonly executions: Set<string>;
  /** Row id to the acknowledged outcome. */
  readonly outcomes: Map<string, number>;
  /** Of clients of MLflow: runs and logged models by id, files by their path below the proxy. */
  readonly trackedRuns: Map<string, TrackedRun>;
  readonly trackedModels: Map<string, TrackedModel>;
  readonly trackedFiles: Map<string, boolean>;
  readonly alias: Pointer;
  readonly champion: Pointer;
  /** Every answer that acknowledged a write. */
  acknowledged: number;
  /** Answers that were neither success nor an honest "not now". */
  readonly unexpected: string[];
}

/** The batches of a run, numbered from 1. */
export interface KnownRun {
  readonly acknowledged: Set<number>;
  attempted: number;
}

export interface TrackedRun {
  /** Number of the batch to whether it was acknowledged. */
  readonly batches: Map<number, boolean>;
  isEnded: boolean;
}

export interface TrackedModel {
  isReady: boolean;
  readonly versions: Set<string>;
}

/** A value that is moved, of which the last acknowledged one is known, and one more that may have been written without an answer. */
export interface Pointer {
  acknowledged: number | null;
  inFlight: number | null;
  moves: number;
}

export function newLedger(seed: number): Ledger {
  return {
    seed,
    runs: new Map(),
    artifacts: new Map(),
    versions: new Map(),
    executions: new Set(),
    outcomes: new Map(),
    trackedRuns: new Map(),
    trackedModels: new Map(),
    trackedFiles: new Map(),
    alias: { acknowledged: null, inFlight: null, moves: 0 },
    champion: { acknowledged: null, inFlight: null, moves: 0 },
    acknowledged: 0,
    unexpected: [],
  };
}

/** The bytes of an artifact follow from its name, so that nothing but names is remembered. Sizes: packed and not packed. */
export function artifactBytes(seed: number, name: string): Buffer {
  const start = createHash('sha256').update(`${seed} ${name}`).digest();
  const chance = seededUniform(start.readInt32LE(0));
  const size = Math.floor(chance() < 0.5 ? 1 + chance() * 4000 : 66_000 + chance() * 200_000);
  return Buffer.alloc(size, start);
}

/** Rows of the data set: y is mostly 1 where x is large. `n` makes each version its own. */
export function tableText(n: number): string {
  const rows = Array.from({ length: 300 }, (_, row) => {
    const x = (row * 37 + n) % 100;
    return `${x},${row % 3 === 0 ? 'a' : 'b'},${x + ((row * 13) % 40) > 70 ? 1 : 0}`;
  });
  return `x,kind,y\n${rows.join('\n')}\n`;
}

/** What a look at the server found. */
export interface Finding {
  /** Acknowledged writes that were not there, or not as they were acknowledged. */
  readonly lost: string[];
  /** Things of which a part was there. */
  readonly half: string[];
  checked: number;
}
