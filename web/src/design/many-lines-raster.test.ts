import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ManyLine } from './many-lines-props.ts';
import { addLine, emptyDensity, nearestLine, paint, spanOfLines } from './many-lines-raster.ts';

const line = (key: string, bucket: readonly number[], low: readonly number[], high: readonly number[] = low): ManyLine => ({
  key,
  name: key,
  bucket,
  low: Float64Array.from(low),
  high: Float64Array.from(high),
  mean: Float64Array.from(low, (value, at) => (value + (high[at] ?? value)) / 2),
});
const range = (length: number) => Array.from({ length }, (_, at) => at);
const buckets = { from: 0, to: 399, size: 1 };

/** Rows of a column that are covered. */
function rowsOf(density: ReturnType<typeof emptyDensity>, x: number): number[] {
  const { height, cover } = density;
  return range(height).filter((y) => (cover[x * height + y] ?? 0) > 0);
}

test('a spike of one bucket reaches its full height, also where many buckets share a column', () => {
  const values = range(400).map((at) => (at === 217 ? 10 : 0));
  for (const width of [1200, 400, 90]) {
    const density = emptyDensity(width, 100);
    addLine(density, line('a', range(400), values), { buckets, low: 0, high: 10, thickness: 1 });
    const tops = range(width).filter((x) => rowsOf(density, x)[0] === 0);
    assert.ok(tops.length >= 1 && tops.length <= 8, `${width}: ${tops.join()}`);
    assert.ok(Math.abs((tops[0] ?? 0) / width - 217 / 399) < 0.02, `${width}: at ${tops[0]}`);
    assert.deepEqual(
      range(width).filter((x) => rowsOf(density, x).length === 0),
      [],
      'no column is left out',
    );
  }
});

test('the least and greatest value of a bucket are both inside what is drawn', () => {
  const density = emptyDensity(400, 100);
  addLine(density, line('a', [100, 101, 102], [4, 2, 4], [5, 8, 5]), { buckets, low: 0, high: 10, thickness: 1 });
  const rows = rowsOf(density, 101);
  assert.ok(Math.min(...rows) <= 20 && Math.max(...rows) >= 79, rows.join());
  assert.deepEqual(rowsOf(density, 99), [], 'and nothing where there is no point');
});

test('lines over each other add up, and a column counts a line once', () => {
  const density = emptyDensity(40, 11);
  for (const key of ['a', 'b', 'c'])
    addLine(density, line(key, range(400), Array(400).fill(5)), { buckets, low: 0, high: 10, thickness: 1 });
  const column = (x: number) => density.cover.slice(x * 11, x * 11 + 11).reduce((sum, one) => sum + one, 0);
  for (const x of [0, 20, 39]) assert.ok(Math.abs(column(x) - 3) < 1e-4, `${x}: ${column(x)}`);
});

test('NaN is a gap, and an infinity goes to the edge', () => {
  const density = emptyDensity(400, 100);
  const values = range(400).map((at) => (at >= 100 && at < 120 ? Number.NaN : at === 300 ? Number.POSITIVE_INFINITY : 5));
  const odd = line('a', range(400), values);
  addLine(density, odd, { buckets, low: 0, high: 10, thickness: 1 });
  assert.deepEqual(rowsOf(density, 110), []);
  assert.equal(rowsOf(density, 300)[0], 0);
  assert.deepEqual(spanOfLines([odd]), { low: 5, high: 5 });
  assert.equal(spanOfLines([line('b', [1], [Number.NaN])]), null);
});

test('a lone line is seen among a thousand, and many are darker', () => {
  const density = emptyDensity(2, 1);
  density.cover.set([1, 900]);
  const into = new Uint32Array(2);
  paint(density, [1, 2, 3], 1000, into);
  const alpha = [...into].map((pixel) => pixel >>> 24);
  assert.ok((alpha[0] ?? 0) > 60 && (alpha[0] ?? 0) < 120 && alpha[1] === 255, alpha.join());
  assert.equal((into[1] ?? 0) & 0xffffff, 0x030201);
});

test('the nearest line is told by its mean and its shade, and one that ended before is not near', () => {
  const lines = [
    line('flat', range(10), Array(10).fill(1)),
    line('wide', range(10), Array(10).fill(2), Array(10).fill(6)),
    line('short', [0, 1, 2], [5, 5, 5]),
    line('sparse', [0, 9], [8, 9]),
  ];
  const nearest = (place: number, value: number) => {
    const hit = nearestLine(lines, { place, value, bucket_px: 20, value_px: 20 });
    return hit && `${hit.line.key} ${hit.line.bucket[hit.at]}`;
  };
  assert.equal(nearest(5, 1.2), 'flat 5');
  assert.equal(nearest(1, 4.9), 'short 1');
  assert.equal(nearest(8, 5), 'wide 8');
  assert.equal(nearest(8, 5.9), 'wide 8');
  assert.equal(nearest(7, 8.8), 'sparse 9');
  assert.equal(nearestLine([], { place: 1, value: 1, bucket_px: 1, value_px: 1 }), null);
});

test('a spike is read from a few pixels beside it', () => {
  const spiky = line(
    'spiky',
    range(400),
    range(400).map((at) => (at === 217 ? 10 : 0)),
  );
  const flat = line('flat', range(400), Array(400).fill(5));
  for (const place of [214.6, 217, 219.4]) {
    const hit = nearestLine([flat, spiky], { place, value: 9.5, bucket_px: 1.3, value_px: 15 });
    assert.deepEqual([hit?.line.key, hit?.at], ['spiky', 217]);
  }
  assert.equal(nearestLine([flat, spiky], { place: 230, value: 9.5, bucket_px: 1.3, value_px: 15 })?.line.key, 'flat');
});
