import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitRows } from './records.ts';

const inputs = [
  { name: 'carrier', kind: 'category' },
  { name: 'hour', kind: 'number' },
] as const;

test('a column that only later rows have is sent, and one that no model takes is named', () => {
  const rows = [{ carrier: 'UA' }, { carrier: 'AA', hour: 5, gate: 'A1' }];
  assert.deepEqual(fitRows({ rows, isText: false }, inputs), {
    fitting: [{ carrier: 'UA' }, { carrier: 'AA', hour: 5 }],
    left: ['gate'],
  });
});

test('texts of a CSV become what the model takes: blanks are missing and not 0, what is no number stays as it is', () => {
  const cases: [text: string, number: unknown, category: unknown][] = [
    ['5', 5, '5'],
    [' 5 ', 5, ' 5 '],
    ['', null, null],
    ['  ', null, '  '],
    ['five', 'five', 'five'],
    ['Infinity', 'Infinity', 'Infinity'],
  ];
  for (const [text, hour, carrier] of cases) {
    assert.deepEqual(fitRows({ rows: [{ carrier: text, hour: text }], isText: true }, inputs).fitting, [{ carrier, hour }], text);
  }
});
