import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextPath } from './next-path.ts';

test('a sign-in leads to a path of this server, whatever was asked for', () => {
  assert.equal(nextPath('/p/flights/questions?tab=a b#c'), '/p/flights/questions?tab=a%20b#c');
  const elsewhere = [
    undefined,
    '',
    'p/flights',
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '/\n//evil.example',
    'javascript:alert(1)',
    '/x/..//evil.example',
    '/.//evil.example',
    '///evil.example',
  ];
  for (const wanted of elsewhere) assert.equal(nextPath(wanted), '/', String(wanted));
});

test('what a header cannot carry is written so that it can', () => {
  assert.equal(nextPath('/a\r\nset-cookie: x=1'), '/aset-cookie:%20x=1');
  assert.equal(nextPath('/ä'), '/%C3%A4');
});
