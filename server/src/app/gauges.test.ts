import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import { systemCaller } from '../kernel/caller.ts';
import { systemClock as clock } from '../kernel/clock.ts';
import { createEvents } from '../platform/events/index.ts';
import { openTestDatabase } from '../platform/http/server.fixture.ts';
import { addGauges } from './gauges.ts';

test('metrics tell of free space, of the age of the newest backup, and of a server that cannot write', async (t) => {
  const { folder, database } = await openTestDatabase(t, clock);
  const events = createEvents({ database, clock });
  const registry = new Registry();
  addGauges(registry, { data: folder, database, events, clock });
  const before = await registry.metrics();
  assert.match(before, /^slipway_disk_free_bytes \d{4,}/m);
  assert.match(before, /^slipway_read_only 0$/m);
  assert.match(before, /^slipway_backup_age_seconds Nan$/im);
  await database.write((tx) => events.emit(tx, systemCaller('test'), { project_id: null, type: 'backup.completed', subject: 'backup' }));
  const age_s = Number(/^slipway_backup_age_seconds (\S+)$/m.exec(await registry.metrics())?.[1]);
  assert.ok(age_s >= 0 && age_s < 60, `${age_s}`);
});
