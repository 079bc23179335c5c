import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstError, kindOf, LogText, linesWith, nextProblem } from './log-text.ts';

const at = '2026-11-21T20:14:01.706Z';

test('lines that come in pieces are whole, with their times', () => {
  const log = new LogText();
  log.append(`${at} fi`);
  assert.equal(log.lines.length, 0);
  log.append(`rst\nno time\n${at} last`);
  log.end();
  assert.deepEqual(
    log.lines.map(({ at_ms, text }) => [at_ms, text]),
    [
      [Date.parse(at), 'first'],
      [null, 'no time'],
      [Date.parse(at), 'last'],
    ],
  );
});

test('a problem is what loggers and runtimes call one, not a metric with error in its name', () => {
  const kinds = [
    'ERROR out of memory',
    'ValueError: no',
    'Traceback (most recent call last):',
    '[error] x',
    'WARNING old',
    'x: UserWarning: y',
  ];
  assert.deepEqual(kinds.map(kindOf), ['bad', 'bad', 'bad', 'bad', 'warn', 'warn']);
  for (const text of ['calibration_error 0.07', 'mean error 0.1', '0 errors', 'terrors']) assert.equal(kindOf(text), 'plain', text);
});

test('the known reason of a failure is a problem whatever its words', () => {
  const log = new LogText('Step fit failed: code 7.');
  log.append(`${at} fine\n${at} Step fit failed: code 7.\n`);
  assert.equal(nextProblem(log.lines, 0), 2);
});

test('the next problem goes round, and there may be none', () => {
  const log = new LogText();
  log.append('ERROR a\nfine\nWARN b\n');
  assert.deepEqual([nextProblem(log.lines, 0), nextProblem(log.lines, 1), nextProblem(log.lines, 3)], [1, 3, 1]);
  assert.equal(nextProblem(log.lines.slice(1, 2), 0), null);
  assert.equal(nextProblem([], 0), null);
  assert.deepEqual([firstError(log.lines), firstError(log.lines.slice(1))], [1, 0]);
});

test('a text is found in all lines whatever its case', () => {
  const log = new LogText();
  log.append('One\ntwo\nONE more\n');
  assert.deepEqual(linesWith(log.lines, 'one'), [1, 3]);
  assert.deepEqual(linesWith(log.lines, ''), []);
});
