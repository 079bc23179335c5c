import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { exits } from './exits.ts';
import { slipway, startUp, temporaryFolder } from './up.fixture.ts';

test('up serves the folder, signs the command line in, and stops cleanly', async (t) => {
  const folder = temporaryFolder(t);
  const up = await startUp(t, folder);
  assert.match(up.setupLink ?? '', new RegExp(`^${up.address}/setup\\?token=`));
  assert.equal(statSync(join(folder, '.slipway')).mode & 0o777, 0o700);
  assert.equal(statSync(join(folder, '.slipway/cli-token')).mode & 0o777, 0o600);
  const list = await slipway(folder, ['project', 'ls', '--json']);
  assert.equal(list.exit, exits.ok, list.error);
  assert.deepEqual(
    JSON.parse(list.out).projects.map((one: { name: string }) => one.name),
    ['default'],
  );
  const stranger = await slipway(temporaryFolder(t), ['project', 'ls', '--server', up.address]);
  assert.equal(stranger.exit, exits.notPermitted);
  assert.match(stranger.error, /This needs a sign-in/);
  assert.equal(await up.stop('SIGINT'), exits.ok);
  assert.equal(existsSync(join(folder, '.slipway/server.json')), false);
  assert.equal((await slipway(folder, ['project', 'ls'])).exit, exits.unreachable);
});

test('a data folder in use is refused with the process that holds it', async (t) => {
  const folder = temporaryFolder(t);
  const up = await startUp(t, folder);
  const second = await slipway(folder, ['up', '--port', '0']);
  assert.equal(second.exit, exits.failed);
  assert.match(second.error, new RegExp(`pid ${up.pid}\\b`));
  assert.match(second.error, /slipway up --data DIR/);
});

test('a taken port is refused, never moved', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  t.after(() => other.close());
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const { exit, error } = await slipway(temporaryFolder(t), ['up', '--port', String(port)]);
  assert.equal(exit, exits.failed);
  assert.match(error, new RegExp(`Port ${port} on 127.0.0.1 is taken`));
  assert.match(error, /--port/);
});

test('an address that other machines reach, or a word that is none, is refused with what to do', async (t) => {
  for (const words of [
    ['--host', '0.0.0.0'],
    ['--host', '0.0.0.0', '--auth', 'off'],
    ['--port', 'http'],
    ['--auth', 'maybe'],
    ['--mlflow-artifact-root', 's3://bucket/mlflow'],
    ['--mlflow-artifact-root', 'file://server/mlflow'],
    ['--mlflow-artifact-root', 'file:///srv/../etc'],
  ]) {
    const folder = temporaryFolder(t);
    const { exit, error } = await slipway(folder, ['up', ...words]);
    assert.equal(exit, exits.usage, words.join(' '));
    assert.equal(error.split('\n').length, 3, error);
    assert.equal(existsSync(join(folder, '.slipway')), false);
  }
});

test('with sign-in off a banner says so, and a caller without a token is let in', async (t) => {
  const folder = temporaryFolder(t);
  const main = fileURLToPath(new URL('../main.ts', import.meta.url));
  const argv = ['--disable-warning=ExperimentalWarning', main, 'up', '--auth', 'off', '--port', '0'];
  const child = spawn(process.execPath, argv, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  let text = '';
  for await (const part of child.stdout.setEncoding('utf8')) {
    text += String(part);
    if (text.includes('Ctrl-C')) break;
  }
  assert.match(text, /SIGN-IN IS OFF/);
  assert.doesNotMatch(text, /setup\?token/);
  const address = /^at (http:\/\/\S+)$/m.exec(text)?.[1] ?? '';
  assert.equal((await slipway(temporaryFolder(t), ['token', 'ls', '--server', address])).exit, exits.ok);
  assert.ok(readFileSync(join(folder, '.slipway/server.json'), 'utf8').includes(address));
});

for (const [what, words, variables] of [
  ['an option', (address: string) => ['--otlp-traces', address], () => ({})],
  ['the variable of OpenTelemetry', () => [], (address: string) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: address })],
] as const) {
  test(`the server sends spans of its requests and jobs where ${what} says, and nothing of users in them`, async (t) => {
    const heard: { path: string | undefined; body: string }[] = [];
    const receiver = createServer(async (request, response) => {
      let body = '';
      for await (const part of request) body += part;
      heard.push({ path: request.url, body });
      response.end('{}');
    }).listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    t.after(() => receiver.close());
    const address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
    const folder = temporaryFolder(t);
    const up = await startUp(t, folder, words(address), variables(address));
    const trace = '0af7651916cd43dd8448eb211c80319c';
    const headers = { traceparent: `00-${trace}-b7ad6b7169203331-01` };
    await fetch(`${up.address}/api/v1/projects/a-name-of-somebody`, { headers });
    assert.equal((await slipway(folder, ['doctor'])).exit, exits.ok);
    assert.equal(await up.stop(), exits.ok);
    assert.deepEqual([...new Set(heard.map(({ path }) => path))], ['/v1/traces']);
    const text = heard.map(({ body }) => body).join();
    assert.ok(!text.includes('a-name-of-somebody'));
    const spans = heard.flatMap(({ body }) => JSON.parse(body).resourceSpans[0].scopeSpans[0].spans as { name: string; traceId: string }[]);
    assert.equal(spans.find(({ traceId }) => traceId === trace)?.name, 'GET /api/v1/projects/:project');
    assert.ok(
      spans.some(({ name }) => /^job /.test(name)),
      JSON.stringify(spans.map(({ name }) => name)),
    );
  });
}
