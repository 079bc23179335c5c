import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { mib, noMount, smallDisk } from '../../../tools/small-disk.ts';
import { sha256 } from '../kernel/digest.ts';
import { startUp, temporaryFolder } from './up.fixture.ts';

/** What this test reads of the answers. */
interface Answer {
  readonly error: { readonly code: string; readonly todo: string };
  readonly items: readonly { readonly latest: { readonly number: number } | null }[];
  readonly version?: { readonly number: number; readonly rows: number };
}

/** Numbers that do not compress: 60,000 rows of 3 columns, about 1.7 MB as CSV and 1.3 MB as Parquet. */
function csvOf(seed: number): Buffer {
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state;
  };
  return Buffer.from(`a,b,c\n${Array.from({ length: 60_000 }, () => `${next()},${next()},${next()}`).join('\n')}\n`);
}

test('a disk that gets full while data is added refuses it whole, wherever it stops, and goes on when there is space', async (t) => {
  const disk = smallDisk(48 * mib);
  if (disk === null) return t.skip(noMount);
  t.after(() => disk.remove());
  const data = join(disk.path, 'data');
  const server = await startUp(t, temporaryFolder(t), ['--auth', 'off', '--data', data]);
  const call = async (method: string, path: string, body?: Buffer | object) => {
    const isBytes = Buffer.isBuffer(body);
    const answer = await fetch(`${server.address}/api/v1/projects/default${path}`, {
      method,
      headers: body === undefined ? {} : { 'content-type': isBytes ? 'application/octet-stream' : 'application/json' },
      ...(body === undefined ? {} : { body: isBytes ? new Uint8Array(body) : JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as Answer };
  };
  const versionsOf = async () => (await call('GET', '/datasets')).body.items.map(({ latest }) => latest?.number);
  const assertFull = ({ status, body }: Awaited<ReturnType<typeof call>>, when: string) => {
    assert.deepEqual([status, body.error.code], [507, 'storage_full'], `${when}: ${JSON.stringify(body)}`);
    assert.match(body.error.todo, /Free space/);
  };

  const csv = csvOf(1);
  const file = { path: 'a.csv', digest: sha256(csv) };
  disk.leaveFree(mib);
  assertFull(await call('PUT', `/blobs?digest=${file.digest}`, csv), 'uploading');
  assert.deepEqual((await call('POST', '/blobs/missing', { digests: [file.digest] })).body, { missing: [file.digest] });
  disk.leaveFree(40 * mib);
  assert.equal((await call('PUT', `/blobs?digest=${file.digest}`, csv)).status, 200);

  // The table as it is read, its copy in the store, its profile, the row: each is the first that finds no place at one of these.
  const refused: number[] = [];
  for (let free_bytes = 0; free_bytes < 8 * mib; free_bytes += free_bytes < 1.5 * mib ? 262_144 : 16_384) {
    disk.leaveFree(free_bytes);
    const added = await call('POST', '/datasets/sales/versions', { files: [file] });
    if (added.status === 200) break;
    assertFull(added, `adding with ${free_bytes} bytes free`);
    assert.deepEqual(await versionsOf(), [], 'reads go on, and nothing is half there');
    for (const unfinished of ['datasets', 'blobs/temps']) assert.deepEqual(readdirSync(join(data, unfinished)), [], unfinished);
    refused.push(free_bytes);
  }
  assert.ok(refused.length > 5, `it was refused with ${refused} bytes free`);

  // The database has space in its log for a few more rows.
  disk.leaveFree(0);
  let kept = 0;
  let written = await call('PUT', '/datasets/kept-0', {});
  for (; written.status === 200 && kept < 500; written = await call('PUT', `/datasets/kept-${kept}`, {})) kept++;
  assertFull(written, `writing row ${kept}`);
  assert.equal((await versionsOf()).length, kept + 1, 'what was acknowledged is there, what was refused is not');

  disk.makeRoom();
  assert.equal((await call('PUT', `/datasets/kept-${kept}`, {})).status, 200);
  const again = await call('POST', '/datasets/sales/versions', { files: [file] });
  assert.deepEqual([again.status, again.body.version?.number, again.body.version?.rows], [200, 1, 60_000], JSON.stringify(again.body));
  assert.equal(await server.stop(), 0, 'the same server, to its clean end');
});
