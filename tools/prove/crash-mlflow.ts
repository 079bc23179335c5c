import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Api, Client } from './crash-api.ts';
import { artifactBytes, type Finding, type Ledger, type TrackedModel, type TrackedRun } from './crash-ledger.ts';

const at = '/api/2.0/mlflow';
const files = '/api/2.0/mlflow-artifacts/artifacts';
const registered = 'tracked';

/** Each batch is a hundred points, two params and a tag: the checks look whether it is whole or absent. */
const keys = ['loss', 'gain'] as const;
const pointsOfKey = 50;
const batchesMost = 3;

const isDone = <Body>(answer: Answer<Body> | null): answer is Answer<Body> => answer !== null && answer.status < 300;

/** What a client of MLflow writes: whole runs with batches and files, models that are logged, finished and registered. */
export const mlflowClients: readonly ((client: Client) => Promise<void>)[] = [runMaker, runMaker, modelMaker];

async function runMaker({ api, ledger, gone, chance }: Client): Promise<void> {
  while (!gone.aborted) {
    await trackRun(api, ledger, 1 + Math.floor(chance() * batchesMost));
    await sleep(chance() * 20);
  }
}

async function modelMaker({ api, ledger, gone, chance }: Client): Promise<void> {
  while (!gone.aborted) {
    await trackModel(api, ledger);
    await sleep(chance() * 60);
  }
}

/** The registered model whose versions they make, and a first run and version. */
export async function beginTracking(api: Api, ledger: Ledger): Promise<void> {
  const made = await api.send('POST', `${at}/registered-models/create`, { name: registered });
  if (!isDone(made)) throw new Error(`set-up: ${registered}: ${JSON.stringify(made)}`);
  await trackRun(api, ledger, 1);
  await trackModel(api, ledger);
}

/** A whole run, from its beginning to its end. */
export async function trackRun(api: Api, ledger: Ledger, batches: number): Promise<void> {
  const begun = await api.send<{ run: { info: { run_id: string; experiment_id: string } } }>('POST', `${at}/runs/create`, {
    start_time: 1,
  });
  if (!isDone(begun)) return;
  const { run_id, experiment_id } = begun.body.run.info;
  const run: TrackedRun = { batches: new Map(), isEnded: false };
  ledger.trackedRuns.set(run_id, run);
  for (let n = 1; n <= batches; n++) {
    run.batches.set(n, false);
    if (isDone(await api.send('POST', `${at}/runs/log-batch`, { run_id, ...batchOf(n) }))) run.batches.set(n, true);
  }
  await track(api, ledger, `${experiment_id}/${run_id}/artifacts/model.bin`);
  if (isDone(await api.send('POST', `${at}/runs/update`, { run_id, status: 'FINISHED', end_time: 2 }))) run.isEnded = true;
}

/** A logged model with two files, and a version of it. */
export async function trackModel(api: Api, ledger: Ledger): Promise<void> {
  const body = { experiment_id: '0', name: 'crash' };
  const made = await api.send<{ model: { info: { model_id: string; experiment_id: string } } }>('POST', `${at}/logged-models`, body);
  if (!isDone(made)) return;
  const { model_id, experiment_id } = made.body.model.info;
  const model: TrackedModel = { isReady: false, versions: new Set() };
  ledger.trackedModels.set(model_id, model);
  const folder = `${experiment_id}/models/${model_id}/artifacts`;
  for (const file of modelFiles) if (!(await track(api, ledger, `${folder}/${file}`))) return;
  const ready = await api.send('PATCH', `${at}/logged-models/${model_id}`, { model_id, status: 'LOGGED_MODEL_READY' });
  if (!isDone(ready)) return;
  model.isReady = true;
  const source = { name: registered, source: `models:/${model_id}`, model_id };
  const version = await api.send<{ model_version: { version: string } }>('POST', `${at}/model-versions/create`, source);
  if (isDone(version)) model.versions.add(version.body.model_version.version);
}

const modelFiles = ['a.bin', 'data/b.bin'];

async function track(api: Api, ledger: Ledger, name: string): Promise<boolean> {
  ledger.trackedFiles.set(name, false);
  const isThere = isDone(await api.send('PUT', `${files}/${name}`, artifactBytes(ledger.seed, name)));
  ledger.trackedFiles.set(name, isThere);
  return isThere;
}

const pointOf = (n: number, key: number, point: number): number => n * 1000 + key * 100 + point + 0.25;

function batchOf(n: number) {
  const metrics = keys.flatMap((key, which) =>
    Array.from({ length: pointsOfKey }, (_, point) => ({ key, value: pointOf(n, which, point), step: n * 100 + point, timestamp: n })),
  );
  const params = ['p', 'q'].map((name) => ({ key: `${name}${n}`, value: String(n) }));
  return { metrics, params, tags: [{ key: `t${n}`, value: String(n) }] };
}

/** Looks for all that clients of MLflow were told is there. */
export async function trackedIsThere(api: Api, ledger: Ledger, finding: Finding, chosen: () => boolean): Promise<void> {
  for (const [id, run] of ledger.trackedRuns) if (chosen()) await checkRun(api, id, run, finding);
  for (const [id, model] of ledger.trackedModels) if (chosen()) await checkModel(api, id, model, ledger, finding);
  for (const [name, acknowledged] of ledger.trackedFiles)
    if (chosen()) await checkFile(api, ledger.seed, name, name, acknowledged, finding);
}

interface Pairs {
  readonly params?: readonly { readonly key: string }[];
  readonly tags?: readonly { readonly key: string }[];
}

async function checkRun(api: Api, id: string, { batches, isEnded }: TrackedRun, finding: Finding): Promise<void> {
  const { status, body } = await api.get<{ run: { info: { status: string }; data: Pairs } }>(`${at}/runs/get?run_id=${id}`);
  finding.checked++;
  if (status !== 200) return void finding.lost.push(`tracked run ${id}: ${status}`);
  if (isEnded && body.run.info.status !== 'FINISHED') finding.lost.push(`the end of tracked run ${id}: ${body.run.info.status}`);
  const histories = await Promise.all(
    keys.map((key) => api.get<{ metrics?: { step: number; value: number }[] }>(`${at}/metrics/get-history?run_id=${id}&metric_key=${key}`)),
  );
  const points = histories.map(({ body: { metrics = [] } }) => new Map(metrics.map(({ step, value }) => [step, value] as const)));
  const { params = [], tags = [] } = body.run.data;
  const words = new Set([...params, ...tags].map(({ key }) => key));
  for (const [n, acknowledged] of batches) {
    finding.checked++;
    const parts = [
      ...['p', 'q', 't'].map((name) => words.has(`${name}${n}`)),
      ...points.flatMap((values, key) =>
        Array.from({ length: pointsOfKey }, (_, point) => values.get(n * 100 + point) === pointOf(n, key, point)),
      ),
    ];
    const there = parts.filter(Boolean).length;
    if (there > 0 && there < parts.length) finding.half.push(`tracked run ${id}, batch ${n}: ${there} of ${parts.length} parts`);
    if (there === 0 && acknowledged) finding.lost.push(`tracked run ${id}, batch ${n}`);
  }
}

async function checkFile(api: Api, seed: number, path: string, name: string, acknowledged: boolean, finding: Finding): Promise<void> {
  finding.checked++;
  const { status, bytes } = await api.getBytes(`${files}/${path}`);
  if (status === 404 && !acknowledged) return;
  if (status !== 200) finding.lost.push(`tracked file ${path}: ${status}`);
  else if (!bytes.equals(artifactBytes(seed, name))) finding.half.push(`tracked file ${path}: ${bytes.byteLength} other bytes`);
}

/** A version has every file of the model that it was made of, or it is not there. */
async function checkModel(api: Api, id: string, { isReady, versions }: TrackedModel, { seed }: Ledger, finding: Finding): Promise<void> {
  finding.checked++;
  const { status, body } = await api.get<{ model: { info: { status: string; artifact_uri: string } } }>(`${at}/logged-models/${id}`);
  if (status !== 200) return void finding.lost.push(`logged model ${id}: ${status}`);
  if (isReady && body.model.info.status !== 'LOGGED_MODEL_READY') finding.lost.push(`logged model ${id}: ${body.model.info.status}`);
  const folder = body.model.info.artifact_uri.replace('mlflow-artifacts:/', '');
  for (const version of versions) {
    const path = `${at}/model-versions/get-download-uri?name=${registered}&version=${version}`;
    const found = await api.get<{ artifact_uri: string }>(path);
    if (found.status !== 200) finding.lost.push(`version ${version} of ${registered}: ${found.status}`);
    else
      for (const file of modelFiles)
        await checkFile(
          api,
          seed,
          `${found.body.artifact_uri.replace('mlflow-artifacts:/', '')}/${file}`,
          `${folder}/${file}`,
          true,
          finding,
        );
  }
}

/** Three lies for the check to find: a batch, a file and a version that nobody acknowledged. */
export function plantTracked(from: Ledger, lies: Ledger): number {
  const [run] = from.trackedRuns.keys();
  const [model] = from.trackedModels.keys();
  if (run === undefined || model === undefined) return 0;
  lies.trackedRuns.set(run, { batches: new Map([[999, true]]), isEnded: false });
  lies.trackedFiles.set(`0/${run}/artifacts/never.bin`, true);
  lies.trackedModels.set(model, { isReady: false, versions: new Set(['999999']) });
  return 3;
}
