import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import type { Clock } from '../../kernel/clock.ts';
import { failure } from '../../kernel/error.ts';
import { newId } from '../../kernel/ids.ts';
import type { Log } from '../log/index.ts';
import { assertDigest, piece_bytes, type Range, rangeOf, sha256Of, smallLimit_bytes } from './blob.ts';
import { Durability, storageFailure } from './durability.ts';
import {
  createFlags,
  type Files,
  mkdirIfMissing,
  readFlags,
  readInto,
  statOrNone,
  systemFiles,
  unlinkIfThere,
  withFile,
  writeAll,
} from './files.ts';
import { Objects } from './objects.ts';
import { Packs } from './packs.ts';
import { sweepBlobs } from './sweep.ts';

export interface BlobsOptions {
  /** Made when missing, mode 0700. Several processes may share it; sweeps of it must not overlap. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly files?: Files;
}

export interface PutOptions {
  /** The digest that the sender claims; other bytes are refused with `digest_mismatch`. */
  readonly expect?: string;
  /** More bytes are refused with `blob_too_large`. */
  readonly limit_bytes: number;
}

export interface Stored {
  /** SHA-256, 64 lower-case hexadecimal digits. */
  readonly digest: string;
  readonly bytes: number;
}

export interface SweepOptions {
  /** Every digest that anything refers to. An error while reading it ends the sweep before anything is removed. */
  readonly live: AsyncIterable<string> | ReadonlySet<string>;
  /** The grace: what was put or asked for since is kept. Must exceed the longest upload lease (default 24 hours). */
  readonly olderThan_ms?: number;
  /** Counts what would go and removes nothing. */
  readonly dryRun: boolean;
}

/**
 * Files under the SHA-256 of their bytes, in a folder of ours. Nothing is visible before it is whole, and nothing is
 * acknowledged before it is on disk. Errors on writing: `storage_full` (nothing was kept), `storage_failed` (an fsync
 * failed; no write is taken until the store is opened anew), `busy`. On reading: `blob_missing`, `blob_corrupt`.
 */
export interface Blobs {
  /** Resolves when the bytes are on disk. An error of the source itself is thrown as it is. */
  put(source: AsyncIterable<Uint8Array> | Uint8Array, options: PutOptions): Promise<Stored>;
  /** Many small files in one go; those below 64 KiB share one fsync. The arrays must not change until it resolves. */
  putMany(contents: readonly Uint8Array[]): Promise<Stored[]>;
  /** The sizes of those that are here, on disk. Asking keeps them from being swept for the grace. */
  has(digests: Iterable<string>): Promise<Map<string, number>>;
  /** The same, without keeping anything from being swept, and so without writing: for those who only look at everything there is. */
  stored(digests: Iterable<string>): Promise<Map<string, number>>;
  /** Bytes from `start` up to, not including, `end`. A whole blob is hashed while it is read, and fails before its last piece if it is damaged. */
  open(digest: string, range?: Partial<Range>): Promise<{ bytes: number; range: Range; stream: Readable }>;
  /** All bytes, hashed before they are returned. */
  read(digest: string, limit_bytes: number): Promise<Buffer>;
  /** A local file for child processes, to be read only; hashed before its path is given for the first time in this process. */
  path(digest: string): Promise<string>;
  /** Hashes the stored bytes again. */
  verify(digest: string): Promise<Stored>;
  /** Removes what nothing refers to. `freed_bytes` counts disk space, `blobs` the digests that are gone. */
  sweep(options: SweepOptions): Promise<{ freed_bytes: number; blobs: number }>;
  usage(): Promise<{ blobs: number; bytes: number; disk_bytes: number; packs: number }>;
  /** Tidies what a crash left. Opening does it too. */
  recover(): Promise<{ temps_removed: number; restored: number }>;
  /** Ends the pack of this process; puts that have begun finish first. */
  close(): Promise<void>;
}

const verifiedLimit = 10_000;
const hasTogether = 32;

export async function openBlobs({ folder, clock, log, files = systemFiles }: BlobsOptions): Promise<Blobs> {
  const durability = new Durability(files);
  const packs = new Packs({ files, folder: join(folder, 'packs'), clock, log, durability });
  const objects = new Objects({ files, folder, clock, durability });
  try {
    await makeFolders(files, folder, durability);
    const recovered = await objects.recover();
    if (recovered.temps_removed + recovered.restored > 0) log.info('The file store tidied up after a crash', recovered);
    await packs.open();
  } catch (error) {
    throw storageFailure(error);
  }
  const store = new FolderBlobs({ files, folder, clock, packs, objects });
  return {
    put: (source, options) => store.put(source, options),
    putMany: (contents) => store.putMany(contents),
    has: (digests) => store.has(digests, 'keep').catch(toldApart),
    stored: (digests) => store.has(digests, 'look').catch(toldApart),
    open: (digest, range) => store.open(digest, range ?? {}),
    read: (digest, limit_bytes) => store.read(digest, limit_bytes),
    path: (digest) => store.path(digest),
    verify: (digest) => store.verify(digest),
    sweep: (options) => sweepBlobs({ ...options, clock, packs, objects, files, cache: join(folder, 'cache') }),
    usage: () => store.usage(),
    recover: () => objects.recover(),
    close: () => packs.close(),
  };
}

function toldApart(error: unknown): never {
  throw storageFailure(error);
}

async function makeFolders(files: Files, folder: string, durability: Durability): Promise<void> {
  await mkdirIfMissing(files, folder);
  await durability.syncFolder(dirname(folder));
  for (const name of ['objects', 'packs', 'temps', 'trash', 'cache']) await mkdirIfMissing(files, join(folder, name));
  await durability.syncFolder(folder);
}

interface Parts {
  readonly files: Files;
  readonly folder: string;
  readonly clock: Clock;
  readonly packs: Packs;
  readonly objects: Objects;
}

class FolderBlobs {
  readonly #parts: Parts;
  readonly #verified = new Set<string>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async put(source: AsyncIterable<Uint8Array> | Uint8Array, { expect, limit_bytes }: PutOptions): Promise<Stored> {
    if (expect !== undefined) assertDigest(expect);
    if (source instanceof Uint8Array) {
      if (source.byteLength > limit_bytes) throw failure('blob_too_large', { limit_bytes });
      return this.putBytes(source, expect);
    }
    const iterator = source[Symbol.asyncIterator]();
    try {
      const { first, ended } = await takeSmall(iterator, limit_bytes);
      if (ended) return await this.putBytes(first, expect);
      return await this.#parts.objects.put(startingWith(first, iterator), limit_bytes, expect);
    } finally {
      await iterator.return?.();
    }
  }

  async putBytes(bytes: Uint8Array, expect?: string): Promise<Stored> {
    if (bytes.byteLength >= smallLimit_bytes) return this.#parts.objects.put(once(bytes), bytes.byteLength, expect);
    const digest = sha256Of(bytes);
    if (expect !== undefined && digest !== expect) throw failure('digest_mismatch', { found: digest, expected: expect });
    await this.#parts.packs.put(digest, bytes);
    return { digest, bytes: bytes.byteLength };
  }

  async putMany(contents: readonly Uint8Array[]): Promise<Stored[]> {
    const small = contents.map((bytes) => (bytes.byteLength < smallLimit_bytes ? this.putBytes(bytes) : undefined));
    // Marked as seen to: one may fail while a larger file is still being written.
    for (const putting of small) putting?.catch(() => undefined);
    const stored: Stored[] = [];
    for (const [index, bytes] of contents.entries()) stored.push(await (small[index] ?? this.putBytes(bytes)));
    return stored;
  }

  async has(digests: Iterable<string>, why: 'keep' | 'look'): Promise<Map<string, number>> {
    const { packs, objects } = this.#parts;
    const asked = [...new Set(digests)];
    asked.forEach(assertDigest);
    const found = new Map<string, number>();
    const look = async (digest: string, where: Packs | Objects) => {
      const bytes = found.get(digest) ?? (await (why === 'keep' ? where.find(digest) : where.lookFor(digest)));
      if (bytes !== undefined) found.set(digest, bytes);
    };
    const lookAll = async (where: Packs | Objects) => {
      for (let from = 0; from < asked.length; from += hasTogether) {
        await Promise.all(asked.slice(from, from + hasTogether).map((digest) => look(digest, where)));
      }
    };
    await lookAll(packs);
    if (found.size < asked.length) await lookAll(objects);
    if (found.size < asked.length) {
      await packs.refresh();
      await lookAll(packs);
    }
    return found;
  }

  async open(digest: string, asked: Partial<Range>): Promise<{ bytes: number; range: Range; stream: Readable }> {
    assertDigest(digest);
    const { objects } = this.#parts;
    const small = await this.#readSmall(digest);
    const bytes = small?.byteLength ?? (await this.#objectBytes(digest));
    const range = rangeOf(asked, bytes);
    const whole = range.start === 0 && range.end === bytes;
    const content = small ? once(small.subarray(range.start, range.end)) : objects.stream(digest, range, whole);
    return { bytes, range, stream: Readable.from(content, { objectMode: false, highWaterMark: piece_bytes }) };
  }

  async read(digest: string, limit_bytes: number): Promise<Buffer> {
    assertDigest(digest);
    const { objects } = this.#parts;
    const small = await this.#readSmall(digest);
    const bytes = small?.byteLength ?? (await this.#objectBytes(digest));
    if (bytes > limit_bytes) throw failure('blob_too_large', { limit_bytes });
    if (small) return small;
    const into = Buffer.allocUnsafe(bytes);
    let at = 0;
    for await (const piece of objects.stream(digest, { start: 0, end: bytes }, true)) {
      into.set(piece, at);
      at += piece.byteLength;
    }
    return into;
  }

  async path(digest: string): Promise<string> {
    assertDigest(digest);
    const small = await this.#readSmall(digest);
    // In turn with a sweep, which may be about to take the old file away.
    if (small) return this.#parts.objects.inTurn(digest, () => this.#materialise(digest, small));
    const { objects } = this.#parts;
    if ((await objects.find(digest)) === undefined) throw failure('blob_missing', { digest });
    if (!this.#verified.has(digest)) await this.verify(digest);
    return objects.pathOf(digest);
  }

  async verify(digest: string): Promise<Stored> {
    assertDigest(digest);
    const { objects } = this.#parts;
    const small = await this.#readSmall(digest);
    if (small) return { digest, bytes: small.byteLength };
    const bytes = await this.#objectBytes(digest);
    for await (const _ of objects.stream(digest, { start: 0, end: bytes }, true));
    if (this.#verified.size >= verifiedLimit) this.#verified.clear();
    this.#verified.add(digest);
    return { digest, bytes };
  }

  async usage(): Promise<{ blobs: number; bytes: number; disk_bytes: number; packs: number }> {
    const total = this.#parts.packs.usage();
    for await (const { bytes } of this.#parts.objects.list()) {
      total.blobs++;
      total.bytes += bytes;
      total.disk_bytes += bytes;
    }
    return total;
  }

  async #readSmall(digest: string): Promise<Buffer | undefined> {
    const { packs, objects } = this.#parts;
    const here = await packs.read(digest);
    if (here) return here;
    if ((await objects.bytesOf(digest)) !== undefined) return undefined;
    await packs.refresh();
    return packs.read(digest);
  }

  async #objectBytes(digest: string): Promise<number> {
    const bytes = await this.#parts.objects.bytesOf(digest);
    if (bytes === undefined) throw failure('blob_missing', { digest });
    // A blob below the limit is in a pack: a file of that size has lost its end.
    if (bytes < smallLimit_bytes) throw this.#parts.objects.damaged(digest);
    return bytes;
  }

  /** A file of its own for a packed blob, in a folder that may be emptied at any time: nothing of it is synced. */
  async #materialise(digest: string, bytes: Buffer): Promise<string> {
    const { files, folder, clock } = this.#parts;
    const path = join(folder, 'cache', digest);
    const stat = await statOrNone(files, path);
    if (stat?.kind === 'file' && stat.bytes === bytes.byteLength) {
      const same = await withFile(files.open(path, readFlags), async (file) => {
        const cached = Buffer.alloc(bytes.byteLength);
        await readInto(file, cached, 0);
        await file.setModified(clock.now());
        return cached.equals(bytes);
      });
      if (same) return path;
    }
    const temp = join(folder, 'temps', newId('tmp'));
    try {
      await withFile(files.open(temp, createFlags, 0o400), async (file) => {
        await writeAll(file, bytes, 0);
        await file.setModified(clock.now());
      });
      await files.rename(temp, path);
      return path;
    } catch (error) {
      await unlinkIfThere(files, temp).catch(() => undefined);
      throw storageFailure(error);
    }
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.byteLength > 0) yield bytes;
}

/** Takes from a stream until it ends or is too large for a pack. */
async function takeSmall(iterator: AsyncIterator<Uint8Array>, limit_bytes: number): Promise<{ first: Uint8Array; ended: boolean }> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  while (bytes < smallLimit_bytes) {
    const next = await iterator.next();
    if (next.done) return { first: Buffer.concat(chunks), ended: true };
    chunks.push(next.value);
    bytes += next.value.byteLength;
    if (bytes > limit_bytes) throw failure('blob_too_large', { limit_bytes });
  }
  return { first: Buffer.concat(chunks), ended: false };
}

async function* startingWith(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  for (;;) {
    const next = await rest.next();
    if (next.done) return;
    yield next.value;
  }
}
