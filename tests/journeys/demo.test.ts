import assert from 'node:assert/strict';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../tools/free-port.ts';
import { checkout, launch, type Running, type Scope, temporaryFolder } from './a-server.fixture.ts';

/** A start takes a second on a quiet machine. */
const restart_ms = 30_000;

interface Played extends Running {
  readonly data: string;
}

/** What a busy machine decides and a model does not: a journey shares its machine with others. */
const machineLimits: readonly (readonly [from: string, to: string])[] = [
  ['latency_p99_ms: 20', 'latency_p99_ms: 2000'],
  ['guard: [errors, latency, brier]', 'guard: [errors, brier]'],
  ['deadline: 500ms', 'deadline: 30s'],
];

/** A clone whose example has limits of time that hold on any machine; all else is as it is shipped. */
function cloneOf(t: Scope): string {
  const clone = temporaryFolder(t);
  for (const name of ['slipway', 'node_modules']) symlinkSync(join(checkout, name), join(clone, name));
  cpSync(join(checkout, 'package.json'), join(clone, 'package.json'));
  const example = join(clone, 'examples/flights');
  cpSync(join(checkout, 'examples/flights'), example, { recursive: true, filter: (path) => !path.endsWith('.slipway') });
  const file = join(example, 'slipway.yaml');
  const shipped = readFileSync(file, 'utf8');
  for (const [from] of machineLimits) assert.ok(shipped.includes(from), from);
  writeFileSync(
    file,
    machineLimits.reduce((text, [from, to]) => text.replace(from, to), shipped),
  );
  return clone;
}

/** `npm run demo -- …`, without npm. The demo names its port, since its user opens the address. */
async function play(t: Scope, words: readonly string[]): Promise<Played> {
  const clone = cloneOf(t);
  const data = join(clone, 'data');
  const argv = [join(clone, 'examples/flights/demo/play.ts'), '--exit', '--port', String(await freePort()), '--data', data];
  const running = launch(t, clone, ['--disable-warning=ExperimentalWarning', ...argv, ...words], { program: process.execPath });
  return { ...running, data };
}

interface Report {
  readonly stages: readonly { readonly name: string; readonly happened: boolean }[];
  readonly months: readonly unknown[];
  readonly total: unknown;
  readonly retrainings: { readonly started: number };
  readonly promotions: readonly { readonly version: number; readonly displaced: number | null; readonly date: string }[];
  readonly refusals: readonly unknown[];
  readonly served: { readonly requests: number; readonly failed: number; readonly outcomes: number };
  readonly player: { readonly failed: number; readonly again: number; readonly firstFailure: string | null };
  readonly kills: number;
}

/** What the player says at its end, which must be that every stage happened. */
async function reportOf({ ended }: Played): Promise<Report> {
  const { exit, out, error } = await ended;
  const last = out.trim().split('\n').at(-1) ?? '';
  assert.match(last, /^\{"kind":"report"/, `${out.slice(-3000)}\n${error}`);
  const { value } = JSON.parse(last) as { value: Report };
  const missing = value.stages.filter(({ happened }) => !happened).map(({ name }) => name);
  assert.deepEqual(missing, [], `${value.player.firstFailure}\n${JSON.stringify(value.refusals)}\n${error}`);
  assert.equal(exit, 0, error);
  return value;
}

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
  const turns = ({ promotions, refusals, retrainings }: Report) => ({
    promoted: promotions.map(({ version, displaced, date }) => [version, displaced, date]),
    refusals,
    retrainings: retrainings.started,
  });
  assert.deepEqual(turns(report), turns(expected));
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
