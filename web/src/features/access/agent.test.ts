import assert from 'node:assert/strict';
import { test } from 'node:test';
import { programOf } from './agent.ts';

test('a session is told by its browser and system, and by what it calls itself where that is no browser', () => {
  const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36';
  assert.equal(programOf(chrome), 'Chrome 156, Linux');
  assert.equal(programOf(`${chrome} Edg/156.0.0.0`.replace('X11; Linux x86_64', 'Windows NT 10.0; Win64; x64')), 'Edge 156, Windows');
  assert.equal(programOf('Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:141.0) Gecko/20100101 Firefox/141.0'), 'Firefox 141, macOS');
  const phone =
    'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1';
  assert.equal(programOf(phone), 'Safari 19, iOS');
  assert.equal(programOf('curl/8.15.0'), 'curl/8.15.0');
  assert.equal(programOf('x'.repeat(500))?.length, 41);
  assert.equal(programOf(' '), null);
  assert.equal(programOf(null), null);
});
