import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyDensity } from './many-lines-raster.ts';
import { addAcross } from './parallel-raster.ts';

function drawn(lines: readonly (readonly number[])[]) {
  const density = emptyDensity(201, 100);
  const across = {
    axes: [0, 100, 200],
    lines: lines.map((_, at) => at),
    rowOf: (line: number, axis: number) => lines[line]?.[axis] ?? 0,
    thickness: 1,
  };
  for (const _step of addAcross(density, across));
  return (x: number) => [...density.cover.slice(x * 100, x * 100 + 100)];
}

const rowsOf = (column: readonly number[]) => column.flatMap((cover, row) => (cover > 0 ? [row] : []));

test('a line meets each axis at its height and is whole on the way', () => {
  const column = drawn([[10, 90, 40]]);
  const rows = (x: number) => rowsOf(column(x));
  assert.deepEqual(rows(0), [9, 10]);
  assert.deepEqual(rows(99), [89, 90]);
  assert.deepEqual(rows(199), [39, 40]);
  for (let x = 1; x < 200; x++) {
    const [here, before] = [rows(x), rows(x - 1)];
    assert.ok(here.length > 0 && Math.min(...here) <= Math.max(...before) + 1 && Math.max(...here) >= Math.min(...before) - 1, `at ${x}`);
  }
  assert.ok((rows(50)[0] ?? 99) <= 50 && (rows(50).at(-1) ?? 0) >= 49, 'half way up in the middle');
});

test('lines that go the same way add up', () => {
  const sum = (column: readonly number[]) => column.reduce((total, cover) => total + cover, 0);
  const [one, many] = [drawn([[10, 10, 90]]), drawn([...Array(70).fill([10, 10, 90]), [50, 50, 50]])];
  assert.ok(Math.abs(sum(many(40)) - 71) < 1e-3);
  assert.ok(Math.abs(sum(many(150)) - 70 * sum(one(150)) - 1) < 1e-2);
});
