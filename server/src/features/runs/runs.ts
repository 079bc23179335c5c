import { assertMay, type Caller } from '../../kernel/caller.ts';
import { failure } from '../../kernel/error.ts';
import { newRunId } from '../../kernel/ids.ts';
import type { Project } from '../../kernel/project.ts';
import type { Database, Handle } from '../../platform/database/index.ts';
import { type CodeCapture, codeArtifacts, codeDigests, codeTags } from './code.ts';
import type { Known, RunsContext, RunsDeps } from './context.ts';
import { assertName, experimentFor } from './experiments.ts';
import { findLoggedModel, insertLoggedModelMetrics, insertRunModels } from './logged-models-store.ts';
import {
  assertActive,
  assertBatch,
  assertKey,
  foldLatest,
  type KeyValue,
  type LatestMetric,
  type LogBatch,
  type MetricPoint,
  type ModelPoint,
  newParams,
  type Run,
  type RunStatus,
} from './run.ts';
import * as store from './runs-store.ts';
import type { RunInput } from './runs-views.ts';
import type { RunModel } from './tracking-views.ts';

export interface NewRun {
  /** Default: the project's Default experiment. */
  readonly experiment?: string;
  readonly name?: string;
  readonly started_at_ms?: number;
  readonly execution_id?: string;
  readonly step?: string;
  readonly tags?: readonly KeyValue[];
  /** The user as the client names it, which nobody checked. */
  readonly reported_user?: string;
  /** What it was started from; its blobs are there. */
  readonly code?: CodeCapture;
}

export interface RunChange {
  readonly status?: RunStatus;
  readonly name?: string;
  readonly ended_at_ms?: number;
  readonly cpu_ms?: number;
  readonly bytes?: number;
}

/** A run after a change, with the user that its client named. */
export type ChangedRun = Run & { readonly reported_user: string | null };

export async function createRun(deps: RunsContext, caller: Caller, project: Project, input: NewRun): Promise<Run> {
  assertMay(caller, project, 'write');
  if (input.name !== undefined) assertName(input.name);
  const tags = [...(input.code ? codeTags(input.code) : []), ...(input.tags ?? [])];
  assertBatch({ tags });
  const { database, events, clock, known } = deps;
  const files = await filesOf(deps, input.code);
  return database.write(async (tx) => {
    const experiment = await experimentFor(deps, tx, caller, project, input.experiment);
    const started_at_ms = input.started_at_ms ?? clock.now();
    const id = newRunId();
    const started_event = await events.emit(tx, caller, {
      project_id: project.id,
      type: 'run.started',
      subject: `run ${id}`,
      after: { experiment: String(experiment), name: input.name ?? null, execution_id: input.execution_id ?? null },
    });
    const number = (known.lastRun.get(tx, 'last') ?? (await store.lastRunNumber(tx))) + 1;
    known.lastRun.set(tx, 'last', number);
    const row = {
      number,
      id,
      project_id: project.id,
      experiment,
      name: input.name || `run-${id.slice(-6)}`,
      status: 'running' as const,
      lifecycle: 'active' as const,
      started_at_ms,
      ended_at_ms: null,
      person: caller.person,
      execution_id: input.execution_id ?? null,
      step: input.step ?? null,
      started_event,
      cpu_ms: 0,
      bytes: 0,
      reported_user: input.reported_user ?? null,
    };
    store.insertRun(database, tx, row);
    known.withoutParams.set(tx, String(number), true);
    if (tags.length > 0) store.putTags(database, tx, number, tags);
    for (const file of files) await store.putArtifact(tx, { ...file, run: number, put_at_ms: clock.now() });
    const made = { ...row, experiment: String(experiment) };
    known.runs.set(tx, keyOf(project, id), made);
    const { number: _, project_id: __, reported_user: ___, ...run } = made;
    return run;
  });
}

async function filesOf({ blobs }: RunsDeps, code: CodeCapture | undefined): Promise<{ path: string; digest: string; bytes: number }[]> {
  if (!code) return [];
  const sizes = await blobs.has(codeDigests(code));
  return codeArtifacts(code).map((file) => {
    const bytes = sizes.get(file.digest);
    if (bytes === undefined) throw failure('not_found', { what: 'uploaded blob', name: file.digest });
    return { ...file, bytes };
  });
}

export async function updateRun(deps: RunsContext, caller: Caller, project: Project, id: string, change: RunChange): Promise<ChangedRun> {
  assertMay(caller, project, 'write');
  if (change.name) assertName(change.name);
  const { database, events, clock, known } = deps;
  return database.write(async (tx) => {
    const run = await activeRun(deps, tx, project, id);
    const ends = change.status !== undefined && change.status !== 'running' && change.status !== 'scheduled';
    const next = {
      ...(change.status === undefined ? {} : { status: change.status }),
      ...(change.name ? { name: change.name } : {}),
      ...(change.cpu_ms === undefined ? {} : { cpu_ms: change.cpu_ms }),
      ...(change.bytes === undefined ? {} : { bytes: change.bytes }),
      ...(ends || change.ended_at_ms !== undefined ? { ended_at_ms: change.ended_at_ms ?? clock.now() } : {}),
    };
    const changed = { ...run, ...next };
    known.runs.set(tx, keyOf(project, id), changed);
    if (Object.keys(next).length > 0) store.setState(database, tx, changed);
    if (changed.status !== run.status) {
      await events.emit(tx, caller, {
        project_id: project.id,
        type: `run.${changed.status}`,
        subject: `run ${id}`,
        before: { status: run.status },
        after: { status: changed.status },
      });
    }
    const { number: _, project_id: __, ...plain } = changed;
    return plain;
  });
}

/** Moves a run to the bin and back. Deleting twice is fine. */
export async function setRunLifecycle(
  { database, events, known }: RunsContext,
  caller: Caller,
  project: Project,
  id: string,
  lifecycle: 'active' | 'deleted',
): Promise<void> {
  assertMay(caller, project, 'write');
  await database.write(async (tx) => {
    const run = await existingRun(tx, project, id);
    if (run.lifecycle === lifecycle) return;
    known.runs.forget(keyOf(project, id));
    await store.setRun(tx, run.number, { lifecycle });
    await events.emit(tx, caller, {
      project_id: project.id,
      type: lifecycle === 'deleted' ? 'run.deleted' : 'run.restored',
      subject: `run ${id}`,
      before: { lifecycle: run.lifecycle },
      after: { lifecycle },
    });
  });
}

/**
 * Keeps the whole batch or none of it. The same point twice is one row, so a retry never doubles; a param may be set
 * once (`param_already_set`); of tags the last wins. Points are facts of the data plane: counted, no event each.
 */
export async function logBatch(deps: RunsContext, caller: Caller, project: Project, id: string, batch: LogBatch): Promise<void> {
  assertMay(caller, project, 'write');
  assertBatch(batch);
  const { database, known } = deps;
  const { metrics = [], params = [], tags = [], modelMetrics = [], name } = batch;
  if (name !== undefined) assertName(name);
  const latest = foldLatest(metrics);
  await database.write(async (tx) => {
    const run = await activeRun(deps, tx, project, id);
    if (params.length > 0) await addParams(database, tx, known, run, params);
    if (tags.length > 0) store.putTags(database, tx, run.number, tags);
    if (metrics.length > 0) await addPoints(database, tx, known, run, metrics, latest);
    if (modelMetrics.length > 0) await logModelMetrics(tx, project, id, modelMetrics);
    if (name === undefined) return;
    known.runs.forget(keyOf(project, id));
    await store.setRun(tx, run.number, { name });
  });
}

async function addParams(
  database: Database,
  tx: Handle,
  { withoutParams }: Known,
  run: store.RunRow,
  params: readonly KeyValue[],
): Promise<void> {
  const number = String(run.number);
  const keys = params.map(({ key }) => key);
  const existing = withoutParams.get(tx, number) ? new Map<string, string>() : await store.findParams(tx, run.number, keys);
  const fresh = newParams(run.id, params, existing);
  withoutParams.forget(number);
  if (fresh.length > 0) store.insertParams(database, tx, run.number, fresh);
}

async function addPoints(
  database: Database,
  tx: Handle,
  { metricKeys }: Known,
  run: store.RunRow,
  points: readonly MetricPoint[],
  latest: ReadonlyMap<string, LatestMetric>,
): Promise<void> {
  const keys = new Map<string, number>();
  const unknown: string[] = [];
  for (const name of latest.keys()) {
    const id = metricKeys.get(tx, name);
    if (id === undefined) unknown.push(name);
    else keys.set(name, id);
  }
  if (unknown.length > 0) {
    for (const [name, id] of await store.metricKeyIds(tx, unknown)) {
      metricKeys.set(tx, name, id);
      keys.set(name, id);
    }
  }
  store.insertPoints(database, tx, run.number, keys, points);
  store.foldLatestInto(database, tx, run.number, keys, latest);
}

async function logModelMetrics(tx: Handle, project: Project, run_id: string, points: readonly ModelPoint[]): Promise<void> {
  const numbers = new Map<string, number>();
  for (const id of new Set(points.map(({ model_id }) => model_id))) {
    const model = await findLoggedModel(tx, project.id, id);
    if (!model || model.deleted_at_ms !== null)
      throw failure('not_found', { what: 'logged model', name: id.slice(0, 80) }, { logged_model: id });
    numbers.set(id, model.number);
  }
  const rows = points.map(({ model_id, value, ...point }) => {
    const is_nan = Number.isNaN(value);
    return { ...point, run_id, model: numbers.get(model_id) ?? 0, value: is_nan ? 0 : value, is_nan: is_nan ? 1 : 0 };
  });
  await insertLoggedModelMetrics(tx, rows);
}

export async function deleteTag(deps: RunsContext, caller: Caller, project: Project, id: string, key: string): Promise<void> {
  assertMay(caller, project, 'write');
  assertKey(key, 'key');
  await deps.database.write(async (tx) => {
    const run = await activeRun(deps, tx, project, id);
    if (!(await store.deleteTag(tx, run.number, key))) throw failure('not_found', { what: `tag of run ${id}`, name: key });
  });
}

/** Notes what a run read: dataset versions of ours, an outside dataset by name and digest, logged models; or which models it made. */
export async function setInputs(
  deps: RunsContext,
  caller: Caller,
  project: Project,
  id: string,
  inputs: readonly RunInput[],
  models: readonly RunModel[] = [],
): Promise<void> {
  assertMay(caller, project, 'write');
  assertCount('inputs', inputs.length);
  assertCount('models', models.length);
  if (inputs.length + models.length === 0) return;
  await deps.database.write(async (tx) => {
    const run = await activeRun(deps, tx, project, id);
    const links = models.map((model) => ({ ...model, run: run.number }));
    if (links.length > 0) await insertRunModels(tx, links);
    if (inputs.length === 0) return;
    const rows = inputs.map(({ tags, outside: _, ...input }) => ({
      ...input,
      run: run.number,
      tags: tags === undefined ? null : JSON.stringify(tags),
    }));
    await store.insertInputs(tx, rows);
    for (const { dataset, digest, outside } of inputs) {
      if (outside) await store.insertOutsideDataset(tx, { experiment: Number(run.experiment), name: dataset, digest, ...outside });
    }
  });
}

const inputsLimit = 1000;

function assertCount(field: string, got: number): void {
  if (got > inputsLimit) throw failure('invalid_input', { field, expected: `at most ${inputsLimit} at once`, got });
}

export async function existingRun(handle: Handle, project: Project, id: string): Promise<store.RunRow> {
  const run = /^[0-9a-f]{32}$/.test(id) ? await store.findRun(handle, project.id, id) : null;
  if (!run) throw failure('not_found', { what: 'run', name: id });
  return run;
}

export async function activeRun({ known }: RunsContext, tx: Handle, project: Project, id: string): Promise<store.RunRow> {
  const key = keyOf(project, id);
  const run = known.runs.get(tx, key) ?? (await existingRun(tx, project, id));
  known.runs.set(tx, key, run);
  assertActive(run);
  return run;
}

const keyOf = (project: Project, id: string): string => `${project.id} ${id}`;
