import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openMlflow } from '../../server/src/protocols/mlflow/mlflow.fixture.ts';
import { mlflowGiven, type Tracked } from './mlflow-world.fixture.ts';

const nothing: Tracked = {
  project: 'default',
  experiments: { own: '1', doomed: '2', binned: '3', renamed: '4' },
  run: 'r',
  doomedRun: 'd',
  models: { own: 'm', doomed: 'm' },
  traces: { own: `tr-${'a'.repeat(32)}`, told: 't', doomed: 't' },
  assessments: { own: 'a', doomed: 'a' },
  secret: 's',
};

test('the right request of each MLflow route shows every field that the route reads, so that each is met by what is hostile', async (t) => {
  const { http } = await openMlflow(t);
  const given = mlflowGiven(nothing);
  const missing = http.routeTable.flatMap(({ endpoint: { id, path }, options: { reads = [] } }) => {
    const name = id.replace(/Ajax$/, '');
    const known = given[name];
    const inPath = [...path.matchAll(/:(\w+)/g)].map(([, part]) => part);
    const shown = new Set([...inPath, ...Object.keys(known?.query ?? {}), ...Object.keys((known?.body as object | undefined) ?? {})]);
    return reads.filter((field) => !shown.has(field)).map((field) => `${name}: ${field}`);
  });
  // A deletion names ids or a time, so each of the two routes shows one.
  assert.deepEqual([...new Set(missing)], ['mlflow.deleteTraces: max_timestamp_millis', 'mlflow.deleteTracesOld: request_ids']);
});
