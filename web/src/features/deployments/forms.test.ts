import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Input } from '../models/models-api.ts';
import { dayOf, shiftDay, spanOfDay } from './days.ts';
import { releasable } from './releasable.ts';
import { partsOf, rowsByVersion, truthOf } from './traffic.ts';
import { curlOf, fieldsOf, hintOf, rowOf } from './try-form.ts';

const number: Input = { name: 'hour', kind: 'number', integer: true, unit: null, nullable: false, min: 5, max: 23, categories: null };
const category: Input = {
  ...number,
  name: 'carrier',
  kind: 'category',
  integer: false,
  min: null,
  max: null,
  categories: ['UA'],
  nullable: true,
};

test('a day of a zone is whole, also where the clocks change', () => {
  const zone = 'America/New_York';
  const hours = (day: string) => {
    const span = spanOfDay(day, zone);
    return span && (span.to_ms - span.from_ms) / 3_600_000;
  };
  assert.equal(spanOfDay('2013-12-31', zone)?.from_ms, Date.UTC(2013, 11, 31, 5));
  assert.deepEqual([hours('2013-03-10'), hours('2013-11-03'), hours('2013-06-01')], [23, 25, 24]);
  assert.equal(dayOf(Date.UTC(2014, 0, 1, 4), zone), '2013-12-31');
  assert.equal(shiftDay('2013-12-31', 1), '2014-01-01');
  assert.equal(spanOfDay('yesterday', zone), undefined);
});

test('the form sends numbers as numbers, leaves out what is empty and names what is wrong', () => {
  assert.deepEqual(rowOf([number, category], { hour: '7', carrier: '' }), { row: { hour: 7 }, wrong: {} });
  assert.deepEqual(rowOf([number], { hour: 'noon' }).wrong, { hour: 'hour is not a number.' });
  assert.deepEqual(rowOf([number], {}).wrong, { hour: 'hour is needed.' });
  assert.deepEqual(fieldsOf([number, category], { hour: 7, carrier: null, other: 1 }), { hour: '7' });
  assert.equal(hintOf(number), '5 to 23 in training, whole number');
});

test('the curl line keeps its quotes, whatever a value holds', () => {
  assert.match(curlOf('http://host', 'delay', { carrier: "O'Hare $(rm)" }), /-d '\{"rows":\[\{"carrier":"O'\\''Hare \$\(rm\)"\}\]\}'$/);
});

test('only versions that could be released are offered, with the word of the gate of this deployment', () => {
  const versions = [1, 2, 3, 4].map((one) => ({ number: one, retired_at_ms: one === 1 ? 5 : null }));
  const verdict = (version: number, result: 'pass' | 'fail', event: number, gate = 'release') => ({ gate, version, result, event });
  const definition = {
    model: 'm',
    environment: 'production',
    gate: 'release',
    rollout: { steps: [1], guard: [], bake_ms: 0 },
    limits: {},
    unexpected: {},
  };
  const offered = releasable({ definition, champion: 3, rollout: null }, versions, [
    verdict(2, 'fail', 1),
    verdict(2, 'pass', 2),
    verdict(4, 'pass', 3, 'other'),
  ]);
  assert.deepEqual(offered, [
    { version: 4, verdict: 'none', passed: false },
    { version: 2, verdict: 'pass', passed: true },
  ]);
});

test('rows are counted by version, and truth only over what was answered', () => {
  const counts = [
    { version: 2, status: 'ok' as const, rows: 6, outcomes: 3 },
    { version: 2, status: 'failed' as const, rows: 2, outcomes: 0 },
    { version: 1, status: 'ok' as const, rows: 2, outcomes: 2 },
  ];
  assert.deepEqual(truthOf(counts), { rows: 8, outcomes: 5 });
  assert.deepEqual(truthOf(counts, 2), { rows: 6, outcomes: 3 });
  assert.deepEqual(
    rowsByVersion(counts).map(({ version, rows, share, failed }) => [version, rows, share, failed]),
    [
      [2, 8, 0.8, 2],
      [1, 2, 0.2, 0],
    ],
  );
});

test('the champion stands first in the traffic bar, and a narrow part says only which version it is', () => {
  const parts = partsOf(
    [
      { version: 9, share: 0.05 },
      { version: 8, share: 0.95 },
    ],
    8,
  );
  assert.deepEqual(
    parts.map(({ name, newcomer }) => [name, newcomer]),
    [
      ['v8 champion, 95 %', false],
      ['v9', true],
    ],
  );
});
