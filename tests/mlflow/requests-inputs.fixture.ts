import { around, get, long, many, post, type Request } from './requests.fixture.ts';
import { search } from './requests-searches.fixture.ts';

const run_id = '{{run}}';

const dataset = (change: object = {}) => ({
  name: 'flights',
  digest: 'abc',
  source_type: 'http',
  source: '{"url":"https://example.org"}',
  ...change,
});
/** What runs read, and what they made. */
export const inputRequests: readonly Request[] = [
  post('an input', 'runs/log-inputs', {
    run_id,
    datasets: [
      {
        tags: [
          { key: 'mlflow.data.context', value: 'training' },
          { key: 'k', value: 'v' },
        ],
        dataset: dataset({ schema: '{}', profile: '{}' }),
      },
    ],
  }),
  post(
    'run for a dataset of two purposes',
    'runs/create',
    { experiment_id: '{{expB}}', start_time: 1, run_name: 'twice' },
    { keep: { twice: 'run.info.run_id' } },
  ),
  post('an input for another purpose', 'runs/log-inputs', {
    run_id: '{{twice}}',
    datasets: [
      { tags: [{ key: 'mlflow.data.context', value: 'training' }], dataset: dataset() },
      { tags: [{ key: 'mlflow.data.context', value: 'evaluation' }], dataset: dataset() },
    ],
  }),
  get('get a run that read a dataset for two purposes', 'runs/get', { run_id: '{{twice}}' }),
  post('no input', 'runs/log-inputs', { run_id }),
  post('an input of no run', 'runs/log-inputs', { datasets: [{ dataset: dataset() }] }),
  post('an input without a dataset', 'runs/log-inputs', { run_id: '{{scrap}}', datasets: [{}] }),
  ...['name', 'digest', 'source_type', 'source'].map((member) =>
    post(`an input without a ${member}`, 'runs/log-inputs', {
      run_id: '{{scrap}}',
      datasets: [{ dataset: dataset({ [member]: undefined }) }],
    }),
  ),
  ...around(500).map((count) =>
    post(`an input with a name of ${count}`, 'runs/log-inputs', {
      run_id: '{{run2}}',
      datasets: [{ dataset: dataset({ name: long(count) }) }],
    }),
  ),
  ...around(36).map((count) =>
    post(`an input with a digest of ${count}`, 'runs/log-inputs', {
      run_id: '{{run2}}',
      datasets: [{ dataset: dataset({ digest: long(count) }) }],
    }),
  ),
  ...around(65_535).map((count) =>
    post(`an input with a source of ${count}`, 'runs/log-inputs', {
      run_id: '{{run2}}',
      datasets: [{ dataset: dataset({ name: `s${count}`, source: long(count) }) }],
    }),
  ),
  ...around(1_048_575).map((count) =>
    post(`an input with a schema of ${count}`, 'runs/log-inputs', {
      run_id: '{{run2}}',
      datasets: [{ dataset: dataset({ name: `m${count}`, schema: long(count) }) }],
    }),
  ),
  ...around(255).map((count) =>
    post(`an input with a tag key of ${count}`, 'runs/log-inputs', {
      run_id: '{{run3}}',
      datasets: [{ tags: [{ key: long(count), value: 'v' }], dataset: dataset({ name: `k${count}` }) }],
    }),
  ),
  ...around(500).map((count) =>
    post(`an input with a tag of ${count}`, 'runs/log-inputs', {
      run_id: '{{run3}}',
      datasets: [{ tags: [{ key: 'k', value: long(count) }], dataset: dataset({ name: `v${count}` }) }],
    }),
  ),
  get('get a run with inputs', 'runs/get', { run_id }),
  search('by dataset, there', "dataset.name = 'flights'"),
  search('by digest in a list', "dataset.digest IN ('abc', 'x')"),
  search('by context', "dataset.context = 'training'"),
  post('datasets of an experiment', '/ajax-api/2.0/mlflow/experiments/search-datasets', { experiment_ids: ['{{exp}}'] }),
  post('datasets of no experiment', '/ajax-api/2.0/mlflow/experiments/search-datasets', {}),
  post('datasets of 21 experiments', '/ajax-api/2.0/mlflow/experiments/search-datasets', { experiment_ids: many(21, () => '{{exp}}') }),
  post('outputs of no run', 'runs/outputs', { models: [] }),
  post('a model in its old form', 'runs/log-model', {
    run_id,
    model_json: JSON.stringify({ artifact_path: 'm', flavors: {}, utc_time_created: 'now', run_id: 'x' }),
  }),
  post('a model in its old form, incomplete', 'runs/log-model', { run_id, model_json: '{}' }),
  post('a model in its old form, broken', 'runs/log-model', { run_id, model_json: '{' }),
  post('a model in its old form, absent', 'runs/log-model', { run_id }),
];
