import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LineageFacts, lineageOf } from './lineage.ts';
import { deployment, rollout, version } from './models.fixture.ts';
import { spansOf } from './served.ts';

const facts = (change: Partial<LineageFacts> = {}): LineageFacts => ({
  version: version(),
  execution: undefined,
  run: undefined,
  outside: [],
  rows: new Map(),
  deployments: [],
  spans: [],
  ...change,
});
const ways = (change: Partial<LineageFacts>) => lineageOf(facts(change)).edges.map(({ from, to }) => `${from} > ${to}`);

test('data feeds the execution, its run makes the version, the version serves', () => {
  const made = version({
    number: 10,
    execution_id: 'exe_1',
    run_id: 'a'.repeat(32),
    code: { commit: null, digest: 'c'.repeat(64) },
    dataset_versions: [{ dataset: 'departures', number: 10, digest: '' }],
  });
  assert.deepEqual(ways({ version: made, deployments: [deployment()] }), [
    'data departures@10 > execution',
    'code > run',
    'execution > run',
    'run > version',
    'version > deployment delay',
  ]);
});

test('data from elsewhere feeds the run that read it, and leads nowhere', () => {
  const made = version({ run_id: 'a'.repeat(32), dataset_versions: [{ dataset: 'departures', number: 10, digest: '' }] });
  const { nodes, edges } = lineageOf(facts({ version: made, outside: ['weather'] }));
  assert.deepEqual(
    edges.map(({ from, to }) => `${from} > ${to}`),
    ['data departures@10 > run', 'outside weather > run', 'run > version'],
  );
  const [outside] = nodes.filter(({ title }) => title === 'weather');
  assert.deepEqual([outside?.line, outside?.href], ['external dataset', undefined]);
});

test('a version that was added as a file has no making, and what served earlier is still shown', () => {
  const spans = spansOf([rollout({ version: 11 })]);
  const { nodes, edges } = lineageOf(facts({ deployments: [deployment()], spans }));
  assert.deepEqual(
    nodes.map(({ title, line }) => [title, line]),
    [
      ['delay v11', '46.5 kB ONNX'],
      ['delay', 'served earlier'],
    ],
  );
  assert.equal(edges.length, 1);
});
