import type { Readable } from 'node:stream';
import type { Incoming, RequestFacts, Route } from '../../platform/http/index.ts';
import { fileLimit_bytes, filesOf, inModel, noSuch } from './artifact-files.ts';
import { type ArtifactPlace, assertSafePath, listLevel, pathBehind, placeOf } from './artifact-paths.ts';
import { announce } from './attachment.ts';
import { invalid, inWordsOf } from './refusal.ts';
import type { MlflowDeps, Routing } from './routing.ts';
import { addressOfModel, addressOfRun, list } from './runs-mapping.ts';
import { inRun } from './runs-routes.ts';
import { numberOf } from './versions-routes.ts';
import { integer, needed, queryAsWire, read, text, type Wire } from './wire.ts';

type Any = Incoming<unknown, unknown, unknown>;

export function artifactsRoutes(deps: MlflowDeps, { raw, route }: Routing): Route[] {
  const { runs, models, blobs } = deps;
  const files = filesOf(deps);
  const send = async ({ caller, project, request, reply }: Any, place: ArtifactPlace, shown: string): Promise<Readable> => {
    const found = await files.find({ caller, project }, place, shown);
    const range = rangeOf(request, found.bytes);
    announce(reply, place.path, found.bytes, range);
    return files.open({ caller, project }, place, shown, range ?? undefined);
  };
  const queried = (incoming: Any, fields: Parameters<typeof read>[1]) =>
    read(queryAsWire(incoming.query as Wire, fields), fields) as Readonly<Record<string, string>>;

  return [
    ...route('listArtifacts', { run_id: needed(text), path: text, page_token: text }, async ({ caller, project, asked }) => {
      const folder = assertSafePath(asked.path);
      const run = await inRun(asked.run_id, () => runs.trackedRun(caller, project, asked.run_id));
      const level = listLevel(await runs.artifacts(caller, project, run.id), folder);
      const whole = level.map((file) => ({ ...file, path: folder === '' ? file.path : `${folder}/${file.path}` }));
      return { root_uri: addressOfRun(run), ...list('files', whole) };
    }),
    ...route('listProxied', { path: text }, async ({ caller, project, asked }) => {
      const place = placeOf(assertSafePath(asked.path));
      return place ? list('files', listLevel(await files.all({ caller, project }, place), place.path)) : {};
    }),
    ...raw('getProxied', async (incoming: Any) => {
      const path = assertSafePath(pathBehind(incoming.request.path, '/mlflow-artifacts/artifacts'));
      const place = placeOf(path);
      if (!place || place.path === '') throw noSuch(path);
      return send(incoming, place, path);
    }),
    ...raw('putProxied', async ({ caller, project, request }: Any) => {
      const path = assertSafePath(pathBehind(request.path, '/mlflow-artifacts/artifacts'));
      const place = placeOf(path);
      if (!place || place.path === '') throw invalid(`Artifacts are kept below a run, a logged model or a trace, not at '${path}'.`);
      await files.assertMayChange({ caller, project }, place);
      const { digest } = await blobs.put(request.stream, { limit_bytes: fileLimit_bytes });
      await files.put({ caller, project }, place, digest);
      return {};
    }),
    ...raw('deleteProxied', async ({ caller, project, request }: Any) => {
      const path = assertSafePath(pathBehind(request.path, '/mlflow-artifacts/artifacts'));
      const place = placeOf(path);
      if (place) await files.delete({ caller, project }, place);
      return {};
    }),
    ...raw('getArtifact', async (incoming: Any) => {
      const { run_id = '', path = '' } = queried(incoming, { run_id: needed(text), path: needed(text) });
      const safe = assertSafePath(path);
      const run = await inRun(run_id, () => runs.findRun(incoming.caller, incoming.project, run_id));
      return send(
        incoming,
        { of: 'run', experiment: run.experiment, id: run.id, path: safe },
        `${run.experiment}/${run.id}/artifacts/${safe}`,
      );
    }),
    ...raw('getVersionArtifact', async (incoming: Any) => {
      const { name = '', version = '', path = '' } = queried(incoming, { name: needed(text), version: needed(text), path: needed(text) });
      const { caller, project } = incoming;
      const safe = assertSafePath(path);
      const found = await inWordsOf({ not_found: `Model Version (name=${name}, version=${version}) not found` }, () =>
        models.registry.version(caller, project, name, numberOf(version)),
      );
      return send(incoming, { of: 'version', experiment: '', id: found.id, path: safe }, safe);
    }),
    ...raw('getLoggedModelArtifact', async (incoming: Any) => {
      const { model_id = '' } = incoming.params as Readonly<Record<string, string>>;
      const { artifact_file_path = '' } = queried(incoming, { artifact_file_path: needed(text) });
      const { caller, project } = incoming;
      const model = await inModel(model_id, () => runs.loggedModels.get(caller, project, model_id, { deleted: true }));
      const path = assertSafePath(artifact_file_path);
      return send(incoming, { of: 'model', experiment: model.experiment, id: model_id, path }, path);
    }),
    ...route(
      'listLoggedModelArtifacts',
      { model_id: needed(text), artifact_directory_path: text, max_results: integer },
      async ({ caller, project, asked }) => {
        const folder = assertSafePath(asked.artifact_directory_path);
        const { model_id } = asked;
        const model = await inModel(model_id, () => runs.loggedModels.get(caller, project, model_id));
        const { artifact_root } = await runs.getExperiment(caller, project, model.experiment);
        const level = listLevel(await runs.loggedModels.files(caller, project, model_id), folder);
        const whole = level.map((file) => ({ ...file, path: folder === '' ? file.path : `${folder}/${file.path}` }));
        return { root_uri: addressOfModel(model, artifact_root), ...list('files', whole) };
      },
    ),
  ];
}

/** The one range of `Range: bytes=…`; null for all. Several ranges, or one that is no range, mean all (RFC 9110, 14.2). */
function rangeOf({ headers }: RequestFacts, bytes: number): { start: number; end: number } | null {
  const [, from = '', to = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(headers.range ?? '') ?? [];
  if (from === '' && to === '') return null;
  const start = from === '' ? Math.max(0, bytes - Number(to)) : Number(from);
  const end = from === '' || to === '' ? bytes : Math.min(Number(to) + 1, bytes);
  return start < end ? { start, end } : null;
}
