import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { SlipwayError } from '../../../kernel/error.ts';
import { afterCommit, isUniqueViolation } from '../index.ts';
import { add, idsOf, notes, ownServer } from './server.fixture.ts';

const own = ownServer();

test('of writes that share a commit only the one that fails is undone, and the others are told after the commit', async () => {
  const database = await own.open(await own.newDatabase());
  try {
    const told: string[] = [];
    const outcomes = await Promise.allSettled([
      add(database, 1),
      database.write(async (tx) => {
        await tx.insertInto('pg_notes').values({ id: 2, text: 'half', weight: null }).execute();
        throw new Error('changed its mind');
      }),
      add(database, 1, 'twin'),
      database.write(async (tx) => {
        await tx.insertInto('pg_notes').values({ id: 3, text: 'told', weight: null }).execute();
        afterCommit(tx, () => told.push('kept'));
      }),
    ]);
    assert.deepEqual(
      outcomes.map((outcome) => outcome.status),
      ['fulfilled', 'rejected', 'rejected', 'fulfilled'],
    );
    assert.ok(isUniqueViolation((outcomes[2] as PromiseRejectedResult).reason));
    assert.deepEqual(told, ['kept']);
    assert.deepEqual(await idsOf(database), [1, 3]);
  } finally {
    await database.close();
  }
});

test('a write that goes on after one of its statements failed is refused whole, and those that share its commit are kept', async () => {
  const database = await own.open(await own.newDatabase());
  try {
    await add(database, 1);
    // Many times: the refusal and the state of the transaction come in two messages, together or not.
    for (let round = 0; round < 200; round++) {
      const refused = database.write(async (tx) => {
        await tx.insertInto('pg_notes').values({ id: 2, text: 'first', weight: null }).execute();
        await tx
          .insertInto('pg_notes')
          .values({ id: 1, text: 'twin', weight: null })
          .execute()
          .catch(() => undefined);
      });
      await Promise.all([assert.rejects(refused, /its error was caught/), add(database, 3 + round)]);
    }
    assert.deepEqual(await idsOf(database), [1, ...Array.from({ length: 200 }, (_, round) => 3 + round)]);
  } finally {
    await database.close();
  }
});

test('what a write sends without waiting is kept in its order, and refused it fails that write alone, as what it is', async () => {
  const database = await own.open(await own.newDatabase());
  const insert = 'insert into pg_notes (id, text, weight) values (?, ?, ?)';
  try {
    const outcomes = await Promise.allSettled([
      database.write(async (tx) => {
        database.send(tx, insert, [1, 'a', null, 2, 'b', 0.5], 3);
        await tx.updateTable('pg_notes').set({ text: 'c' }).where('id', '=', 2).execute();
        database.send(tx, 'update pg_notes set weight = ? where text = ?', [5, 'c'], 2);
        database.send(tx, insert, Float64Array.of(3, 4, 5), 3);
      }),
      database.write(async (tx) => {
        database.send(tx, insert, [4, 'taken back', null], 3);
        database.send(tx, insert, [1, 'twin', null], 3);
      }),
      add(database, 5),
    ]);
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    assert.ok(isUniqueViolation((outcomes[1] as PromiseRejectedResult).reason));
    assert.deepEqual(await database.read.selectFrom('pg_notes').select(['id', 'text', 'weight']).orderBy('id').execute(), [
      { id: 1, text: 'a', weight: null },
      { id: 2, text: 'c', weight: 5 },
      { id: 3, text: '4', weight: 5 },
      { id: 5, text: 'note 5', weight: 2.5 },
    ]);
  } finally {
    await database.close();
  }
});

test('rows look as those of SQLite do: whole numbers of 64 bits, doubles, texts by their bytes, 1 and 0 for true and false', async () => {
  const database = await own.open(await own.newDatabase());
  try {
    const third = 1 / 3;
    await database.write((tx) =>
      tx
        .insertInto('pg_notes')
        .values([
          { id: 2 ** 40, text: 'b', weight: third },
          { id: 2, text: 'B', weight: null },
          { id: 3, text: 'ä', weight: Number.POSITIVE_INFINITY },
        ])
        .execute(),
    );
    const rows = await database.read.selectFrom('pg_notes').selectAll().orderBy('text').execute();
    assert.deepEqual(rows, [
      { id: 2, text: 'B', weight: null },
      { id: 2 ** 40, text: 'b', weight: third },
      { id: 3, text: 'ä', weight: Number.POSITIVE_INFINITY },
    ]);
    const facts = await sql`select count(*) as n, sum(id) as total, count(*) > 2 as many from pg_notes`.execute(database.read);
    assert.deepEqual(facts.rows, [{ n: 3, total: 2 ** 40 + 5, many: 1 }]);
  } finally {
    await database.close();
  }
});

test('what cannot be kept exactly is refused: a NUL in a text, a whole number beyond 2^53', async () => {
  const database = await own.open(await own.newDatabase());
  try {
    await assert.rejects(add(database, 1, 'a\0b'), { code: 'invalid_input' });
    const rows = [2, 'a\0b', null];
    await assert.rejects(
      database.write((tx) => database.many(tx, 'insert into pg_notes (id, text, weight) values (?, ?, ?)', rows, 3)),
      { code: 'invalid_input' },
    );
    await assert.rejects(sql`select 9007199254740993 as big`.execute(database.read), /not exact/);
    assert.deepEqual(await idsOf(database), []);
  } finally {
    await database.close();
  }
});

test('many rows go in one statement, and of two with one key the later stays', async () => {
  const database = await own.open(await own.newDatabase());
  try {
    const upsert = 'insert into pg_notes (id, text, weight) values (?, ?, ?) on conflict (id) do update set text = excluded.text';
    const values = [1, 'a "quoted" \\ {one}', null, 2, 'two', 0.5, 1, 'later', 2, 3, '', Number.NEGATIVE_INFINITY];
    assert.equal(await database.write((tx) => database.many(tx, upsert, values, 3)), 4);
    await database.write((tx) => database.many(tx, upsert, [4, 'a "quoted" \\ {one}, NULL', null], 3));
    assert.deepEqual(await database.read.selectFrom('pg_notes').selectAll().orderBy('id').execute(), [
      { id: 1, text: 'later', weight: null },
      { id: 2, text: 'two', weight: 0.5 },
      { id: 3, text: '', weight: Number.NEGATIVE_INFINITY },
      { id: 4, text: 'a "quoted" \\ {one}, NULL', weight: null },
    ]);
  } finally {
    await database.close();
  }
});

test('a reader cannot write', async () => {
  const database = await own.open(await own.newDatabase());
  try {
    await assert.rejects(database.read.insertInto('pg_notes').values({ id: 1, text: 'no', weight: null }).execute());
    assert.deepEqual(await idsOf(database), []);
  } finally {
    await database.close();
  }
});

test('two processes that start on an empty database bring the schema up once; an unknown step refuses', async () => {
  const url = await own.newDatabase();
  const both = await Promise.all([own.open(url), own.open(url)]);
  for (const database of both) await database.close();
  await assert.rejects(own.open(url, []), (error: unknown) => error instanceof SlipwayError && error.code === 'schema_too_new');
  const broken = { name: '0002-broken', up: async (tx: Parameters<typeof notes.up>[0]) => void (await sql`this is no sql`.execute(tx)) };
  await assert.rejects(own.open(url, [notes, broken]));
  const again = await own.open(url);
  await add(again, 1);
  await again.close();
});

const refusals: readonly (readonly [what: string, code: string, url: () => Promise<string>])[] = [
  ['another kind of address', 'database_address_not_valid', async () => 'mysql://u:se-cret@127.0.0.1/x'],
  ['no database named', 'database_address_not_valid', async () => own.urlOf('', (url) => (url.password = 'se-cret'))],
  ['a wrong password', 'database_signs_out', async () => own.urlOf('postgres', (url) => (url.password = 'se-cret'))],
  ['a database that is not there', 'database_signs_out', async () => own.urlOf('nowhere')],
  ['a port where nobody answers', 'database_unreachable', async () => own.urlOf('postgres', (url) => (url.port = '1'))],
  ['another encoding', 'database_wrong_encoding', async () => own.newDatabase("encoding 'SQL_ASCII' locale 'C'")],
  [
    'commits that are not durable',
    'database_not_durable',
    async () => {
      const url = await own.newDatabase();
      await own.administer(`alter database ${new URL(url).pathname.slice(1)} set synchronous_commit = off`);
      return url;
    },
  ],
  [
    'a user without rights',
    'database_no_rights',
    async () => {
      const url = await own.newDatabase();
      await own.administer("create role guest login password 'se-cret'");
      return own.urlOf(new URL(url).pathname.slice(1), (at) => {
        at.username = 'guest';
        at.password = 'se-cret';
      });
    },
  ],
];

for (const [what, code, url] of refusals) {
  test(`a start is refused with what to do, and without the password: ${what}`, async () => {
    const address = await url();
    await assert.rejects(own.open(address), (error: unknown) => {
      assert.ok(error instanceof SlipwayError, String(error));
      assert.equal(error.code, code, error.message);
      const password = new URL(address).password;
      const told = `${error.message} ${error.todo} ${error.stack} ${JSON.stringify(error)}`;
      assert.ok(!told.includes('se-cret') && (password === 'slipway' || !told.includes(password)));
      return true;
    });
  });
}

test('closing it twice is closing it: a stop ends the rooms and what they were given', async () => {
  const database = await own.open(await own.newDatabase());
  await Promise.all([database.close(), database.close()]);
  await database.close();
});
