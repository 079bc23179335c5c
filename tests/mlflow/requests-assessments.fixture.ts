import { get, post, type Request, send } from './requests.fixture.ts';

const traces = '/api/3.0/mlflow/traces';
const trace = 'tr-{{p}}judged';
const own = `${traces}/${trace}/assessments`;
const location = { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: '{{exp}}' } };
const source = { source_type: 'HUMAN', source_id: 'ada' };

const say = (what: string, assessment: object, keep: Request['keep'] = {}): Request =>
  post(what, own, { assessment: { assessment_name: 'grade', source, ...assessment } }, { keep });
const change = (what: string, id: string, assessment: object, update_mask?: string): Request =>
  send('PATCH', what, `${own}/${id}`, { assessment, ...(update_mask === undefined ? {} : { update_mask }) });
const search = (what: string, filter: string): Request =>
  post(`search traces: ${what}`, `${traces}/search`, { locations: [location], filter });

export const assessmentRequests: readonly Request[] = [
  post('trace to judge', traces, {
    trace: { trace_info: { trace_id: trace, trace_location: location, request_time: '2026-02-01T00:00:00Z', state: 'OK' } },
  }),
  say('feedback', { feedback: { value: 'good' }, rationale: 'so', metadata: { a: '1', b: '2' } }, { good: 'assessment.assessment_id' }),
  say('feedback of several parts', { feedback: { value: { rating: 0.5 } }, assessment_name: 'parts' }),
  say('feedback that failed', { feedback: { error: { error_code: 'X', error_message: 'm' } }, assessment_name: 'failed' }),
  say('feedback of nobody', { feedback: { value: true }, source: undefined, assessment_name: 'nobody' }),
  say('feedback that says it does not count', { feedback: { value: true }, valid: false, assessment_name: 'counts' }),
  say('expectation', { expectation: { value: 0.5 }, assessment_name: 'answer' }, { answer: 'assessment.assessment_id' }),
  say('expectation of several parts', { expectation: { value: { limits: [0.5, true, null] } } }),
  say('expectation that is serialized', {
    expectation: { serialized_value: { serialization_format: 'JSON_FORMAT', value: '{"a": 1}' } },
  }),
  say('feedback in the place of none', { feedback: { value: 'bad' }, overrides: 'a-none' }),
  say('feedback in the place of another', { feedback: { value: 'bad' }, overrides: '{{good}}' }, { bad: 'assessment.assessment_id' }),
  get('get feedback that another took the place of', `${own}/{{good}}`),
  search('by feedback that counts', "feedback.grade = 'bad'"),
  search('by feedback that counts no longer', "feedback.grade = 'good'"),
  change('change nothing of feedback that is said', '{{good}}', { rationale: 'now' }),
  change('change the metadata of feedback', '{{good}}', { metadata: { b: '3', c: '4' } }, 'metadata'),
  change('change name and reason of feedback', '{{good}}', { assessment_name: 'mark', rationale: 'now' }, 'assessmentName,rationale'),
  change('change the value of feedback', '{{good}}', { feedback: { value: 'fair' } }, 'feedback'),
  change('change who gave feedback', '{{good}}', { source: { source_type: 'CODE', source_id: 'x' } }, 'source'),
  change('change the expectation of feedback', '{{good}}', { expectation: { value: 1 } }, 'expectation'),
  change('change an expectation', '{{answer}}', { expectation: { value: ['a'] } }, 'expectation'),
  change('change feedback that is not there', 'a-none', { rationale: 'x' }, 'rationale'),
  send('DELETE', 'delete feedback that took a place', `${own}/{{bad}}`, undefined),
  get('get feedback that counts again', `${own}/{{good}}`),
  send('DELETE', 'delete feedback that is not there', `${own}/a-none`, undefined),
];
