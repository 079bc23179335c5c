import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgres } from '../../tools/postgres.ts';
import type { Scope } from './a-server.fixture.ts';
import { play, type Report, reportOf, turnsOf } from './demo.fixture.ts';

async function emptyDatabase(t: Scope): Promise<string> {
  const { url, remove } = await startPostgres();
  t.after(remove);
  return url;
}

/** A minute on a quiet machine; this one may do much else. */
const halfYear_ms = 600_000;

/** The whole year in a file of SQLite, played once for both. */
let inFile: Promise<Report> | null = null;
const yearInFile = (t: Scope): Promise<Report> => {
  inFile ??= play(t, ['--json']).then(reportOf);
  return inFile;
};

function assertSameYear(report: Report, expected: Report): void {
  assert.equal(report.player.failed, 0, `${report.player.firstFailure}`);
  assert.deepEqual(report.served, expected.served, 'every request and every outcome is there, once');
  assert.deepEqual(turnsOf(report), turnsOf(expected));
  assert.deepEqual(report.months, expected.months, 'each flight was answered by the same version with the same probability');
  assert.deepEqual(report.total, expected.total);
}

test('the whole year of the demo on Postgres is the one in a file: the same answers, promotions and refusals, no failed request', async (t) => {
  const words = ['--json', '--database', await emptyDatabase(t)];
  const [expected, report] = await Promise.all([yearInFile(t), play(t, words).then(reportOf)]);
  assert.equal(report.player.again, 0);
  assertSameYear(report, expected);
});

test('two servers on one Postgres, the one that answers killed half-way through the year: the other one ends the same year', async (t) => {
  const words = ['--json', '--servers', '2', '--database', await emptyDatabase(t)];
  const playing = await play(t, words);
  await playing.saw(/Version 4 of delay begins to roll out/, halfYear_ms);
  // In the middle of that rollout, and of its requests.
  await sleep(1_000);
  const { pid } = JSON.parse(readFileSync(join(playing.data, 'server.json'), 'utf8')) as { pid: number };
  process.kill(-pid, 'SIGKILL');
  const report = await reportOf(playing);
  assert.equal(report.kills, 1);
  assertSameYear(report, await yearInFile(t));
});
