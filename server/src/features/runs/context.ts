import type { Clock } from '../../kernel/clock.ts';
import type { Blobs } from '../../platform/blobs/index.ts';
import { type Database, Kept } from '../../platform/database/index.ts';
import type { Events } from '../../platform/events/index.ts';
import type { ExperimentRow, RunRow } from './runs-store.ts';

export interface RunsDeps {
  readonly database: Database;
  readonly events: Events;
  readonly blobs: Blobs;
  readonly clock: Clock;
}

/** What the commands of this room share. */
export interface RunsContext extends RunsDeps {
  readonly known: Known;
}

/** Rows that a run which logs a thousand batches would look up a thousand times. Whoever changes one forgets it here. */
export interface Known {
  /** By project and id. */
  readonly runs: Kept<RunRow>;
  /** By project and what it was asked for by: its number, or Default. */
  readonly experiments: Kept<ExperimentRow>;
  /** Ids by name; neither ever changes. */
  readonly metricKeys: Kept<number>;
  /** The greatest number of a run. */
  readonly lastRun: Kept<number>;
  /** Numbers of new runs that have no param yet: what they log first needs no look. */
  readonly withoutParams: Kept<true>;
}

export function contextOf(deps: RunsDeps): RunsContext {
  const { database } = deps;
  const known = { runs: new Kept<RunRow>(database), experiments: new Kept<ExperimentRow>(database) };
  const withoutParams = new Kept<true>(database);
  return { ...deps, known: { ...known, metricKeys: new Kept<number>(database), lastRun: new Kept<number>(database), withoutParams } };
}
