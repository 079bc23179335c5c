import type { TrackedExperiment } from '../../features/runs/index.ts';
import type { Caller } from '../../kernel/caller.ts';
import type { Project } from '../../kernel/project.ts';
import type { Route } from '../../platform/http/index.ts';
import { assertLength, limits } from './names.ts';
import { invalid, inWordsOf, refusal } from './refusal.ts';
import type { MlflowDeps, Routing } from './routing.ts';
import { experimentWire, filled, list } from './runs-mapping.ts';
import { lifecyclesOf } from './runs-search.ts';
import { longTagOf, pageSize } from './runs-wire.ts';
import { cursorOf, experimentSearchOf, inSearch } from './tagged-search.ts';
import { integer, needed, objects, oneOf, type Read, text, texts } from './wire.ts';

const mostExperiments = 50_000;
const datasetExperiments = 20;
const experimentTag = longTagOf(limits.experimentTag_chars);
const views = oneOf('ACTIVE_ONLY', 'DELETED_ONLY', 'ALL');

const search = { view_type: views, max_results: integer, order_by: texts, filter: text, page_token: text };

export function experimentsRoutes({ runs, artifactRoot }: MlflowDeps, { route }: Routing): Route[] {
  const placeOf = (artifact_root: string) => {
    if (artifact_root !== '') return { artifact_root };
    return artifactRoot === undefined ? {} : { artifact_roots: artifactRoot };
  };
  const wireOf = (experiment: TrackedExperiment, project: Project) => ({ experiment: experimentWire(experiment, project.name) });
  const searching = async ({ caller, project, asked }: { caller: Caller; project: Project; asked: Read<typeof search> }) => {
    const limit = pageSize(asked.max_results ?? 0, 0, mostExperiments);
    const query = experimentSearchOf(asked.filter, asked.order_by);
    const lifecycles = lifecyclesOf[asked.view_type ?? 'ACTIVE_ONLY'];
    const { items, next } = await inSearch(() =>
      runs.searchExperiments(caller, project, { ...query, lifecycles, limit, ...cursorOf(asked.page_token) }),
    );
    return {
      ...list(
        'experiments',
        items.map((one) => experimentWire(one, project.name)),
      ),
      ...(next === null ? {} : { next_page_token: next }),
    };
  };

  return [
    ...route('searchDatasets', { experiment_ids: texts }, async ({ caller, project, asked: { experiment_ids: ids } }) => {
      if (ids.length === 0) throw invalid('SearchDatasets request must specify at least one experiment_id.');
      if (ids.length > datasetExperiments) {
        throw invalid(
          `SearchDatasets request cannot specify more than ${datasetExperiments} experiment_ids. Received ${ids.length} experiment_ids.`,
        );
      }
      const own = await Promise.all(ids.map(async (id) => (id === '0' ? (await runs.getExperiment(caller, project, id)).id : id)));
      const uses = await runs.datasetUses(caller, project, own);
      return list(
        'dataset_summaries',
        uses.map(({ experiment, dataset, digest, context }) => ({
          experiment_id: experiment,
          name: dataset,
          digest,
          ...filled({ context }),
        })),
      );
    }),
    ...route('createExperiment', { name: needed(text), artifact_location: text, tags: objects }, async ({ caller, project, asked }) => {
      assertLength('name', asked.name, limits.experimentName_chars);
      const tags = asked.tags.map((tag, at) => experimentTag(tag, `tags[${at}]`));
      const artifact_root = rootOf(asked.artifact_location);
      const experiment_id = await inWordsOf({ already_exists: `Experiment(name=${asked.name}) already exists.` }, () =>
        runs.createExperiment(caller, project, { name: asked.name, tags, ...placeOf(artifact_root) }),
      );
      return { experiment_id };
    }),
    ...route('getExperiment', { experiment_id: needed(text) }, async ({ caller, project, asked }) =>
      wireOf(await inExperiment(asked.experiment_id, (id) => runs.getExperiment(caller, project, id)), project),
    ),
    ...route('getExperimentByName', { experiment_name: needed(text) }, async ({ caller, project, asked }) => {
      const found = await runs.findExperiment(caller, project, asked.experiment_name);
      if (!found) throw refusal('RESOURCE_DOES_NOT_EXIST', `Could not find experiment with name '${asked.experiment_name}'`);
      return wireOf(found, project);
    }),
    ...route('searchExperiments', search, searching),
    ...route('searchExperimentsByGet', search, searching),
    ...route('updateExperiment', { experiment_id: needed(text), new_name: needed(text) }, async ({ caller, project, asked }) => {
      const { experiment_id, new_name } = asked;
      assertLength('name', new_name, limits.experimentName_chars);
      await inWordsOf({ experiment_not_active: refusal('INVALID_STATE', 'Cannot rename a non-active experiment.') }, () =>
        inExperiment(experiment_id, (id) => runs.renameExperiment(caller, project, id, new_name)),
      );
      return {};
    }),
    ...(['deleted', 'active'] as const).flatMap((lifecycle) =>
      route(
        lifecycle === 'deleted' ? 'deleteExperiment' : 'restoreExperiment',
        { experiment_id: needed(text) },
        async ({ caller, project, asked }) => {
          const { experiment_id } = asked;
          const found = await inExperiment(experiment_id, (id) => runs.getExperiment(caller, project, id));
          if (found.lifecycle === lifecycle) throw noExperiment(experiment_id);
          await runs.setExperimentLifecycle(caller, project, found.id, lifecycle);
          return {};
        },
      ),
    ),
    ...route(
      'setExperimentTag',
      { experiment_id: needed(text), key: needed(text), value: text },
      async ({ caller, project, asked, wire }) => {
        const tag = experimentTag(wire, '');
        await inExperiment(asked.experiment_id, (id) => runs.setExperimentTags(caller, project, id, [tag]));
        return {};
      },
    ),
    ...route('deleteExperimentTag', { experiment_id: needed(text), key: needed(text) }, async ({ caller, project, asked }) => {
      const { experiment_id, key } = asked;
      const { id } = await inExperiment(experiment_id, (one) => runs.getExperiment(caller, project, one));
      const told = { not_found: `No tag with name: ${key} in experiment with id ${experiment_id}`, ...notActive(experiment_id) };
      await inWordsOf(told, () => runs.deleteExperimentTag(caller, project, id, key));
      return {};
    }),
  ];
}

const noExperiment = (id: string) => refusal('RESOURCE_DOES_NOT_EXIST', `No Experiment with id=${id} exists`);

const notActive = (id: string) => ({
  experiment_not_active: `The experiment ${id} must be in the 'active' state. Current state is deleted.`,
});

/** Works on an experiment by its id, which is empty or 0 for the Default; says in MLflow's words what is wrong with it. */
export async function inExperiment<T>(asked: string, work: (id: string) => Promise<T>): Promise<T> {
  const id = asked === '' ? '0' : asked;
  if (!/^\s*[+-]?\d+\s*$/.test(id)) throw invalid(`Invalid experiment ID '${id}'. Experiment ID must be a valid integer.`);
  return inWordsOf({ not_found: () => noExperiment(id), ...notActive(id) }, () => work(id.trim()));
}

/** The text is stored and never opened; still it must not be one that a client would read as another place. */
function rootOf(uri: string): string {
  const root = uri.replace(/\/+$/, '');
  if (root.length > limits.artifactRoot_chars) {
    throw invalid(
      `Invalid artifact path length. The length of the artifact path cannot be greater than ${limits.artifactRoot_chars} characters.`,
    );
  }
  if (/^runs:/i.test(root)) throw invalid('Artifact locations cannot be runs:/ URIs.');
  if (/#|^(?:s?ftp|https?):.*;[^/]*$/i.test(root)) throw invalid("'artifact_location' URL can't include fragments or params.");
  if (/\?|\.\.|\\|%2e|%25/i.test(root))
    throw invalid(`Invalid artifact_location: '${root}'. It must be a URI without '..', '?' and escapes.`);
  return root;
}
