import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createUsageMeter, type Usage } from './system-metrics.ts';

/** Looks at `at_ms` with CPU time and memory so far; answers the spans that they end, and the rest. */
function spansOf(looks: readonly (readonly [at_ms: number, cpu_ms: number, bytes: number])[]): { spans: Usage[]; rest: Usage | null } {
  const meter = createUsageMeter(2, 5_000);
  const spans = looks.flatMap(([at_ms, cpu_ms, bytes]) => meter.add({ processes: 1, cpu_ms, bytes }, at_ms) ?? []);
  return { spans, rest: meter.rest() };
}

test('the first span ends with the second look, the next ones last their time, and what is left is told at the end', () => {
  const { spans, rest } = spansOf([
    [1_000, 700, 10],
    [1_250, 950, 30],
    [3_000, 1_000, 90],
    [6_250, 5_950, 20],
    [7_250, 6_450, 25],
  ]);
  assert.deepEqual(spans, [
    { cpu_percent: 50, bytes: 30 },
    { cpu_percent: 50, bytes: 90 },
  ]);
  assert.deepEqual(rest, { cpu_percent: 25, bytes: 25 });
});

test('a program that was seen once has its memory told and no share of the processor made up', () => {
  assert.deepEqual(spansOf([[10, 5, 7]]), { spans: [], rest: { cpu_percent: null, bytes: 7 } });
  assert.deepEqual(spansOf([]), { spans: [], rest: null });
});

test('a span that was told is not told again, and a sum of CPU time that falls is no negative share', () => {
  const { spans, rest } = spansOf([
    [0, 500, 1],
    [250, 100, 2],
  ]);
  assert.deepEqual(spans, [{ cpu_percent: 0, bytes: 2 }]);
  assert.equal(rest, null);
});
