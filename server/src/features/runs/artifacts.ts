import { assertMay, type Caller } from '../../kernel/caller.ts';
import { failure } from '../../kernel/error.ts';
import type { Project } from '../../kernel/project.ts';
import { deleteArtifacts as deleteRows, putUnlessFolder } from './artifacts-store.ts';
import type { RunsContext, RunsDeps } from './context.ts';
import { assertArtifactPath } from './run.ts';
import { activeRun, existingRun } from './runs.ts';

/** Files a blob that was put before under a path of the run; a later one under the same path takes its place. */
export async function putArtifact(
  deps: RunsContext,
  caller: Caller,
  project: Project,
  id: string,
  artifact: { readonly path: string; readonly digest: string },
): Promise<void> {
  assertMay(caller, project, 'write');
  assertArtifactPath(artifact.path);
  const { database, blobs, clock } = deps;
  const bytes = (await blobs.has([artifact.digest])).get(artifact.digest);
  if (bytes === undefined) throw failure('not_found', { what: 'uploaded blob', name: artifact.digest });
  await database.write(async (tx) => {
    const run = await activeRun(deps, tx, project, id);
    const row = { run: run.number, path: artifact.path, digest: artifact.digest, bytes, put_at_ms: clock.now() };
    if (await putUnlessFolder(tx, row)) return;
    throw failure('conflict', { what: 'Artifact', name: artifact.path, expected: 'a file', found: 'a folder of that name' });
  });
}

/** Takes a file, or all below a folder, out of the artifacts of a run. What is not there is gone already. */
export async function deleteArtifacts({ database }: RunsDeps, caller: Caller, project: Project, id: string, path: string): Promise<void> {
  assertMay(caller, project, 'write');
  await database.write(async (tx) => {
    const run = await existingRun(tx, project, id);
    await deleteRows(tx, run.number, path);
  });
}
