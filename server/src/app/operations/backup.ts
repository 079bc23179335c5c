import { join } from 'node:path';
import type { Caller } from '../../kernel/caller.ts';
import { sha256 } from '../../kernel/digest.ts';
import { failure } from '../../kernel/error.ts';
import { type Blobs, openBlobs } from '../../platform/blobs/index.ts';
import { version } from '../version.ts';
import { type BackupsFolder, keptBackups, newBackup, removeBackup, removeUnfinished, takeBackupsFolder } from './backups-folder.ts';
import { copyBlobs, isDamage } from './copy-blobs.ts';
import { assertSpace } from './disk.ts';
import { type Check, examine } from './doctor.ts';
import { blobListFile, blobsFolder, completeFile, databaseFile, emptyBut, manifestFile, writeDurably } from './folders.ts';
import { blobListOf, type Manifest, readBlobList } from './manifest.ts';
import { namedBlobs, type OpenFolder, type OpenRooms, type Rooms, type Work } from './rooms.ts';
import { countRows, sealSnapshot, snapshotRows, snapshotSize } from './rows.ts';

export interface Backup extends Work {
  /** The data folder that is served. */
  readonly data: string;
  readonly to: BackupsFolder;
  /** The operation's id. */
  readonly operation: string;
  readonly open: OpenFolder;
}

export interface BackupResult {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly checks: readonly Check[];
  /** Files that the backups before did not have. */
  readonly copied: { readonly blobs: number; readonly bytes: number };
  /** Older backups that went, as more than `keep`. */
  readonly removed: readonly string[];
}

/** Each backup hashes a part of the files that are there from earlier ones, so that in so many backups all are read again. */
const rereadParts = 7;

/**
 * Copies everything while others read and write. First the rows, as they are at one moment; then the files that this copy names, so
 * that none can be missing, whatever is written meanwhile. Then the copy is opened as a server would open it, and examined. Nothing
 * counts before the file `complete` is there, written last; what was cut short is removed by the next backup.
 */
export async function backup(rooms: Rooms, caller: Caller, job: Backup): Promise<BackupResult> {
  const { data, to, operation, progress, signal } = job;
  const installation = await identityOf(rooms);
  const lock = await takeBackupsFolder(to.folder, data, installation);
  try {
    progress('rows', 0, null);
    await removeUnfinished(to.folder);
    await assertSpace(to.folder, await snapshotSize(rooms.database, data));
    const created_at_ms = rooms.clock.now();
    const folder = await newBackup(to.folder, created_at_ms);
    await snapshotRows(rooms.database, folder);
    signal.throwIfAborted();
    const { checks, sizes, copied, facts } = await fill(rooms, job, folder);
    await emptyBut(folder, [databaseFile]);
    const list = blobListOf(sizes);
    const blobs = { blobs: sizes.size, bytes: totalOf(sizes), digest: sha256(list) };
    const database = await sealSnapshot(folder, signal);
    const manifest: Manifest = { format: 2, version, installation, created_at_ms, database, blobs, ...facts };
    const text = `${JSON.stringify(manifest, null, 2)}\n`;
    await writeDurably(folder, blobListFile, list);
    await writeDurably(folder, manifestFile, text);
    await writeDurably(folder, completeFile, `${sha256(text)}\n`);
    const { rows: _, ...told } = manifest;
    await rooms.database.write((tx) =>
      rooms.events.emit(tx, caller, {
        project_id: null,
        type: 'backup.completed',
        subject: `backup ${operation}`,
        note: `the rows and ${blobs.blobs} files were copied to ${folder} and examined; ${copied.blobs} files were new there`,
        after: { folder, manifest: told },
      }),
    );
    progress('old backups', 0, null);
    return { folder, manifest, checks, copied, removed: await removeOld(rooms, job) };
  } finally {
    lock.release();
  }
}

/** What tells this installation from all others, also after it was restored: the digest of its first event. */
export async function identityOf({ events }: Pick<Rooms, 'events'>): Promise<string> {
  const [first] = await events.list({ order: 'oldest', limit: 1 });
  if (!first) throw failure('backup_not_verified', { folder: 'the data folder', reason: 'it holds nothing yet' });
  return first.digest;
}

interface Filled {
  readonly sizes: ReadonlyMap<string, number>;
  readonly copied: { readonly blobs: number; readonly bytes: number };
  readonly checks: readonly Check[];
  readonly facts: Pick<Manifest, 'schema' | 'counts' | 'rows'>;
}

/** Asks the copy of the rows what it names, brings those files, and examines the whole as if it were restored. */
async function fill(rooms: Rooms, { to, open, progress, signal }: Backup, folder: string): Promise<Filled> {
  const refuse = (digest: string, why: string, cause?: unknown) =>
    failure('backup_not_verified', { folder, reason: `the stored file ${digest} ${why}` }, {}, cause);
  const copy = await open(folder, { blobs: join(to.folder, blobsFolder) });
  try {
    const named = await namedBlobs(copy);
    const sizes = await rooms.blobs.stored(named);
    for (const digest of named) if (!sizes.has(digest)) throw refuse(digest, 'is missing');
    const there = await soundOf(copy.blobs, await copy.blobs.stored(named), rooms.clock.now(), { progress, signal });
    const fresh = new Map([...sizes].filter(([digest, bytes]) => there.get(digest) !== bytes));
    const copied = { blobs: fresh.size, bytes: totalOf(fresh) };
    await assertSpace(to.folder, copied.bytes);
    await copyBlobs({ from: rooms.blobs, to: copy.blobs, sizes: fresh, refuse, progress, signal });
    const { checks } = await examine(copy, {
      folder,
      deep: false,
      scope: 'stored',
      progress: (doing) => progress(`examining: ${doing}`, 0, null),
      signal,
    });
    const bad = checks.find((check) => !check.ok);
    if (bad) throw failure('backup_not_verified', { folder, reason: bad.found });
    return { sizes, copied, checks, facts: await factsOf(copy) };
  } finally {
    await copy.close();
  }
}

/** Those of the files from earlier backups that may be relied on: the part whose turn it is is hashed again, and what changed is left out. */
async function soundOf(
  blobs: Blobs,
  there: ReadonlyMap<string, number>,
  now_ms: number,
  { progress, signal }: Work,
): Promise<Map<string, number>> {
  const turn = Math.floor(now_ms / 86_400_000) % rereadParts;
  const sound = new Map(there);
  let read = 0;
  for (const digest of there.keys()) {
    if (Number.parseInt(digest.slice(0, 8), 16) % rereadParts !== turn) continue;
    signal.throwIfAborted();
    await blobs.verify(digest).catch((error: unknown) => {
      if (!isDamage(error)) throw error;
      sound.delete(digest);
    });
    if (++read % 100 === 0) progress('reading files again', read, null);
  }
  return sound;
}

async function factsOf(copy: OpenRooms): Promise<Filled['facts']> {
  const [newest] = await copy.events.list({ order: 'newest', limit: 1 });
  const steps = await copy.database.read.selectFrom('schema_migrations').select('name').orderBy('name', 'desc').limit(1).execute();
  const projects = await copy.access.projects.all();
  return {
    schema: steps[0]?.name ?? 'none',
    counts: { projects: projects.length, events: newest?.number ?? 0 },
    rows: await countRows(copy.database.read),
  };
}

/**
 * Removes backups beyond the number that is kept, and then the files that no backup names any more. One that cannot be read stays,
 * and with it all files: which of them are its own is not known.
 */
async function removeOld({ clock, log }: Rooms, { to, signal }: Backup): Promise<string[]> {
  const { kept, unreadable } = await keptBackups(to.folder);
  const old = kept.slice(to.keep).map(({ name }) => name);
  for (const name of old) await removeBackup(to.folder, name);
  if (unreadable.length > 0) return old;
  const live = new Set<string>();
  for (const { name, manifest } of kept.slice(0, to.keep)) {
    signal.throwIfAborted();
    for (const digest of (await readBlobList(join(to.folder, name), manifest)).keys()) live.add(digest);
  }
  const store = await openBlobs({ folder: join(to.folder, blobsFolder), clock, log });
  try {
    // Under the lock of the folder nobody else puts anything here: no grace is needed.
    await store.sweep({ live, olderThan_ms: 0, dryRun: false });
  } finally {
    await store.close();
  }
  return old;
}

function totalOf(sizes: ReadonlyMap<string, number>): number {
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}
