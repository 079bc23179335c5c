import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemCaller } from '../../kernel/caller.ts';
import { systemClock } from '../../kernel/clock.ts';
import { SlipwayError } from '../../kernel/error.ts';
import type { Project } from '../../kernel/project.ts';
import type { Database } from '../database/index.ts';
import { migrations } from '../database/migrations/index.ts';
import { openTestDatabase } from '../database/test-database.fixture.ts';
import { createEvents, type Events } from '../events/index.ts';
import { createDefinitions, type DefinitionsOf } from './index.ts';

const project: Project = { id: 'prj_1', name: 'p', zone: 'UTC', clock: 'wall' };
const caller = systemCaller('test');

async function withGates(
  work: (gates: DefinitionsOf<{ min: number }>, database: Database, events: Events) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-definitions-'));
  const database = await openTestDatabase({ folder, migrations, clock: systemClock });
  const events = createEvents({ database, clock: systemClock });
  try {
    await work(createDefinitions({ database, events, clock: systemClock }).of('gate'), database, events);
  } finally {
    await database.close();
    rmSync(folder, { recursive: true });
  }
}

test('the same definition twice is one change, another one counts the revision up', async () => {
  await withGates(async (gates, database, events) => {
    const put = (min: number) => database.write((tx) => gates.putIn(tx, caller, project, 'release', { min }, 'file'));
    assert.deepEqual(
      [await put(1), await put(1), await put(2)],
      [
        { changed: true, revision: 1, event: 1 },
        { changed: false, revision: 1, event: 1 },
        { changed: true, revision: 2, event: 2 },
      ],
    );
    assert.deepEqual(
      (await events.list({ project_id: project.id, limit: 10 })).map((event) => event.type),
      ['gate.defined', 'gate.changed'],
    );
  });
});

test('a retired definition is not found to act on, is still listed, and comes back when it is defined again', async () => {
  await withGates(async (gates, database) => {
    await database.write((tx) => gates.putIn(tx, caller, project, 'release', { min: 1 }, 'file'));
    await database.write((tx) => gates.retireIn(tx, caller, project, 'release'));
    await assert.rejects(gates.get(project, 'release'), (error: unknown) => error instanceof SlipwayError && error.code === 'not_found');
    assert.deepEqual(
      (await gates.list(project)).map((gate) => [gate.name, gate.retired]),
      [['release', true]],
    );
    await database.write((tx) => gates.putIn(tx, caller, project, 'release', { min: 1 }, 'file'));
    assert.equal((await gates.get(project, 'release')).revision, 2);
  });
});

test('names that could be paths or markup are refused', async () => {
  await withGates(async (gates, database) => {
    for (const name of ['', '../x', 'a b', '<b>', 'e\u0301', '-x', 'x'.repeat(101)]) {
      await assert.rejects(
        database.write((tx) => gates.putIn(tx, caller, project, name, { min: 1 }, 'ui')),
        SlipwayError,
        name,
      );
    }
  });
});
