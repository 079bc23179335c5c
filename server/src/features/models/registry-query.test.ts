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
import type { Comparison, TaggedTest } from '../../platform/database/index.ts';
import { migrations } from '../../platform/database/migrations/index.ts';
import { openTestDatabase } from '../../platform/database/test-database.fixture.ts';
import { createDefinitions } from '../../platform/definitions/index.ts';
import { createEvents } from '../../platform/events/index.ts';
import { createLog } from '../../platform/log/index.ts';
import { createModels, type ModelSearch, type Models } from './index.ts';

const project: Project = { id: 'prj_1', name: 'default', zone: 'UTC', clock: 'wall' };
const other: Project = { ...project, id: 'prj_2', name: 'other' };
const caller = systemCaller('test');
const everything: ModelSearch = { tests: [], order: [], prompts: false, limit: 100 };
type Columns = 'name' | 'created_at_ms' | 'updated_at_ms';

const tag = (key: string, comparison: Comparison, value: string): TaggedTest<Columns> => ({
  field: { kind: 'tag', key },
  comparison,
  value,
});

async function withModels(work: (models: Models) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-registry-'));
  const clock = systemClock;
  const database = await openTestDatabase({ folder, migrations, clock });
  const blobs = await openBlobs({ folder: join(folder, 'blobs'), clock, log: createLog({ level: 'silent' }) });
  const events = createEvents({ database, clock });
  try {
    await work(createModels({ database, events, blobs, clock, definitions: createDefinitions({ database, events, clock }) }));
  } finally {
    await database.close();
    await blobs.close();
    rmSync(folder, { recursive: true });
  }
}

const namesOf = async ({ registry }: Models, search: Partial<ModelSearch>): Promise<string[]> =>
  (await registry.searchModels(caller, project, { ...everything, ...search })).items.map(({ name }) => name);

function make({ registry }: Models, name: string, tags: Readonly<Record<string, string>> = {}, where = project) {
  const pairs = Object.entries(tags).map(([key, value]) => ({ key, value }));
  const kind = 'prompt' in tags ? ('prompt' as const) : ('model' as const);
  return registry.createModel(caller, where, { name, kind, description: `about ${name}`, tags: pairs });
}

test('models are found by what a tag is, and one without the tag never is', async () => {
  await withModels(async (models) => {
    const long = 'x'.repeat(100);
    await make(models, 'a', { team: 'Blue' });
    await make(models, 'b', { team: 'blue' });
    await make(models, 'c', { team: '50%_*?[x]', stage: 'late' });
    await make(models, 'd');
    await make(models, 'e', { team: `${long}1` });
    await make(models, 'f', { team: `${long}2` });
    await make(models, 'g', { team: 'blue' }, other);
    for (const [comparison, value, expected] of [
      ['=', 'blue', 'b'],
      ['!=', 'blue', 'acef'],
      ['like', 'b%', 'b'],
      ['ilike', 'B%', 'ab'],
      ['like', '%e', 'ab'],
      ['like', '_lue', 'ab'],
      ['like', '50%[x]', 'c'],
      ['like', '50%*?[x]', 'c'],
      ['like', 'b?ue', ''],
      ['like', 'b*', ''],
      ['=', `${long}2`, 'f'],
      ['=', long, ''],
    ] as const) {
      const found = await namesOf(models, { tests: [tag('team', comparison, value)] });
      assert.equal(found.join(''), expected, `team ${comparison} ${value}`);
    }
    assert.deepEqual(await namesOf(models, { tests: [tag('team', 'like', '%'), tag('stage', '=', 'late')] }), ['c']);
    const missing = { ...tag('stage', '=', 'late'), orMissing: true };
    assert.equal((await namesOf(models, { tests: [missing] })).join(''), 'abcdef');
  });
});

test('pages of models follow each other without a gap, in any order, and a cursor is good for its own search only', async () => {
  await withModels(async (models) => {
    const names = ['m3', 'm1', 'm5', 'm2', 'm4'];
    for (const [at, name] of names.entries()) await make(models, name, at % 2 === 0 ? { rank: String(at) } : {});
    await make(models, 'greeting', { prompt: 'yes' });
    const all = async (search: Partial<ModelSearch>): Promise<string> => {
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const page = { ...everything, ...search, limit: 2, ...(cursor === null ? {} : { cursor }) };
        const { items, next } = await models.registry.searchModels(caller, project, page);
        seen.push(...items.map(({ name }) => name));
        cursor = next;
      } while (cursor !== null);
      return seen.join(' ');
    };
    assert.equal(await all({}), 'm1 m2 m3 m4 m5');
    assert.equal(await all({ prompts: true }), 'greeting m1 m2 m3 m4 m5');
    assert.equal(await all({ order: [{ field: { kind: 'own', column: 'name' }, descending: true }] }), 'm5 m4 m3 m2 m1');
    assert.equal(await all({ order: [{ field: { kind: 'tag', key: 'rank' }, descending: true }] }), 'm4 m5 m3 m1 m2');
    const { next } = await models.registry.searchModels(caller, project, { ...everything, limit: 2 });
    const elsewhere = models.registry.searchModels(caller, project, { ...everything, prompts: true, limit: 2, cursor: next ?? '' });
    await assert.rejects(elsewhere, (error) => error instanceof SlipwayError && error.code === 'invalid_input');
  });
});

test('a model that was deleted is in no search, and one of the project file is in it without a client having touched it', async () => {
  await withModels(async (models) => {
    await make(models, 'old');
    await models.registry.deleteModel(caller, project, 'old');
    await models.define(caller, project, 'planned', { description: 'of the file' }, 'file');
    const { items } = await models.registry.searchModels(caller, project, everything);
    assert.deepEqual(
      items.map(({ name, description }) => [name, description]),
      [['planned', 'of the file']],
    );
    assert.ok((items[0]?.created_at_ms ?? 0) > 0);
  });
});

test('versions are searched by model, run, source and tags, the last changed first', async () => {
  await withModels(async (models) => {
    const { registry } = models;
    for (const model of ['a', 'b']) {
      await make(models, model);
      for (let at = 1; at <= 3; at++) {
        await registry.register(caller, project, {
          model,
          files: [],
          onnx: null,
          signature: { task: 'unknown', classes: [], target: null, inputs: [] },
          flavor: 'outside',
          run_id: at === 3 ? null : `run${at}`,
          dataset_versions: [],
          facts: {
            source: `s3://b/${model}/${at}`,
            outside: `s3://b/${at}`,
            logged_model: null,
            run_link: null,
            description: null,
            flavors: [],
          },
          tags: at === 2 ? [{ key: 'k', value: 'v' }] : [],
        });
      }
    }
    await registry.describeVersion(caller, project, 'a', 1, 'changed now');
    const found = async (tests: Parameters<typeof registry.searchVersions>[2]['tests'], order: typeof byName = []) =>
      (await registry.searchVersions(caller, project, { tests, order, prompts: false, limit: 100 })).items
        .map((one) => `${one.model}${one.number}`)
        .join(' ');
    const byName = [{ field: { kind: 'own', column: 'model' } as const, descending: true }];
    assert.equal((await found([])).split(' ')[0], 'a1');
    assert.equal(await found([], byName).then((text) => text.slice(0, 2)), 'b3');
    const own = (column: 'model' | 'number' | 'run_id' | 'source', comparison: Comparison, value: string | number) =>
      ({ field: { kind: 'own', column }, comparison, value }) as const;
    assert.equal(await found([own('model', '=', 'b'), own('number', '>', 1)], byName), 'b3 b2');
    assert.equal(await found([own('run_id', '!=', 'run1')], byName), 'b2 a2');
    assert.equal(await found([own('source', 'like', 's3://_/a/3')]), 'a3');
    assert.equal(await found([{ field: { kind: 'tag', key: 'k' }, comparison: '=', value: 'v' }], byName), 'b2 a2');
    const [dressed] = (
      await registry.searchVersions(caller, project, { tests: [own('source', 'like', '%/a/2')], order: [], prompts: false, limit: 1 })
    ).items;
    assert.deepEqual(dressed?.tags, [{ key: 'k', value: 'v' }]);
  });
});
