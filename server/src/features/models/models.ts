import { assertMay, type Caller } from '../../kernel/caller.ts';
import type { Clock } from '../../kernel/clock.ts';
import { digestOf } from '../../kernel/digest.ts';
import { failure } from '../../kernel/error.ts';
import { newId } from '../../kernel/ids.ts';
import type { Project } from '../../kernel/project.ts';
import { assertOfProject, type Blobs } from '../../platform/blobs/index.ts';
import type { Database, Handle } from '../../platform/database/index.ts';
import type { Definitions, DefinitionsOf, ManagedBy } from '../../platform/definitions/index.ts';
import type { Events } from '../../platform/events/index.ts';
import { describeModelFile } from '../../platform/inference/index.ts';
import {
  type AliasMove,
  assertAlias,
  assertMayMove,
  assertModelName,
  assertRetirable,
  type ModelDefinition,
  type ModelVersion,
} from './model.ts';
import { signatureOfFile, type ToldOfFile } from './model-file.ts';
import * as store from './models-store.ts';

export interface ModelsDeps {
  readonly database: Database;
  readonly events: Events;
  readonly definitions: Definitions;
  readonly blobs: Blobs;
  readonly clock: Clock;
}

/** What is known when a version is registered; the rest is counted, hashed or stamped. */
export type NewVersion = Omit<
  ModelVersion,
  'id' | 'number' | 'digest' | 'person' | 'event' | 'created_at_ms' | 'retired_at_ms' | 'started_event'
> & {
  /** Absent: the version was not made by us, and its making began with its registration. */
  readonly started_event?: number;
};

/** As clients of MLflow give them (mlflow/utils/validation.py), but for signs that nobody sees. */
const modelNames = {
  pattern: /^(?=.*\S)[^/:\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]{1,256}$/u,
  expected: '1 to 256 characters without `/`, `:` and control characters',
} as const;

export function modelDefinitions(deps: ModelsDeps): DefinitionsOf<ModelDefinition> {
  return deps.definitions.of<ModelDefinition>('model', { names: modelNames });
}

export async function define(
  deps: ModelsDeps,
  caller: Caller,
  project: Project,
  name: string,
  definition: ModelDefinition,
  managed_by: ManagedBy,
) {
  assertMay(caller, project, 'write');
  return deps.database.write((tx) => modelDefinitions(deps).putIn(tx, caller, project, name, definition, managed_by));
}

/**
 * Freezes what a version is. All its files must be stored already; a model that nobody defined is defined by the way.
 * The digest covers files, signature and profile, so that one approved is one served.
 */
export async function registerIn(deps: ModelsDeps, tx: Handle, caller: Caller, project: Project, input: NewVersion): Promise<ModelVersion> {
  const { events, clock } = deps;
  const [known, number] = await Promise.all([
    modelDefinitions(deps).find(project, input.model, tx),
    store.nextVersionNumber(tx, project.id, input.model),
  ]);
  if (!known || known.retired)
    await modelDefinitions(deps).putIn(tx, caller, project, input.model, known?.definition ?? {}, known?.managed_by ?? 'ui');
  const digest = manifestDigest(input);
  const event = await events.emit(tx, caller, {
    project_id: project.id,
    type: 'model-version.registered',
    subject: `model ${input.model}`,
    note: `Version ${number} of ${input.model} was registered.`,
    after: {
      model: input.model,
      version: number,
      flavor: input.flavor,
      digest,
      run_id: input.run_id,
      execution_id: input.execution_id,
    },
  });
  const version: ModelVersion = {
    ...input,
    id: newId('ver'),
    number,
    digest,
    person: caller.person,
    started_event: input.started_event ?? event,
    event,
    created_at_ms: clock.now(),
    retired_at_ms: null,
  };
  await store.insertVersion(tx, project.id, version);
  return version;
}

export type MadeBy = Pick<NewVersion, 'run_id' | 'dataset_versions' | 'code'>;

const unknownMaker: MadeBy = { run_id: null, dataset_versions: [], code: null };

/** An ONNX file of another tool, that is uploaded already. */
export interface AddedFile extends ToldOfFile {
  readonly model: string;
  /** Digest of the uploaded file. */
  readonly file: string;
  /** Names for the columns of a model that takes one matrix. */
  readonly inputs?: readonly string[];
  /** Of the model. */
  readonly description?: string;
  /** The run that logged the file, with what it read and was started from. */
  readonly made_by?: MadeBy;
}

/**
 * Makes a version of a foreign file: it is read, loaded and tried in a child process, and refused when it cannot be served. The same
 * file with the same signature is the version that is there. Errors: `not_found`, `model_file_refused`, `invalid_input`.
 */
export async function add(
  deps: ModelsDeps,
  caller: Caller,
  project: Project,
  input: AddedFile,
): Promise<{ version: ModelVersion; isNew: boolean }> {
  assertMay(caller, project, 'write');
  assertModelName(input.model);
  const bytes = (await assertOfProject(deps, project, [input.file])).get(input.file) ?? 0;
  const described = await describeModelFile(await deps.blobs.path(input.file), input.inputs);
  const version: NewVersion = {
    model: input.model,
    flavor: 'onnx',
    files: [{ path: 'model.onnx', digest: input.file, bytes }],
    signature: signatureOfFile(described, input),
    profile_digest: null,
    importance: {},
    execution_id: null,
    outputs: {},
    ...(input.made_by ?? unknownMaker),
  };
  return deps.database.write(async (tx) => {
    if (input.description !== undefined) await describeIn(deps, tx, caller, project, input.model, input.description);
    const known = await store.listVersions(tx, project.id, input.model);
    const same = known.find((one) => one.digest === manifestDigest(version) && one.retired_at_ms === null);
    return same ? { version: same, isNew: false } : { version: await registerIn(deps, tx, caller, project, version), isNew: true };
  });
}

async function describeIn(
  deps: ModelsDeps,
  tx: Handle,
  caller: Caller,
  project: Project,
  model: string,
  description: string,
): Promise<void> {
  const known = await modelDefinitions(deps).find(project, model, tx);
  const definition = { ...known?.definition, description };
  await modelDefinitions(deps).putIn(tx, caller, project, model, definition, known?.managed_by ?? 'ui');
}

/** What was approved is what is served: files, signature and profile. */
function manifestDigest({ files, signature, profile_digest }: NewVersion): string {
  return digestOf({ files, signature, profile: profile_digest });
}

export async function register(deps: ModelsDeps, caller: Caller, project: Project, input: NewVersion): Promise<ModelVersion> {
  assertMay(caller, project, 'write');
  const digests = [...input.files.map((file) => file.digest), ...(input.profile_digest ? [input.profile_digest] : [])];
  const stored = await deps.blobs.has(digests);
  const missing = digests.find((digest) => !stored.has(digest));
  if (missing !== undefined) throw failure('not_found', { what: 'uploaded blob', name: missing });
  return deps.database.write((tx) => registerIn(deps, tx, caller, project, input));
}

/** Moves an alias in the caller's transaction; the rights are the caller's to check. */
export async function setAliasIn({ events }: ModelsDeps, tx: Handle, caller: Caller, project: Project, move: AliasMove): Promise<void> {
  assertAlias(move.alias);
  const version = move.version === null ? null : await existing(tx, project, move.model, move.version);
  if (version && version.retired_at_ms !== null && !move.permit) {
    throw failure('version_retired', { model: move.model, version: version.number });
  }
  const current = await store.findAlias(tx, project.id, move.model, move.alias);
  assertMayMove(move, current);
  if ((current?.version ?? null) === move.version) return;
  await store.putAlias(tx, {
    project_id: project.id,
    model: move.model,
    alias: move.alias,
    version: move.version,
    protected_by: current?.protected_by ?? null,
  });
  await events.emit(tx, caller, {
    project_id: project.id,
    type: 'alias.moved',
    subject: `model ${move.model}`,
    note:
      move.version === null
        ? `Alias ${move.alias} of ${move.model} was taken away.`
        : `${move.alias} of ${move.model} is now version ${move.version}.`,
    before: { alias: move.alias, version: current?.version ?? null },
    after: {
      alias: move.alias,
      version: move.version,
      ...(move.permit ? { permit: move.permit } : {}),
      ...(move.reason ? { reason: move.reason } : {}),
    },
  });
}

/** From now on the alias moves only with a release permit; `holder` is the deployment that says so, null lifts it. */
export async function protectIn(tx: Handle, project: Project, model: string, alias: string, holder: string | null): Promise<void> {
  const current = await store.findAlias(tx, project.id, model, alias);
  await store.putAlias(tx, { project_id: project.id, model, alias, version: current?.version ?? null, protected_by: holder });
}

export async function retireVersion(
  deps: ModelsDeps,
  caller: Caller,
  project: Project,
  model: string,
  number: number,
): Promise<ModelVersion> {
  assertMay(caller, project, 'write');
  return deps.database.write((tx) => retireIn(deps, tx, caller, project, model, number));
}

export async function retireIn(
  { events, clock }: ModelsDeps,
  tx: Handle,
  caller: Caller,
  project: Project,
  model: string,
  number: number,
): Promise<ModelVersion> {
  const version = await existing(tx, project, model, number);
  if (version.retired_at_ms !== null) return version;
  const aliases = (await store.listAliases(tx, project.id, [model])).filter((alias) => alias.version === number);
  assertRetirable(
    version,
    await store.listHolds(tx, version.id),
    aliases.map((alias) => alias.alias),
  );
  const retired_at_ms = clock.now();
  await store.setRetired(tx, version.id, retired_at_ms);
  await events.emit(tx, caller, {
    project_id: project.id,
    type: 'model-version.retired',
    subject: `model ${model}`,
    note: `Version ${number} of ${model} was retired.`,
    after: { model, version: number },
  });
  return { ...version, retired_at_ms };
}

export async function existing(handle: Handle, project: Project, model: string, number: number): Promise<ModelVersion> {
  const version = await store.findVersion(handle, project.id, model, number);
  if (!version) throw failure('not_found', { what: `version of model ${model}`, name: String(number) });
  return version;
}
