import type { ModelVersion, RegisteredVersion } from '../../features/models/index.ts';
import type { LoggedModel } from '../../features/runs/index.ts';
import type { Caller } from '../../kernel/caller.ts';
import { SlipwayError } from '../../kernel/error.ts';
import type { Project } from '../../kernel/project.ts';
import type { Route } from '../../platform/http/index.ts';
import { assertLength, limits } from './names.ts';
import { invalid, inWordsOf, refusal } from './refusal.ts';
import { addressOfVersion, noStage, stageOf, versionWire } from './registry-mapping.ts';
import { inRegistry, isPrompt, registryTag, unknownStage } from './registry-routes.ts';
import type { MlflowDeps, Routing } from './routing.ts';
import { list } from './runs-mapping.ts';
import { pageSize } from './runs-wire.ts';
import { cursorOf, inSearch, versionSearchOf } from './tagged-search.ts';
import { describeFiles, findSource } from './version-source.ts';
import { boolean, integer, maybeText, needed, objects, pythonDumps, text, texts } from './wire.ts';

const versionsUsual = 10_000;
const versionsMost = 200_000;
const versionsTag = 'mlflow.modelVersions';
/** What a released model is called by (decision 0009); the stage Production says the same. */
const champion = 'champion';

export function versionsRoutes(deps: MlflowDeps, { route }: Routing): Route[] {
  const { models, runs } = deps;
  const { registry } = models;
  const one = { name: needed(text), version: needed(text) };
  const inVersion = <T>(name: string, version: number, work: () => Promise<T>): Promise<T> =>
    inWordsOf({ not_found: `Model Version (name=${name}, version=${version}) not found` }, work);
  const find = (caller: Caller, project: Project, name: string, number: number): Promise<RegisteredVersion> =>
    inVersion(name, number, () => registry.version(caller, project, name, number));

  return [
    ...route(
      'createModelVersion',
      { name: needed(text), source: needed(text), run_id: text, tags: objects, run_link: text, description: maybeText, model_id: text },
      async ({ caller, project, asked }) => {
        const tags = asked.tags.map((tag, at) => registryTag(tag, `tags[${at}]`));
        await inRegistry(asked.name, () => registry.assertModel(caller, project, asked.name));
        const told = isPrompt(tags);
        const source = await findSource(deps, caller, project, { ...asked, isPrompt: told });
        const described = await describeFiles(deps, source);
        const { outside, logged_model } = source;
        const logged = logged_model === null || told ? null : await findLogged(caller, project, logged_model);
        const dataset_versions = source.run_id === null ? [] : await readBy(caller, project, source.run_id);
        const made = await registry.register(caller, project, {
          model: asked.name,
          files: source.files,
          onnx: described.onnx,
          signature: described.signature,
          flavor: told ? 'prompt' : described.flavor,
          run_id: source.run_id,
          dataset_versions,
          facts: {
            source: asked.source,
            outside,
            logged_model,
            run_link: asked.run_link || null,
            description: asked.description,
            flavors: described.flavors,
          },
          tags,
        });
        if (logged) await noteVersion(caller, project, logged, made);
        return { model_version: versionWire(made) };
      },
    ),
    ...route('getModelVersion', one, async ({ caller, project, asked }) => ({
      model_version: versionWire(await find(caller, project, asked.name, numberOf(asked.version))),
    })),
    ...route('updateModelVersion', { ...one, description: maybeText }, async ({ caller, project, asked }) => {
      const number = numberOf(asked.version);
      await inVersion(asked.name, number, () => registry.describeVersion(caller, project, asked.name, number, asked.description));
      return { model_version: versionWire(await find(caller, project, asked.name, number)) };
    }),
    ...route('deleteModelVersion', one, async ({ caller, project, asked }) => {
      const number = numberOf(asked.version);
      await inVersion(asked.name, number, () => registry.deleteVersion(caller, project, asked.name, number));
      return {};
    }),
    ...route('downloadUri', one, async ({ caller, project, asked }) => ({
      artifact_uri: addressOfVersion(await find(caller, project, asked.name, numberOf(asked.version))),
    })),
    ...route('transitionStage', { ...one, stage: needed(text), archive_existing_versions: boolean }, async ({ caller, project, asked }) => {
      const number = numberOf(asked.version);
      const stage = stageOf(asked.stage) ?? unknownStage(asked.stage);
      if (asked.archive_existing_versions && (stage === noStage || stage === 'Archived')) {
        throw invalid(
          `Model version transition cannot archive existing model versions because '${asked.stage}' is not an Active stage. Valid stages are ['Staging', 'Production']`,
        );
      }
      const how = {
        stage,
        instead: asked.archive_existing_versions ? 'Archived' : null,
        onlyWithout: stage === 'Production' ? champion : null,
      };
      await inVersion(asked.name, number, () => registry.setStage(caller, project, asked.name, number, how));
      return { model_version: versionWire(await find(caller, project, asked.name, number)) };
    }),
    ...route('setModelVersionTag', { ...one, key: needed(text), value: text }, async ({ caller, project, asked, wire }) => {
      const number = numberOf(asked.version);
      const tag = registryTag(wire, '');
      await inVersion(asked.name, number, () => registry.setVersionTag(caller, project, asked.name, number, tag));
      return {};
    }),
    ...route('deleteModelVersionTag', { ...one, key: needed(text) }, async ({ caller, project, asked }) => {
      const number = numberOf(asked.version);
      await inVersion(asked.name, number, () => registry.deleteVersionTag(caller, project, asked.name, number, asked.key));
      return {};
    }),
    ...route('setAlias', { name: needed(text), alias: needed(text), version: needed(text) }, async ({ caller, project, asked }) => {
      assertAlias(asked.alias);
      const number = numberOf(asked.version);
      await find(caller, project, asked.name, number);
      await models.setAlias(caller, project, { model: asked.name, alias: asked.alias, version: number });
      return {};
    }),
    ...route('deleteAlias', { name: needed(text), alias: needed(text) }, async ({ caller, project, asked }) => {
      await inRegistry(asked.name, () => registry.getModel(caller, project, asked.name));
      assertAlias(asked.alias);
      await models.setAlias(caller, project, { model: asked.name, alias: asked.alias, version: null });
      return {};
    }),
    ...route('getVersionByAlias', { name: needed(text), alias: needed(text) }, async ({ caller, project, asked }) => {
      const model = await inRegistry(asked.name, () => registry.getModel(caller, project, asked.name));
      const newest = model.newest.reduce((most, { number }) => Math.max(most, number), 0);
      const isLatest = asked.alias.toLowerCase() === 'latest';
      if (isLatest && newest === 0) throw refusal('RESOURCE_DOES_NOT_EXIST', `Latest version not found for model ${asked.name}.`);
      const number = isLatest ? newest : model.aliases.find(({ alias }) => alias === asked.alias)?.version;
      if (number === undefined) throw invalid(`Registered model alias ${asked.alias} not found.`);
      return { model_version: versionWire(await find(caller, project, asked.name, number)) };
    }),
    ...route(
      'searchModelVersions',
      { filter: text, max_results: integer, order_by: texts, page_token: text },
      async ({ caller, project, asked }) => {
        const limit = pageSize(asked.max_results, versionsUsual, versionsMost);
        const query = versionSearchOf(asked.filter, asked.order_by);
        const { items, next } = await inSearch(() =>
          registry.searchVersions(caller, project, { ...query, limit, ...cursorOf(asked.page_token) }),
        );
        return {
          ...list(
            'model_versions',
            items.map((version) => versionWire(version, { aliases: false })),
          ),
          ...(next === null ? {} : { next_page_token: next }),
        };
      },
    ),
  ];

  /** Before anything is registered: a version of a model that is not there is none. */
  function findLogged(caller: Caller, project: Project, id: string): Promise<LoggedModel> {
    return inWordsOf({ not_found: `Logged model with ID '${id}' not found.` }, () => runs.loggedModels.get(caller, project, id));
  }

  /** The versions of our datasets that the run read; what it read from elsewhere the run itself tells. */
  async function readBy(caller: Caller, project: Project, run_id: string): Promise<ModelVersion['dataset_versions']> {
    try {
      const inputs = await runs.inputs(caller, project, run_id);
      return inputs.flatMap(({ dataset, version, digest }) => (version === null ? [] : [{ dataset, number: version, digest }]));
    } catch (error) {
      // A client may name a run of another server.
      if (error instanceof SlipwayError && error.code === 'not_found') return [];
      throw error;
    }
  }

  /** The logged model says which versions were made of it, as its readers expect. */
  async function noteVersion(caller: Caller, project: Project, logged: LoggedModel, { model, number }: RegisteredVersion): Promise<void> {
    const noted = readNoted(logged.tags.find(({ key }) => key === versionsTag)?.value);
    const value = pythonDumps([...noted, { name: model, version: number }]);
    if (value.length <= limits.tagValue_chars) await runs.loggedModels.setTags(caller, project, logged.id, [{ key: versionsTag, value }]);
  }
}

function readNoted(json: string | undefined): unknown[] {
  try {
    const noted: unknown = JSON.parse(json ?? '[]');
    return Array.isArray(noted) ? noted : [];
  } catch {
    return [];
  }
}

export function numberOf(version: string): number {
  if (/^\d{1,9}$/.test(version)) return Number(version);
  throw invalid(`Parameter 'version' must be an integer, got '${version.slice(0, 80)}'.`);
}

function assertAlias(alias: string): void {
  assertLength('Registered model alias name', alias, limits.alias_chars);
  if (!/^[\w-]+$/.test(alias)) {
    throw invalid(`Invalid alias name: '${alias.slice(0, 80)}' Names may only contain alphanumerics, underscores (_), and dashes (-).`);
  }
  if (alias.toLowerCase() === 'latest') throw invalid("'latest' alias name (case insensitive) is reserved.");
  if (/^v\d+$/i.test(alias)) throw invalid(`Version alias name '${alias}' is reserved.`);
}
