import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'kysely';
import { SlipwayError } from '../../../kernel/error.ts';
import type { Database } from '../index.ts';
import { add, idsOf, ownServer, startProxy } from './server.fixture.ts';
import { writeLock } from './writer.ts';

const own = ownServer();
const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
  const end = performance.now() + 15_000;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error('waited for too long');
    await wait(50);
  }
};

/** Writes one after the other until `stop`; what was acknowledged, and with which codes others were refused. */
function writeSteadily(database: Database) {
  const acknowledged: number[] = [];
  const refused = new Map<number, string>();
  let isOver = false;
  const lanes = Array.from({ length: 8 }, async (_, lane) => {
    for (let id = lane; !isOver; id += 8) {
      await add(database, id).then(
        () => acknowledged.push(id),
        async (error: unknown) => {
          refused.set(id, error instanceof SlipwayError ? error.code : String(error));
          await wait(20);
        },
      );
    }
  });
  return {
    acknowledged,
    refused,
    async stop() {
      isOver = true;
      await Promise.all(lanes);
    },
  };
}

for (const [what, end] of [
  ['stopped', () => own.server.stop()],
  ['killed', () => own.server.kill()],
] as const) {
  test(`while the database server is ${what} writes are refused as not now, and go on by themselves after it`, {
    timeout: 60_000,
  }, async () => {
    const database = await own.open(await own.newDatabase());
    try {
      const writes = writeSteadily(database);
      await until(() => writes.acknowledged.length > 100);
      await end();
      await until(() => database.failed?.code === 'database_unreachable');
      await assert.rejects(idsOf(database), { code: 'database_unreachable' });
      const before = writes.acknowledged.length;
      await own.server.start();
      await until(() => writes.acknowledged.length > before + 100 && database.failed === null);
      await writes.stop();
      const there = new Set(await idsOf(database));
      assert.deepEqual(
        writes.acknowledged.filter((id) => !there.has(id)),
        [],
        'nothing acknowledged is lost',
      );
      const notKept = [...writes.refused].filter(([, code]) => code === 'database_unreachable');
      assert.equal(writes.refused.size, notKept.length, 'the outage was short: how each commit ended is known');
      assert.deepEqual(
        notKept.filter(([id]) => there.has(id)),
        [],
        'nothing that was told as refused was kept',
      );
    } finally {
      await database.close();
    }
  });
}

test('a connection that is lost after the COMMIT was sent: the server is asked, and the write is told as kept', async () => {
  const url = await own.newDatabase();
  let armed = false;
  const proxy = await startProxy(new URL(url), (sent) => {
    if (!armed || !sent.includes('COMMIT\0')) return false;
    armed = false;
    return true;
  });
  const through = new URL(url);
  through.port = String(proxy.port);
  const database = await own.open(through.href);
  try {
    await add(database, 1);
    armed = true;
    await add(database, 2);
    assert.ok(!armed, 'the connection was cut');
    await add(database, 3);
    assert.deepEqual(await idsOf(database), [1, 2, 3]);
  } finally {
    await database.close();
    proxy.close();
  }
});

test('a connection that is lost before the COMMIT: the write is told as not kept, and the next one is', async () => {
  const url = await own.newDatabase();
  const database = await own.open(url);
  try {
    await assert.rejects(
      database.write(async (tx) => {
        await tx.insertInto('pg_notes').values({ id: 1, text: 'lost', weight: null }).execute();
        await own.rows(url, "select pg_terminate_backend(pid) from pg_stat_activity where state like 'idle in transaction%'");
        await tx.insertInto('pg_notes').values({ id: 2, text: 'lost', weight: null }).execute();
      }),
      { code: 'database_unreachable' },
    );
    await add(database, 3);
    assert.deepEqual(await idsOf(database), [3]);
  } finally {
    await database.close();
  }
});

test('a connection that is lost during the COMMIT, which then fails: the write is told as not kept', async () => {
  const url = await own.newDatabase();
  const database = await own.open(url);
  try {
    await own.rows(
      url,
      `create function slow() returns trigger language plpgsql as 'begin perform pg_sleep(2); return null; end';
       create constraint trigger slow after insert on pg_notes deferrable initially deferred for each row execute function slow()`,
    );
    const refused = assert.rejects(add(database, 1), { code: 'database_unreachable' });
    await until(async () => {
      const found = await own.rows(
        url,
        "select pg_terminate_backend(pid) from pg_stat_activity where query = 'COMMIT' and state = 'active'",
      );
      return found.length > 0;
    });
    await refused;
    assert.deepEqual(await idsOf(database), []);
  } finally {
    await database.close();
  }
});

test('a write waits for the lock of another process; one that waits for ten seconds is told as busy, and is not kept', {
  timeout: 60_000,
}, async () => {
  const url = await own.newDatabase();
  const [database, other] = [await own.open(url), await own.open(url)];
  try {
    const short = other.write(async (tx) => {
      await tx.insertInto('pg_notes').values({ id: 1, text: 'slow', weight: null }).execute();
      await wait(2_000);
    });
    await Promise.all([short, add(database, 2)]);
    await own.holding(url, `pg_advisory_lock(${writeLock})`, async () => {
      await assert.rejects(add(database, 3), { code: 'busy' });
    });
    await add(database, 4);
    assert.deepEqual(await idsOf(database), [1, 2, 4]);
  } finally {
    await Promise.all([database.close(), other.close()]);
  }
});

test('a connection that is lost during the COMMIT, and a server that cannot be asked how it ended: nobody is told that it was kept or not', {
  timeout: 60_000,
}, async () => {
  const url = await own.newDatabase();
  let armed = false;
  const proxy = await startProxy(new URL(url), (sent) => {
    if (!armed || !sent.includes('COMMIT\0')) return false;
    // What it sent arrives; nobody gets through to ask any more.
    proxy.refuse();
    return true;
  });
  const through = new URL(url);
  through.port = String(proxy.port);
  const database = await own.open(through.href);
  try {
    await add(database, 1);
    armed = true;
    await assert.rejects(add(database, 2), { code: 'outcome_unknown' });
    assert.deepEqual(await own.rows(url, 'select id::int from pg_notes order by id'), [{ id: 1 }, { id: 2 }]);
  } finally {
    proxy.close();
    await database.close();
  }
});

test('a server that crashes forgets the id of a transaction and gives it to another one: that is not taken for ours', {
  timeout: 90_000,
}, async () => {
  const url = await own.newDatabase();
  let armed = false;
  const crash: { ended: Promise<void> | null } = { ended: null };
  const proxy = await startProxy(new URL(url), (sent) => {
    if (!armed || !sent.includes('COMMIT\0')) return false;
    armed = false;
    proxy.refuse();
    crash.ended = own.server.kill();
    return 'swallowed';
  });
  const through = new URL(url);
  through.port = String(proxy.port);
  const database = await own.open(through.href);
  const nextId = async (): Promise<bigint> =>
    BigInt(((await own.rows(url, 'select pg_current_xact_id()::text as id'))[0] as { id: string }).id);
  try {
    // The id is forgotten unless the server has written some of the transaction down by itself, which it does five times a second.
    for (let round = 0, wasReused = false; !wasReused; round++) {
      assert.ok(round < 10, 'no id was given out twice');
      let ours = 0n;
      armed = true;
      const refused = assert.rejects(
        database.write(async (tx) => {
          await tx.insertInto('pg_notes').values({ id: round, text: 'lost', weight: null }).execute();
          const { rows } = await sql<{ id: string }>`select pg_current_xact_id()::text as id`.execute(tx);
          ours = BigInt(rows[0]?.id ?? 0);
        }),
        { code: 'database_unreachable' },
      );
      await until(() => crash.ended !== null);
      await crash.ended;
      crash.ended = null;
      await own.server.start();
      const first = await nextId();
      for (let id = first; id <= ours; ) id = await nextId();
      wasReused = first <= ours;
      proxy.admit();
      await refused;
    }
    assert.deepEqual(await idsOf(database), []);
  } finally {
    proxy.close();
    await database.close();
  }
});

test('a standby is no place to write: a start and each write say so, reads go on, and so do writes once it is promoted', {
  timeout: 60_000,
}, async () => {
  const url = await own.newDatabase();
  const database = await own.open(url);
  try {
    await add(database, 1);
    await own.server.stop();
    await own.server.startStandby();
    const standby = { code: 'database_unreachable', message: /it is a standby, which only reads/ };
    await assert.rejects(add(database, 2), standby);
    await assert.rejects(own.open(url), standby);
    assert.deepEqual(await idsOf(database), [1]);
    await own.administer('select pg_promote()');
    await add(database, 3);
    assert.deepEqual(await idsOf(database), [1, 3]);
  } finally {
    await database.close();
  }
});
