import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readinessOf } from './readiness.ts';

const well = { database: null, disk: null, loading: 0 };
const ok = { database: 'ok', disk: 'ok', models: 'ok' };

const states = [
  ['all is well', well, ok],
  ['the database does not answer', { ...well, database: { message: 'It is away.' } }, { ...ok, database: 'It is away.' }],
  ['the disk is full', { ...well, disk: '1 MB is free' }, { ...ok, disk: '1 MB is free' }],
  [
    'one model is not loaded yet',
    { ...well, loading: 1 },
    { ...ok, models: 'one version is still being loaded after the start; requests for what is loaded are answered' },
  ],
  [
    'some are not',
    { ...well, loading: 3 },
    { ...ok, models: '3 versions are still being loaded after the start; requests for what is loaded are answered' },
  ],
] as const;

for (const [what, parts, told] of states) {
  test(`readiness tells in words why not: ${what}`, () => assert.deepEqual(readinessOf(parts), told));
}
