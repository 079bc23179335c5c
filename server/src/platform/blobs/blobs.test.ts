import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { sha256 } from '../../kernel/digest.ts';
import { SlipwayError } from '../../kernel/error.ts';
import { createLog } from '../log/index.ts';
import { type Blobs, type Files, openBlobs, systemFiles } from './index.ts';

const log = createLog({ level: 'silent' });
const hour_ms = 3_600_000;
const limit_bytes = 10_000_000;
const large = randomBytes(200_000);
const small = Buffer.from('a small file');

interface Store {
  readonly blobs: Blobs;
  readonly folder: string;
  readonly clock: { time_ms: number; now(): number; monotonic(): number };
  again(): Promise<Blobs>;
}

async function newStore(context: TestContext, files: Files = systemFiles): Promise<Store> {
  const parent = mkdtempSync(join(tmpdir(), 'slipway-blobs-'));
  const clock = { time_ms: Date.now(), now: () => clock.time_ms, monotonic: () => clock.time_ms };
  const again = async () => {
    const opened = await openBlobs({ folder: join(parent, 'blobs'), clock, log, files });
    context.after(() => opened.close());
    return opened;
  };
  const blobs = await again();
  context.after(() => rmSync(parent, { recursive: true, force: true }));
  return { blobs, folder: join(parent, 'blobs'), clock, again };
}

const code = (expected: string) => (error: unknown) => error instanceof SlipwayError && error.code === expected;

async function* chunks(...parts: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}

async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

const objectPath = (folder: string, digest: string) => join(folder, 'objects', digest.slice(0, 2), digest);
const onlyPack = (folder: string) => join(folder, 'packs', readdirSync(join(folder, 'packs')).find((name) => name.endsWith('.pack')) ?? '');

test('what is put comes back the same, small or large, in one piece or streamed', async (context) => {
  const { blobs } = await newStore(context);
  for (const content of [Buffer.alloc(0), small, randomBytes(65_535), randomBytes(65_536), large]) {
    for (const source of [content, chunks(content.subarray(0, 7), content.subarray(7))]) {
      const stored = await blobs.put(source, { limit_bytes });
      assert.deepEqual(stored, { digest: sha256(content), bytes: content.byteLength });
      assert.deepEqual(await blobs.read(stored.digest, limit_bytes), content);
      assert.deepEqual(await bytesOf((await blobs.open(stored.digest)).stream), content);
    }
  }
});

test('the store has the same files after it was closed and after it was left open', async (context) => {
  const { blobs, again } = await newStore(context);
  const [first] = await blobs.putMany([small, large]);
  await blobs.close();
  const second = await again();
  const left = await second.put(Buffer.from('written and not closed'), { limit_bytes });
  const third = await again();
  const found = await third.has([first?.digest ?? '', sha256(large), left.digest]);
  assert.deepEqual([found.get(sha256(small)), found.get(sha256(large)), found.get(left.digest)], [12, 200_000, 22]);
  assert.equal(String(await third.read(left.digest, 100)), 'written and not closed');
});

test('two processes that share the folder see what the other one puts', async (context) => {
  const { blobs, again } = await newStore(context);
  const other = await again();
  await blobs.putMany([small, large]);
  assert.equal((await other.has([sha256(small), sha256(large)])).size, 2);
  assert.deepEqual(await other.read(sha256(small), 100), small);
  await other.put(Buffer.from('from the other'), { limit_bytes });
  assert.equal(String(await blobs.read(sha256('from the other'), 100)), 'from the other');
});

test('a range gives the bytes from its start up to its end', async (context) => {
  const { blobs } = await newStore(context);
  for (const content of [small, large]) {
    const { digest } = await blobs.put(content, { limit_bytes });
    const { stream, bytes } = await blobs.open(digest, { start: 2, end: 7 });
    assert.equal(bytes, content.byteLength);
    assert.deepEqual(await bytesOf(stream), content.subarray(2, 7));
    assert.deepEqual(await bytesOf((await blobs.open(digest, { start: 5, end: 1e9 })).stream), content.subarray(5));
    await assert.rejects(blobs.open(digest, { start: content.byteLength + 1 }), code('invalid_input'));
  }
});

test('bytes that do not have the claimed digest are refused and nothing is kept', async (context) => {
  const { blobs, folder } = await newStore(context);
  for (const content of [small, large]) {
    await assert.rejects(blobs.put(chunks(content), { limit_bytes, expect: sha256('other') }), code('digest_mismatch'));
    assert.equal((await blobs.has([sha256(content)])).size, 0);
  }
  assert.deepEqual(readdirSync(join(folder, 'temps')), []);
});

test('a file above the limit is refused while it arrives', async (context) => {
  const { blobs, folder } = await newStore(context);
  async function* endless() {
    for (;;) yield large;
  }
  await assert.rejects(blobs.put(endless(), { limit_bytes: 1_000_000 }), code('blob_too_large'));
  await assert.rejects(blobs.put(small, { limit_bytes: 3 }), code('blob_too_large'));
  const { digest } = await blobs.put(large, { limit_bytes });
  await assert.rejects(blobs.read(digest, 1000), code('blob_too_large'));
  assert.deepEqual(readdirSync(join(folder, 'temps')), []);
});

test('a sender that breaks off leaves nothing and hears its own error', async (context) => {
  const { blobs, folder } = await newStore(context);
  async function* broken() {
    yield large;
    throw new Error('connection lost');
  }
  await assert.rejects(blobs.put(broken(), { limit_bytes }), /connection lost/);
  assert.deepEqual(readdirSync(join(folder, 'temps')), []);
});

test('a text that is not a digest never becomes a path', async (context) => {
  const { blobs } = await newStore(context);
  for (const text of ['', '../../etc/passwd', `${sha256('x')}/..`, sha256('x').toUpperCase(), `${sha256('x')}\n`]) {
    await assert.rejects(blobs.read(text, 100), code('invalid_input'));
    await assert.rejects(blobs.has([text]), code('invalid_input'));
    await assert.rejects(blobs.path(text), code('invalid_input'));
  }
});

test('a file that is not there is missing, however it is asked for', async (context) => {
  const { blobs } = await newStore(context);
  const digest = sha256('x');
  for (const ask of [() => blobs.read(digest, 100), () => blobs.open(digest), () => blobs.path(digest), () => blobs.verify(digest)]) {
    await assert.rejects(ask, code('blob_missing'));
  }
});

test('a flipped bit is found by every way of reading, and putting the file again heals it', async (context) => {
  const { blobs, folder } = await newStore(context);
  await blobs.putMany([small, large]);
  for (const [content, file] of [
    [small, onlyPack(folder)],
    [large, objectPath(folder, sha256(large))],
  ] as const) {
    const digest = sha256(content);
    const stored = readFileSync(file);
    const at = stored.indexOf(content) + 3;
    stored[at] = (stored[at] ?? 0) ^ 1;
    chmodSync(file, 0o600);
    writeFileSync(file, stored);
    await assert.rejects(blobs.read(digest, limit_bytes), code('blob_corrupt'));
    await assert.rejects(
      blobs.open(digest).then(({ stream }) => bytesOf(stream)),
      code('blob_corrupt'),
    );
    await assert.rejects(blobs.path(digest), code(content === small ? 'blob_corrupt' : 'blob_missing'));
    assert.equal((await blobs.has([digest])).size, 0);
    await blobs.put(content, { limit_bytes });
    assert.deepEqual(await blobs.read(digest, limit_bytes), content);
  }
});

test('a damaged stream ends before its last piece', async (context) => {
  const { blobs, folder } = await newStore(context);
  const content = randomBytes(700_000);
  const { digest } = await blobs.put(content, { limit_bytes });
  content[0] = (content[0] ?? 0) ^ 1;
  chmodSync(objectPath(folder, digest), 0o600);
  writeFileSync(objectPath(folder, digest), content);
  let came = 0;
  const { stream } = await blobs.open(digest);
  await assert.rejects(async () => {
    for await (const part of stream) came += part.byteLength;
  }, code('blob_corrupt'));
  assert.ok(came < 700_000);
});

test('a link in the place of a file is not followed', async (context) => {
  const { blobs, folder } = await newStore(context);
  const { digest } = await blobs.put(large, { limit_bytes });
  rmSync(objectPath(folder, digest));
  const secret = join(folder, 'secret');
  writeFileSync(secret, large);
  symlinkSync(secret, objectPath(folder, digest));
  await assert.rejects(blobs.read(digest, limit_bytes), code('blob_missing'));
});

test('a child process gets a read-only file of a blob, packed or not', async (context) => {
  const { blobs } = await newStore(context);
  for (const content of [small, large]) {
    const { digest } = await blobs.put(content, { limit_bytes });
    const path = await blobs.path(digest);
    assert.deepEqual(readFileSync(path), content);
    assert.equal(statSync(path).mode & 0o777, 0o400);
    assert.equal(await blobs.path(digest), path);
  }
});

test('the torn end of a pack is cut off, and what was before it is there', async (context) => {
  const { blobs, folder, again } = await newStore(context);
  await blobs.put(small, { limit_bytes });
  const whole = statSync(onlyPack(folder)).size;
  await blobs.put(randomBytes(5000), { limit_bytes });
  for (const size of [whole + 1, whole + 56, whole + 3000]) {
    truncateSync(onlyPack(folder), size);
    assert.deepEqual([(await (await again()).usage()).blobs], [1], `cut at ${size}`);
  }
  appendFileSync(onlyPack(folder), randomBytes(3000));
  assert.deepEqual(await (await again()).read(sha256(small), 100), small);
});

test('damage in the middle of a pack is told apart from a torn end', async (context) => {
  const { blobs, folder, again } = await newStore(context);
  await blobs.put(small, { limit_bytes });
  await blobs.put(Buffer.from('a later file'), { limit_bytes });
  const pack = readFileSync(onlyPack(folder));
  pack[pack.indexOf(small)] = 0;
  writeFileSync(onlyPack(folder), pack);
  const reopened = await again();
  await assert.rejects(reopened.read(sha256(small), 100), code('blob_corrupt'));
  assert.equal(String(await reopened.read(sha256('a later file'), 100)), 'a later file');
});

test('a lost or damaged index of a pack is built again from the pack', async (context) => {
  const { blobs, folder, again } = await newStore(context);
  await blobs.putMany([small, Buffer.from('another')]);
  await blobs.close();
  const index = `${onlyPack(folder)}.idx`;
  writeFileSync(index, readFileSync(index).fill(7, 20, 30));
  assert.equal((await (await again()).usage()).blobs, 2);
  rmSync(index);
  assert.deepEqual(await (await again()).read(sha256(small), 100), small);
});

test('many small files at once share their syncs', async (context) => {
  let syncs = 0;
  const counting: Files = {
    ...systemFiles,
    open: async (path, flags, mode) => {
      const file = await systemFiles.open(path, flags, mode);
      const sync = () => {
        syncs++;
        return file.sync();
      };
      return { ...file, sync };
    },
  };
  const { blobs } = await newStore(context, counting);
  const contents = Array.from({ length: 500 }, (_, n) => Buffer.from(`file ${n}`));
  syncs = 0;
  await blobs.putMany(contents);
  assert.ok(syncs <= 3, `${syncs} syncs for one group`);
  syncs = 0;
  await Promise.all(contents.map((content) => blobs.put(Buffer.concat([content, small]), { limit_bytes })));
  assert.ok(syncs <= 3, `${syncs} syncs for puts of the same moment`);
});

test('a sweep removes what nothing refers to after the grace, and a dry run says so first', async (context) => {
  const { blobs, clock, again } = await newStore(context);
  const dead = Array.from({ length: 50 }, (_, n) => Buffer.alloc(3000, `dead ${n}`));
  await blobs.putMany([small, large, ...dead, randomBytes(100_000)]);
  const live = new Set([sha256(small), sha256(large)]);
  assert.deepEqual(await blobs.sweep({ live, dryRun: false }), { freed_bytes: 0, blobs: 0 });
  clock.time_ms += 25 * hour_ms;
  const before = await blobs.usage();
  const planned = await blobs.sweep({ live, dryRun: true });
  assert.deepEqual(await blobs.usage(), before);
  assert.deepEqual(await blobs.sweep({ live, dryRun: false }), planned);
  assert.equal(planned.blobs, 51);
  const after = await blobs.usage();
  assert.deepEqual([after.blobs, before.disk_bytes - after.disk_bytes], [2, planned.freed_bytes]);
  assert.equal((await (await again()).has(live)).size, 2);
});

test('asking for a file or putting it again keeps it for another grace', async (context) => {
  const { blobs, clock, again } = await newStore(context);
  const other = Buffer.from('asked for');
  await blobs.putMany([small, large, other]);
  clock.time_ms += 25 * hour_ms;
  await blobs.has([sha256(other)]);
  await blobs.putMany([small, large]);
  const restarted = await again();
  assert.equal((await restarted.sweep({ live: new Set(), dryRun: false })).blobs, 0);
  assert.equal((await restarted.has([sha256(small), sha256(large), sha256(other)])).size, 3);
});

test('a sweep whose list of live files breaks off, or names nonsense, removes nothing', async (context) => {
  const { blobs, clock } = await newStore(context);
  await blobs.putMany([small, large]);
  clock.time_ms += 48 * hour_ms;
  async function* broken() {
    yield sha256(small);
    throw new Error('database lost');
  }
  await assert.rejects(blobs.sweep({ live: broken(), dryRun: false }), /database lost/);
  await assert.rejects(blobs.sweep({ live: new Set(['nonsense']), dryRun: false }), code('invalid_input'));
  assert.equal((await blobs.usage()).blobs, 2);
});

test('a put that meets a sweep of the same bytes is there afterwards', async (context) => {
  const { blobs, clock } = await newStore(context);
  const contents = Array.from({ length: 30 }, (_, n) => [Buffer.from(`small ${n}`), Buffer.alloc(70_000, n)]).flat();
  for (let round = 0; round < 20; round++) {
    await blobs.putMany(contents);
    clock.time_ms += 25 * hour_ms;
    const sweeping = blobs.sweep({ live: new Set(), dryRun: false });
    const again = await Promise.all(contents.map((content) => blobs.put(content, { limit_bytes })));
    await sweeping;
    for (const { digest } of again) await blobs.verify(digest);
  }
});

test('temp files of a crash leave after a day, and a sweep that was cut short gives back what it held', async (context) => {
  const { blobs, folder, clock, again } = await newStore(context);
  const { digest } = await blobs.put(large, { limit_bytes });
  const old_s = (clock.time_ms - 25 * hour_ms) / 1000;
  for (const name of ['old', 'young']) writeFileSync(join(folder, 'temps', name), 'half an upload');
  utimesSync(join(folder, 'temps', 'old'), old_s, old_s);
  writeFileSync(join(folder, 'trash', digest), large);
  rmSync(objectPath(folder, digest));
  const restarted = await again();
  assert.deepEqual(readdirSync(join(folder, 'temps')), ['young']);
  assert.deepEqual(await restarted.read(digest, limit_bytes), large);
});
