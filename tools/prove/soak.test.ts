import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proveSoak } from './soak.ts';
import { judgeSoak, type Look } from './soak-verdict.ts';

const looksOf = (at: (nth: number) => Partial<Look>): Look[] =>
  Array.from({ length: 60 }, (_, nth) => ({ memory_MB: 120 + (nth % 5), files: 40 + (nth % 3), threads: 20, delay_p99_ms: 2, ...at(nth) }));

for (const [what, looks, wrong] of [
  ['one that goes up and down', looksOf(() => ({})), []],
  ['one that warms up', looksOf((nth) => (nth < 20 ? { memory_MB: 80 + nth * 2, threads: nth < 10 ? 12 : 20 } : {})), []],
  ['one that keeps a megabyte at each look', looksOf((nth) => ({ memory_MB: 100 + nth })), ['memory grew from 120.0 to 140.0 MB']],
  ['one that keeps a file at each third look', looksOf((nth) => ({ files: 40 + Math.floor(nth / 3) })), ['open files grew from 46 to 53']],
  ['one that starts a thread late', looksOf((nth) => (nth < 40 ? {} : { threads: 21 })), ['threads grew from 20 to 21']],
] as const) {
  test(`a soak judges ${what}`, () => assert.deepEqual(judgeSoak(looks).wrong, wrong));
}

test('half a minute of everyday load leaves no file and no thread behind, and every answer is as it should be', {
  timeout: 180_000,
}, async () => {
  const { wrong, requests } = await proveSoak({ seed: 20_260_101, minutes: 0.5 });
  assert.deepEqual(
    // So short a time is spent warming up.
    wrong.filter((one) => !one.startsWith('memory')),
    [],
  );
  assert.ok(requests > 200, `${requests} requests`);
});
