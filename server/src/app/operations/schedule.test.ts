import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KeptBackup } from './backups-folder.ts';
import { backupsState } from './schedule.ts';

const hour_ms = 3_600_000;
const now_ms = 1_000 * hour_ms;
const daily = { every_ms: 24 * hour_ms };
const made = (...hoursAgo: number[]) =>
  hoursAgo.map((hours) => ({ name: 'x', manifest: { created_at_ms: now_ms - hours * hour_ms } }) as KeptBackup);
const failed = (hours: number) => ({ at_ms: now_ms - hours * hour_ms, why: 'no space' });

const cases = [
  { what: 'none yet, just started', kept: made(), failed: null, up: 0, next: 0, problem: null },
  { what: 'none yet, long up', kept: made(), failed: null, up: 40, next: 0, problem: /no backup yet/ },
  { what: 'a fresh one', kept: made(3), failed: null, up: 40, next: 21, problem: null },
  { what: 'a little late', kept: made(30), failed: null, up: 40, next: -6, problem: null },
  { what: 'too late', kept: made(37), failed: null, up: 40, next: -13, problem: /older than/ },
  { what: 'old, but the server was off', kept: made(400), failed: null, up: 1, next: -376, problem: null },
  { what: 'failed just now: again in an hour', kept: made(25), failed: failed(0), up: 40, next: 1, problem: /no space/ },
  { what: 'failed two hours ago', kept: made(26), failed: failed(2), up: 40, next: -1, problem: /no space/ },
  { what: 'failed before the newest', kept: made(1, 25), failed: failed(2), up: 40, next: 23, problem: null },
  { what: 'one from a time that has not come', kept: made(-500, 25), failed: null, up: 40, next: -1, problem: null },
] as const;

for (const { what, kept, failed: last, up, next, problem } of cases) {
  test(`the next backup: ${what}`, () => {
    const state = backupsState(daily, kept, last, now_ms, now_ms - up * hour_ms);
    // What is due is due, however long ago.
    const next_hours = Math.round((state.next_at_ms - now_ms) / hour_ms);
    assert.equal(next_hours, next === 0 ? 0 : next);
    if (problem === null) assert.equal(state.problem, null);
    else assert.match(state.problem ?? '', problem);
  });
}
