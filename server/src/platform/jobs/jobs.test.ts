import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { systemClock } from '../../kernel/clock.ts';
import type { Database } from '../database/index.ts';
import { migrations } from '../database/migrations/index.ts';
import { openTestDatabase } from '../database/test-database.fixture.ts';
import { createJobs, type Jobs } from './index.ts';
import { afterFailure, backoff_ms } from './job.ts';

const quiet = { error: () => undefined };

async function withJobs(work: (jobs: Jobs, database: Database) => Promise<void>, clock = systemClock): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-jobs-'));
  const database = await openTestDatabase({ folder, migrations, clock: systemClock });
  const jobs = createJobs({ database, clock, log: quiet });
  try {
    await work(jobs, database);
  } finally {
    await jobs.stop(1000);
    await database.close();
    rmSync(folder, { recursive: true });
  }
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let round = 0; round < 500; round++) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail('it did not come to pass within five seconds');
}

const countTo = z.object({ n: z.number() });
const plain = { payload: countTo, attempts: 3, timeout_ms: 1000 };

test('a job put on the queue in a write runs once it is committed, and only then', async () => {
  await withJobs(async (jobs, database) => {
    const seen: number[] = [];
    jobs.define([{ ...plain, name: 'count', handle: async ({ n }: { n: number }) => void seen.push(n) }]);
    await jobs.start();
    await database.write((tx) => jobs.enqueue(tx, { name: 'count', project_id: 'p', payload: { n: 1 } }));
    await assert.rejects(
      database.write(async (tx) => {
        await jobs.enqueue(tx, { name: 'count', project_id: 'p', payload: { n: 2 } });
        throw new Error('undone');
      }),
    );
    await until(async () => seen.length === 1 && (await jobs.due('p')) === 0);
    assert.deepEqual(seen, [1]);
  });
});

test('a once-key makes twice once', async () => {
  await withJobs(async (jobs, database) => {
    let runs = 0;
    jobs.define([{ ...plain, name: 'count', handle: async () => void runs++ }]);
    const put = () => database.write((tx) => jobs.enqueue(tx, { name: 'count', project_id: 'p', payload: { n: 1 }, once: 'event 7' }));
    assert.deepEqual([await put(), await put()], [true, false]);
    await jobs.start();
    await until(async () => runs === 1 && (await jobs.due('p')) === 0);
    assert.equal(await put(), false);
  });
});

test('jobs of one lane never run side by side, those of others do', async () => {
  await withJobs(async (jobs, database) => {
    let inLane = 0;
    let most = 0;
    let done = 0;
    jobs.define([
      {
        ...plain,
        name: 'slow',
        lane: () => 'one',
        handle: async () => {
          most = Math.max(most, ++inLane);
          await new Promise((resolve) => setTimeout(resolve, 20));
          inLane--;
          done++;
        },
      },
    ]);
    await database.write(async (tx) => {
      for (let n = 0; n < 5; n++) await jobs.enqueue(tx, { name: 'slow', project_id: 'p', payload: { n } });
    });
    await jobs.start();
    await until(() => done === 5);
    assert.equal(most, 1);
  });
});

test('a lane with hundreds of waiting jobs holds up no other job', async () => {
  await withJobs(async (jobs, database) => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let other = 0;
    jobs.define([
      { ...plain, timeout_ms: 60_000, name: 'slow', lane: () => 'one', handle: () => held },
      { ...plain, name: 'other', handle: async () => void other++ },
    ]);
    await database.write(async (tx) => {
      for (let n = 0; n < 300; n++) await jobs.enqueue(tx, { name: 'slow', project_id: 'p', payload: { n } });
    });
    await jobs.start();
    await until(async () => (await database.read.selectFrom('jobs').select('id').where('state', '=', 'running').execute()).length === 1);
    await database.write((tx) => jobs.enqueue(tx, { name: 'other', project_id: 'p', payload: { n: 1 } }));
    try {
      await until(() => other === 1);
    } finally {
      release();
    }
  });
});

test('the end of a job that cannot be written at once is written later', async () => {
  await withJobs(async (jobs, database) => {
    let tries = 0;
    const gaveUp = () => (++tries === 1 ? Promise.reject(new Error('the disk is full')) : Promise.resolve());
    jobs.define([{ ...plain, attempts: 1, name: 'broken', handle: () => Promise.reject(new Error('no')), gaveUp }]);
    await database.write((tx) => jobs.enqueue(tx, { name: 'broken', project_id: 'p', payload: { n: 1 } }));
    await jobs.start();
    await until(async () => (await jobs.due('p')) === 0);
    assert.equal((await database.read.selectFrom('jobs').select('state').executeTakeFirstOrThrow()).state, 'failed');
  });
});

test('jobs that were done more than a week ago go while the server runs', async () => {
  let shift_ms = 0;
  const clock = { ...systemClock, now: () => Date.now() + shift_ms };
  await withJobs(async (jobs, database) => {
    jobs.define([{ ...plain, name: 'count', handle: () => Promise.resolve() }]);
    await jobs.start();
    const put = async (n: number) => {
      await database.write((tx) => jobs.enqueue(tx, { name: 'count', project_id: 'p', payload: { n } }));
      await until(async () => (await jobs.due('p')) === 0);
    };
    await put(1);
    shift_ms = 8 * 86_400_000;
    await put(2);
    const kept = await database.read.selectFrom('jobs').select('payload').execute();
    assert.deepEqual(kept, [{ payload: '{"n":2}' }]);
  }, clock);
});

test('nothing is begun once the queue is told to stop', async () => {
  await withJobs(async (jobs, database) => {
    let begun = 0;
    jobs.define([{ ...plain, name: 'count', handle: async () => void begun++ }]);
    await jobs.start();
    // Its commit wakes the queue, which is about to take the job when it is told to stop.
    await database.write((tx) => jobs.enqueue(tx, { name: 'count', project_id: 'p', payload: { n: 1 } }));
    await jobs.stop(1000);
    assert.equal(begun, 0);
  });
});

test('a job that a killed process was running is run again at the next start', async () => {
  await withJobs(async (jobs, database) => {
    let runs = 0;
    jobs.define([{ ...plain, name: 'count', handle: async () => void runs++ }]);
    await database.write((tx) => jobs.enqueue(tx, { name: 'count', project_id: 'p', payload: { n: 1 } }));
    await database.write((tx) =>
      tx
        .updateTable('jobs')
        .set({
          state: 'running',
          lease_owner: 'own_dead',
          lease_until_ms: Date.now() + (database.profile.shared ? -1 : 60_000),
          attempts: 1,
        })
        .execute(),
    );
    await jobs.start();
    await until(async () => runs === 1 && (await jobs.due('p')) === 0);
  });
});

for (const [when, restarted] of [
  ['while the server runs', false],
  ['while it is stopped', true],
] as const) {
  test(`a job that is due does not wait for a clock that was set back an hour ${when}`, async () => {
    let ahead_ms = 3_600_000;
    const clock = { now: () => Date.now() + ahead_ms, monotonic: () => performance.now() };
    await withJobs(async (first, database) => {
      const ran: number[] = [];
      const ends = Promise.withResolvers<void>();
      const handle = async ({ n }: { n: number }) => {
        if (n === 1 && !restarted) await ends.promise;
        ran.push(n);
      };
      const definition = { ...plain, name: 'count', lane: () => 'one', timeout_ms: 60_000, handle };
      first.define([definition]);
      const put = (n: number) => database.write((tx) => first.enqueue(tx, { name: 'count', project_id: 'p', payload: { n } }));
      if (!restarted) await first.start();
      await put(1);
      await put(2);
      ahead_ms = 0;
      ends.resolve();
      const second = createJobs({ database, clock, log: quiet });
      second.define([definition]);
      if (restarted) await second.start();
      try {
        await until(() => ran.length === 2);
      } finally {
        await second.stop(1000);
      }
    }, clock);
  });
}

test('a job that fails for good is kept with its error, and whoever waits is told', async () => {
  await withJobs(async (jobs, database) => {
    const told: string[] = [];
    jobs.define([
      {
        ...plain,
        attempts: 1,
        name: 'broken',
        handle: () => Promise.reject(new Error('no such file')),
        gaveUp: async (_, error) => void told.push(error),
      },
    ]);
    await jobs.start();
    await database.write((tx) => jobs.enqueue(tx, { name: 'broken', project_id: 'p', payload: { n: 1 } }));
    await until(async () => (await jobs.due('p')) === 0 && told.length === 1);
    const row = await database.read.selectFrom('jobs').select(['state', 'error']).executeTakeFirstOrThrow();
    assert.deepEqual(row, { state: 'failed', error: 'no such file' });
  });
});

test('a job that overruns its time is told to stop', async () => {
  await withJobs(async (jobs, database) => {
    let aborted = false;
    jobs.define([
      {
        ...plain,
        attempts: 1,
        timeout_ms: 30,
        name: 'endless',
        handle: (_, { signal }) =>
          new Promise((_resolve, reject) =>
            signal.addEventListener('abort', () => {
              aborted = true;
              reject(new Error('aborted'));
            }),
          ),
      },
    ]);
    await jobs.start();
    await database.write((tx) => jobs.enqueue(tx, { name: 'endless', project_id: 'p', payload: { n: 1 } }));
    await until(() => aborted);
  });
});

test('the wait between attempts grows fourfold and ends at five minutes', () => {
  assert.deepEqual([2, 3, 4, 9].map(backoff_ms), [1000, 4000, 16_000, 300_000]);
  assert.equal(afterFailure(1, 3), 'waiting');
  assert.equal(afterFailure(3, 3), 'failed');
});
