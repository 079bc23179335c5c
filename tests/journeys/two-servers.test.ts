import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@slipway/sdk';
import { type PostgresServer, startPostgres } from '../../tools/postgres.ts';
import { launch, type Server, slipway, temporaryFolder } from './a-server.fixture.ts';

/** Two servers on one Postgres database and one folder of files, each with a data folder of its own. */
const undo: (() => unknown)[] = [];
const scope = { after: (step: () => unknown) => undo.unshift(step) };
let postgres: PostgresServer;
let home: string;
let a: Server;
let b: Server;

async function start(name: string): Promise<Server> {
  const folder = join(home, name);
  mkdirSync(folder, { recursive: true });
  const words = ['up', '--json', '--port', '0', '--blobs', `file://${join(home, 'blobs')}`];
  const command = launch(scope, folder, words, { variables: { SLIPWAY_DATABASE: postgres.url } });
  const [line] = await command.saw(/^\{.*\}$/m);
  const { address, setup_link: setupLink, opened } = JSON.parse(line);
  assert.match(opened.rows, /Postgres/);
  assert.ok(!line.includes('slipway@') && !command.error().includes(`${new URL(postgres.url).password}@`));
  const token = readFileSync(join(opened.folder, 'cli-token'), 'utf8').trim();
  return { ...command, address, setupLink, data: opened.folder, admin: { token, client: createClient({ server: address, token }) } };
}

async function until<T>(look: () => Promise<T | undefined>, limit_ms = 60_000): Promise<T> {
  for (const end = Date.now() + limit_ms; Date.now() < end; await sleep(100)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  throw new Error('waited for too long');
}

before(async () => {
  home = temporaryFolder(scope);
  postgres = await startPostgres();
  scope.after(() => postgres.remove());
  a = await start('a');
  b = await start('b');
});
after(async () => {
  for (const step of undo) await step();
});

test('what one server wrote the other has at once: projects, tokens, runs, files, and events as they happen', async () => {
  await a.admin.client.access.createProject({ body: { name: 'ours' } });
  const project = 'ours';
  const elsewhere = createClient({ server: b.address, token: a.admin.token });
  assert.equal((await elsewhere.access.me()).kind, 'person');
  const heard: string[] = [];
  const ended = new AbortController();
  const listening = (async () => {
    for await (const { data } of b.admin.client.audit.stream({ params: { project }, query: {}, signal: ended.signal }))
      heard.push((data as { type: string }).type);
  })().catch(() => undefined);
  await sleep(500);
  const experiment = await a.admin.client.runs.createExperiment({ params: { project }, body: { name: 'first' } });
  const run = await a.admin.client.runs.create({ params: { project }, body: { experiment: experiment.id } });
  assert.equal((await elsewhere.runs.get({ params: { project, run: run.id } })).id, run.id);
  await until(async () => (heard.includes('run.started') ? true : undefined));
  ended.abort();
  await listening;
  for (const size of [100, 200_000]) {
    const bytes = new Uint8Array(size).fill(size % 251);
    const params = { project, run: run.id };
    await a.admin.client.runs.putArtifact({ params, query: { path: `file-${size}` }, body: bytes });
    const back = await b.admin.client.runs.getArtifact({ params, query: { path: `file-${size}` } });
    assert.equal((await back.bytes()).byteLength, size);
  }
});

test('a token that one server revoked opens nothing at the other within five seconds', async () => {
  const made = await a.admin.client.access.createToken({ body: { name: 'short', project: 'ours', permissions: ['read'] } });
  const elsewhere = createClient({ server: b.address, token: made.secret });
  await elsewhere.access.me();
  await a.admin.client.access.revokeToken({ params: { token: made.id } });
  await until(
    async () =>
      elsewhere.access.me().then(
        () => undefined,
        (error: { status?: number }) => (error.status === 401 ? true : undefined),
      ),
    5_000,
  );
});

test('a server that is killed in the middle of an execution: the other one takes it up and ends it', { timeout: 180_000 }, async () => {
  const folder = join(home, 'project');
  mkdirSync(folder);
  const started = join(home, 'started');
  writeFileSync(started, '');
  writeFileSync(join(folder, 'nap.sh'), `echo "$SLIPWAY_SERVER" >> '${started}'\nsleep 3\n`);
  writeFileSync(join(folder, 'slipway.yaml'), 'project: ours\npipelines:\n  wait:\n    steps: { nap: { run: [sh, nap.sh] } }\n');
  const variables = { SLIPWAY_SERVER: b.address, SLIPWAY_TOKEN: b.admin.token };
  const applied = await slipway(folder, ['apply'], { variables });
  assert.equal(applied.exit, 0, applied.out + applied.error);
  const { client } = b.admin;
  const linesOf = (): string[] => readFileSync(started, 'utf8').split('\n').filter(Boolean);
  // Either of them may take it: it is started until the one that is about to be killed has.
  const execution = await until(async () => {
    const before = linesOf().length;
    const { id } = await a.admin.client.pipelines.start({ params: { project: 'ours', pipeline: 'wait' }, body: { use_cache: false } });
    await until(async () => (linesOf().length > before ? true : undefined));
    if (linesOf().at(-1) === a.address) return id;
    await until(async () =>
      (await client.pipelines.execution({ params: { project: 'ours', execution: id } })).execution.state === 'succeeded' ? true : undefined,
    );
    return undefined;
  }, 150_000);
  await a.stop('SIGKILL');
  const state = await until(async () => {
    const found = (await client.pipelines.execution({ params: { project: 'ours', execution } })).execution.state;
    return found === 'running' || found === 'waiting' ? undefined : found;
  });
  assert.equal(state, 'succeeded');
  assert.equal(linesOf().at(-1), b.address);
});
