import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freeSpace, fullDisk, spaceProblem } from './disk.ts';

const mebi = 2 ** 20;

test('a server is ready while its disk takes writes, and says in words when it does not', () => {
  assert.equal(fullDisk({ free_bytes: 100 * 1024 * mebi, bytes: 200 * 1024 * mebi }), null);
  assert.equal(fullDisk({ free_bytes: 65 * mebi, bytes: 200 * 1024 * mebi }), null);
  assert.equal(fullDisk({ free_bytes: 8 * mebi, bytes: 16 * mebi }), null, 'a small disk with room');
  assert.match(fullDisk({ free_bytes: 3 * mebi, bytes: 200 * 1024 * mebi }) ?? '', /full: 3145728 bytes are free; free space with/);
});

test('the doctor warns long before that', async () => {
  assert.match(spaceProblem({ free_bytes: 1024 * mebi, bytes: 200 * 1024 * mebi }) ?? '', /only 1073741824 of/);
  const { free_bytes, bytes } = await freeSpace('/');
  assert.ok(free_bytes <= bytes && bytes > 0);
});
