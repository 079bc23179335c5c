import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { exits } from './exits.ts';
import { slipway, startUp, temporaryFolder } from './up.fixture.ts';

test('a backup is made while the server runs, rehearsed, brought back, and never over what is there', { timeout: 280_000 }, async (t) => {
  const folder = temporaryFolder(t);
  const backups = join(temporaryFolder(t), 'backups');
  const up = await startUp(t, folder, ['--backups', backups, '--backup-keep', '3']);
  const works = async (...words: string[]): Promise<string> => {
    const { exit, out, error } = await slipway(folder, words);
    assert.equal(exit, exits.ok, `slipway ${words.join(' ')}\n${out}\n${error}`);
    return out;
  };
  await works('project', 'create', 'plant');
  assert.match(await works('backup'), /^Complete, and examined: .*\n2 projects/);
  assert.match(await works('backup', '--list'), /^\d{8}T\d{9}Z +\d{4}-/m);
  assert.equal(JSON.parse(await works('gc', '--json')).applied, false, 'counted before it goes');
  assert.match(await works('gc', '--apply'), /^Removed 0 files/);
  assert.match(await works('doctor'), /^ok +backups +\d are there/m);
  assert.match(await works('restore', backups, '--verify'), /is good: restored, compared and removed again/);
  const [first] = readdirSync(backups).filter((name) => name.startsWith('2'));
  const second = await slipway(folder, ['backup', '--data', '.slipway', '--backups', backups]);
  assert.equal(second.exit, exits.failed, 'the server holds the folder');
  assert.match(second.error, new RegExp(`pid ${up.pid}`));
  assert.equal(await up.stop(), exits.ok);

  const unserved = JSON.parse(await works('doctor', '--data', '.slipway', '--json')) as { ok: boolean; checks: { check: string }[] };
  assert.ok(unserved.ok && unserved.checks.length > 12, JSON.stringify(unserved));
  assert.match(await works('backup', '--data', '.slipway', '--backups', backups), /^Complete/);
  const other = temporaryFolder(t);
  const restored = await slipway(other, ['restore', join(backups, first ?? '')]);
  assert.match(restored.out, /2 projects/, restored.error);
  const again = await slipway(other, ['restore', backups]);
  assert.equal(again.exit, exits.failed);
  assert.match(again.error, /is not empty/);
  const back = await startUp(t, other);
  const list = await slipway(other, ['project', 'ls', '--json']);
  assert.deepEqual(
    JSON.parse(list.out)
      .projects.map((one: { name: string }) => one.name)
      .sort(),
    ['default', 'plant'],
  );
  const unnamed = await slipway(other, ['backup']);
  assert.match(unnamed.error, /slipway up --backups DIR/);
  await back.stop();
});

test('what cannot be is refused before anything is done', async (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'files'), { mode: 0o700 });
  writeFileSync(join(folder, 'files', 'notes.txt'), 'mine');
  for (const [words, says] of [
    [['up', '--backup-keep', '3'], /no folder for the backups/],
    [['up', '--backups', 'b', '--backup-keep', '0'], /not a number of backups/],
    [['up', '--backups', 'b', '--backup-every', 'often'], /not a number of hours/],
    [['backup', '--backups', 'b'], /said when it is started/],
    [['restore', 'b', '--verify', '--data', 'c'], /needs no data folder/],
  ] as const) {
    const { exit, error } = await slipway(folder, words);
    assert.equal(exit, exits.usage, words.join(' '));
    assert.match(error, says);
  }
  const missing = await slipway(folder, ['restore', 'files']);
  assert.equal(missing.exit, exits.failed);
  assert.match(missing.error, /not a complete backup/);
  assert.deepEqual(readdirSync(folder), ['files']);
});
