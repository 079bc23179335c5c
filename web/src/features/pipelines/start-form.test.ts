import assert from 'node:assert/strict';
import { test } from 'node:test';
import { definition as base } from './pipelines.fixture.ts';
import { formOf, startOf, wrongIn } from './start-form.ts';

const definition = { ...base, params: { trees: 60, holdout: '14d', deep: false } };

test('an untouched form sends nothing but the start', () => {
  assert.deepEqual(startOf(definition, formOf(definition)), {});
});

test('what was changed is sent with the type of the usual value', () => {
  const form = formOf(definition);
  const changed = { cache: false, inputs: { departures: '3' }, params: { trees: '80', holdout: '7d', deep: true } };
  assert.deepEqual(startOf(definition, { ...form, ...changed }), {
    params: { trees: 80, holdout: '7d', deep: true },
    inputs: { departures: 3 },
    use_cache: false,
  });
});

test('a number that is none is told, and not sent', () => {
  assert.equal(wrongIn(60, 'many'), 'a number');
  assert.equal(wrongIn(60, ' '), 'a number');
  assert.equal(wrongIn('14d', 'many'), undefined);
  assert.equal(startOf(definition, { ...formOf(definition), params: { trees: 'many' } }), undefined);
});

test('a form like an earlier execution has its inputs and params', () => {
  const form = formOf(definition, { params: { trees: 5 }, inputs: { departures: 9 } });
  assert.deepEqual(startOf(definition, form), { params: { trees: 5 }, inputs: { departures: 9 } });
});
