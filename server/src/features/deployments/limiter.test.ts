import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Limiter } from './limiter.ts';

const limits = (concurrent: number) => ({ concurrent, queue: 100, deadline_ms: 60_000, per_day: null });

test('a limit of requests at once that is changed holds at once, also for those that wait already', async () => {
  const limiter = new Limiter('delay', limits(4), () => 0);
  let inside = 0;
  const enter = async (): Promise<void> => {
    await limiter.enter(60_000);
    inside += 1;
  };
  const leave = async (): Promise<void> => {
    inside -= 1;
    limiter.leave();
    await turn();
  };
  const all = Array.from({ length: 10 }, enter);
  await turn();
  assert.equal(inside, 4);
  limiter.limits = limits(2);
  await leave();
  await leave();
  assert.equal(inside, 2, 'nobody follows until there are fewer than the new limit');
  await leave();
  assert.equal(inside, 2);
  limiter.limits = limits(5);
  await turn();
  assert.equal(inside, 5, 'a higher limit lets those in who wait');
  while (inside > 0) await leave();
  await Promise.all(all);
});
