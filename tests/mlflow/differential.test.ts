import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differences } from '../../tools/generators/mlflow-differences.ts';
import { startServer, temporaryFolder } from '../journeys/a-server.fixture.ts';
import { lacking } from './clients.fixture.ts';
import { type Asked, ask, difference, Pairs } from './compare.fixture.ts';
import { startPeer } from './peer.fixture.ts';
import type { Request } from './requests.fixture.ts';
import { assessmentRequests } from './requests-assessments.fixture.ts';
import { experimentRequests } from './requests-experiments.fixture.ts';
import { graphqlRequests } from './requests-graphql.fixture.ts';
import { inputRequests } from './requests-inputs.fixture.ts';
import { malformedRequests, strayRequests } from './requests-malformed.fixture.ts';
import { modelRequests } from './requests-models.fixture.ts';
import { runRequests } from './requests-runs.fixture.ts';
import { searchRequests } from './requests-searches.fixture.ts';
import { traceRequests } from './requests-traces.fixture.ts';

const requests: readonly Request[] = [
  ...experimentRequests,
  ...runRequests,
  ...searchRequests,
  ...inputRequests,
  ...modelRequests,
  ...traceRequests,
  ...assessmentRequests,
  ...graphqlRequests,
  ...malformedRequests,
  ...strayRequests,
];
const differencesMost = 15;
test('requests have words of their own, and no more than fifteen differences are shown by them', () => {
  assert.ok(requests.length >= 500, `${requests.length} requests`);
  const twice = requests.map(({ what }) => what).filter((what, at, all) => all.indexOf(what) !== at);
  assert.deepEqual(twice, []);
  assert.ok(differences.filter(({ shownBy }) => shownBy).length <= differencesMost);
});

test('the same requests get the same answers from MLflow and from here, but for the differences that are listed', {
  skip: lacking() ?? false,
}, async (t) => {
  const [peer, server] = await Promise.all([startPeer(t), startServer(t, temporaryFolder(t))]);
  // Five characters: names at their limits count on it.
  const values = () => new Map([['p', 'diffs']]);
  const theirs: Asked = { address: peer, headers: {}, values: values() };
  const ours: Asked = { address: server.address, headers: { authorization: `Bearer ${server.admin.token}` }, values: values() };
  const ids = new Pairs();
  const found = new Map<string, string>();
  for (const request of requests) {
    const [there, here] = await Promise.all([ask(theirs, request), ask(ours, request)]);
    const differs = difference(there, here, ids);
    if (differs !== null) found.set(request.what, differs);
  }
  const shown = differences.flatMap(({ shownBy = [] }) => shownBy);
  const isListed = (what: string) => shown.some((one) => (typeof one === 'string' ? one === what : one.test(what)));
  const unlisted = [...found].filter(([what]) => !isListed(what)).map(([what, differs]) => `${what}: ${differs}`);
  assert.deepEqual(unlisted, [], 'every difference has its reason in tools/generators/mlflow-differences.ts');
  const gone = shown.filter((one) => ![...found.keys()].some((what) => (typeof one === 'string' ? one === what : one.test(what))));
  assert.deepEqual(gone, [], 'what no longer differs leaves the list');
});
