import { join } from 'node:path';
import type { Clock } from '../../kernel/clock.ts';
import { failure } from '../../kernel/error.ts';
import type { Log } from '../log/index.ts';
import { breathe, piece_bytes, sha256Of } from './blob.ts';
import type { Durability } from './durability.ts';
import { errnoOf, type Files, readFlags, readInto, statOrNone, unlinkIfThere, withFile } from './files.ts';
import { decodeIndex, isPackHeader, type PackRecord, packHeader_bytes, recordHeader_bytes, scanRecords } from './pack-format.ts';
import { PackWriter, packAge_ms, writeIndex } from './pack-writer.ts';

const packName = /^pack_[0-9a-z]{26}\.pack$/;

/** A record older than this is written again when its bytes are put again, so that a sweep sees how young it is. */
export const renewal_ms = 10 * 60 * 1000;

/** Records that a compaction copies at a time: they share a sync. */
const copiedTogether = 256;

interface Entry extends PackRecord {
  readonly pack: string;
  /** When it was last put or asked for, in this process. */
  seen_ms: number;
}

interface KnownPack {
  /** What of it is in the index of this process. */
  covered: number;
  bytes: number;
  /** Made by this process, or old enough that whoever made it does not append to it any more. */
  ended: boolean;
}

export interface PacksOptions {
  readonly files: Files;
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly durability: Durability;
}

/** The small blobs: where each lies in which pack, kept in memory. Several processes may share the folder, each with packs of its own. */
export class Packs {
  readonly #options: PacksOptions;
  readonly #writer: PackWriter;
  readonly #index = new Map<string, Entry>();
  readonly #packs = new Map<string, KnownPack>();
  readonly #pending = new Map<string, Promise<void>>();
  /** Known to be damaged on disk: as good as absent, so that the next put heals it. */
  readonly #damaged = new Set<string>();

  constructor(options: PacksOptions) {
    this.#options = options;
    this.#writer = new PackWriter({
      ...options,
      written: (pack, records, durable) => {
        this.#packs.set(pack, { covered: durable, bytes: durable, ended: true });
        for (const record of records) {
          this.#damaged.delete(record.digest);
          this.#place(pack, record);
        }
      },
    });
  }

  /** Reads every pack's index, scans what no index covers, and saves what was scanned. */
  async open(): Promise<void> {
    for (const name of await this.#listPacks()) await this.#adopt(name, true);
  }

  /** Looks for packs, and records in them, that other processes have written since. */
  async refresh(): Promise<void> {
    for (const name of await this.#listPacks()) {
      const known = this.#packs.get(name);
      if (!known?.ended) await this.#adopt(name, false);
    }
  }

  /** The size of a blob that is here. Counts as a sign of life: a sweep leaves it alone for its grace. */
  async find(digest: string): Promise<number | undefined> {
    const entry = this.#lookUp(digest);
    if (!entry) return undefined;
    entry.seen_ms = this.#options.clock.now();
    if (entry.seen_ms - entry.time_ms <= renewal_ms) return entry.bytes;
    // A full disk keeps its age from being noted there; this process still knows it.
    const whole = await this.#rewrite(entry).catch(() => true);
    return whole ? entry.bytes : undefined;
  }

  /** The size of a blob that is here. What is in the index was synced before it came there. */
  async lookFor(digest: string): Promise<number | undefined> {
    return this.#lookUp(digest)?.bytes;
  }

  /** Resolves when the blob is on disk. */
  async put(digest: string, bytes: Uint8Array): Promise<void> {
    if ((await this.find(digest)) !== undefined) return;
    await this.#add(digest, bytes, this.#options.clock.now());
  }

  /** The bytes of a blob, hashed again; undefined when no pack has it. */
  async read(digest: string): Promise<Buffer | undefined> {
    // Twice: the pack may be compacted by another process between the look into the index and the open.
    for (let attempt = 0; attempt < 2; attempt++) {
      const entry = this.#index.get(digest);
      if (!entry) return undefined;
      const bytes = await this.#readEntry(entry);
      if (bytes === undefined) {
        this.#forgetPack(entry.pack);
        await this.refresh();
        continue;
      }
      if (sha256Of(bytes) === digest) return bytes;
      this.#damaged.add(digest);
      throw failure('blob_corrupt', { digest });
    }
    return undefined;
  }

  bytesOf(digest: string): number | undefined {
    return this.#index.get(digest)?.bytes;
  }

  usage(): { blobs: number; bytes: number; disk_bytes: number; packs: number } {
    let bytes = 0;
    for (const entry of this.#index.values()) bytes += entry.bytes;
    let disk_bytes = 0;
    for (const pack of this.#packs.values()) disk_bytes += pack.bytes;
    return { blobs: this.#index.size, bytes, disk_bytes, packs: this.#packs.size };
  }

  close(): Promise<void> {
    return this.#writer.seal();
  }

  /** Copies what is worth keeping out of every pack that is over half dead, and removes the pack. */
  async compact(live: ReadonlySet<string>, cutoff_ms: number, dryRun: boolean): Promise<{ freed_bytes: number; blobs: number }> {
    // Nothing may be appended to a pack between the look at what is in it and its end. A dry run only counts.
    if (!dryRun) await this.#writer.seal();
    const candidates = [...this.#packs].filter(([name, pack]) => pack.ended && (dryRun || name !== this.#writer.activePack));
    const keep = (digest: string) => {
      const entry = this.#index.get(digest);
      return entry !== undefined && (live.has(digest) || Math.max(entry.seen_ms, entry.time_ms) >= cutoff_ms);
    };
    const kept_bytes = new Map<string, number>();
    const members = new Map<string, string[]>();
    let turn = 0;
    for (const [digest, entry] of this.#index) {
      const weight = keep(digest) ? recordHeader_bytes + entry.bytes : 0;
      kept_bytes.set(entry.pack, (kept_bytes.get(entry.pack) ?? 0) + weight);
      const list = members.get(entry.pack);
      if (list) list.push(digest);
      else members.set(entry.pack, [digest]);
      if (++turn % 10_000 === 0) await breathe();
    }
    const total = { freed_bytes: 0, blobs: 0 };
    let copied = false;
    for (const [name, pack] of candidates) {
      const kept = kept_bytes.get(name) ?? 0;
      if (kept * 2 >= pack.bytes - packHeader_bytes) continue;
      const digests = members.get(name) ?? [];
      const gone = dryRun ? digests.filter((digest) => !keep(digest)).length : await this.#compactOne(name, digests, keep);
      if (gone === undefined) continue;
      total.freed_bytes += pack.bytes - kept;
      total.blobs += gone;
      copied ||= kept > 0;
    }
    // What was kept went into one new pack.
    if (copied) total.freed_bytes -= packHeader_bytes;
    return total;
  }

  /** How many blobs went, or undefined when the pack had to stay. */
  async #compactOne(name: string, digests: readonly string[], keep: (digest: string) => boolean): Promise<number | undefined> {
    const here = () => digests.filter((digest) => this.#index.get(digest)?.pack === name);
    for (let round = 0; ; round++) {
      const stay = here().filter(keep);
      if (stay.length === 0) break;
      // Each round moves all that was worth keeping; a further one only serves blobs asked for meanwhile.
      if (round === 10) return undefined;
      for (let from = 0; from < stay.length; from += copiedTogether) {
        const entries = stay.slice(from, from + copiedTogether).map((digest) => this.#index.get(digest));
        const copied = await Promise.all(entries.map(async (entry) => entry?.pack !== name || (await this.#rewrite(entry))));
        if (!copied.every(Boolean)) return undefined;
      }
    }
    // From the last look to here nothing is awaited: a put in between would have found an entry that now goes.
    const dead = here();
    for (const digest of dead) this.#index.delete(digest);
    this.#packs.delete(name);
    const { files, folder } = this.#options;
    await unlinkIfThere(files, join(folder, `${name}.idx`));
    await unlinkIfThere(files, join(folder, name));
    return dead.length;
  }

  #lookUp(digest: string): Entry | undefined {
    return this.#damaged.has(digest) ? undefined : this.#index.get(digest);
  }

  /** Callers with the same bytes at the same time share one record. */
  #add(digest: string, bytes: Uint8Array, time_ms: number): Promise<void> {
    const going = this.#pending.get(digest);
    if (going) return going;
    const adding = this.#writer.add(digest, bytes, time_ms).finally(() => this.#pending.delete(digest));
    this.#pending.set(digest, adding);
    return adding;
  }

  /** Puts a record into the active pack again. False when its bytes are damaged: the old place then stays. */
  async #rewrite(entry: Entry): Promise<boolean> {
    const { digest } = entry;
    const bytes = await this.#readEntry(entry);
    if (bytes === undefined || sha256Of(bytes) !== digest) {
      this.#damaged.add(digest);
      this.#options.log.error('A stored file is damaged', { digest });
      return false;
    }
    await this.#add(digest, bytes, entry.seen_ms);
    return true;
  }

  /** Of two records of the same bytes the younger counts. */
  #remember(pack: string, record: PackRecord): void {
    const known = this.#index.get(record.digest);
    if (!known || known.time_ms <= record.time_ms) this.#place(pack, record);
  }

  #place(pack: string, { digest, offset, bytes, time_ms }: PackRecord): void {
    const known = this.#index.get(digest);
    this.#index.set(digest, { pack, digest, offset, bytes, time_ms, seen_ms: Math.max(known?.seen_ms ?? 0, time_ms) });
  }

  #forgetPack(name: string): void {
    this.#packs.delete(name);
    for (const [digest, entry] of this.#index) if (entry.pack === name) this.#index.delete(digest);
  }

  async #readEntry(entry: Entry): Promise<Buffer | undefined> {
    const { files, folder } = this.#options;
    try {
      const into = Buffer.alloc(entry.bytes);
      const read = await withFile(files.open(join(folder, entry.pack), readFlags), (file) => readInto(file, into, entry.offset));
      return into.subarray(0, read);
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  async #listPacks(): Promise<string[]> {
    const names = await this.#options.files.readdir(this.#options.folder);
    return names.filter((name) => packName.test(name)).sort();
  }

  /**
   * Takes a pack into the index. It is synced first: records that a dead process wrote may be in the page cache only,
   * and whoever is told that they are there must be able to rely on it.
   */
  async #adopt(name: string, save: boolean): Promise<void> {
    const { files, folder, durability, clock, log } = this.#options;
    const path = join(folder, name);
    const stat = await statOrNone(files, path);
    if (stat?.kind !== 'file' || this.#packs.get(name)?.ended) return;
    const known = this.#packs.get(name) ?? { covered: 0, bytes: 0, ended: false };
    if (known.covered === 0) known.covered = await this.#loadIndex(name, stat.bytes);
    known.ended = clock.now() - stat.modified_ms > 2 * packAge_ms;
    known.bytes = stat.bytes;
    if (stat.bytes > Math.max(known.covered, packHeader_bytes)) {
      const scan = await withFile(files.open(path, readFlags), async (file) => {
        await durability.sync(file);
        await durability.syncFolder(folder);
        const header = Buffer.alloc(packHeader_bytes);
        await readInto(file, header, 0);
        if (!isPackHeader(header)) return undefined;
        const from = Math.max(known.covered, packHeader_bytes);
        const bytes = Buffer.alloc(stat.bytes - from);
        return scanBreathing(bytes.subarray(0, await readInto(file, bytes, from)), from);
      });
      if (!scan) return log.error('A pack of the file store has no header and was left out', { pack: name });
      if (scan.torn_bytes > 0) log.warn('A pack ended in a write that was cut short', { pack: name, torn_bytes: scan.torn_bytes });
      known.covered = scan.end;
      for (const record of scan.records) this.#remember(name, record);
      if (save && scan.records.length > 0) await this.#saveIndex(name, scan.end);
    }
    this.#packs.set(name, known);
  }

  async #loadIndex(name: string, pack_bytes: number): Promise<number> {
    const { files, folder } = this.#options;
    const path = join(folder, `${name}.idx`);
    const stat = await statOrNone(files, path);
    if (!stat) return 0;
    const bytes = Buffer.alloc(stat.bytes);
    await withFile(files.open(path, readFlags), (file) => readInto(file, bytes, 0));
    const index = decodeIndex(bytes);
    // An index can outlive the end of its pack: it is not synced, and neither is what it speaks of when power fails.
    if (!index || index.covered > pack_bytes) return 0;
    for (const record of index.records) this.#remember(name, record);
    return index.covered;
  }

  async #saveIndex(name: string, covered: number): Promise<void> {
    const records = [...this.#index.values()].filter((entry) => entry.pack === name);
    const { files, folder, log } = this.#options;
    await writeIndex(files, folder, name, records, covered).catch((error: unknown) =>
      log.warn('The index of a pack could not be saved; it is scanned again next time', { pack: name, error: String(error) }),
    );
  }
}

async function scanBreathing(bytes: Buffer, base: number) {
  const scanning = scanRecords(bytes, base);
  let since = 0;
  for (;;) {
    const step = scanning.next();
    if (step.done) return step.value;
    since += step.value + recordHeader_bytes;
    if (since < piece_bytes) continue;
    since = 0;
    await breathe();
  }
}
