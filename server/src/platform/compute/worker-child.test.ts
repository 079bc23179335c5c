import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { SlipwayError } from '../../kernel/error.ts';
import { createLog } from '../log/index.ts';
import { createWorkerChild, type WorkerChild } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'slipway-worker-'));
const path = join(folder, 'trial-child.ts');
writeFileSync(
  path,
  `import { serveChild } from ${JSON.stringify(new URL('./serve-child.ts', import.meta.url).href)};
   import { failure } from ${JSON.stringify(new URL('../../kernel/error.ts', import.meta.url).href)};
   serveChild({
     echo: (value) => value,
     pid: () => process.pid,
     count: async (n, progress) => { for (let i = 1; i <= n; i++) progress({ done: i, of: n }); return 'counted'; },
     refuse: () => { throw failure('not_found', { what: 'thing', name: 'x1' }, { seen: 2 }); },
     stumble: () => { throw new Error('stumbled over a stone'); },
     hang: () => new Promise(() => setInterval(() => {}, 1000)),
     die: () => process.exit(7),
     chatter: () => { console.log('a line on standard output'); return 1; },
     grow: async () => { const held = []; for (;;) { held.push(Buffer.alloc(40e6, 1)); await new Promise((r) => setTimeout(r, 50)); } },
   });`,
);

const soon = { timeout_ms: 10_000 };

function worker(t: { after(fn: () => Promise<void>): void }, more: { idle_ms?: number; memory_bytes?: number } = {}): WorkerChild {
  const child = createWorkerChild({
    entry: { name: 'trial-child', path },
    idle_ms: 30_000,
    memory_bytes: 2 ** 30,
    log: createLog({ level: 'silent' }),
    ...more,
  });
  t.after(() => child.stop());
  return child;
}

const failsWith = (code: string, pattern: RegExp) => (error: unknown) => {
  assert.ok(error instanceof SlipwayError);
  assert.equal(error.code, code);
  assert.match(error.message, pattern);
  return true;
};

test('a worker answers with the value it was given: typed arrays, NaN, infinities, long text and big integers included', async (t) => {
  const child = worker(t);
  const value = {
    numbers: new Float64Array([1.5, Number.NaN, -Infinity]),
    codes: new Uint32Array([1, 2, 4294967295]),
    odd: { nan: Number.NaN, list: [1, Infinity, 'text', null], big: 2n ** 60n, 'a.b': [[new Uint8Array([1, 2])]] },
    text: 'é\u0000\n',
    empty: new Float64Array(0),
  };
  assert.deepEqual(await child.request('echo', value, soon), value);
});

test('a value larger than one read of the pipe arrives whole', async (t) => {
  const numbers = Float64Array.from({ length: 300_000 }, (_, index) => index / 7);
  const got = await worker(t).request<{ numbers: Float64Array; text: string }>('echo', { numbers, text: 'é'.repeat(200_000) }, soon);
  assert.ok(Buffer.from(got.numbers.buffer).equals(Buffer.from(numbers.buffer)));
  assert.equal(got.text.length, 200_000);
});

test('a key that looks like a prototype is carried as a plain key', async (t) => {
  const value = JSON.parse('{"__proto__": {"x": 1}, "constructor": 2}') as object;
  const got = await worker(t).request<object>('echo', value, soon);
  assert.equal(JSON.stringify(got), JSON.stringify(value));
  assert.equal(({} as Record<string, unknown>)['x'], undefined);
});

test('a worker starts on first need, keeps running for the next request and ends when idle', async (t) => {
  const child = worker(t, { idle_ms: 200 });
  assert.equal(child.pid(), null);
  const first = await child.request('pid', null, soon);
  assert.equal(await child.request('pid', null, soon), first);
  for (let waited = 0; child.pid() !== null && waited < 5_000; waited += 50) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(child.pid(), null);
  assert.notEqual(await child.request('pid', null, soon), first);
});

test('progress reaches the caller before the answer', async (t) => {
  const seen: unknown[] = [];
  const value = await worker(t).request('count', 3, { ...soon, onProgress: (progress) => seen.push(progress) });
  assert.equal(value, 'counted');
  assert.deepEqual(seen, [
    { done: 1, of: 3 },
    { done: 2, of: 3 },
    { done: 3, of: 3 },
  ]);
});

test('an error of the table keeps its code, status, texts and details on the way', async (t) => {
  await assert.rejects(worker(t).request('refuse', null, soon), (error: unknown) => {
    assert.ok(error instanceof SlipwayError);
    assert.deepEqual([error.code, error.status, error.message, error.details], ['not_found', 404, 'No thing x1 here.', { seen: 2 }]);
    return true;
  });
});

test('any other error of a handler is told with the name of the worker and of the request, and its text is for the log', async (t) => {
  await assert.rejects(worker(t).request('stumble', null, soon), (error: unknown) => {
    assert.ok(failsWith('worker_failed', /trial-child could not answer stumble/)(error));
    assert.ok(error instanceof SlipwayError && error.cause instanceof Error);
    assert.doesNotMatch(error.message, /stone/);
    assert.equal(error.cause.message, 'stumbled over a stone');
    return true;
  });
});

test('a request that takes too long is killed, and the one behind it gets a fresh process', async (t) => {
  const child = worker(t);
  const before = await child.request('pid', null, soon);
  const hung = child.request('hang', null, { timeout_ms: 300 });
  const after = child.request('pid', null, soon);
  await assert.rejects(hung, failsWith('process_timeout', /trial-child \(hang\).*300 ms/));
  assert.notEqual(await after, before);
});

test('a request that is taken back ends at once, waiting or at work, and harms no other', async (t) => {
  const child = worker(t);
  const before = await child.request('pid', null, soon);
  const [working, waiting] = [new AbortController(), new AbortController()];
  const hung = child.request('hang', null, { ...soon, signal: working.signal });
  const queued = child.request('pid', null, { ...soon, signal: waiting.signal });
  const after = child.request('pid', null, soon);
  waiting.abort();
  await assert.rejects(queued, failsWith('process_cancelled', /trial-child \(pid\)/));
  assert.equal(child.pid(), before, 'what works goes on');
  working.abort();
  await assert.rejects(hung, failsWith('process_cancelled', /trial-child \(hang\)/));
  assert.notEqual(await after, before);
  const late = child.request('pid', null, { ...soon, signal: working.signal });
  await assert.rejects(late, failsWith('process_cancelled', /trial-child \(pid\)/));
});

test('a worker that dies fails its request with the way it ended, and the next one works', async (t) => {
  const child = worker(t);
  await assert.rejects(child.request('die', null, soon), failsWith('worker_failed', /exit code 7/));
  assert.equal(await child.request('echo', 'still here', soon), 'still here');
});

test('a worker over its memory is killed with a clear error', {
  skip: process.platform !== 'linux' && 'memory is watched on Linux only',
}, async (t) => {
  const child = worker(t, { memory_bytes: 250e6 });
  await assert.rejects(child.request('grow', null, soon), failsWith('process_memory', /250000000 bytes/));
});

test('what a worker prints does not disturb its answers', async (t) => {
  assert.equal(await worker(t).request('chatter', null, soon), 1);
});

test('stopping a worker fails what waits and leaves no process', async (t) => {
  const child = worker(t);
  const pid = await child.request<number>('pid', null, soon);
  const hung = child.request('hang', null, soon);
  const waiting = child.request('pid', null, soon);
  const both = Promise.allSettled([hung, waiting]);
  await child.stop();
  for (const outcome of await both)
    assert.equal(outcome.status === 'rejected' && (outcome.reason as SlipwayError).code, 'process_cancelled');
  assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
});

test('a worker dies with a parent that is killed', async () => {
  const parent = join(folder, 'parent.ts');
  writeFileSync(
    parent,
    `import { createWorkerChild } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)};
     const quiet = { debug() {}, info() {}, warn() {}, error() {}, with() { return quiet; } };
     const child = createWorkerChild({ entry: { name: 'trial-child', path: ${JSON.stringify(path)} }, idle_ms: 60000, memory_bytes: 1e9, log: quiet });
     console.log(await child.request('pid', null, { timeout_ms: 10000 }));`,
  );
  const started = spawn(process.execPath, [parent], { stdio: ['ignore', 'pipe', 'inherit'] });
  const pid = Number(await new Promise((resolve) => started.stdout.once('data', (text: Buffer) => resolve(text.toString()))));
  started.kill('SIGKILL');
  for (let waited = 0; waited < 5_000; waited += 50) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`the worker ${pid} outlived its parent`);
});

test('without a file descriptor left a request fails, and the server goes on', async () => {
  const script = `
    import { openSync, closeSync } from 'node:fs';
    const { createWorkerChild } = await import(${JSON.stringify(new URL('./index.ts', import.meta.url).href)});
    const quiet = { debug() {}, info() {}, warn() {}, error() {} };
    const entry = { name: 'trial-child', path: ${JSON.stringify(path)} };
    const child = createWorkerChild({ entry, idle_ms: 100, memory_bytes: 2 ** 30, log: quiet });
    await child.request('echo', 1, { timeout_ms: 10_000 });
    const held = [];
    const hanging = child.request('hang', 1, { timeout_ms: 800 }).catch((error) => error.code);
    try { for (;;) held.push(openSync('/dev/null')); } catch {}
    const other = createWorkerChild({ entry, idle_ms: 100, memory_bytes: 2 ** 30, log: quiet });
    const refused = await other.request('echo', 2, { timeout_ms: 10_000 }).catch((error) => error.message);
    const stopped = await hanging;
    for (const fd of held) closeSync(fd);
    console.log(JSON.stringify([refused, stopped, await other.request('echo', 3, { timeout_ms: 10_000 })]));
    await Promise.all([child.stop(), other.stop()]);`;
  const server = spawn('sh', ['-c', 'ulimit -n 200; exec "$0" "$@"', process.execPath, '--input-type=module', '--eval', script]);
  const printed = await new Promise<string>((resolve) => {
    let text = '';
    for (const stream of [server.stdout, server.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    server.once('close', () => resolve(text));
  });
  const refused = 'The process trial-child could not answer echo: it could not be started (EMFILE).';
  assert.equal(printed.trim(), JSON.stringify([refused, 'process_timeout', 3]));
});
