import type { RunChange, RunModel, TrackedRun } from '../../features/runs/index.ts';
import type { Caller } from '../../kernel/caller.ts';
import { SlipwayError } from '../../kernel/error.ts';
import type { Project } from '../../kernel/project.ts';
import type { Route } from '../../platform/http/index.ts';
import { linkInputs } from './dataset-source.ts';
import { inExperiment } from './experiments-routes.ts';
import { inputsOf } from './inputs-wire.ts';
import { limits } from './names.ts';
import { historyTag, withModel } from './old-models.ts';
import { invalid, inWordsOf, refusal } from './refusal.ts';
import type { MlflowDeps, Routing } from './routing.ts';
import { infoWire, list, runNameTag, runWire, statusNames, statusOf, takeName } from './runs-mapping.ts';
import { runQueryOf } from './runs-search.ts';
import { batchOf, metricOf, paramOf, runsPageSize, tagOf, type WireBatch } from './runs-wire.ts';
import { double, integer, maybeText, needed, objects, oneOf, read, text, texts, type Wire } from './wire.ts';

const run_id = needed(text);

/** Says in MLflow's words what is wrong with a run. */
export function inRun<T>(id: string, work: () => Promise<T>): Promise<T> {
  const told = {
    not_found: `Run with id=${id} not found`,
    run_not_active: `The run ${id} must be in the 'active' state. Current state is deleted.`,
  };
  return inWordsOf(told, work);
}

export function runsRoutes(deps: MlflowDeps, { route }: Routing): Route[] {
  const { runs, clock } = deps;
  const log = logging(deps);
  const rootOf = artifactRoots(deps);
  const models = (wires: readonly Wire[], direction: 'in' | 'out'): RunModel[] =>
    wires.map((wire) => {
      const { model_id, step } = read(wire, { model_id: text, step: integer });
      return { model_id, direction, step: step ?? 0 };
    });

  return [
    ...route(
      'createRun',
      { experiment_id: text, user_id: text, run_name: text, start_time: integer, tags: objects },
      async ({ caller, project, asked }) => {
        const { name: tagged, tags } = takeName(asked.tags.map((tag, at) => tagOf(tag, `tags[${at}]`)));
        if (asked.run_name !== '' && tagged && tagged !== asked.run_name) {
          throw invalid(
            `Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values (run_name='${asked.run_name}', mlflow.runName='${tagged}').`,
          );
        }
        const name = asked.run_name || tagged || '';
        const made = await inExperiment(asked.experiment_id, (experiment) =>
          runs.createRun(caller, project, {
            experiment,
            ...(name === '' ? {} : { name }),
            started_at_ms: asked.start_time ?? clock.now(),
            tags,
            reported_user: asked.user_id,
          }),
        );
        const kept = [...new Map(tags.map((tag) => [tag.key, tag])).values()];
        const nothing = { params: [], metrics: [], inputs: [], models: [], code: null };
        const artifact_root = await rootOf(caller, project, made.experiment);
        const { outputs: _, ...run } = runWire({ ...made, ...nothing, tags: kept, reported_user: asked.user_id, artifact_root });
        return { run };
      },
    ),
    ...route('getRun', { run_id }, async ({ caller, project, asked }) => ({
      run: runWire(await inRun(asked.run_id, () => runs.trackedRun(caller, project, asked.run_id))),
    })),
    ...route(
      'updateRun',
      { run_id, status: oneOf(...statusNames), end_time: integer, run_name: maybeText },
      async ({ caller, project, asked }) => {
        const change: RunChange = {
          ...(asked.status === null ? {} : { status: statusOf(asked.status) }),
          ...(asked.end_time === null ? {} : { ended_at_ms: asked.end_time }),
          ...(asked.run_name ? { name: asked.run_name } : {}),
        };
        const run = await inRun(asked.run_id, () => runs.changeRun(caller, project, asked.run_id, change));
        return { run_info: infoWire({ ...run, artifact_root: await rootOf(caller, project, run.experiment) }) };
      },
    ),
    ...(['deleted', 'active'] as const).flatMap((lifecycle) =>
      route(lifecycle === 'deleted' ? 'deleteRun' : 'restoreRun', { run_id }, async ({ caller, project, asked }) => {
        await inRun(asked.run_id, () => runs.setRunLifecycle(caller, project, asked.run_id, lifecycle));
        return {};
      }),
    ),
    ...route(
      'searchRuns',
      {
        experiment_ids: texts,
        filter: text,
        run_view_type: oneOf('ACTIVE_ONLY', 'DELETED_ONLY', 'ALL'),
        max_results: integer,
        order_by: texts,
        page_token: text,
      },
      async ({ caller, project, asked }) => searched(await search(deps, caller, project, asked)),
    ),
    ...route('logMetric', { run_id, key: needed(text), value: needed(double), timestamp: needed(integer) }, async (incoming) => {
      const metrics = [metricOf(incoming.wire, '')];
      await log(incoming, incoming.asked.run_id, { metrics, params: [], tags: [] });
      return {};
    }),
    ...route('logParam', { run_id, key: needed(text), value: text }, async (incoming) => {
      await log(incoming, incoming.asked.run_id, { metrics: [], params: [paramOf(incoming.wire, '')], tags: [] }, 'one');
      return {};
    }),
    ...route('setTag', { run_id, key: needed(text), value: text }, async (incoming) => {
      await log(incoming, incoming.asked.run_id, { metrics: [], params: [], tags: [tagOf(incoming.wire, '')] });
      return {};
    }),
    ...route('logBatch', { run_id, metrics: objects, params: objects, tags: objects }, async (incoming) => {
      const { asked } = incoming;
      await log(incoming, asked.run_id, batchOf(asked.metrics, asked.params, asked.tags));
      return {};
    }),
    ...route('deleteTag', { run_id, key: needed(text) }, async ({ caller, project, asked }) => {
      await inRun(asked.run_id, () => runs.getRun(caller, project, asked.run_id));
      // The name of a run is no tag here, and a run always has one.
      if (asked.key === runNameTag) return {};
      const told = {
        not_found: `No tag with name: ${asked.key} in run with id ${asked.run_id}`,
        invalid_input: `No tag with name: ${asked.key} in run with id ${asked.run_id}`,
      };
      await inRun(asked.run_id, () => inWordsOf(told, () => runs.deleteTag(caller, project, asked.run_id, asked.key)));
      return {};
    }),
    ...route('logInputs', { run_id, datasets: objects, models: objects }, async ({ caller, project, asked, host }) => {
      const inputs = await linkInputs(deps.datasets, inputsOf(asked.datasets), { host, project });
      await inRun(asked.run_id, async () => {
        await runs.setInputs(caller, project, asked.run_id, inputs, models(asked.models, 'in'));
      });
      return {};
    }),
    ...route('logOutputs', { run_id, models: needed(objects) }, async ({ caller, project, asked }) => {
      await inRun(asked.run_id, () => runs.setInputs(caller, project, asked.run_id, [], models(asked.models, 'out')));
      return {};
    }),
    ...route('logModel', { run_id, model_json: needed(text) }, async (incoming) => {
      const { caller, project, asked } = incoming;
      const run = await inRun(asked.run_id, () => runs.getRun(caller, project, asked.run_id));
      const value = withModel(run.tags.find(({ key }) => key === historyTag)?.value, asked.model_json);
      const tags = [{ key: historyTag, value: value.slice(0, limits.tagValue_chars) }];
      await log(incoming, asked.run_id, { metrics: [], params: [], tags });
      return {};
    }),
  ];
}

const rootsKept = 10_000;

/** Where the artifacts of an experiment are never changes, and every run that begins or ends asks for it. */
function artifactRoots({ runs }: MlflowDeps) {
  const known = new Map<string, string | null>();
  return async function rootOf(caller: Caller, project: Project, experiment: string): Promise<string | null> {
    const found = known.get(experiment);
    if (found !== undefined) return found;
    const { artifact_root } = await runs.getExperiment(caller, project, experiment);
    if (known.size >= rootsKept) known.clear();
    known.set(experiment, artifact_root);
    return artifact_root;
  };
}

const experimentsMost = 10_000;
interface SearchWire {
  readonly experiment_ids: readonly string[];
  readonly filter: string;
  readonly run_view_type: 'ACTIVE_ONLY' | 'DELETED_ONLY' | 'ALL' | null;
  readonly max_results: number | null;
  readonly order_by: readonly string[];
  readonly page_token: string;
}

export async function search({ runs }: Pick<MlflowDeps, 'runs'>, caller: Caller, project: Project, asked: SearchWire) {
  const query = runQueryOf({ ...asked, view: asked.run_view_type ?? 'ACTIVE_ONLY', max_results: runsPageSize(asked.max_results) });
  if (query.experiments.length > experimentsMost) {
    throw invalid(`A search takes at most ${experimentsMost} experiments. Got ${query.experiments.length}.`);
  }
  const own = await Promise.all(
    // Id 0 is the Default of the caller's project, whatever number it has.
    query.experiments.map(async (id) => (id === '0' ? (await runs.getExperiment(caller, project, '0')).id : id)),
  );
  const told = { invalid_input: 'Invalid page token: it is not of this search, or no page token at all.' };
  return inWordsOf(told, () => runs.queryRuns(caller, project, { ...query, experiments: own }));
}

function searched({ items, next }: { items: TrackedRun[]; next: string | null }) {
  return { ...list('runs', items.map(runWire)), ...(next === null ? {} : { next_page_token: next }) };
}

/** One batch in one write: all of it is kept or none. The name of a run comes as a tag, and points of a model are the model's too. */
function logging({ runs }: MlflowDeps) {
  return async function log(
    { caller, project }: { readonly caller: Caller; readonly project: Project },
    id: string,
    { metrics, params, tags: sent }: WireBatch,
    params_come: 'one' | 'many' = 'many',
  ): Promise<void> {
    const { name, tags } = takeName(sent);
    const modelMetrics = metrics.filter(({ model_id }) => model_id !== '');
    await inRun(id, async () => {
      try {
        await runs.logBatch(caller, project, id, { metrics, params, tags, modelMetrics, ...(name ? { name } : {}) });
      } catch (error) {
        throw error instanceof SlipwayError ? inBatch(error, id, params_come) : error;
      }
    });
  };
}

/** What is wrong with a part of a batch, and not with its run. */
function inBatch(error: SlipwayError, run: string, come: 'one' | 'many'): SlipwayError {
  const { logged_model } = error.details;
  if (typeof logged_model === 'string') return refusal('RESOURCE_DOES_NOT_EXIST', `Logged model with ID '${logged_model}' not found.`);
  return error.code === 'param_already_set' ? paramChanged(error, run, come) : error;
}

function paramChanged({ details }: SlipwayError, run: string, come: 'one' | 'many'): SlipwayError {
  const { key, old, value } = details;
  const why =
    come === 'one'
      ? `Param with key='${String(key)}' was already logged with value='${String(old)}' for run ID='${run}'. Attempted logging new value '${String(value)}'.`
      : `Params were already logged='[{'key': '${String(key)}', 'old_value': '${String(old)}', 'new_value': '${String(value)}'}]' for run ID='${run}'.`;
  return refusal('INVALID_PARAMETER_VALUE', `Changing param values is not allowed. ${why}`);
}
