import { around, get, long, post, type Request, send } from './requests.fixture.ts';

const traces = '/api/3.0/mlflow/traces';
const location = { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: '{{exp}}' } };
const info = (trace_id: string, more: object = {}) => ({
  trace: {
    trace_info: {
      trace_id,
      trace_location: location,
      request_time: '2026-01-01T00:00:00Z',
      execution_duration: '0.250s',
      state: 'OK',
      ...more,
    },
  },
});
const search = (what: string, filter: string, more: object = {}): Request =>
  post(`search traces: ${what}`, `${traces}/search`, { locations: [location], filter, order_by: ['timestamp_ms ASC'], ...more });
const one = 'tr-{{p}}1';

export const traceRequests: readonly Request[] = [
  post(
    'trace',
    traces,
    info(one, {
      tags: { colour: 'red', 'mlflow.traceName': 'predict' },
      trace_metadata: { a: 'b' },
      client_request_id: 'c1',
      request_preview: 'in',
      response_preview: 'out',
    }),
  ),
  post(
    'second trace',
    traces,
    info('tr-{{p}}2', { request_time: '2026-01-01T00:00:01Z', state: 'ERROR', tags: { 'mlflow.traceName': 'train' } }),
  ),
  post(
    'trace in progress',
    traces,
    info('tr-{{p}}3', { request_time: '2026-01-01T00:00:02Z', state: 'IN_PROGRESS', execution_duration: undefined }),
  ),
  post(
    'trace of an experiment that is not there',
    traces,
    info('tr-{{p}}4', { trace_location: { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: '987654321' } } }),
  ),
  post('trace without anything', traces, {}),
  get('get a trace', `${traces}/${one}`),
  get('get a trace that is not there', `${traces}/tr-none`),
  get('get traces together', `${traces}/batchGet`, { trace_ids: [one] }),
  get('get a whole trace that is not there', `${traces}/get`, { trace_id: 'tr-none' }),
  send('PATCH', 'tag a trace', `traces/${one}/tags`, { key: 'k', value: 'v' }),
  send('PATCH', 'tag a trace without a key', `traces/${one}/tags`, { value: 'v' }),
  ...around(250).map((count) =>
    send('PATCH', `tag a trace with a key of ${count}`, 'traces/tr-{{p}}2/tags', { key: long(count), value: 'v' }),
  ),
  ...around(4096).map((count) =>
    send('PATCH', `tag a trace with ${count} characters`, 'traces/tr-{{p}}2/tags', { key: `v${count}`, value: long(count) }),
  ),
  send('PATCH', 'tag a trace that is not there', 'traces/tr-none/tags', { key: 'k', value: 'v' }),
  send('DELETE', 'take a tag off a trace', `traces/${one}/tags`, { key: 'k' }),
  send('DELETE', 'take a tag off a trace that it has not', `traces/${one}/tags`, { key: 'k' }),
  search('all', ''),
  search('by tag', "tags.colour = 'red'"),
  search('by tag, missing', 'tags.colour IS NULL'),
  search('by name', "name = 'predict'"),
  search('by status', "status = 'ERROR'"),
  search('by time', 'timestamp_ms > 1767225600000'),
  search('by duration', 'execution_time_ms >= 250'),
  search('by metadata', "metadata.a = 'b'"),
  search('by request', "client_request_id = 'c1'"),
  search('by a regular expression', "tags.colour RLIKE '^r.d$'"),
  search('by a regular expression that is none', "name RLIKE 'x+$'"),
  search('by an attribute of a span', "span.attributes.model = 'gpt'"),
  search('by an issue', "issue.id = 'i-1'"),
  search('by an unknown word', "hue = 'red'"),
  search('by nonsense', 'nonsense'),
  search('by OR', "tags.a = 'b' OR tags.c = 'd'"),
  search('a token that is none', '', { page_token: 'x' }),
  ...[0, 500, 501].map((max_results) => search(`${max_results} at once`, '', { max_results })),
  search('ordered by an unknown word', '', { order_by: ['hue'] }),
  post('search traces nowhere', `${traces}/search`, {}),
  post(
    'assessment',
    `${traces}/${one}/assessments`,
    {
      assessment: {
        assessment_name: 'ok',
        trace_id: one,
        source: { source_type: 'HUMAN', source_id: 'ada' },
        feedback: { value: true },
        create_time: '2026-01-01T00:00:00Z',
        last_update_time: '2026-01-01T00:00:00Z',
      },
    },
    { keep: { assessment: 'assessment.assessment_id' } },
  ),
  get('get an assessment', `${traces}/${one}/assessments/{{assessment}}`),
  get('get an assessment that is not there', `${traces}/${one}/assessments/a-none`),
  search('by feedback', "feedback.ok = 'true'"),
  post('link a trace to a run', 'traces/link-to-run', { trace_ids: [one], run_id: '{{run}}' }),
  search('by run', "run_id = '{{run}}'"),
  post('link prompts to a trace', 'traces/link-prompts', { trace_id: one, prompt_versions: [{ name: 'greet', version: '1' }] }),
  post('link prompts to a trace that is not there', 'traces/link-prompts', {
    trace_id: 'tr-none',
    prompt_versions: [{ name: 'greet', version: '1' }],
  }),
  post('link no prompts to a trace', 'traces/link-prompts', { trace_id: one }),
  search('by prompt', "prompt = 'greet/1'"),
  search('by a prompt without a version', "prompt = 'greet'"),
  send('DELETE', 'delete an assessment', `${traces}/${one}/assessments/{{assessment}}`, undefined),
  post('delete traces by nothing', 'traces/delete-traces', { experiment_id: '{{exp}}' }),
  post('delete traces by both', 'traces/delete-traces', { experiment_id: '{{exp}}', request_ids: [one], max_timestamp_millis: 5 }),
  post('delete a trace', 'traces/delete-traces', { experiment_id: '{{exp}}', request_ids: [one] }),
  get('get a deleted trace', `${traces}/${one}`),
];
