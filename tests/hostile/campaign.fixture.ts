import { lstatSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkout, type Scope, type Server, slipway, startServer, temporaryFolder } from '../journeys/a-server.fixture.ts';
import { type Answer, type Ask, inTurn, openAsker, type Say, speaker } from './ask.fixture.ts';
import { basesOf, type Case, casesOf, type Operation, operationsOf, right, twinOf } from './attack.fixture.ts';
import { canaryOfGuard, openGuard } from './guard.fixture.ts';
import { whyUnexercised, wrongWith } from './judge.fixture.ts';
import { mlflowOperations } from './mlflow-operations.fixture.ts';
import { readAll } from './read-all.fixture.ts';
import { type Peopled, people } from './world.fixture.ts';

export interface Campaign {
  /** At most so many requests to one operation, spread over all of its cases; absent: all of them. */
  readonly perRoute?: number;
  /** Only operations whose id contains this. */
  readonly only?: string;
  /** The address of an empty Postgres database; without it the server's own file. */
  readonly database?: string;
  readonly told?: (line: string) => void;
}

export interface Found {
  readonly requests: number;
  readonly operations: number;
  readonly took_ms: number;
  readonly unexercised: readonly string[];
  readonly wrong: readonly string[];
  /** What the guard saw; it is empty too where there is no guard (`guarded` tells). */
  readonly outside: readonly string[];
  readonly guarded: boolean;
  readonly isGuardedFolderSame: boolean;
  readonly logged: readonly string[];
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly ailing: readonly string[];
  /** Native parsers of foreign files that the server process itself has loaded. */
  readonly parsers: readonly string[];
  /** Files and folders of the data folder that another user of the machine may open. */
  readonly open: readonly string[];
}

const together = 6;
const canaryOfEnvironment = 'canary-7b2a-of-the-environment';

/** Starts a server with one of everything in two projects, attacks one of them, and looks at what became of it all. */
export async function attackServer(t: Scope, campaign: Campaign): Promise<Found> {
  const root = temporaryFolder(t);
  const home = join(root, 'home');
  mkdirSync(home);
  // Bundles when a source changed, before anybody looks what is written.
  await slipway(home, ['--version']);
  const guard = openGuard(root, [home, join(checkout, '.cache')]);
  if (guard === undefined && process.env['CI'] === 'true') throw new Error('in CI the guard needs a C compiler named cc');
  const rows = campaign.database === undefined ? [] : ['--database', campaign.database];
  const server = await startServer(t, home, ['--log-level', 'debug', ...rows], {
    ...guard?.variables,
    SLIPWAY_CANARY: canaryOfEnvironment,
  });
  const { ask, close } = openAsker(server.address, together);
  t.after(close);
  const state = guard?.state();
  const ours = await people(server, ask, 'ours');
  const kept = await people(server, ask, 'kept');
  const before = await readAll(ask, server, kept);
  const begun = performance.now();
  const found = await attack(ask, server, ours, guard?.folder ?? join(root, 'guarded'), campaign);
  const took_ms = performance.now() - begun;
  const after = await readAll(ask, server, kept);
  const ailing = await examine(ask, server);
  const log = server.error();
  const secrets = [server.admin.token, ...passwords, canaryOfEnvironment, canaryOfGuard.trim()];
  return {
    ...found,
    took_ms,
    outside: guard?.seen().filter((line) => !harmless.test(line)) ?? [],
    guarded: guard !== undefined,
    isGuardedFolderSame: guard?.state() === state,
    logged: log.split('\n').filter((line) => secrets.some((secret) => line.includes(secret))),
    before,
    after,
    ailing,
    parsers: parsersIn(server.pid),
    open: openIn(server.data),
  };
}

/** Models and tables were uploaded, read and asked by now; all of it must have happened in children. */
function parsersIn(pid: number): string[] {
  const maps = readFileSync(`/proc/${pid}/maps`, 'utf8');
  return [...new Set(maps.match(/\S*(?:onnxruntime|duckdb)\S*/g))];
}

function openIn(folder: string): string[] {
  const there = ['', ...readdirSync(folder, { recursive: true }).map(String)];
  return there.filter((name) => {
    const stat = lstatSync(join(folder, name), { throwIfNoEntry: false });
    return stat !== undefined && !stat.isSymbolicLink() && (stat.mode & 0o077) !== 0;
  });
}

/** Temporary files of SQLite, which it unlinks before it writes to them; and what a child's priority is set by. */
const harmless = /^write (\/var\/tmp\/etilqs_\w+|\/proc\/\d+\/autogroup)$/;

/** Planted as the password of every account that is made on the way. */
const passwords = ['an entirely new sentence', 'another sentence for spare'];

/** The id of a session of whoever the campaign acts as. */
async function sessionOfOwner(ask: Ask, server: Server, say: Say): Promise<string> {
  const { path } = await say<{ path: string }>('POST', '/api/v1/sign-in-links', {});
  const headers = { 'content-type': 'application/json', origin: server.address };
  await ask({ method: 'POST', path: '/sign-in-link', headers, body: JSON.stringify({ token: tokenOf(path) }) });
  const { sessions } = await say<{ sessions: { id: string }[] }>('GET', '/api/v1/sessions');
  return sessions[0]?.id ?? '';
}

async function attack(ask: Ask, server: Server, ours: Peopled, guarded: string, campaign: Campaign) {
  const say = speaker(ask, server.admin.token);
  await say('POST', '/api/v1/projects', { name: 'timed', clock: 'data' });
  const spare = await say<{ id: string }>('POST', '/api/v1/persons', { name: 'Spare', email: 'spare@example.org', password: passwords[1] });
  await say('POST', '/api/v1/projects/ours/members', { email: 'spare@example.org', role: 'viewer' });
  const token = await say<{ id: string }>('POST', '/api/v1/tokens', { name: 'spare' });
  const operation = await say<{ id: string }>('POST', '/api/v1/operations/doctor', {});
  const link = await say<{ path: string }>('POST', '/api/v1/sign-in-links', {});
  const given: Peopled['given'] = { ...ours.given, ...signIns(tokenOf(server.setupLink), tokenOf(link.path)) };
  const session = await sessionOfOwner(ask, server, say);
  const params = { ...ours.params, person: spare.id, token: token.id, session, operation: operation.id };
  const { paths } = await say<{ paths: Record<string, unknown> }>('GET', '/api/openapi.json');
  const all = [...operationsOf(paths), ...mlflowOperations(given)].filter(({ id }) => id.includes(campaign.only ?? ''));
  const secrets = [server.admin.token, server.data, checkout, process.execPath, canaryOfEnvironment, canaryOfGuard.trim(), ...passwords];
  const wrong: string[] = [];
  const unexercised: string[] = [];
  let requests = 0;

  async function meet(one: Case): Promise<Answer> {
    const asked = one.make();
    const answer = await ask(requests % 2 === 1 && one.operation.hasTwin ? { ...asked, path: twinOf(asked.path) } : asked);
    requests++;
    const faults = wrongWith(one, answer, secrets);
    if (faults.length > 0)
      wrong.push(
        `${one.operation.id} (${one.operation.method} ${one.operation.path}) ${one.name}: ${faults.join('; ')}: ${answer.status} ${answer.text.slice(0, 200)}`,
      );
    return answer;
  }
  async function exercise(operation: Operation): Promise<void> {
    const begun = performance.now();
    const bases = basesOf(operation, params, given[operation.id]);
    const cases = [...casesOf(operation, bases, server.admin.token, guarded)].filter(
      ({ heavy }) => !heavy || campaign.perRoute === undefined,
    );
    const [base] = bases;
    if (!base) return;
    const chosen = spread(cases, campaign.perRoute ?? cases.length);
    const rightful = { operation, name: 'right', make: () => right(operation, base, server.admin.token) };
    let why: string | null = 'not asked';
    const meetAndLook = async (one: Case): Promise<void> => {
      const answer = await meet(one);
      if (why !== null) why = whyUnexercised(answer);
    };
    if (isOnce(operation)) {
      // Whoever of those that are right but for a header comes first does the work.
      await inTurn([...chosen, rightful], 1, meetAndLook);
    } else {
      await meetAndLook(rightful);
      await inTurn(chosen, together, async (one) => void (await meet(one)));
    }
    if (why !== null) unexercised.push(`${operation.id}: ${why}`);
    campaign.told?.(`${operation.id}: ${chosen.length} of ${cases.length} in ${Math.round(performance.now() - begun)} ms`);
  }
  for (const operation of all.toSorted((a, b) => orderOf(a) - orderOf(b))) await exercise(operation);
  return { requests, operations: all.length, wrong, unexercised };
}

/** What works once: the right request comes after the hostile ones, which would else find nothing. */
function isOnce({ id, method }: Operation): boolean {
  return method === 'DELETE' || /^access\.(setUp|useSignInLink)$|^mlflow\.(delete|restore|rename|updateExperiment)/.test(id);
}

function tokenOf(link: string | null): string {
  return new URL(link ?? '', 'http://localhost').searchParams.get('token') ?? '';
}

function signIns(setUp: string, link: string): Peopled['given'] {
  const [, password = ''] = passwords;
  return {
    'access.setUpPage': { query: { token: setUp } },
    'access.setUp': { body: { token: setUp, name: 'Owner', email: 'owner@example.org', password } },
    'access.signInLinkPage': { query: { token: link, next: '/runs' } },
    'access.useSignInLink': { body: { token: link, next: '/runs' } },
    'access.signInPage': { query: { next: '/runs' } },
    'access.signInForm': { body: { email: 'spare@example.org', password, next: '/runs' } },
    'access.signIn': { body: { email: 'spare@example.org', password } },
  };
}

/** What ends something comes last, so that the others still find it; but one session before all of them. */
function orderOf({ id, method }: Operation): number {
  if (id === 'access.endSession') return 1;
  const ends = method === 'DELETE' || /retire|rollback|cancel|^mlflow\.delete/.test(id);
  return ends ? 2 : method === 'GET' ? 0 : 1;
}

/** Every part of a list has its share; the same ones each time. */
function spread<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items];
  return Array.from({ length: count }, (_, at) => items[Math.floor((at * items.length) / count)] as T);
}

/** What the doctor finds wrong, every file hashed again. */
async function examine(ask: Ask, server: Server): Promise<string[]> {
  const say = speaker(ask, server.admin.token);
  const { id } = await say<{ id: string }>('POST', '/api/v1/operations/doctor', { deep: true });
  for (;;) {
    const { state, error, result } = await say<{
      state: string;
      error: string | null;
      result: { checks: { check: string; ok: boolean; found: string }[] } | null;
    }>('GET', `/api/v1/operations/${id}`);
    if (state === 'failed') return [String(error)];
    if (result) return result.checks.filter(({ ok }) => !ok).map(({ check, found }) => `${check}: ${found}`);
    await sleep(100);
  }
}
