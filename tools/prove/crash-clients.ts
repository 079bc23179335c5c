import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Api, Client } from './crash-api.ts';
import { executionsEnd } from './crash-check.ts';
import { artifactBytes, type KnownRun, type Ledger, metricKeys, type Pointer, tableText } from './crash-ledger.ts';
import { beginTracking, mlflowClients } from './crash-mlflow.ts';

const project = '/projects/default';

/** What the clients write into: a data set, a pipeline that fits a tiny model, and a deployment of it that rolls in two steps. */
async function setUp({ api }: Client): Promise<void> {
  const put = async (path: string, body: unknown): Promise<void> => {
    const answer = await api.send('PUT', project + path, body);
    if (!isDone(answer)) throw new Error(`set-up: ${path}: ${JSON.stringify(answer)}`);
  };
  await put('/datasets/points', { target: 'y' });
  await put('/pipelines/train', {
    inputs: ['points'],
    params: { trees: 5 },
    steps: {
      fit: { kind: 'fit', trainer: 'gbdt', target: 'y', from: 'points', settings: { min_rows_leaf: 5 } },
      evaluate: { kind: 'evaluate', model: 'fit', on: 'points' },
    },
    register: 'tiny',
  });
  await put('/models/tiny', { owner: 'nobody' });
  await put('/deployments/tiny', { model: 'tiny', environment: 'production', rollout: { steps: [0.5, 1], guard: [], bake_ms: 3_600_000 } });
}

/** The set-up to one version that serves. */
export async function begin(client: Client): Promise<void> {
  await setUp(client);
  await beginTracking(client.api, client.ledger);
  await addData(client.api, client.ledger, 1);
  await startTraining(client.api, client.ledger);
  const wrong = await executionsEnd(client.api, client.ledger);
  if (wrong.length > 0) throw new Error(`the first training: ${wrong.join('; ')}`);
  const released = await release(client.api, 1);
  if (!isDone(released)) throw new Error(`the first release: ${JSON.stringify(released)}`);
  client.ledger.champion.acknowledged = 1;
}

/** All of them write until the server is gone. */
export async function runClients(client: Client): Promise<void> {
  const loops = [logger, logger, uploader, dataAdder, trainer, releaser, truthTeller, ...mlflowClients];
  await Promise.all(loops.map((loop) => loop(client)));
}

/** A batch is three points, a param and a tag: the checks look whether it is whole or absent. */
async function logger({ api, ledger, gone, chance }: Client): Promise<void> {
  const run = await startRun(api);
  if (run === null) return;
  const known = { acknowledged: new Set<number>(), attempted: 0 };
  ledger.runs.set(run, known);
  while (!gone.aborted && known.attempted < 2000) {
    await logBatch(api, run, known);
    await sleep(chance() * 10);
  }
}

export async function logBatch(api: Api, run: string, known: KnownRun): Promise<void> {
  const n = ++known.attempted;
  const metrics = metricKeys.map((key, index) => ({ key, value: n * 10 + index, step: n, timestamp_ms: 1_000_000 + n }));
  const params = [{ key: `p${n}`, value: String(n) }];
  const answer = await api.send('POST', `${project}/runs/${run}/log`, { metrics, params, tags: [{ key: 'last', value: String(n) }] });
  if (isDone(answer)) known.acknowledged.add(n);
}

async function uploader({ api, ledger, gone, chance }: Client): Promise<void> {
  const run = await startRun(api);
  if (run === null) return;
  for (let n = 0; !gone.aborted && n < 2000; n++) {
    await upload(api, ledger, run, `f${n}.bin`);
    await sleep(chance() * 30);
  }
}

export async function upload(api: Api, ledger: Ledger, run: string, file: string): Promise<void> {
  const name = `${run}/${file}`;
  ledger.artifacts.set(name, false);
  const answer = await api.send('PUT', `${project}/runs/${run}/artifact?path=${file}`, artifactBytes(ledger.seed, name));
  if (isDone(answer)) ledger.artifacts.set(name, true);
}

async function dataAdder({ api, ledger, gone, chance }: Client): Promise<void> {
  while (!gone.aborted) {
    await sleep(chance() * 600);
    await addData(api, ledger, Math.floor(chance() * 1e9));
  }
}

export async function addData(api: Api, ledger: Ledger, n: number): Promise<void> {
  const blob = await api.send<{ digest: string }>('PUT', `${project}/blobs`, Buffer.from(tableText(n)));
  if (!isDone(blob)) return;
  const files = [{ path: 'points.csv', digest: blob.body.digest }];
  const added = await api.send<{ version: { number: number; digest: string } }>('POST', `${project}/datasets/points/versions`, { files });
  if (isDone(added)) ledger.versions.set(added.body.version.number, added.body.version.digest);
}

async function trainer({ api, ledger, gone, chance }: Client): Promise<void> {
  while (!gone.aborted) {
    await sleep(chance() * 300);
    await startTraining(api, ledger);
  }
}

/** Refused with 409 while one runs. */
export async function startTraining(api: Api, ledger: Ledger): Promise<string | null> {
  const started = await api.send<{ id: string }>('POST', `${project}/pipelines/train/start`, { use_cache: false });
  if (!isDone(started)) return null;
  ledger.executions.add(started.body.id);
  return started.body.id;
}

/** Moves an alias by compare-and-set, and releases versions: in half of the cycles the kill comes between a roll and its promotion. */
async function releaser({ api, ledger, gone, chance }: Client): Promise<void> {
  while (!gone.aborted) {
    await sleep(20 + chance() * 80);
    const latest = await newest(api);
    if (latest === null) continue;
    const version = 1 + Math.floor(chance() * latest);
    await moveAlias(api, ledger, version);
    if (gone.aborted) return;
    const next = 1 + Math.floor(chance() * latest);
    await move(ledger.champion, next, () => release(api, next));
  }
}

export function moveAlias(api: Api, ledger: Ledger, version: number): Promise<void> {
  const path = `${project}/models/tiny/aliases/candidate`;
  return move(ledger.alias, version, () => api.send('PUT', path, { version, expected: ledger.alias.acknowledged }));
}

/** The first version goes in at once; a later one by a step, then by hand. */
async function release(api: Api, version: number): Promise<Answer | null> {
  const rolled = await api.send<{ state: string }>('POST', `${project}/deployments/tiny/roll`, { version });
  if (!isDone(rolled) || rolled.body.state === 'promoted') return rolled;
  return api.send('POST', `${project}/deployments/tiny/promote`);
}

/** An answer settles the pointer; none leaves two values possible. */
async function move(pointer: Pointer, value: number, write: () => Promise<Answer | null>): Promise<void> {
  // One that got no answer is settled by the next look at it.
  if (pointer.inFlight !== null) return;
  pointer.inFlight = value;
  const answer = await write();
  if (isDone(answer)) {
    pointer.acknowledged = value;
    pointer.moves++;
  }
  // A refusal moved nothing; after a failed write or fsync nobody knows.
  if (answer !== null && codeOf(answer) !== 'storage_failed') pointer.inFlight = null;
}

/** Sends rows, and tells the truth about some of them: the answer to a row is no acknowledged write, the outcome is one. */
async function truthTeller({ api, ledger, gone, chance }: Client): Promise<void> {
  for (let n = 0; !gone.aborted && n < 2000; n++) {
    await sleep(10 + chance() * 30);
    await tellTruth(api, ledger, `${ledger.acknowledged}-${n}-${Math.floor(chance() * 1e6)}`);
  }
}

export async function tellTruth(api: Api, ledger: Ledger, name: string): Promise<void> {
  const ids = [0, 1, 2].map((row) => `row-${name}-${row}`);
  const rows = ids.map((_, row) => ({ x: row * 30, kind: 'a' }));
  const served = await api.send('POST', '/deployments/tiny/predict', { rows, ids });
  if (!isDone(served)) return;
  const outcomes = ids.map((id, row) => ({ id, value: row % 2 }));
  const told = await api.send('POST', '/deployments/tiny/outcomes', { outcomes });
  if (isDone(told)) for (const { id, value } of outcomes) ledger.outcomes.set(id, value);
}

export async function startRun(api: Api): Promise<string | null> {
  const started = await api.send<{ id: string }>('POST', `${project}/runs`, { name: 'crash' });
  return isDone(started) ? started.body.id : null;
}

async function newest(api: Api): Promise<number | null> {
  const models = await api.get<{ items: { name: string; latest: number | null }[] }>(`${project}/models`).catch(() => null);
  // Its database may be away.
  const found = models?.status === 200 ? models.body.items.find((model) => model.name === 'tiny') : undefined;
  return found?.latest ?? null;
}

/** The code of a refusal, of ours or of MLflow's. */
export function codeOf({ body }: Answer): string | null {
  const told = body as { error?: { code?: string }; error_code?: string } | null;
  return told?.error?.code ?? told?.error_code ?? null;
}

export function isDone<Body>(answer: Answer<Body> | null): answer is Answer<Body> {
  return answer !== null && answer.status < 300;
}
