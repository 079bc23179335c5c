import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SlipwayError } from '../../kernel/error.ts';
import { assertArtifactPath, assertBatch, assertKey, foldLatest, isNewer, newParams } from './run.ts';

const point = (step: number, timestamp_ms: number, value: number) => ({ key: 'loss', step, timestamp_ms, value });
const refused = (code: string) => (error: unknown) => error instanceof SlipwayError && error.code === code;

test('the newest point is the greatest by step, then timestamp, then value', () => {
  const cases: [ReturnType<typeof point>, ReturnType<typeof point>, boolean][] = [
    [point(2, 0, 0), point(1, 9, 9), true],
    [point(1, 5, 0), point(1, 4, 9), true],
    [point(1, 5, 2), point(1, 5, 1), true],
    [point(1, 5, 1), point(1, 5, 2), false],
    [point(1, 5, 1), point(1, 5, Number.NaN), true],
    [point(-3, 5, 1), point(1, 5, 1), false],
  ];
  for (const [a, b, expected] of cases) assert.equal(isNewer(a, b), expected, JSON.stringify([a, b]));
});

test('a fold keeps the newest point and the bounds of all, and NaN never becomes a bound', () => {
  const latest = foldLatest([point(1, 1, 5), point(3, 1, Number.NaN), point(2, 1, -1)]).get('loss');
  assert.deepEqual(latest, { key: 'loss', step: 3, timestamp_ms: 1, value: Number.NaN, minimum: -1, maximum: 5 });
});

test('a param that is logged again with the same value is no news, with another it is refused', () => {
  const existing = new Map([['rate', '0.1']]);
  assert.deepEqual(newParams('r', [{ key: 'rate', value: '0.1' }], existing), []);
  assert.throws(() => newParams('r', [{ key: 'rate', value: '0.2' }], existing), refused('param_already_set'));
});

test('keys with path tricks, control signs or no characters are refused', () => {
  for (const key of ['', '/a', 'a//b', 'a/../b', '..', 'a\u0000', 'ключ\n', 'a'.repeat(251), 'a/./b', 'a,b', 'a\ud800', '\u202ea']) {
    assert.throws(() => assertKey(key, 'key'), refused('invalid_input'), key);
  }
  for (const key of ['loss', 'val/loss', 'ÄÖ_1', '精度/验证', 'a b:c-d.e']) assert.doesNotThrow(() => assertKey(key, 'key'), key);
});

test('artifact paths stay inside their run', () => {
  for (const path of [
    '../x',
    '/etc/passwd',
    'a/../../b',
    'a\\b',
    '',
    'a//b',
    '.',
    'a\u0000b',
    'exe\u202egnp.x',
    'e\u0301/x',
    `${'a/'.repeat(40)}b`,
    '\ud800',
  ]) {
    assert.throws(() => assertArtifactPath(path), refused('invalid_input'), JSON.stringify(path));
  }
  for (const path of ['model.onnx', 'model/data.bin', 'π/ü.txt']) assert.doesNotThrow(() => assertArtifactPath(path));
});

test('a batch over a limit is refused whole, at the limit it passes', () => {
  const metrics = Array.from({ length: 1001 }, (_, step) => point(step, 0, 0));
  assert.throws(() => assertBatch({ metrics }), refused('invalid_input'));
  assert.doesNotThrow(() => assertBatch({ metrics: metrics.slice(1) }));
  assert.throws(() => assertBatch({ metrics: [point(2 ** 53, 0, 0)] }), refused('invalid_input'));
  assert.throws(() => assertBatch({ params: [{ key: 'a', value: 'x'.repeat(6001) }] }), refused('invalid_input'));
  const twice = [
    { key: 'a', value: '1' },
    { key: 'a', value: '1' },
  ];
  assert.throws(() => assertBatch({ params: twice }), refused('invalid_input'));
});
