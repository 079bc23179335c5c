import assert from 'node:assert/strict';
import { test } from 'node:test';
import { localised } from './localised.ts';

const catalogue = { home: 'Home', rows: (count: number) => `${count} rows`, deep: { list: ['one'] } };

test('with pseudo words every text shows that it came from the catalogue, those made by functions too', () => {
  const words = localised(catalogue, '?words=pseudo');
  assert.equal(words.home, '⟦Hómé~~⟧');
  assert.equal(words.rows(3), '⟦3 róws~~~⟧');
  assert.deepEqual(words.deep.list, ['⟦óné~~⟧']);
});

test('without them the catalogue is what it is', () => {
  assert.equal(localised(catalogue, '?tab=rows'), catalogue);
});
