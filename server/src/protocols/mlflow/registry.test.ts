import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openMlflow } from './mlflow.fixture.ts';

test('a description changes the time of its version, a stage that of the model too, and a tag neither', async (t) => {
  const { post, get, call } = await openMlflow(t);
  const model = (await post('registered-models/create', { name: 'iris' })).body.registered_model;
  await post('model-versions/create', { name: 'iris', source: 's3://bucket/model' });
  const times = async () => ({
    model: (await get('registered-models/get?name=iris')).body.registered_model.last_updated_timestamp,
    version: (await get('model-versions/get?name=iris&version=1')).body.model_version.last_updated_timestamp,
  });
  const later = async (change: () => Promise<unknown>) => {
    while (Date.now() <= Math.max(...Object.values(await times()))) await new Promise((ended) => setTimeout(ended, 1));
    await change();
    return times();
  };
  const first = await times();
  assert.ok(first.model >= model.creation_timestamp);
  const one = { name: 'iris', version: '1' };
  assert.deepEqual(await later(() => post('model-versions/set-tag', { ...one, key: 'a', value: 'b' })), first);
  assert.deepEqual(await later(() => call('DELETE', '/api/2.0/mlflow/model-versions/delete-tag', { ...one, key: 'a' })), first);
  const described = await later(() => call('PATCH', '/api/2.0/mlflow/model-versions/update', { ...one, description: 'x' }));
  assert.deepEqual([described.model, described.version > first.version], [first.model, true]);
  const staged = await later(() => post('model-versions/transition-stage', { ...one, stage: 'Staging' }));
  assert.deepEqual([staged.model > first.model, staged.version > described.version], [true, true]);
});

test('a logged model names the versions that were made of it in the text that MLflow writes', async (t) => {
  const { post, get } = await openMlflow(t);
  const { model_id } = (await post('logged-models', { experiment_id: '0', name: 'iris' })).body.model.info;
  await post('registered-models/create', { name: 'größe' });
  for (let at = 0; at < 2; at++) await post('model-versions/create', { name: 'größe', source: `models:/${model_id}`, model_id });
  const { tags } = (await get(`logged-models/${model_id}`)).body.model.info;
  const value = '[{"name": "gr\\u00f6\\u00dfe", "version": 1}, {"name": "gr\\u00f6\\u00dfe", "version": 2}]';
  assert.deepEqual(tags, [{ key: 'mlflow.modelVersions', value }]);
});

test('a version may be of a run of another server, whose files are known by their address only', async (t) => {
  const { post, get, access, models } = await openMlflow(t);
  await post('registered-models/create', { name: 'iris' });
  const source = 'runs:/run_of_theirs/model';
  assert.equal((await post('model-versions/create', { name: 'iris', source, run_id: 'another' })).status, 400);
  assert.equal((await post('model-versions/create', { name: 'iris', source })).status, 400);
  const { body } = await post('model-versions/create', { name: 'iris', source, run_id: 'run_of_theirs' });
  assert.deepEqual([body.model_version.source, body.model_version.run_id], [source, 'run_of_theirs']);
  assert.equal((await get('model-versions/get-download-uri?name=iris&version=1')).body.artifact_uri, source);
  const version = await models.version(await access.projects.resolve('default'), 'iris', 1);
  assert.deepEqual([version.flavor, version.files], ['outside', []]);
});

test('a logged model without a name gets one of its own, and may be of a run of another server', async (t) => {
  const { post } = await openMlflow(t);
  const make = async (more: object) => (await post('logged-models', { experiment_id: '0', ...more })).body.model.info;
  const [first, second] = [await make({}), await make({ source_run_id: '123' })];
  assert.match(first.name, /^model-[0-9a-f]{6}$/);
  assert.equal(second.source_run_id, '123');
  const found = await post('logged-models/search', { experiment_ids: ['0'], filter: `name = '${first.name}'` });
  assert.deepEqual(
    found.body.models.map((model: { info: { model_id: string } }) => model.info.model_id),
    [first.model_id],
  );
  const long = await post('logged-models', { experiment_id: '0', source_run_id: 'r'.repeat(251) });
  assert.deepEqual([long.status, long.body.error_code], [400, 'INVALID_PARAMETER_VALUE']);
});

test('logged models are found by the data that they were measured on', async (t) => {
  const { post } = await openMlflow(t);
  const [first, second] = await Promise.all(
    ['a', 'b'].map(async (name) => (await post('logged-models', { experiment_id: '0', name })).body.model.info.model_id),
  );
  const { run_id } = (await post('runs/create', { start_time: 1 })).body.run.info;
  const point = { run_id, key: 'm', value: 1, timestamp: 1 };
  await post('runs/log-metric', { ...point, model_id: first, dataset_name: 'train', dataset_digest: '123' });
  await post('runs/log-metric', { ...point, model_id: second });
  const found = async (datasets: readonly object[]) =>
    ((await post('logged-models/search', { experiment_ids: ['0'], datasets })).body.models ?? []).map(
      (model: { info: { name: string } }) => model.info.name,
    );
  assert.deepEqual((await found([])).sort(), ['a', 'b']);
  assert.deepEqual(await found([{ dataset_name: 'train' }]), ['a']);
  assert.deepEqual(await found([{ dataset_name: 'train', dataset_digest: '123' }]), ['a']);
  assert.deepEqual(await found([{ dataset_name: 'train', dataset_digest: '124' }]), []);
});

test('versions of prompts are found by who asks for prompts, and a prompt that is too long is refused as one', async (t) => {
  const { post, get } = await openMlflow(t);
  const tags = [{ key: 'mlflow.prompt.is_prompt', value: 'true' }];
  await post('registered-models/create', { name: 'greeting', tags });
  await post('registered-models/create', { name: 'iris' });
  const text = (value: string) => ({ name: 'greeting', source: 'prompt-template', tags: [...tags, { key: 'mlflow.prompt.text', value }] });
  await post('model-versions/create', text('Hi, {{name}}!'));
  await post('model-versions/create', { name: 'iris', source: 's3://bucket/model' });
  const found = async (filter: string) =>
    ((await get(`model-versions/search?filter=${encodeURIComponent(filter)}`)).body.model_versions ?? []).map(
      (one: { name: string }) => one.name,
    );
  assert.deepEqual(await found(''), ['iris']);
  assert.deepEqual(await found("name LIKE 'g%'"), []);
  assert.deepEqual(await found("tags.`mlflow.prompt.is_prompt` = 'true'"), ['greeting']);
  assert.deepEqual(await found("tags.`mlflow.prompt.is_prompt` != 'true'"), ['iris']);
  const long = await post('model-versions/create', text('a'.repeat(100_001)));
  assert.deepEqual([long.status, long.body.message], [400, 'Prompt text exceeds max length of 100000 characters.']);
});
