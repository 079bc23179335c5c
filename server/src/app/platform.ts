import { join } from 'node:path';
import type { Clock } from '../kernel/clock.ts';
import { type Analytics, createAnalytics } from '../platform/analytics/index.ts';
import { type Blobs, openBlobs } from '../platform/blobs/index.ts';
import { type Database, migrations, openDatabase } from '../platform/database/index.ts';
import { createDefinitions, type Definitions } from '../platform/definitions/index.ts';
import { createEvents, type Events } from '../platform/events/index.ts';
import { createInference, type Inference } from '../platform/inference/index.ts';
import { createJobs, type Jobs } from '../platform/jobs/index.ts';
import type { Log } from '../platform/log/index.ts';
import { noSpans, type Spans } from '../platform/telemetry/index.ts';
import type { BackupsFolder } from './operations/index.ts';

export interface AppOptions {
  /** The data folder; everything that we keep lies in it. */
  readonly data: string;
  /** The folder's database, where its opening began earlier. */
  readonly database?: Promise<Database>;
  /** The folder of the stored files, where they do not lie in the data folder: one that several servers share, or that of the backups. */
  readonly blobs?: string | undefined;
  /** Where backups go; none are made without. */
  readonly backups?: BackupsFolder | null;
  readonly auth: 'on' | 'off';
  readonly clock: Clock;
  readonly log: Log;
  readonly spans?: Spans;
  /** Where this server answers; known once it listens. */
  readonly address: () => string;
}

/** The machinery that every room stands on. */
export interface Platform {
  readonly database: Database;
  readonly blobs: Blobs;
  readonly events: Events;
  readonly jobs: Jobs;
  readonly definitions: Definitions;
  readonly analytics: Analytics;
  readonly inference: Inference;
  readonly clock: Clock;
  readonly log: Log;
  readonly spans: Spans;
}

/** Children that nobody asked for this long are ended: an idle server is one process. */
export const childIdle_ms = 30_000;

/** Opens the data folder. The only place that picks adapters. */
export async function openPlatform({ data, clock, log, spans = noSpans, database: opening, blobs: files }: AppOptions): Promise<Platform> {
  const database = await (opening ?? openDatabase({ folder: data, migrations, clock }));
  const blobs = await openBlobs({ folder: files ?? join(data, 'blobs'), clock, log }).catch(async (error: unknown) => {
    await database.close();
    throw error;
  });
  const events = createEvents({ database, clock });
  return {
    database,
    blobs,
    events,
    jobs: createJobs({ database, clock, log, spans }),
    definitions: createDefinitions({ database, events, clock }),
    analytics: createAnalytics({ folder: join(data, 'analytics'), log, idle_ms: childIdle_ms }),
    inference: createInference({ log }),
    clock,
    log,
    spans,
  };
}
