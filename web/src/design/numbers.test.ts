import assert from 'node:assert/strict';
import { test } from 'node:test';
import { age, bytes, change, count, duration, metric, moment, share } from './numbers.ts';

test('what is missing is a dash, and what is not a number says so', () => {
  assert.deepEqual([metric(null), count(undefined), share(null)], ['–', '–', '–']);
  assert.deepEqual([metric(Number.NaN), metric(Infinity), metric(-Infinity)], ['NaN', '+∞', '−∞']);
});

test('a metric has four significant digits and a true minus', () => {
  assert.deepEqual([metric(0.123456), metric(-0.5), metric(12_345.6), metric(1e-9)], ['0.1235', '−0.5', '12,346', '1.000e−9']);
  assert.deepEqual([change(0.012), change(-0.012), change(0)], ['+0.012', '−0.012', '0']);
});

test('shares, sizes and durations carry their unit after a space', () => {
  assert.deepEqual([share(0.046), share(1), share(0.0002)], ['4.6 %', '100 %', '0.02 %']);
  assert.deepEqual([bytes(999), bytes(1500), bytes(2_300_000)], ['999 B', '1.5 kB', '2.3 MB']);
  assert.deepEqual(
    [duration(38), duration(400), duration(147_000), duration(86_400_000 * 21), duration(18_180_000)],
    ['38 ms', '0.4 s', '2 m 27 s', '21 d', '5 h 3 m'],
  );
  assert.deepEqual([age(5000), age(720_000), age(86_400_000 * 3)], ['5 s', '12 min', '3 d']);
});

test('a time is written in the zone of the project, with the year when it is not this one', () => {
  const at = Date.UTC(2013, 10, 21, 19, 2);
  assert.equal(moment(at, 'America/New_York', at), '21 Nov 14:02');
  assert.equal(moment(at, 'UTC', Date.UTC(2026, 0)), '21 Nov 2013 19:02');
});
