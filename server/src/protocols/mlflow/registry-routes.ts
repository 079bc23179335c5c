import type { RegisteredModel } from '../../features/models/index.ts';
import type { KeyValue } from '../../features/runs/index.ts';
import type { Route } from '../../platform/http/index.ts';
import { limits } from './names.ts';
import { invalid, inWordsOf } from './refusal.ts';
import { modelWire, noStage, stageOf, versionWire } from './registry-mapping.ts';
import type { MlflowDeps, Routing } from './routing.ts';
import { list } from './runs-mapping.ts';
import { longTagOf } from './runs-wire.ts';
import { cursorOf, inSearch, modelSearchOf, promptTag } from './tagged-search.ts';
import { integer, needed, objects, text, texts, type Wire } from './wire.ts';

const promptTextTag = 'mlflow.prompt.text';
const anyTag = longTagOf(limits.registryTag_chars);

export function registryTag(wire: Wire, path: string): KeyValue {
  const { key, value } = wire;
  if (key === promptTextTag && typeof value === 'string' && value.length > limits.registryTag_chars) {
    throw invalid(`Prompt text exceeds max length of ${limits.registryTag_chars} characters.`);
  }
  return anyTag(wire, path);
}

const modelsPage = 100;
const modelsMost = 1000;

export const isPrompt = (tags: readonly { key: string; value: string }[]): boolean =>
  tags.findLast(({ key }) => key === promptTag)?.value.toLowerCase() === 'true';

/** As MLflow's, and no name that only looks like another one. */
export function assertModelName(name: string): void {
  if (name.trim() === '') throw invalid("Missing value for required parameter 'name'.");
  if (/[/:]/.test(name)) throw invalid(`Invalid model name '${name.slice(0, 300)}'. Names cannot contain '/' or ':'.`);
  if (name.length > 256 || /[\p{Cc}\p{Cf}]/u.test(name) || name.normalize('NFC') !== name) {
    throw invalid('Invalid model name. Names have at most 256 characters, in their composed form and without invisible ones.');
  }
}

export function inRegistry<T>(name: string, work: () => Promise<T>): Promise<T> {
  return inWordsOf({ not_found: `Registered Model with name=${name} not found` }, work);
}

export function registryRoutes({ models }: MlflowDeps, { route }: Routing): Route[] {
  const { registry } = models;
  const name = needed(text);
  const latest = { name, stages: texts };
  const latestOf = (model: RegisteredModel, stages: readonly string[]) => {
    const wanted = new Set(stages.map((stage) => stageOf(stage) ?? unknownStage(stage)));
    const found = model.newest.filter(({ facts }) => wanted.size === 0 || wanted.has(facts.stage ?? noStage));
    return list(
      'model_versions',
      found.map((version) => versionWire(version)),
    );
  };

  return [
    ...route('createRegisteredModel', { name, tags: objects, description: text }, async ({ caller, project, asked }) => {
      assertModelName(asked.name);
      const tags = asked.tags.map((tag, at) => registryTag(tag, `tags[${at}]`));
      const kind = isPrompt(tags) ? ('prompt' as const) : ('model' as const);
      const made = await inWordsOf({ already_exists: `Registered Model (name=${asked.name}) already exists.` }, () =>
        registry.createModel(caller, project, { name: asked.name, kind, description: asked.description, tags }),
      );
      return { registered_model: modelWire(made) };
    }),
    ...route('getRegisteredModel', { name }, async ({ caller, project, asked }) => ({
      registered_model: modelWire(await inRegistry(asked.name, () => registry.getModel(caller, project, asked.name))),
    })),
    ...route('updateRegisteredModel', { name, description: text }, async ({ caller, project, asked }) => ({
      registered_model: modelWire(
        await inRegistry(asked.name, () => registry.describeModel(caller, project, asked.name, asked.description)),
      ),
    })),
    ...route('renameRegisteredModel', { name, new_name: needed(text) }, async ({ caller, project, asked }) => {
      assertModelName(asked.new_name);
      const told = { already_exists: `Registered Model (name=${asked.new_name}) already exists.` };
      const renamed = await inRegistry(asked.name, () =>
        inWordsOf(told, () => registry.renameModel(caller, project, asked.name, asked.new_name)),
      );
      return { registered_model: modelWire(renamed) };
    }),
    ...route('deleteRegisteredModel', { name }, async ({ caller, project, asked }) => {
      await inRegistry(asked.name, () => registry.deleteModel(caller, project, asked.name));
      return {};
    }),
    ...route('latestVersions', latest, async ({ caller, project, asked }) =>
      latestOf(await inRegistry(asked.name, () => registry.getModel(caller, project, asked.name)), asked.stages),
    ),
    ...route('latestVersionsByGet', latest, async ({ caller, project, asked }) =>
      latestOf(await inRegistry(asked.name, () => registry.getModel(caller, project, asked.name)), asked.stages),
    ),
    ...route('setRegisteredModelTag', { name, key: needed(text), value: text }, async ({ caller, project, asked, wire }) => {
      const tag = registryTag(wire, '');
      await inRegistry(asked.name, () => registry.setModelTag(caller, project, asked.name, tag));
      return {};
    }),
    ...route('deleteRegisteredModelTag', { name, key: needed(text) }, async ({ caller, project, asked }) => {
      await inRegistry(asked.name, () => registry.deleteModelTag(caller, project, asked.name, asked.key));
      return {};
    }),
    ...route(
      'searchRegisteredModels',
      { filter: text, max_results: integer, order_by: texts, page_token: text },
      async ({ caller, project, asked }) => {
        const limit = asked.max_results ?? modelsPage;
        if (limit < 1 || limit > modelsMost) {
          throw invalid(`Invalid value for request parameter max_results. It must be at most ${modelsMost}, but got value ${limit}`);
        }
        const query = modelSearchOf(asked.filter, asked.order_by);
        const { items, next } = await inSearch(() =>
          registry.searchModels(caller, project, { ...query, limit, ...cursorOf(asked.page_token) }),
        );
        return { ...list('registered_models', items.map(modelWire)), ...(next === null ? {} : { next_page_token: next }) };
      },
    ),
  ];
}

export function unknownStage(stage: string): never {
  throw invalid(`Invalid Model Version stage: ${stage.slice(0, 80)}. Value must be one of None, Staging, Production, Archived.`);
}
