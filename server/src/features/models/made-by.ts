import type { Caller } from '../../kernel/caller.ts';
import { failure } from '../../kernel/error.ts';
import type { Project } from '../../kernel/project.ts';
import type { Runs } from '../runs/index.ts';
import type { MadeBy } from './models.ts';

/** What a run that logged a file says of where the file comes from. Refuses with `not_found` when the run has no such file. */
export async function madeByRun(runs: Runs, caller: Caller, project: Project, run_id: string, file: string): Promise<MadeBy> {
  const [run, artifacts] = await Promise.all([runs.getRun(caller, project, run_id), runs.artifacts(caller, project, run_id)]);
  if (!artifacts.some(({ digest }) => digest === file)) throw failure('not_found', { what: `file of run ${run_id}`, name: file });
  return {
    run_id,
    dataset_versions: run.inputs.flatMap(({ dataset, version, digest }) =>
      version === null ? [] : [{ dataset, number: version, digest }],
    ),
    code: run.code && { commit: run.code.commit, digest: null },
  };
}
