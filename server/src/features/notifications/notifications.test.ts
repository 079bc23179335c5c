import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Caller, systemCaller } from '../../kernel/caller.ts';
import { systemClock } from '../../kernel/clock.ts';
import type { Project } from '../../kernel/project.ts';
import { migrations } from '../../platform/database/migrations/index.ts';
import { openTestDatabase } from '../../platform/database/test-database.fixture.ts';
import { createDefinitions } from '../../platform/definitions/index.ts';
import { createEvents } from '../../platform/events/index.ts';
import { createJobs } from '../../platform/jobs/index.ts';
import { placeOf, targetOf } from './address.ts';
import { createNotifications, dispatchJob } from './index.ts';
import { postJson } from './send.ts';

const project: Project = { id: 'prj_1', name: 'flights', zone: 'UTC', clock: 'wall' };
const caller = systemCaller('test');
const never = new AbortController().signal;

async function openWorld(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-notifications-'));
  const clock = systemClock;
  const database = await openTestDatabase({ folder, migrations, clock });
  const events = createEvents({ database, clock });
  const definitions = createDefinitions({ database, events, clock });
  const jobs = createJobs({ database, clock, log: { error: () => undefined } });
  const notifications = createNotifications({
    database,
    events,
    definitions,
    jobs,
    clock,
    projectById: async () => project,
    address: () => 'http://127.0.0.1:4700',
  });
  jobs.define(notifications.jobs);
  await jobs.start();
  t.after(async () => {
    await jobs.stop(1000);
    await database.close();
    rmSync(folder, { recursive: true });
  });
  const emit = (type: string, after: object) =>
    database.write(async (tx) => {
      const event = await events.emit(tx, caller, {
        project_id: project.id,
        type,
        subject: 'incident inc_1',
        note: 'delay: it broke.',
        after,
      });
      await jobs.enqueue(tx, { name: dispatchJob, project_id: project.id, payload: { event }, cause: event });
      await jobs.enqueue(tx, { name: dispatchJob, project_id: project.id, payload: { event }, cause: event });
      return event;
    });
  return { notifications, events, emit };
}

interface Received {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

async function receiver(t: TestContext, answer: (response: ServerResponse, count: number) => void) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(pieces).toString() });
      answer(response, received.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received };
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 500; turn++) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail('it did not happen within ten seconds');
}

const ok = (response: ServerResponse) => void response.writeHead(204).end();

test('an incident reaches each receiver once, with what happened and where to look', async (t) => {
  const { notifications, emit, events } = await openWorld(t);
  const { url, received } = await receiver(t, ok);
  await notifications.define(caller, project, 'ops', { webhook: url }, 'ui');
  const number = await emit('incident.opened', { severity: 'incident', notify: ['ops', 'ops', 'nobody'] });
  const states = async () => (await notifications.deliveries(caller, project, { limit: 10 })).items;
  await until(async () => (await states()).filter((delivery) => delivery.state !== 'waiting').length === 2);
  assert.equal(received.length, 1);
  const [request] = received;
  const { at_ms, ...message } = JSON.parse(request?.body ?? '{}');
  assert.deepEqual(message, {
    event: { number, type: 'incident.opened', subject: 'incident inc_1' },
    project: 'flights',
    text: 'delay: it broke.',
    link: 'http://127.0.0.1:4700/api/v1/projects/flights/incidents/inc_1',
  });
  assert.equal(typeof at_ms, 'number');
  const delivered = (await states()).find((delivery) => delivery.state === 'delivered');
  assert.deepEqual([delivered?.receiver, delivered?.attempts, delivered?.last_status], ['ops', 1, 204]);
  assert.equal(request?.headers['idempotency-key'], delivered?.id);
  const failed = (await states()).find((delivery) => delivery.state === 'failed');
  assert.match(failed?.last_error ?? '', /no receiver nobody/);
  const told = await events.list({ project_id: project.id, type: 'notification.delivered', limit: 5 });
  assert.equal(told[0]?.cause, number);
});

test('drift alone tells nobody', async (t) => {
  const { notifications, emit } = await openWorld(t);
  const { url, received } = await receiver(t, ok);
  await notifications.define(caller, project, 'ops', { webhook: url }, 'ui');
  await emit('incident.opened', { severity: 'watch', notify: ['ops'] });
  await emit('incident.resolved', { severity: 'incident', notify: ['ops'] });
  await until(async () => received.length > 0);
  assert.deepEqual(
    received.map((one) => JSON.parse(one.body).event.type),
    ['incident.resolved'],
  );
});

test('a receiver that fails once is tried again under the same key', async (t) => {
  const { notifications, emit } = await openWorld(t);
  const { url, received } = await receiver(t, (response, count) => void response.writeHead(count === 1 ? 500 : 200).end('fine'));
  await notifications.define(caller, project, 'ops', { webhook: url }, 'ui');
  await emit('incident.opened', { notify: ['ops'] });
  const first = async () => (await notifications.deliveries(caller, project, { limit: 1 })).items[0];
  await until(async () => (await first())?.state === 'delivered');
  assert.equal((await first())?.attempts, 2);
  assert.equal(new Set(received.map((one) => one.headers['idempotency-key'])).size, 1);
});

test('a redirect is not followed, and a hanging or refusing receiver is an error that names it', async (t) => {
  const { url: goal, received } = await receiver(t, ok);
  const { url } = await receiver(t, (response) => void response.writeHead(302, { location: goal }).end());
  await assert.rejects(postJson(url, '{}', 'k', never), { code: 'receiver_failed', message: /302, and redirects are not followed/ });
  assert.equal(received.length, 0);
  const hanging = await receiver(t, () => undefined);
  await assert.rejects(postJson(hanging.url, '{}', 'k', AbortSignal.timeout(100)), { code: 'receiver_failed' });
  await assert.rejects(postJson('http://127.0.0.1:1/', '{}', 'k', never), { code: 'receiver_failed', message: /127\.0\.0\.1:1/ });
});

test('a flood of an answer is cut off, and a message beyond 64 KB is not sent', async (t) => {
  const { url, received } = await receiver(t, (response) => void response.writeHead(200).end('x'.repeat(2 ** 22)));
  assert.equal(await postJson(url, '{}', 'k', never), 200);
  await assert.rejects(postJson(url, 'x'.repeat(2 ** 17), 'k', never), { code: 'receiver_failed' });
  assert.equal(received.length, 1);
});

test('a name that leads into this machine is refused, the literal address is not', async (t) => {
  const { url, received } = await receiver(t, ok);
  await assert.rejects(postJson(url.replace('127.0.0.1', 'localhost'), '{}', 'k', never), { code: 'receiver_not_public' });
  assert.equal(await postJson(url, '{}', 'k', never), 204);
  assert.equal(received.length, 1);
});

test('the own link, the keys of clouds, nobody and many are no receiver, however they are written, and whoever writes them', async (t) => {
  const { notifications } = await openWorld(t);
  const addresses = [
    ...['http://169.254.169.254/latest/meta-data/', 'http://2852039166/', 'http://0xa9fea9fe/', 'http://0251.0376.0251.0376/'],
    ...['http://[::ffff:169.254.169.254]/', 'http://[fe80::1]/', 'http://[fd00:ec2::254]/', 'http://0.0.0.0/', 'http://0/', 'http://[::]/'],
    ...['http://224.0.0.1/', 'http://255.255.255.255/', 'http://100.100.100.200/'],
  ];
  for (const webhook of addresses) {
    await assert.rejects(notifications.define(caller, project, 'ops', { webhook }, 'ui'), { code: 'receiver_refused' }, webhook);
    await assert.rejects(postJson(webhook, '{}', 'k', never), { code: 'receiver_refused' }, webhook);
  }
});

test('an address inside the network is set by who may run commands on the machine; an admin of the project alone may not', async (t) => {
  const { notifications } = await openWorld(t);
  const admin: Caller = {
    ...caller,
    kind: 'person',
    serverAdmin: false,
    grants: new Map([[project.id, new Set(['read', 'write', 'admin'] as const)]]),
  };
  const inside = [
    'http://127.0.0.1:9/',
    'http://10.0.0.1/',
    'http://192.168.1.1/',
    'http://[::1]/',
    'http://[fd12::1]/',
    'http://2130706433/',
    'http://[::ffff:127.0.0.1]/',
  ];
  for (const webhook of inside)
    await assert.rejects(notifications.define(admin, project, 'ops', { webhook }, 'ui'), { code: 'not_permitted' }, webhook);
  const [webhook = ''] = inside;
  await notifications.define(caller, project, 'ops', { webhook }, 'ui');
  await notifications.define(admin, project, 'ops', { webhook }, 'ui');
  await notifications.define(admin, project, 'ops', { webhook: 'https://example.org/hook' }, 'ui');
});

test('proxies of the environment are not used', async (t) => {
  const { url, received } = await receiver(t, ok);
  const before = { ...process.env };
  t.after(() => Object.assign(process.env, { HTTP_PROXY: before['HTTP_PROXY'] ?? '', http_proxy: before['http_proxy'] ?? '' }));
  process.env['HTTP_PROXY'] = process.env['http_proxy'] = 'http://127.0.0.1:1';
  assert.equal(await postJson(url, '{}', 'k', never), 204);
  assert.equal(received.length, 1);
});

const inside = [
  '127.0.0.1',
  '10.1.2.3',
  '172.31.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '0.0.0.0',
  '::1',
  '::',
  'fe80::1',
  'fd00::1',
  '::ffff:10.0.0.1',
  '64:ff9b::a00:1',
  '2002:7f00:1::',
];
for (const address of inside) {
  test(`${address} is no public address`, () => assert.notEqual(placeOf(address), 'public'));
}
for (const address of ['8.8.8.8', '172.32.0.1', '2606:4700::1111']) {
  test(`${address} is a public address`, () => assert.equal(placeOf(address), 'public'));
}

test('the path of a webhook, often its secret, is told to those who may set it and to nobody else', async (t) => {
  const { notifications, events } = await openWorld(t);
  const viewer: Caller = { ...caller, grants: new Map([[project.id, new Set(['read'] as const)]]) };
  const webhook = 'https://hooks.example.org/services/T0/s3cret';
  await notifications.define(caller, project, 'ops', { webhook: `${webhook}-old` }, 'ui');
  await notifications.define(caller, project, 'ops', { webhook }, 'ui');
  const shown = async (who: Caller) => (await notifications.list(who, project)).map(({ definition }) => definition.webhook);
  assert.deepEqual([await shown(caller), await shown(viewer)], [[webhook], ['https://hooks.example.org/…']]);
  const told = JSON.stringify(await events.list({ project_id: project.id, limit: 10 }));
  assert.ok(told.includes('https://hooks.example.org/…') && !told.includes('s3cret'), told);
});

test('a receiver that refuses leaves its status, also when nothing was delivered', async (t) => {
  const { notifications, emit } = await openWorld(t);
  const { url, received } = await receiver(t, (response) => void response.writeHead(410).end());
  await notifications.define(caller, project, 'ops', { webhook: url }, 'ui');
  await emit('incident.opened', { notify: ['ops'] });
  await until(async () => received.length > 0);
  const first = async () => (await notifications.deliveries(caller, project, { limit: 1 })).items[0];
  await until(async () => (await first())?.attempts === 1);
  assert.equal((await first())?.last_status, 410);
});

test('an address that is none, or that holds a password, is refused when it is set', async (t) => {
  const { notifications } = await openWorld(t);
  for (const webhook of ['ftp://example.org/', 'hook', 'https://me:secret@example.org/']) {
    await assert.rejects(
      notifications.define(caller, project, 'ops', { webhook }, 'ui'),
      (error: Error) => error.message.includes('webhook') && !error.message.includes('secret'),
    );
  }
  assert.deepEqual([targetOf('https://example.org/x').port, targetOf('http://[::1]:81/').host], [443, '::1']);
});
