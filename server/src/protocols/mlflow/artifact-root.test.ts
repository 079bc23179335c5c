import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertServable } from '../../features/models/index.ts';
import { openMlflow } from './mlflow.fixture.ts';

test('with an artifact root, clients keep the files of new experiments below it, and of older ones here', async (t) => {
  const { post, get } = await openMlflow(t, { artifactRoot: 'file:///srv/ml flow' });
  const { experiment_id } = (await post('experiments/create', { name: 'shared' })).body;
  const { experiment } = (await get(`experiments/get?experiment_id=${experiment_id}`)).body;
  assert.equal(experiment.artifact_location, `file:///srv/ml flow/${experiment_id}`);
  const { info } = (await post('runs/create', { experiment_id, start_time: 1 })).body.run;
  assert.equal(info.artifact_uri, `file:///srv/ml flow/${experiment_id}/${info.run_id}/artifacts`);
  const { model } = (await post('logged-models', { experiment_id, name: 'iris' })).body;
  assert.equal(model.info.artifact_uri, `file:///srv/ml flow/${experiment_id}/models/${model.info.model_id}/artifacts`);
  const asked = (await post('experiments/create', { name: 'bucket', artifact_location: 's3://bucket/a' })).body.experiment_id;
  assert.equal((await get(`experiments/get?experiment_id=${asked}`)).body.experiment.artifact_location, 's3://bucket/a');
  assert.equal((await get('experiments/get?experiment_id=0')).body.experiment.artifact_location, 'mlflow-artifacts:/0');
});

test('a version whose files lie below the artifact root is known by its address, and is neither judged nor served', async (t) => {
  const { post, get, access, models } = await openMlflow(t, { artifactRoot: 'file:///srv/mlflow' });
  const { experiment_id } = (await post('experiments/create', { name: 'shared' })).body;
  const { run_id, artifact_uri } = (await post('runs/create', { experiment_id, start_time: 1 })).body.run.info;
  const logged = (await post('logged-models', { experiment_id, name: 'iris', source_run_id: run_id })).body.model.info;
  await post('registered-models/create', { name: 'iris' });
  const project = await access.projects.resolve('default');
  const path = artifact_uri.slice('file://'.length);
  const sources: readonly (readonly [object, string])[] = [
    [{ source: `${artifact_uri}/model`, run_id }, `${artifact_uri}/model`],
    [{ source: `runs:/${run_id}/model`, run_id }, `${artifact_uri}/model`],
    [{ source: `${path}/model`, run_id }, `${path}/model`],
    [{ source: `${artifact_uri}/model/..`, run_id }, `${artifact_uri}/model/..`],
    [{ source: `models:/${logged.model_id}`, model_id: logged.model_id }, logged.artifact_uri],
  ];
  for (const [at, [asked, address]] of sources.entries()) {
    const { status, text } = await post('model-versions/create', { name: 'iris', ...asked });
    assert.equal(status, 200, text);
    assert.equal((await get(`model-versions/get-download-uri?name=iris&version=${at + 1}`)).body.artifact_uri, address);
    const version = await models.version(project, 'iris', at + 1);
    assert.deepEqual([version.flavor, version.files], ['outside', []]);
    assert.throws(() => assertServable(version), /its files lie elsewhere, so their digest is unknown until they are uploaded/);
  }
  for (const source of [
    `file:///srv/mlflow/${experiment_id}/${'0'.repeat(32)}/artifacts/m`,
    `${artifact_uri}/../../x`,
    `${path}/../x`,
    `${path}x`,
    `${artifact_uri}/%2e%2e/x`,
    'file:///etc',
  ]) {
    assert.equal((await post('model-versions/create', { name: 'iris', source, run_id })).status, 400, source);
  }
});
