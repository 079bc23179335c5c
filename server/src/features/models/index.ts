import { assertMay, type Caller } from '../../kernel/caller.ts';
import { failure } from '../../kernel/error.ts';
import type { Project } from '../../kernel/project.ts';
import type { Handle } from '../../platform/database/index.ts';
import type { Definition, DefinitionChange, ManagedBy } from '../../platform/definitions/index.ts';
import type { AliasMove, Hold, ModelDefinition, ModelVersion } from './model.ts';
import * as commands from './models.ts';
import * as store from './models-store.ts';
import { createRegistry, type Registry } from './registry.ts';
import { promptNames } from './registry-store.ts';

export type {
  AliasMove,
  CodeReference,
  DatasetReference,
  Hold,
  ModelDefinition,
  ModelFile,
  ModelVersion,
  ReferenceProfile,
  ReleasePermit,
  Signature,
  SignatureInput,
} from './model.ts';
export { assertServable } from './model.ts';
export type { AddedFile, ModelsDeps, NewVersion } from './models.ts';
export type { ModelSearch, NewRegistration, RegisteredModel, RegisteredVersion, VersionSearch } from './registry.ts';

export interface ModelSummary {
  readonly name: string;
  readonly definition: ModelDefinition;
  readonly retired: boolean;
  readonly versions: number;
  readonly latest: number | null;
  readonly aliases: Readonly<Record<string, number>>;
}

/** Models, their immutable versions and movable aliases. Who serves a version holds it, so that it cannot be retired. */
export interface Models {
  define(caller: Caller, project: Project, name: string, definition: ModelDefinition, managed_by: ManagedBy): Promise<DefinitionChange>;
  retire(caller: Caller, project: Project, name: string): Promise<void>;
  list(caller: Caller, project: Project): Promise<ModelSummary[]>;
  definition(project: Project, name: string): Promise<Definition<ModelDefinition> | null>;
  register(caller: Caller, project: Project, input: commands.NewVersion): Promise<ModelVersion>;
  /** Makes a version of an uploaded ONNX file of another tool; the same file and signature again is the version that is there. */
  add(caller: Caller, project: Project, input: commands.AddedFile): Promise<{ version: ModelVersion; isNew: boolean }>;
  registerIn(tx: Handle, caller: Caller, project: Project, input: commands.NewVersion): Promise<ModelVersion>;
  /** Refuses with `not_found`. */
  version(project: Project, model: string, number: number): Promise<ModelVersion>;
  versionById(id: string, handle?: Handle): Promise<ModelVersion>;
  versions(caller: Caller, project: Project, model: string): Promise<ModelVersion[]>;
  versionsOfRun(project: Project, run_id: string): Promise<ModelVersion[]>;
  retireVersion(caller: Caller, project: Project, model: string, number: number): Promise<ModelVersion>;
  aliases(project: Project, model: string, handle?: Handle): Promise<ReadonlyMap<string, number>>;
  /** Sets or (version null) takes away an alias; a protected one is refused with `alias_protected`. */
  setAlias(caller: Caller, project: Project, move: Omit<AliasMove, 'permit'>): Promise<void>;
  setAliasIn(tx: Handle, caller: Caller, project: Project, move: AliasMove): Promise<void>;
  protectIn(tx: Handle, project: Project, model: string, alias: string, holder: string | null): Promise<void>;
  holdIn(tx: Handle, version_id: string, hold: Hold): Promise<void>;
  releaseHoldIn(tx: Handle, version_id: string, holder: string): Promise<void>;
  holds(version_id: string): Promise<Hold[]>;
  readonly registry: Registry;
  /** Digests of all blobs that versions name, for the sweep. */
  blobDigests(): Promise<string[]>;
}

export function createModels(deps: commands.ModelsDeps): Models {
  const { database } = deps;
  const definitions = commands.modelDefinitions(deps);
  return {
    define: (caller, project, name, definition, managed_by) => commands.define(deps, caller, project, name, definition, managed_by),
    async retire(caller, project, name) {
      assertMay(caller, project, 'write');
      await database.write((tx) => definitions.retireIn(tx, caller, project, name));
    },
    list: (caller, project) => summaries(deps, caller, project),
    definition: (project, name) => definitions.find(project, name),
    register: (caller, project, input) => commands.register(deps, caller, project, input),
    add: (caller, project, input) => commands.add(deps, caller, project, input),
    registerIn: (tx, caller, project, input) => commands.registerIn(deps, tx, caller, project, input),
    version: (project, model, number) => commands.existing(database.read, project, model, number),
    async versionById(id, handle = database.read) {
      const version = await store.findVersionById(handle, id);
      if (!version) throw failure('not_found', { what: 'model version', name: id });
      return version;
    },
    async versions(caller, project, model) {
      assertMay(caller, project, 'read');
      return store.listVersions(database.read, project.id, model);
    },
    versionsOfRun: (project, run_id) => store.listVersionsOfRun(database.read, project.id, run_id),
    retireVersion: (caller, project, model, number) => commands.retireVersion(deps, caller, project, model, number),
    async aliases(project, model, handle = database.read) {
      const rows = await store.listAliases(handle, project.id, [model]);
      return new Map(rows.flatMap((row) => (row.version === null ? [] : [[row.alias, row.version] as const])));
    },
    async setAlias(caller, project, move) {
      assertMay(caller, project, 'write');
      await database.write((tx) => commands.setAliasIn(deps, tx, caller, project, move));
    },
    setAliasIn: (tx, caller, project, move) => commands.setAliasIn(deps, tx, caller, project, move),
    protectIn: (tx, project, model, alias, holder) => commands.protectIn(tx, project, model, alias, holder),
    holdIn: (tx, version_id, hold) => store.putHold(tx, version_id, hold),
    releaseHoldIn: (tx, version_id, holder) => store.deleteHold(tx, version_id, holder),
    holds: (version_id) => store.listHolds(database.read, version_id),
    registry: createRegistry(deps),
    blobDigests: () => store.listBlobDigests(database.read),
  };
}

async function summaries(deps: commands.ModelsDeps, caller: Caller, project: Project): Promise<ModelSummary[]> {
  assertMay(caller, project, 'read');
  const { read } = deps.database;
  const [prompts, defined, counted, aliases] = await Promise.all([
    promptNames(read, project.id),
    commands.modelDefinitions(deps).list(project),
    store.countVersions(read, project.id),
    store.listAliases(read, project.id),
  ]);
  // A prompt is a text of the registry, and no model that anybody serves.
  return defined
    .filter(({ name }) => !prompts.has(name))
    .map(({ name, definition, retired }) => {
      const named = aliases.flatMap((row) => (row.model === name && row.version !== null ? [[row.alias, row.version] as const] : []));
      const { versions, latest } = counted.get(name) ?? { versions: 0, latest: null };
      return { name, definition, retired, versions, latest, aliases: Object.fromEntries(named) };
    });
}
