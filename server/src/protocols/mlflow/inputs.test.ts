import assert from 'node:assert/strict';
import { test } from 'node:test';
import { putOfProject } from '../../platform/blobs/index.ts';
import { openMlflow } from './mlflow.fixture.ts';

const datasetOf = (name: string, digest: string, context?: string) => ({
  dataset: { name, digest, source_type: 'http', source: '{"url":"https://example.org/data.csv"}' },
  tags: context === undefined ? [] : [{ key: 'mlflow.data.context', value: context }],
});

test('the datasets of experiments are told once for each use, whichever runs read them', async (t) => {
  const { post } = await openMlflow(t);
  const { experiment_id: other } = (await post('experiments/create', { name: 'other' })).body;
  const runIn = async (experiment_id: string, ...datasets: unknown[]) => {
    const { run_id } = (await post('runs/create', { experiment_id, start_time: 1 })).body.run.info;
    assert.equal((await post('runs/log-inputs', { run_id, datasets })).status, 200);
  };
  await runIn('0', datasetOf('flights', 'aaaa', 'training'), datasetOf('weather', 'bbbb'));
  await runIn('0', datasetOf('flights', 'aaaa', 'training'), datasetOf('flights', 'aaaa', 'evaluation'));
  await runIn(other, datasetOf('flights', 'cccc', 'training'));
  const search = (experiment_ids: string[]) => post('experiments/search-datasets', { experiment_ids });
  assert.deepEqual((await search(['0'])).body.dataset_summaries, [
    { experiment_id: '0', name: 'flights', digest: 'aaaa', context: 'evaluation' },
    { experiment_id: '0', name: 'flights', digest: 'aaaa', context: 'training' },
    { experiment_id: '0', name: 'weather', digest: 'bbbb' },
  ]);
  assert.equal((await search(['0', other])).body.dataset_summaries.length, 4);
  assert.deepEqual((await search(['4711'])).body, {});
  assert.match((await search([])).body.message, /at least one experiment_id/);
  assert.match((await search(Array.from({ length: 21 }, () => '0'))).body.message, /more than 20 experiment_ids\. Received 21/);
});

/** A dataset of our own with one version. */
async function addFlights({ datasets, blobs, clock, database, access, admin }: Awaited<ReturnType<typeof openMlflow>>) {
  const project = await access.projects.resolve('default');
  const content = Buffer.from('at,delay\n2026-01-01,4\n2026-01-02,9\n');
  const { digest } = await putOfProject({ database, blobs, clock }, project, content, { limit_bytes: 1000 });
  const { version } = await datasets.addVersion(admin, project, { dataset: 'flights', files: [{ path: 'flights.csv', digest }] });
  return version;
}

test('an input whose source names a version of ours is that version, in the run and in the lineage of its model', async (t) => {
  const mlflow = await openMlflow(t);
  const { post, get, access, admin, runs, models } = mlflow;
  const own = await addFlights(mlflow);
  const project = await access.projects.resolve('default');
  const address = 'http://localhost:80/api/v1/projects/default/datasets/flights/versions/1/file?path=flights.csv';
  const told = (source_type: string, source: object) => ({
    dataset: { name: 'what the client calls it', digest: 'abc', source_type, source: JSON.stringify(source), profile: '{"rows":2}' },
    tags: [{ key: 'mlflow.data.context', value: 'training' }],
  });
  const cases: readonly (readonly [string, unknown, boolean])[] = [
    ['an address of this server', told('http', { url: address }), true],
    ['our own form', told('slipway', { dataset: 'flights', version: 1 }), true],
    ['an address of another server', told('http', { url: address.replace('localhost:80', 'example.org') }), false],
    ['another project', told('http', { url: address.replace('projects/default', 'projects/theirs') }), false],
    ['a version that is not there', told('http', { url: address.replace('versions/1', 'versions/7') }), false],
    ['a file', told('local', { uri: '/data/flights.csv' }), false],
    ['a source that is no JSON', { dataset: { name: 'x', digest: 'abc', source_type: 'http', source: address } }, false],
  ];
  for (const [what, dataset, isLinked] of cases) {
    // What is told of a dataset is kept once in an experiment.
    const { experiment_id } = (await post('experiments/create', { name: what })).body;
    const { run_id } = (await post('runs/create', { experiment_id, start_time: 1 })).body.run.info;
    assert.equal((await post('runs/log-inputs', { run_id, datasets: [dataset] })).status, 200, what);
    const [input] = (await runs.getRun(admin, project, run_id)).inputs;
    assert.deepEqual([input?.version, input?.digest], isLinked ? [1, own.digest] : [null, 'abc'], what);
    const [kept] = (await get(`runs/get?run_id=${run_id}`)).body.run.inputs.dataset_inputs;
    assert.equal(kept.dataset.source, (dataset as ReturnType<typeof told>).dataset.source, `${what}: what the client told is kept`);
    await post('registered-models/create', { name: what });
    await post('model-versions/create', { name: what, source: 's3://bucket/model', run_id });
    const version = await models.version(project, what, 1);
    assert.deepEqual(version.dataset_versions, isLinked ? [{ dataset: 'flights', number: 1, digest: own.digest }] : [], what);
  }
});
