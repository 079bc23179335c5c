import type { Readable } from 'node:stream';
import { assertMay, type Caller } from '../../kernel/caller.ts';
import { failure } from '../../kernel/error.ts';
import { readCursor } from '../../kernel/pages.ts';
import type { Project } from '../../kernel/project.ts';
import type { Range } from '../../platform/blobs/index.ts';
import { searchPage } from '../../platform/database/index.ts';
import * as artifacts from './artifacts.ts';
import { contextOf, type RunsContext, type RunsDeps } from './context.ts';
import * as experiments from './experiments.ts';
import { type ExperimentQuery, selectExperiments } from './experiments-query-store.ts';
import { listExperiments, selectExperimentTags } from './experiments-store.ts';
import { type MetricColumns, selectHistory, selectWholeHistory } from './history-store.ts';
import * as logged from './logged-models.ts';
import { type LoggedModelQuery, selectLoggedModels } from './logged-models-query-store.ts';
import { deleteLoggedModelFiles, type LoggedModelStatus, selectLoggedModelDigests, selectLoggedModelFiles } from './logged-models-store.ts';
import type { KeyValue, LogBatch, MetricPoint, Run } from './run.ts';
import { queryRuns, type RunQuery } from './run-query.ts';
import { tallyExperiments } from './run-table-store.ts';
import * as commands from './runs.ts';
import type { ExperimentRow } from './runs-store.ts';
import * as views from './runs-views.ts';
import { selectSamples } from './samples-store.ts';
import { type DatasetUse, type RunModel, selectDatasetUses, type TrackedRun, withTracking } from './tracking-views.ts';

export { type CodeCapture, codeDigests, type RunCode } from './code.ts';
export type { RunsDeps } from './context.ts';
export type { NewExperiment } from './experiments.ts';
export type { MetricColumns } from './history-store.ts';
export type { LoggedModel, LoggedModelMetric, NewLoggedModel } from './logged-models.ts';
export type { LoggedModelField, LoggedModelQuery } from './logged-models-query-store.ts';
export type { LoggedModelStatus } from './logged-models-store.ts';
export type { KeyValue, LatestMetric, LogBatch, MetricPoint, ModelPoint, Run, RunStatus } from './run.ts';
export type { RunField, RunQuery, RunTest } from './run-query.ts';
export { createRunTable, type RunTable } from './run-table.ts';
export type { NewRun, RunChange } from './runs.ts';
export type { Artifact, OutsideDataset, RunDetail, RunInput } from './runs-views.ts';
export type { DatasetUse, RunModel, TrackedRun } from './tracking-views.ts';

export interface Experiment {
  readonly id: string;
  readonly name: string;
  readonly lifecycle: 'active' | 'deleted';
  readonly created_at_ms: number;
  /** How many runs it has, how many of them go on, and when the newest was started. */
  readonly runs: number;
  readonly running: number;
  readonly newest_ms: number | null;
}

/** An experiment with what clients say of it. */
export interface TrackedExperiment {
  readonly id: string;
  readonly name: string;
  readonly lifecycle: 'active' | 'deleted';
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
  readonly artifact_root: string | null;
  readonly tags: readonly KeyValue[];
}

/** Newest first, in what is equal. */
export interface TrackedExperimentSearch extends ExperimentQuery {
  /** From the last page's `next`. */
  readonly cursor?: string;
  readonly limit: number;
}

export interface RunSearch {
  readonly experiment?: string;
  readonly execution_id?: string;
  readonly deleted?: boolean;
  /** From the last page's `next`. */
  readonly cursor?: string;
  readonly limit: number;
}

/** Experiments and their runs: what was tried, with which params, how it went, what it left behind. */
export interface Runs {
  createExperiment(caller: Caller, project: Project, input: experiments.NewExperiment): Promise<string>;
  /** Id 0 is the Default of the project, which is made when it is first asked for. */
  getExperiment(caller: Caller, project: Project, id: string): Promise<TrackedExperiment>;
  findExperiment(caller: Caller, project: Project, name: string): Promise<TrackedExperiment | null>;
  searchExperiments(
    caller: Caller,
    project: Project,
    search: TrackedExperimentSearch,
  ): Promise<{ items: TrackedExperiment[]; next: string | null }>;
  renameExperiment(caller: Caller, project: Project, id: string, name: string): Promise<void>;
  setExperimentTags(caller: Caller, project: Project, id: string, tags: readonly KeyValue[]): Promise<void>;
  deleteExperimentTag(caller: Caller, project: Project, id: string, key: string): Promise<void>;
  listExperiments(caller: Caller, project: Project): Promise<Experiment[]>;
  setExperimentLifecycle(caller: Caller, project: Project, id: string, lifecycle: 'active' | 'deleted'): Promise<void>;
  createRun(caller: Caller, project: Project, input: commands.NewRun): Promise<Run>;
  updateRun(caller: Caller, project: Project, id: string, change: commands.RunChange): Promise<Run>;
  /** As `updateRun`, for who wants to know which user the client named. */
  changeRun(caller: Caller, project: Project, id: string, change: commands.RunChange): Promise<commands.ChangedRun>;
  setRunLifecycle(caller: Caller, project: Project, id: string, lifecycle: 'active' | 'deleted'): Promise<void>;
  logBatch(caller: Caller, project: Project, id: string, batch: LogBatch): Promise<void>;
  setTag(caller: Caller, project: Project, id: string, tag: KeyValue): Promise<void>;
  deleteTag(caller: Caller, project: Project, id: string, key: string): Promise<void>;
  /** With the logged models that it read or made. */
  setInputs(caller: Caller, project: Project, id: string, inputs: readonly views.RunInput[], models?: readonly RunModel[]): Promise<void>;
  putArtifact(caller: Caller, project: Project, id: string, artifact: { path: string; digest: string }): Promise<void>;
  getRun(caller: Caller, project: Project, id: string): Promise<views.RunDetail>;
  searchRuns(caller: Caller, project: Project, search: RunSearch): Promise<{ items: views.RunDetail[]; next: string | null }>;
  /** Without anything that it logged. */
  findRun(caller: Caller, project: Project, id: string): Promise<Run>;
  /** The datasets that it read. */
  inputs(caller: Caller, project: Project, id: string): Promise<views.RunInput[]>;
  /** With what its client told of it. */
  trackedRun(caller: Caller, project: Project, id: string): Promise<TrackedRun>;
  queryRuns(caller: Caller, project: Project, query: RunQuery): Promise<{ items: TrackedRun[]; next: string | null }>;
  /** The datasets that runs of some experiments read, each once for each use; at most 1,000. */
  datasetUses(caller: Caller, project: Project, experiments: readonly string[]): Promise<DatasetUse[]>;
  deleteArtifacts(caller: Caller, project: Project, id: string, path: string): Promise<void>;
  readonly loggedModels: LoggedModels;
  /** By timestamp, step and value. */
  metricHistory(
    caller: Caller,
    project: Project,
    id: string,
    key: string,
    page: { after?: MetricPoint; limit: number },
  ): Promise<MetricPoint[]>;
  /** All points of a key, in the same order. */
  wholeHistory(caller: Caller, project: Project, id: string, key: string): Promise<MetricColumns>;
  /** Points of one key, evenly by row over all of them (or over a range of steps), the first and the last always among them. */
  metricSamples(
    caller: Caller,
    project: Project,
    id: string,
    key: string,
    how: { readonly most: number; readonly from?: number; readonly to?: number },
  ): Promise<MetricPoint[]>;
  artifacts(caller: Caller, project: Project, id: string): Promise<views.Artifact[]>;
  openArtifact(
    caller: Caller,
    project: Project,
    id: string,
    path: string,
    range?: Partial<Range>,
  ): Promise<{ artifact: views.Artifact; content: Readable }>;
  /** Digests of all blobs that runs name, for the sweep. */
  blobDigests(): Promise<string[]>;
}

/** Models that runs logged, before anybody registers them. */
export interface LoggedModels {
  create(caller: Caller, project: Project, input: logged.NewLoggedModel): Promise<logged.LoggedModel>;
  get(caller: Caller, project: Project, id: string, how?: { readonly deleted?: boolean }): Promise<logged.LoggedModel>;
  search(
    caller: Caller,
    project: Project,
    query: Omit<LoggedModelQuery, 'after'> & { readonly cursor?: string },
  ): Promise<{ items: logged.LoggedModel[]; next: string | null }>;
  finish(caller: Caller, project: Project, id: string, status: LoggedModelStatus): Promise<logged.LoggedModel>;
  delete(caller: Caller, project: Project, id: string): Promise<void>;
  setTags(caller: Caller, project: Project, id: string, tags: readonly KeyValue[]): Promise<void>;
  deleteTag(caller: Caller, project: Project, id: string, key: string): Promise<void>;
  addParams(caller: Caller, project: Project, id: string, params: readonly KeyValue[]): Promise<void>;
  files(caller: Caller, project: Project, id: string): Promise<views.Artifact[]>;
  putFile(caller: Caller, project: Project, id: string, file: { readonly path: string; readonly digest: string }): Promise<void>;
  openFile(
    caller: Caller,
    project: Project,
    id: string,
    path: string,
    range?: Partial<Range>,
  ): Promise<{ artifact: views.Artifact; content: Readable }>;
  deleteFiles(caller: Caller, project: Project, id: string, path: string): Promise<void>;
}

export function createRuns(given: RunsDeps): Runs {
  const deps = contextOf(given);
  const { read } = deps.database;
  const withTags = async (rows: readonly ExperimentRow[]): Promise<TrackedExperiment[]> => {
    const tags = await selectExperimentTags(
      read,
      rows.map(({ number }) => number),
    );
    return rows.map(({ number, project_id: _, ...row }) => ({
      ...row,
      id: String(number),
      tags: tags.get(number) ?? [],
    }));
  };
  return {
    createExperiment: (caller, project, input) => experiments.createExperiment(deps, caller, project, input),
    async getExperiment(caller, project, id) {
      assertMay(caller, project, 'read');
      if (id === '0') await experiments.ensureDefault(deps, caller, project);
      const [found] = await withTags([await experiments.existingExperiment(read, project, id)]);
      if (!found) throw failure('not_found', { what: 'experiment', name: id });
      return found;
    },
    async findExperiment(caller, project, name) {
      assertMay(caller, project, 'read');
      if (name === experiments.defaultExperimentName) await experiments.ensureDefault(deps, caller, project);
      const found = await experiments.named(read, project, name);
      return found ? ((await withTags([found]))[0] ?? null) : null;
    },
    async searchExperiments(caller, project, { cursor, limit, ...query }) {
      assertMay(caller, project, 'read');
      await experiments.ensureDefault(deps, caller, project);
      const { rows, next } = await searchPage(query, { cursor, limit }, (after, most) =>
        selectExperiments(read, deps.database.profile, project.id, { ...query, after, limit: most }),
      );
      return { items: await withTags(rows), next };
    },
    renameExperiment: (caller, project, id, name) => experiments.renameExperiment(deps, caller, project, id, name),
    setExperimentTags: (caller, project, id, tags) => experiments.setExperimentTags(deps, caller, project, id, tags),
    deleteExperimentTag: (caller, project, id, key) => experiments.deleteExperimentTag(deps, caller, project, id, key),
    async listExperiments(caller, project) {
      assertMay(caller, project, 'read');
      const [rows, tallies] = await Promise.all([listExperiments(read, project.id, 'active', 1000), tallyExperiments(read, project.id)]);
      return rows.map(({ number, name, lifecycle, created_at_ms }) => {
        const { runs = 0, running = 0, newest_ms = null } = tallies.get(number) ?? {};
        return { id: String(number), name, lifecycle, created_at_ms, runs, running, newest_ms };
      });
    },
    setExperimentLifecycle: (caller, project, id, lifecycle) => experiments.setExperimentLifecycle(deps, caller, project, id, lifecycle),
    createRun: (caller, project, input) => commands.createRun(deps, caller, project, input),
    async updateRun(caller, project, id, change) {
      const { reported_user: _, ...run } = await commands.updateRun(deps, caller, project, id, change);
      return run;
    },
    changeRun: (caller, project, id, change) => commands.updateRun(deps, caller, project, id, change),
    setRunLifecycle: (caller, project, id, lifecycle) => commands.setRunLifecycle(deps, caller, project, id, lifecycle),
    logBatch: (caller, project, id, batch) => commands.logBatch(deps, caller, project, id, batch),
    setTag: (caller, project, id, tag) => commands.logBatch(deps, caller, project, id, { tags: [tag] }),
    deleteTag: (caller, project, id, key) => commands.deleteTag(deps, caller, project, id, key),
    setInputs: (caller, project, id, inputs, models) => commands.setInputs(deps, caller, project, id, inputs, models),
    putArtifact: (caller, project, id, artifact) => artifacts.putArtifact(deps, caller, project, id, artifact),
    async getRun(caller, project, id) {
      assertMay(caller, project, 'read');
      const [run] = await views.withDetail(read, [await commands.existingRun(read, project, id)]);
      if (!run) throw failure('not_found', { what: 'run', name: id });
      return run;
    },
    async searchRuns(caller, project, search) {
      assertMay(caller, project, 'read');
      const rows = await views.selectRuns(read, project.id, toFilter(search));
      const last = rows.length === search.limit ? rows.at(-1) : undefined;
      return { items: await views.withDetail(read, rows), next: last ? `${last.started_at_ms}-${last.number}` : null };
    },
    async findRun(caller, project, id) {
      assertMay(caller, project, 'read');
      const { number: _, project_id: __, reported_user: ___, ...run } = await commands.existingRun(read, project, id);
      return run;
    },
    async inputs(caller, project, id) {
      assertMay(caller, project, 'read');
      return views.selectInputs(read, (await commands.existingRun(read, project, id)).number);
    },
    async trackedRun(caller, project, id) {
      assertMay(caller, project, 'read');
      const [run] = await withTracking(read, [await commands.existingRun(read, project, id)]);
      if (!run) throw failure('not_found', { what: 'run', name: id });
      return run;
    },
    queryRuns: (caller, project, query) => queryRuns(deps.database, caller, project, query),
    async datasetUses(caller, project, ids) {
      assertMay(caller, project, 'read');
      const numbers = ids.filter((id) => /^\d{1,15}$/.test(id)).map(Number);
      return selectDatasetUses(read, project.id, numbers, datasetUsesLimit);
    },
    deleteArtifacts: (caller, project, id, path) => artifacts.deleteArtifacts(deps, caller, project, id, path),
    loggedModels: loggedModelsOf(deps),
    async metricHistory(caller, project, id, key, page) {
      assertMay(caller, project, 'read');
      const run = await commands.existingRun(read, project, id);
      return selectHistory(read, run.number, key, page);
    },
    async wholeHistory(caller, project, id, key) {
      assertMay(caller, project, 'read');
      const run = await commands.existingRun(read, project, id);
      return selectWholeHistory(read, run.number, key);
    },
    async metricSamples(caller, project, id, key, how) {
      assertMay(caller, project, 'read');
      const run = await commands.existingRun(read, project, id);
      return selectSamples(read, run.number, key, how);
    },
    async artifacts(caller, project, id) {
      assertMay(caller, project, 'read');
      const run = await commands.existingRun(read, project, id);
      return views.selectArtifacts(read, run.number);
    },
    async openArtifact(caller, project, id, path, range) {
      assertMay(caller, project, 'read');
      const run = await commands.existingRun(read, project, id);
      const artifact = await views.findArtifact(read, run.number, path);
      if (!artifact) throw failure('not_found', { what: `artifact of run ${id}`, name: path });
      return { artifact, content: (await deps.blobs.open(artifact.digest, range)).stream };
    },
    async blobDigests() {
      const found = await Promise.all([views.selectArtifactDigests(read), selectLoggedModelDigests(read)]);
      return [...new Set(found.flat())];
    },
  };
}

const datasetUsesLimit = 1000;

function loggedModelsOf(deps: RunsContext): LoggedModels {
  const { read, profile } = deps.database;
  return {
    create: (caller, project, input) => logged.createLoggedModel(deps, caller, project, input),
    async get(caller, project, id, how) {
      assertMay(caller, project, 'read');
      return logged.loggedModel(read, project, id, how);
    },
    async search(caller, project, { cursor, limit, ...query }) {
      assertMay(caller, project, 'read');
      const { rows, next } = await searchPage(query, { cursor, limit }, (after, most) =>
        selectLoggedModels(read, profile, project.id, { ...query, after, limit: most }),
      );
      return { items: await logged.withParts(read, rows), next };
    },
    finish: (caller, project, id, status) => logged.finishLoggedModel(deps, caller, project, id, status),
    delete: (caller, project, id) => logged.deleteLoggedModel(deps, caller, project, id),
    setTags: (caller, project, id, tags) => logged.setLoggedModelTags(deps, caller, project, id, tags),
    deleteTag: (caller, project, id, key) => logged.deleteLoggedModelTag(deps, caller, project, id, key),
    addParams: (caller, project, id, params) => logged.addLoggedModelParams(deps, caller, project, id, params),
    async files(caller, project, id) {
      assertMay(caller, project, 'read');
      return selectLoggedModelFiles(read, (await logged.existingLoggedModel(read, project, id, { deleted: true })).number);
    },
    putFile: (caller, project, id, file) => logged.putLoggedModelFile(deps, caller, project, id, file),
    async openFile(caller, project, id, path, range) {
      assertMay(caller, project, 'read');
      return logged.openLoggedModelFile(deps, project, id, path, range);
    },
    async deleteFiles(caller, project, id, path) {
      assertMay(caller, project, 'write');
      await deps.database.write(async (tx) => {
        const { number } = await logged.existingLoggedModel(tx, project, id, { deleted: true });
        const below = (await selectLoggedModelFiles(tx, number))
          .map((file) => file.path)
          .filter((one) => one === path || one.startsWith(`${path}/`));
        if (below.length > 0) await deleteLoggedModelFiles(tx, number, below);
      });
    },
  };
}

function toFilter({ experiment, execution_id, deleted, cursor, limit }: RunSearch): views.RunFilter {
  return {
    lifecycle: deleted ? 'deleted' : 'active',
    limit,
    ...(experiment === undefined ? {} : { experiment: Number(experiment) }),
    ...(execution_id === undefined ? {} : { execution_id }),
    ...(cursor === undefined ? {} : { after: runAt(cursor) }),
  };
}

function runAt(cursor: string): { started_at_ms: number; number: number } {
  const [started_at_ms, number] = readCursor(cursor, /^(\d{1,15})-(\d{1,15})$/);
  return { started_at_ms: Number(started_at_ms), number: Number(number) };
}
