import type { ListedVersion } from '../models/models-api.ts';
import type { Artifact, RunDetail } from './runs-api.ts';

/** What may become a version, and under which name. Pure. */

/** Files that can be registered as they are. */
export function modelFilesOf(artifacts: readonly Artifact[]): Artifact[] {
  return artifacts.filter(({ path }) => path.endsWith('.onnx'));
}

/** For each model the run of its newest version that came from a run: its experiment is where the model is made. */
export function makersOf(versions: readonly ListedVersion[]): { readonly model: string; readonly run: string }[] {
  const newest = new Map<string, { readonly number: number; readonly run: string }>();
  for (const { model, number, run_id } of versions) {
    if (run_id !== null && number > (newest.get(model)?.number ?? 0)) newest.set(model, { number, run: run_id });
  }
  return [...newest].map(([model, { run }]) => ({ model, run }));
}

/** The model that is made in the experiment; else a new one with the name of the experiment, as far as a model may be called so. */
export function proposedModel(
  experiment: { readonly id: string; readonly name: string },
  makers: readonly { readonly model: string; readonly run: Pick<RunDetail, 'experiment'> }[],
): string {
  const known = makers.find(({ run }) => run.experiment === experiment.id)?.model;
  const called = experiment.name.replaceAll(/[^\w.-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '');
  return known ?? called.slice(0, 63);
}
