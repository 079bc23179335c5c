import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../kernel/clock.ts';
import { failure } from '../../kernel/error.ts';
import { openBlobs } from '../../platform/blobs/index.ts';
import { lockFolder } from '../../platform/database/index.ts';
import type { Log } from '../../platform/log/index.ts';
import { blobsOf, chosenBackup } from './backups-folder.ts';
import { copyBlobs } from './copy-blobs.ts';
import { assertSpace } from './disk.ts';
import { type Check, examine } from './doctor.ts';
import { blobsFolder, databaseFile, emptyBut, syncPath } from './folders.ts';
import { damaged, type Manifest, readBlobList, readManifest } from './manifest.ts';
import type { OpenFolder, OpenRooms, Work } from './rooms.ts';
import { bringSnapshot, countRows } from './rows.ts';

export interface Restore extends Work {
  /** A complete backup, or a folder of backups, of which it takes the newest. */
  readonly from: string;
  /** Missing or empty. */
  readonly data: string;
  readonly open: OpenFolder;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Restored {
  /** The backup that was taken. */
  readonly from: string;
  readonly manifest: Manifest;
  readonly checks: readonly Check[];
}

const staging = 'restoring';
const lockFiles: readonly string[] = ['server.lock', 'server.lock-journal', 'server.pid'];

/**
 * Brings a backup back into an empty data folder, under its lock. Every byte is compared with what the backup says of it, every table
 * has as many rows, the result is opened once (which brings an older schema up to date), and only then put in place, the database
 * last: a restore that was interrupted leaves no data folder, and may be run again.
 */
export async function restore(job: Restore): Promise<Restored> {
  const { data } = job;
  const from = await chosenBackup(job.from);
  const manifest = await readManifest(from);
  await mkdir(data, { recursive: true, mode: 0o700 });
  await assertEmpty(data);
  const lock = lockFolder(data);
  try {
    await emptyBut(data, lockFiles);
    await assertSpace(data, manifest.database.bytes + manifest.blobs.bytes);
    const folder = join(data, staging);
    await mkdir(folder, { mode: 0o700 });
    const checks = await bring(job, from, manifest, folder, false);
    await putInPlace(folder, data);
    return { from, manifest, checks };
  } finally {
    lock.release();
  }
}

/** Restores into a folder that is removed again, and reads all of it: tells whether a backup is good without touching anything. */
export async function verifyBackup(job: Omit<Restore, 'data'> & { readonly scratch?: string }): Promise<Restored> {
  const from = await chosenBackup(job.from);
  const manifest = await readManifest(from);
  const folder = await mkdtemp(join(job.scratch ?? tmpdir(), 'slipway-verify-'));
  try {
    await assertSpace(folder, manifest.database.bytes + manifest.blobs.bytes);
    return { from, manifest, checks: await bring(job, from, manifest, folder, true) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function bring(
  { open, clock, log, progress, signal }: Omit<Restore, 'data'>,
  from: string,
  manifest: Manifest,
  folder: string,
  deep: boolean,
): Promise<readonly Check[]> {
  const sizes = await readBlobList(from, manifest);
  const store = blobsOf(from);
  if (!(await stat(store).catch(() => null))) throw damaged(from, `its files are not there: ${store} was not copied with it`);
  progress('rows', 0, null);
  const digest = await bringSnapshot(from, folder, signal);
  if (digest !== manifest.database.digest) throw damaged(from, `${databaseFile} is not the one that was written`);
  const rooms = await open(folder);
  const source = await openBlobs({ folder: store, clock, log });
  try {
    await compareRows(rooms, from, manifest);
    const refuse = (one: string, why: string, cause?: unknown) => damaged(from, `the stored file ${one} ${why}`, cause);
    await copyBlobs({ from: source, to: rooms.blobs, sizes, refuse, progress, signal });
    const { checks } = await examine(rooms, { folder, deep, scope: 'stored', progress, signal });
    const bad = checks.find((check) => !check.ok);
    if (bad) throw damaged(from, bad.found);
    return checks;
  } finally {
    await source.close();
    await rooms.close();
  }
}

/** A newer program may have changed the tables when it opened them; the events it leaves alone. */
async function compareRows(rooms: OpenRooms, from: string, { rows, schema, counts }: Manifest): Promise<void> {
  const steps = await rooms.database.read.selectFrom('schema_migrations').select('name').orderBy('name', 'desc').limit(1).execute();
  const expected = steps[0]?.name === schema ? rows : { events: counts.events, access_projects: counts.projects };
  const found = await countRows(rooms.database.read);
  for (const [table, count] of Object.entries(expected)) {
    if (found[table] !== count) throw damaged(from, `${table} has ${found[table] ?? 'no'} rows, not ${count}`);
  }
}

/** What an interrupted restore left may be cleared away; it put the database in place last. */
async function assertEmpty(data: string): Promise<void> {
  const found = (await readdir(data)).filter((name) => !lockFiles.includes(name));
  const interrupted = found.includes(staging) && found.every((name) => name === staging || name === blobsFolder);
  const [first] = found;
  if (first !== undefined && !interrupted) throw failure('restore_target_not_empty', { folder: data, found: first });
}

async function putInPlace(folder: string, data: string): Promise<void> {
  await rename(join(folder, blobsFolder), join(data, blobsFolder));
  await syncPath(data);
  await rename(join(folder, databaseFile), join(data, databaseFile));
  await rm(folder, { recursive: true, force: true });
  await syncPath(data);
}
