import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemCaller } from '../../kernel/caller.ts';
import { systemClock } from '../../kernel/clock.ts';
import { SlipwayError } from '../../kernel/error.ts';
import type { Project } from '../../kernel/project.ts';
import { openBlobs } from '../../platform/blobs/index.ts';
import type { Database } from '../../platform/database/index.ts';
import { migrations } from '../../platform/database/migrations/index.ts';
import { openTestDatabase } from '../../platform/database/test-database.fixture.ts';
import { createDefinitions } from '../../platform/definitions/index.ts';
import { createEvents, type Events } from '../../platform/events/index.ts';
import { createLog } from '../../platform/log/index.ts';
import { createModels, type Models, type NewVersion } from './index.ts';

const project: Project = { id: 'prj_1', name: 'default', zone: 'UTC', clock: 'wall' };
const caller = systemCaller('test');
const refused = (code: string) => (error: unknown) => error instanceof SlipwayError && error.code === code;

async function withModels(
  work: (given: { models: Models; database: Database; events: Events; version: NewVersion }) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-models-'));
  const clock = systemClock;
  const database = await openTestDatabase({ folder, migrations, clock });
  const blobs = await openBlobs({ folder: join(folder, 'blobs'), clock, log: createLog({ level: 'silent' }) });
  const events = createEvents({ database, clock });
  const models = createModels({ database, events, blobs, clock, definitions: createDefinitions({ database, events, clock }) });
  const stored = await blobs.put(Buffer.from('model bytes'), { limit_bytes: 1000 });
  try {
    await work({ models, database, events, version: versionOf(stored) });
  } finally {
    await database.close();
    await blobs.close();
    rmSync(folder, { recursive: true });
  }
}

function versionOf(stored: { digest: string; bytes: number }): NewVersion {
  return {
    model: 'delay',
    flavor: 'onnx',
    files: [{ path: 'model.onnx', ...stored }],
    signature: { task: 'binary', classes: ['0', '1'], target: 'late', inputs: [] },
    profile_digest: null,
    importance: {},
    run_id: null,
    execution_id: null,
    dataset_versions: [],
    outputs: {},
    code: null,
  };
}

test('a model is listed with all its versions, however many its project has', async () => {
  await withModels(async ({ models, version }) => {
    await Promise.all(Array.from({ length: 1001 }, () => models.register(caller, project, version)));
    await models.register(caller, project, { ...version, model: 'wear' });
    const listed = await models.list(caller, project);
    assert.deepEqual(
      listed.map(({ name, versions, latest }) => [name, versions, latest]),
      [
        ['delay', 1001, 1001],
        ['wear', 1, 1],
      ],
    );
  });
});

test('versions are counted per model, and equal content has an equal digest', async () => {
  await withModels(async ({ models, version }) => {
    const first = await models.register(caller, project, version);
    const second = await models.register(caller, project, version);
    assert.deepEqual([first.number, second.number], [1, 2]);
    assert.equal(first.digest, second.digest);
    const other = await models.register(caller, project, { ...version, signature: { ...version.signature, target: 'later' } });
    assert.notEqual(other.digest, first.digest);
  });
});

test('a version whose file was never stored is refused', async () => {
  await withModels(async ({ models, version }) => {
    const files = [{ path: 'model.onnx', digest: 'a'.repeat(64), bytes: 3 }];
    await assert.rejects(models.register(caller, project, { ...version, files }), refused('not_found'));
    assert.deepEqual(await models.list(caller, project), []);
  });
});

test('an alias moves freely until a deployment protects it, then only with a permit', async () => {
  await withModels(async ({ models, database, version }) => {
    await models.register(caller, project, version);
    await models.register(caller, project, version);
    await models.setAlias(caller, project, { model: 'delay', alias: 'champion', version: 1 });
    await database.write((tx) => models.protectIn(tx, project, 'delay', 'champion', 'delay'));
    const byHand = models.setAlias(caller, project, { model: 'delay', alias: 'champion', version: 2 });
    await assert.rejects(
      byHand,
      (error: unknown) => refused('alias_protected')(error) && String((error as SlipwayError).todo).includes('slipway deploy'),
    );
    await assert.rejects(
      models.setAlias(caller, project, { model: 'delay', alias: 'champion', version: null }),
      refused('alias_protected'),
    );
    const permit = { verdict_event: 1, approval_events: [] };
    await database.write((tx) =>
      models.setAliasIn(tx, caller, project, { model: 'delay', alias: 'champion', version: 2, expected: 1, permit }),
    );
    assert.equal((await models.aliases(project, 'delay')).get('champion'), 2);
  });
});

test('no alias is put by hand on a version that is retired', async () => {
  await withModels(async ({ models, version }) => {
    await models.register(caller, project, version);
    await models.retireVersion(caller, project, 'delay', 1);
    await assert.rejects(models.setAlias(caller, project, { model: 'delay', alias: 'best', version: 1 }), refused('version_retired'));
    assert.equal((await models.aliases(project, 'delay')).size, 0);
  });
});

test('of two moves that expect the same version only one succeeds', async () => {
  await withModels(async ({ models, version }) => {
    for (let n = 0; n < 3; n++) await models.register(caller, project, version);
    await models.setAlias(caller, project, { model: 'delay', alias: 'best', version: 1 });
    const moves = await Promise.allSettled(
      [2, 3].map((to) => models.setAlias(caller, project, { model: 'delay', alias: 'best', version: to, expected: 1 })),
    );
    assert.deepEqual(moves.map((move) => move.status).sort(), ['fulfilled', 'rejected']);
  });
});

test('a move keeps its reason and where the alias was before', async () => {
  await withModels(async ({ models, events, version }) => {
    for (let n = 0; n < 2; n++) await models.register(caller, project, version);
    await models.setAlias(caller, project, { model: 'delay', alias: 'best', version: 1 });
    await models.setAlias(caller, project, { model: 'delay', alias: 'best', version: 2, reason: 'steadier in winter' });
    const [move] = await events.list({ project_id: project.id, type: 'alias.moved', order: 'newest', limit: 1 });
    assert.deepEqual(move?.before, { alias: 'best', version: 1 });
    assert.deepEqual(move?.after, { alias: 'best', version: 2, reason: 'steadier in winter' });
  });
});

test('aliases that look like versions or paths are refused', async () => {
  await withModels(async ({ models, version }) => {
    await models.register(caller, project, version);
    for (const alias of ['latest', 'LATEST', 'v1', 'V22', '', 'a b', '../x', 'a/b']) {
      await assert.rejects(models.setAlias(caller, project, { model: 'delay', alias, version: 1 }), refused('invalid_input'), alias);
    }
  });
});

test('a version that somebody holds cannot be retired, and the refusal names who', async () => {
  await withModels(async ({ models, database, events, version }) => {
    const { id } = await models.register(caller, project, version);
    await database.write((tx) => models.holdIn(tx, id, { holder: 'deployment delay', reason: 'serves 100%' }));
    const retiring = models.retireVersion(caller, project, 'delay', 1);
    await assert.rejects(
      retiring,
      (error: unknown) => refused('version_in_use')(error) && (error as Error).message.includes('deployment delay'),
    );
    await database.write((tx) => models.releaseHoldIn(tx, id, 'deployment delay'));
    assert.notEqual((await models.retireVersion(caller, project, 'delay', 1)).retired_at_ms, null);
    const types = (await events.list({ project_id: project.id, limit: 10 })).map((event) => event.type);
    assert.deepEqual(types, ['model.defined', 'model-version.registered', 'model-version.retired']);
  });
});
