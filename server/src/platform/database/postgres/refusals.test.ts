import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { mib, noMount, smallDisk } from '../../../../../tools/small-disk.ts';
import { oldServer } from './old-server.fixture.ts';
import { add, idsOf, ownServer } from './server.fixture.ts';

const own = ownServer();

test('a start on Postgres 13 is refused with the version that it needs (a recorded server)', async () => {
  const server = await oldServer();
  try {
    await assert.rejects(own.open(server.url), { code: 'database_too_old', message: /13.*14/ });
  } finally {
    server.close();
  }
});

test('a server that lets no more connections in is told as it says, and is used again when it does', async () => {
  const url = await own.newDatabase();
  const name = new URL(url).pathname.slice(1);
  await own.administer("create role crowded login password 'many'", `alter database ${name} owner to crowded`);
  const crowded = own.urlOf(name, (at) => {
    at.username = 'crowded';
    at.password = 'many';
  });
  await own.administer('alter role crowded connection limit 1');
  await assert.rejects(own.open(crowded), { code: 'database_unreachable', message: /too many connections/ });
  // The writer and the listener get in, and no reader.
  await own.administer('alter role crowded connection limit 2');
  const database = await own.open(crowded);
  try {
    await add(database, 1);
    await assert.rejects(idsOf(database), { code: 'database_unreachable', message: /too many connections/ });
    await own.administer('alter role crowded connection limit 10');
    assert.deepEqual(await idsOf(database), [1]);
  } finally {
    await database.close();
  }
});

test('a disk of the server that is full is told as full, nothing of the write is kept, and writing goes on when there is room', async (t) => {
  const disk = smallDisk(32 * mib);
  if (disk === null) return t.skip(noMount);
  t.after(() => disk.remove());
  const place = join(disk.path, 'tables');
  mkdirSync(place);
  chmodSync(disk.path, 0o711);
  const owner = Number(spawnSync('id', ['-u', 'postgres'], { encoding: 'utf8' }).stdout);
  chownSync(place, owner, owner);
  await own.administer(`create tablespace small location '${place}'`);
  const database = await own.open(await own.newDatabase('tablespace small'));
  try {
    await add(database, 1);
    disk.leaveFree(0);
    // More than the pages that are there already have room for.
    const large = 'x'.repeat(1_000);
    const rows = Array.from({ length: 2_000 }, (_, at) => [at + 10, `${large}${at}`, null]).flat();
    const insert = 'insert into pg_notes (id, text, weight) values (?, ?, ?)';
    await assert.rejects(
      database.write((tx) => database.many(tx, insert, rows, 3)),
      { code: 'storage_full' },
    );
    assert.deepEqual(await idsOf(database), [1]);
    disk.makeRoom();
    assert.equal(await database.write((tx) => database.many(tx, insert, rows, 3)), 2_000);
  } finally {
    await database.close();
  }
});
