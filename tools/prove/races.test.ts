import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proveRaces } from './races.ts';

test('in 40 orders of crossing clients an alias has one winner, an approval counts once, a key answers once, a job runs once', async () => {
  const { properties } = await proveRaces({ runs: 40, seed: 20_260_101 });
  assert.deepEqual(
    properties.map(({ runs, broken }) => [runs, broken]),
    [
      [40, null],
      [40, null],
      [40, null],
      [40, null],
    ],
  );
});
