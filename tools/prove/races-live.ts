import assert from 'node:assert/strict';
import fc, { type Scheduler } from 'fast-check';
import type { buildApp } from '../../server/src/app/rooms.ts';
import { type Caller, systemCaller } from '../../server/src/kernel/caller.ts';
import type { Project } from '../../server/src/kernel/project.ts';

export interface Live {
  readonly app: Awaited<ReturnType<typeof buildApp>>;
  /** The address of the project's API. */
  readonly base: string;
  readonly project: Project;
}

const caller = systemCaller('races');
/** Each run has names of its own. */
let made = 0;

async function call(base: string, method: string, path: string, body: unknown, key?: string): Promise<{ status: number; text: string }> {
  const headers = { 'content-type': 'application/json', ...(key === undefined ? {} : { 'idempotency-key': key }) };
  const answer = await fetch(base + path, { method, headers, body: JSON.stringify(body) });
  return { status: answer.status, text: await answer.text() };
}

/** The scheduler lets a client take its next step. */
const turn = (s: Scheduler, label: string): Promise<void> => s.schedule(Promise.resolve(), label);

/** Each client reads the alias, then moves it if it still has that value. */
export function aliasHasOneWinner({ app, base, project }: Live) {
  const clients = fc.array(fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 4 });
  return fc.asyncProperty(fc.scheduler(), clients, async (s, plans) => {
    const model = `raced-${++made}`;
    const stored = await app.blobs.put(Buffer.from('model bytes'), { limit_bytes: 1000 });
    const signature = { task: 'binary', classes: ['0', '1'], target: 'y', inputs: [] } as const;
    for (let n = 0; n < 3; n++) {
      await app.models.register(caller, project, {
        ...{ model, flavor: 'onnx', files: [{ path: 'model.onnx', ...stored }], signature, profile_digest: null, importance: {} },
        ...{ run_id: null, execution_id: null, dataset_versions: [], outputs: {}, code: null },
      });
    }
    const won: (readonly [from: number | null, to: number])[] = [];
    await s.waitFor(
      Promise.all(
        plans.map(async (plan, client) => {
          for (const version of plan) {
            await turn(s, `client ${client} reads`);
            const listed = await app.models.list(caller, project);
            const expected = listed.find(({ name }) => name === model)?.aliases['candidate'] ?? null;
            await turn(s, `client ${client} moves ${expected} to ${version}`);
            const { status } = await call(base, 'PUT', `/models/${model}/aliases/candidate`, { version, expected });
            if (status >= 300) assert.equal(status, 409);
            else if (expected !== version) won.push([expected, version]);
          }
        }),
      ),
    );
    const moves = await app.events.list({ type: 'alias.moved', subject: `model ${model}`, order: 'oldest', limit: 100 });
    const told = moves.map(({ before, after }) => [versionOf(before), versionOf(after)] as const);
    told.forEach(([from], index) => {
      assert.equal(from, told[index - 1]?.[1] ?? null, 'a move began from a value that another move had replaced');
    });
    assert.deepEqual(told.map(String).sort(), won.map(String).sort(), 'what was told to have won is not what happened');
  });
}

function versionOf(value: unknown): number | null {
  return (value as { version: number | null }).version;
}

/** Up to five people, some of them twice, answer one question at once. */
export function approvalsCountOnce({ app, project }: Live) {
  const vote = fc.record({ person: fc.integer({ min: 0, max: 4 }), decision: fc.constantFrom('approve', 'approve', 'refuse') });
  const votes = fc.array(vote, { minLength: 2, maxLength: 8 });
  return fc.asyncProperty(fc.scheduler(), votes, fc.integer({ min: 1, max: 3 }), async (s, given, needed) => {
    const n = ++made;
    const question = { version_id: `ver_${n}`, model: 'raced', version: 1, environment: 'production', verdict_event: n };
    const asked = await app.approvals.request(caller, project, { ...question, evidence_digest: `${n}`, needed, excluded: ['person 0'] });
    const counted: string[] = [];
    await s.waitFor(
      Promise.all(
        given.map(async ({ person, decision }) => {
          await turn(s, `person ${person} says ${decision}`);
          const who: Caller = { ...caller, kind: 'person', name: `person ${person}`, person: `person ${person}` };
          await app.approvals.decide(who, project, asked.id, { decision, reason: '' }).then(
            () => counted.push(`person ${person}`),
            (error: { code?: string }) => assert.ok(['approval_closed', 'second_person_needed'].includes(error.code ?? ''), String(error)),
          );
        }),
      ),
    );
    const { decisions, state } = await app.approvals.get(caller, project, asked.id);
    const people = decisions.map(({ person }) => person);
    assert.equal(new Set(people).size, people.length, 'a person counted twice');
    assert.ok(!people.includes('person 0'), 'who asked counted');
    assert.deepEqual(people.toSorted(), counted.toSorted(), 'who was told to count is not who counted');
    const yes = decisions.filter(({ decision }) => decision === 'approve').length;
    const expected = decisions.some(({ decision }) => decision === 'refuse') ? 'refused' : yes >= needed ? 'granted' : 'requested';
    assert.equal(state, expected);
    assert.ok(yes <= needed, 'it was granted, and then decided again');
  });
}

/** The same request several times over with one key, and another one that takes the key for something else. */
export function keysGiveOneAnswer({ base }: Live) {
  const names = fc.array(fc.constantFrom('right', 'right', 'right', 'other'), { minLength: 2, maxLength: 6 });
  return fc.asyncProperty(fc.scheduler(), names, async (s, sent) => {
    const n = ++made;
    const answers = new Map<string, { status: number; text: string }[]>();
    await s.waitFor(
      Promise.all(
        sent.map(async (name) => {
          await turn(s, `sends ${name}`);
          const answer = await call(base, 'POST', '/runs', { name: `${name}-${n}` }, `key-${n}`);
          answers.set(name, [...(answers.get(name) ?? []), answer]);
        }),
      ),
    );
    const all = [...answers.values()].flat();
    const done = all.filter(({ status }) => status < 300);
    assert.ok(done.length > 0, `nobody was answered: ${JSON.stringify(all)}`);
    assert.equal(new Set(done.map(({ text }) => text)).size, 1, 'one key gave two answers');
    for (const { status } of all) assert.ok(status < 300 || status === 409 || status === 422, `${status}`);
    const winner = [...answers].find(([, list]) => list.some(({ status }) => status < 300))?.[0];
    const again = await call(base, 'POST', '/runs', { name: `${winner}-${n}` }, `key-${n}`);
    assert.equal(again.text, done[0]?.text, 'a later repeat was answered differently');
    const found = await fetch(`${base}/runs?limit=10`);
    const { items } = (await found.json()) as { items: { name: string }[] };
    assert.equal(items.filter(({ name }) => name.endsWith(`-${n}`)).length, 1, 'the work was done more than once');
  });
}
