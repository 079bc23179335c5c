import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fold, knownEdges, levelsOf } from './graph-fold.ts';

const nodes = (...ids: readonly string[]) => ids.map((id) => ({ id }));
const edges = (...pairs: readonly string[]) => pairs.map((pair) => ({ from: pair.charAt(0), to: pair.charAt(1) }));

test('an edge into nowhere, to itself or drawn twice is left out', () => {
  assert.deepEqual(knownEdges(nodes('a', 'b'), edges('ab', 'ab', 'aa', 'ax')), [{ from: 'a', to: 'b' }]);
});

test('a node stands behind the longest way to it', () => {
  const levels = levelsOf(nodes('d', 'c', 'b', 'a'), edges('ab', 'bc', 'ad', 'cd'));
  assert.deepEqual(Object.fromEntries(levels), { a: 0, b: 1, c: 2, d: 3 });
});

test('a circle does not hold the picture up', () => {
  assert.equal(levelsOf(nodes('a', 'b', 'c'), edges('ab', 'bc', 'ca')).size, 3);
});

test('a small graph is drawn as it is', () => {
  const { folds, edges: drawn } = fold(nodes('a', 'b'), edges('ab'), () => 'x', 300);
  assert.deepEqual(
    folds.map(({ id }) => id),
    ['a', 'b'],
  );
  assert.equal(drawn.length, 1);
});

test('a large graph folds what is of one kind at one level, and keeps the rest apart', () => {
  const many = Array.from({ length: 10_000 }, (_, index) => ({ id: `w${index}`, kind: 'worker' }));
  const all = [{ id: 'start', kind: 'step' }, ...many, { id: 'end', kind: 'step' }];
  const ways = many.flatMap(({ id }) => [
    { from: 'start', to: id },
    { from: id, to: 'end' },
  ]);
  const { folds, edges: drawn } = fold(all, ways, ({ kind }) => kind, 300);
  assert.deepEqual(
    folds.map(({ members }) => members.length).toSorted((a, b) => b - a),
    [10_000, 1, 1],
  );
  assert.equal(drawn.length, 2);
});

test('even a chain of a thousand comes out below the limit', () => {
  const chain = nodes(...Array.from({ length: 1000 }, (_, index) => String(index)));
  const ways = chain.slice(1).map(({ id }, index) => ({ from: String(index), to: id }));
  const { folds } = fold(chain, ways, () => 'x', 300);
  assert.ok(folds.length <= 300, String(folds.length));
  assert.equal(
    folds.reduce((sum, { members }) => sum + members.length, 0),
    1000,
  );
});
