import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noMount } from '../small-disk.ts';
import { plantedLies } from './crash-check.ts';
import { proveDisk } from './disk.ts';

test('a disk that is full at one of four points refuses writers with 507, serves readers, loses nothing, and heals without a restart', async (context) => {
  const report = await proveDisk({ points: 4, seed: 20_260_101 });
  if (!report) return context.skip(noMount);
  const { lost, half, wrong, damage } = report;
  assert.deepEqual({ lost, half, wrong, damage }, { lost: [], half: [], wrong: [], damage: [] });
  assert.ok(report.full > 0, 'the disk was never full');
  assert.equal(report.liesFound, plantedLies, 'the check is blind');
  assert.equal(report.stop, 0);
});
