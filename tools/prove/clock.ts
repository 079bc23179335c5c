/**
 * Proves that a wall clock that is set costs nothing: `clock.ts [--seed N]`.
 *
 * A real server runs while its wall clock is moved under it (moved-clock.c): ahead, back, years away and home again, held still,
 * over a leap day, a change to summer time and a repeated leap second. Across each move a training that runs must end once, jobs
 * that wait must run soon, the same idempotency key must give the same answer, events must be counted on without a gap, and the
 * clock of a project that its data drives must stay. Then sign-in: a session lasts as long as it should, and no longer.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { freePort } from '../free-port.ts';
import { type Api, apiAt, honest } from './crash-api.ts';
import { executionsEnd } from './crash-check.ts';
import { begin, isDone, startTraining } from './crash-clients.ts';
import { type Ledger, newLedger } from './crash-ledger.ts';
import { bundledServer, type ServerPlace, startServer } from './crash-server.ts';
import { type MovedClock, movedClock } from './moved-clock.ts';
import { tellReport } from './preload.ts';

export interface ClockReport {
  readonly moves: number;
  readonly jobs: number;
  readonly executions: number;
  readonly events: number;
  readonly wrong: readonly string[];
  /** The longest that a job waited across a move, in real time. */
  readonly longestWait_ms: number;
}

export interface ClockOptions {
  readonly seed: number;
  /** Only the moves whose name contains this. */
  readonly only?: string;
  readonly tell?: (line: string) => void;
}

const hour_ms = 3_600_000;
const year_ms = 365.25 * 24 * hour_ms;
/** Far below the least move, far above what a busy machine takes. */
const jobLimit_ms = 120_000;
const jobsAcross = 3;

const at = (time_ms: number) => (clock: MovedClock) => clock.set(time_ms - Date.now());

/** Each begins where the one before has left the clock. */
const moves: readonly (readonly [name: string, move: (clock: MovedClock) => void | Promise<void>])[] = [
  ['an hour ahead', (clock) => clock.set(hour_ms)],
  ['an hour back', (clock) => clock.set(0)],
  ['a day back', (clock) => clock.set(-24 * hour_ms)],
  ['ten years ahead', (clock) => clock.set(10 * year_ms)],
  ['home from there', (clock) => clock.set(0)],
  ['held still', (clock) => clock.freeze(Date.now())],
  ['into the leap day', at(Date.UTC(2028, 1, 28, 23, 59, 59, 500))],
  ['into summer time of New York', at(Date.UTC(2027, 2, 14, 6, 59, 59, 500))],
  ['out of summer time of New York', at(Date.UTC(2027, 10, 7, 5, 59, 59, 500))],
  ['over a leap second', repeatASecond],
];

async function repeatASecond(clock: MovedClock): Promise<void> {
  const end_ms = Date.UTC(2026, 11, 31, 23, 59, 59, 500);
  const ahead_ms = end_ms - Date.now();
  clock.set(ahead_ms);
  await sleep(700);
  clock.set(ahead_ms - 1000);
}

/** Undefined when the shim cannot be compiled here. */
export async function proveClock(options: ClockOptions): Promise<ClockReport | undefined> {
  const root = mkdtempSync(join(tmpdir(), 'slipway-clock-'));
  try {
    const clock = movedClock(root);
    if (clock === undefined) return undefined;
    const environment = { ...clock.environment, TZ: 'America/New_York' };
    const place = { program: bundledServer(), data: join(root, 'data'), port: await freePort(), cache: root, environment };
    const report = await underWork(place, clock, options);
    clock.set(0);
    const sessions = await sessionsLast({ ...place, data: join(root, 'signed-in'), words: ['--auth', 'on'] }, clock);
    return { ...report, wrong: [...report.wrong, ...sessions] };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

async function underWork(place: ServerPlace, clock: MovedClock, { seed, only = '', tell = () => undefined }: ClockOptions) {
  const server = await startServer(place);
  try {
    const ledger = newLedger(seed);
    const gone = new AbortController().signal;
    // 422: that a clock may not go back.
    const api = apiAt(place.port, ledger, gone, [...honest, 422]);
    await begin({ api, ledger, chance: () => 0.5, gone });
    await api.send('POST', '/projects', { name: 'replay', clock: 'data' });
    await api.send('PUT', '/projects/replay/clock', { now_ms: replayed_ms });
    const wrong: string[] = [];
    let longestWait_ms = 0;
    const chosen = moves.filter(([name]) => name.includes(only));
    for (const [name, move] of chosen) {
      const { waited_ms, found } = await across(api, ledger, name, () => move(clock));
      longestWait_ms = Math.max(longestWait_ms, waited_ms);
      wrong.push(...found.map((one) => `${name}: ${one}`));
      tell(`${name}: jobs waited ${Math.round(waited_ms)} ms; ${wrong.length} wrong`);
    }
    const events = await countEvents(api, wrong);
    const { body } = await api.get<{ items: { name: string; versions: number }[] }>('/projects/default/models');
    const versions = body.items.find(({ name }) => name === 'tiny')?.versions ?? 0;
    if (versions !== ledger.executions.size) wrong.push(`${ledger.executions.size} executions registered ${versions} versions`);
    wrong.push(...ledger.unexpected);
    return { moves: chosen.length, jobs: chosen.length * jobsAcross, executions: ledger.executions.size, events, wrong, longestWait_ms };
  } finally {
    await server.kill(true);
  }
}

const replayed_ms = Date.UTC(2013, 5, 1);

/** What is begun before the move goes on after it. */
async function across(api: Api, ledger: Ledger, name: string, move: () => void | Promise<void>) {
  const found: string[] = [];
  const key = `${ledger.seed}-${name.replaceAll(' ', '-')}`;
  const first = await keyed(api, key);
  if ((await startTraining(api, ledger)) === null) found.push('no training could be started');
  // They share a lane: while the first runs the others wait, due now by the clock of now.
  const jobs: string[] = [];
  for (let n = 0; n < jobsAcross; n++) {
    const started = await api.send<{ id: string }>('POST', '/operations/doctor', { deep: true });
    if (isDone(started)) jobs.push(started.body.id);
    else found.push(`a job could not be started: ${JSON.stringify(started)}`);
  }
  const from = performance.now();
  await move();
  for (const id of jobs) if (!(await ended(api, id, from + jobLimit_ms))) found.push('a job that waited did not run');
  const waited_ms = performance.now() - from;
  found.push(...(await executionsEnd(api, ledger)));
  // Kept for a day, so a move of more than that may make it another request.
  const again = await keyed(api, key);
  if (!/years|leap|summer/.test(name) && again !== first) found.push('one idempotency key gave two answers');
  found.push(...(await dataClockStays(api)));
  return { waited_ms, found };
}

async function ended(api: Api, id: string, until: number): Promise<boolean> {
  while (performance.now() < until) {
    const { body } = await api.get<{ state: string }>(`/operations/${id}`);
    if (body.state === 'done') return true;
    await sleep(50);
  }
  return false;
}

/** The id of the run that the key made. */
async function keyed(api: Api, key: string): Promise<string> {
  const answer = await api.send<{ id: string }>('POST', '/projects/default/runs', { name: key }, { 'idempotency-key': key });
  return answer?.body.id ?? '';
}

async function dataClockStays(api: Api): Promise<string[]> {
  const { body } = await api.get<{ now_ms: number }>('/projects/replay');
  const back = await api.send('PUT', '/projects/replay/clock', { now_ms: replayed_ms - 1 });
  return [
    ...(body.now_ms === replayed_ms ? [] : [`the clock of the data reads ${body.now_ms}`]),
    ...(back !== null && back.status === 422 ? [] : [`the clock of the data could be set back: ${back?.status}`]),
  ];
}

/** Numbers count on without a gap, whatever the clock read. */
async function countEvents(api: Api, wrong: string[]): Promise<number> {
  let before = '';
  let expected: number | null = null;
  let count = 0;
  for (;;) {
    const { body } = await api.get<{ events: { number: number }[]; next_before: number | null }>(`/events?limit=500${before}`);
    for (const { number } of body.events) {
      if (expected !== null && number !== expected) wrong.push(`event ${expected} is missing`);
      expected = number - 1;
      count++;
    }
    if (body.next_before === null) return count;
    before = `&before=${body.next_before}`;
  }
}

/** Signs in now and far ahead, and looks how long each session is good. */
async function sessionsLast(place: ServerPlace, clock: MovedClock): Promise<string[]> {
  const server = await startServer(place);
  try {
    const base = `http://127.0.0.1:${place.port}/api/v1`;
    const token = await cliToken(place.data);
    const person = { name: 'Ada', email: 'ada@example.org', password: 'four unrelated words' };
    const post = (path: string, body: object, headers: object = {}) =>
      fetch(base + path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
    const made = await post('/persons', person, { authorization: `Bearer ${token}` });
    if (made.status >= 300) return [`the account could not be made: ${await made.text()}`];
    const signIn = async () =>
      (await post('/session', person)).headers
        .getSetCookie()
        .map((one) => one.split(';', 1)[0])
        .join('; ');
    const holds = async (cookie: string) => (await fetch(`${base}/me`, { headers: { cookie } })).status === 200;
    const wrong: string[] = [];
    const expect = async (what: string, cookie: string, good: boolean) => {
      if ((await holds(cookie)) !== good) wrong.push(`${what}: the session is ${good ? 'not good' : 'still good'}`);
    };
    const cookie = await signIn();
    await expect('signed in', cookie, true);
    clock.set(hour_ms);
    await expect('an hour ahead', cookie, true);
    clock.set(-hour_ms);
    await expect('two hours back', cookie, true);
    clock.set(10 * year_ms);
    await expect('ten years ahead', cookie, false);
    const late = await signIn();
    await expect('signed in ten years ahead', late, true);
    clock.set(0);
    await expect('a session of ten years ahead, home again', late, false);
    return wrong;
  } finally {
    await server.kill(true);
  }
}

/** Written right after the server has begun to listen. */
async function cliToken(data: string): Promise<string> {
  const file = join(data, 'cli-token');
  for (let round = 0; !existsSync(file) && round < 600; round++) await sleep(50);
  return readFileSync(file, 'utf8').trim();
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { seed: { type: 'string', default: String(process.pid) }, only: { type: 'string' } } });
  const report = await proveClock({
    seed: Number(values.seed),
    ...(values.only === undefined ? {} : { only: values.only }),
    tell: (line) => process.stderr.write(`${line}\n`),
  });
  if (!tellReport(report)) return;
  if (report.wrong.length > 0) process.exitCode = 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
