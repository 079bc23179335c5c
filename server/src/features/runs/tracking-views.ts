import { parsed } from '../../kernel/json.ts';
import type { Handle } from '../../platform/database/index.ts';
import type { RunRow } from './runs-store.ts';
import { type RunDetail, withDetail } from './runs-views.ts';

/** A run with what its client told of it beside what it logged. */
export interface TrackedRun extends RunDetail {
  /** As the client names it; nobody checked it. */
  readonly reported_user: string | null;
  /** Where clients keep the artifacts of the experiment themselves; null: here. */
  readonly artifact_root: string | null;
  readonly models: readonly RunModel[];
}

/** A logged model that a run read or made. */
export interface RunModel {
  readonly model_id: string;
  readonly direction: 'in' | 'out';
  readonly step: number;
}

/** For clients of other protocols, which want all of it in one answer. */
export async function withTracking(handle: Handle, rows: readonly RunRow[]): Promise<TrackedRun[]> {
  if (rows.length === 0) return [];
  const [details, inputs, models, roots] = await Promise.all([
    withDetail(handle, rows),
    inputsOf(handle, rows),
    modelsOf(handle, rows),
    rootsOf(handle, [...new Set(rows.map(({ experiment }) => Number(experiment)))]),
  ]);
  return details.map((run, at) => {
    const { number = 0, reported_user = null } = rows[at] ?? {};
    return {
      ...run,
      reported_user,
      artifact_root: roots.get(Number(run.experiment)) ?? null,
      inputs: run.inputs.length === 0 ? [] : (inputs.get(number) ?? []),
      models: models.get(number) ?? [],
    };
  });
}

const together = 5000;

async function inputsOf(handle: Handle, rows: readonly RunRow[]): Promise<Map<number, RunDetail['inputs'][number][]>> {
  const found = new Map<number, RunDetail['inputs'][number][]>();
  for (let from = 0; from < rows.length; from += together) {
    const numbers = rows.slice(from, from + together).map(({ number }) => number);
    const read = await handle
      .selectFrom('run_inputs')
      .innerJoin('runs', 'runs.number', 'run_inputs.run')
      .leftJoin('outside_datasets as told', (join) =>
        join
          .onRef('told.experiment', '=', 'runs.experiment')
          .onRef('told.name', '=', 'run_inputs.dataset')
          .onRef('told.digest', '=', 'run_inputs.digest'),
      )
      .select(['run', 'dataset', 'version', 'run_inputs.digest', 'context', 'tags'])
      .select(['source_type', 'source', 'schema', 'profile'])
      .where('run', 'in', numbers)
      .orderBy('run_inputs.dataset')
      .execute();
    for (const { run, tags, source_type, source, schema, profile, ...input } of read) {
      const outside = source_type === null || source === null ? {} : { outside: { source_type, source, schema, profile } };
      const list = found.get(run) ?? [];
      found.set(run, [...list, { ...input, ...outside, ...(tags === null ? {} : { tags: parsed(tags) }) }]);
    }
  }
  return found;
}

async function modelsOf(handle: Handle, rows: readonly RunRow[]): Promise<Map<number, RunModel[]>> {
  const found = new Map<number, RunModel[]>();
  for (let from = 0; from < rows.length; from += together) {
    const numbers = rows.slice(from, from + together).map(({ number }) => number);
    const read = await handle.selectFrom('run_models').selectAll().where('run', 'in', numbers).orderBy('step').execute();
    for (const { run, ...model } of read) found.set(run, [...(found.get(run) ?? []), model]);
  }
  return found;
}

async function rootsOf(handle: Handle, experiments: readonly number[]): Promise<Map<number, string>> {
  const rows = await handle
    .selectFrom('experiments')
    .select(['number', 'artifact_root'])
    .where('number', 'in', [...experiments])
    .where('artifact_root', 'is not', null)
    .execute();
  return new Map(rows.map(({ number, artifact_root }) => [number, artifact_root ?? '']));
}

/** A dataset that runs of an experiment read, and what for. */
export interface DatasetUse {
  readonly experiment: string;
  readonly dataset: string;
  readonly digest: string;
  readonly context: string;
}

export async function selectDatasetUses(
  handle: Handle,
  project_id: string,
  experiments: readonly number[],
  limit: number,
): Promise<DatasetUse[]> {
  if (experiments.length === 0) return [];
  const rows = await handle
    .selectFrom('run_inputs')
    .innerJoin('runs', 'runs.number', 'run_inputs.run')
    .select(['runs.experiment', 'run_inputs.dataset', 'run_inputs.digest', 'run_inputs.context'])
    .distinct()
    .where('runs.project_id', '=', project_id)
    .where('runs.experiment', 'in', [...experiments])
    .orderBy('runs.experiment')
    .orderBy('run_inputs.dataset')
    .orderBy('run_inputs.digest')
    .orderBy('run_inputs.context')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ ...row, experiment: String(row.experiment) }));
}
