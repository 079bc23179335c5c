import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../kernel/clock.ts';
import { createStepLogs } from './logs.ts';

test('a log of several pages is read whole, letters of several bytes included', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-logs-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const logs = createStepLogs({ folder, clock: systemClock });
  const log = logs.open('exe_1', 'one', 1);
  const lines = Array.from({ length: 9 }, (_, n) => `${n}${'é'.repeat(40_000)}`);
  for (const line of lines) log.write(line);
  await log.close();
  let read = '';
  for (let page = await logs.read('exe_1', 'one', 1, 0); page.text !== ''; page = await logs.read('exe_1', 'one', 1, page.next)) {
    read += page.text;
  }
  const without = read.split('\n').map((line) => line.slice(line.indexOf(' ') + 1));
  assert.deepEqual(without.slice(0, -1), lines);
});
