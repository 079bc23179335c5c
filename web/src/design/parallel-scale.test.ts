import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choicesOf, drawnOf, insideOf, scaleOf, wantsLog } from './parallel-scale.ts';

const axis = (values: readonly (number | null)[], brush: { from: number; to: number } | null = null, log = false) => ({
  key: 'a',
  title: 'a',
  values,
  brush,
  log,
});

test('a value lies between the least and the greatest, by its logarithm where asked and possible', () => {
  assert.equal(scaleOf(axis([0, 10])).share(2.5), 0.25);
  assert.equal(scaleOf(axis([0.001, 10], null, true)).share(0.1), 0.5);
  assert.equal(scaleOf(axis([0, 10], null, true)).log, false);
  assert.equal(scaleOf(axis([3, 3])).share(3), 0.5);
  const scale = scaleOf(axis([0.001, 10, null], null, true));
  assert.ok(Math.abs(scale.value(0.5) - 0.1) < 1e-12);
  assert.equal(scale.value(1), 10);
});

test('a line is inside when it is inside every brush, and outside where it has no value', () => {
  assert.deepEqual(insideOf([axis([1, 2, 3, null], { from: 2, to: 9 }), axis([5, 6, 7, 8])]), [false, true, true, false]);
  assert.deepEqual(insideOf([axis([1, 2], { from: 1, to: 1 }), axis([5, 6], { from: 6, to: 6 })]), [false, false]);
});

test('lines that lack a value are counted out, not drawn through nothing', () => {
  assert.deepEqual(drawnOf([axis([1, null, 3]), axis([1, 2, Number.NaN])]), [0]);
});

test('texts become choices while they are few', () => {
  assert.deepEqual(choicesOf(['b', 'a', null, 'b'], 5), { choices: ['a', 'b'], values: [1, 0, null, 1] });
  assert.equal(choicesOf(['a', 'b', 'c'], 2), null);
});

test('values over several powers of ten want a logarithm', () => {
  assert.equal(wantsLog([0.001, 0.5]), true);
  assert.equal(wantsLog([1, 50]), false);
  assert.equal(wantsLog([0, 500]), false);
});
