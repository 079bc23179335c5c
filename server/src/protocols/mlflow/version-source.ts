import { posix } from 'node:path';
import type { ModelFile, NewRegistration } from '../../features/models/index.ts';
import type { Caller } from '../../kernel/caller.ts';
import { SlipwayError } from '../../kernel/error.ts';
import type { Project } from '../../kernel/project.ts';
import { assertSafePath, placeOf } from './artifact-paths.ts';
import { readMlmodel, unknownSignature } from './mlmodel.ts';
import { invalid } from './refusal.ts';
import type { MlflowDeps } from './routing.ts';
import { addressOfModel, addressOfRun } from './runs-mapping.ts';

export interface SourceAsked {
  readonly source: string;
  readonly run_id: string;
  readonly model_id: string;
  readonly isPrompt: boolean;
}

/** What a version is made of, found by the source that the client names. */
export interface Found {
  readonly files: readonly ModelFile[];
  readonly run_id: string | null;
  readonly logged_model: string | null;
  /** Where its files lie, when they do not lie here. */
  readonly outside: string | null;
}

const mlmodelLimit_bytes = 1_048_576;

function wrongSource(source: string, why: string): SlipwayError {
  return invalid(`Invalid model version source: '${source.slice(0, 300)}'. ${why}`);
}

interface Asking extends SourceAsked {
  readonly deps: MlflowDeps;
  readonly caller: Caller;
  readonly project: Project;
}

/** Finds what a source means, and refuses one that leads out of what it names (mlflow/server/handlers.py, `_validate_source_*`). */
export async function findSource(deps: MlflowDeps, caller: Caller, project: Project, asked: SourceAsked): Promise<Found> {
  const { source, isPrompt } = asked;
  if (isPrompt) {
    if (/^[\w-]{1,100}$/.test(source)) return nothing(asked);
    throw invalid(`Invalid prompt source: '${source.slice(0, 300)}'. Prompt sources must use an MLflow placeholder.`);
  }
  assertNoTricks(localPath(source) ?? source);
  const asking = { ...asked, deps, caller, project };
  for (const ways of [loggedModel, registeredVersion, ofRunsUri, ofOurArtifacts]) {
    const found = await ways(asking);
    if (found) return found;
  }
  if (/^(?:runs|models):/i.test(source)) throw wrongOwner(asked);
  await assertNotLocal(asking);
  return { ...nothing(asked), outside: source };
}

function nothing({ run_id, model_id }: SourceAsked): Found {
  return { files: [], run_id: run_id || null, logged_model: model_id || null, outside: null };
}

function wrongOwner({ source, model_id }: SourceAsked, name = model_id === '' ? 'run_id' : 'model_id'): SlipwayError {
  return wrongSource(source, `The ${name} request parameter must identify the resource that contains the source.`);
}

async function orIfUnknown(otherwise: () => Found, work: () => Promise<Found>): Promise<Found> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SlipwayError && error.code === 'not_found') return otherwise();
    throw error;
  }
}

function refuseOwner(asked: SourceAsked): never {
  throw wrongOwner(asked);
}

function filesOfModel(asking: Asking, id: string): Promise<Found> {
  const { deps, caller, project, run_id } = asking;
  const { loggedModels } = deps.runs;
  return orIfUnknown(
    () => refuseOwner(asking),
    async () => {
      const model = await loggedModels.get(caller, project, id);
      const files = await loggedModels.files(caller, project, id);
      const { artifact_root } = await deps.runs.getExperiment(caller, project, model.experiment);
      const outside = files.length === 0 && artifact_root !== null ? addressOfModel(model, artifact_root) : null;
      return { files, run_id: run_id || model.run_id, logged_model: id, outside };
    },
  );
}

/** Where clients keep the files of the experiment themselves, there is nothing of them here but their address. */
async function filesOfRun(asking: Asking, id: string, folder: string): Promise<Found> {
  const { deps, caller, project } = asking;
  const files = below(await deps.runs.artifacts(caller, project, id), folder);
  const run = files.length === 0 ? await deps.runs.trackedRun(caller, project, id) : null;
  const outside = run && run.artifact_root !== null ? `${addressOfRun(run)}/${folder}` : null;
  return { ...nothing(asking), files, run_id: id, outside };
}

async function loggedModel(asking: Asking): Promise<Found | null> {
  const [, id] = /^models:\/(m-[0-9a-f]{32})$/.exec(asking.source) ?? [];
  if (id === undefined) return null;
  if (asking.model_id !== id) throw wrongOwner(asking, 'model_id');
  return filesOfModel(asking, id);
}

async function registeredVersion({ source, run_id, model_id, deps, caller, project }: Asking): Promise<Found | null> {
  const [, name, number, alias = ''] = /^models:\/([^/@:]+)(?:\/(\d{1,9})|@([\w-]+))$/.exec(source) ?? [];
  if (name === undefined) return null;
  const version = number === undefined ? (await deps.models.aliases(project, name)).get(alias) : Number(number);
  const { files, facts, run_id: made } = await deps.models.registry.version(caller, project, name, version ?? 0);
  return { files, run_id: run_id || made, logged_model: model_id || facts.logged_model, outside: facts.outside };
}

async function ofRunsUri(asking: Asking): Promise<Found | null> {
  const [, run, folder = ''] = /^runs:\/([^/]+)\/(.+)$/.exec(asking.source) ?? [];
  if (run === undefined) return null;
  if (run !== asking.run_id) throw wrongOwner(asking, 'run_id');
  // The run may be of another server.
  const elsewhere = () => ({ ...nothing(asking), outside: asking.source });
  return orIfUnknown(elsewhere, () => filesOfRun(asking, run, folder));
}

async function ofOurArtifacts(asking: Asking): Promise<Found | null> {
  const { source, run_id, model_id, deps, caller, project } = asking;
  const [, here] = /^(?:mlflow-artifacts:\/+|https?:\/\/[^/]+\/api\/2\.0\/mlflow-artifacts\/artifacts\/)(.+)$/.exec(source) ?? [];
  if (here === undefined) return null;
  const place = placeOf(assertSafePath(here));
  if (place?.of === 'run' && place.id === run_id)
    return orIfUnknown(
      () => refuseOwner(asking),
      () => filesOfRun(asking, place.id, place.path),
    );
  if (place?.of === 'model' && place.id === model_id) return filesOfModel(asking, place.id);
  if (place?.of !== 'version') throw wrongOwner(asking);
  return { ...nothing(asking), files: await deps.models.registry.files(caller, project, place.id) };
}

/** What an address of a disk means as a path; null for an address of anything else. */
function localPath(address: string): string | null {
  const isLocal = /^file:/i.test(address) || !/^[a-z][\w+.-]*:\/?\//i.test(address);
  return isLocal ? posix.normalize(address.replace(/^file:(?:\/\/)?/i, '')).replace(/\/$/, '') : null;
}

/** A path of a disk that clients share counts where the run's own artifacts lie there; any other would be one of this machine. */
async function assertNotLocal({ source, run_id, deps, caller, project }: Asking): Promise<void> {
  const path = localPath(source);
  if (path === null) return;
  const run = run_id === '' ? null : await deps.runs.trackedRun(caller, project, run_id);
  const root = run?.artifact_root ? localPath(addressOfRun(run)) : null;
  if (root !== null && (path === root || path.startsWith(`${root}/`))) return;
  throw wrongSource(
    source,
    'To use a local path as a model version source, the run_id request parameter has to be specified and the local path has to be contained within the artifact directory of the run specified by the run_id.',
  );
}

function assertNoTricks(source: string): void {
  let plain = source;
  for (let turn = 0; turn < 5; turn++) {
    try {
      const next = decodeURIComponent(plain);
      if (next === plain) break;
      plain = next;
    } catch {
      break;
    }
  }
  if (!/\p{Cc}|\\|[#;?]/u.test(plain) && !plain.split('/').includes('..')) return;
  throw wrongSource(
    source,
    'If supplying a source as an http, https, local file path, ftp, objectstore, or mlflow-artifacts uri, an absolute path must be provided without relative path references present. Please provide an absolute path.',
  );
}

function below(files: readonly ModelFile[], folder: string): ModelFile[] {
  const start = folder === '' ? '' : `${folder.replace(/\/+$/, '')}/`;
  return files.filter(({ path }) => path.startsWith(start)).map((file) => ({ ...file, path: file.path.slice(start.length) }));
}

/** Reads what is among the files: which flavours, which columns, and where an ONNX file is. */
export async function describeFiles(
  { blobs }: MlflowDeps,
  { files, outside }: Found,
): Promise<Pick<NewRegistration, 'onnx' | 'signature' | 'flavor'> & { flavors: readonly string[] }> {
  if (outside !== null) return { onnx: null, signature: unknownSignature([]), flavor: 'outside', flavors: [] };
  const file = files.find(({ path, bytes }) => path === 'MLmodel' && bytes <= mlmodelLimit_bytes);
  const { onnx, flavors, inputs } = readMlmodel(file ? (await blobs.read(file.digest, mlmodelLimit_bytes)).toString('utf8') : '');
  const lone = files.length === 1 && files[0]?.path.endsWith('.onnx') ? files[0].path : null;
  const path = onnx ?? lone;
  const names = inputs.map(({ name }) => name);
  return {
    onnx: path === null ? null : { path, ...(names.length === 0 ? {} : { inputs: names }) },
    signature: unknownSignature(inputs),
    flavor: 'mlflow',
    flavors,
  };
}
