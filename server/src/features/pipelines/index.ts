import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { assertMay, type Caller } from '../../kernel/caller.ts';
import { type Page, type PageAsk, pageOf, placeAt } from '../../kernel/pages.ts';
import type { Project } from '../../kernel/project.ts';
import type { Handle } from '../../platform/database/index.ts';
import type { Definition, DefinitionChange, ManagedBy } from '../../platform/definitions/index.ts';
import type { CodeCapture } from '../runs/index.ts';
import { setAppliedCode } from './applied-code.ts';
import type { Execution, StepRecord } from './execution.ts';
import { type ExecutorDeps, executeJobOf } from './executor.ts';
import { createStepLogs, type LogPage } from './logs.ts';
import { inOrder, type PipelineDefinition } from './pipeline.ts';
import * as commands from './pipelines.ts';
import * as store from './pipelines-store.ts';

export type { Execution, ExecutionState, StepRecord } from './execution.ts';
export type { EvaluateStep, FitStep, Param, PipelineDefinition, RunStep, SqlStep, StepDefinition } from './pipeline.ts';
export type { Start } from './pipelines.ts';

export type PipelinesOptions = Omit<ExecutorDeps, 'logs' | 'running'> & {
  /** Where the logs of steps are kept. */
  readonly logFolder: string;
};

/** Graphs of steps over frozen inputs. An execution is cached by content, resumed after a kill, and registers what it fitted. */
export interface Pipelines {
  define(caller: Caller, project: Project, name: string, definition: PipelineDefinition, managed_by: ManagedBy): Promise<DefinitionChange>;
  retire(caller: Caller, project: Project, name: string): Promise<void>;
  /** Keeps the state of the code that a project file was applied from; runs of pipelines with those files refer to it. */
  setCode(caller: Caller, project: Project, code: CodeCapture, files: Readonly<Record<string, PipelineDefinition['files']>>): Promise<void>;
  list(caller: Caller, project: Project): Promise<Definition<PipelineDefinition>[]>;
  start(caller: Caller, project: Project, input: commands.Start): Promise<Execution>;
  /** In the write of whoever decided it; `clock_ms` is the project's time. */
  startIn(tx: Handle, caller: Caller, project: Project, input: commands.Start & Pick<Execution, 'clock_ms'>): Promise<Execution>;
  rerun(caller: Caller, project: Project, execution: string): Promise<Execution>;
  cancel(caller: Caller, project: Project, execution: string): Promise<Execution>;
  execution(caller: Caller, project: Project, id: string): Promise<{ execution: Execution; steps: StepRecord[] }>;
  /** Newest first. */
  executions(caller: Caller, project: Project, asked?: { readonly pipeline?: string } & Partial<PageAsk>): Promise<Page<Execution>>;
  /** The execution of a pipeline that runs or waits, if there is one. */
  live(project: Project, pipeline: string): Promise<Execution | null>;
  /** CPU-hours used since a moment of the project's time. */
  cpuHoursSince(project: Project, pipeline: string, since_ms: number): Promise<number>;
  /** Of the newest attempt, if none is named. */
  logs(caller: Caller, project: Project, id: string, step: string, from: number, attempt?: number): Promise<LogPage>;
  blobDigests(): Promise<string[]>;
}

const _listLimit = 200;

export function createPipelines(options: PipelinesOptions): Pipelines {
  emptyFolder(options.folder);
  const { database, jobs } = options;
  const deps: ExecutorDeps = { ...options, logs: createStepLogs({ folder: options.logFolder, clock: options.clock }), running: new Map() };
  const definitions = commands.pipelineDefinitions(deps);
  jobs.define([executeJobOf(deps)]);
  return {
    define: (caller, project, name, definition, managed_by) => commands.define(deps, caller, project, name, definition, managed_by),
    async retire(caller, project, name) {
      assertMay(caller, project, 'write');
      await database.write((tx) => definitions.retireIn(tx, caller, project, name));
    },
    setCode: (caller, project, code, files) => setAppliedCode(deps, caller, project, code, files),
    async list(caller, project) {
      assertMay(caller, project, 'read');
      return definitions.list(project);
    },
    start: (caller, project, input) => commands.start(deps, caller, project, input),
    startIn: (tx, caller, project, input) => commands.startIn(deps, tx, caller, project, input),
    rerun: (caller, project, id) => commands.rerun(deps, caller, project, id),
    async cancel(caller, project, id) {
      const cancelled = await commands.cancel(deps, caller, project, id);
      deps.running.get(id)?.abort();
      return cancelled;
    },
    async execution(caller, project, id) {
      assertMay(caller, project, 'read');
      const execution = await commands.existing(database.read, project, id);
      return { execution, steps: await stepsInOrder(deps, execution) };
    },
    async executions(caller, project, { cursor, limit = 200, ...filter } = {}) {
      assertMay(caller, project, 'read');
      const after = cursor === undefined ? {} : { after: placeAt(cursor) };
      const items = await store.listExecutions(database.read, project.id, { ...filter, ...after, limit });
      return pageOf(items, limit, (last) => `${last.created_at_ms}-${last.id}`);
    },
    live: (project, pipeline) => store.liveExecution(database.read, project.id, pipeline),
    cpuHoursSince: async (project, pipeline, since_ms) => (await store.cpuSince(database.read, project.id, pipeline, since_ms)) / 3_600_000,
    async logs(caller, project, id, step, from, attempt) {
      assertMay(caller, project, 'read');
      await commands.existing(database.read, project, id);
      const record = (await store.listSteps(database.read, id)).find((one) => one.name === step);
      return record ? deps.logs.read(id, step, attempt ?? record.attempts, from) : { text: '', next: from };
    },
    blobDigests: () => store.listBlobDigests(database.read),
  };
}

async function stepsInOrder({ database }: ExecutorDeps, execution: Execution): Promise<StepRecord[]> {
  const steps = new Map((await store.listSteps(database.read, execution.id)).map((step) => [step.name, step]));
  return inOrder(execution.definition).flatMap((name) => steps.get(name) ?? []);
}

/** Work that a killed server left half-done. */
function emptyFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(folder)) if (/^(step-|tmp_)\w+/.test(name)) rmSync(join(folder, name), { recursive: true, force: true });
}
