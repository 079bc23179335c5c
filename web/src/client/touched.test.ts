import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isMoving, nounsTouchedBy } from './touched.ts';

test('an event makes stale what shows its noun, and the audit trail always', () => {
  assert.deepEqual(nounsTouchedBy('gate.needs-approval'), ['audit', 'gates', 'models', 'approvals']);
  assert.deepEqual(nounsTouchedBy('dataset-version.added'), ['audit', 'datasets']);
});

test('an event of a noun without a row of its own touches the plural', () => {
  assert.deepEqual(nounsTouchedBy('run.started'), ['audit', 'runs']);
});

/** What a reader has before them and asks again by hand: a log that stays where it is, a report, the size of the disk. */
const still = ['log', 'operations', 'performance'];

test('the answer to every question of the pages is asked again when its noun is touched, but for those that stay as they are', () => {
  const root = join(import.meta.dirname, '..');
  const keys = globSync('**/*.{ts,tsx}', { cwd: root }).flatMap((path) =>
    [...readFileSync(join(root, path), 'utf8').matchAll(/queryKey: \['([^']*)'/g)].map((found) => ({ path, noun: found[1] ?? '' })),
  );
  assert.ok(keys.length > 40, `only ${keys.length} keys found`);
  assert.deepEqual(
    keys.filter(({ noun }) => !isMoving([noun]) && !still.includes(noun)),
    [],
  );
});
