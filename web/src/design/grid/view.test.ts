import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toCsv, toTsv } from './text.ts';
import { droppedOn, flipped, moved, moveTo, readOrder, readWidths, toggled, writeOrder, writeWidths } from './view.ts';

test('the order of a grid goes into the address and back', () => {
  assert.equal(writeOrder(readOrder('-metrics.a,params.b')), '-metrics.a,params.b');
  assert.deepEqual(readOrder('-,,'), []);
});

test('pressing a column sorts highest first, then lowest first, then not; shift keeps the others', () => {
  const once = toggled([], 'a', false);
  assert.equal(writeOrder(once), '-a');
  assert.equal(writeOrder(toggled(once, 'a', false)), 'a');
  assert.equal(writeOrder(toggled(toggled(once, 'a', false), 'a', false)), '');
  assert.equal(writeOrder(toggled(once, 'b', true)), '-a,-b');
  assert.equal(writeOrder(toggled(readOrder('-a,b'), 'a', true)), 'a,b');
  assert.equal(writeOrder(toggled(readOrder('-a,b'), 'c', false)), '-c');
});

test('widths are kept within what can be seen and grabbed', () => {
  assert.equal(writeWidths(readWidths('a~140,b~2,c~99999,d~x,e')), 'a~140,b~48,c~900');
});

test('columns are moved by places and by dropping on another', () => {
  assert.deepEqual(moved(['a', 'b', 'c'], 'a', 1), ['b', 'a', 'c']);
  assert.deepEqual(moved(['a', 'b', 'c'], 'c', 1), ['a', 'b', 'c']);
  assert.deepEqual(droppedOn(['a', 'b', 'c', 'd'], 'd', 'b'), ['a', 'd', 'b', 'c']);
  assert.deepEqual(droppedOn(['a', 'b', 'c', 'd'], 'a', 'c'), ['b', 'c', 'a', 'd']);
});

test('the keyboard reaches every cell and no further, and the header above the first row', () => {
  const size = { rows: 100, columns: 5, page: 10 };
  const from = { row: 0, column: 0 };
  assert.deepEqual(moveTo('ArrowUp', false, from, size), { row: -1, column: 0 });
  assert.deepEqual(moveTo('k', false, { row: -1, column: 0 }, size), { row: -1, column: 0 });
  assert.deepEqual(moveTo('j', false, from, size), { row: 1, column: 0 });
  assert.deepEqual(moveTo('PageDown', false, { row: 95, column: 2 }, size), { row: 99, column: 2 });
  assert.deepEqual(moveTo('End', true, from, size), { row: 99, column: 4 });
  assert.deepEqual(moveTo('ArrowLeft', false, from, size), { row: 0, column: 0 });
  assert.equal(moveTo('q', false, from, size), null);
});

test('a selection is flipped one by one', () => {
  assert.deepEqual([...flipped(new Set(['a']), 'b')], ['a', 'b']);
  assert.deepEqual([...flipped(new Set(['a']), 'a')], []);
});

test('exported texts stay in their cell and are no formulas', () => {
  assert.equal(toCsv([['a,b', 'say "x"', '=1+1', '-2.5', '-x', '+∞']]), `"a,b","say ""x""",'=1+1,-2.5,'-x,'+∞\r\n`);
  assert.equal(
    toTsv([
      ['a\tb', 'two\nlines'],
      ['1', ''],
    ]),
    'a b\ttwo lines\n1\t',
  );
});
