import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attackServer } from './campaign.fixture.ts';

test('hostile input in every place of every route is refused in our words: no failure, no hang, no leak, nothing touched outside', async (t) => {
  const found = await attackServer(t, { perRoute: 40 });
  t.diagnostic(`${found.requests} requests to ${found.operations} operations in ${Math.round(found.took_ms / 1000)} s`);
  assert.deepEqual(found.unexercised, [], 'operations whose right request did not reach its work');
  assert.deepEqual(found.wrong, []);
  assert.deepEqual(found.outside, [], 'what the guard saw outside');
  assert.equal(found.isGuardedFolderSame, true);
  assert.deepEqual(found.logged, [], 'secrets in the log');
  assert.deepEqual(found.after, found.before, 'what another project reads');
  assert.deepEqual(found.ailing, [], 'what the doctor finds');
  assert.deepEqual(found.parsers, [], 'parsers of foreign files in the server process');
  assert.deepEqual(found.open, [], 'what other users of the machine may open');
});
