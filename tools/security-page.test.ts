import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listFiles, readText } from './checkout.ts';

const page = readText('docs/security.md');

/** Rows of the table of the standard: id, words, state, what it rests on. */
const rows = [...page.matchAll(/^\| (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm)].map(
  ([, id = '', what = '', state = '', why = '']) => ({
    id,
    what,
    state,
    why,
  }),
);

/** Levels 1 and 2 of OWASP ASVS 5.0, by chapter. */
const requirements: Readonly<Record<string, number>> = {
  1: 27,
  2: 11,
  3: 19,
  4: 10,
  5: 9,
  6: 35,
  7: 18,
  8: 7,
  9: 7,
  10: 29,
  11: 14,
  12: 9,
  13: 13,
  14: 9,
  15: 13,
  16: 16,
  17: 7,
};

function testNames(): ReadonlySet<string> {
  const named = /(?:^|\s)test\(\s*(['"`])((?:\\.|(?!\1).)*)\1/g;
  const texts = listFiles()
    .filter((path) => /\.test\.tsx?$/.test(path))
    .map((path) => readText(path));
  return new Set(texts.flatMap((text) => [...text.matchAll(named)].map(([, , name = '']) => name.replaceAll("\\'", "'"))));
}

test('every test that the security page names is there', () => {
  const names = testNames();
  const quoted = [...page.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name);
  assert.ok(quoted.length > 100, `${quoted.length}`);
  assert.deepEqual(
    [...new Set(quoted)].filter((name) => !names.has(name)),
    [],
  );
});

test('every requirement of the standard is met by a test or a written part, does not apply, or is open with a reason', () => {
  const counts = new Map<string, number>();
  for (const { id } of rows) counts.set(id.split('.', 1)[0] ?? '', (counts.get(id.split('.', 1)[0] ?? '') ?? 0) + 1);
  assert.deepEqual(Object.fromEntries(counts), requirements);
  assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length, 'an id twice');
  const anchors = new Set(
    [...page.matchAll(/^## (.+)$/gm)].map(([, title = '']) => title.toLowerCase().replaceAll(/[,.]/g, '').replaceAll(' ', '-')),
  );
  const wrong = rows.filter(({ state, why }) => {
    const part = /^\[[^\]]+\]\(#([^)]+)\)$/.exec(why)?.[1];
    if (state === 'met') return !/^"[^"]+"$/.test(why) && (part === undefined || !anchors.has(part));
    return !['n/a', 'open'].includes(state) || why.length < 5;
  });
  assert.deepEqual(wrong, []);
});

test('the counts of the page are those of its table', () => {
  for (const state of ['met', 'n/a', 'open']) {
    assert.ok(page.includes(`${rows.filter((row) => row.state === state).length} ${state}`), state);
  }
});
