import { assertMay, type Caller } from '../../kernel/caller.ts';
import { failure, SlipwayError } from '../../kernel/error.ts';
import { parsed } from '../../kernel/json.ts';
import type { Project } from '../../kernel/project.ts';
import { type Handle, searchPage, type TaggedQuery } from '../../platform/database/index.ts';
import { describeModelFile } from '../../platform/inference/index.ts';
import { assertRetirable, type Flavor, type ModelDefinition, type ModelFile, type ModelVersion, type Signature } from './model.ts';
import { signatureOfFile } from './model-file.ts';
import { type ModelsDeps, modelDefinitions, registerIn, retireIn } from './models.ts';
import * as models from './models-store.ts';
import { type ModelColumn, type ModelRow, selectModels, selectVersions, type VersionColumn } from './registry-query-store.ts';
import * as store from './registry-store.ts';

/** A model as the registry lists it. */
export interface RegisteredModel {
  readonly name: string;
  readonly kind: 'model' | 'prompt';
  readonly description: string;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
  readonly tags: readonly store.Tag[];
  readonly aliases: readonly { readonly alias: string; readonly version: number }[];
  /** The newest version of each stage. */
  readonly newest: readonly RegisteredVersion[];
}

export type RegisteredVersion = store.StoredVersion & {
  readonly facts: store.VersionFacts;
  readonly tags: readonly store.Tag[];
  readonly aliases: readonly string[];
};

export interface NewRegistration {
  readonly model: string;
  readonly files: readonly ModelFile[];
  /** Path of the ONNX file among them, and names for its columns where it takes one matrix. */
  readonly onnx: { readonly path: string; readonly inputs?: readonly string[] } | null;
  readonly signature: Signature;
  readonly flavor: Exclude<Flavor, 'onnx'>;
  readonly run_id: string | null;
  readonly dataset_versions: ModelVersion['dataset_versions'];
  readonly facts: Omit<store.VersionFacts, 'updated_at_ms' | 'stage'>;
  readonly tags: readonly store.Tag[];
}

/** From the last page's `next`, and how many at most. */
interface Paging {
  readonly cursor?: string;
  readonly limit: number;
}

/** Prompts are listed only where they are asked for. By name, in what is equal. */
export type ModelSearch = TaggedQuery<ModelColumn> & Paging & { readonly prompts: boolean };
/** The last changed first, in what is equal. */
export type VersionSearch = TaggedQuery<VersionColumn> & Paging & { readonly prompts: boolean };

interface Found<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** Serving looks for the file under this name. */
const servedFile = 'model.onnx';
const versionsLimit = 200_000;

/** The registry as clients of other protocols use it: models and versions with tags, stages and what is told of them. */
export function createRegistry(deps: ModelsDeps) {
  const { database, events, clock } = deps;
  const { read, profile } = database;

  async function existingModel(handle: Handle, project: Project, name: string): Promise<void> {
    const found = await modelDefinitions(deps).find(project, name, handle);
    if (!found || found.retired) throw failure('not_found', { what: 'model', name });
  }

  async function existingVersion(handle: Handle, project: Project, model: string, number: number): Promise<store.StoredVersion> {
    const [found] = await store.selectStoredVersions(handle, project.id, { models: [model], number, limit: 1 });
    if (!found) throw failure('not_found', { what: `version of model ${model}`, name: String(number) });
    return found;
  }

  /** Versions that this server's own pipelines made have no facts: their source is the version itself. */
  async function dressed(handle: Handle, project: Project, versions: readonly store.StoredVersion[]): Promise<RegisteredVersion[]> {
    const [tags, aliases] = await Promise.all([
      store.listVersionTags(
        handle,
        versions.map(({ id }) => id),
      ),
      models.listAliases(handle, project.id, [...new Set(versions.map(({ model }) => model))]),
    ]);
    const tagsOf = Map.groupBy(tags, ({ version_id }) => version_id);
    const aliasesOf = Map.groupBy(aliases, ({ model, version }) => `${model}/${version ?? ''}`);
    return versions.map((version) => ({
      ...version,
      facts: version.facts ?? factsOf(version),
      tags: (tagsOf.get(version.id) ?? []).map(({ key, value }) => ({ key, value })),
      aliases: (aliasesOf.get(`${version.model}/${version.number}`) ?? []).map(({ alias }) => alias),
    }));
  }

  async function searchModels(project: Project, { prompts, cursor, limit, ...query }: ModelSearch) {
    const among = { project_id: project.id, defined: modelDefinitions(deps).table(project), prompts };
    const { rows, next } = await searchPage({ prompts, ...query }, { cursor, limit }, (after, most) =>
      selectModels(read, profile, among, { ...query, after, limit: most }),
    );
    return { items: await dressedModels(project, rows), next };
  }

  async function dressedModels(project: Project, rows: readonly ModelRow[]): Promise<RegisteredModel[]> {
    const names = rows.map(({ name }) => name);
    const [tags, aliases, newest] = await Promise.all([
      store.listModelTags(read, project.id, names),
      models.listAliases(read, project.id, names),
      models.inParts(names, (some) =>
        store.selectStoredVersions(read, project.id, { models: some, newestOfStage: true, limit: versionsLimit }),
      ),
    ]);
    const versions = Map.groupBy(await dressed(read, project, newest), ({ model }) => model);
    const tagsOf = Map.groupBy(tags, ({ model }) => model);
    const aliasesOf = Map.groupBy(aliases, ({ model }) => model);
    return rows.map(({ name, definition, ...facts }) => ({
      name,
      ...facts,
      description: parsed<ModelDefinition>(definition).description ?? '',
      tags: (tagsOf.get(name) ?? []).map(({ key, value }) => ({ key, value })),
      aliases: (aliasesOf.get(name) ?? []).flatMap(({ alias, version }) => (version === null ? [] : [{ alias, version }])),
      newest: versions.get(name) ?? [],
    }));
  }

  async function getModel(caller: Caller, project: Project, name: string): Promise<RegisteredModel> {
    assertMay(caller, project, 'read');
    const named = { field: { kind: 'own', column: 'name' }, comparison: '=', value: name } as const;
    const { items } = await searchModels(project, { tests: [named], order: [], prompts: true, limit: 1 });
    const [found] = items;
    if (!found) throw failure('not_found', { what: 'model', name });
    return found;
  }

  async function changeVersion(
    caller: Caller,
    project: Project,
    model: string,
    number: number,
    change: (tx: Handle, version: store.StoredVersion, now_ms: number) => Promise<Partial<store.VersionFacts> | null>,
  ): Promise<void> {
    assertMay(caller, project, 'write');
    await database.write(async (tx) => {
      const version = await existingVersion(tx, project, model, number);
      const now_ms = clock.now();
      const next = await change(tx, version, now_ms);
      if (next) await store.putVersionFacts(tx, version.id, { ...(version.facts ?? factsOf(version)), ...next, updated_at_ms: now_ms });
    });
  }

  return {
    getModel,

    /** Refuses with `not_found`. */
    async assertModel(caller: Caller, project: Project, name: string): Promise<void> {
      assertMay(caller, project, 'read');
      await existingModel(read, project, name);
    },

    async searchModels(caller: Caller, project: Project, search: ModelSearch): Promise<Found<RegisteredModel>> {
      assertMay(caller, project, 'read');
      return searchModels(project, search);
    },

    async createModel(
      caller: Caller,
      project: Project,
      { name, kind, description, tags }: { name: string; kind: 'model' | 'prompt'; description: string; tags: readonly store.Tag[] },
    ): Promise<RegisteredModel> {
      assertMay(caller, project, 'write');
      await database.write(async (tx) => {
        const known = await modelDefinitions(deps).find(project, name, tx);
        if (known && !known.retired) throw failure('already_exists', { what: 'Model', name });
        const definition = description === '' ? {} : { description };
        await modelDefinitions(deps).putIn(tx, caller, project, name, definition, 'ui');
        await store.touchModel(tx, project.id, name, clock.now(), kind);
        for (const tag of tags) await store.putModelTag(tx, project.id, name, tag);
      });
      return getModel(caller, project, name);
    },

    async describeModel(caller: Caller, project: Project, name: string, description: string): Promise<RegisteredModel> {
      assertMay(caller, project, 'write');
      await database.write(async (tx) => {
        const known = await modelDefinitions(deps).get(project, name, tx);
        await modelDefinitions(deps).putIn(tx, caller, project, name, { ...known.definition, description }, known.managed_by);
        await store.touchModel(tx, project.id, name, clock.now());
      });
      return getModel(caller, project, name);
    },

    /** Versions, aliases and tags move along. Refused while a version is in use, since whoever uses it knows it by name. */
    async renameModel(caller: Caller, project: Project, name: string, to: string): Promise<RegisteredModel> {
      assertMay(caller, project, 'write');
      await database.write(async (tx) => {
        const known = await modelDefinitions(deps).get(project, name, tx);
        const taken = await modelDefinitions(deps).find(project, to, tx);
        if (taken && !taken.retired) throw failure('already_exists', { what: 'Model', name: to });
        if ((await models.listVersions(tx, project.id, to)).length > 0)
          throw failure('already_exists', { what: 'Earlier versions of model', name: to });
        await assertFree(tx, project, name);
        await modelDefinitions(deps).putIn(tx, caller, project, to, known.definition, known.managed_by);
        await modelDefinitions(deps).retireIn(tx, caller, project, name);
        await store.renameModel(tx, project.id, name, to);
        await store.touchModel(tx, project.id, to, clock.now());
      });
      return getModel(caller, project, to);
    },

    /** Its versions are retired and their numbers are never used again. Refused while one is in use. */
    async deleteModel(caller: Caller, project: Project, name: string): Promise<void> {
      assertMay(caller, project, 'write');
      await database.write(async (tx) => {
        await existingModel(tx, project, name);
        await assertFree(tx, project, name);
        await store.forgetModel(tx, project.id, name);
        for (const { number } of await store.selectStoredVersions(tx, project.id, { models: [name], limit: versionsLimit })) {
          await retireIn(deps, tx, caller, project, name, number);
        }
        await modelDefinitions(deps).retireIn(tx, caller, project, name);
      });
    },

    async setModelTag(caller: Caller, project: Project, name: string, tag: store.Tag): Promise<void> {
      assertMay(caller, project, 'write');
      await database.write(async (tx) => {
        await existingModel(tx, project, name);
        await store.putModelTag(tx, project.id, name, tag);
      });
    },

    async deleteModelTag(caller: Caller, project: Project, name: string, key: string): Promise<void> {
      assertMay(caller, project, 'write');
      await database.write(async (tx) => {
        await existingModel(tx, project, name);
        await store.deleteModelTag(tx, project.id, name, key);
      });
    },

    /** Freezes what the version is. An ONNX file among its files is tried first; one that does not serve is kept as it was logged. */
    async register(caller: Caller, project: Project, input: NewRegistration): Promise<RegisteredVersion> {
      assertMay(caller, project, 'write');
      const { facts: told, tags: given, onnx: _, ...plain } = input;
      const kept = { ...plain, ...(await served(deps, input)) };
      const tags = [...new Map(given.map((tag) => [tag.key, tag])).values()].sort((a, b) => (a.key < b.key ? -1 : 1));
      return database.write(async (tx) => {
        await existingModel(tx, project, input.model);
        const version = await registerIn(deps, tx, caller, project, {
          ...kept,
          profile_digest: null,
          importance: {},
          execution_id: null,
          outputs: {},
          code: null,
        });
        const facts = { ...told, stage: null, updated_at_ms: version.created_at_ms };
        await Promise.all([
          store.putVersionFacts(tx, version.id, facts),
          ...tags.map((tag) => store.putVersionTag(tx, version.id, tag)),
          store.touchModel(tx, project.id, input.model, version.created_at_ms),
        ]);
        return { ...version, facts, tags, aliases: [] };
      });
    },

    async version(caller: Caller, project: Project, model: string, number: number): Promise<RegisteredVersion> {
      assertMay(caller, project, 'read');
      const [version] = await dressed(read, project, [await existingVersion(read, project, model, number)]);
      if (!version) throw failure('not_found', { what: `version of model ${model}`, name: String(number) });
      return version;
    },

    async searchVersions(
      caller: Caller,
      project: Project,
      { cursor, limit, prompts, ...query }: VersionSearch,
    ): Promise<Found<RegisteredVersion>> {
      assertMay(caller, project, 'read');
      const { rows, next } = await searchPage({ ...query, prompts }, { cursor, limit }, (after, most) =>
        selectVersions(read, profile, { project_id: project.id, prompts }, { ...query, after, limit: most }),
      );
      return { items: await dressed(read, project, rows), next };
    },

    describeVersion: (caller: Caller, project: Project, model: string, number: number, description: string | null) =>
      changeVersion(caller, project, model, number, async () => ({ description })),

    setVersionTag: (caller: Caller, project: Project, model: string, number: number, tag: store.Tag) =>
      changeVersion(caller, project, model, number, async (tx, { id }) => {
        await store.putVersionTag(tx, id, tag);
        return null;
      }),

    deleteVersionTag: (caller: Caller, project: Project, model: string, number: number, key: string) =>
      changeVersion(caller, project, model, number, async (tx, { id }) => {
        await store.deleteVersionTag(tx, id, key);
        return null;
      }),

    /** Stages are words of old clients; `instead` is what the versions in the same stage become. Each move is an event. */
    setStage: (
      caller: Caller,
      project: Project,
      model: string,
      number: number,
      { stage, instead, onlyWithout }: { stage: string; instead: string | null; onlyWithout: string | null },
    ) =>
      changeVersion(caller, project, model, number, async (tx, version, now_ms) => {
        const alias = onlyWithout === null ? null : await models.findAlias(tx, project.id, model, onlyWithout);
        if (alias?.protected_by) throw failure('alias_protected', { alias: alias.alias, model, deployment: alias.protected_by });
        const others = instead === null ? [] : await store.selectStoredVersions(tx, project.id, { models: [model], limit: versionsLimit });
        for (const other of others.filter((one) => one.number !== number && one.facts?.stage === stage)) {
          await store.putVersionFacts(tx, other.id, { ...(other.facts ?? factsOf(other)), stage: instead, updated_at_ms: now_ms });
        }
        await events.emit(tx, caller, {
          project_id: project.id,
          type: 'model-version.staged',
          subject: `model ${model}`,
          note: `Version ${number} of ${model} is now in stage ${stage}.`,
          before: { version: number, stage: version.facts?.stage ?? null },
          after: { version: number, stage },
        });
        await store.touchModel(tx, project.id, model, now_ms);
        return { stage };
      }),

    /** Retires a version and takes its aliases away, but for one that a deployment holds. */
    async deleteVersion(caller: Caller, project: Project, model: string, number: number): Promise<void> {
      assertMay(caller, project, 'write');
      await database.write(async (tx) => {
        await existingVersion(tx, project, model, number);
        await store.deleteAliasesOf(tx, project.id, model, number);
        await retireIn(deps, tx, caller, project, model, number);
        await store.touchModel(tx, project.id, model, clock.now());
      });
    },

    async openFile(caller: Caller, project: Project, version_id: string, path: string, range?: { start: number; end: number }) {
      assertMay(caller, project, 'read');
      const [version] = await store.selectStoredVersions(read, project.id, { id: version_id, limit: 1 });
      const artifact = version?.files.find((one) => one.path === path);
      if (!artifact) throw failure('not_found', { what: 'file of the version', name: path });
      return { artifact, content: (await deps.blobs.open(artifact.digest, range)).stream };
    },

    async files(caller: Caller, project: Project, version_id: string): Promise<readonly ModelFile[]> {
      assertMay(caller, project, 'read');
      const [version] = await store.selectStoredVersions(read, project.id, { id: version_id, limit: 1 });
      return version?.files ?? [];
    },
  };

  async function assertFree(tx: Handle, project: Project, name: string): Promise<void> {
    for (const version of await models.listVersions(tx, project.id, name)) {
      assertRetirable(version, await models.listHolds(tx, version.id), []);
    }
    const held = (await models.listAliases(tx, project.id, [name])).find(({ protected_by }) => protected_by !== null);
    if (held?.protected_by) throw failure('alias_protected', { alias: held.alias, model: name, deployment: held.protected_by });
  }
}

export type Registry = ReturnType<typeof createRegistry>;

function factsOf(version: store.StoredVersion): store.VersionFacts {
  return {
    source: `models:/${version.model}/${version.number}`,
    outside: null,
    logged_model: null,
    run_link: null,
    description: null,
    stage: null,
    flavors: [version.flavor],
    updated_at_ms: version.created_at_ms,
  };
}

/** With the file under the name that serving looks for, and the signature that the file itself has. */
async function served(deps: ModelsDeps, { files, onnx, signature, flavor }: NewRegistration) {
  const file = onnx && files.find(({ path }) => path === onnx.path);
  if (!file) return { files, signature, flavor };
  try {
    const described = await describeModelFile(await deps.blobs.path(file.digest), onnx.inputs);
    const found = signatureOfFile(described, signature.target === null ? {} : { target: signature.target });
    const named = files.some(({ path }) => path === servedFile) ? files : [...files, { ...file, path: servedFile }];
    return { files: named, signature: found, flavor: 'onnx' as const };
  } catch (error) {
    // What does not serve here is a model all the same; whoever deploys it is told so.
    if (error instanceof SlipwayError && error.status < 500) return { files, signature, flavor };
    throw error;
  }
}
