import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../../kernel/clock.ts';
import { failure } from '../../kernel/error.ts';
import { newId } from '../../kernel/ids.ts';
import { isDigest, piece_bytes, pieces, type Range } from './blob.ts';
import { type Durability, storageFailure } from './durability.ts';
import {
  createFlags,
  errnoOf,
  type Files,
  mkdirIfMissing,
  type OpenFile,
  readFlags,
  readInto,
  statOrNone,
  unlinkIfThere,
  withFile,
  writeAll,
} from './files.ts';
import { renewal_ms } from './packs.ts';

/** Files in the making at the same time; each holds a descriptor for as long as its sender takes. */
const openLimit = 256;
/** Digests of which this process knows that they are on disk; forgetting one costs a sync of its folder. */
const durableLimit = 100_000;

const temp_ms = 24 * 60 * 60 * 1000;

export interface ObjectsOptions {
  readonly files: Files;
  /** Has the folders `objects`, `temps` and `trash`. */
  readonly folder: string;
  readonly clock: Clock;
  readonly durability: Durability;
}

export interface Written {
  readonly digest: string;
  readonly bytes: number;
}

/** The larger blobs: one read-only file each, `objects/<first two digits>/<digest>`. */
export class Objects {
  readonly #options: ObjectsOptions;
  readonly #objects: string;
  readonly #temps: string;
  readonly #trash: string;
  readonly #shards = new Map<string, Promise<void>>();
  readonly #turns = new Map<string, Promise<unknown>>();
  readonly #durable = new Set<string>();
  /** Known to be damaged: as good as absent, so that the next put heals it. */
  readonly #damaged = new Set<string>();
  #making = 0;

  constructor(options: ObjectsOptions) {
    this.#options = options;
    this.#objects = join(options.folder, 'objects');
    this.#temps = join(options.folder, 'temps');
    this.#trash = join(options.folder, 'trash');
  }

  pathOf(digest: string): string {
    return join(this.#shardOf(digest), digest);
  }

  /**
   * Streams into a temp file, hashing on the way, and shows it under its digest only when all of it is on disk.
   * Order: write, fsync(file), rename, fsync(folder); a rename is atomic, but not durable by itself.
   */
  async put(source: AsyncIterable<Uint8Array>, limit_bytes: number, expect: string | undefined): Promise<Written> {
    const { files, durability } = this.#options;
    durability.assertWritable();
    if (this.#making >= openLimit) throw failure('busy', { what: 'The file store', reason: `${openLimit} files are arriving already` });
    this.#making++;
    const temp = join(this.#temps, newId('tmp'));
    try {
      return await withFile(storing(files.open(temp, createFlags, 0o600)), async (file) => {
        const written = await receive(source, file, limit_bytes);
        const { digest } = written;
        if (expect !== undefined && digest !== expect) throw failure('digest_mismatch', { found: digest, expected: expect });
        await storing(this.inTurn(digest, () => this.#publish(temp, file, written)));
        return written;
      });
    } catch (error) {
      await unlinkIfThere(files, temp).catch(() => undefined);
      throw error;
    } finally {
      this.#making--;
    }
  }

  /** The size of a blob that is here and on disk. Counts as a sign of life: a sweep leaves it alone for its grace. */
  async find(digest: string): Promise<number | undefined> {
    if (this.#damaged.has(digest)) return undefined;
    if (!(await statOrNone(this.#options.files, this.pathOf(digest)))) return undefined;
    return this.inTurn(digest, () => this.#renew(digest));
  }

  /** The size of a blob that is here and on disk, without a sign of life. */
  async lookFor(digest: string): Promise<number | undefined> {
    if (this.#damaged.has(digest) || !(await statOrNone(this.#options.files, this.pathOf(digest)))) return undefined;
    return this.inTurn(digest, async () => {
      await this.#makeDurable(digest);
      return this.bytesOf(digest);
    });
  }

  async bytesOf(digest: string): Promise<number | undefined> {
    const stat = await statOrNone(this.#options.files, this.pathOf(digest));
    return stat?.kind === 'file' ? stat.bytes : undefined;
  }

  /** The bytes of a range in pieces. A range of the whole blob is hashed, and its last piece is held back until that is right. */
  async *stream(digest: string, range: Range, whole: boolean): AsyncGenerator<Uint8Array> {
    const file = await this.#open(digest);
    try {
      const hash = createHash('sha256');
      for (let at = range.start; at < range.end; ) {
        const piece = Buffer.allocUnsafe(Math.min(piece_bytes, range.end - at));
        const read = await readInto(file, piece, at);
        at += read;
        if (whole) hash.update(piece.subarray(0, read));
        const wrong = read < piece.byteLength || (whole && at === range.end && hash.digest('hex') !== digest);
        if (wrong) throw this.damaged(digest);
        yield piece;
      }
    } finally {
      await file.close().catch(() => undefined);
    }
  }

  damaged(digest: string): Error {
    this.#damaged.add(digest);
    return failure('blob_corrupt', { digest });
  }

  /** Every blob of this kind with its size and the time of its last sign of life. */
  async *list(): AsyncGenerator<{ digest: string; bytes: number; modified_ms: number }> {
    const { files } = this.#options;
    for (const shard of (await files.readdir(this.#objects)).sort()) {
      if (!/^[0-9a-f]{2}$/.test(shard)) continue;
      for (const digest of (await files.readdir(join(this.#objects, shard))).sort()) {
        if (!isDigest(digest) || !digest.startsWith(shard)) continue;
        const stat = await statOrNone(files, this.pathOf(digest));
        if (stat?.kind === 'file') yield { digest, bytes: stat.bytes, modified_ms: stat.modified_ms };
      }
    }
  }

  /**
   * Removes a blob unless it gave a sign of life since the cutoff. It goes to the trash first and is looked at there:
   * another process that renewed it in between looks again after its renewal, so one of the two notices.
   */
  remove(digest: string, cutoff_ms: number): Promise<boolean> {
    const { files } = this.#options;
    const path = this.pathOf(digest);
    const trashed = join(this.#trash, digest);
    return this.inTurn(digest, async () => {
      const before = await statOrNone(files, path);
      if (!before || before.modified_ms >= cutoff_ms) return false;
      this.#durable.delete(digest);
      await files.rename(path, trashed);
      const after = await statOrNone(files, trashed);
      if (after && after.modified_ms >= cutoff_ms) {
        await files.rename(trashed, path);
        return false;
      }
      await unlinkIfThere(files, trashed);
      this.#damaged.delete(digest);
      return true;
    });
  }

  /** Start-up: a sweep that was cut short gives back what it held, and uploads that ended long ago leave. */
  async recover(): Promise<{ temps_removed: number; restored: number }> {
    const { files, clock } = this.#options;
    let restored = 0;
    for (const digest of await files.readdir(this.#trash)) {
      if (!isDigest(digest)) continue;
      await this.#makeShard(digest);
      await files.rename(join(this.#trash, digest), this.pathOf(digest));
      restored++;
    }
    let temps_removed = 0;
    for (const name of await files.readdir(this.#temps)) {
      const stat = await statOrNone(files, join(this.#temps, name));
      if (!stat || stat.kind === 'folder' || clock.now() - stat.modified_ms < temp_ms) continue;
      await unlinkIfThere(files, join(this.#temps, name));
      temps_removed++;
    }
    return { temps_removed, restored };
  }

  #shardOf(digest: string): string {
    return join(this.#objects, digest.slice(0, 2));
  }

  async #publish(temp: string, file: OpenFile, { digest, bytes }: Written): Promise<void> {
    const { files, clock, durability } = this.#options;
    const there = this.#damaged.has(digest) ? undefined : await this.bytesOf(digest);
    if (there === bytes && (await this.#renew(digest)) === bytes) return unlinkIfThere(files, temp);
    await file.setMode(0o400);
    await file.setModified(clock.now());
    await durability.sync(file);
    await this.#makeShard(digest);
    await files.rename(temp, this.pathOf(digest));
    await durability.syncFolder(this.#shardOf(digest));
    this.#damaged.delete(digest);
    this.#noteDurable(digest);
  }

  /** Marks a blob as young, and makes sure that its name is on disk: another process, or one that died, may have made it. */
  async #renew(digest: string): Promise<number | undefined> {
    const { files, clock } = this.#options;
    const path = this.pathOf(digest);
    const stat = await statOrNone(files, path);
    if (stat?.kind !== 'file') return undefined;
    if (clock.now() - stat.modified_ms > renewal_ms) {
      await withFile(files.open(path, readFlags), (file) => file.setModified(clock.now()));
    }
    await this.#makeDurable(digest);
    return (await statOrNone(files, path))?.bytes;
  }

  async #makeDurable(digest: string): Promise<void> {
    if (this.#durable.has(digest)) return;
    const { durability } = this.#options;
    await durability.syncFolder(this.#objects);
    await durability.syncFolder(this.#shardOf(digest));
    this.#noteDurable(digest);
  }

  #noteDurable(digest: string): void {
    if (this.#durable.size >= durableLimit) this.#durable.clear();
    this.#durable.add(digest);
  }

  /** The folder of a digest, its own name on disk; once per process and shard. */
  #makeShard(digest: string): Promise<void> {
    const path = this.#shardOf(digest);
    const made = this.#shards.get(path);
    if (made) return made;
    const making = mkdirIfMissing(this.#options.files, path).then(() => this.#options.durability.syncFolder(this.#objects));
    this.#shards.set(path, making);
    making.catch(() => this.#shards.delete(path));
    return making;
  }

  /** One at a time for each digest, so that a sweep and a put of the same bytes do not cross. */
  async inTurn<T>(digest: string, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(digest);
    const mine = (before ?? Promise.resolve()).then(work, work);
    this.#turns.set(digest, mine);
    try {
      return await mine;
    } finally {
      if (this.#turns.get(digest) === mine) this.#turns.delete(digest);
    }
  }

  async #open(digest: string): Promise<OpenFile> {
    try {
      return await this.#options.files.open(this.pathOf(digest), readFlags);
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') throw failure('blob_missing', { digest });
      throw error;
    }
  }
}

/** Calls on our disk fail as the error table says; what the sender's stream throws stays the sender's. */
async function storing<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw storageFailure(error);
  }
}

async function receive(source: AsyncIterable<Uint8Array>, file: OpenFile, limit_bytes: number): Promise<Written> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of source) {
    if (bytes + chunk.byteLength > limit_bytes) throw failure('blob_too_large', { limit_bytes });
    for (const piece of pieces(chunk)) {
      const writing = storing(writeAll(file, piece, bytes));
      hash.update(piece);
      await writing;
      bytes += piece.byteLength;
    }
  }
  return { digest: hash.digest('hex'), bytes };
}
