import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { systemCaller } from '../../kernel/caller.ts';
import { systemClock } from '../../kernel/clock.ts';
import { digestOf } from '../../kernel/digest.ts';
import type { Database } from '../database/index.ts';
import { migrations } from '../database/migrations/index.ts';
import { openTestDatabase } from '../database/test-database.fixture.ts';
import { createEvents, type Events } from './index.ts';

async function withEvents(work: (events: Events, database: Database) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-events-'));
  const database = await openTestDatabase({ folder, migrations, clock: systemClock });
  try {
    await work(createEvents({ database, clock: systemClock }), database);
  } finally {
    await database.close();
    rmSync(folder, { recursive: true });
  }
}

const caller = systemCaller('test');

test('events are numbered without gaps in the order of their commits, and an undone change leaves none', async () => {
  await withEvents(async (events, database) => {
    const emit = (note: string) =>
      database.write((tx) => events.emit(tx, caller, { project_id: 'p', type: 'note.made', subject: 'note 1', note }));
    await Promise.all(['a', 'b', 'c'].map(emit));
    await assert.rejects(
      database.write(async (tx) => {
        await events.emit(tx, caller, { project_id: 'p', type: 'note.made', subject: 'note 1', note: 'undone' });
        throw new Error('no');
      }),
    );
    await emit('d');
    const list = await events.list({ project_id: 'p', limit: 10 });
    assert.deepEqual(
      list.map((event) => [event.number, event.note]),
      [
        [1, 'a'],
        [2, 'b'],
        [3, 'c'],
        [4, 'd'],
      ],
    );
  });
});

test('the causes of an event read as a chain, first cause first', async () => {
  await withEvents(async (events, database) => {
    const first = await database.write((tx) => events.emit(tx, caller, { project_id: 'p', type: 'drift.found', subject: 'monitor m' }));
    const second = await database.write((tx) =>
      events.emit(tx, systemCaller('job', first), { project_id: 'p', type: 'execution.started', subject: 'execution e' }),
    );
    assert.deepEqual(
      (await events.why(second)).map((event) => event.type),
      ['drift.found', 'execution.started'],
    );
  });
});

test('subscribers hear what was committed, and nothing that was undone', async () => {
  await withEvents(async (events, database) => {
    const heard: number[] = [];
    const stop = events.subscribe((event) => heard.push(event.number));
    await database.write((tx) => events.emit(tx, caller, { project_id: null, type: 'a.b', subject: 's' }));
    await database
      .write(async (tx) => {
        await events.emit(tx, caller, { project_id: null, type: 'a.b', subject: 's' });
        throw new Error('no');
      })
      .catch(() => undefined);
    for (let round = 0; heard.length === 0 && round < 200; round++) await wait(10);
    stop();
    await database.write((tx) => events.emit(tx, caller, { project_id: null, type: 'a.b', subject: 's' }));
    assert.deepEqual(heard, [1]);
  });
});

test('the digest of an event covers all that it says', async () => {
  await withEvents(async (events, database) => {
    await database.write((tx) =>
      events.emit(tx, caller, { project_id: 'p', type: 'a.b', subject: 's', before: { x: 1 }, after: { x: 2, y: undefined } }),
    );
    const stored = await events.get(1);
    assert.ok(stored);
    const { digest, ...rest } = stored;
    assert.equal(digest, digestOf(rest));
    assert.notEqual(digest, digestOf({ ...rest, after: { x: 3 } }));
  });
});
