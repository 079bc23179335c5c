import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkout, type Server } from '../journeys/a-server.fixture.ts';
import { type Ask, type Say, speaker } from './ask.fixture.ts';
import { type Given, givenIn } from './given.fixture.ts';
import { mlflowGiven, type Tracked, trackIn } from './mlflow-world.fixture.ts';

/** A project in which there is one of everything, named the same in every project. */
export interface Peopled {
  readonly project: string;
  /** By the name of a part of a path. */
  readonly params: Readonly<Record<string, string>>;
  /** By the id of an operation; what is not here is made from its schema. */
  readonly given: Readonly<Record<string, Given>>;
  /** Of a file that was uploaded here and nowhere else, and its bytes. */
  readonly secretFile: { readonly digest: string; readonly text: string };
  readonly tracked: Tracked;
}

const wait_ms = 60_000;
const rows = 240;
const foreign = join(checkout, 'server/src/features/models/foreign');

async function until<T>(what: string, look: () => Promise<T | null | undefined>): Promise<T> {
  for (const end = Date.now() + wait_ms; Date.now() < end; await sleep(100)) {
    const found = await look();
    if (found !== null && found !== undefined) return found;
  }
  throw new Error(`${what} did not come`);
}

function table(project: string): string {
  const lines = Array.from({ length: rows }, (_, at) => `${at},${(at * 37) % 100},${project},${(at * 37) % 100 > 50 === (at % 7 !== 0)}`);
  return `id,speed,line,worn\n${lines.join('\n')}\n`;
}

/** Makes a project with one of every noun, by the API alone. */
export async function people(server: Server, ask: Ask, project: string): Promise<Peopled> {
  const say = speaker(ask, server.admin.token);
  await say('POST', '/api/v1/projects', { name: project });
  const at = `/api/v1/projects/${project}`;
  const upload = async (content: string | Uint8Array) => (await say<{ digest: string }>('PUT', `${at}/blobs`, content)).digest;
  const file = await upload(table(project));
  await say('PUT', `${at}/datasets/rows`, { target: 'worn', key: ['id'] });
  await say('POST', `${at}/datasets/rows/versions`, { files: [{ path: 'rows.csv', digest: file }] });
  const run = await runIn(say, at);
  const onnx = await upload(readFileSync(join(foreign, 'matrix.onnx')));
  const served = await serveIn(say, at, project, onnx);
  const trained = await trainIn(say, at, upload);
  await say('PUT', `${at}/receivers/ops`, { webhook: 'http://127.0.0.1:9/hook' });
  const incident = await incidentIn(say, at, served);
  const { events } = await say<{ events: { number: number }[] }>('GET', `${at}/events?limit=1`);
  const text = `a file that only ${project} has: canary-of-${project}\n`;
  const secretFile = { digest: await upload(text), text };
  const params = {
    project,
    dataset: 'rows',
    version: '1',
    run: run.id,
    model: 'wear',
    alias: 'candidate',
    gate: 'release',
    deployment: served,
    monitor: 'watch',
    receiver: 'ops',
    pipeline: 'study',
    number: String(events[0]?.number),
    incident,
    ...trained,
  };
  const tracked = await trackIn(speaker(ask, server.admin.token, { 'x-mlflow-workspace': project }), project);
  return { project, params, given: { ...givenIn({ project, served, file, onnx }), ...mlflowGiven(tracked) }, secretFile, tracked };
}

async function runIn(say: Say, at: string): Promise<{ id: string }> {
  await say('POST', `${at}/experiments`, { name: 'trials' });
  const run = await say<{ id: string }>('POST', `${at}/runs`, { name: 'first', tags: [{ key: 'who', value: 'us' }] });
  const metrics = Array.from({ length: 20 }, (_, step) => ({ key: 'loss', value: 1 / (step + 1), step }));
  await say('POST', `${at}/runs/${run.id}/log`, { metrics, params: [{ key: 'depth', value: '3' }] });
  await say('PUT', `${at}/runs/${run.id}/artifact?path=notes.txt`, 'what was found\n');
  return run;
}

/** A model of another tool and its deployment, which has served rows. Answers the name of the deployment. */
async function serveIn(say: Say, at: string, project: string, onnx: string): Promise<string> {
  const served = `${project}-wear`;
  await say('POST', `${at}/models/wear/versions`, { file: onnx, inputs: ['a', 'b', 'c'] });
  await say('PUT', `${at}/models/wear/aliases/candidate`, { version: 1 });
  await say('PUT', `${at}/deployments/${served}`, { model: 'wear', environment: 'staging' });
  await say('POST', `${at}/deployments/${served}/roll`, { version: 1 });
  await until('the model', async () => (await say<{ champion: number | null }>('GET', `${at}/deployments/${served}`)).champion);
  // Other names for its columns make the same file another version, so that there is something to roll to.
  await say('POST', `${at}/models/wear/versions`, { file: onnx, inputs: ['x', 'y', 'z'] });
  await say('PUT', `${at}/deployments/${project}-slow`, {
    model: 'wear',
    environment: 'staging',
    rollout: { steps: [0.5, 1], bake_ms: 86_400_000 },
  });
  for (const version of [1, 2]) await say('POST', `${at}/deployments/${project}-slow/roll`, { version });
  return served;
}

/** A pipeline that trains, a gate that its version passes but for a person, and the approval that is asked for. */
async function trainIn(say: Say, at: string, upload: (text: string) => Promise<string>) {
  const split = await upload(
    'create table older as select * from rows where id % 4 <> 0;\ncreate table recent as select * from rows where id % 4 = 0;\n',
  );
  await say('PUT', `${at}/gates/release`, {
    model: 'trained',
    criteria: [{ kind: 'bound', metric: 'auc', min: 0 }],
    approvals: { staging: 1 },
  });
  const steps = {
    split: { kind: 'sql', file: 'split.sql', from: ['rows'], out: ['older', 'recent'] },
    fit: { kind: 'fit', trainer: 'gbdt', target: 'worn', from: 'older', settings: { trees: 3 } },
    evaluate: { kind: 'evaluate', model: 'fit', on: 'recent' },
  };
  await say('PUT', `${at}/pipelines/study`, { inputs: ['rows'], steps, register: 'trained', files: { 'split.sql': split } });
  const { id } = await say<{ id: string }>('POST', `${at}/pipelines/study/start`, {});
  const states = ['succeeded', 'failed', 'cancelled'];
  const ended = await until('the execution', async () => {
    const { execution } = await say<{ execution: { state: string; error: string | null } }>('GET', `${at}/executions/${id}`);
    return states.includes(execution.state) ? execution : null;
  });
  if (ended.state !== 'succeeded') throw new Error(`the execution ${ended.state}: ${ended.error}`);
  await say('PUT', `${at}/deployments/${at.split('/').at(-1)}-trained`, { model: 'trained', environment: 'staging', gate: 'release' });
  const approval = await until('the approval', async () => (await say<{ items: { id: string }[] }>('GET', `${at}/approvals`)).items[0]?.id);
  return { execution: id, step: 'split', approval };
}

/** Served rows whose truth is always the other class, and the incident that follows. */
async function incidentIn(say: Say, at: string, deployment: string): Promise<string> {
  const ids = Array.from({ length: 120 }, (_, row) => `row-${deployment}-${row}`);
  const { predictions } = await say<{ predictions: { id: string; label: string }[] }>('POST', `/api/v1/deployments/${deployment}/predict`, {
    rows: ids.map((_, row) => ({ a: row / 60 - 1, b: 0.3, c: -0.2 })),
    ids,
  });
  const wrong = (label: string): string => (label === 'wear' ? 'fine' : 'wear');
  await say('POST', `/api/v1/deployments/${deployment}/outcomes`, {
    outcomes: predictions.map(({ id, label }) => ({ id, value: wrong(label) })),
  });
  const day_ms = 86_400_000;
  const limits = {
    window_ms: day_ms,
    every_ms: day_ms,
    drift: 'none',
    performance: { accuracy: { min: 0.9 } },
    estimate: false,
    notify: [],
  };
  await say('PUT', `${at}/monitors/watch`, { deployment, ...limits });
  // Envelopes are written behind the answer.
  await until('the rows', async () => {
    const { counts } = await say<{ counts: { outcomes: number }[] }>('GET', `${at}/deployments/${deployment}/served`);
    return counts.some(({ outcomes }) => outcomes >= ids.length) ? true : null;
  });
  await say('POST', `${at}/monitors/watch/check`);
  return until('the incident', async () => (await say<{ items: { id: string }[] }>('GET', `${at}/incidents`)).items[0]?.id);
}
