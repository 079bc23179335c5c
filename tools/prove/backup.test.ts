import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isProved, proveBackup } from './backup.ts';

test('two backups made under load bring back all that was acknowledged before they began, and nothing by half', {
  timeout: 280_000,
}, async (context) => {
  const report = await proveBackup({ rounds: 2, seed: 20_260_102 });
  context.diagnostic(JSON.stringify(report));
  const { lost, half, damage, liesFound, meanwhile, checked } = report;
  assert.deepEqual({ lost, half, damage, liesFound }, { lost: [], half: [], damage: [], liesFound: 6 });
  assert.ok(meanwhile > 10 && checked > 50, `too little was written: ${JSON.stringify(report)}`);
  assert.ok(isProved(report));
});
