import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { putOfProject } from '../../platform/blobs/index.ts';
import { lockFolder } from '../../platform/database/index.ts';
import type { App } from '../build-app.ts';
import { admin, artifactOf, backupOf, bringBack, fileOf, newFolder, openApp, rehearse, withWorld, work } from './operations.fixture.ts';

test('a backup taken beside writers restores every write acknowledged before it, and no half of a later one', async () => {
  await withWorld(async ({ app, project, run }) => {
    const large = randomBytes(300_000);
    const small = randomBytes(900);
    const file = await putOfProject(app, project, Buffer.from('at,delay\n2013-01-01,4\n2013-01-02,9\n'), { limit_bytes: 1000 });
    await app.datasets.addVersion(admin, project, { dataset: 'flights', files: [{ path: 'a.csv', digest: file.digest }] });
    const first = await run({ 'model/large.bin': large, 'small.bin': small });
    let writing = true;
    const later: string[] = [];
    const writer = (async () => {
      while (writing) later.push(await run({ 'a.bin': randomBytes(200), 'b.bin': randomBytes(70_000) }));
    })();
    const { folder } = await backupOf(app);
    writing = false;
    await writer;
    assert.ok(later.length > 3, `only ${later.length} runs were written meanwhile`);

    const data = join(newFolder(), 'restored');
    const { manifest } = await bringBack(folder, data);
    assert.ok(manifest.blobs.blobs >= 5);
    const restored = await openApp(data);
    try {
      const where = await restored.access.projects.resolve('default');
      assert.deepEqual(await artifactOf(restored, where, first, 'model/large.bin'), large);
      assert.deepEqual(await artifactOf(restored, where, first, 'small.bin'), small);
      assert.equal((await restored.datasets.version(where, 'flights', 1)).rows, 2);
      const runs = await restored.runs.searchRuns(admin, where, { limit: 100 });
      for (const { id } of runs.items) {
        for (const { path, digest } of await restored.runs.artifacts(admin, where, id)) {
          assert.equal((await restored.blobs.verify(digest)).digest, digest, path);
        }
      }
      const { result } = await restored.operations.run(admin, { kind: 'doctor', deep: true }, work);
      assert.deepEqual('ok' in result && result.checks.filter((check) => !check.ok && check.check !== 'disk'), []);
    } finally {
      await restored.close();
    }
  });
});

test('a large database is copied although somebody writes all the time', { timeout: 20_000 }, async () => {
  await withWorld(async ({ app, project }) => {
    const { id } = await app.runs.createRun(admin, project, { name: 'long' });
    const value = 'x'.repeat(6000);
    for (let page = 0; page < 100; page++) {
      const tags = Array.from({ length: 100 }, (_, n) => ({ key: `tag ${page}.${n}`, value }));
      await app.runs.logBatch(admin, project, id, { metrics: [], params: [], tags });
    }
    let writing = true;
    const writer = (async () => {
      while (writing)
        await app.runs.logBatch(admin, project, id, { metrics: [], params: [], tags: [{ key: 'beat', value: `${Date.now()}` }] });
    })();
    await backupOf(app);
    writing = false;
    await writer;
  });
});

test('a file that two backups have is stored once, old backups go, and what only they had goes with them', async () => {
  await withWorld(
    async ({ app, backups, run }) => {
      const store = join(backups.folder, 'blobs');
      const everything = async () => {
        const reader = await openApp(newFolder(), { blobs: store });
        const { blobs } = await reader.blobs.usage();
        await reader.close();
        return blobs;
      };
      await run({ 'kept.bin': randomBytes(400_000), 'small.bin': randomBytes(300) });
      const first = await backupOf(app);
      assert.deepEqual(first.copied, { blobs: 2, bytes: 400_300 });
      const again = await backupOf(app);
      assert.deepEqual([again.copied, await everything()], [{ blobs: 0, bytes: 0 }, 2]);

      // A file that only this backup names: as of a run that somebody removed later.
      await run({ 'more.bin': randomBytes(100_000) });
      const third = await backupOf(app);
      assert.deepEqual([third.copied, third.removed.length, existsSync(first.folder)], [{ blobs: 1, bytes: 100_000 }, 1, false]);
      assert.equal((await rehearse(backups.folder, newFolder())).from, third.folder);
      await removeArtifacts(app, 'more.bin');
      await backupOf(app);
      assert.equal(await everything(), 3, 'a backup that is kept has it');
      const last = await backupOf(app);
      assert.deepEqual([last.manifest.blobs.blobs, await everything()], [2, 2], 'the file of the removed backups went');
      await rehearse(last.folder, newFolder());
    },
    { keep: 2 },
  );
});

/** As a feature that removes rows would. */
async function removeArtifacts(app: App, path: string): Promise<void> {
  await app.database.write((tx) => tx.deleteFrom('run_artifacts').where('path', '=', path).execute());
}

test('a backup goes only into a folder that is its own', async () => {
  const shown = newFolder();
  chmodSync(shown, 0o755);
  const full = newFolder();
  writeFileSync(join(full, 'notes.txt'), 'mine');
  const file = join(newFolder(), 'file');
  writeFileSync(file, '');
  const around = dirname(full);
  for (const [folder, why] of [
    [shown, /mode is not 0700/],
    [full, /holds notes.txt/],
    [file, /EEXIST|not a folder/],
    [around, /in the data folder, or around it/],
  ] as const) {
    await withWorld(
      async ({ app }) => {
        await assert.rejects(app.operations.run(admin, { kind: 'backup' }, work), why);
      },
      { folder },
    );
  }
  assert.deepEqual([readdirSync(full), readdirSync(shown)], [['notes.txt'], []]);
  const named = newFolder();
  await withWorld(async ({ app }) => void (await backupOf(app)), { folder: named });
  await withWorld(async ({ app }) => assert.rejects(backupOf(app), /backups of another installation/), { folder: named });
});

test('a disk that has too little space for a backup is said, by event and by name, before anything is copied', async (t) => {
  const disk = newFolder();
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m,mode=0700', 'tmpfs', disk]);
  if (status !== 0) return t.skip('it needs the right to mount a file system (root)');
  t.after(() => spawnSync('umount', ['-l', disk]));
  await withWorld(
    async ({ app, backups }) => {
      await app.jobs.start();
      await app.operations.backUpIfDue();
      const [asked] = app.operations.list(admin);
      await ended(app, asked?.id ?? '');
      assert.match(app.operations.get(admin, asked?.id ?? '').error ?? '', /too little space for a copy: it needs \d+ bytes, \d+ are free/);
      const [event] = await app.events.list({ type: 'backup.failed', limit: 1 });
      assert.match(event?.note ?? '', /too little space/);
      assert.match((await app.operations.backups(admin))?.problem ?? '', /the last backup failed: .*too little space/);
      assert.notEqual(app.operations.note(), null);
      assert.deepEqual(
        readdirSync(backups.folder).filter((name) => name.startsWith('2')),
        [],
      );
    },
    { folder: disk },
  );
});

test('a server without a folder for backups says so', async () => {
  const app = await openApp(newFolder());
  await assert.rejects(app.operations.start(admin, { kind: 'backup' }), { code: 'backups_not_configured' });
  await app.close();
});

test('a backup in which one byte changed is refused, and nothing of it is put in place', async () => {
  await withWorld(async ({ app, backups, run }) => {
    const large = randomBytes(100_000);
    await run({ 'large.bin': large, 'small.bin': randomBytes(500) });
    const { digest } = await app.blobs.put(large, { limit_bytes: 1_000_000 });
    const { folder: good } = await backupOf(app);
    const name = good.slice(backups.folder.length + 1);
    const places = [
      (all: string) => join(all, name, 'slipway.db'),
      (all: string) => join(all, name, 'manifest.json'),
      (all: string) => join(all, name, 'blobs.txt'),
      (all: string) => fileOf(join(all, 'blobs'), digest),
      (all: string) => join(all, 'blobs/packs', readdirSync(join(all, 'blobs/packs')).find((one) => one.endsWith('.pack')) ?? ''),
    ];
    const data = join(newFolder(), 'restored');
    for (const place of places) {
      const all = join(newFolder(), 'copy');
      cpSync(backups.folder, all, { recursive: true });
      const path = place(all);
      const bytes = readFileSync(path);
      bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] ?? 0) ^ 1;
      unlinkSync(path);
      writeFileSync(path, bytes);
      await assert.rejects(bringBack(join(all, name), data), { code: 'backup_damaged' }, path);
      await assert.rejects(rehearse(join(all, name), newFolder()), { code: 'backup_damaged' }, path);
      assert.ok(!existsSync(join(data, 'slipway.db')));
    }
    const alone = join(newFolder(), name);
    cpSync(good, alone, { recursive: true });
    await assert.rejects(bringBack(alone, data), /was not copied with it/);
    await bringBack(backups.folder, data);
    assert.deepEqual(
      readdirSync(data)
        .filter((one) => !one.startsWith('server.'))
        .sort(),
      ['blobs', 'slipway.db'],
    );
  });
});

test('a stored file that is damaged in the folder of backups is copied anew when it is read again, once a week', async () => {
  let day = 0;
  await withWorld(
    async ({ app, backups, run }) => {
      const content = randomBytes(100_000);
      await run({ 'large.bin': content });
      const { digest } = await app.blobs.put(content, { limit_bytes: 1_000_000 });
      await backupOf(app);
      const path = fileOf(join(backups.folder, 'blobs'), digest);
      unlinkSync(path);
      writeFileSync(path, randomBytes(100_000));
      const today = Math.floor(Date.now() / 86_400_000);
      const turn = (Number.parseInt(digest.slice(0, 8), 16) - today) % 7;
      day = ((turn + 7) % 7) + 8;
      assert.equal((await backupOf(app)).copied.blobs, 0, 'not its day');
      day = ((turn + 7) % 7) + 14;
      assert.equal((await backupOf(app)).copied.blobs, 1);
      assert.deepEqual(readFileSync(path), content);
    },
    { now: () => Date.now() + day * 86_400_000 },
  );
});

test('a backup that could not copy a file is never complete, and is not restored', async () => {
  await withWorld(async ({ app, data, backups, run }) => {
    const large = randomBytes(100_000);
    await run({ 'large.bin': large });
    const { digest } = await app.blobs.put(large, { limit_bytes: 1_000_000 });
    unlinkSync(fileOf(join(data, 'blobs'), digest));
    await assert.rejects(backupOf(app), { code: 'backup_not_verified' });
    await assert.rejects(bringBack(backups.folder, newFolder()), { code: 'backup_not_complete' });
    assert.deepEqual((await app.operations.backups(admin))?.items, []);
  });
});

test('a restore never overwrites, never takes a folder that is held, and goes on after it was interrupted', async () => {
  await withWorld(async ({ app, data, run }) => {
    await run({ 'small.bin': randomBytes(500) });
    const { folder } = await backupOf(app);
    await assert.rejects(bringBack(folder, data), { code: 'restore_target_not_empty' });
    const held = newFolder();
    const lock = lockFolder(held);
    await assert.rejects(bringBack(folder, held), { code: 'data_folder_in_use' });
    lock.release();
    const half = newFolder();
    mkdirSync(join(half, 'restoring'));
    mkdirSync(join(half, 'blobs'));
    writeFileSync(join(half, 'restoring', 'slipway.db'), 'half');
    await bringBack(folder, half);
    assert.ok(existsSync(join(half, 'slipway.db')));
  });
});

test('a rehearsal leaves nothing behind, and the backup as it was', async () => {
  await withWorld(async ({ app, backups, run }) => {
    await run({ 'small.bin': randomBytes(500), 'large.bin': randomBytes(90_000) });
    await backupOf(app);
    const scratch = newFolder();
    const { manifest, checks } = await rehearse(backups.folder, scratch);
    assert.deepEqual([readdirSync(scratch), manifest.rows['run_artifacts'], checks.every(({ ok }) => ok)], [[], 2, true]);
  });
});

test('a backup that a killed server had begun is begun again by its job, and its half is removed', async () => {
  await withWorld(async ({ app, backups, run }) => {
    await run({ 'small.bin': randomBytes(500) });
    const { folder: whole } = await backupOf(app);
    // What a kill leaves: rows without a list, all without the mark.
    const half = join(backups.folder, '20260101T000000000Z');
    cpSync(whole, half, { recursive: true });
    rmSync(join(half, 'complete'));
    await assert.rejects(bringBack(half, newFolder()), { code: 'backup_not_complete' });
    assert.equal((await app.operations.backups(admin))?.items.length, 1);
    const { id } = await app.operations.start(admin, { kind: 'backup' });
    await app.jobs.start();
    await ended(app, id);
    assert.deepEqual([app.operations.get(admin, id).state, app.operations.get(admin, id).error], ['done', null]);
    assert.equal(existsSync(half), false);
    const [event] = await app.events.list({ type: 'backup.completed', order: 'newest', limit: 1 });
    assert.equal(event?.subject, `backup ${id}`);
  });
});

async function ended(app: App, id: string): Promise<void> {
  for (let round = 0; app.operations.get(admin, id).ended_at_ms === null && round < 1000; round++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('a backup is made by itself when it is due; one that fails is told, and tried again within the hour', async () => {
  let shift_ms = 0;
  const hour_ms = 3_600_000;
  await withWorld(
    async ({ app, backups }) => {
      await app.jobs.start();
      const look = async () => {
        const before = app.operations.list(admin).length;
        await app.operations.backUpIfDue();
        const [newest] = app.operations.list(admin);
        if (app.operations.list(admin).length === before) return null;
        await ended(app, newest?.id ?? '');
        return app.operations.get(admin, newest?.id ?? '').state;
      };
      const doctorOnBackups = async () => {
        const done = await app.operations.run(admin, { kind: 'doctor', deep: false }, work);
        return 'checks' in done.result ? done.result.checks.find(({ check }) => check === 'backups') : undefined;
      };
      assert.equal(await look(), 'done');
      assert.equal(await look(), null);
      shift_ms = 24 * hour_ms;
      renameSync(backups.folder, `${backups.folder}-away`);
      writeFileSync(backups.folder, 'no folder');
      assert.equal(await look(), 'failed');
      const [told] = await app.events.list({ type: 'backup.failed', order: 'newest', limit: 1 });
      assert.match(told?.note ?? '', /EEXIST|not a folder/);
      assert.match(app.operations.note() ?? '', /no recent backup/);
      assert.doesNotMatch(app.operations.note() ?? '', /\//, 'everybody may read it: no path');
      assert.match((await doctorOnBackups())?.found ?? '', /the last backup failed/);
      assert.equal(await look(), null, 'not at once');
      rmSync(backups.folder);
      renameSync(`${backups.folder}-away`, backups.folder);
      shift_ms = 25.1 * hour_ms;
      assert.equal(await look(), 'done');
      assert.deepEqual([app.operations.note(), (await doctorOnBackups())?.ok], [null, true]);
    },
    { now: () => Date.now() + shift_ms },
  );
});
