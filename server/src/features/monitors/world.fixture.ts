import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { systemCaller } from '../../kernel/caller.ts';
import { systemClock } from '../../kernel/clock.ts';
import type { Project } from '../../kernel/project.ts';
import { openBlobs } from '../../platform/blobs/index.ts';
import { migrations } from '../../platform/database/migrations/index.ts';
import { openTestDatabase } from '../../platform/database/test-database.fixture.ts';
import { createDefinitions } from '../../platform/definitions/index.ts';
import { createEvents } from '../../platform/events/index.ts';
import { createLog } from '../../platform/log/index.ts';
import { fitEstimator, profileNumber, profileText, seededNormal, seededUniform } from '../../platform/statistics/index.ts';
import { createModels, type ReferenceProfile, type Signature } from '../models/index.ts';
import { createPredictions, type Envelope } from '../predictions/index.ts';
import { createMonitors, type MonitorDefinition } from './index.ts';

export const project: Project = { id: 'prj_1', name: 'flights', zone: 'UTC', clock: 'data' };
export const caller = systemCaller('test');
export const day_ms = 86_400_000;
/** A Monday, 00:00 UTC. */
export const start_ms = Date.UTC(2024, 0, 1);

export const fortnightly: MonitorDefinition = {
  deployment: 'delay',
  window_ms: 14 * day_ms,
  every_ms: 7 * day_ms,
  drift: 'default',
  performance: { calibration_gap: { max: 0.04 }, brier_skill: { min: 0.02 } },
  estimate: true,
  notify: ['ops'],
};

const signature: Signature = {
  task: 'binary',
  classes: ['0', '1'],
  target: 'late',
  inputs: [
    { name: 'temperature', kind: 'number', integer: false, unit: null, nullable: true, min: null, max: null, categories: null },
    { name: 'wind', kind: 'number', integer: false, unit: null, nullable: false, min: null, max: null, categories: null },
    {
      name: 'carrier',
      kind: 'category',
      integer: false,
      unit: null,
      nullable: false,
      min: null,
      max: null,
      categories: ['AA', 'B6', 'UA'],
    },
  ],
};

export interface Draw {
  readonly body: { readonly temperature: number; readonly wind: number; readonly carrier: string };
  /** The true probability, which the model knows. */
  readonly score: number;
  readonly late: 0 | 1;
}

/** Rows of a world that does not change. */
export function drawRows(seed: number, count: number): Draw[] {
  const normal = seededNormal(seed);
  const uniform = seededUniform(seed + 1000);
  return Array.from({ length: count }, () => {
    const body = {
      temperature: 50 + 15 * normal(),
      wind: 10 + 4 * normal(),
      carrier: ['AA', 'B6', 'UA'][Math.floor(3 * uniform())] ?? 'AA',
    };
    const score = 1 / (1 + Math.exp(1.2 - 0.12 * (body.wind - 10) - (body.carrier === 'B6' ? 0.8 : 0) - 0.02 * (body.temperature - 50)));
    return { body, score, late: uniform() < score ? 1 : 0 };
  });
}

function referenceOf(rows: readonly Draw[]): ReferenceProfile {
  const scores = Float64Array.from(rows, (row) => row.score);
  return {
    columns: {
      temperature: profileNumber(Float64Array.from(rows, (row) => row.body.temperature)),
      wind: profileNumber(Float64Array.from(rows, (row) => row.body.wind)),
      carrier: profileText(rows.map((row) => row.body.carrier)),
    },
    score: profileNumber(scores),
    estimator: fitEstimator(
      rows.map((row) => row.late),
      scores,
    ),
  };
}

export const rowsPerDay = 170;

/** A project with one released version whose reference is 5,000 rows of the unchanging world. */
export async function openWorld(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-monitors-'));
  const clock = systemClock;
  const database = await openTestDatabase({ folder, migrations, clock });
  const blobs = await openBlobs({ folder: join(folder, 'blobs'), clock, log: createLog({ level: 'silent' }) });
  const events = createEvents({ database, clock });
  const definitions = createDefinitions({ database, events, clock });
  const predictions = createPredictions({ database, clock, log: { error: () => undefined } });
  const models = createModels({ database, events, definitions, blobs, clock });
  t.after(async () => {
    await predictions.flush();
    await database.close();
    await blobs.close();
    rmSync(folder, { recursive: true });
  });
  const stored = await blobs.put(Buffer.from(JSON.stringify(referenceOf(drawRows(77, 5000)))), { limit_bytes: 2 ** 24 });
  const files = [{ path: 'model.onnx', ...stored }];
  const version = await models.register(caller, project, {
    model: 'delay',
    flavor: 'onnx',
    files,
    signature,
    profile_digest: stored.digest,
    importance: { wind: 0.5, carrier: 0.3, temperature: 0.2 },
    run_id: null,
    execution_id: null,
    dataset_versions: [],
    outputs: {},
    code: null,
  });
  let now_ms = start_ms;
  const monitors = createMonitors({
    database,
    events,
    definitions,
    predictions,
    models,
    blobs,
    clock,
    projectNow: async () => now_ms,
    deploymentFacts: async (_, name) => (name === 'delay' ? { model: 'delay', champion: version.number } : null),
  });
  let ids = 0;
  return {
    monitors,
    predictions,
    events,
    setNow: (moment_ms: number) => {
      now_ms = moment_ms;
    },
    /** Serves `days` days from `from_day` on, with outcomes unless `change` takes them away. */
    async serve(
      from_day: number,
      days: number,
      seed: number,
      change: (row: Draw) => Omit<Draw, 'late'> & { late: 0 | 1 | null } = (row) => row,
    ) {
      const rows = drawRows(seed, days * rowsPerDay).map(change);
      const envelopes = rows.map((row, at): Envelope => {
        const event_time_ms = start_ms + from_day * day_ms + Math.floor((at / rowsPerDay) * day_ms);
        return envelope(`r${ids + at}`, event_time_ms, row.body, row.score);
      });
      predictions.record(envelopes);
      const outcomes = rows.flatMap(({ late }, at) =>
        late === null ? [] : [{ id: `r${ids + at}`, value: String(late), extra: null, observed_at_ms: 0 }],
      );
      ids += rows.length;
      if (outcomes.length > 0) await predictions.addOutcomes(caller, project, 'delay', outcomes);
      await predictions.flush();
    },
    typesOf: async (prefix: string) =>
      (await events.list({ project_id: project.id, order: 'oldest', limit: 1000 })).filter((event) => event.type.startsWith(prefix)),
  };
}

export function envelope(id: string, event_time_ms: number, body: Readonly<Record<string, unknown>>, score: number): Envelope {
  return {
    deployment: 'delay',
    id,
    project_id: project.id,
    version: 1,
    rollout: null,
    event_time_ms,
    received_at_ms: event_time_ms,
    status: 'ok',
    error_code: null,
    latency_us: 100,
    queue_us: 10,
    score,
    label: score >= 0.5 ? '1' : '0',
    warnings: [],
    body,
    sampled_share: 1,
  };
}
