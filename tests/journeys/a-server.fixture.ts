import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Client, createClient } from '@slipway/sdk';

export const checkout = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const launcher = join(checkout, 'slipway');
const example = join(checkout, 'examples/flights');

/** The first start after a change of a source makes the bundle; what takes longer hangs. */
const limit_ms = 120_000;
const poll_ms = 50;

/** A test, or a hook of a file: what is started here ends with it. */
export interface Scope {
  after(undo: () => unknown): void;
}

type Variables = Readonly<Record<string, string>>;

export interface Ended {
  readonly exit: number | null;
  readonly out: string;
  readonly error: string;
}

export interface Running {
  readonly pid: number;
  readonly out: () => string;
  readonly error: () => string;
  /** Waits until standard output matches; throws what was said when the process ends before. */
  saw(pattern: RegExp, patience_ms?: number): Promise<RegExpExecArray>;
  readonly ended: Promise<Ended>;
  /** Sends a signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<Ended>;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** What a shell of a user has, and nothing that would lead it to another server. */
function shell(variables: Variables): NodeJS.ProcessEnv {
  const { PATH, HOME, LANG } = process.env;
  return { PATH, HOME, LANG, ...variables };
}

export interface LaunchOptions {
  readonly variables?: Variables;
  /** What is typed into it. */
  readonly input?: string;
  /** Default: our launcher. */
  readonly program?: string;
}

/** Starts a program in a folder. It is killed with the test when it still runs then. */
export function launch(t: Scope, folder: string, words: readonly string[], options: LaunchOptions = {}): Running {
  const { variables = {}, input = '', program = launcher } = options;
  const child = spawn(program, words, { cwd: folder, env: shell(variables), stdio: ['pipe', 'pipe', 'pipe'] });
  running.add(child);
  const texts = { out: '', error: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (texts.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (texts.error += text));
  child.stdin.on('error', () => undefined).end(input);
  let isOver = false;
  const ended = once(child, 'close').then(([exit]): Ended => {
    isOver = true;
    running.delete(child);
    return { exit: exit as number | null, ...texts };
  });
  async function stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    child.kill(signal);
    const late = setTimeout(() => child.kill('SIGKILL'), 20_000);
    return ended.finally(() => clearTimeout(late));
  }
  async function saw(pattern: RegExp, patience_ms = limit_ms): Promise<RegExpExecArray> {
    for (const end = Date.now() + patience_ms; Date.now() < end; await sleep(poll_ms)) {
      const found = pattern.exec(texts.out);
      if (found !== null) return found;
      if (isOver) break;
    }
    throw new Error(`slipway ${words.join(' ')} did not say ${pattern}:\n${texts.out}\n${texts.error}`);
  }
  t.after(() => (isOver ? undefined : stop()));
  return { pid: child.pid ?? 0, out: () => texts.out, error: () => texts.error, saw, ended, stop };
}

/** Runs one command line to its end, as a user types it. */
export async function slipway(folder: string, words: readonly string[], options: LaunchOptions = {}): Promise<Ended> {
  const command = launch({ after: () => undefined }, folder, words, options);
  const late = setTimeout(() => void command.stop('SIGKILL'), limit_ms);
  return command.ended.finally(() => clearTimeout(late));
}

/** An empty folder that goes with the test. */
export function temporaryFolder(t: Scope): string {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-journey-'));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

/** Puts the example in a folder, as its user keeps it: without the tape and the player of the demo. */
export function copyFlights(folder: string): void {
  for (const name of ['slipway.yaml', 'split.sql', 'data']) cpSync(join(example, name), join(folder, name), { recursive: true });
}

export interface Server extends Running {
  readonly address: string;
  readonly data: string;
  readonly setupLink: string | null;
  /** As whoever started the server. */
  readonly admin: Person;
}

export interface Person {
  readonly client: Client;
  readonly token: string;
}

/** `slipway up` in a folder, on a port that the system chooses. */
export async function startServer(t: Scope, folder: string, words: readonly string[] = [], variables: Variables = {}): Promise<Server> {
  const command = launch(t, folder, ['up', '--json', '--port', '0', ...words], { variables });
  const [line] = await command.saw(/^\{.*\}$/m);
  const { address, setup_link: setupLink, opened } = JSON.parse(line);
  const token = words.includes('off') ? '' : readFileSync(join(opened.folder, 'cli-token'), 'utf8').trim();
  return { ...command, address, setupLink, data: opened.folder, admin: { token, client: createClient({ server: address, token }) } };
}

type Rights = Parameters<Client['access']['setMember']>[0]['body'];
type Permissions = NonNullable<Parameters<Client['access']['createToken']>[0]['body']['permissions']>;

export interface NewPerson {
  readonly name: string;
  readonly project: string;
  readonly rights: Rights;
  readonly permissions: Permissions;
  /** A token that is good wherever its person is let in, and so may all that their roles allow of `permissions`. */
  readonly everywhere?: boolean;
}

/** Makes an account, lets it into a project, and signs in as it to make a token, as its person would. */
export async function openPerson(server: Server, { name, project, rights, permissions, everywhere = false }: NewPerson): Promise<Person> {
  const { address, admin } = server;
  const email = `${name.toLowerCase()}@example.org`;
  const password = `${name} walks over seven bridges`;
  await admin.client.access.createPerson({ body: { name, email, password } });
  await admin.client.access.addMember({ params: { project }, body: { email, ...rights } });
  const session = createClient({ server: address, fetch: asBrowser(address) });
  await session.access.signIn({ body: { email, password } });
  const { secret } = await session.access.createToken({ body: { name, permissions, ...(!everywhere && { project }) } });
  return { token: secret, client: createClient({ server: address, token: secret }) };
}

/** A `fetch` that keeps the session and says which page it is on, as a browser does. */
function asBrowser(origin: string): typeof fetch {
  let cookie = '';
  return async (address, init) => {
    const headers = new Headers(init?.headers);
    headers.set('origin', origin);
    if (cookie !== '') headers.set('cookie', cookie);
    const response = await fetch(address, { ...init, headers });
    cookie = response.headers.getSetCookie()[0]?.split(';', 1)[0] ?? cookie;
    return response;
  };
}
