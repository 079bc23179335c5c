import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));
const compileCache = fileURLToPath(new URL('../../../.cache/compile', import.meta.url));
/** A verb on a busy machine; what takes longer hangs. */
const verbLimit_ms = 60_000;

export interface Ended {
  readonly exit: number | null;
  readonly out: string;
  readonly error: string;
}

type Variables = Readonly<Record<string, string>>;

/** What a process of ours needs of the environment, and nothing that would lead it to another server. */
function environment(variables: Variables): NodeJS.ProcessEnv {
  const { PATH, HOME, LANG } = process.env;
  // Stripping the types of all sources is most of the work of a short verb: it is kept between them.
  return { PATH, HOME, LANG, NODE_COMPILE_CACHE: compileCache, ...variables };
}

function start(folder: string, words: readonly string[], variables: Variables) {
  const argv = ['--disable-warning=ExperimentalWarning', main, ...words];
  return spawn(process.execPath, argv, { cwd: folder, env: environment(variables), stdio: ['pipe', 'pipe', 'pipe'] });
}

/** For tests: runs one command line as its user would, in its own process. */
export async function slipway(folder: string, words: readonly string[], variables: Variables = {}, input = ''): Promise<Ended> {
  const child = start(folder, words, variables);
  const texts = { out: '', error: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (texts.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (texts.error += text));
  child.stdin.end(input);
  const late = setTimeout(() => child.kill('SIGKILL'), verbLimit_ms);
  const [exit] = (await once(child, 'close')) as [number | null];
  clearTimeout(late);
  return { exit, ...texts };
}

/** For tests: an empty folder that goes with the test. */
export function temporaryFolder(t: Pick<TestContext, 'after'>): string {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-cli-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface Up {
  readonly address: string;
  readonly pid: number;
  readonly setupLink: string | null;
  /** Sends a signal and answers the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** For tests: a real server on a port of the system's choice, stopped with the test. */
export async function startUp(
  t: Pick<TestContext, 'after'>,
  folder: string,
  words: readonly string[] = [],
  variables: Variables = {},
): Promise<Up> {
  const child = start(folder, ['up', '--json', '--port', '0', ...words], variables);
  const ended = once(child, 'close') as Promise<[number | null]>;
  let error = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (error += text));
  async function stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    child.kill(signal);
    const [exit] = await ended;
    return exit;
  }
  t.after(() => (child.exitCode === null ? stop('SIGKILL') : undefined));
  const lines = createInterface({ input: child.stdout });
  const line = await Promise.race([once(lines, 'line') as Promise<[string]>, ended.then(() => null)]);
  if (line === null) throw new Error(`slipway up ended: ${error}`);
  const { address, pid, setup_link } = JSON.parse(line[0]) as { address: string; pid: number; setup_link: string | null };
  return { address, pid, setupLink: setup_link, stop };
}
