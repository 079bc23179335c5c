import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { assertMay, type Caller } from '../../kernel/caller.ts';
import { failure } from '../../kernel/error.ts';
import type { Project } from '../../kernel/project.ts';
import type { Range } from '../../platform/blobs/index.ts';
import type { Handle } from '../../platform/database/index.ts';
import type { RunsContext, RunsDeps } from './context.ts';
import { experimentFor } from './experiments.ts';
import * as store from './logged-models-store.ts';
import { assertArtifactPath, assertKey, type KeyValue, type MetricPoint } from './run.ts';
import type { Artifact } from './runs-views.ts';

/** A model that was logged: an artifact of its run with a life of its own until somebody registers it. */
export interface LoggedModel {
  /** `m-` and 32 hexadecimal digits. */
  readonly id: string;
  readonly experiment: string;
  readonly name: string;
  /** What its maker calls its kind; free text. */
  readonly kind: string;
  readonly status: store.LoggedModelStatus;
  readonly status_message: string | null;
  readonly run_id: string | null;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
  readonly params: readonly KeyValue[];
  readonly tags: readonly KeyValue[];
  readonly metrics: readonly LoggedModelMetric[];
}

export interface LoggedModelMetric extends MetricPoint {
  readonly run_id: string;
  /** Name and digest of the data that it was measured on; empty when nobody said. */
  readonly dataset: string;
  readonly digest: string;
}

export interface NewLoggedModel {
  readonly experiment: string;
  /** Without one it gets a name of its own. */
  readonly name: string;
  readonly kind: string;
  /** Of the run that made it, which may be of another server. */
  readonly run_id?: string;
  readonly params: readonly KeyValue[];
  readonly tags: readonly KeyValue[];
}

const nameLimit_chars = 500;
const runLimit_chars = 250;

export async function createLoggedModel(deps: RunsContext, caller: Caller, project: Project, input: NewLoggedModel): Promise<LoggedModel> {
  assertMay(caller, project, 'write');
  const { kind, params, tags } = input;
  if (input.name.length > nameLimit_chars || /\p{Cc}/u.test(input.name)) {
    throw failure('invalid_input', { field: 'name', expected: `at most ${nameLimit_chars} characters`, got: input.name.length });
  }
  if (input.run_id !== undefined && (input.run_id.length > runLimit_chars || /\p{Cc}/u.test(input.run_id))) {
    throw failure('invalid_input', { field: 'run_id', expected: `at most ${runLimit_chars} characters`, got: input.run_id.length });
  }
  for (const { key } of [...params, ...tags]) assertKey(key, 'key');
  const { database, events, clock } = deps;
  const now_ms = clock.now();
  const id = `m-${randomBytes(16).toString('hex')}`;
  const name = input.name || `model-${id.slice(-6)}`;
  await database.write(async (tx) => {
    const experiment = await experimentFor(deps, tx, caller, project, input.experiment);
    const number = await store.insertLoggedModel(tx, {
      id,
      project_id: project.id,
      experiment,
      name,
      kind,
      status: 'pending',
      status_message: null,
      run_id: input.run_id ?? null,
      created_at_ms: now_ms,
      updated_at_ms: now_ms,
      deleted_at_ms: null,
    });
    if (params.length > 0) await store.insertLoggedModelParams(database, tx, number, lastOf(params));
    if (tags.length > 0) await store.putLoggedModelTags(database, tx, number, tags);
    await events.emit(tx, caller, {
      project_id: project.id,
      type: 'logged-model.created',
      subject: `logged model ${id}`,
      after: { name, experiment: String(experiment), run_id: input.run_id ?? null },
    });
  });
  return loggedModel(database.read, project, id);
}

function lastOf(pairs: readonly KeyValue[]): KeyValue[] {
  return [...new Map(pairs.map((pair) => [pair.key, pair])).values()];
}

/** One that was deleted is there only for who asks for it. */
export async function existingLoggedModel(
  handle: Handle,
  project: Project,
  id: string,
  { deleted = false }: { readonly deleted?: boolean } = {},
): Promise<store.LoggedModelRow> {
  const found = await store.findLoggedModel(handle, project.id, id);
  if (!found || (found.deleted_at_ms !== null && !deleted)) throw failure('not_found', { what: 'logged model', name: id });
  return found;
}

export async function loggedModel(
  handle: Handle,
  project: Project,
  id: string,
  how: { readonly deleted?: boolean } = {},
): Promise<LoggedModel> {
  const [model] = await withParts(handle, [await existingLoggedModel(handle, project, id, how)]);
  if (!model) throw failure('not_found', { what: 'logged model', name: id });
  return model;
}

export async function withParts(handle: Handle, rows: readonly store.LoggedModelRow[]): Promise<LoggedModel[]> {
  if (rows.length === 0) return [];
  const parts = await store.selectLoggedModelParts(
    handle,
    rows.map(({ number }) => number),
  );
  const own = <T extends { model: number }>(all: readonly T[], number: number) =>
    all.filter(({ model }) => model === number).map(({ model: _, ...rest }) => rest);
  return rows.map(({ number, project_id: _, deleted_at_ms: __, ...row }) => ({
    ...row,
    experiment: String(row.experiment),
    params: own(parts.params, number),
    tags: own(parts.tags, number),
    metrics: own(parts.metrics, number).map(({ is_nan, value, ...metric }) => ({ ...metric, value: is_nan ? Number.NaN : value })),
  }));
}

export async function finishLoggedModel(
  { database, events, clock }: RunsDeps,
  caller: Caller,
  project: Project,
  id: string,
  status: store.LoggedModelStatus,
): Promise<LoggedModel> {
  assertMay(caller, project, 'write');
  await database.write(async (tx) => {
    const model = await existingLoggedModel(tx, project, id);
    await store.setLoggedModel(tx, model.number, { status, updated_at_ms: clock.now() });
    if (model.status === status) return;
    await events.emit(tx, caller, {
      project_id: project.id,
      type: 'logged-model.changed',
      subject: `logged model ${id}`,
      before: { status: model.status },
      after: { status },
    });
  });
  return loggedModel(database.read, project, id);
}

/** Deleting twice is fine. */
export async function deleteLoggedModel(
  { database, events, clock }: RunsDeps,
  caller: Caller,
  project: Project,
  id: string,
): Promise<void> {
  assertMay(caller, project, 'write');
  await database.write(async (tx) => {
    const model = await existingLoggedModel(tx, project, id, { deleted: true });
    if (model.deleted_at_ms !== null) return;
    await store.setLoggedModel(tx, model.number, { deleted_at_ms: clock.now() });
    await events.emit(tx, caller, { project_id: project.id, type: 'logged-model.deleted', subject: `logged model ${id}` });
  });
}

export async function setLoggedModelTags(
  { database, clock }: RunsDeps,
  caller: Caller,
  project: Project,
  id: string,
  tags: readonly KeyValue[],
): Promise<void> {
  assertMay(caller, project, 'write');
  for (const { key } of tags) assertKey(key, 'key');
  await database.write(async (tx) => {
    const model = await existingLoggedModel(tx, project, id);
    await store.putLoggedModelTags(database, tx, model.number, tags);
    await store.setLoggedModel(tx, model.number, { updated_at_ms: clock.now() });
  });
}

export async function deleteLoggedModelTag(
  { database }: RunsDeps,
  caller: Caller,
  project: Project,
  id: string,
  key: string,
): Promise<void> {
  assertMay(caller, project, 'write');
  await database.write(async (tx) => {
    const model = await existingLoggedModel(tx, project, id);
    const was = await store.deleteLoggedModelTag(tx, model.number, key);
    if (!was) throw failure('not_found', { what: `tag of logged model ${id}`, name: key });
  });
}

/** Params are written once. */
export async function addLoggedModelParams(
  { database, clock }: RunsDeps,
  caller: Caller,
  project: Project,
  id: string,
  params: readonly KeyValue[],
): Promise<void> {
  assertMay(caller, project, 'write');
  for (const { key } of params) assertKey(key, 'key');
  await database.write(async (tx) => {
    const model = await existingLoggedModel(tx, project, id);
    const there = await store.paramKeys(tx, model.number);
    const again = params.find(({ key }) => there.has(key));
    if (again) throw failure('already_exists', { what: `Param of logged model ${id}`, name: again.key });
    if (params.length > 0) await store.insertLoggedModelParams(database, tx, model.number, lastOf(params));
    await store.setLoggedModel(tx, model.number, { updated_at_ms: clock.now() });
  });
}

/** Files a blob that was put before under a path of the model. */
export async function putLoggedModelFile(
  { database, blobs }: RunsDeps,
  caller: Caller,
  project: Project,
  id: string,
  file: { readonly path: string; readonly digest: string },
): Promise<void> {
  assertMay(caller, project, 'write');
  assertArtifactPath(file.path);
  const bytes = (await blobs.has([file.digest])).get(file.digest);
  if (bytes === undefined) throw failure('not_found', { what: 'uploaded blob', name: file.digest });
  await database.write(async (tx) => {
    const model = await existingLoggedModel(tx, project, id);
    if (await store.clashesWithModelFolder(tx, model.number, file.path)) {
      throw failure('conflict', { what: 'Artifact', name: file.path, expected: 'a file', found: 'a folder of that name' });
    }
    await store.putLoggedModelFile(tx, { ...file, bytes, model: model.number });
  });
}

export async function openLoggedModelFile(
  { database, blobs }: RunsDeps,
  project: Project,
  id: string,
  path: string,
  range?: Partial<Range>,
): Promise<{ artifact: Artifact; content: Readable }> {
  const model = await existingLoggedModel(database.read, project, id, { deleted: true });
  const artifact = await store.findLoggedModelFile(database.read, model.number, path);
  if (!artifact) throw failure('not_found', { what: `file of logged model ${id}`, name: path });
  return { artifact, content: (await blobs.open(artifact.digest, range)).stream };
}
