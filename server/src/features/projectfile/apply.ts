import { assertMay, type Caller } from '../../kernel/caller.ts';
import { canonicalJson } from '../../kernel/digest.ts';
import { failure } from '../../kernel/error.ts';
import type { Project } from '../../kernel/project.ts';
import type { WorkerChild } from '../../platform/compute/index.ts';
import type { Database } from '../../platform/database/index.ts';
import type { Definitions } from '../../platform/definitions/index.ts';
import type { Events } from '../../platform/events/index.ts';
import type { CodeCapture } from '../runs/index.ts';
import type { ProjectFile } from './definitions.ts';
import { type Change, type CurrentState, describePlan, type Kind, kinds, planChanges, settingsOf } from './plan.ts';
import { describeProblem } from './problem.ts';
import type { Parsed } from './projectfile.ts';

/** How one kind of definition is written and retired; the door of its room does the checking. */
export interface Keeper {
  define(caller: Caller, project: Project, name: string, definition: unknown): Promise<unknown>;
  retire(caller: Caller, project: Project, name: string): Promise<void>;
}

export interface ProjectfileDeps {
  readonly database: Database;
  readonly events: Events;
  readonly definitions: Definitions;
  readonly child: WorkerChild;
  readonly keepers: Readonly<Record<Exclude<Kind, 'project'>, Keeper>>;
  readonly setProject: (caller: Caller, project: Project, settings: { clock?: 'wall' | 'data'; zone?: string }) => Promise<Project>;
  readonly setCode: (caller: Caller, project: Project, code: CodeCapture, files: ApplyInput['pipeline_files']) => Promise<void>;
  readonly addDatasetVersion: (
    caller: Caller,
    project: Project,
    input: { dataset: string; files: readonly { path: string; digest: string }[] },
  ) => Promise<number>;
}

export interface ApplyInput {
  readonly text: string;
  readonly dataset_files: Readonly<Record<string, readonly { readonly path: string; readonly digest: string }[]>>;
  readonly pipeline_files: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly commit?: string;
  readonly code?: CodeCapture;
  readonly plan: boolean;
  readonly take_over: boolean;
}

export interface Applied {
  readonly changes: readonly ToldChange[];
  /** The plan in words. */
  readonly lines: readonly string[];
  readonly applied: boolean;
  readonly dataset_versions: Readonly<Record<string, number>>;
}

/** What the caller is told: the definition itself is in the file. */
type ToldChange = Omit<Change, 'definition'>;

const parseLimit_ms = 20_000;
const fileName = 'slipway.yaml';

/**
 * Makes the project equal to its file. Every definition is one idempotent change of its own, so an apply that was cut short is
 * ended by applying again. Errors: `project_file_invalid`, `project_file_conflict`, and those of the rooms.
 */
export async function apply(deps: ProjectfileDeps, caller: Caller, project: Project, input: ApplyInput): Promise<Applied> {
  assertMay(caller, project, 'admin');
  const file = withFiles(await parse(deps, input.text), input);
  if (file.project !== project.name) {
    throw failure('invalid_input', { field: 'project', expected: project.name, got: `${file.project}, which the file is of` });
  }
  const changes = planChanges(file, await currentState(deps, project), { takeOver: input.take_over });
  const lines = describePlan(changes);
  const told = changes.map(({ definition: _, ...change }): ToldChange => change);
  if (input.plan) return { changes: told, lines, applied: false, dataset_versions: {} };
  const conflicts = changes.filter((change) => change.action === 'conflict');
  if (conflicts[0])
    throw failure(
      'project_file_conflict',
      { count: conflicts.length, file: fileName, first: `${conflicts[0].kind} ${conflicts[0].name}` },
      { lines },
    );
  const dataset_versions = await perform(deps, caller, project, changes, input);
  await deps.setCode(caller, project, input.code ?? untold(input.commit), filesOfPipelines(file, input));
  if (changes.length > 0) await note(deps, caller, project, changes, input.commit);
  return { changes: told, lines, applied: true, dataset_versions };
}

/** Of a client that knows of no more than the commit. */
function untold(commit: string | undefined): CodeCapture {
  const notes = ['The client that applied the project file did not say in what state the code was.'];
  return { commit: commit ?? null, branch: null, remote: null, dirty: null, diff: null, untracked: null, lock_files: {}, notes };
}

async function parse({ child }: ProjectfileDeps, text: string): Promise<ProjectFile> {
  const parsed = await child.request<Parsed>('parse', { text, file: fileName }, { timeout_ms: parseLimit_ms });
  if ('project' in parsed) return parsed.project;
  const [first] = parsed.problems;
  const values = { file: fileName, count: parsed.problems.length, first: first ? describeProblem(first) : 'unknown' };
  throw failure('project_file_invalid', values, { problems: parsed.problems });
}

/** The files that a pipeline's steps use are part of it: another query is another pipeline. */
function withFiles(file: ProjectFile, input: ApplyInput): ProjectFile {
  const files = filesOfPipelines(file, input);
  const pipelines = Object.entries(file.pipelines).map(([name, pipeline]) => [name, { ...pipeline, files: files[name] }] as const);
  return { ...file, pipelines: Object.fromEntries(pipelines) };
}

function filesOfPipelines({ pipelines }: ProjectFile, { pipeline_files }: ApplyInput): ApplyInput['pipeline_files'] {
  return Object.fromEntries(Object.keys(pipelines).map((name) => [name, pipeline_files[name] ?? {}]));
}

async function currentState({ definitions }: ProjectfileDeps, project: Project): Promise<CurrentState> {
  const state: Record<string, Record<string, { managed_by: 'file' | 'ui'; definition: string; retired: boolean }>> = {
    project: { [project.name]: { managed_by: 'file', definition: canonicalJson(settingsOf(project)), retired: false } },
  };
  for (const { kind, name, definition, managed_by, retired } of await definitions.all(project)) {
    if (!(kinds as readonly string[]).includes(kind)) continue;
    state[kind] ??= {};
    state[kind][name] = { managed_by, definition: canonicalJson(definition), retired };
  }
  return state as CurrentState;
}

async function perform(
  deps: ProjectfileDeps,
  caller: Caller,
  project: Project,
  changes: readonly Change[],
  input: ApplyInput,
): Promise<Record<string, number>> {
  let current = project;
  for (const change of changes) {
    if (change.kind === 'project')
      current = await deps.setProject(caller, project, JSON.parse(change.definition ?? '{}') as { clock?: 'wall' | 'data'; zone?: string });
    else if (change.kind === 'dataset' && change.action !== 'retire') await define(deps, caller, current, change);
  }
  // Versions come before the pipelines that read them, and after the definitions that say how they are read.
  const versions: Record<string, number> = {};
  for (const [dataset, files] of Object.entries(input.dataset_files)) {
    if (files.length > 0) versions[dataset] = await deps.addDatasetVersion(caller, current, { dataset, files });
  }
  for (const change of changes) {
    if (change.kind === 'project' || (change.kind === 'dataset' && change.action !== 'retire')) continue;
    await define(deps, caller, current, change);
  }
  return versions;
}

async function define(
  { keepers }: ProjectfileDeps,
  caller: Caller,
  project: Project,
  { kind, name, action, definition }: Change,
): Promise<void> {
  if (kind === 'project') return;
  if (action === 'retire' || definition === undefined) await keepers[kind].retire(caller, project, name);
  else await keepers[kind].define(caller, project, name, JSON.parse(definition));
}

async function note(
  { database, events }: ProjectfileDeps,
  caller: Caller,
  project: Project,
  changes: readonly Change[],
  commit: string | undefined,
): Promise<void> {
  await database.write((tx) =>
    events.emit(tx, caller, {
      project_id: project.id,
      type: 'project-file.applied',
      subject: `project ${project.id}`,
      note: `${fileName} was applied: ${changes.length} change${changes.length === 1 ? '' : 's'}.`,
      after: { commit: commit ?? null, changes: changes.map(({ action, kind, name }) => ({ action, kind, name })) },
    }),
  );
}
