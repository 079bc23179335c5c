import assert from 'node:assert/strict';
import { test } from 'node:test';
import { together } from './together.ts';

const answered = <T>(data: T) => ({ data, error: null, refetch: () => assert.fail('asked again though answered') });
const failed = (error: Error, refetch = () => undefined) => ({ data: undefined, error, refetch });

test('nothing is said before every part has come', () => {
  const waiting = { data: undefined as number | undefined, error: null, refetch: () => undefined };
  assert.equal(together([answered(1), waiting], ([a, b]) => a + b).data, undefined);
  assert.equal(together([answered(1), answered(2)], ([a, b]) => a + b).data, 3);
});

test('the first failure is shown, and only what is missing is asked again', async () => {
  let again = 0;
  const error = new Error('away');
  const all = together([answered(1), failed(error, () => void again++)], () => 1);
  assert.equal(all.error, error);
  await all.refetch();
  assert.equal(again, 1);
});

test('an answer that is there stays although a later try failed', () => {
  assert.equal(together([{ data: 1, error: new Error('away'), refetch: () => undefined }], ([a]) => a).error, null);
});
