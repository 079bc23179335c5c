import { assertMay, type Caller } from '../../kernel/caller.ts';
import { digestOf } from '../../kernel/digest.ts';
import type { Project } from '../../kernel/project.ts';
import { assertOfProject, type Blobs } from '../../platform/blobs/index.ts';
import type { Database, Handle } from '../../platform/database/index.ts';
import type { Definitions, DefinitionsOf } from '../../platform/definitions/index.ts';
import { type CodeCapture, codeDigests } from '../runs/index.ts';
import type { PipelineDefinition } from './pipeline.ts';

/** The state of the code that a project file was applied from, and which files each pipeline had then, as a digest. */
interface AppliedCode {
  readonly code: CodeCapture;
  readonly pipelines: Readonly<Record<string, string>>;
}

export interface AppliedCodeDeps {
  readonly database: Database;
  readonly definitions: Definitions;
  readonly blobs: Blobs;
}

/** A project has one project file, so one of these. */
const onlyName = 'applied';

function kept(definitions: Definitions): DefinitionsOf<AppliedCode> {
  return definitions.of<AppliedCode>('code');
}

/** Keeps the state of the code that a project file was applied from; the same again is no change. Refuses blobs that are not there. */
export async function setAppliedCode(
  deps: AppliedCodeDeps,
  caller: Caller,
  project: Project,
  code: CodeCapture,
  files: Readonly<Record<string, PipelineDefinition['files']>>,
): Promise<void> {
  assertMay(caller, project, 'write');
  await assertOfProject(deps, project, codeDigests(code));
  const { database, definitions } = deps;
  const pipelines = Object.fromEntries(Object.entries(files).map(([name, of]) => [name, digestOf(of)]));
  await database.write((tx) => kept(definitions).putIn(tx, caller, project, onlyName, { code, pipelines }, 'file'));
}

/** Null when the pipeline has other files than the code that is known: an apply may have been cut short. */
export async function appliedCodeOf(
  definitions: Definitions,
  handle: Handle,
  project: Project,
  pipeline: string,
  { files }: PipelineDefinition,
): Promise<CodeCapture | null> {
  const applied = (await kept(definitions).find(project, onlyName, handle))?.definition;
  const isThis = applied && Object.hasOwn(applied.pipelines, pipeline) && applied.pipelines[pipeline] === digestOf(files);
  return isThis ? applied.code : null;
}
