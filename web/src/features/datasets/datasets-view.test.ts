import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Profiled, Version } from './datasets-api.ts';
import { commonAxis, figuresOf, named, quantile, topOf, writerOf } from './profile.ts';
import { checksMark, differenceSentences, grownUntil, listSentence, versionSentence } from './told.ts';

const zone = { zone: 'UTC', now_ms: Date.UTC(2014, 0, 2) };
const check = { check: 'min', column: 'distance', holds: true, found: '80', expected: 'at least 0' } as const;
const version: Version = {
  id: '',
  dataset: 'departures',
  number: 11,
  digest: '',
  rows: 57_127,
  bytes: 1,
  schema: [{ name: 'distance', type: 'integer', role: 'feature', nullable: false }],
  profile_digest: '',
  parquet_digest: '',
  files: [],
  source: { kind: 'files' },
  checks: [check],
  person: null,
  event: 1,
  created_at_ms: 0,
};
const column = { name: 'carrier', type: 'text', role: 'feature', nullable: false } as const;
const category = { kind: 'category', rows: 100, missing: 5, distinct: 9, distinctExact: true, other: 0 } as const;

test('a version says which one it is and what its checks came to', () => {
  const all = (checks: Version['checks']) => versionSentence({ ...version, checks }, 11);
  assert.match(all([check]), /^Version 11, the newest: 57.127 rows, 1 column\. Its one check holds\.$/);
  assert.match(all([]), /No check judges it\.$/);
  assert.match(all([{ ...check, holds: false }, check]), /1 of 2 checks fails: distance, least value\.$/);
  assert.match(versionSentence(version, 12), /^Version 11; the newest is 12:/);
  const source = { kind: 'grown', base: 1, deployment: 'delay', served_rows: 7, until_ms: 0 } as const;
  assert.match(versionSentence({ ...version, source }, 11), /It is @1 and 7 rows that delay served/);
});

test('checks are a mark by what failed', () => {
  assert.deepEqual(checksMark({ all: 0, failed: 0 }), { kind: 'neutral', text: 'none' });
  assert.deepEqual(checksMark({ all: 6, failed: 0 }), { kind: 'good', text: 'all 6 hold' });
  assert.deepEqual(checksMark({ all: 6, failed: 2 }), { kind: 'bad', text: '2 of 6 fail' });
});

test('a list names the datasets whose newest checks fail', () => {
  const latest = { number: 3, digest: '', rows: 1, bytes: 1, source: version.source, event: 1, created_at_ms: 0 };
  const dataset = (name: string, failed: number) =>
    ({ name, managed_by: 'ui', retired: false, definition: {} as never, latest: { ...latest, checks: { all: 2, failed } } }) as const;
  assert.equal(listSentence([]), 'No dataset yet.');
  assert.equal(listSentence([dataset('a', 0)]), 'One dataset. No check of a newest version fails.');
  assert.equal(listSentence([dataset('a', 1), dataset('b', 0)]), '2 datasets. A check of a@3 fails.');
});

test('only a grown version says until when its rows reach', () => {
  assert.equal(grownUntil({ kind: 'files' }, 'UTC', 0), null);
  const until_ms = Date.UTC(2013, 11, 14);
  const source = { kind: 'grown', base: 1, deployment: 'delay', served_rows: 7, until_ms } as const;
  assert.equal(grownUntil(source, zone.zone, zone.now_ms), 'served rows until 14 Dec 2013 00:00, 19 d old');
});

test('a number has its quantiles, a time is written as one', () => {
  const quantiles = Array.from({ length: 1001 }, (_, index) => index);
  const profile = {
    kind: 'number',
    rows: 1000,
    missing: 100,
    infinite: 0,
    distinct: 900,
    min: 0,
    max: 1000,
    mean: 500,
    std: 20,
    quantiles,
    tails: { low: [], high: [] },
    histogram: { edges: [], counts: [] },
    isInteger: true,
    topValues: [],
  } as const satisfies Profiled['profile'] | object;
  const profiled = { ...column, type: 'integer', profile: { ...profile } } as unknown as Profiled;
  assert.deepEqual(figuresOf(profiled, zone).slice(0, 3), [
    ['Missing', '10 %'],
    ['Distinct', '900'],
    ['Mean', '500'],
  ]);
  assert.equal(profiled.profile.kind === 'number' && quantile(profiled.profile, 0.95), 950);
  const wider = { ...profiled, profile: { ...profile, min: -5, max: 20 } } as unknown as Profiled;
  assert.deepEqual(commonAxis([profiled, wider, null]), [-5, 1000]);
  assert.equal(commonAxis([{ ...column, profile: { ...category, top: [] } }]), undefined);
  assert.equal(writerOf('timestamp', zone)(0), '1 Jan 1970 00:00');
  assert.equal(writerOf('date', { ...zone, zone: 'America/New_York' })(0), '1 Jan 1970');
  assert.ok(!figuresOf({ ...profiled, type: 'timestamp' }, zone).some(([name]) => name === 'Mean'));
});

test('what has no row among the most frequent values is counted together', () => {
  const top: [string, number][] = [
    ['a', 40],
    ['b', 20],
    ['c', 10],
    ['d', 9],
    ['e', 6],
    ['f', 5],
    ['g', 3],
    ['h', 2],
  ];
  const rows = topOf({ ...column, profile: { ...category, top } });
  assert.equal(rows.length, 7);
  assert.deepEqual(rows.at(-1), { name: 'all others', amount: 5, share: 0.05, isRest: true });
  assert.equal(topOf({ ...column, profile: { ...category, top: top.slice(0, 7) } }).at(-1)?.name, 'g');
});

test('columns are found by a part of their names', () => {
  assert.deepEqual(named([{ name: 'Wind' }, { name: 'rain' }], ' win '), [{ name: 'Wind' }]);
  assert.equal(named([{ name: 'a' }], '').length, 1);
});

test('a difference says what moved most and how the schema changed', () => {
  const drift = { column: 'temperature', drifted: true } as never;
  const columns = { added: [{ name: 'gate', type: 'text' as const }], removed: [], retyped: [], roles: [] };
  const found = {
    from: 1,
    to: 2,
    rows: { before: 5, after: 9 },
    columns,
    files: { added: [], removed: [], changed: [] },
    drift: [drift],
    checks: [],
  };
  assert.deepEqual(differenceSentences(found, 'd@1'), [
    '1 of 1 column has moved since d@1; temperature the most.',
    '5 rows then, 9 now.',
    'Schema: gate came.',
  ]);
});
