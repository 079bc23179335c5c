import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SlipwayError } from '../../kernel/error.ts';
import { readDuration_ms, readField, readNumber, readOrder, readTime_ms } from './field.ts';
import { type Condition, nearestNames, parseFilter } from './filter.ts';

/** A condition as text with all its parentheses. */
function shown(condition: Condition | null): string {
  if (condition === null) return '';
  switch (condition.kind) {
    case 'and':
    case 'or':
      return `(${condition.parts.map(shown).join(` ${condition.kind} `)})`;
    case 'not':
      return `not ${shown(condition.part)}`;
    case 'missing':
      return `${condition.field.text} is missing`;
    case 'compare':
      return `${condition.field.text} ${condition.operator} ${condition.value.text}`;
  }
}

test('a filter is read with or weaker than and, and and weaker than not', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['', ''],
    ['pr_auc > 0.80', 'pr_auc > 0.80'],
    ['pr_auc>0.80 and params.depth=8 and status = failed', '(pr_auc > 0.80 and params.depth = 8 and status = failed)'],
    ['a = 1 or b = 2 and c = 3', '(a = 1 or (b = 2 and c = 3))'],
    ['(a = 1 or b = 2) AND not c = 3', '((a = 1 or b = 2) and not c = 3)'],
    ['name contains "two words"', 'name contains two words'],
    ['`an odd key` >= -1e-3', 'an odd key >= -1e-3'],
    ['started > -14d', 'started > -14d'],
    ['loss is missing or loss is not missing or loss is known', '(loss is missing or not loss is missing or not loss is missing)'],
    ['name = "and"', 'name = and'],
    ['training/held_back_loss@min == .5', 'training/held_back_loss@min = .5'],
  ];
  for (const [text, expected] of cases) assert.equal(shown(parseFilter(text)), expected, text);
});

test('a mistake in a filter says where it is', () => {
  const cases: readonly (readonly [string, number, number])[] = [
    ['pr_auc', 6, 0],
    ['pr_auc >', 8, 0],
    ['pr_auc > and x = 1', 13, 1],
    ['pr_auc ~ 3', 7, 1],
    ['(a = 1', 6, 0],
    ['a = 1 b = 2', 6, 1],
    ['a = "open', 4, 1],
    ['= 3', 0, 1],
    ['a is here', 5, 4],
  ];
  for (const [text, at, length] of cases) {
    assert.throws(
      () => parseFilter(text),
      (error) => {
        assert.ok(error instanceof SlipwayError);
        assert.deepEqual([error.code, error.details['at'], error.details['length']], ['filter_not_understood', at, length], text);
        return true;
      },
    );
  }
});

test('a filter ends: too deep and too long ones are refused', () => {
  assert.throws(() => parseFilter(`${'('.repeat(1000)}a = 1`), /parentheses/);
  assert.throws(() => parseFilter(`${'not '.repeat(1000)}a = 1`), SlipwayError);
  assert.throws(() => parseFilter(Array(60).fill('a = 1').join(' and ')), /conditions/);
});

test('the nearest names of a misspelt one come first', () => {
  const known = ['metrics.pr_auc', 'metrics.roc_auc', 'params.depth', 'status', 'metrics.log_loss'];
  assert.deepEqual(nearestNames('pr_aux', known).slice(0, 1), ['metrics.pr_auc']);
  assert.deepEqual(nearestNames('loss', known), ['metrics.log_loss']);
  assert.deepEqual(nearestNames('statsu', known), ['status']);
  assert.deepEqual(nearestNames('quite_other', known), []);
});

test('names, numbers, times and orders are read', () => {
  assert.deepEqual(readField('metrics.a.b@max'), { kind: 'metric', key: 'a.b', of: 'max' });
  assert.deepEqual(readField('params.x@max'), { kind: 'param', key: 'x@max' });
  assert.equal(readField('pr_auc'), null);
  const word = (text: string, quoted = false) => ({ text, at: 0, quoted });
  assert.deepEqual([readNumber(word('-2.5')), readNumber(word('3d')), readNumber(word('1', true))], [-2.5, null, null]);
  assert.deepEqual([readDuration_ms(word('90')), readDuration_ms(word('5m')), readDuration_ms(word('soon'))], [90_000, 300_000, null]);
  assert.equal(readTime_ms(word('-1d'), 100_000_000), 13_600_000);
  assert.equal(readTime_ms(word('1970-01-02'), 0), 86_400_000);
  assert.equal(readTime_ms(word('1970-01-01T00:01'), 0), 60_000);
  assert.deepEqual(
    readOrder('-pr_auc,params.depth,').map(({ name, descending }) => [name.text, name.at, descending]),
    [
      ['pr_auc', 0, true],
      ['params.depth', 8, false],
    ],
  );
});
