import type { Caller } from '../../kernel/caller.ts';
import type { Project } from '../../kernel/project.ts';
import type { ArtifactPlace } from './artifact-paths.ts';
import { invalid, inWordsOf, refusal } from './refusal.ts';
import type { MlflowDeps } from './routing.ts';
import { inRun } from './runs-routes.ts';

interface Who {
  readonly caller: Caller;
  readonly project: Project;
}

export const fileLimit_bytes = 64 * 2 ** 30;
export const noSuch = (path: string) => refusal('RESOURCE_DOES_NOT_EXIST', `No such artifact: '${path}'`);

export function inModel<T>(id: string, work: () => Promise<T>): Promise<T> {
  return inWordsOf({ not_found: `Logged model with ID '${id}' not found.` }, work);
}

/** Files of runs and of logged models, by their place. */
export function filesOf({ runs, models, traces }: MlflowDeps) {
  const inPlace = <T>({ of, id }: ArtifactPlace, work: () => Promise<T>): Promise<T> =>
    of === 'run' ? inRun(id, work) : inModel(id, work);
  const experimentOf = async ({ caller, project }: Who, { of, id }: ArtifactPlace): Promise<string> =>
    (of === 'run' ? await runs.findRun(caller, project, id) : await runs.loggedModels.get(caller, project, id, { deleted: true }))
      .experiment;
  const all = async (who: Who, place: ArtifactPlace) => {
    const { caller, project } = who;
    if (place.of === 'version') return models.registry.files(caller, project, place.id);
    if (place.of === 'trace') return traces.files(caller, project, place.id);
    return place.of === 'run' ? runs.artifacts(caller, project, place.id) : runs.loggedModels.files(caller, project, place.id);
  };
  const open = async ({ caller, project }: Who, place: ArtifactPlace, shown: string, range?: { start: number; end: number }) => {
    const { artifact, content } = await inWordsOf({ not_found: noSuch(shown) }, () =>
      place.of === 'run'
        ? runs.openArtifact(caller, project, place.id, place.path, range)
        : place.of === 'version'
          ? models.registry.openFile(caller, project, place.id, place.path, range)
          : place.of === 'trace'
            ? traces.openFile(caller, project, place.id, place.path, range)
            : runs.loggedModels.openFile(caller, project, place.id, place.path, range),
    );
    return { artifact, content };
  };
  return {
    async all(who: Who, place: ArtifactPlace) {
      return inWordsOf({ not_found: refusal('RESOURCE_DOES_NOT_EXIST', `No ${place.of} ${place.id}`) }, () => all(who, place));
    },
    async find(who: Who, place: ArtifactPlace, shown: string) {
      const { artifact, content } = await open(who, place, shown, { start: 0, end: 0 });
      content.destroy();
      return artifact;
    },
    async open(who: Who, place: ArtifactPlace, shown: string, range?: { start: number; end: number }) {
      return (await open(who, place, shown, range)).content;
    },
    /** Before a byte of a file is read: a stranger's upload costs nothing. */
    async assertMayChange(who: Who, place: ArtifactPlace): Promise<void> {
      if (place.of === 'version') throw frozen();
      // A trace may come after its files.
      if (place.of === 'trace') return;
      const experiment = await inPlace(place, () => experimentOf(who, place));
      if (experiment !== place.experiment) throw invalid(`Experiment ${place.experiment} has no ${place.of} ${place.id}.`);
    },
    async put({ caller, project }: Who, place: ArtifactPlace, digest: string): Promise<void> {
      const file = { path: place.path, digest };
      if (place.of === 'trace') return traces.putFile(caller, project, place.id, file);
      await inPlace(place, () =>
        place.of === 'run' ? runs.putArtifact(caller, project, place.id, file) : runs.loggedModels.putFile(caller, project, place.id, file),
      );
    },
    async delete(who: Who, place: ArtifactPlace): Promise<void> {
      if (place.of === 'trace') throw frozen();
      await this.assertMayChange(who, place);
      const { caller, project } = who;
      const { id, path } = place;
      await inPlace(place, () =>
        place.of === 'run' ? runs.deleteArtifacts(caller, project, id, path) : runs.loggedModels.deleteFiles(caller, project, id, path),
      );
    },
  };
}

const frozen = () => invalid('The files of a registered version or a trace are not changed by hand.');
