/**
 * Proves that callers who cross each other lose nothing: `races.ts [--runs N] [--seed N]`.
 *
 * A real server on a real database; fast-check's scheduler decides in which order clients take their steps, also while
 * earlier requests are on their way, tries another order with each run, and shrinks one that breaks a rule. The rules: an alias
 * moved by compare-and-set has one winner for each value it had; a person's approval counts once; one idempotency key
 * does its work once and gives one answer; a job runs once at a time, one of its lane at a time, and a once-key makes one job.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { buildApp, createHttpOf } from '../../server/src/app/rooms.ts';
import { systemClock } from '../../server/src/kernel/clock.ts';
import { createLog } from '../../server/src/platform/log/index.ts';
import { jobsRunOnce } from './races-jobs.ts';
import { aliasHasOneWinner, approvalsCountOnce, keysGiveOneAnswer, type Live } from './races-live.ts';

export interface RacesReport {
  readonly seed: number;
  readonly properties: readonly {
    readonly name: string;
    readonly runs: number;
    /** With the smallest order that breaks the rule; null when it holds. */
    readonly broken: string | null;
  }[];
}

export interface RacesOptions {
  readonly runs: number;
  readonly seed: number;
}

export async function proveRaces({ runs, seed }: RacesOptions): Promise<RacesReport> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-races-'));
  const log = createLog({ level: 'silent' });
  const app = await buildApp({ data: join(folder, 'data'), auth: 'off', clock: systemClock, log, address: () => '' });
  await app.access.installation.ensure();
  const http = createHttpOf(app, { auth: 'off' });
  try {
    const { port } = await http.listen({ host: '127.0.0.1', port: 0 });
    const project = await app.access.projects.resolve('default');
    const live: Live = { app, base: `http://127.0.0.1:${port}/api/v1/projects/default`, project };
    const judged = async <T>(name: string, rule: fc.IAsyncProperty<T>) => {
      const details = await fc.check(rule, { numRuns: runs, seed, interruptAfterTimeLimit: 600_000 });
      return { name, runs: details.numRuns, broken: details.failed ? fc.defaultReportMessage(details) || 'interrupted' : null };
    };
    const properties = [
      await judged('an alias has one winner for each value it had', aliasHasOneWinner(live)),
      await judged('a person counts once in an approval', approvalsCountOnce(live)),
      await judged('an idempotency key does its work once and gives one answer', keysGiveOneAnswer(live)),
      await judged('a job runs once at a time, and so does its lane', jobsRunOnce(app)),
    ];
    return { seed, properties };
  } finally {
    await http.close(1000);
    await app.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { runs: { type: 'string', default: '1000' }, seed: { type: 'string', default: String(process.pid) } },
  });
  const report = await proveRaces({ runs: Number(values.runs), seed: Number(values.seed) });
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  if (report.properties.some(({ broken }) => broken !== null)) process.exitCode = 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
