import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSession, type Runtime } from '../../../platform/inference/index.ts';
import { describeOnnx } from '../../../platform/onnx/index.ts';
import { scoreRows } from '../evaluate-fitted.ts';
import type { FittedColumn, FittedModel, LinearTerm, Table, Task, Tree } from '../fitted-model.ts';
import { edgeRows, nextUp } from './edge-rows.ts';
import { exportOnnx } from './export-onnx.ts';
import { verifyExport } from './verify.ts';

const runtimes: readonly Runtime[] = ['native', 'wasm'];
const meta = { model_name: 'delay' };

/** Repeatable chance in [0, 1). */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
  };
}

const columns: readonly FittedColumn[] = [
  { name: 'carrier', kind: 'category', categories: ['AA', 'ü', '🛫', ' ', 'AA '] },
  { name: 'distance', kind: 'number' },
  { name: 'wind', kind: 'number' },
  { name: 'origin', kind: 'category', categories: Array.from({ length: 300 }, (_, at) => `airport ${at}`) },
  { name: 'never used', kind: 'category', categories: [] },
];

interface Node {
  feature: number;
  threshold?: number;
  members?: number[] | null;
  missingLeft?: number;
  left?: number;
  right?: number;
  value?: number;
}

function tree(nodes: readonly Node[]): Tree {
  return {
    feature: Int32Array.from(nodes, ({ feature }) => feature),
    threshold: Float64Array.from(nodes, ({ threshold }) => threshold ?? 0),
    members: nodes.map(({ members }) => members ?? null),
    missingLeft: Uint8Array.from(nodes, ({ missingLeft }) => missingLeft ?? 0),
    left: Int32Array.from(nodes, ({ left }) => left ?? -1),
    right: Int32Array.from(nodes, ({ right }) => right ?? -1),
    value: Float64Array.from(nodes, ({ value }) => value ?? 0),
  };
}

function randomTree(random: () => number, leaves: number): Tree {
  const nodes: Node[] = [{ feature: -1, value: random() - 0.5 }];
  for (let leaf = 1; leaf < leaves; leaf++) {
    const open = nodes.flatMap(({ feature }, at) => (feature < 0 ? [at] : []));
    const at = open[Math.floor(random() * open.length)] ?? 0;
    const feature = Math.floor(random() * columns.length);
    const codes = (columns[feature]?.categories?.length ?? 0) + 2;
    const members =
      columns[feature]?.kind === 'category' ? Array.from({ length: codes }, (_, code) => code).filter(() => random() < 0.4) : null;
    const threshold = random() < 0.2 ? 0 : (random() - 0.5) * 1_000;
    nodes[at] = { feature, threshold, members, missingLeft: random() < 0.5 ? 1 : 0, left: nodes.length, right: nodes.length + 1 };
    nodes.push({ feature: -1, value: random() - 0.5 }, { feature: -1, value: (random() - 0.5) * 1e-3 });
  }
  return tree(nodes);
}

function classesOf(task: Task): string[] {
  return task === 'regression' ? [] : task === 'binary' ? ['on time', 'late'] : ['on time', 'late', 'çancelled ❌'];
}

function treeModel(task: Task, trees: number, leaves: number, seed = 1): FittedModel {
  const random = chance(seed);
  const classes = classesOf(task);
  const outputs = task === 'multiclass' ? classes.length : 1;
  const body = {
    kind: 'trees' as const,
    base: Array.from({ length: outputs }, random),
    trees: Array.from({ length: outputs }, () => Array.from({ length: trees }, () => randomTree(random, leaves))),
  };
  return { task, columns, classes, body };
}

function linearModel(task: Task, seed = 2): FittedModel {
  const random = chance(seed);
  const classes = classesOf(task);
  const outputs = task === 'multiclass' ? classes.length : 1;
  const many = (count: number) => Array.from({ length: count }, () => random() - 0.5);
  const terms = columns.map(
    ({ kind, categories }): LinearTerm =>
      kind === 'number'
        ? { kind, fill: random() * 100, center: random() * 50, scale: random() / 100, weights: many(outputs) }
        : { kind, weights: Array.from({ length: outputs }, () => many((categories?.length ?? 0) + 2)) },
  );
  return { task, columns, classes, body: { kind: 'linear', intercept: many(outputs), terms } };
}

function table(rows: number, seed = 3): Table {
  const random = chance(seed);
  const pick = (choices: readonly string[]) => choices[Math.floor(random() * choices.length)] ?? '';
  const numbers = new Map<string, Float64Array>();
  const texts = new Map<string, string[]>();
  for (const { name, kind, categories } of columns) {
    if (kind === 'number')
      numbers.set(
        name,
        Float64Array.from({ length: rows }, () => (random() < 0.1 ? Number.NaN : (random() - 0.5) * 2_000)),
      );
    else
      texts.set(
        name,
        Array.from({ length: rows }, () => pick([...(categories ?? []), '', 'unseen', 'a\0b'])),
      );
  }
  return { rows, numbers, texts };
}

for (const task of ['regression', 'binary', 'multiclass'] as const) {
  for (const [kind, model] of [
    ['trees', treeModel(task, 30, 24)],
    ['linear', linearModel(task)],
  ] as const) {
    test(`a ${task} model of ${kind} answers from its ONNX file as the evaluator does, on edge rows too`, async () => {
      const bytes = exportOnnx(model, meta);
      for (const runtime of runtimes) {
        const verified = await verifyExport({ model, bytes, table: table(3_000), score: scoreRows, runtime });
        assert.ok(verified.checked > 3_000 + verified.edge_rows && verified.edge_rows > 300, JSON.stringify(verified));
        assert.equal(verified.neighbours, 0);
      }
    });
  }
}

test('a split sends thresholds, their neighbours, missing and infinite numbers where a person would expect', async () => {
  const model: FittedModel = {
    task: 'regression',
    classes: [],
    columns: [
      { name: 'x', kind: 'number' },
      { name: 'c', kind: 'category', categories: ['a', 'b'] },
    ],
    body: {
      kind: 'trees',
      base: [100],
      trees: [
        [
          tree([
            { feature: 0, threshold: 0.1, missingLeft: 1, left: 1, right: 2 },
            { feature: -1, value: 1 },
            { feature: -1, value: 2 },
          ]),
          tree([
            { feature: 1, members: [2, 3], left: 1, right: 2 },
            { feature: -1, value: 10 },
            { feature: -1, value: 20 },
          ]),
          tree([
            { feature: 1, members: [], left: 1, right: 2 },
            { feature: -1, value: 1_000 },
            { feature: -1, value: 0 },
          ]),
          tree([{ feature: -1, value: 0.5 }]),
        ],
      ],
    },
  };
  const rows: [number, string, number][] = [
    [0.1, 'a', 121.5],
    [nextUp(0.1), 'a', 122.5],
    [-nextUp(-0.1), 'b', 111.5],
    [Number.NaN, '', 111.5],
    [Number.POSITIVE_INFINITY, 'unseen', 122.5],
    [Number.NEGATIVE_INFINITY, 'B', 121.5],
  ];
  for (const runtime of runtimes) {
    const session = await createSession(exportOnnx(model, meta), runtime);
    const { predictions } = await session.run({ x: Float64Array.from(rows, ([x]) => x), c: rows.map(([, c]) => c) }, rows.length);
    assert.deepEqual(
      [...(predictions ?? [])],
      rows.map(([, , expected]) => expected),
      runtime,
    );
    await session.release();
  }
});

test('a linear model imputes, scales and adds a weight per category', async () => {
  const model: FittedModel = {
    task: 'binary',
    classes: ['no', 'yes'],
    columns: [
      { name: 'c', kind: 'category', categories: ['a'] },
      { name: 'x', kind: 'number' },
    ],
    body: {
      kind: 'linear',
      intercept: [-1],
      terms: [
        { kind: 'category', weights: [[0, 2, -4]] },
        { kind: 'number', fill: 10, center: 8, scale: 0.5, weights: [3] },
      ],
    },
  };
  const session = await createSession(exportOnnx(model, meta), 'native');
  const { labels, probabilities } = await session.run({ x: Float64Array.of(8, Number.NaN, 8, 6), c: ['a', 'unseen', '', 'a'] }, 4);
  assert.deepEqual(labels, ['yes', 'yes', 'no', 'no']);
  const sigmoid = (raw: number) => Math.fround(1 / (1 + Math.exp(-raw)));
  assert.deepEqual(
    [1, 3, 5, 7].map((at) => probabilities?.[at]),
    [1, 2, -5, -2].map(sigmoid),
  );
});

test('a model without trees answers its base scores', async () => {
  const model: FittedModel = { ...treeModel('multiclass', 0, 1), body: { kind: 'trees', base: [0, 5, 1], trees: [[], [], []] } };
  const verified = await verifyExport({ model, bytes: exportOnnx(model, meta), table: table(10), score: scoreRows, runtime: 'native' });
  assert.ok(verified.checked > 10);
});

test('category sets of thousands and trees of the greatest depth load and answer right on both runtimes', async () => {
  const categories = Array.from({ length: 5_000 }, (_, at) => `category ${at}`);
  const deep: Node[] = Array.from({ length: 999 }, (_, at) => ({
    feature: 1,
    threshold: -at,
    left: at + 1,
    right: 1_000 + at,
    missingLeft: 1,
  }));
  for (let leaf = 0; leaf < 1_000; leaf++) deep.push({ feature: -1, value: leaf / 7 });
  const members = categories.flatMap((_, at) => (at % 3 === 0 ? [at + 1] : []));
  const wide = tree([
    { feature: 0, members, left: 1, right: 2 },
    { feature: -1, value: 1 },
    { feature: -1, value: 2 },
  ]);
  const model: FittedModel = {
    task: 'regression',
    classes: [],
    columns: [
      { name: 'c', kind: 'category', categories },
      { name: 'x', kind: 'number' },
    ],
    body: { kind: 'trees', base: [0], trees: [[tree(deep), wide]] },
  };
  const rows: Table = {
    rows: 2_000,
    numbers: new Map([['x', Float64Array.from({ length: 2_000 }, (_, at) => 3 - at)]]),
    texts: new Map([['c', categories.slice(0, 2_000)]]),
  };
  const bytes = exportOnnx(model, meta);
  for (const runtime of runtimes) await verifyExport({ model, bytes, table: rows, score: scoreRows, runtime });
});

test('an export that answers otherwise than its model is found and the row is named', async () => {
  const model = treeModel('binary', 5, 8);
  if (model.body.kind !== 'trees') assert.fail();
  const other: FittedModel = { ...model, body: { ...model.body, base: [(model.body.base[0] ?? 0) + 1e-6] } };
  const check = verifyExport({ model, bytes: exportOnnx(other, meta), table: table(100), score: scoreRows, runtime: 'native' });
  await assert.rejects(check, { code: 'export_mismatch', message: /rows differ, first in row 0 \(probability/ });
});

test('of a wide model every column is tried on edge rows, the last as well as the first', () => {
  const categories = Array.from({ length: 400 }, (_, at) => `kind ${at}`);
  const wide = Array.from({ length: 100 }, (_, at): FittedColumn => ({ name: `c${at}`, kind: 'category', categories }));
  const model: FittedModel = { task: 'regression', classes: [], columns: wide, body: { kind: 'linear', intercept: [0], terms: [] } };
  const { rows, texts } = edgeRows(model, { rows: 0, numbers: new Map(), texts: new Map() });
  assert.ok(rows <= 20_002);
  for (const { name } of wide) assert.ok(texts.get(name)?.slice(0, -1).includes('never seen before'), name);
});

test('the same model gives the same bytes, and the file says what it is', () => {
  const bytes = exportOnnx(treeModel('binary', 10, 12), meta);
  assert.deepEqual(exportOnnx(treeModel('binary', 10, 12), meta), bytes);
  const described = describeOnnx(bytes);
  assert.deepEqual(described.metadata, { model_name: 'delay', created_by: 'slipway', task: 'binary', classes: '["on time","late"]' });
  assert.deepEqual([described.ir_version, described.opsets], [10, { 'ai.onnx': 21, 'ai.onnx.ml': 5 }]);
  assert.deepEqual(described.classes, ['on time', 'late']);
  assert.deepEqual(described.inputs.slice(0, 2), [
    { name: 'carrier', type: 'string', shape: [null, 1] },
    { name: 'distance', type: 'double', shape: [null, 1] },
  ]);
  assert.deepEqual(
    described.outputs.map(({ name, type }) => [name, type]),
    [
      ['label', 'string'],
      ['probabilities', 'float'],
      ['raw_score', 'double'],
    ],
  );
});

test('what an ONNX file cannot hold is refused with the reason', () => {
  const good = treeModel('binary', 1, 3);
  const chain: Node[] = Array.from({ length: 1_000 }, (_, at) => ({ feature: 1, threshold: 0, left: at + 1, right: 1_001 + at }));
  for (let leaf = 0; leaf < 1_001; leaf++) chain.push({ feature: -1, value: 0 });
  const withColumn = (column: FittedColumn) => ({ ...good, columns: [...columns, column] });
  const withTree = (of: Tree) => ({ ...good, body: { kind: 'trees' as const, base: [0], trees: [[of]] } });
  const cases: [string, FittedModel, RegExp][] = [
    ['a name twice', withColumn({ name: 'wind', kind: 'number' }), /there twice/],
    ['the name of an output', withColumn({ name: 'label', kind: 'number' }), /name of an output/],
    ['NUL in a name', withColumn({ name: 'a\0b', kind: 'number' }), /NUL/],
    ['NUL in a category', withColumn({ name: 'new', kind: 'category', categories: ['a\0'] }), /NUL/],
    ['half a surrogate pair', withColumn({ name: 'new', kind: 'category', categories: ['\ud83d'] }), /Unicode/],
    ['a category twice', withColumn({ name: 'new', kind: 'category', categories: ['a', 'a'] }), /category twice/],
    ['missing as a category', withColumn({ name: 'new', kind: 'category', categories: [''] }), /means missing/],
    ['a class twice', { ...good, classes: ['a', 'a'] }, /class is listed twice/],
    ['too many classes', { ...good, classes: ['a', 'b', 'c'] }, /cannot have 3 classes/],
    ['no column', { ...good, columns: [] }, /0 columns/],
    ['a deep tree', withTree(tree(chain)), /1001 nodes deep/],
    ['a tree that comes back to itself', withTree(tree([{ feature: 1, left: 0, right: 0 }])), /two parents/],
    ['an unknown column', withTree(tree([{ feature: 9, left: 1, right: 2 }, { feature: -1 }, { feature: -1 }])), /column 9/],
    ['a leaf that is no number', withTree(tree([{ feature: -1, value: Number.NaN }])), /not finite/],
  ];
  for (const [what, model, message] of cases) assert.throws(() => exportOnnx(model, meta), { code: 'export_failed', message }, what);
});
