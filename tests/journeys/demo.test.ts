import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Played, play, reportOf, turnsOf } from './demo.fixture.ts';

/** A start takes a second on a quiet machine. */
const restart_ms = 30_000;

/** The line after which the server is killed, and how much later: in the middle of what the line says has begun. */
const kills: readonly (readonly [line: RegExp, later_ms: number])[] = [
  [/Pipeline train was started \(execution 1\)/, 700],
  // Three in the replay: each may fall between two requests, or lose the rows of those that were just answered.
  [/Version 1 of delay serves 100%/, 1500],
  [/Version 1 of delay serves 100%/, 900],
  [/Version 1 of delay serves 100%/, 1200],
  [/Pipeline train was started \(execution 2\)/, 1500],
  [/Version 2 of delay begins to roll out/, 500],
  [/Execution 3 of train repeats an earlier one/, 700],
];

/** `kill -9` of the server and of all that it started in its own group; the player starts it again. */
async function killServers({ saw, data }: Played): Promise<void> {
  const serving = (): number => JSON.parse(readFileSync(join(data, 'server.json'), 'utf8')).pid;
  let killed = 0;
  for (const [line, later_ms] of kills) {
    await saw(line);
    for (const end = Date.now() + restart_ms; serving() === killed; await sleep(20)) assert.ok(Date.now() < end, 'no server after a kill');
    await sleep(later_ms);
    killed = serving();
    process.kill(-killed, 'SIGKILL');
  }
}

test('kill -9 at every stage of the demo costs nothing: the year goes on, and ends as the one that nobody disturbed', async (t) => {
  // To the end of April: quality falls, a version is trained, judged, rolled out and promoted. Both at once, one for each core.
  const words = ['--until', '2013-04-28', '--json'];
  const [undisturbed, disturbed] = await Promise.all([play(t, words), play(t, words)]);
  const [expected, report] = await Promise.all([reportOf(undisturbed), reportOf(disturbed), killServers(disturbed)]);
  assert.equal(report.kills, kills.length);
  assert.ok(report.player.again > 0, 'no request was under way at any of the kills');
  assert.equal(report.player.failed, 0, `answered once, or twice alike: ${report.player.firstFailure}`);
  assert.deepEqual(report.served, expected.served, 'every request and every outcome is there, once');
  assert.deepEqual(
    expected.promotions.map(({ version }) => version),
    [1, 2],
  );
  assert.deepEqual(turnsOf(report), turnsOf(expected));
  assert.deepEqual(report.months, expected.months, 'each flight was answered by the same version with the same probability');
  assert.deepEqual(report.total, expected.total);
});

test('with outcomes that belong to other flights the gate refuses, and the demo says so and fails', async (t) => {
  const { exit, out, error } = await (await play(t, ['--shuffle-outcomes'])).ended;
  assert.ok(exit !== 0 && exit !== null, `${out}\n${error}`);
  assert.match(out, /The gate refused version 1, so nothing was shipped: /);
  assert.match(out, /auc/);
  assert.equal(error, '');
});
