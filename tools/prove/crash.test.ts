import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proveCrash } from './crash.ts';
import { plantedLies } from './crash-check.ts';

test('four kills of a server lose no acknowledged write, leave nothing half there, and every execution goes on to its end', {
  timeout: 280_000,
}, async (context) => {
  const report = await proveCrash({ cycles: 4, migrations: 2, seed: 20_260_101 });
  const { lost, half, unexpected, damage, refusals, stop, written, restart_ms, orphans_ms } = report;
  context.diagnostic(`restart: median ${restart_ms.median} ms, greatest ${restart_ms.greatest} ms; ${JSON.stringify(written)}`);
  assert.deepEqual({ lost, half, unexpected, damage }, { lost: [], half: [], unexpected: [], damage: [] });
  // How much depends on the machine; nothing at all would prove nothing.
  assert.ok(written.batches > 10 && written.artifacts > 0 && written.executions > 0, `too little was written: ${JSON.stringify(written)}`);
  assert.deepEqual(report.migration.wrong, []);
  assert.equal(report.liesFound, plantedLies, 'the check is blind');
  assert.ok(orphans_ms < 10_000, 'a child outlived its server');
  assert.notEqual(refusals.folder.code, 0);
  assert.match(refusals.folder.text, new RegExp(`holds this data folder \\(pid ${refusals.pid}\\)`));
  assert.notEqual(refusals.port.code, 0);
  assert.match(refusals.port.text, /Port \d+ on 127\.0\.0\.1 is taken/);
  assert.equal(stop.code, 0, stop.text);
  assert.ok(stop.took_ms < 10_000, `the stop took ${stop.took_ms} ms`);
});
