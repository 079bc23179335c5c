import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Caller, systemCaller } from '../../kernel/caller.ts';
import { systemClock } from '../../kernel/clock.ts';
import type { Project } from '../../kernel/project.ts';
import { migrations } from '../../platform/database/migrations/index.ts';
import { openTestDatabase } from '../../platform/database/test-database.fixture.ts';
import { createEvents } from '../../platform/events/index.ts';
import { type ApprovalRequest, createApprovals } from './index.ts';

const project: Project = { id: 'prj_1', name: 'flights', zone: 'UTC', clock: 'wall' };
const asker = systemCaller('test');
const bob: Caller = { ...asker, kind: 'person', id: 'bob', name: 'bob', person: 'bob' };
const yes = { decision: 'approve', reason: 'fine' } as const;

async function openApprovals(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-approvals-'));
  const database = await openTestDatabase({ folder, migrations, clock: systemClock });
  const events = createEvents({ database, clock: systemClock });
  t.after(async () => {
    await database.close();
    rmSync(folder, { recursive: true });
  });
  const approvals = createApprovals({ database, events, clock: systemClock });
  const ask = (verdict_event: number, environment: string, more: Partial<ApprovalRequest> = {}) =>
    approvals.request(asker, project, {
      version_id: 'ver_1',
      model: 'delay',
      version: 1,
      environment,
      verdict_event,
      evidence_digest: `evidence of ${verdict_event}`,
      needed: 1,
      excluded: [],
      ...more,
    });
  const states = async () =>
    (await approvals.list(asker, project)).items.map(({ verdict_event, environment, state }) => [verdict_event, environment, state]);
  return { approvals, events, ask, states };
}

test('a gate that wants people for two environments asks for both, and each is answered by itself', async (t) => {
  const { approvals, ask, states } = await openApprovals(t);
  const staging = await ask(7, 'staging');
  const production = await ask(7, 'production');
  assert.equal((await ask(7, 'production')).id, production.id, 'a verdict asks once');
  await approvals.decide(bob, project, staging.id, yes);
  assert.deepEqual(await states(), [
    [7, 'production', 'requested'],
    [7, 'staging', 'granted'],
  ]);
});

test('a question whose verdict was replaced becomes void with an event, and no other does', async (t) => {
  const { approvals, events, ask, states } = await openApprovals(t);
  const old = await ask(7, 'production');
  await ask(8, 'production');
  await ask(7, 'production', { version_id: 'ver_2', version: 2, verdict_event: 9 });
  await approvals.withdraw(asker, project, 'ver_1', [7, 9]);
  assert.deepEqual(await states(), [
    [9, 'production', 'requested'],
    [8, 'production', 'requested'],
    [7, 'production', 'void'],
  ]);
  await assert.rejects(approvals.decide(bob, project, old.id, yes), { code: 'approval_closed' });
  const told = await events.list({ type: 'approval.voided', limit: 10 });
  assert.deepEqual(
    told.map(({ subject, note }) => [subject, note]),
    [[`approval ${old.id}`, 'Version 1 of delay was judged again, so its question for production is void.']],
  );
});
