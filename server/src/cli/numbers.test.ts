import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timeOf } from './numbers.ts';

test('a time means the same moment on every machine', () => {
  const zone = process.env['TZ'];
  for (const machine of ['UTC', 'Asia/Tokyo']) {
    process.env['TZ'] = machine;
    for (const text of ['2013-03-01T14:05:00Z', '2013-03-01 14:05:00Z', '2013-03-01T09:05:00-05:00', '1362146700000'])
      assert.equal(timeOf(text, '--from'), Date.UTC(2013, 2, 1, 14, 5), text);
    assert.equal(timeOf('2013-03-01', '--from'), Date.UTC(2013, 2, 1));
    for (const text of ['2013-03-01T14:05:00', '2013-03-01 14:05:00', '5', 'March 2013', '2013-13-01', ''])
      assert.throws(() => timeOf(text, '--from'), { name: 'CliProblem', message: /--from/ }, text);
  }
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});
