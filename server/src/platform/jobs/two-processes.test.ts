import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { systemCaller } from '../../kernel/caller.ts';
import { systemClock } from '../../kernel/clock.ts';
import { migrations } from '../database/index.ts';
import { ownServer } from '../database/postgres/server.fixture.ts';
import { createEvents } from '../events/index.ts';
import { createJobs, type JobContext } from './index.ts';

/** Two processes on one database, each with its own events and jobs. */
const own = ownServer();
const log = { error: () => undefined };
const until = async (isSo: () => boolean): Promise<void> => {
  for (const end = performance.now() + 20_000; !isSo(); await wait(20)) {
    if (performance.now() > end) throw new Error('waited for too long');
  }
};

test('both processes hear all events, each once and in the order of their numbers, which have no gaps', async () => {
  const url = await own.newDatabase();
  const databases = await Promise.all([own.open(url, migrations), own.open(url, migrations)]);
  try {
    const rooms = databases.map((database) => createEvents({ database, clock: systemClock }));
    await wait(200);
    const heard: number[][] = rooms.map(() => []);
    for (const [index, events] of rooms.entries()) events.subscribe(({ number }) => heard[index]?.push(number));
    const emit = (at: number) =>
      databases[at]?.write(
        (tx) => rooms[at]?.emit(tx, systemCaller('test'), { project_id: null, type: 'a.b', subject: 's' }) ?? Promise.resolve(0),
      );
    await Promise.all(Array.from({ length: 200 }, async (_, n) => emit(n % 2)));
    const all = Array.from({ length: 200 }, (_, n) => n + 1);
    await until(() => heard.every((numbers) => numbers.length >= 200));
    assert.deepEqual(heard, [all, all]);
    await emit(0);
    await until(() => heard[1]?.at(-1) === 201);
  } finally {
    for (const database of databases) await database.close();
  }
});

test('a job runs in one process, is ended where it runs when the other cancels it, and is taken over when its process goes silent', async () => {
  const url = await own.newDatabase();
  const databases = await Promise.all([own.open(url, migrations), own.open(url, migrations)]);
  let ahead_ms = 0;
  const clocks = [systemClock, { now: () => Date.now() + ahead_ms, monotonic: systemClock.monotonic }];
  const begun: string[] = [];
  const aborted: string[] = [];
  const rooms = databases.map((database, at) => {
    // One at once: the first does not take back what it holds already.
    const jobs = createJobs({ database, clock: clocks[at] ?? systemClock, log, concurrency: 1 });
    const handle = async (_: unknown, { id, signal }: JobContext): Promise<void> => {
      begun.push(`${at} ${id}`);
      // Ends when it is told to, as a job of a live process does.
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      aborted.push(`${at} ${id}`);
    };
    jobs.define([{ name: 'long', payload: z.object({}), attempts: 3, timeout_ms: 60_000, handle }]);
    return jobs;
  });
  const [first, second] = [rooms[0], rooms[1]];
  assert.ok(first && second && databases[0] && databases[1]);
  try {
    await first.start();
    await databases[1].write((tx) => second.enqueue(tx, { name: 'long', project_id: null, payload: {} }));
    await until(() => begun.length === 1);
    const id = begun[0]?.slice(2) ?? '';
    await databases[1].write((tx) => second.cancel(tx, id));
    await until(() => aborted.length === 1);
    await databases[0].write((tx) => first.enqueue(tx, { name: 'long', project_id: null, payload: {} }));
    await until(() => begun.length === 2);
    await second.start();
    await wait(500);
    assert.equal(begun.length, 2, 'the second leaves alone what runs');
    // For the second process a minute passes in which the first did not say that it lives.
    ahead_ms = 60_000;
    await databases[1].write((tx) =>
      second.enqueue(tx, { name: 'long', project_id: null, payload: {}, due_at_ms: Date.now() + 3_600_000 }),
    );
    await until(() => begun.length === 3);
    assert.equal(begun[2], begun[1]?.replace('0 ', '1 '));
  } finally {
    await Promise.all([first.stop(100), second.stop(100)]);
    for (const database of databases) await database.close();
  }
});
