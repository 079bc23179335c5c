import assert from 'node:assert/strict';
import { test } from 'node:test';
import { slipway, startServer, temporaryFolder } from '../journeys/a-server.fixture.ts';
import { lacking, type Release, releases, runScript } from './clients.fixture.ts';

const skip = lacking() ?? false;
const params = { project: 'default' };

const scripts: Readonly<Record<Release, readonly string[]>> = {
  '3.17.2': ['everyday.py', 'models.py', 'traces.py', 'links.py'],
  '3.14.0': ['everyday.py', 'models.py', 'traces.py'],
  // Its traces are those of the protocol before this one, which is not served.
  '2.22.5': ['everyday.py', 'models.py'],
};

for (const release of releases) {
  test(`the official client ${release} works with nothing but an address and a token`, { skip }, async (t) => {
    const server = await startServer(t, temporaryFolder(t));
    for (const script of scripts[release]) {
      const { exit, out, error } = await runScript(t, server, release, script);
      assert.equal(exit, 0, `${script} of ${release}\n${out}\n${error}`);
    }
    const { items: runs } = await server.admin.client.runs.list({ params, query: { limit: 100 } });
    const one = runs.find(({ name }) => name === 'renamed');
    assert.equal(one?.params.find(({ key }) => key === 'lr')?.value, '0.1');
    const { items: models } = await server.admin.client.models.list({ params });
    assert.deepEqual(
      models.filter(({ retired }) => !retired).map(({ name }) => name),
      ['iris'],
    );
    const version = await server.admin.client.models.version({ params: { ...params, model: 'iris', version: 1 } });
    assert.deepEqual([version.flavor, version.aliases], ['mlflow', ['challenger']]);
    assert.ok(version.run_id !== null && version.files.some(({ path }) => path === 'MLmodel'));
    assert.deepEqual(
      version.signature.inputs.map(({ kind }) => kind),
      ['number', 'number', 'number', 'number'],
    );
  });
}

test('a model that the client registered with an ONNX file is deployed and answers', { skip }, async (t) => {
  const folder = temporaryFolder(t);
  const server = await startServer(t, folder);
  const { exit, out, error } = await runScript(t, server, releases[0], 'onnx_model.py');
  assert.equal(exit, 0, `${out}\n${error}`);
  const version = await server.admin.client.models.version({ params: { ...params, model: 'flowers', version: 1 } });
  assert.equal(version.flavor, 'onnx');
  const deployed = await slipway(folder, ['deploy', 'flowers']);
  assert.equal(deployed.exit, 0, `${deployed.out}\n${deployed.error}`);
  const rows = [
    [5.1, 3.5, 1.4, 0.2],
    [5.0, 2.0, 3.5, 1.0],
    [6.9, 3.2, 5.7, 2.3],
  ];
  const columns = ['sepal_length', 'sepal_width', 'petal_length', 'petal_width'];
  const answer = await fetch(`${server.address}/serve/flowers/invocations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.admin.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ dataframe_split: { columns, data: rows } }),
  });
  const body = (await answer.json()) as { predictions: { label: string }[] };
  assert.equal(answer.status, 200, JSON.stringify(body));
  assert.deepEqual(
    body.predictions.map(({ label }) => label),
    JSON.parse(out.trim().split('\n').at(-1) ?? '[]').map(String),
  );
});
