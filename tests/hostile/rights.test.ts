import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openPerson, type Scope, type Server, startServer, temporaryFolder } from '../journeys/a-server.fixture.ts';
import { type Answer, type Ask, type Asked, inTurn, openAsker, type Say, speaker } from './ask.fixture.ts';
import { type Base, basesOf, type Operation, operationsOf, right, twinOf } from './attack.fixture.ts';
import { mlflowOperations } from './mlflow-operations.fixture.ts';
import { readAll } from './read-all.fixture.ts';
import { oracle, type Who } from './rights.fixture.ts';
import { type Peopled, people } from './world.fixture.ts';

const together = 4;
const everything = ['read', 'write', 'predict', 'approve', 'admin', 'execute', 'clock'] as const;
const roles = ['viewer', 'contributor', 'approver', 'admin'] as const;
type Role = (typeof roles)[number];

let server: Server;
let ask: Ask;
let say: Say;
let ours: Peopled;
let theirs: Peopled;
let operations: readonly Operation[];
let callers: ReadonlyMap<Who, string>;
let params: Readonly<Record<string, string>>;
const undo: (() => unknown)[] = [];
const scope: Scope = { after: (step) => undo.unshift(step) };

before(async () => {
  const home = temporaryFolder(scope);
  server = await startServer(scope, home);
  const asker = openAsker(server.address, together);
  scope.after(asker.close);
  ask = asker.ask;
  say = speaker(ask, server.admin.token);
  ours = await people(server, ask, 'ours');
  theirs = await people(server, ask, 'theirs');
  const { paths } = await say<{ paths: Record<string, unknown> }>('GET', '/api/openapi.json');
  operations = [...operationsOf(paths), ...mlflowOperations(ours.given)];
  const spare = await say<{ id: string }>('POST', '/api/v1/persons', {
    name: 'Spare',
    email: 'spare@example.org',
    password: 'a sentence for spare',
  });
  const operation = await say<{ id: string }>('POST', '/api/v1/operations/doctor', {});
  params = { ...ours.params, person: spare.id, operation: operation.id, token: `tok_${'0'.repeat(26)}`, session: `ses_${'0'.repeat(26)}` };
  callers = await callersOf(home);
});
after(async () => {
  for (const step of undo) await step();
});

async function callersOf(home: string): Promise<Map<Who, string>> {
  // Tokens ask for everything, so that what they may is what the role of their person allows.
  const tokenOf = async (name: string, project: string, role: Role, permissions: readonly (typeof everything)[number][] = everything) =>
    (await openPerson(server, { name, project, rights: { role }, permissions: [...permissions], everywhere: true })).token;
  const made = new Map<Who, string>([
    ['anonymous', ''],
    ['forged token', `slw_${'a'.repeat(43)}`],
    ['token that only reads', await tokenOf('Rita', 'ours', 'admin', ['read'])],
    ['member of another project', await tokenOf('Otto', 'theirs', 'admin')],
    ['revoked token', await revoked()],
    ['token of a disabled account', await tokenOf('Dora', 'ours', 'admin')],
    ['execution', await tokenOfExecution(home)],
  ]);
  for (const role of roles) made.set(role, await tokenOf(`the-${role}`, 'ours', role));
  const { persons } = await say<{ persons: { id: string; name: string }[] }>('GET', '/api/v1/persons');
  await say('PATCH', `/api/v1/persons/${persons.find(({ name }) => name === 'Dora')?.id}`, { disabled: true });
  const fromAdmin = (body: object) => say<{ secret: string }>('POST', '/api/v1/tokens', { permissions: everything, ...body });
  made.set('token for another project', (await fromAdmin({ name: 'elsewhere', project: 'theirs' })).secret);
  made.set('owner of the installation', (await fromAdmin({ name: 'whole', server_admin: true })).secret);
  made.set('admin of the installation', await tokenOfServerAdmin());
  return made;
}

/** A second admin of the installation: unlike its owner one who holds neither `execute` nor `clock`. */
async function tokenOfServerAdmin(): Promise<string> {
  const account = { email: 'ines@example.org', password: 'a sentence for the second admin' };
  await say('POST', '/api/v1/persons', { ...account, name: 'Ines', server_admin: true });
  const headers = { 'content-type': 'application/json', origin: server.address };
  const signedIn = await ask({ method: 'POST', path: '/api/v1/session', headers, body: JSON.stringify(account) });
  const cookie = String(signedIn.headers['set-cookie']).split(';', 1)[0] ?? '';
  const body = JSON.stringify({ name: 'whole', permissions: everything, server_admin: true });
  const { text } = await ask({ method: 'POST', path: '/api/v1/tokens', headers: { ...headers, cookie }, body });
  return (JSON.parse(text) as { secret: string }).secret;
}

async function revoked(): Promise<string> {
  const { id, secret } = await say<{ id: string; secret: string }>('POST', '/api/v1/tokens', { name: 'gone' });
  await say('DELETE', `/api/v1/tokens/${id}`);
  return secret;
}

/** A step that shows its token and waits, so that its execution goes on as long as the tests do. */
async function tokenOfExecution(home: string): Promise<string> {
  const [shown, done] = [join(home, 'token'), join(home, 'done')];
  const command = [
    '/bin/sh',
    '-c',
    `printf %s "$SLIPWAY_TOKEN" > '${shown}.new'; mv '${shown}.new' '${shown}'; while [ ! -e '${done}' ]; do sleep 0.2; done`,
  ];
  await say('PUT', '/api/v1/projects/ours/pipelines/waits', { inputs: [], steps: { wait: { kind: 'run', command } } });
  await say('POST', '/api/v1/projects/ours/pipelines/waits/start', {});
  scope.after(() => writeFileSync(done, ''));
  for (let round = 0; !existsSync(shown); round++) {
    if (round > 600) throw new Error('the step did not start');
    await sleep(100);
  }
  return readFileSync(shown, 'utf8');
}

const codeOf = ({ text }: Answer): string => /"code":"(\w+)"/.exec(text)?.[1] ?? /"error(?:_code)?":"([^"]+)"/.exec(text)?.[1] ?? '';

/** Of our own form, and of MLflow's. */
const rightsCodes = new Set([
  ...['not_signed_in', 'token_not_valid', 'not_permitted', 'server_admin_only'],
  ...['UNAUTHENTICATED', 'PERMISSION_DENIED'],
]);

/** Whether an answer says that this caller may not, or may not even know. */
function refused(answer: Answer): boolean {
  const hidden =
    answer.status === 404 &&
    /No (project|deployment|served deployment|model) |"RESOURCE_DOES_NOT_EXIST"|not_found/.test(answer.text) &&
    !/No \w+ nosuch/.test(answer.text);
  return answer.status === 401 || answer.status === 403 || hidden;
}

/** A request that may be sent though it is let through: it does no work but reading, or names what is not there. */
function harmless(operation: Operation, base: Base, token: string): Asked {
  const asks = /^(deployments\.(predict|outcomes)|openInference\.)/.test(operation.id);
  if (operation.method === 'GET' || asks) return right(operation, base, token);
  const names = operation.params.filter((name) => name !== 'project');
  const nowhere = { ...base.params, ...Object.fromEntries(names.map((name) => [name, name === 'version' ? '999' : 'nosuch'])) };
  return { ...right(operation, { ...base, params: nowhere }, token), ...(operation.body !== null && { body: '[]' }) };
}

const as = (token: string, asked: Asked): Asked => {
  const { authorization: _, ...headers } = asked.headers ?? {};
  return { ...asked, headers: { ...headers, ...(token !== '' && { authorization: `Bearer ${token}` }) } };
};

test('every operation stands in one group of the written table of rights, and the table names no other', () => {
  assert.deepEqual([...oracle().keys()].sort(), operations.map(({ id }) => id).sort());
});

test('each caller is let into exactly the operations that the written table names, and refused in all others', async () => {
  const may = oracle();
  const kept = await readAll(ask, server, theirs);
  const wrong: string[] = [];
  const addresses = operations.flatMap((operation) =>
    (operation.hasTwin ? [false, true] : [false]).map((isTwin) => ({ operation, isTwin })),
  );
  const cells = addresses.flatMap((address) => [...callers].map(([who, token]) => ({ ...address, who, token })));
  await inTurn(cells, together, async ({ operation, isTwin, who, token }) => {
    const isMember = may.get(operation.id)?.has(who) ?? false;
    const isPublic = operation.permission === 'public';
    const [base] = basesOf(operation, params, ours.given[operation.id]);
    if (!base) return;
    const at = operation.id === 'access.advanceClock' ? { ...base, params: { ...base.params, project: 'ours' } } : base;
    const asked = as(token, isMember ? harmless(operation, at, token) : right(operation, at, token));
    const answer = await ask(isTwin ? { ...asked, path: twinOf(asked.path) } : asked);
    const told = `${who} ${operation.id}${isTwin ? ' below /ajax-api' : ''}: ${answer.status} ${answer.text.slice(0, 160)}`;
    if (answer.status === 0 || answer.status >= 500) wrong.push(told);
    else if (isPublic) return;
    else if (isMember) {
      if (rightsCodes.has(codeOf(answer)) || /No project /.test(answer.text)) wrong.push(told);
    } else if (!refused(answer)) wrong.push(told);
    else if (/token$|anonymous|disabled/.test(who) && who !== 'token for another project' && answer.status !== 401) wrong.push(told);
  });
  assert.deepEqual(wrong, []);
  assert.deepEqual(await readAll(ask, server, theirs), kept);
});

test('who tries what they may not do is in the log with the right that was lacking, and what they sent is not', () => {
  const log = server.error();
  const lines = log.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
  const refusals = lines.filter(({ message, code }) => message === 'a request was refused' && code === 'not_permitted');
  assert.ok(refusals.some(({ request, reason }) => /^req_/.test(request) && /it needs `write`/.test(reason)));
  for (const [who, token] of callers) if (token !== '') assert.ok(!log.includes(token), who);
});

test('with the ids of another project in the path of one’s own nothing is found, and nothing of it is told', async () => {
  const admin = callers.get('admin') ?? '';
  const foreign = ['run', 'execution', 'approval', 'incident', 'number'] as const;
  const crossing = operations.filter(
    (operation) => operation.params.includes('project') && foreign.some((name) => operation.params.includes(name)),
  );
  assert.ok(crossing.length >= 18, `${crossing.length}`);
  const wrong: string[] = [];
  for (const operation of crossing) {
    const [base] = basesOf(operation, params, ours.given[operation.id]);
    if (!base) continue;
    const swapped = Object.fromEntries(foreign.filter((name) => name in base.params).map((name) => [name, theirs.params[name] ?? '']));
    const answer = await ask(right(operation, { ...base, params: { ...base.params, ...swapped } }, admin));
    if (answer.status !== 404) wrong.push(`${operation.id}: ${answer.status} ${answer.text.slice(0, 200)}`);
  }
  assert.deepEqual(wrong, []);
});

test('nobody of one project is let into another, by its name or by its id, nor into what it serves', async () => {
  const { id } = await say<{ id: string }>('GET', '/api/v1/projects/theirs');
  const kept = await readAll(ask, server, theirs);
  const wrong: string[] = [];
  const crossing = operations.filter(
    ({ params: names, permission }) =>
      permission !== 'public' && (names.includes('project') || names.includes('deployment') || names.includes('model')),
  );
  const cells = crossing.flatMap((operation) =>
    (['admin', 'execution', 'token that only reads'] as const).flatMap((who) =>
      ['theirs', id].map((project) => ({ operation, who, project })),
    ),
  );
  await inTurn(cells, together, async ({ operation, who, project }) => {
    const [base] = basesOf(operation, { ...params, ...theirs.params }, theirs.given[operation.id]);
    if (!base) return;
    const at = { ...base, params: { ...base.params, ...('project' in base.params && { project }) } };
    const answer = await ask(as(callers.get(who) ?? '', right(operation, at, '')));
    if (!refused(answer)) wrong.push(`${who} ${operation.id} ${project}: ${answer.status} ${answer.text.slice(0, 160)}`);
  });
  assert.deepEqual(wrong, []);
  assert.deepEqual(await readAll(ask, server, theirs), kept);
});

test('an MLflow client finds nothing by an id of another project, alone or beside its own, and changes nothing there', async () => {
  const kept = await readAll(ask, server, theirs);
  const foreign = foreignIds(ours.tracked, theirs.tracked);
  const wrong: string[] = [];
  let crossings = 0;
  for (const operation of operations.filter(({ speaks }) => speaks === 'mlflow')) {
    const [base] = basesOf(operation, params, ours.given[operation.id]);
    if (!base) continue;
    const own = JSON.stringify(right(operation, base, callers.get('admin') ?? ''));
    for (const ids of [...foreign.map((id) => [id]), foreign]) {
      const asked = withForeign(own, ids);
      if (asked === own || ids.every(({ what }) => keptAsText.has(`${operation.id} ${what}`))) continue;
      crossings++;
      const answer = await ask(JSON.parse(asked) as Asked);
      const isWritten = answer.status < 300 && operation.permission === 'write' && !answer.text.includes('"traces_deleted":0');
      if (isWritten || answer.status >= 500 || answer.text.includes(theirs.tracked.secret))
        wrong.push(`${operation.id} with their ${ids.map(({ what }) => what).join()}: ${answer.status} ${answer.text.slice(0, 160)}`);
    }
  }
  assert.ok(crossings >= 120, `${crossings}`);
  assert.deepEqual(wrong, []);
  assert.deepEqual(await readAll(ask, server, theirs), kept);
});

/** Ids that are noted as their client tells them, with nothing looked up by them; and what is gone already, deleted again. */
const keptAsText = new Set([
  ...['mlflow.exportSpans run', 'mlflow.linkTracesToRun run', 'mlflow.logModel run', 'mlflow.createModelVersion run'],
  ...['mlflow.logInputs models.own', 'mlflow.logOutputs models.own', 'mlflow.deleteAssessment assessments.doomed'],
  ...['mlflow.createLoggedModel run', 'mlflow.deleteAssessment traces.own', 'mlflow.deleteAssessment spans.own'],
]);

interface ForeignId {
  readonly what: string;
  readonly own: string;
  readonly foreign: string;
}

function foreignIds(own: Peopled['tracked'], foreign: Peopled['tracked']): ForeignId[] {
  const idsOf = ({ experiments, models, traces, assessments, run, doomedRun }: Peopled['tracked']): [string, string][] => {
    const spans = Object.fromEntries(Object.entries(traces).map(([name, id]) => [name, id.slice('tr-'.length)]));
    const groups = Object.entries({ experiments, models, traces, assessments, spans });
    return [
      ...groups.flatMap(([group, ids]) => Object.entries(ids).map(([name, id]): [string, string] => [`${group}.${name}`, id])),
      ['run', run],
      ['doomedRun', doomedRun],
    ];
  };
  const theirIds = new Map(idsOf(foreign));
  return idsOf(own).map(([what, id]) => ({ what, own: id, foreign: theirIds.get(what) ?? '' }));
}

/** A request with ids of others in the place of its own. Ids of experiments are numbers, and so only meant where a text begins. */
function withForeign(request: string, ids: readonly ForeignId[]): string {
  return ids.reduce((text, { own, foreign }) => text.replace(new RegExp(`(?<=["=/-])${own}(?![0-9A-Za-z])`, 'g'), foreign), request);
}

test('a digest that is known from another project opens none of its bytes, by no road', async () => {
  const token = callers.get('admin') ?? '';
  const { digest, text } = theirs.secretFile;
  const asOurs = async (method: string, path: string, value: unknown) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    return ask({ method, path: `/api/v1/projects/ours${path}`, headers, body: JSON.stringify(value) });
  };
  const steps = { leak: { kind: 'sql', file: 'leak.sql', from: ['rows'], out: ['x'] } };
  const roads: [string, Answer][] = [
    ['a dataset', await asOurs('POST', '/datasets/leak/versions', { files: [{ path: 'x.csv', digest }] })],
    ['a model', await asOurs('POST', '/models/leak/versions', { file: digest })],
    ['a pipeline', await asOurs('PUT', '/pipelines/leak', { inputs: ['rows'], steps, files: { 'leak.sql': digest } })],
    [
      'a project file with its pipeline',
      await asOurs('POST', '/apply', {
        text: 'project: ours\ndatasets:\n  leak: { files: x.csv }\n',
        dataset_files: { leak: [{ path: 'x.csv', digest }] },
      }),
    ],
  ];
  for (const [road, answer] of roads) {
    assert.equal(answer.status, 404, `${road}: ${answer.text}`);
    assert.ok(!answer.text.includes(text.trim()), road);
  }
  const { text: asked } = await asOurs('POST', '/blobs/missing', { digests: [digest] });
  assert.deepEqual(JSON.parse(asked), { missing: [digest] }, 'whether another project has a file is not told');
});

test('with sign-in off nobody on this machine is refused, and a token that is none still is', async () => {
  const open = await startServer(scope, temporaryFolder(scope), ['--auth', 'off']);
  const { ask: askOpen, close } = openAsker(open.address, together);
  scope.after(close);
  const wrong: string[] = [];
  for (const operation of operations) {
    const [base] = basesOf(operation, { ...params, project: 'default' }, ours.given[operation.id]);
    if (!base) continue;
    const at = { ...base, params: { ...base.params, ...('project' in base.params && { project: 'default' }) } };
    const answer = await askOpen(as('', harmless(operation, at, '')));
    if ([0, 401, 500].includes(answer.status) || ['not_permitted', 'server_admin_only'].includes(codeOf(answer)))
      wrong.push(`${operation.id}: ${answer.status} ${answer.text.slice(0, 160)}`);
  }
  // Their own words: no password is right, and no link was made.
  const signIns = /^access\.(signIn|signInForm|changePassword)$/;
  assert.deepEqual(
    wrong.filter((line) => !signIns.test(line.split(':', 1)[0] ?? '')),
    [],
  );
  const forged = await askOpen({ method: 'GET', path: '/api/v1/me', headers: { authorization: `Bearer slw_${'a'.repeat(43)}` } });
  assert.equal(forged.status, 401);
});

test('a revoked token and one who left are gone from an open stream within five seconds', async () => {
  // Of no project, so that its end is no event of the stream: it must end by itself, not at the next event.
  const secret = await say<{ id: string; secret: string }>('POST', '/api/v1/tokens', { name: 'streams' });
  const gone = new AbortController();
  const response = await fetch(`${server.address}/api/v1/projects/ours/events/stream?after=0`, {
    headers: { authorization: `Bearer ${secret.secret}` },
    signal: gone.signal,
  });
  assert.equal(response.status, 200);
  const reader = response.body?.getReader();
  await reader?.read();
  await say('DELETE', `/api/v1/tokens/${secret.id}`);
  const begun = performance.now();
  const late = setTimeout(() => gone.abort(), 15_000);
  let isOver = false;
  while (!isOver) isOver = (await reader?.read().catch(() => ({ done: true })))?.done ?? true;
  clearTimeout(late);
  assert.ok(performance.now() - begun < 5_000, `${Math.round(performance.now() - begun)} ms`);
});
