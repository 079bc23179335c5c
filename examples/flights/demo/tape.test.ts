import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { createLocalTime } from './local-time.ts';
import { type Departure, daysOf, readInto, readTape, type TapeColumn } from './tape.ts';

const time = createLocalTime('America/New_York');
const columns: readonly TapeColumn[] = [
  { name: 'timestamp', type: 'timestamp', role: 'time' },
  { name: 'carrier', type: 'text', role: 'feature' },
  { name: 'pressure_mb', type: 'number', role: 'feature' },
  { name: 'arrival_delay_min', type: 'integer', role: 'outcome only' },
  { name: 'late', type: 'integer', role: 'target' },
];
const header = 'timestamp,carrier,pressure_mb,arrival_delay_min,late';

function taped(...lines: string[]): Map<string, Departure[]> {
  const tape = new Map<string, Departure[]>();
  readInto(tape, `${[header, ...lines].join('\n')}\n`, columns, time);
  return tape;
}

test('a request holds the features and neither target nor what is known after landing', () => {
  const [flight] = taped('2013-03-01T06:00:00,007,,36,1').get('2013-03-01') ?? [];
  assert.deepEqual(JSON.parse(flight?.request ?? ''), {
    rows: [{ carrier: '007', pressure_mb: null }],
    ids: ['2013-03-01-000001'],
    event_time_ms: Date.parse('2013-03-01T11:00:00Z'),
  });
  assert.deepEqual(JSON.parse(flight?.outcome ?? ''), {
    id: '2013-03-01-000001',
    value: 1,
    extra: { arrival_delay_min: 36 },
    observed_at_ms: Date.parse('2013-03-01T19:00:00Z'),
  });
});

test('what becomes known after midnight is told the next day, and nothing is told twice or never', () => {
  const tape = taped('2013-03-01T15:59:00,UA,1,5,0', '2013-03-01T16:00:00,UA,1,5,0', '2013-03-01T16:01:00,UA,1,5,0');
  const days = daysOf(tape, time, time.midnight('2013-03-01'), undefined);
  assert.deepEqual(
    days.map(({ date, departures, outcomes }) => [date, departures.length, outcomes.length]),
    [
      ['2013-03-01', 3, 2],
      ['2013-03-02', 0, 1],
    ],
  );
});

test('the whole tape is played once, in order, with each outcome after its request and within the clock', () => {
  const names: readonly [string, string, TapeColumn['role']][] = [
    ['timestamp', 'timestamp', 'time'],
    ['carrier', 'text', 'feature'],
    ['distance_miles', 'integer', 'feature'],
    ['late', 'integer', 'target'],
    ['arrival_delay_min', 'integer', 'outcome only'],
  ];
  const tape = readTape(
    join(import.meta.dirname, '../tape'),
    names.map(([name, type, role]) => ({ name, type, role })),
    time,
  );
  const days = daysOf(tape, time, time.midnight('2013-03-01'), undefined);
  assert.equal(days[0]?.date, '2013-03-01');
  assert.equal(days.at(-1)?.date, '2014-01-01');
  const sent = new Set<string>();
  const told = new Set<string>();
  let clock_ms = time.midnight('2013-03-01');
  for (const day of days) {
    for (const { id, event_time_ms } of day.departures) {
      assert.ok(event_time_ms >= clock_ms && event_time_ms < day.end_ms, `${id} is of its day`);
      sent.add(id);
    }
    for (const { id, known_at_ms } of day.outcomes) {
      assert.ok(sent.has(id) && !told.has(id) && known_at_ms <= day.end_ms, `${id} is told once, after it was sent`);
      told.add(id);
    }
    clock_ms = day.end_ms;
  }
  assert.equal(sent.size, told.size);
  assert.equal(
    sent.size,
    [...tape.values()].reduce((sum, day) => sum + day.length, 0),
  );
  assert.ok(sent.size > 50_000);
});

test('a year that was begun goes on with the day that its clock stands in, and ends before the day asked for', () => {
  const tape = taped('2013-03-09T12:00:00,UA,1,5,0', '2013-03-10T12:00:00,UA,1,5,0', '2013-03-11T12:00:00,UA,1,5,0');
  const dates = (from_ms: number, until?: string): string[] => daysOf(tape, time, from_ms, until).map(({ date }) => date);
  assert.deepEqual(dates(time.midnight('2013-03-10')), ['2013-03-10', '2013-03-11', '2013-03-12']);
  assert.deepEqual(dates(time.midnight('2013-03-09'), '2013-03-11'), ['2013-03-09', '2013-03-10']);
});

test('a tape with a column missing, a quoted value or a text for a number is refused by name', () => {
  assert.throws(() => readInto(new Map(), 'timestamp,late\n2013-03-01T06:00:00,1\n', columns, time), /no column carrier, pressure_mb/);
  assert.throws(() => taped('2013-03-01T06:00:00,"UA",1,1,0'), /quoted value/);
  assert.throws(() => taped('2013-03-01T06:00:00,UA,high,1,0'), /"high" in pressure_mb/);
});
