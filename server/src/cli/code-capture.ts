import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { copyFile, mkdtemp, rm, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { bytesText } from './format.ts';
import { askGit, type GitAnswer } from './git.ts';
import { hashFile } from './project-folder.ts';

/** The state of the code in a folder, with the contents that are to be kept. */
export interface CapturedCode {
  readonly commit: string | null;
  readonly branch: string | null;
  /** Without credentials. */
  readonly remote: string | null;
  /** Whether anything in the folder differs from the commit; null when that is not known. */
  readonly dirty: boolean | null;
  /** As `git apply` takes it, unless a note says that it was cut. */
  readonly diff: Buffer | null;
  /** JSON: path, size and SHA-256 of each file that git does not track. */
  readonly untracked: Buffer | null;
  readonly lockFiles: ReadonlyMap<string, Buffer>;
  /** What is missing and why. */
  readonly notes: readonly string[];
}

export const captureLimits = {
  diff_bytes: 4 * 2 ** 20,
  lockFile_bytes: 8 * 2 ** 20,
  lockFiles: 20,
  untracked: 1_000,
  /** Of all untracked files that are hashed. */
  hashed_bytes: 256 * 2 ** 20,
  status_bytes: 16 * 2 ** 20,
  answer_bytes: 64 * 2 ** 10,
  time_ms: 20_000,
} as const;

/** Files that commonly hold secrets: neither their content nor their digest leaves this machine. */
const secretFiles = ['.env', '.env.*', '.envrc', '.netrc', '.npmrc', '.pypirc', '*.pem', '*.key', '*.p12', '*.pfx', 'id_rsa', 'id_ed25519'];
/** The usual data folder of a server in the project's folder. */
const ours = '.slipway';

const lockFileNames =
  /^(package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|yarn\.lock|bun\.lock|uv\.lock|poetry\.lock|pdm\.lock|Pipfile\.lock|requirements[\w.-]*\.txt|conda-lock\.yml|environment\.ya?ml|pixi\.lock|Cargo\.lock|go\.sum|renv\.lock|Manifest\.toml)$/;

const noteLimit_chars = 500;

type GitPart = Omit<CapturedCode, 'lockFiles'>;

const unknown: GitPart = { commit: null, branch: null, remote: null, dirty: null, diff: null, untracked: null, notes: [] };

/** Looks at the code in a folder. What cannot be told is said in the notes: it never stops the work. */
export async function captureCode(folder: string, signal: AbortSignal): Promise<CapturedCode> {
  const git = await gitPart(folder, signal);
  const { files, notes } = lockFilesOf(folder);
  return { ...git, lockFiles: files, notes: [...git.notes, ...notes].map((note) => note.slice(0, noteLimit_chars)) };
}

function ask(folder: string, words: readonly string[], bytes: number = captureLimits.answer_bytes, index?: string): Promise<GitAnswer> {
  return askGit(folder, words, { time_ms: captureLimits.time_ms, bytes, index });
}

/** One line of text; null when git had none. */
async function lineOf(folder: string, words: readonly string[]): Promise<string | null> {
  const { how, out } = await ask(folder, words);
  const text = out.toString('utf8').replace(/\n$/, '');
  return how === 'ok' && text !== '' ? text : null;
}

async function gitPart(folder: string, signal: AbortSignal): Promise<GitPart> {
  const place = await ask(folder, ['rev-parse', '--show-prefix']);
  if (place.how !== 'ok') return { ...unknown, notes: [whyNot(place)] };
  if ((await ask(folder, ['check-ignore', '--quiet', '.'])).how === 'ok') {
    return { ...unknown, notes: ['git ignores the folder of the project, so its commit and changes are not known.'] };
  }
  const [commit, branch, origin, status] = await Promise.all([
    lineOf(folder, ['rev-parse', '--verify', '--quiet', 'HEAD']),
    lineOf(folder, ['symbolic-ref', '--short', '--quiet', 'HEAD']),
    lineOf(folder, ['config', '--get', 'remote.origin.url']),
    ask(
      folder,
      ['status', '--porcelain', '-z', ...scanned, '--untracked-files=all', '--', '.', `:(exclude)${ours}`],
      captureLimits.status_bytes,
    ),
  ]);
  const known = { commit, branch: branch?.slice(0, 250) ?? null, remote: origin === null ? null : withoutCredentials(origin) };
  const noCommit = commit === null ? ['The repository has no commit yet.'] : [];
  if (status.how !== 'ok') {
    return { ...unknown, ...known, notes: [...noCommit, `What differs from the commit is not known: ${reasonOf(status)}.`] };
  }
  const entries = entriesOf(status, place.out.toString('utf8').replace(/\n$/, ''));
  const diff = entries.some((one) => !one.untracked) && commit !== null ? await diffOf(folder) : none;
  const strays = entries.filter((one) => one.untracked).map((one) => one.path);
  const untracked = await untrackedOf(folder, strays, signal);
  return {
    ...known,
    dirty: entries.length > 0,
    diff: diff.content,
    untracked: untracked.content,
    notes: [
      ...noCommit,
      ...(status.cut ? [`Only the first ${entries.length} changed files were looked at.`] : []),
      ...diff.notes,
      ...untracked.notes,
      ...secretsNote(entries.map((one) => one.path)),
    ],
  };
}

function whyNot(answer: GitAnswer): string {
  const rest = 'so its commit and changes are not known';
  if (answer.how === 'no git') return `git is not on the PATH of the machine that holds the project, ${rest}.`;
  if (answer.error.includes('not a git repository')) return `The folder of the project is in no git repository, ${rest}.`;
  if (answer.error.includes('dubious ownership'))
    return `The git repository of the project belongs to another user (safe.directory), ${rest}.`;
  return `git could not read the repository of the project, ${rest}: ${reasonOf(answer)}.`;
}

function reasonOf({ how }: GitAnswer): string {
  return how === 'too slow' ? `git took longer than ${captureLimits.time_ms / 1000} seconds` : 'git refused';
}

const scanned = ['--no-renames', '--ignore-submodules=dirty'];

function without(pattern: string): string {
  return `:(exclude,glob)**/${pattern}`;
}

interface Entry {
  /** From the folder of the project. */
  readonly path: string;
  readonly untracked: boolean;
}

/** Of a list that was cut, the last entry is not whole. Paths come from the top of the repository, whose bytes may be no UTF-8. */
function entriesOf({ out, cut }: GitAnswer, prefix: string): Entry[] {
  const lines = out.toString('utf8').split('\0').slice(0, -1);
  return (cut ? lines.slice(0, -1) : lines).map((line) => ({ path: line.slice(3 + prefix.length), untracked: line.startsWith('??') }));
}

interface Content {
  readonly content: Buffer | null;
  readonly notes: readonly string[];
}
const none: Content = { content: null, notes: [] };

/**
 * Programs that the repository names for diffs do not run. Binary files are in it whole, so that it can be applied. `git diff` takes
 * the lock of the index to note times of files whatever GIT_OPTIONAL_LOCKS says, so it works on a copy.
 */
async function diffOf(folder: string): Promise<Content> {
  const plain = ['--no-ext-diff', '--no-textconv', '--no-color', '--submodule=short', '--src-prefix=a/', '--dst-prefix=b/'];
  const words = ['diff', 'HEAD', '--binary', '--full-index', ...plain, ...scanned, '--', '.', ...secretFiles.map(without)];
  const index = await lineOf(folder, ['rev-parse', '--git-path', 'index']);
  const own = await mkdtemp(join(tmpdir(), 'slipway-code-'));
  try {
    const copy = join(own, 'index');
    const original = resolve(folder, index ?? '');
    await copyFile(original, copy);
    // Files as young as the index are compared by content (racy git): a copy that is younger than they are would hide changes.
    const written_s = Math.floor((await stat(original)).mtimeMs / 1000);
    await utimes(copy, written_s, written_s);
    const answer = await ask(folder, words, captureLimits.diff_bytes, copy);
    if (answer.how !== 'ok') return { content: null, notes: [`The uncommitted changes are not kept: ${reasonOf(answer)}.`] };
    const notes = answer.cut ? [`The uncommitted changes are cut after ${bytesText(captureLimits.diff_bytes)}.`] : [];
    return { content: answer.out.length > 0 ? answer.out : null, notes };
  } catch {
    return { content: null, notes: ['The uncommitted changes are not kept: the index of git could not be read.'] };
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

/** Names, sizes and digests; what a pipeline uses of them is kept with the pipeline, and data with its dataset. */
async function untrackedOf(folder: string, paths: readonly string[], signal: AbortSignal): Promise<Content> {
  const all = paths.filter((path) => !isSecret(path));
  const files: { path: string; bytes: number | null; sha256: string | null }[] = [];
  let left_bytes = captureLimits.hashed_bytes;
  for (const path of all.slice(0, captureLimits.untracked)) {
    const file = join(folder, path);
    const found = lstatSync(file, { throwIfNoEntry: false });
    const isHashed = found?.isFile() === true && found.size <= left_bytes;
    if (isHashed) left_bytes -= found.size;
    const sha256 = isHashed ? await hashFile(file, signal, () => undefined).catch(() => null) : null;
    signal.throwIfAborted();
    files.push({ path, bytes: found?.isFile() ? found.size : null, sha256 });
  }
  if (all.length === 0) return none;
  const undigested = files.filter((one) => one.sha256 === null).length;
  const notes = [
    ...(all.length > files.length ? [`Of ${all.length} files that git does not track, ${files.length} are listed.`] : []),
    ...(undigested > 0
      ? [`${undigested} of the listed files that git does not track have no digest: links, unreadable, or too large.`]
      : []),
  ];
  return { content: Buffer.from(`${JSON.stringify({ files, not_listed: all.length - files.length }, null, 1)}\n`), notes };
}

const secretPatterns = secretFiles.map((pattern) => new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`));

function isSecret(path: string): boolean {
  return secretPatterns.some((pattern) => pattern.test(basename(path)));
}

const namesShown = 5;

function secretsNote(paths: readonly string[]): string[] {
  const names = [...new Set(paths.filter(isSecret).map((path) => basename(path)))];
  if (names.length === 0) return [];
  const shown = names.slice(0, namesShown).map((name) => name.slice(0, 60).replace(/\p{Cc}/gu, '?'));
  return [`Left out, since they may hold secrets: ${shown.join(', ')}${names.length > namesShown ? ' and more' : ''}.`];
}

/**
 * An address that others may see: without user and password, and without what may stand behind `?` and `#`. `git@host:path` and
 * `ssh://git@host/path` keep their user, who is no secret. Null for a place of this machine, and where in doubt.
 */
export function withoutCredentials(remote: string): string | null {
  if (/[\s\p{Cc}]/u.test(remote)) return null;
  const url = /^([a-z][a-z0-9+.-]*):\/\/(?:([^/@]*)@)?([^?#]*)/i.exec(remote);
  if (!url) return /^(?:[\w.-]+@)?[\w.-]{2,}:(?!\/\/)[^\s@]+$/.test(remote) ? remote.slice(0, 2000) : null;
  const [, given = '', person = '', rest = ''] = url;
  const scheme = given.toLowerCase();
  // A password with `@` or `/` in it would leave a part of itself here.
  if (scheme === 'file' || rest.includes('@')) return null;
  const [user = ''] = person.split(':');
  const isLogin = /^(git\+)?ssh$/.test(scheme) && user !== '';
  return `${scheme}://${isLogin ? `${user}@` : ''}${rest}`.slice(0, 2000);
}

/** A link is not followed: it may lead out of the folder. */
function lockFilesOf(folder: string): { files: Map<string, Buffer>; notes: string[] } {
  const files = new Map<string, Buffer>();
  const large: string[] = [];
  const names = readdirSync(folder).filter((name) => lockFileNames.test(name) && name.length <= 100);
  for (const name of names.sort().slice(0, captureLimits.lockFiles)) {
    const found = lstatSync(join(folder, name), { throwIfNoEntry: false });
    if (!found?.isFile()) continue;
    if (found.size > captureLimits.lockFile_bytes) large.push(name);
    else files.set(name, withoutPasswords(readFileSync(join(folder, name))));
  }
  const notes = [
    ...(large.length > 0 ? [`Not kept, since larger than ${bytesText(captureLimits.lockFile_bytes)}: ${large.join(', ')}.`] : []),
    ...(names.length > captureLimits.lockFiles
      ? [`Of ${names.length} lock files, the first ${captureLimits.lockFiles} are looked at.`]
      : []),
  ];
  return { files, notes };
}

/** Addresses of private indexes often hold a token. Latin-1 keeps every byte as it is. */
function withoutPasswords(content: Buffer): Buffer {
  const text = content.toString('latin1');
  const clean = text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@"'<>]+@/gi, (whole, scheme: string) =>
    /ssh:\/\/git@$/i.test(whole) ? whole : `${scheme}***@`,
  );
  return clean === text ? content : Buffer.from(clean, 'latin1');
}
