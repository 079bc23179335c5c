import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { sql } from 'kysely';
import { onPostgres } from '../../platform/database/test-database.fixture.ts';
import type { Check } from './check.ts';
import { examine } from './doctor.ts';
import { admin, fileOf, type World, withWorld, work } from './operations.fixture.ts';

test('the doctor finds a file that is missing, and hashing deeply one that is damaged, and says what to do', async () => {
  await withWorld(async ({ app, data, run }) => {
    const contents = [randomBytes(100_000), randomBytes(100_000)];
    await run({ 'a.bin': contents[0] ?? Buffer.of(), 'b.bin': contents[1] ?? Buffer.of() });
    const digests = (await app.blobs.putMany(contents)).map((one) => one.digest);
    const look = async (deep: boolean) => {
      const done = await app.operations.run(admin, { kind: 'doctor', deep }, work);
      assert.equal(done.kind, 'doctor');
      return done.result.checks.filter((check) => !check.ok && check.check !== 'disk');
    };
    assert.deepEqual(await look(true), []);
    const damaged = fileOf(join(data, 'blobs'), digests[0] ?? '');
    const bytes = readFileSync(damaged);
    bytes[5] = (bytes[5] ?? 0) ^ 1;
    unlinkSync(damaged);
    writeFileSync(damaged, bytes);
    assert.deepEqual(await look(false), []);
    const [found] = await look(true);
    assert.match(found?.found ?? '', new RegExp(digests[0] ?? 'none'));
    assert.match(found?.todo ?? '', /slipway restore/);
    unlinkSync(fileOf(join(data, 'blobs'), digests[1] ?? ''));
    const [missing] = await look(false);
    assert.match(missing?.found ?? '', new RegExp(`${digests[1]} is missing`));
  });
});

/** What one hand that should not have been there did to the rows, and what the doctor must say. */
const breaks: readonly { readonly statements: string; readonly check: string; readonly says: RegExp; readonly undo: string }[] = [
  {
    statements: "delete from schema_migrations where name = '0005-models'",
    undo: "insert into schema_migrations values ('0005-models', 0)",
    check: 'schema',
    says: /0005-models is not marked as applied/,
  },
  {
    statements: 'update events set number = number + 1000 where number = 2',
    undo: 'update events set number = 2 where number = 1002',
    check: 'events',
    says: /of the events 1 to 1002 are not there/,
  },
  {
    statements: "update events set caller_name = caller_name || ' (or not)' where number = 1",
    undo: "update events set caller_name = replace(caller_name, ' (or not)', '') where number = 1",
    check: 'events',
    says: /event 1 was changed after it was written/,
  },
  {
    statements: "insert into model_aliases values ((select id from access_projects), 'delay', 'candidate', 7, null)",
    undo: 'delete from model_aliases',
    check: 'aliases',
    says: /delay@candidate is version 7, which is not there/,
  },
  {
    statements: `insert into rollouts select 'delay', 1, id, 'delay', 1, 'mv_1', null, 'promoted', '{"steps":[0.5,0.2]}', 0, 0, 0, 0, '[]', null, null, 1, 0 from access_projects;
      insert into deployments select 'delay', id, null, null, null, null, null, 1, 0, 1 from access_projects`,
    undo: 'delete from rollouts; delete from deployments',
    check: 'rollouts',
    says: /steps 0.5, 0.2, which do not rise to all of the traffic/,
  },
  {
    statements: `insert into rollouts select 'delay', 1, id, 'delay', 1, 'mv_1', null, 'rolling', '{"steps":[0.5,1]}', 0, 0, 0, null, '[]', null, null, 1, 0 from access_projects;
      insert into deployments select 'delay', id, null, null, null, null, null, 1, 0, 1 from access_projects`,
    undo: 'delete from rollouts; delete from deployments',
    check: 'rollouts',
    says: /takes 0.5 of the traffic, and nothing takes the rest/,
  },
  {
    statements: `insert into approvals select 'apr_1', id, 'mv_gone', 'delay', 1, 'production', 1, 'x', 1, 'requested', '[]', '[]', 1, 0, null from access_projects`,
    undo: 'delete from approvals',
    check: 'verdicts',
    says: /approval apr_1 is on a version that is not there/,
  },
  {
    statements: `insert into executions (id, project_id, pipeline, number, definition, params, state, use_cache, started_event, clock_ms, cpu_ms, created_at_ms)
      select 'exe_1', id, 'train', 1, '{"steps":{"fit":{},"evaluate":{}}}', '{}', 'running', 0, 1, 0, 0, 0 from access_projects`,
    undo: 'delete from executions',
    check: 'executions',
    says: /execution exe_1 of train has 0 of its 2 steps/,
  },
  {
    statements: `insert into jobs (id, name, payload, state, due_at_ms, attempts, lease_owner, lease_until_ms, created_at_ms) values ('job_1', 'gates.judge', '{}', 'running', 0, 1, 'own_gone', 1000, 0)`,
    undo: 'delete from jobs',
    check: 'jobs',
    says: /gates.judge \(job_1\) is held by a process that no longer answers/,
  },
  {
    statements: `insert into jobs (id, name, payload, state, due_at_ms, attempts, created_at_ms) values ('job_2', 'gates.judge', '{}', 'waiting', 1000, 0, 0)`,
    undo: 'delete from jobs',
    check: 'jobs',
    says: /gates.judge \(job_2\) has waited for over an hour/,
  },
  {
    statements: "insert into run_tags values (999, 'a', 'b')",
    undo: 'delete from run_tags where run = 999',
    check: 'orphans',
    says: /run_tags.run names 1 that runs does not have/,
  },
  {
    statements: "insert into trace_tags values ('tr-gone', 'a', 'b')",
    undo: 'delete from trace_tags',
    check: 'orphans',
    says: /trace_tags.trace names 1 that traces does not have/,
  },
  {
    statements: "update runs set project_id = 'prj_gone'",
    undo: 'update runs set project_id = (select id from access_projects)',
    check: 'orphans',
    says: /runs.project_id names 1 that access_projects does not have/,
  },
  {
    statements: 'update events set at_ms = at_ms + 3600000 where number = (select max(number) from events)',
    undo: 'update events set at_ms = at_ms - 3600000 where number = (select max(number) from events)',
    check: 'clock',
    says: /the clock moved back/,
  },
];

/** What nobody but a person with SQL would do. */
function byHand({ database }: World['app'], statements: string): Promise<void> {
  return database.write(async (tx) => {
    for (const one of statements.split(';')) await sql.raw(one).execute(tx);
  });
}

test('the doctor finds each invariant that was broken by hand, names it, and says what to do', async () => {
  await withWorld(async ({ app, data, run }) => {
    await run({ 'small.bin': randomBytes(500) });
    const looked = async (): Promise<readonly Check[]> => {
      const scope = { served: true, backups: null };
      const { checks } = await examine(app, { folder: data, deep: false, scope, ...work });
      return checks.filter(({ ok, check }) => !ok && check !== 'disk');
    };
    assert.deepEqual(await looked(), []);
    for (const { statements, check, says, undo } of breaks) {
      await byHand(app, statements);
      const found = (await looked()).find((one) => one.check === check);
      assert.match(found?.found ?? 'nothing', says, statements);
      assert.ok((found?.todo ?? '').length > 20, `${check} says what to do`);
      await byHand(app, undo);
      assert.deepEqual(await looked(), [], `after ${undo}`);
    }
    chmodSync(data, 0o755);
    assert.match((await looked())[0]?.found ?? '', /others may enter the data folder \(its mode is 755\)/);
    chmodSync(data, 0o700);
    if (onPostgres) return;
    chmodSync(join(data, 'slipway.db'), 0o644);
    assert.match((await looked())[0]?.found ?? '', /others may read slipway.db/);
  });
});

test('an alias that differs from what its deployment serves is found', async () => {
  await withWorld(async ({ app, data }) => {
    const statements = `insert into deployments select 'delay', id, 3, 1, 0, null, null, 1, 0, null from access_projects;
      insert into definitions select id, 'deployment', 'delay', '{"model":"delay","environment":"production"}', 'hand', 1, 1, 0, null, null from access_projects`;
    await byHand(app, statements);
    const { checks } = await examine(app, { folder: data, deep: false, scope: { served: true, backups: null }, ...work });
    const found = checks.find(({ check }) => check === 'champions')?.found ?? '';
    assert.match(found, /serves delay\/3, which is not there or retired/);
    assert.match(found, /the alias champion is not set/);
  });
});
