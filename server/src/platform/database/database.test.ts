import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { sql } from 'kysely';
import { systemClock } from '../../kernel/clock.ts';
import { SlipwayError } from '../../kernel/error.ts';
import { afterCommit, type Database, isUniqueViolation, Kept, lockFolder, type Migration, openDatabase } from './index.ts';

interface NotesTable {
  id: number;
  text: string;
  weight: number | null;
}

declare module './handle.ts' {
  interface Tables {
    notes: NotesTable;
  }
}

const notes: Migration = {
  name: '0001-notes',
  up: async (tx) => {
    await tx.schema
      .createTable('notes')
      .addColumn('id', 'bigint', (column) => column.primaryKey())
      .addColumn('text', 'text', (column) => column.notNull())
      .addColumn('weight', 'double precision')
      .execute();
  },
};

const folders: string[] = [];
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-database-'));
  folders.push(folder);
  return folder;
}
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

async function withDatabase(work: (database: Database, folder: string) => Promise<void>, migrations = [notes]): Promise<void> {
  const folder = newFolder();
  const database = await openDatabase({ folder, migrations, clock: systemClock });
  try {
    await work(database, folder);
  } finally {
    await database.close();
  }
}

const add = (database: Database, id: number, text = `note ${id}`) =>
  database.write((tx) =>
    tx
      .insertInto('notes')
      .values({ id, text, weight: id / 2 })
      .execute(),
  );

test('a write is seen by readers once it is acknowledged, and still there after reopening', async () => {
  await withDatabase(async (database, folder) => {
    await add(database, 1);
    assert.deepEqual(await database.read.selectFrom('notes').selectAll().execute(), [{ id: 1, text: 'note 1', weight: 0.5 }]);
    await database.close();
    const again = await openDatabase({ folder, migrations: [notes], clock: systemClock });
    assert.equal((await again.read.selectFrom('notes').selectAll().execute()).length, 1);
    await again.close();
  });
});

test('of writes that share a commit only the one that fails is undone', async () => {
  await withDatabase(async (database) => {
    const outcomes = await Promise.allSettled([
      add(database, 1),
      database.write(async (tx) => {
        await tx.insertInto('notes').values({ id: 2, text: 'half', weight: null }).execute();
        throw new Error('changed its mind');
      }),
      add(database, 1, 'twin'),
      add(database, 3),
    ]);
    assert.deepEqual(
      outcomes.map((outcome) => outcome.status),
      ['fulfilled', 'rejected', 'rejected', 'fulfilled'],
    );
    const twin = outcomes[2] as PromiseRejectedResult;
    assert.ok(isUniqueViolation(twin.reason));
    const rows = await database.read.selectFrom('notes').select('id').orderBy('id').execute();
    assert.deepEqual(rows, [{ id: 1 }, { id: 3 }]);
  });
});

test('many writers at once are all kept, and share commits', async () => {
  await withDatabase(async (database) => {
    await Promise.all(Array.from({ length: 2000 }, (_, id) => add(database, id)));
    const row = await database.read
      .selectFrom('notes')
      .select((of) => of.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    assert.equal(row.count, 2000);
  });
});

test('one statement over many rows writes them all in the same transaction', async () => {
  await withDatabase(async (database) => {
    const values = Array.from({ length: 1000 }, (_, id) => [id, `n${id}`, null]).flat();
    await database.write((tx) => database.many(tx, 'insert into notes (id, text, weight) values (?, ?, ?)', values, 3));
    await assert.rejects(
      database.write(async (tx) => {
        await database.many(tx, 'insert into notes (id, text, weight) values (?, ?, ?)', [2000, 'new', 1, 5, 'old', 2], 3);
      }),
    );
    const row = await database.read
      .selectFrom('notes')
      .select((of) => of.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    assert.equal(row.count, 1000);
  });
});

const insertNote = 'insert into notes (id, text, weight) values (?, ?, ?)';
const idsOf = async (database: Database) =>
  (await database.read.selectFrom('notes').select('id').orderBy('id').execute()).map(({ id }) => id);

test('what a write sends without waiting is kept in its order with what it waits for', async () => {
  await withDatabase(async (database) => {
    await database.write(async (tx) => {
      database.send(tx, insertNote, [1, 'a', null, 2, 'b', null], 3);
      await tx.updateTable('notes').set({ text: 'c' }).where('id', '=', 2).execute();
      database.send(tx, 'update notes set weight = ? where text = ?', [5, 'c'], 2);
    });
    assert.deepEqual(await database.read.selectFrom('notes').selectAll().orderBy('id').execute(), [
      { id: 1, text: 'a', weight: null },
      { id: 2, text: 'c', weight: 5 },
    ]);
  });
});

test('what was sent by a write that changes its mind is taken back with it, alone', async () => {
  await withDatabase(async (database) => {
    const sends = (id: number, then: () => void) =>
      database.write(async (tx) => {
        database.send(tx, insertNote, [id, 'sent', null], 3);
        then();
      });
    const fails = () => {
      throw new Error('changed its mind');
    };
    const outcomes = await Promise.allSettled([sends(1, () => undefined), sends(2, fails), sends(3, () => undefined)]);
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    assert.deepEqual(await idsOf(database), [1, 3]);
  });
});

test('a sent statement that is refused fails all writes of its commit, keeps nothing of them, and the next ones go on', async () => {
  await withDatabase(async (database) => {
    await add(database, 1);
    const outcomes = await Promise.allSettled([
      add(database, 2),
      database.write(async (tx) => database.send(tx, insertNote, [1, 'twin', null], 3)),
      add(database, 3),
      database.write(async (tx) => {
        database.send(tx, insertNote, [1, 'twin', null], 3);
        // Who asks after it hears that it failed, and cannot take that for a refusal of the question.
        await tx
          .selectFrom('notes')
          .selectAll()
          .execute()
          .catch(() => undefined);
        database.send(tx, insertNote, [4, 'behind', null], 3);
      }),
    ]);
    assert.deepEqual(
      outcomes.map((outcome) => outcome.status === 'rejected' && (outcome.reason as SlipwayError).code),
      ['storage_failed', 'storage_failed', 'storage_failed', 'storage_failed'],
    );
    assert.deepEqual(await idsOf(database), [1]);
    await add(database, 5);
    assert.equal(database.failed, null);
    assert.deepEqual(await idsOf(database), [1, 5]);
  });
});

test('a statement is not sent after its write is over', async () => {
  await withDatabase(async (database) => {
    const leaked = await database.write(async (tx) => [tx]);
    assert.throws(() => leaked.map((tx) => database.send(tx, insertNote, [1, 'late', null], 3)), /not over/);
  });
});

test('what is told after the commit is told only when it was kept', async () => {
  await withDatabase(async (database) => {
    const told: string[] = [];
    await database.write(async (tx) => afterCommit(tx, () => told.push('kept')));
    await assert.rejects(
      database.write(async (tx) => {
        afterCommit(tx, () => told.push('undone'));
        throw new Error('no');
      }),
    );
    assert.deepEqual(told, ['kept']);
  });
});

test('a listener that fails costs its own write the answer, and no other', async () => {
  await withDatabase(async (database) => {
    const outcomes = await Promise.allSettled([
      database.write(async (tx) =>
        afterCommit(tx, () => {
          throw new Error('a fault of mine');
        }),
      ),
      add(database, 1),
    ]);
    assert.deepEqual(
      outcomes.map((outcome) => outcome.status),
      ['rejected', 'fulfilled'],
    );
    await add(database, 2);
  });
});

test('a write that is told as failed because another program held the database is not kept', { timeout: 30_000 }, async () => {
  await withDatabase(async (database, folder) => {
    const other = new DatabaseSync(join(folder, 'slipway.db'));
    other.exec('BEGIN IMMEDIATE');
    const refused = assert.rejects(add(database, 1), { code: 'storage_failed' });
    // Longer than the five seconds for which SQLite waits.
    await wait(6000);
    other.exec('ROLLBACK');
    other.close();
    await refused;
    assert.deepEqual(await database.read.selectFrom('notes').selectAll().execute(), []);
    await add(database, 2);
  });
});

test('when SQLite rolls a whole group back, what was sent behind that is not kept on its own', async () => {
  await withDatabase(async (database) => {
    await add(database, 1);
    const write = database.write(async (tx) => {
      await Promise.allSettled([
        sql`insert or rollback into notes (id, text) values (1, 'again')`.execute(tx),
        sql`insert into notes (id, text) values (2, 'behind')`.execute(tx),
      ]);
    });
    await assert.rejects(write, SlipwayError);
    assert.deepEqual(
      (await database.read.selectFrom('notes').select('id').execute()).map(({ id }) => id),
      [1],
    );
  });
});

test('what a write kept is known to the next ones, of the same group too, and nothing of it once a write is taken back', async () => {
  await withDatabase(async (database) => {
    const kept = new Kept<number>(database);
    const known = (key: string) => database.write((tx) => Promise.resolve(kept.get(tx, key)));
    const keeps = (key: string, fails = false) =>
      database.write((tx) => {
        kept.set(tx, key, 1);
        return fails ? Promise.reject(new Error('taken back')) : Promise.resolve();
      });
    assert.deepEqual(await Promise.all([keeps('a'), known('a')]), [undefined, 1]);
    assert.equal(await known('a'), 1);
    const [failed, after] = await Promise.allSettled([keeps('b', true), known('b')]);
    assert.equal(failed.status, 'rejected');
    assert.deepEqual(after, { status: 'fulfilled', value: undefined });
    assert.equal(await known('a'), undefined);
  });
});

test('many numbers may come in an array of doubles, and are the integers and doubles that they are', async () => {
  await withDatabase(async (database) => {
    await database.write((tx) =>
      database.many(tx, "insert into notes (id, text, weight) values (?, 'x', ?)", Float64Array.of(7, 0.5, 2 ** 53 - 1, 3), 2),
    );
    const { rows } = await sql`select id, typeof(id) as kind, weight from notes order by id`.execute(database.read);
    assert.deepEqual(rows, [
      { id: 7, kind: 'integer', weight: 0.5 },
      { id: 2 ** 53 - 1, kind: 'integer', weight: 3 },
    ]);
  });
});

test('after a page was found corrupt nothing that waited is acknowledged', async () => {
  await withDatabase(async (database, folder) => {
    await add(database, 1);
    await database.write((tx) => sql`create table sound (id integer)`.execute(tx));
    const found = await sql<{ rootpage: number }>`select rootpage from sqlite_schema where name = 'notes'`.execute(database.read);
    await database.close();
    const file = join(folder, 'slipway.db');
    const bytes = readFileSync(file);
    const page_bytes = bytes.readUInt16BE(16);
    const start = ((found.rows[0]?.rootpage ?? 0) - 1) * page_bytes;
    writeFileSync(file, bytes.fill(0xff, start, start + page_bytes));
    const again = await openDatabase({ folder, migrations: [notes], clock: systemClock });
    const outcomes = await Promise.allSettled([
      add(again, 2),
      again.write((tx) => sql`insert into sound values (1)`.execute(tx)),
      add(again, 3),
    ]);
    assert.deepEqual(
      outcomes.map((outcome) => outcome.status === 'rejected' && (outcome.reason as SlipwayError).code),
      ['storage_failed', 'storage_failed', 'storage_failed'],
    );
    assert.equal(again.failed?.code, 'storage_failed');
    await again.close();
  });
});

test('a thread that died is told, so that the server does not pass for ready', async () => {
  const threads: Worker[] = [];
  const watch = (thread: Worker): void => void threads.push(thread);
  process.on('worker', watch);
  try {
    for (const index of [0, 1]) {
      threads.length = 0;
      await withDatabase(async (database) => {
        const state = (): string => database.failed?.code ?? 'well';
        assert.equal(state(), 'well');
        await threads[index]?.terminate();
        assert.equal(state(), 'storage_failed');
      });
    }
  } finally {
    process.off('worker', watch);
  }
});

test('a statement after its write is over is refused', async () => {
  await withDatabase(async (database) => {
    const leaked = await database.write(async (tx) => tx);
    await assert.rejects(leaked.selectFrom('notes').selectAll().execute(), /after its write was over/);
  });
});

test('a newer schema refuses to start and names the step', async () => {
  await withDatabase(async (database, folder) => {
    await database.close();
    await assert.rejects(
      openDatabase({ folder, migrations: [], clock: systemClock }),
      (error: unknown) => error instanceof SlipwayError && error.code === 'schema_too_new' && error.message.includes('0001-notes'),
    );
  });
});

test('a migration of existing data is preceded by a copy, and a broken one leaves everything as it was', async () => {
  await withDatabase(async (database, folder) => {
    await add(database, 7);
    await database.close();
    const broken: Migration = {
      name: '0002-broken',
      up: async (tx) => {
        await sql`create table half_made (id integer)`.execute(tx);
        await sql`this is no sql`.execute(tx);
      },
    };
    await assert.rejects(openDatabase({ folder, migrations: [notes, broken], clock: systemClock }));
    const again = await openDatabase({ folder, migrations: [notes], clock: systemClock });
    const tables = await sql<{ name: string }>`select name from sqlite_schema where name = 'half_made'`.execute(again.read);
    assert.deepEqual(tables.rows, []);
    assert.equal((await again.read.selectFrom('notes').selectAll().execute()).length, 1);
    await again.close();
    assert.ok(readdirSync(folder).some((name) => name.startsWith('before-0002-broken')));
  });
});

test('the database file is for its owner only', async () => {
  await withDatabase(async (_, folder) => {
    assert.equal(statSync(join(folder, 'slipway.db')).mode & 0o077, 0);
  });
});

test('a second server on one data folder is refused with the pid of the first, and let in once the first was killed', async () => {
  const folder = newFolder();
  const holder = fork(new URL('./folder-lock-holder.fixture.ts', import.meta.url), [folder], { stdio: 'ignore' });
  await new Promise((resolve) => holder.once('message', resolve));
  assert.throws(
    () => lockFolder(folder),
    (error: unknown) => error instanceof SlipwayError && error.code === 'data_folder_in_use' && error.message.includes(String(holder.pid)),
  );
  holder.kill('SIGKILL');
  await new Promise((resolve) => holder.once('exit', resolve));
  lockFolder(folder).release();
});

test('a lock that cannot be taken for another reason than a second server is not told as one', () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'server.lock'), 'this is no lock of ours, and long enough to be looked at'.repeat(20));
  assert.throws(() => lockFolder(folder), /file is not a database/);
});
