import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalJson } from '../../kernel/digest.ts';
import type { ProjectFile } from './definitions.ts';
import {
  type Change,
  type CurrentEntry,
  type CurrentState,
  definitionsOf,
  describePlan,
  differencesOf,
  type Kind,
  kinds,
  planChanges,
} from './plan.ts';
import { parseProjectFile } from './projectfile.ts';

const text = readFileSync(new URL('../../../../examples/flights/slipway.yaml', import.meta.url), 'utf8');

function read(content: string): ProjectFile {
  const parsed = parseProjectFile(content, { file: 'slipway.yaml' });
  return 'project' in parsed ? parsed.project : assert.fail(JSON.stringify(parsed.problems));
}

/** What the server holds once the changes are applied. */
function after(current: CurrentState, changes: readonly Change[]): CurrentState {
  const next = new Map<Kind, Record<string, CurrentEntry>>(kinds.map((kind) => [kind, { ...current[kind] }]));
  for (const { action, kind, name, definition } of changes) {
    const section = next.get(kind);
    const old = section?.[name];
    if (!section || action === 'conflict') continue;
    section[name] =
      action === 'retire' && old
        ? { ...old, retired: true }
        : { managed_by: 'file', definition: definition ?? old?.definition ?? '{}', retired: false };
  }
  return Object.fromEntries(next);
}

const flights = read(text);
const applied = after({}, planChanges(flights, {}));

function withEntry(state: CurrentState, kind: Kind, name: string, entry: Partial<CurrentEntry>): CurrentState {
  const old = state[kind]?.[name] ?? { managed_by: 'file', definition: '{}', retired: false };
  return { ...state, [kind]: { ...state[kind], [name]: { ...old, ...entry } } };
}

test('the first plan creates everything, what is named before what names it', () => {
  const changes = planChanges(flights, {});
  assert.ok(changes.every((change) => change.action === 'create'));
  assert.deepEqual(
    changes.map((change) => `${change.kind} ${change.name}`),
    [
      'project flights',
      'dataset departures',
      'model delay',
      'pipeline train',
      'gate release',
      'receiver ops',
      'deployment delay',
      'monitor delay',
      'retraining delay',
    ],
  );
});

test('the same file twice gives no changes, also when it is written differently', () => {
  assert.deepEqual(planChanges(flights, applied), []);
  const rewritten = text.replace('{ concurrent: 64, queue: 256,', '{ queue: 256, concurrent: 64,').replace('bake: 1d', 'bake: 24h');
  assert.notEqual(rewritten, text);
  assert.deepEqual(planChanges(read(rewritten), applied), []);
  assert.deepEqual(describePlan([]), ['No changes: the server is as the file says.']);
});

test('a change names the paths that differ, before and after', () => {
  const changes = planChanges(
    read(text.replace('bake: 1d', 'bake: 2d').replace('[5%, 25%, 100%]', '[10%, 25%, 100%]').replace(', per_day: 2_000_000', '')),
    applied,
  );
  assert.equal(changes.length, 1);
  assert.deepEqual(changes[0]?.differences, [
    { path: 'limits.per_day', before: 2_000_000 },
    { path: 'rollout.bake_ms', before: 86_400_000, after: 172_800_000 },
    { path: 'rollout.steps[0]', before: 0.05, after: 0.1 },
  ]);
  assert.deepEqual(describePlan(changes), [
    '~ change deployment delay',
    '    limits.per_day: 2000000 (removed)',
    '    rollout.bake_ms: 1d -> 2d',
    '    rollout.steps[0]: 0.05 -> 0.1',
    '1 to change.',
  ]);
});

test('what left the file is retired, users first; when it comes back it is unretired', () => {
  const without = read(text.slice(0, text.indexOf('monitors:')));
  const changes = planChanges(without, applied);
  assert.deepEqual(
    changes.map(({ action, kind, name }) => `${action} ${kind} ${name}`),
    ['retire retraining delay', 'retire monitor delay', 'retire receiver ops'],
  );
  const retired = after(applied, changes);
  assert.deepEqual(planChanges(without, retired), []);
  const back = planChanges(flights, retired);
  assert.deepEqual(new Set(back.map((change) => change.action)), new Set(['unretire']));
  assert.deepEqual(planChanges(flights, after(retired, back)), []);
});

test('an edit outside the file is a conflict until the file takes over', () => {
  const edited = withEntry(applied, 'gate', 'release', {
    managed_by: 'ui',
    definition: canonicalJson({ model: 'delay', criteria: [], approvals: { production: 2 } }),
  });
  const stopped = planChanges(flights, edited);
  assert.deepEqual(
    stopped.map((change) => change.action),
    ['conflict'],
  );
  assert.ok(stopped[0]?.differences.some((one) => one.path === 'approvals.production' && one.before === 2 && one.after === 1));
  const taken = planChanges(flights, edited, { takeOver: true });
  assert.deepEqual(
    taken.map((change) => change.action),
    ['change'],
  );
  assert.deepEqual(planChanges(flights, after(edited, taken), { takeOver: true }), []);
});

test('what people made is left alone, and what they made as the file says is no conflict', () => {
  const own = withEntry(applied, 'model', 'another', { managed_by: 'ui' });
  assert.deepEqual(planChanges(flights, own), []);
  const same = withEntry(applied, 'model', 'delay', { managed_by: 'ui' });
  assert.deepEqual(planChanges(flights, same), []);
  const taken = planChanges(flights, same, { takeOver: true });
  assert.deepEqual(
    taken.map(({ action, differences }) => ({ action, differences })),
    [{ action: 'change', differences: [] }],
  );
  const retired = withEntry(applied, 'model', 'delay', { managed_by: 'ui', retired: true });
  assert.deepEqual(
    planChanges(flights, retired).map((change) => change.action),
    ['conflict'],
  );
});

test('the plan does not show where exactly a webhook goes', () => {
  const changes = planChanges(read(text.replace('http://127.0.0.1:7599/hook', 'https://hooks.example.org/T0/secret')), applied);
  const lines = describePlan(changes).join('\n');
  assert.match(lines, /webhook: "http:\/\/127\.0\.0\.1:7599\/…" -> "https:\/\/hooks\.example\.org\/…"/);
  assert.doesNotMatch(lines, /secret/);
  assert.doesNotMatch(JSON.stringify(changes.map(({ differences }) => differences)), /secret/);
});

test('two values differ exactly when some path of theirs does', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.jsonValue({ maxDepth: 4 }), (a, b) => {
      assert.deepEqual(differencesOf(a, structuredClone(a)), []);
      assert.equal(differencesOf(a, b).length === 0, canonicalJson(a) === canonicalJson(b));
    }),
  );
});

test('whatever the server held, a plan that was applied leaves nothing to plan', () => {
  const entry = fc.record({
    managed_by: fc.constantFrom('file' as const, 'ui' as const),
    retired: fc.boolean(),
    definition: fc.constantFrom('{}', '{"owner":"x"}', canonicalJson(definitionsOf(flights).model['delay'])),
  });
  const section = fc.dictionary(fc.constantFrom('delay', 'release', 'train', 'ops', 'other', 'constructor'), entry, { maxKeys: 4 });
  fc.assert(
    fc.property(fc.record({ model: section, gate: section, deployment: section, monitor: section }), (current) => {
      const changes = planChanges(flights, current, { takeOver: true });
      assert.deepEqual(planChanges(flights, after(current, changes), { takeOver: true }), []);
    }),
  );
});
