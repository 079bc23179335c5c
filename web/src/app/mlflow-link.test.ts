import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pageOf, readMlflowLink } from './mlflow-link.ts';

const run = '01a1ffbe91ebca780a87937730f390cd';

const ours = (hash: string): string | null => {
  const thing = readMlflowLink(hash);
  return thing && pageOf(thing);
};

test('links that the MLflow client prints name our pages', () => {
  assert.equal(ours(`/experiments/7/runs/${run}`), `/runs/${run}`);
  assert.equal(ours(`/experiments/7/runs/${run}/artifacts`), `/runs/${run}`);
  assert.equal(ours('/experiments/0'), '/experiments/0');
  assert.equal(ours('/experiments/7/traces'), '/experiments/7');
  assert.equal(ours('/models/card%20fraud'), '/models/card%20fraud');
  assert.equal(ours('/models/delay/versions/12'), '/models/delay/versions/12');
});

test('a workspace is the project that the client was in', () => {
  assert.equal(readMlflowLink(`/experiments/7/runs/${run}?workspace=team%20a`)?.workspace, 'team a');
  assert.equal(readMlflowLink('/models/delay')?.workspace, null);
});

test('what is not of MLflow is left alone', () => {
  for (const hash of ['', 'content', '/', '/experiments', '/experiments/x', '/models/', '/models/%', `/runs/${run}`]) {
    assert.equal(ours(hash), null, hash);
  }
});
