import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Caller, systemCaller } from '../../kernel/caller.ts';
import { systemClock } from '../../kernel/clock.ts';
import type { Project } from '../../kernel/project.ts';
import { createAnalytics } from '../../platform/analytics/index.ts';
import { type Blobs, openBlobs, putOfProject } from '../../platform/blobs/index.ts';
import { createCompute, createWorkerChild } from '../../platform/compute/index.ts';
import type { Database } from '../../platform/database/index.ts';
import { migrations } from '../../platform/database/migrations/index.ts';
import { openTestDatabase } from '../../platform/database/test-database.fixture.ts';
import { createDefinitions, type Definitions } from '../../platform/definitions/index.ts';
import { createEvents, type Events } from '../../platform/events/index.ts';
import { createJobs } from '../../platform/jobs/index.ts';
import { createLog } from '../../platform/log/index.ts';
import { createDatasets, type Datasets } from '../datasets/index.ts';
import { createModels, type Models } from '../models/index.ts';
import { createPredictions, type Predictions } from '../predictions/index.ts';
import { createRuns, type Runs } from '../runs/index.ts';
import { createTraining } from '../training/index.ts';
import { createPipelines, type Execution, type PipelineDefinition, type Pipelines, type StepRecord } from './index.ts';

export const project: Project = { id: 'prj_1', name: 'default', zone: 'UTC', clock: 'wall' };
export const caller: Caller = { ...systemCaller('test'), person: 'per_1' };

export interface World {
  readonly database: Database;
  readonly blobs: Blobs;
  readonly events: Events;
  readonly definitions: Definitions;
  readonly pipelines: Pipelines;
  readonly datasets: Datasets;
  readonly models: Models;
  readonly runs: Runs;
  readonly predictions: Predictions;
  /** Everything is kept in here. */
  readonly folder: string;
  /** Adds a CSV text as the newest version of a dataset. */
  addData(dataset: string, csv: string): Promise<number>;
  /** Stores a text and gives its digest. */
  put(text: string): Promise<string>;
  define(name: string, definition: Partial<PipelineDefinition>): Promise<void>;
  /** Waits until an execution has ended. */
  ended(execution: Execution): Promise<{ execution: Execution; steps: StepRecord[] }>;
  now: number;
}

/** Everything that a pipeline stands on, real: SQLite, blobs, DuckDB and the training child in processes of their own. */
export async function withPipelines(work: (world: World) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-pipelines-'));
  const log = createLog({ level: 'silent' });
  const clock = systemClock;
  const database = await openTestDatabase({ folder, migrations, clock });
  const blobs = await openBlobs({ folder: join(folder, 'blobs'), clock, log });
  const events = createEvents({ database, clock });
  const jobs = createJobs({ database, clock, log });
  const definitions = createDefinitions({ database, events, clock });
  const analytics = createAnalytics({ folder: join(folder, 'analytics'), log });
  const training = createTraining({
    child: createWorkerChild({ entry: 'training-child', idle_ms: 60_000, memory_bytes: 2 ** 31, log }),
    folder: join(folder, 'training'),
  });
  const platform = { database, blobs, events, jobs, definitions, analytics, clock };
  const datasets = createDatasets({ ...platform, folder: join(folder, 'datasets') });
  const runs = createRuns(platform);
  const models = createModels(platform);
  const predictions = createPredictions({ database, clock, log });
  const world = { now: clock.now(), folder, database, events, definitions };
  const pipelines = createPipelines({
    ...platform,
    datasets,
    runs,
    models,
    predictions,
    training,
    compute: createCompute({ clock, log }),
    folder: join(folder, 'executions'),
    logFolder: join(folder, 'logs'),
    address: () => 'http://127.0.0.1:1',
    projectById: async () => project,
    projectNow: async () => world.now,
    environment: { 'slipway.version': 'test' },
    issueToken: async () => 'slw_test',
    revokeTokens: async () => undefined,
  });
  await jobs.start();
  try {
    await work(
      Object.assign(world, { blobs, pipelines, datasets, models, runs, predictions, ...actions({ ...platform, pipelines, datasets }) }),
    );
  } finally {
    await jobs.stop(5000);
    await Promise.all([analytics.stop(), training.stop()]);
    await predictions.flush();
    await database.close();
    await blobs.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function actions({
  pipelines,
  datasets,
  ...platform
}: {
  pipelines: Pipelines;
  datasets: Datasets;
} & Parameters<typeof putOfProject>[0]): Pick<World, 'addData' | 'put' | 'define' | 'ended'> {
  const put = async (text: string): Promise<string> =>
    (await putOfProject(platform, project, Buffer.from(text), { limit_bytes: 2 ** 24 })).digest;
  return {
    put,
    async addData(dataset, csv) {
      const files = [{ path: 'data.csv', digest: await put(csv) }];
      return (await datasets.addVersion(caller, project, { dataset, files })).version.number;
    },
    async define(name, definition) {
      await pipelines.define(caller, project, name, { inputs: [], params: {}, steps: {}, files: {}, ...definition }, 'ui');
    },
    async ended({ id }) {
      for (let round = 0; round < 3000; round++) {
        const found = await pipelines.execution(caller, project, id);
        if (found.execution.state !== 'waiting' && found.execution.state !== 'running') return found;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      throw new Error('the execution did not end within a minute');
    },
  };
}

/** 400 rows in which y is 1 mostly where x is large. */
export function pointsTable(seed: number): string {
  const rows = Array.from({ length: 400 }, (_, n) => {
    const x = (n * 37 + seed) % 100;
    return `${x},${n % 3 === 0 ? 'a' : 'b'},${x + ((n * 13) % 40) > 70 ? 1 : 0}`;
  });
  return `x,kind,y\n${rows.join('\n')}\n`;
}
