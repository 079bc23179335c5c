import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, posix, resolve } from 'node:path';
import { type Client, createClient, SlipwayApiError } from '@slipway/sdk';
import {
  describePlan,
  describeProblem,
  type PipelineDefinition,
  type ProjectFile,
  parseProjectFile,
  planChanges,
} from '../features/projectfile/index.ts';
import { captureCode } from './code-capture.ts';
import { exits } from './exits.ts';
import { bytesText, plain } from './format.ts';
import { CliProblem, usageProblem } from './problem.ts';
import { filesOf, type HashedFile, projectFileName } from './project-folder.ts';
import { hashFiles, uploadContents, uploadMissing } from './upload.ts';
import type { RunningServer, Work } from './work.ts';

interface ReadProject {
  readonly folder: string;
  readonly text: string;
  readonly definition: ProjectFile;
}

export interface ApplyOptions {
  readonly client: Client;
  /** Where the answer goes, when another project than the file's is wanted. */
  readonly project: string | undefined;
  readonly plan: boolean;
  readonly takeOver: boolean;
}

type Applied = Awaited<ReturnType<Client['projectfile']['apply']>>;

/** Reads and checks a project file. What is wrong with it is told as `file:line:column`, all of it at once. */
export function readProject(file: string): ReadProject {
  const text = textOf(file);
  const parsed = parseProjectFile(text, { file: basename(file) });
  if ('project' in parsed) return { folder: dirname(file), text, definition: parsed.project };
  const { problems } = parsed;
  throw new CliProblem(
    exits.failed,
    problems.map(describeProblem).join('\n'),
    `${problems.length === 1 ? 'One problem' : `${problems.length} problems`}; nothing was changed.`,
  );
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw usageProblem(`There is no ${file}.`, 'Go to the folder of the project, or make a first file with `slipway init DATAFILE`.');
  }
}

/** Makes the server equal to the file, or says what would change. A project that is not there is made first. */
export async function applyProject(file: string, options: ApplyOptions, work: Work): Promise<Applied> {
  const read = readProject(resolve(work.environment.folder, file));
  const { definition, folder, text } = read;
  const { client, plan } = options;
  const project = options.project ?? definition.project;
  const wanted = wantedFiles(read);
  const unique = [
    ...new Map([...wanted.datasets, ...wanted.pipelines].flatMap(([, files]) => files).map((one) => [one.file, one])).values(),
  ];
  if (!(await isThere(client, project, work.signal))) {
    if (plan) return everythingNew(definition);
    const { clock, zone } = definition;
    await client.access.createProject({ body: { name: project, clock, ...(zone !== undefined && { zone }) }, signal: work.signal });
    work.say(`Made project ${project}.`);
  }
  const hashed = new Map((await hashFiles(unique, work)).map((one) => [one.file, one]));
  if (!plan) {
    const sent = await uploadMissing([...hashed.values()], { client, project, streams: work.streams, signal: work.signal });
    if (sent.files > 0) work.say(`Uploaded ${sent.files} of ${hashed.size} files, ${bytesText(sent.bytes)}.`);
  }
  const named = (files: readonly { readonly file: string }[]): HashedFile[] => files.flatMap((one) => hashed.get(one.file) ?? []);
  const code = plan ? null : await sendCode(folder, client, project, work);
  return client.projectfile.apply({
    params: { project },
    body: {
      text,
      dataset_files: Object.fromEntries(
        wanted.datasets.map(([name, files]) => [name, named(files).map(({ path, digest }) => ({ path, digest }))]),
      ),
      pipeline_files: Object.fromEntries(
        wanted.pipelines.map(([name, files]) => [name, Object.fromEntries(named(files).map(({ path, digest }) => [path, digest]))]),
      ),
      plan,
      take_over: options.takeOver,
      ...(code !== null && { code, ...(code.commit !== null && { commit: code.commit }) }),
    },
    timeout_ms: applyLimit_ms,
    signal: work.signal,
  });
}

/** Data is read in, typed and profiled before the answer comes. */
const applyLimit_ms = 3_600_000;

function wantedFiles({ definition, folder }: ReadProject) {
  const datasets = Object.entries(definition.datasets).map(
    ([name, { files }]) => [name, filesOf(folder, files, `dataset ${name}`)] as const,
  );
  const pipelines = Object.entries(definition.pipelines).map(
    ([name, pipeline]) => [name, filesOf(folder, scriptsOf(folder, pipeline), `pipeline ${name}`)] as const,
  );
  return { datasets, pipelines };
}

/** The files that the steps of a pipeline name: queries, and words of a command that are files of the project. */
function scriptsOf(folder: string, { steps }: PipelineDefinition): string[] {
  return Object.values(steps).flatMap((step) => {
    if (step.kind === 'sql') return [step.file];
    return step.kind === 'run' ? step.command.flatMap((word) => scriptAndKin(folder, word)) : [];
  });
}

/** A script brings the files of its kind that lie beside it, since it may import them. */
function scriptAndKin(folder: string, word: string): string[] {
  const isInside = /^(?![/.~-])[^\\:*?[\]{}]+$/.test(word) && !word.split('/').includes('..');
  if (!isInside || !statSync(join(folder, word), { throwIfNoEntry: false })?.isFile()) return [];
  const ending = extname(word);
  return ending === '' ? [word] : [word, posix.join(posix.dirname(word), `*${ending}`)];
}

async function isThere(client: Client, project: string, signal: AbortSignal): Promise<boolean> {
  try {
    await client.access.getProject({ params: { project }, signal });
    return true;
  } catch (error) {
    if (error instanceof SlipwayApiError && error.status === 404) return false;
    throw error;
  }
}

function everythingNew(definition: ProjectFile): Applied {
  const changes = planChanges(definition, {});
  const shown = changes.map(({ action, kind, name, differences }) => ({ action, kind, name, differences: [...differences] }));
  return { changes: shown, lines: describePlan(changes), applied: false, dataset_versions: {} };
}

type AppliedCode = NonNullable<Parameters<Client['projectfile']['apply']>[0]['body']['code']>;

/** Sends the state of the code: whoever holds the folder is the only one who sees it. */
async function sendCode(folder: string, client: Client, project: string, work: Work): Promise<AppliedCode> {
  const { diff, untracked, lockFiles, notes, ...facts } = await captureCode(folder, work.signal);
  const named = [...lockFiles];
  const contents = [...named.map(([, content]) => content), ...(diff ? [diff] : []), ...(untracked ? [untracked] : [])];
  const digests = await uploadContents(contents, { client, project, signal: work.signal });
  const lock_files = Object.fromEntries(named.map(([name], at) => [name, digests[at] ?? '']));
  const rest = digests.slice(named.length);
  work.say(...notes.map((note) => `Code: ${plain(note)}`));
  return {
    ...facts,
    lock_files,
    diff: diff ? (rest.shift() ?? null) : null,
    untracked: untracked ? (rest.shift() ?? null) : null,
    notes: [...notes],
  };
}

/** The lines that `slipway up` prints about the project file of its folder. */
export async function planForUp(work: Work, { address, opened }: RunningServer): Promise<string[]> {
  const token = tokenOf(opened.folder) ?? work.environment.token;
  const client = createClient({ server: address, token });
  const plan = await applyProject(projectFileName, { client, project: undefined, plan: true, takeOver: false }, work);
  if (plan.changes.length === 0) return [`The server is as ${projectFileName} says.`];
  return [
    `${projectFileName} differs from the server:`,
    ...plan.lines.map((line) => `  ${plain(line)}`),
    'Run `slipway apply` to make the server equal to it.',
  ];
}

function tokenOf(folder: string): string | undefined {
  try {
    return readFileSync(resolve(folder, 'cli-token'), 'utf8').trim();
  } catch {
    return undefined;
  }
}
