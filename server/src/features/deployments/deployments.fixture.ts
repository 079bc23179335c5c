import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Permission } from '@slipway/contracts';
import { type Caller, systemCaller } from '../../kernel/caller.ts';
import { systemClock } from '../../kernel/clock.ts';
import { failure } from '../../kernel/error.ts';
import type { Project } from '../../kernel/project.ts';
import { openBlobs } from '../../platform/blobs/index.ts';
import { migrations } from '../../platform/database/migrations/index.ts';
import { openTestDatabase } from '../../platform/database/test-database.fixture.ts';
import { createDefinitions } from '../../platform/definitions/index.ts';
import { createEvents } from '../../platform/events/index.ts';
import { createInference } from '../../platform/inference/index.ts';
import { createLog } from '../../platform/log/index.ts';
import { createApprovals } from '../approvals/index.ts';
import { createGates } from '../gates/index.ts';
import { createModels, type ModelVersion, type Signature } from '../models/index.ts';
import { createPredictions } from '../predictions/index.ts';
import { createRuns } from '../runs/index.ts';
import { fitModel } from '../training/fit.ts';
import { exportOnnx } from '../training/onnx/export-onnx.ts';
import type { DeploymentDefinition } from './deployment.ts';
import { createDeployments } from './index.ts';

export const project: Project = { id: 'prj_1', name: 'flights', zone: 'America/New_York', clock: 'data' };
export const admin: Caller = { ...systemCaller('ada'), kind: 'person', person: 'ada' };
export const day_ms = 86_400_000;

export function callerWith(name: string, ...permissions: Permission[]): Caller {
  return { ...admin, id: name, name, person: name, serverAdmin: false, grants: new Map([[project.id, new Set(permissions)]]) };
}

export const signature: Signature = {
  task: 'binary',
  classes: ['0', '1'],
  target: 'late',
  inputs: [
    { name: 'carrier', kind: 'category', integer: false, unit: null, nullable: false, min: null, max: null, categories: ['AA', 'UA'] },
    { name: 'distance', kind: 'number', integer: false, unit: 'mi', nullable: false, min: 0, max: 1000, categories: null },
    { name: 'wind', kind: 'number', integer: false, unit: null, nullable: true, min: 0, max: 50, categories: null },
  ],
};

/** UA is late, and the farther the more; `turned` says the opposite, so that a guard can tell the two apart. */
export function onnxModel(turned = false): Uint8Array {
  const rows = 400;
  const at = Array.from({ length: rows }, (_, row) => row);
  const distance = Float64Array.from(at, (row) => (row * 37) % 1000);
  const wind = Float64Array.from(at, (row) => (row % 11 === 0 ? Number.NaN : row % 50));
  const carrier = at.map((row) => (row % 2 === 0 ? 'AA' : 'UA'));
  const late = at.map((row) => (row % 2 === 1 && row % 7 !== 0) || row % 13 === 0);
  const fitted = fitModel(
    {
      kind: 'gbdt',
      target: 'late',
      params: { trees: 5, min_rows_leaf: 5 },
      features: ['carrier', 'distance', 'wind'],
    },
    {
      rows,
      numbers: new Map([
        ['distance', distance],
        ['wind', wind],
      ]),
      texts: new Map([
        ['carrier', carrier],
        ['late', late.map((value) => String(Number(value !== turned)))],
      ]),
    },
    { seed: 1 },
  );
  return exportOnnx(fitted.model, { model_name: turned ? 'turned' : 'delay' });
}

export const row = { carrier: 'UA', distance: 500, wind: 10 };

export const definition: DeploymentDefinition = {
  model: 'delay',
  environment: 'production',
  rollout: { steps: [0.25, 0.5, 1], guard: ['errors', 'latency', 'brier'], bake_ms: day_ms, least_rows: 30 },
  limits: { concurrent: 64, queue: 256, deadline_ms: 10_000 },
  unexpected: {},
};

/** The room with everything below it for real: database, blobs, model host. The clock of the project is the test's. */
export async function openWorld(t: TestContext, folder = mkdtempSync(join(tmpdir(), 'slipway-deployments-'))) {
  const clock = systemClock;
  const log = createLog({ level: 'silent' });
  const time = { now_ms: Date.UTC(2013, 2, 1, 12) };
  const database = await openTestDatabase({ folder, migrations, clock });
  const blobs = await openBlobs({ folder: join(folder, 'blobs'), clock, log });
  const events = createEvents({ database, clock });
  const definitions = createDefinitions({ database, events, clock });
  const models = createModels({ database, events, blobs, clock, definitions });
  const predictions = createPredictions({ database, clock, log: { error: () => undefined } });
  const inference = createInference({ log, runtime: 'native' });
  const approvals = createApprovals({ database, events, clock });
  // The gates of these tests have no criteria, so there is nothing to measure.
  const measure = async () => ({ tables: new Map(), latency_p99_ms: null });
  const runs = createRuns({ database, events, blobs, clock });
  const gates = createGates({ database, events, definitions, models, runs, measure, clock });
  const deployments = createDeployments({
    database,
    events,
    definitions,
    models,
    predictions,
    inference,
    blobs,
    gates,
    approvals,
    clock,
    log,
    projectOf: async (id) => {
      if (id !== project.id) throw failure('not_found', { what: 'project', name: id });
      return project;
    },
    projectNow: async () => time.now_ms,
  });
  const close = async (): Promise<void> => {
    deployments.stop();
    await predictions.flush();
    await inference.stop();
    await database.close();
    await blobs.close();
  };
  let closed = false;
  t.after(async () => {
    if (!closed) await close();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    folder,
    time,
    database,
    events,
    models,
    predictions,
    inference,
    approvals,
    gates,
    deployments,
    async close() {
      closed = true;
      await close();
    },
    async addVersion(bytes: Uint8Array, own: Signature = signature): Promise<ModelVersion> {
      const stored = await blobs.put(bytes, { limit_bytes: 10_000_000 });
      return models.register(admin, project, {
        model: 'delay',
        flavor: 'onnx',
        files: [{ path: 'model.onnx', ...stored }],
        signature: own,
        profile_digest: null,
        importance: {},
        run_id: null,
        execution_id: null,
        dataset_versions: [],
        outputs: {},
        code: null,
      });
    },
    /** Defines `delay` and brings version 1 to 100%. */
    async withFirst(more: Partial<DeploymentDefinition> = {}): Promise<void> {
      await this.addVersion(onnxModel());
      await deployments.define(admin, project, 'delay', { ...definition, ...more }, 'ui');
      await deployments.roll(admin, project, { deployment: 'delay', version: 1 });
    },
    async eventTypes(): Promise<string[]> {
      return (await events.list({ project_id: project.id, limit: 500, order: 'oldest' })).map((event) => event.type);
    },
  };
}
