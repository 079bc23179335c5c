import type { Readable } from 'node:stream';
import { assertMay, type Caller } from '../../kernel/caller.ts';
import { failure } from '../../kernel/error.ts';
import type { Project } from '../../kernel/project.ts';
import type { KeyValue, LogBatch, MetricPoint, Run } from './run.ts';
import { tallyExperiments } from './run-table-store.ts';
import * as commands from './runs.ts';
import * as store from './runs-store.ts';
import * as views from './runs-views.ts';

export { type CodeCapture, codeDigests, type RunCode } from './code.ts';
export type { KeyValue, LatestMetric, LogBatch, MetricPoint, Run, RunStatus } from './run.ts';
export { createRunTable, type RunTable } from './run-table.ts';
export type { NewRun, RunChange, RunsDeps } from './runs.ts';
export type { Artifact, RunDetail, RunInput } from './runs-views.ts';

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
  createExperiment(caller: Caller, project: Project, name: string): Promise<string>;
  listExperiments(caller: Caller, project: Project): Promise<Experiment[]>;
  setExperimentLifecycle(caller: Caller, project: Project, id: string, lifecycle: 'active' | 'deleted'): Promise<void>;
  createRun(caller: Caller, project: Project, input: commands.NewRun): Promise<Run>;
  updateRun(caller: Caller, project: Project, id: string, change: commands.RunChange): Promise<Run>;
  setRunLifecycle(caller: Caller, project: Project, id: string, lifecycle: 'active' | 'deleted'): Promise<void>;
  logBatch(caller: Caller, project: Project, id: string, batch: LogBatch): Promise<void>;
  setTag(caller: Caller, project: Project, id: string, tag: KeyValue): Promise<void>;
  deleteTag(caller: Caller, project: Project, id: string, key: string): Promise<void>;
  setInputs(caller: Caller, project: Project, id: string, inputs: readonly views.RunInput[]): Promise<void>;
  putArtifact(caller: Caller, project: Project, id: string, artifact: { path: string; digest: string }): Promise<void>;
  getRun(caller: Caller, project: Project, id: string): Promise<views.RunDetail>;
  searchRuns(caller: Caller, project: Project, search: RunSearch): Promise<{ items: views.RunDetail[]; next: string | null }>;
  metricHistory(
    caller: Caller,
    project: Project,
    id: string,
    key: string,
    page: { after?: MetricPoint; limit: number },
  ): Promise<MetricPoint[]>;
  artifacts(caller: Caller, project: Project, id: string): Promise<views.Artifact[]>;
  openArtifact(caller: Caller, project: Project, id: string, path: string): Promise<{ artifact: views.Artifact; content: Readable }>;
  /** Digests of all blobs that runs name, for the sweep. */
  blobDigests(): Promise<string[]>;
}

export function createRuns(deps: commands.RunsDeps): Runs {
  const { read } = deps.database;
  return {
    createExperiment: (caller, project, name) => commands.createExperiment(deps, caller, project, name),
    async listExperiments(caller, project) {
      assertMay(caller, project, 'read');
      const [rows, tallies] = await Promise.all([
        store.listExperiments(read, project.id, 'active', 1000),
        tallyExperiments(read, project.id),
      ]);
      return rows.map(({ number, name, lifecycle, created_at_ms }) => {
        const { runs = 0, running = 0, newest_ms = null } = tallies.get(number) ?? {};
        return { id: String(number), name, lifecycle, created_at_ms, runs, running, newest_ms };
      });
    },
    setExperimentLifecycle: (caller, project, id, lifecycle) => commands.setExperimentLifecycle(deps, caller, project, id, lifecycle),
    createRun: (caller, project, input) => commands.createRun(deps, caller, project, input),
    updateRun: (caller, project, id, change) => commands.updateRun(deps, caller, project, id, change),
    setRunLifecycle: (caller, project, id, lifecycle) => commands.setRunLifecycle(deps, caller, project, id, lifecycle),
    logBatch: (caller, project, id, batch) => commands.logBatch(deps, caller, project, id, batch),
    setTag: (caller, project, id, tag) => commands.logBatch(deps, caller, project, id, { tags: [tag] }),
    deleteTag: (caller, project, id, key) => commands.deleteTag(deps, caller, project, id, key),
    setInputs: (caller, project, id, inputs) => commands.setInputs(deps, caller, project, id, inputs),
    putArtifact: (caller, project, id, artifact) => commands.putArtifact(deps, caller, project, id, artifact),
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
    async metricHistory(caller, project, id, key, page) {
      assertMay(caller, project, 'read');
      const run = await commands.existingRun(read, project, id);
      return views.selectHistory(read, run.number, key, page);
    },
    async artifacts(caller, project, id) {
      assertMay(caller, project, 'read');
      const run = await commands.existingRun(read, project, id);
      return views.selectArtifacts(read, run.number);
    },
    async openArtifact(caller, project, id, path) {
      assertMay(caller, project, 'read');
      const run = await commands.existingRun(read, project, id);
      const artifact = (await views.selectArtifacts(read, run.number)).find((one) => one.path === path);
      if (!artifact) throw failure('not_found', { what: `artifact of run ${id}`, name: path });
      return { artifact, content: (await deps.blobs.open(artifact.digest)).stream };
    },
    blobDigests: () => views.selectArtifactDigests(read),
  };
}

function toFilter({ experiment, execution_id, deleted, cursor, limit }: RunSearch): views.RunFilter {
  return {
    lifecycle: deleted ? 'deleted' : 'active',
    limit,
    ...(experiment === undefined ? {} : { experiment: Number(experiment) }),
    ...(execution_id === undefined ? {} : { execution_id }),
    ...(cursor === undefined ? {} : { after: readCursor(cursor) }),
  };
}

function readCursor(cursor: string): { started_at_ms: number; number: number } {
  const match = /^(\d{1,15})-(\d{1,15})$/.exec(cursor);
  if (!match)
    throw failure('invalid_input', {
      field: 'cursor',
      expected: 'the `next` of an earlier page',
      got: JSON.stringify(cursor.slice(0, 80)),
    });
  return { started_at_ms: Number(match[1]), number: Number(match[2]) };
}
