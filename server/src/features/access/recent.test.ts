import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../kernel/clock.ts';
import { Recent } from './recent.ts';

test('what was being loaded when everything was forgotten is not remembered', async () => {
  const recent = new Recent<string>(systemClock, 60_000);
  const loading = Promise.withResolvers<string>();
  const reading = recent.get('token', () => loading.promise);
  recent.clear();
  loading.resolve('read before it was revoked');
  await reading;
  assert.equal(await recent.get('token', async () => null), null);
});
