import type { Access } from '../../features/access/index.ts';
import type { Datasets } from '../../features/datasets/index.ts';
import type { Deployments } from '../../features/deployments/index.ts';
import type { Gates } from '../../features/gates/index.ts';
import type { Models } from '../../features/models/index.ts';
import type { Pipelines } from '../../features/pipelines/index.ts';
import type { Runs } from '../../features/runs/index.ts';
import type { Traces } from '../../features/traces/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Blobs } from '../../platform/blobs/index.ts';
import type { Database } from '../../platform/database/index.ts';
import type { Events } from '../../platform/events/index.ts';
import type { Log } from '../../platform/log/index.ts';

/** The rooms of an installation as far as its upkeep needs them. */
export interface Rooms {
  readonly database: Database;
  readonly blobs: Blobs;
  readonly events: Events;
  readonly clock: Clock;
  readonly log: Log;
  readonly access: Pick<Access, 'projects'>;
  readonly datasets: Pick<Datasets, 'list' | 'versions' | 'blobDigests'>;
  readonly runs: Pick<Runs, 'searchRuns' | 'artifacts' | 'blobDigests'>;
  readonly traces: Pick<Traces, 'blobDigests'>;
  readonly models: Pick<Models, 'list' | 'versions' | 'versionById' | 'aliases' | 'blobDigests'>;
  readonly gates: Pick<Gates, 'verdicts'>;
  readonly deployments: Pick<Deployments, 'list'>;
  readonly pipelines: Pick<Pipelines, 'executions' | 'blobDigests'>;
}

/** Rooms over a folder that is not served. */
export type OpenRooms = Rooms & { close(): Promise<void> };

/** Builds the rooms over another data folder (a copy, a backup), without serving it. A backup has its files elsewhere. */
export type OpenFolder = (folder: string, where?: { readonly blobs?: string }) => Promise<OpenRooms>;

/** How far an operation is: `of` is null while the end is not known. */
export type Progress = (doing: string, done: number, of: number | null) => void;

export interface Work {
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Every digest that anything refers to: what a backup holds and a sweep keeps. */
export async function namedBlobs({ datasets, runs, traces, models, pipelines }: Rooms): Promise<Set<string>> {
  const named = new Set<string>();
  for (const room of [datasets, runs, traces, models, pipelines]) for (const digest of await room.blobDigests()) named.add(digest);
  return named;
}
