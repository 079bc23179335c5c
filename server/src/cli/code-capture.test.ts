import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { api } from '@slipway/contracts';
import fc from 'fast-check';
import { type CapturedCode, captureCode, captureLimits, withoutCredentials } from './code-capture.ts';
import { temporaryFolder } from './up.fixture.ts';

const needsGit = { skip: spawnSync('git', ['--version']).status !== 0 && 'git is not installed' };
const capture = (folder: string): Promise<CapturedCode> => captureCode(folder, new AbortController().signal);

function git(folder: string, ...words: string[]): string {
  const person = { GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@b', GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@b' };
  const env = { PATH: process.env['PATH'], HOME: folder, ...person };
  return execFileSync('git', words, { cwd: folder, encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

/** A repository with one commit of these files. */
function repository(t: TestContext, files: Readonly<Record<string, string | Buffer>>): string {
  const folder = temporaryFolder(t);
  git(folder, 'init', '--quiet', '--initial-branch', 'trunk');
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  git(folder, 'add', '--all', '--force');
  git(folder, 'commit', '--quiet', '--message', 'first');
  return folder;
}

const untrackedIn = ({ untracked }: CapturedCode) =>
  (JSON.parse(untracked?.toString() ?? '{"files":[]}') as { files: { path: string; bytes: number; sha256: string | null }[] }).files;

test('a clean checkout has its commit, branch, remote and lock files, and no changes', needsGit, async (t) => {
  const lock = 'duckdb==1.4.0\n';
  const folder = repository(t, { 'a.sql': 'select 1', 'uv.lock': 'version = 1', 'requirements-dev.txt': lock, 'notes.txt': '' });
  git(folder, 'remote', 'add', 'origin', 'https://person:secret@example.org/team/flights.git');
  const code = await capture(folder);
  assert.deepEqual(
    [code.commit, code.branch, code.remote, code.dirty, code.diff, code.untracked],
    [git(folder, 'rev-parse', 'HEAD'), 'trunk', 'https://example.org/team/flights.git', false, null, null],
  );
  assert.deepEqual([...code.lockFiles.keys()], ['requirements-dev.txt', 'uv.lock']);
  assert.equal(code.lockFiles.get('requirements-dev.txt')?.toString(), lock);
  assert.deepEqual(code.notes, []);
});

test('what differs is kept to the byte, so that it can be applied, and untracked files are listed by digest', needsGit, async (t) => {
  const files = { 'a.sql': Buffer.from('select 1\n'), 'plot.bin': Buffer.from([0, 1, 2, 255]) };
  const folder = repository(t, files);
  const latin = Buffer.from([0x73, 0xe9, 0x6c, 0x0a]);
  const binary = Buffer.from([0, 255, 254, 0, 10]);
  writeFileSync(join(folder, 'a.sql'), latin);
  writeFileSync(join(folder, 'plot.bin'), binary);
  const odd = 'two\nlines.py';
  writeFileSync(join(folder, odd), 'print(1)');
  const code = await capture(folder);
  assert.equal(code.dirty, true);
  assert.deepEqual(untrackedIn(code), [{ path: odd, bytes: 8, sha256: createHash('sha256').update('print(1)').digest('hex') }]);

  const again = repository(t, files);
  writeFileSync(join(again, 'kept.diff'), code.diff ?? '');
  git(again, 'apply', 'kept.diff');
  assert.deepEqual([readFileSync(join(again, 'a.sql')), readFileSync(join(again, 'plot.bin'))], [latin, binary]);
  assert.deepEqual(code.notes, []);
});

test('only the folder of the project is looked at, with paths from it', needsGit, async (t) => {
  const top = repository(t, { 'other.py': '1' });
  const folder = join(top, 'projects', 'flights');
  mkdirSync(folder, { recursive: true });
  mkdirSync(join(folder, '.slipway'));
  for (const path of ['slipway.yaml', '.slipway/cli-token', '../beside.py']) writeFileSync(join(folder, path), 'x');
  writeFileSync(join(top, 'other.py'), '2');
  const code = await capture(folder);
  assert.deepEqual([code.dirty, code.diff], [true, null]);
  assert.deepEqual(
    untrackedIn(code).map((file) => file.path),
    ['slipway.yaml'],
  );
  git(top, 'add', '--', 'projects/flights/slipway.yaml');
  git(top, 'config', 'diff.relative', 'true');
  const { diff } = await capture(folder);
  assert.match(diff?.toString() ?? '', /^diff --git a\/projects\/flights\/slipway\.yaml /);
  assert.ok(!diff?.includes('other.py'));
});

test('files that hold secrets leave nothing but their names', needsGit, async (t) => {
  const folder = repository(t, { '.env': 'KEY=old', 'a.py': '1' });
  mkdirSync(join(folder, 'sub'));
  for (const path of ['.env', 'sub/.env.local', 'sub/server.pem']) writeFileSync(join(folder, path), 'KEY=hunter2');
  writeFileSync(join(folder, 'a.py'), '2');
  symlinkSync(join(folder, '.env'), join(folder, 'uv.lock'));
  writeFileSync(join(folder, 'requirements.txt'), '--index-url https://me:hunter2@pypi.example.org/simple\ngit+ssh://git@example.org/x\n');
  const code = await capture(folder);
  const kept = [code.diff, code.untracked, ...code.lockFiles.values()].map((content) => content?.toString() ?? '').join('\n');
  assert.match(kept, /a\.py/);
  assert.doesNotMatch(kept, /hunter2|KEY|\.pem|\.env/);
  assert.ok(!kept.includes(createHash('sha256').update('KEY=hunter2').digest('hex')), 'a short secret can be found by its digest');
  assert.match(code.lockFiles.get('requirements.txt')?.toString() ?? '', /https:\/\/\*\*\*@pypi.*\ngit\+ssh:\/\/git@example/);
  assert.deepEqual([...code.lockFiles.keys()], ['requirements.txt']);
  assert.match(code.notes.join(' '), /may hold secrets: \.env, /);
});

test('changes that are too large are cut, and said to be so', needsGit, async (t) => {
  const folder = repository(t, { 'a.csv': 'a\n' });
  writeFileSync(join(folder, 'a.csv'), 'x'.repeat(79).concat('\n').repeat(60_000));
  const code = await capture(folder);
  assert.equal(code.diff?.length, captureLimits.diff_bytes);
  assert.match(code.notes.join(), /cut after 4\.2 MB/);
  writeFileSync(join(folder, 'uv.lock'), Buffer.alloc(captureLimits.lockFile_bytes + 1));
  const { lockFiles, notes } = await capture(folder);
  assert.equal(lockFiles.size, 0);
  assert.match(notes.join(), /Not kept, since larger than 8\.4 MB: uv\.lock/);
});

test('where git knows nothing it is said plainly, and lock files are kept all the same', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'go.sum'), 'x');
  const path = process.env['PATH'];
  t.after(() => (process.env['PATH'] = path));
  process.env['PATH'] = folder;
  const withoutGit = await capture(folder);
  process.env['PATH'] = path;
  assert.deepEqual([withoutGit.commit, withoutGit.dirty, [...withoutGit.lockFiles.keys()]], [null, null, ['go.sum']]);
  assert.match(withoutGit.notes.join(), /git is not on the PATH/);
  if (needsGit.skip !== false) return;
  const outside = await capture(folder);
  assert.deepEqual([outside.commit, outside.dirty, [...outside.lockFiles.keys()]], [null, null, ['go.sum']]);
  assert.match(outside.notes.join(), /in no git repository/);
  git(folder, 'init', '--quiet');
  const fresh = await capture(folder);
  assert.deepEqual([fresh.commit, fresh.dirty], [null, true]);
  assert.match(fresh.notes.join(), /no commit yet/);
});

test('a folder that git ignores is not taken for the commit around it', needsGit, async (t) => {
  const top = repository(t, { '.gitignore': 'scratch/\n' });
  const folder = join(top, 'scratch');
  mkdirSync(folder);
  const code = await capture(folder);
  assert.deepEqual([code.commit, code.dirty], [null, null]);
  assert.match(code.notes.join(), /git ignores the folder/);
});

test('nothing that a repository names is run, and its index is not written', needsGit, async (t) => {
  const folder = repository(t, { 'a.txt': '1\n', '.gitattributes': '*.txt diff=mine\n' });
  const trap = join(folder, '.git', 'trap');
  const ran = join(folder, '.git', 'ran');
  writeFileSync(trap, `#!/bin/sh\necho "$0" >> '${ran}'\ncat "$1"\n`);
  chmodSync(trap, 0o755);
  for (const name of ['diff.external', 'diff.mine.command', 'diff.mine.textconv', 'core.fsmonitor', 'core.pager']) {
    git(folder, 'config', name, trap);
  }
  symlinkSync(trap, join(folder, '.git', 'hooks', 'post-index-change'));
  git(folder, 'config', 'color.ui', 'always');
  git(folder, 'config', 'diff.noprefix', 'true');
  writeFileSync(join(folder, 'a.txt'), '2\n');
  // Of a file that was only touched, git would note the new time.
  utimesSync(join(folder, '.gitattributes'), 1, 1);
  const index = readFileSync(join(folder, '.git', 'index'));
  const code = await capture(folder);
  assert.match(code.diff?.toString() ?? '', /^diff --git a\/a\.txt b\/a\.txt\n[\s\S]*\n-1\n\+2\n$/);
  assert.ok(!existsSync(ran), 'something of the repository ran');
  assert.deepEqual(readFileSync(join(folder, '.git', 'index')), index);
});

test('no remote keeps a user, a password or a token', () => {
  const cases: [string, string | null][] = [
    ['https://example.org/a/b.git', 'https://example.org/a/b.git'],
    ['https://me:pass@example.org/a.git', 'https://example.org/a.git'],
    ['https://token@example.org:8443/a.git', 'https://example.org:8443/a.git'],
    ['https://me:p@ss@example.org/a.git', null],
    ['https://me:pa/ss@example.org/a.git', null],
    ['https://example.org/a.git?access_token=abc#def', 'https://example.org/a.git'],
    ['ssh://git@example.org:22/a.git', 'ssh://git@example.org:22/a.git'],
    ['ssh://git:pass@example.org/a.git', 'ssh://git@example.org/a.git'],
    ['git@example.org:team/a.git', 'git@example.org:team/a.git'],
    ['/srv/repositories/a.git', null],
    ['file:///srv/a.git', null],
    ['C:\\work\\a', null],
    ['SSH://git@example.org/a.git', 'ssh://git@example.org/a.git'],
    ['https://example.org/a b', null],
  ];
  for (const [remote, expected] of cases) assert.equal(withoutCredentials(remote), expected, remote);
});

test('the server takes every remote that is left, and none of these keeps a secret', () => {
  const code = api.projectfile.apply.body?.shape.code;
  const rest = { commit: null, branch: null, dirty: null, diff: null, untracked: null, lock_files: {}, notes: [] };
  const part = fc.constantFrom(
    'https',
    'ssh',
    'git+ssh',
    'GIT',
    '://',
    ':',
    '@',
    '/',
    'SECRET',
    'git',
    'example.org',
    '?',
    '#',
    '.',
    ' ',
    '\n',
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 9 }), (parts) => {
      const remote = withoutCredentials(parts.join(''));
      if (remote === null) return;
      assert.ok(code?.safeParse({ ...rest, remote }).success, remote);
      assert.doesNotMatch(remote, /:[^/]*SECRET[^/]*@/);
    }),
    { numRuns: 5_000 },
  );
});
