import { assertMay, type Caller } from '../../kernel/caller.ts';
import { failure } from '../../kernel/error.ts';
import type { Project } from '../../kernel/project.ts';
import type { Handle } from '../../platform/database/index.ts';
import type { RunsContext } from './context.ts';
import * as store from './experiments-store.ts';
import { assertKey, type KeyValue, misleading } from './run.ts';
import { type ExperimentRow, setLifecycleOfRuns } from './runs-store.ts';

export const defaultExperimentName = 'Default';
const nameLimit_chars = 500;
const rootLimit_chars = 2048;

export interface NewExperiment {
  readonly name: string;
  readonly tags?: readonly KeyValue[];
  /** Where clients keep its artifacts themselves. We store the text and never open it. Absent: here. */
  readonly artifact_root?: string;
  /** The same, below which the experiment gets a place by its number. */
  readonly artifact_roots?: string;
}

export async function createExperiment(deps: RunsContext, caller: Caller, project: Project, input: NewExperiment): Promise<string> {
  assertMay(caller, project, 'write');
  assertName(input.name);
  assertRoot(input.artifact_root);
  for (const { key } of input.tags ?? []) assertKey(key, 'tags.key');
  return deps.database.write(async (tx) => {
    const { name } = input;
    if (await store.findExperiment(tx, project.id, { name })) throw failure('already_exists', { what: 'Experiment', name });
    return String(await makeExperiment(deps, tx, caller, project, input));
  });
}

async function makeExperiment(
  { database, events, clock }: RunsContext,
  tx: Handle,
  caller: Caller,
  project: Project,
  { name, tags = [], artifact_root = '', artifact_roots }: NewExperiment,
): Promise<number> {
  const isTheDefault = project.name === 'default' && name === defaultExperimentName;
  const number = isTheDefault ? 0 : await store.nextExperimentNumber(tx);
  const now_ms = clock.now();
  await store.insertExperiment(tx, {
    number,
    project_id: project.id,
    name,
    lifecycle: 'active',
    created_at_ms: now_ms,
    updated_at_ms: now_ms,
    artifact_root: artifact_root || (artifact_roots === undefined ? null : `${artifact_roots}/${number}`),
  });
  if (tags.length > 0) await store.putExperimentTags(database, tx, number, tags);
  await events.emit(tx, caller, {
    project_id: project.id,
    type: 'experiment.created',
    subject: `experiment ${number}`,
    note: `Experiment ${name} was created.`,
    after: { name },
  });
  return number;
}

/** The experiment by id, or the project's Default, which is made when it is first needed. Id 0 means the Default, too. */
export async function experimentFor(
  deps: RunsContext,
  tx: Handle,
  caller: Caller,
  project: Project,
  id: string | undefined,
): Promise<number> {
  const wanted = id || '0';
  const key = `${project.id} ${wanted}`;
  const found = deps.known.experiments.get(tx, key) ?? (await findById(tx, project, wanted));
  if (!found && wanted === '0') return makeExperiment(deps, tx, caller, project, { name: defaultExperimentName });
  if (!found) throw failure('not_found', { what: 'experiment', name: wanted });
  deps.known.experiments.set(tx, key, found);
  if (found.lifecycle !== 'active') throw failure('experiment_not_active', { experiment: String(found.number) });
  return found.number;
}

/** Deleting takes the runs along, restoring revives all of them. */
export async function setExperimentLifecycle(
  { database, events, clock, known }: RunsContext,
  caller: Caller,
  project: Project,
  id: string,
  lifecycle: 'active' | 'deleted',
): Promise<void> {
  assertMay(caller, project, 'write');
  await database.write(async (tx) => {
    const found = await existingExperiment(tx, project, id);
    if (found.lifecycle === lifecycle) return;
    known.experiments.clear();
    await store.setExperiment(tx, found.number, { lifecycle, updated_at_ms: clock.now() });
    known.runs.clear();
    await setLifecycleOfRuns(tx, found.number, lifecycle);
    await events.emit(tx, caller, {
      project_id: project.id,
      type: lifecycle === 'deleted' ? 'experiment.deleted' : 'experiment.restored',
      subject: `experiment ${found.number}`,
      before: { lifecycle: found.lifecycle },
      after: { lifecycle },
    });
  });
}

/** The experiment in whatever state; id 0 is the Default of the project. */
export async function existingExperiment(handle: Handle, project: Project, id: string): Promise<ExperimentRow> {
  const found = await findById(handle, project, id);
  if (!found) throw failure('not_found', { what: 'experiment', name: id });
  return found;
}

async function findById(handle: Handle, project: Project, id: string): Promise<ExperimentRow | null> {
  const by = id === '0' ? { name: defaultExperimentName } : { number: Number(id) };
  return /^\d{1,15}$/.test(id) ? store.findExperiment(handle, project.id, by) : null;
}

async function activeExperiment(tx: Handle, project: Project, id: string): Promise<ExperimentRow> {
  const found = await existingExperiment(tx, project, id);
  if (found.lifecycle !== 'active') throw failure('experiment_not_active', { experiment: id });
  return found;
}

export function named(handle: Handle, project: Project, name: string): Promise<ExperimentRow | null> {
  return store.findExperiment(handle, project.id, { name });
}

/** The Default is there for whoever looks, whether or not they may write. */
export async function ensureDefault(deps: RunsContext, caller: Caller, project: Project): Promise<void> {
  if (await named(deps.database.read, project, defaultExperimentName)) return;
  await deps.database.write(async (tx) => {
    if (await named(tx, project, defaultExperimentName)) return;
    await makeExperiment(deps, tx, caller, project, { name: defaultExperimentName });
  });
}

export async function renameExperiment(
  { database, events, clock, known }: RunsContext,
  caller: Caller,
  project: Project,
  id: string,
  name: string,
): Promise<void> {
  assertMay(caller, project, 'write');
  assertName(name);
  await database.write(async (tx) => {
    const found = await activeExperiment(tx, project, id);
    if (found.name === name) return;
    if (await store.findExperiment(tx, project.id, { name })) throw failure('already_exists', { what: 'Experiment', name });
    known.experiments.clear();
    await store.setExperiment(tx, found.number, { name, updated_at_ms: clock.now() });
    await events.emit(tx, caller, {
      project_id: project.id,
      type: 'experiment.renamed',
      subject: `experiment ${found.number}`,
      before: { name: found.name },
      after: { name },
    });
  });
}

export async function setExperimentTags(
  { database, clock, known }: RunsContext,
  caller: Caller,
  project: Project,
  id: string,
  tags: readonly KeyValue[],
): Promise<void> {
  assertMay(caller, project, 'write');
  for (const { key } of tags) assertKey(key, 'key');
  await database.write(async (tx) => {
    const found = await activeExperiment(tx, project, id);
    await store.putExperimentTags(database, tx, found.number, tags);
    known.experiments.clear();
    await store.setExperiment(tx, found.number, { updated_at_ms: clock.now() });
  });
}

export async function deleteExperimentTag(
  { database, clock, known }: RunsContext,
  caller: Caller,
  project: Project,
  id: string,
  key: string,
): Promise<void> {
  assertMay(caller, project, 'write');
  await database.write(async (tx) => {
    const found = await activeExperiment(tx, project, id);
    const was = await store.deleteExperimentTag(tx, found.number, key);
    if (!was) throw failure('not_found', { what: `tag of experiment ${id}`, name: key });
    known.experiments.clear();
    await store.setExperiment(tx, found.number, { updated_at_ms: clock.now() });
  });
}

export function assertName(name: string): void {
  if (name.trim() === '' || name.length > nameLimit_chars || misleading.test(name) || !name.isWellFormed()) {
    throw failure('invalid_input', {
      field: 'name',
      expected: `1 to ${nameLimit_chars} characters without control signs`,
      got: JSON.stringify(name.slice(0, 80)),
    });
  }
}

function assertRoot(root: string | undefined): void {
  if (root === undefined || (root.length <= rootLimit_chars && !/[\p{Cc}#?]|\.\./u.test(root))) return;
  throw failure('invalid_input', {
    field: 'artifact_root',
    expected: `a URI of at most ${rootLimit_chars} characters without "..", "#" and "?"`,
    got: JSON.stringify(root.slice(0, 80)),
  });
}
