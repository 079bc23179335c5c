import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../kernel/clock.ts';
import { createStepLogs } from './logs.ts';

test('a log that is read page by page comes out as it was written, each attempt for itself', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-logs-'));
  try {
    const logs = createStepLogs({ folder, clock: systemClock });
    const lines = Array.from({ length: 9000 }, (_, index) => `${index} é→𝔘 ${'é'.repeat(index % 40)}`);
    for (const [attempt, texts] of [
      [1, ['first']],
      [2, lines],
    ] as const) {
      const log = logs.open('exe_1', 'fit', attempt);
      for (const text of texts) log.write(text);
      await log.close();
    }
    let text = '';
    let pages = 0;
    for (let from = 0, next = -1; next !== from; pages++) {
      from = next === -1 ? 0 : next;
      const page = await logs.read('exe_1', 'fit', 2, from);
      text += page.text;
      next = page.next;
    }
    assert.ok(pages > 2, String(pages));
    assert.deepEqual(
      text
        .trimEnd()
        .split('\n')
        .map((line) => line.slice('1970-01-01T00:00:00.000Z '.length)),
      lines,
    );
    assert.match((await logs.read('exe_1', 'fit', 1, 0)).text, /first\n$/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
