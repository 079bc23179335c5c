import assert from 'node:assert/strict';
import { test } from 'node:test';
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
