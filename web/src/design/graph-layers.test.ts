import assert from 'node:assert/strict';
import { test } from 'node:test';
import { columnsOf, crossingsOf } from './graph-layers.ts';

const nodes = (ids: string) => [...ids].map((id) => ({ id }));
const edges = (...pairs: readonly string[]) => pairs.map((pair) => ({ from: pair.charAt(0), to: pair.charAt(1) }));

test('an edge counts the columns that it crosses', () => {
  assert.equal(crossingsOf(nodes('abcd'), edges('ab', 'bc', 'cd', 'ad')), 6);
});

test('nodes stand in the column of their level, each in a place of its own', () => {
  const places = columnsOf(nodes('abcde'), edges('ab', 'ac', 'bd', 'cd', 'ae'));
  assert.deepEqual(places.get('a'), { column: 0, row: 0 });
  assert.equal(places.get('d')?.column, 2);
  assert.equal(new Set([...places.values()].map(({ column, row }) => `${column} ${row}`)).size, 5);
});

test('what follows one node stands beside it', () => {
  const places = columnsOf(nodes('abcxyz'), edges('az', 'by', 'cx'));
  const rows = ['z', 'y', 'x'].map((id) => places.get(id)?.row ?? Number.NaN);
  assert.deepEqual(
    rows,
    rows.toSorted((a, b) => a - b),
  );
});
