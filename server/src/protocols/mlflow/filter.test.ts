import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SlipwayError } from '../../kernel/error.ts';
import { runQueryOf } from './runs-search.ts';

const asked = { experiment_ids: ['1'], order_by: [], view: 'ACTIVE_ONLY' as const, max_results: 10, page_token: '' };
const tests = (filter: string) => runQueryOf({ ...asked, filter }).tests;
const order = (...order_by: string[]) => runQueryOf({ ...asked, filter: '', order_by }).order;
const messageOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof SlipwayError) return String(error.details['mlflow_message']);
  }
  return 'nothing was refused';
};

test('filters of runs are read as MLflow reads them: prefixes, quotes, lists, missing ones, words in any case', () => {
  assert.deepEqual(tests(''), []);
  assert.deepEqual(tests('metrics.loss <= 1e-3 and params.`a b/c` = \'x\' AND tag."k" is not null'), [
    { field: { kind: 'metric', key: 'loss' }, comparison: '<=', value: 0.001 },
    { field: { kind: 'param', key: 'a b/c' }, comparison: '=', value: 'x' },
    { field: { kind: 'tag', key: 'k' }, missing: false },
  ]);
  assert.deepEqual(tests("status = 'FINISHED' and run_id NOT IN ('a', \"b\") and created > 5 and tags.mlflow.runName ilike '%x%'"), [
    { field: { kind: 'own', column: 'status' }, comparison: '=', value: 'finished' },
    { field: { kind: 'own', column: 'id' }, comparison: 'not in', value: ['a', 'b'] },
    { field: { kind: 'own', column: 'started_at_ms' }, comparison: '>', value: 5 },
    { field: { kind: 'own', column: 'name' }, comparison: 'ilike', value: '%x%' },
  ]);
  assert.deepEqual(tests("datasets.name = 'd' and datasets.context IN ('train')"), [
    { field: { kind: 'dataset', column: 'name' }, comparison: '=', value: 'd' },
    { field: { kind: 'dataset', column: 'context' }, comparison: 'in', value: ['train'] },
  ]);
});

test('a filter that is not understood says where', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['metrics.loss >', /expected a value, found the end \(at character 15/],
    ["metrics.loss > 'x'", /Expected numeric value type for metric.*at character 16/],
    ['params.a = 1', /Expected a quoted string value for parameter.*at character 12/],
    ["params.a > '1'", /Invalid comparator '>'.*at character 10/],
    ["nope.a = '1'", /Invalid entity type 'nope'.*at character 1 /],
    ["nope = '1'", /Invalid attribute key 'nope'/],
    ["params.a = 'x' or params.b = 'y'", /Invalid clause\(s\) in filter string: 'or'.*at character 16/],
    ["(params.a = 'x')", /Invalid clause\(s\)/],
    ["params.a = 'x", /at character 12/],
    ["run_id IN ('a'", /found the end/],
    ["params.a = 'x'; drop table runs", /at character 15/],
    [`params.a = '${'x'.repeat(200_001)}'`, /at most 200000 characters/],
    [Array.from({ length: 101 }, (_, at) => `params.p${at} = 'x'`).join(' and '), /at most 100 clauses/],
  ];
  for (const [filter, message] of cases)
    assert.match(
      messageOf(() => tests(filter)),
      message,
      filter.slice(0, 60),
    );
});

test('orders are read with their direction, and a field that comes twice is refused', () => {
  assert.deepEqual(order('metrics.`a b` DESC', 'attributes.start_time', 'Run name asc'), [
    { field: { kind: 'metric', key: 'a b' }, descending: true },
    { field: { kind: 'own', column: 'started_at_ms' }, descending: false },
    { field: { kind: 'own', column: 'name' }, descending: false },
  ]);
  assert.match(
    messageOf(() => order('start_time', 'created DESC')),
    /duplicate fields/,
  );
  assert.match(
    messageOf(() => order('metrics.a b c')),
    /Could not be parsed/,
  );
  assert.match(
    messageOf(() => order(...Array.from({ length: 21 }, (_, at) => `metrics.m${at}`))),
    /at most 20 fields/,
  );
});
