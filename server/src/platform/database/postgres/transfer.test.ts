import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { sql } from 'kysely';
import { systemClock } from '../../../kernel/clock.ts';
import { copyDatabase, type Database, migrations, openDatabase } from '../index.ts';
import { add, idsOf, notes, ownServer } from './server.fixture.ts';

const own = ownServer();
const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-transfer-'));
  folders.push(folder);
  return folder;
}
const rules = { clock: systemClock, progress: () => undefined };

/** More rows than one page, each kind of value, and keys whose order differs between locales. */
async function fill(database: Database): Promise<void> {
  await database.write(async (tx) => {
    await database.many(
      tx,
      'insert into metric_points (run, key, step, timestamp_ms, value, is_nan) values (?, ?, ?, ?, ?, ?)',
      Array.from({ length: 5000 }, (_, at) => [1, at % 7, at, at * 1e12, at === 3 ? Number.NEGATIVE_INFINITY : at / 3, at % 2]).flat(),
      6,
    );
    for (const [key, value] of [
      ['ä', 'a "quoted", \\ {braced} one'],
      ['Z', ''],
      ['a', 'NULL'],
    ] as const)
      await sql`insert into run_params (run, key, value, number) values (1, ${key}, ${value}, ${null})`.execute(tx);
  });
}

const allOf = async (database: Database) => ({
  points: (await sql`select * from metric_points order by run, key, step, timestamp_ms`.execute(database.read)).rows,
  params: (await sql`select * from run_params order by key`.execute(database.read)).rows,
});

test('rows move to Postgres and back, and are the same', { timeout: 60_000 }, async () => {
  const [folder, back] = [newFolder(), newFolder()];
  const before = await openDatabase({ folder, migrations, clock: systemClock });
  await fill(before);
  const rows = await allOf(before);
  await before.close();
  const url = await own.newDatabase();
  const copied = await copyDatabase({ from: `sqlite:${folder}`, to: url, migrations, ...rules });
  assert.deepEqual(
    copied.filter(({ rows }) => rows > 0).map(({ table, rows }) => [table, rows]),
    [
      ['metric_points', 5000],
      ['run_params', 3],
    ],
  );
  const there = await own.open(url, migrations);
  assert.deepEqual(await allOf(there), rows);
  await there.close();
  const again = await copyDatabase({ from: url, to: `sqlite:${back}`, migrations, ...rules });
  assert.deepEqual(again, copied, 'counts and digests of both ways');
  const home = await openDatabase({ folder: back, migrations, clock: systemClock });
  assert.deepEqual(await allOf(home), rows);
  await home.close();
});

test('rows move into what is empty only, and one that does not fit leaves nothing behind', async () => {
  const folder = newFolder();
  const source = await openDatabase({ folder, migrations, clock: systemClock });
  await fill(source);
  const url = await own.newDatabase();
  const target = await own.open(url, migrations);
  await target.write((tx) => sql`insert into run_tags (run, key, value) values (1, 'a', 'b')`.execute(tx));
  await target.close();
  await source.write((tx) => sql`insert into run_params (run, key, value) values (2, 'bad', ${'a\0b'})`.execute(tx));
  await source.close();
  await assert.rejects(copyDatabase({ from: `sqlite:${folder}`, to: url, migrations, ...rules }), { code: 'transfer_target_not_empty' });
  const empty = await own.newDatabase();
  await assert.rejects(copyDatabase({ from: `sqlite:${folder}`, to: empty, migrations, ...rules }), { code: 'invalid_input' });
  const after = await own.open(empty, migrations);
  assert.deepEqual(await allOf(after), { points: [], params: [] });
  await after.close();
  await assert.rejects(copyDatabase({ from: url, to: `sqlite:${folder}`, migrations, ...rules }), { code: 'transfer_target_not_empty' });
  await assert.rejects(copyDatabase({ from: url, to: empty, migrations, ...rules }), { code: 'transfer_addresses_not_valid' });
  assert.ok(existsSync(join(folder, 'slipway.db')), 'the source is left as it was');
});

test('a copy taken while others write is whole: all that was there before, each write entirely or not at all', async () => {
  const database = await own.open(await own.newDatabase());
  const folder = newFolder();
  try {
    for (let id = 0; id < 200; id++) await add(database, id);
    let isOver = false;
    const writing = (async () => {
      for (let id = 1000; !isOver; id++) {
        await database.write(async (tx) => {
          await tx.insertInto('pg_copies').values({ id }).execute();
          await tx.insertInto('pg_notes').values({ id, text: 'twin', weight: null }).execute();
        });
      }
    })();
    await database.copyInto(folder);
    isOver = true;
    await writing;
    const copy = await openDatabase({ folder, migrations: [notes], clock: systemClock });
    const ids = await idsOf(copy);
    const twins = await copy.read.selectFrom('pg_copies').select('id').orderBy('id').execute();
    await copy.close();
    assert.equal(ids.filter((id) => id < 1000).length, 200);
    assert.deepEqual(
      twins.map(({ id }) => id),
      ids.filter((id) => id >= 1000),
    );
    assert.deepEqual(await database.problems(5), []);
  } finally {
    await database.close();
  }
});
