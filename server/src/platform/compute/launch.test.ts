import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../kernel/clock.ts';
import { createLog } from '../log/index.ts';
import { createCompute, type Exit, inheritedEnv, type Launch, type LogChunk, type Running } from './index.ts';

const compute = createCompute({ clock: systemClock, log: createLog({ level: 'silent' }) });
const cwd = mkdtempSync(join(tmpdir(), 'slipway-compute-'));

interface Ran {
  readonly exit: Exit;
  readonly log: readonly LogChunk[];
}

function start(
  argv: Launch['argv'],
  more: Partial<Launch> = {},
  limits: Partial<Launch['limits']> = {},
): { running: Running; log: LogChunk[] } {
  const log: LogChunk[] = [];
  const running = compute.launch({
    argv,
    cwd,
    env: inheritedEnv(),
    limits: { time_ms: 20_000, memory_bytes: 512 * 2 ** 20, log_bytes: 100_000, ...limits },
    onLog: (chunk) => log.push(chunk),
    ...more,
  });
  return { running, log };
}

async function run(...wanted: Parameters<typeof start>): Promise<Ran> {
  const { running, log } = start(...wanted);
  return { exit: await running.done, log };
}

/** A process that ended but that nobody waited for (a zombie) is not alive. */
function alive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
}

const textOf = (log: readonly LogChunk[], stream: LogChunk['stream'] = 'stdout') =>
  log.filter((chunk) => chunk.stream === stream).map((chunk) => chunk.text);

test('a program gets its input and its environment only, and its lines and exit code come back', async () => {
  process.env['SLIPWAY_TEST_SECRET'] = 'hidden';
  const { exit, log } = await run(
    ['sh', '-c', 'read line; echo "got $line"; echo "secret=$SLIPWAY_TEST_SECRET mine=$MINE"; echo oops >&2; printf open; exit 3'],
    { input: 'hello\n', env: { ...inheritedEnv(), MINE: '1' } },
  );
  assert.deepEqual(textOf(log), ['got hello', 'secret= mine=1', 'open']);
  assert.deepEqual(textOf(log, 'stderr'), ['oops']);
  assert.equal(exit.code, 3);
  assert.equal(exit.reason, 'exited');
  assert.equal(exit.error, null);
});

test('an argument is never read by a shell', async () => {
  const { log } = await run(['echo', '$(id)', '; rm -rf x', '`id`']);
  assert.deepEqual(textOf(log), ['$(id) ; rm -rf x `id`']);
});

test('a program that is not there is named together with the PATH that was searched', async () => {
  const { exit } = await run(['no-such-program-here'], { env: { PATH: '/usr/bin:/bin' } });
  assert.equal(exit.reason, 'failed to start');
  assert.equal(exit.error?.code, 'program_not_found');
  assert.match(exit.error?.message ?? '', /no-such-program-here was not found on the PATH \(\/usr\/bin:\/bin\)/);
});

test('a folder that is not there and an argument with NUL are errors of the start, not exceptions', async () => {
  const folder = await run(['true'], { cwd: join(cwd, 'missing') });
  assert.equal(folder.exit.error?.code, 'process_not_started');
  assert.match(folder.exit.error?.message ?? '', /working folder is not there/);
  const nul = await run(['echo', 'a\0b']);
  assert.equal(nul.exit.reason, 'failed to start');
});

test('a program that hangs and ignores SIGTERM is gone soon after its time limit', async () => {
  const { exit } = await run(['sh', '-c', 'trap "" TERM; while :; do sleep 0.1; done'], {}, { time_ms: 300 });
  assert.equal(exit.reason, 'timeout');
  assert.equal(exit.signal, 'SIGKILL');
  assert.equal(exit.error?.code, 'process_timeout');
  assert.ok(exit.wall_ms >= 2_000 && exit.wall_ms < 5_000, `${exit.wall_ms} ms`);
});

test('what a program leaves running when it ends is ended too', async () => {
  const { exit, log } = await run(['sh', '-c', 'sleep 60 & echo $!; exit 0']);
  const [pid] = textOf(log).map(Number);
  assert.equal(exit.code, 0);
  assert.ok(pid && !alive(pid));
});

test('a cancelled program takes its forks with it, one in a session of its own included', async () => {
  const { running, log } = start(['sh', '-c', 'sleep 60 & echo $!; setsid sleep 61 & echo $!; wait']);
  while (textOf(log).length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
  await new Promise((resolve) => setTimeout(resolve, 600));
  running.kill();
  const exit = await running.done;
  assert.equal(exit.reason, 'cancelled');
  assert.equal(exit.error?.code, 'process_cancelled');
  for (const pid of textOf(log).map(Number)) assert.ok(!alive(pid), `${pid} is still there`);
});

test('a log that is too long is cut, counted and said to be so, and the program goes on', async () => {
  const { exit, log } = await run(
    ['sh', '-c', 'i=0; while [ $i -lt 300 ]; do echo "line $i 0123456789"; i=$((i+1)); done'],
    {},
    { log_bytes: 1_000 },
  );
  assert.equal(exit.code, 0);
  const kept = textOf(log).join('\n').length;
  assert.ok(kept <= 1_000 && kept > 900, `${kept} characters kept`);
  const notices = textOf(log, 'slipway');
  assert.match(notices[0] ?? '', /limit of 1000 bytes is reached/);
  assert.match(notices[1] ?? '', /^4890 bytes of the log were dropped/);
});

test('a program that floods its log ten times over is stopped', async () => {
  const { exit } = await run(['yes'], {}, { log_bytes: 10_000 });
  assert.equal(exit.reason, 'log limit');
  assert.equal(exit.error?.code, 'process_log_flood');
});

test('a line without an end is delivered in bounded pieces', async () => {
  const { log } = await run(['sh', '-c', 'head -c 50000 /dev/zero | tr "\\0" x']);
  assert.ok(textOf(log).every((text) => text.length <= 8_192));
  assert.equal(textOf(log).join('').length, 50_000);
});

test('a program over its memory is stopped, and its peak is told', {
  skip: process.platform !== 'linux' && 'memory is watched on Linux only',
}, async () => {
  const grow = 'const held = []; setInterval(() => held.push(Buffer.alloc(40e6, 1)), 50)';
  const { exit } = await run([process.execPath, '-e', grow], {}, { memory_bytes: 200e6 });
  assert.equal(exit.reason, 'memory');
  assert.ok(exit.peak_bytes > 200e6 && exit.peak_bytes < 700e6, `${exit.peak_bytes}`);
});

test('a program with too many processes is stopped', {
  skip: process.platform !== 'linux' && 'processes are counted on Linux only',
}, async () => {
  const { exit } = await run(['sh', '-c', 'for i in 1 2 3 4 5 6 7 8; do sleep 30 & done; wait'], {}, { processes: 4 });
  assert.equal(exit.reason, 'processes');
  assert.equal(exit.error?.code, 'process_count');
});

test('CPU time of a busy program is measured', { skip: process.platform !== 'linux' && 'CPU time is read on Linux only' }, async () => {
  const { exit } = await run([
    process.execPath,
    '-e',
    'for (let used = {user: 0, system: 0}; used.user + used.system < 900_000; used = process.cpuUsage());',
  ]);
  assert.ok(exit.cpu_ms >= 300 && exit.cpu_ms < 2_000, `${exit.cpu_ms} ms`);
});
