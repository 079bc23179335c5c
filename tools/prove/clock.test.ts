import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proveClock } from './clock.ts';
import { noShim } from './preload.ts';

test('a wall clock set back an hour under a running server holds up no job, gives no second answer, and keeps sessions as long as they should be', async (context) => {
  const report = await proveClock({ seed: 20_260_101, only: 'an hour back' });
  if (!report) {
    assert.notEqual(process.env['CI'], 'true', `CI has no excuse: ${noShim}`);
    return context.skip(noShim);
  }
  assert.deepEqual(report.wrong, []);
  assert.deepEqual([report.moves, report.jobs], [1, 3]);
});
