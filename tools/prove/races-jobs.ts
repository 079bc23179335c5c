import assert from 'node:assert/strict';
import fc from 'fast-check';
import { z } from 'zod';
import type { buildApp } from '../../server/src/app/rooms.ts';
import { createJobs, type JobDefinition } from '../../server/src/platform/jobs/index.ts';

const payload = z.object({ n: z.number(), lane: z.string().nullable() });
let made = 0;

/** Jobs with and without a lane or a once-key, put on the queue and ended in any order. */
export function jobsRunOnce({ database, clock, log }: Pick<Awaited<ReturnType<typeof buildApp>>, 'database' | 'clock' | 'log'>) {
  const job = fc.record({ lane: fc.constantFrom(null, 'a', 'b'), once: fc.constantFrom(undefined, undefined, 'x', 'y') });
  const jobs = fc.array(job, { minLength: 2, maxLength: 8 });
  return fc.asyncProperty(fc.scheduler(), jobs, async (s, wanted) => {
    const round = ++made;
    const name = `raced-${round}`;
    const running = new Map<number, string | null>();
    const ran: number[] = [];
    const wrong: string[] = [];
    const definition: JobDefinition<z.infer<typeof payload>> = {
      name,
      payload,
      attempts: 1,
      timeout_ms: 60_000,
      lane: ({ n, lane }) => lane ?? `${name}-${n}`,
      async handle({ n, lane }) {
        if (running.has(n)) wrong.push(`job ${n} runs twice at a time`);
        if (lane !== null && [...running.values()].includes(lane)) wrong.push(`two of lane ${lane} run at a time`);
        running.set(n, lane);
        await s.schedule(Promise.resolve(), `job ${n} ends`);
        running.delete(n);
        ran.push(n);
      },
    };
    const runner = createJobs({ database, clock, log });
    runner.define([definition]);
    await runner.start();
    const kept: number[] = [];
    const allDone = Promise.withResolvers<void>();
    const asking = Promise.all(
      wanted.map(async ({ lane, once }, n) => {
        await s.schedule(Promise.resolve(), `job ${n} is asked for`);
        const key = once === undefined ? {} : { once: `${name}-${once}` };
        const row = { name, project_id: null, payload: { n, lane: lane === null ? null : `${name}-${lane}` }, ...key };
        if (await database.write((tx) => runner.enqueue(tx, row))) kept.push(n);
      }),
    );
    const ended = (async () => {
      await asking;
      while (ran.length < kept.length) await new Promise((resolve) => setTimeout(resolve, 2));
      allDone.resolve();
    })();
    await s.waitFor(allDone.promise);
    await ended;
    await runner.stop(1000);
    assert.deepEqual(wrong, []);
    assert.deepEqual(
      ran.toSorted((a, b) => a - b),
      kept.toSorted((a, b) => a - b),
      'a job ran twice, or not at all',
    );
    const keys = wanted.flatMap(({ once }) => once ?? []);
    assert.equal(kept.length, wanted.length - keys.length + new Set(keys).size, 'a once-key made two jobs, or none');
  });
}
