import type { LoggedModel, LoggedModelField, LoggedModelQuery } from '../../features/runs/index.ts';
import type { Caller } from '../../kernel/caller.ts';
import type { Project } from '../../kernel/project.ts';
import type { Route } from '../../platform/http/index.ts';
import { inModel } from './artifact-files.ts';
import { inExperiment } from './experiments-routes.ts';
import { type Grammar, listed, numeric, parseFilter, textual } from './filter.ts';
import { invalid, inWordsOf } from './refusal.ts';
import type { MlflowDeps, Routing } from './routing.ts';
import { list, loggedModelWire, modelStatusNames, modelStatusOf } from './runs-mapping.ts';
import { paramOf, tagOf } from './runs-wire.ts';
import { boolean, integer, member, needed, objects, oneOf, read, text, texts, type Wire } from './wire.ts';

const model_id = needed(text);
const pageUsual = 50;
const pageMost = 1000;
const experimentsMost = 10_000;
const datasetsMost = 100;

const columns = {
  name: 'name',
  model_name: 'name',
  model_id: 'id',
  model_type: 'kind',
  status: 'status',
  source_run_id: 'run_id',
  creation_timestamp: 'created_at_ms',
  creation_time: 'created_at_ms',
  last_updated_timestamp: 'updated_at_ms',
} as const;

const grammar: Grammar = {
  prefixes: {
    metrics: 'metric',
    metric: 'metric',
    params: 'param',
    param: 'param',
    tags: 'tag',
    tag: 'tag',
    attributes: 'attribute',
    attribute: 'attribute',
  },
  attributes: {
    name: { is: 'text', takesList: true },
    model_name: { is: 'text', takesList: true },
    model_id: { is: 'text', takesList: true },
    model_type: { is: 'text', takesList: true },
    status: { is: 'text', takesList: true },
    source_run_id: { is: 'text', takesList: true },
    creation_timestamp: { is: 'number' },
    creation_time: { is: 'number' },
    last_updated_timestamp: { is: 'number' },
  },
  operators: { metric: numeric, param: textual, tag: textual, attribute: listed, number: numeric },
  numbers: ['metric'],
};

function fieldOf(kind: string, key: string): LoggedModelField {
  if (kind === 'attribute') return { kind: 'own', column: columns[key as keyof typeof columns] };
  return { kind: kind as 'metric' | 'param' | 'tag', key };
}

/** Statuses have short names in a filter, as in `status = 'READY'`. */
function statusText(value: string): string {
  const name = value.startsWith('LOGGED_MODEL_') ? value : `LOGGED_MODEL_${value === 'FAILED' ? 'UPLOAD_FAILED' : value}`;
  return modelStatusOf(name as (typeof modelStatusNames)[number]);
}

function testsOf(filter: string): LoggedModelQuery['tests'] {
  return parseFilter(filter, grammar).map(({ kind, key, operator, value }) => {
    if (value === null || operator === 'rlike' || operator === 'is null' || operator === 'is not null')
      throw invalid('IS NULL is not served for logged models.');
    const field = fieldOf(kind, key);
    const isStatus = field.kind === 'own' && field.column === 'status';
    return { field, comparison: operator, value: isStatus && typeof value === 'string' ? statusText(value) : value };
  });
}

function orderOf(wires: readonly Wire[]): LoggedModelQuery['order'] {
  return wires.map((wire) => {
    const fields = { field_name: needed(text), dataset_name: text, dataset_digest: text, ascending: boolean };
    const { field_name, dataset_name, dataset_digest, ascending } = read(wire, fields);
    const descending = member(wire, 'ascending') !== undefined && !ascending;
    const name = field_name.replace(/^attributes?\./, '');
    const [, metric] = /^metrics?\.(.+)$/s.exec(name) ?? [];
    if (metric !== undefined) {
      const key = metric.replace(/^[`"](.*)[`"]$/s, '$1');
      return {
        field: {
          kind: 'metric',
          key,
          ...(dataset_name ? { dataset: dataset_name } : {}),
          ...(dataset_digest ? { digest: dataset_digest } : {}),
        },
        descending,
      };
    }
    if (!Object.hasOwn(columns, name)) throw invalid(`Invalid order by field name: ${field_name}. Metrics are written as metrics.<name>.`);
    return { field: fieldOf('attribute', name), descending };
  });
}

export function loggedModelsRoutes({ runs }: MlflowDeps, { route }: Routing): Route[] {
  const models = runs.loggedModels;
  const wireOf = async (caller: Caller, project: Project, model: LoggedModel) => {
    const { artifact_root } = await runs.getExperiment(caller, project, model.experiment);
    return { model: loggedModelWire(model, artifact_root) };
  };
  return [
    ...route(
      'createLoggedModel',
      { experiment_id: needed(text), name: text, model_type: text, source_run_id: text, params: objects, tags: objects },
      async ({ caller, project, asked }) => {
        assertModelName(asked.name);
        const made = await inExperiment(asked.experiment_id, (experiment) =>
          models.create(caller, project, {
            experiment,
            name: asked.name,
            kind: asked.model_type,
            ...(asked.source_run_id === '' ? {} : { run_id: asked.source_run_id }),
            params: asked.params.map((param, at) => paramOf(param, `params[${at}]`)),
            tags: asked.tags.map((tag, at) => tagOf(tag, `tags[${at}]`)),
          }),
        );
        return wireOf(caller, project, made);
      },
    ),
    ...route('getLoggedModel', { model_id, allow_deleted: boolean }, async ({ caller, project, asked }) =>
      wireOf(
        caller,
        project,
        await inModel(asked.model_id, () => models.get(caller, project, asked.model_id, { deleted: asked.allow_deleted })),
      ),
    ),
    ...route('finishLoggedModel', { model_id, status: needed(oneOf(...modelStatusNames)) }, async ({ caller, project, asked }) => {
      const status = modelStatusOf(asked.status ?? 'LOGGED_MODEL_READY');
      return wireOf(caller, project, await inModel(asked.model_id, () => models.finish(caller, project, asked.model_id, status)));
    }),
    ...route('deleteLoggedModel', { model_id }, async ({ caller, project, asked }) => {
      await inModel(asked.model_id, () => models.delete(caller, project, asked.model_id));
      return {};
    }),
    ...route('setLoggedModelTags', { model_id, tags: objects }, async ({ caller, project, asked }) => {
      const tags = asked.tags.map((tag, at) => tagOf(tag, `tags[${at}]`));
      await inModel(asked.model_id, () => models.setTags(caller, project, asked.model_id, tags));
      return {};
    }),
    ...route('deleteLoggedModelTag', { model_id, tag_key: needed(text) }, async ({ caller, project, asked }) => {
      const { tag_key } = asked;
      await inModel(asked.model_id, () => models.get(caller, project, asked.model_id));
      await inWordsOf({ not_found: `No tag with key '${tag_key}' found for model with ID '${asked.model_id}'.` }, () =>
        models.deleteTag(caller, project, asked.model_id, tag_key),
      );
      return {};
    }),
    ...route('logLoggedModelParams', { model_id, params: objects }, async ({ caller, project, asked }) => {
      const params = asked.params.map((param, at) => paramOf(param, `params[${at}]`));
      const told = {
        already_exists: invalid(`Params of logged model '${asked.model_id}' are written once; one of these is there already.`),
      };
      await inModel(asked.model_id, () => inWordsOf(told, () => models.addParams(caller, project, asked.model_id, params)));
      return {};
    }),
    ...route(
      'searchLoggedModels',
      { experiment_ids: needed(texts), filter: text, datasets: objects, max_results: integer, order_by: objects, page_token: text },
      async ({ caller, project, asked }) => {
        const limit = Math.min(asked.max_results ?? pageUsual, pageMost);
        if (limit < 1) throw invalid(`Invalid value ${limit} for parameter 'max_results' supplied. It must be a positive integer`);
        if (asked.experiment_ids.length > experimentsMost) {
          throw invalid(`A search takes at most ${experimentsMost} experiments. Got ${asked.experiment_ids.length}.`);
        }
        const own = await Promise.all(
          asked.experiment_ids.map(async (id) => (id === '0' ? (await runs.getExperiment(caller, project, id)).id : id)),
        );
        if (asked.datasets.length > datasetsMost) {
          throw invalid(`A search takes at most ${datasetsMost} datasets. Got ${asked.datasets.length}.`);
        }
        const datasets = asked.datasets.map((wire) => {
          const { dataset_name, dataset_digest } = read(wire, { dataset_name: needed(text), dataset_digest: text });
          return { name: dataset_name, ...(dataset_digest ? { digest: dataset_digest } : {}) };
        });
        const told = { invalid_input: invalid('Invalid page token: it is not of this search, or no page token at all.') };
        const { items, next } = await inWordsOf(told, () =>
          models.search(caller, project, {
            experiments: own,
            tests: testsOf(asked.filter),
            order: orderOf(asked.order_by),
            datasets,
            limit,
            ...(asked.page_token === '' ? {} : { cursor: asked.page_token }),
          }),
        );
        const roots = new Map<string, string | null>();
        for (const { experiment } of items) {
          if (!roots.has(experiment)) roots.set(experiment, (await runs.getExperiment(caller, project, experiment)).artifact_root);
        }
        return {
          ...list(
            'models',
            items.map((model) => loggedModelWire(model, roots.get(model.experiment) ?? null)),
          ),
          ...(next === null ? {} : { next_page_token: next }),
        };
      },
    ),
  ];
}

/** mlflow/models/model.py: what would not do as a name of a folder. */
function assertModelName(name: string): void {
  const bad = ['/', ':', '.', '%', '"', "'"].filter((sign) => name.includes(sign));
  if (bad.length > 0) {
    throw invalid(
      `Invalid model name (${name.slice(0, 80)}) provided. Model name must be a non-empty string and cannot contain the following characters: ('/', ':', '.', '%', '"', "'")`,
    );
  }
}
