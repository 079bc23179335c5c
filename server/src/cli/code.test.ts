import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { exits } from './exits.ts';
import { slipway, startUp, temporaryFolder } from './up.fixture.ts';

const needsGit = { skip: spawnSync('git', ['--version']).status !== 0 && 'git is not installed' };

const projectFile = `project: job
pipelines:
  job:
    steps:
      one: { run: [sh, job.sh] }
`;

function git(folder: string, ...words: string[]): string {
  const settings = ['-c', 'user.name=a', '-c', 'user.email=a@b'];
  return execFileSync('git', [...settings, ...words], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

async function projectIn(t: TestContext) {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'slipway.yaml'), projectFile);
  writeFileSync(join(folder, 'job.sh'), 'echo worked\n');
  const server = await startUp(t, folder);
  const works = async (...words: string[]) => {
    const ended = await slipway(folder, words);
    assert.equal(ended.exit, exits.ok, `slipway ${words.join(' ')}\n${ended.out}\n${ended.error}`);
    return ended.out;
  };
  return { folder, server, works };
}

test('a run of an applied project shows commit, changes and lock files, and gives them back', needsGit, async (t) => {
  const { folder, works } = await projectIn(t);
  git(folder, 'init', '--quiet', '--initial-branch', 'trunk');
  git(folder, 'remote', 'add', 'origin', 'https://me:hunter2@example.org/job.git');
  writeFileSync(join(folder, '.gitignore'), '.slipway/\n');
  writeFileSync(join(folder, 'uv.lock'), 'version = 1\n');
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--message', 'first');
  writeFileSync(join(folder, 'job.sh'), 'echo changed\n');
  writeFileSync(join(folder, 'requirements.txt'), '');
  await works('apply');
  await works('start', 'job', '--follow');
  const { items } = JSON.parse(await works('runs', 'ls', '--json'));
  const shown = await works('runs', 'show', items[0].id);
  const commit = git(folder, 'rev-parse', 'HEAD');
  assert.match(shown, new RegExp(`^commit +${commit}$`, 'm'));
  assert.match(shown, /^repository +https:\/\/example\.org\/job\.git$/m);
  assert.match(shown, /^uncommitted +yes: code\/uncommitted\.diff \(\d+ B\)$/m);
  assert.match(shown, /^lock file +code\/lock\/requirements\.txt \(0 B\)$/m);
  assert.match(shown, /^lock file +code\/lock\/uv\.lock \(12 B\)$/m);
  assert.doesNotMatch(JSON.stringify(items), /hunter2/);
  const { code } = JSON.parse(await works('runs', 'show', items[0].id, '--json'));
  assert.deepEqual([code.commit, code.dirty, code.lock_files.length], [commit, true, 2]);
  await works('runs', 'download', items[0].id, 'code', '--to', 'copy');
  assert.match(readFileSync(join(folder, 'copy', 'code', 'uncommitted.diff'), 'utf8'), /^-echo worked\n\+echo changed$/m);
  assert.equal(JSON.parse(readFileSync(join(folder, 'copy', 'code', 'untracked.json'), 'utf8')).files[0].path, 'requirements.txt');
});

test('without git the project is applied all the same, and its runs say that the code is not known', async (t) => {
  const { works } = await projectIn(t);
  assert.match(await works('apply'), /^Code: .*(no git repository|git is not on the PATH)/m);
  assert.doesNotMatch(await works('apply', '--plan'), /Code:/);
  await works('start', 'job', '--follow');
  const { items } = JSON.parse(await works('runs', 'ls', '--json'));
  assert.match(await works('runs', 'show', items[0].id), /^code +.*(no git repository|git is not on the PATH)/m);
});

test('a remote with a password is refused from any client', async (t) => {
  const { folder, server, works } = await projectIn(t);
  await works('apply');
  const token = readFileSync(join(folder, '.slipway', 'cli-token'), 'utf8').trim();
  const none = { commit: null, branch: null, dirty: null, diff: null, untracked: null, lock_files: {}, notes: [] };
  const answers = ['https://token@example.org/a.git', 'ssh://git:pass@example.org/a.git', 'https://example.org/a.git'].map(
    async (remote) => {
      const body = JSON.stringify({ text: projectFile, code: { ...none, remote } });
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      return (await fetch(`${server.address}/api/v1/projects/job/apply`, { method: 'POST', body, headers })).status;
    },
  );
  assert.deepEqual(await Promise.all(answers), [422, 422, 200]);
});
