import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { differences } from '../../tools/generators/mlflow-differences.ts';
import { launch, type Scope, startServer, temporaryFolder } from '../journeys/a-server.fixture.ts';
import { environmentOf, lacking, releases } from './clients.fixture.ts';
import { type Asked, ask, difference, Pairs } from './compare.fixture.ts';
import type { Request } from './requests.fixture.ts';
import { experimentRequests } from './requests-experiments.fixture.ts';
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
  ...malformedRequests,
  ...strayRequests,
];
const differencesMost = 15;
/** It imports for long, and sets its database up. */
const start_ms = 150_000;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** `mlflow server` of the newest release, on SQLite, with its artifacts below a folder. */
async function startPeer(t: Scope): Promise<string> {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'artifacts'));
  const port = await freePort();
  const words = ['-m', 'mlflow', 'server', '--host', '127.0.0.1', '--port', String(port), '--workers', '1'];
  const stores = ['--backend-store-uri', `sqlite:///${folder}/mlflow.db`, '--artifacts-destination', join(folder, 'artifacts')];
  const variables = { MLFLOW_DISABLE_TELEMETRY: 'true', MLFLOW_LOGGING_LEVEL: 'ERROR', MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false' };
  const program = join(environmentOf(releases[0]), 'bin/python');
  const peer = launch(t, folder, [...words, ...stores], { variables, program });
  const address = `http://127.0.0.1:${port}`;
  for (const end = Date.now() + start_ms; Date.now() < end; await sleep(250)) {
    const is = await fetch(`${address}/health`).catch(() => null);
    if (is?.ok) return address;
  }
  throw new Error(`mlflow server did not come up:\n${peer.error()}`);
}

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
  const values = () => new Map([['p', 'diff']]);
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
