import { lstat, mkdir, readdir, realpath, rename, rm } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { failure } from '../../kernel/error.ts';
import { type FolderLock, lockFolder } from '../../platform/database/index.ts';
import { blobsFolder, completeFile, syncPath, writeDurably } from './folders.ts';
import { type Manifest, readManifest, readText } from './manifest.ts';

/**
 * The folder that `up` names for backups. It holds `blobs/`, one store of files for all backups of it, and a folder for each backup
 * with its rows, its list of files and its manifest: a file that did not change since yesterday is there once.
 */
export interface BackupsFolder {
  readonly folder: string;
  /** A backup is due when the newest is this old. */
  readonly every_ms: number;
  /** How many complete ones stay. */
  readonly keep: number;
}

/** One complete backup. */
export interface KeptBackup {
  readonly name: string;
  readonly manifest: Manifest;
}

/** Whose backups these are: a second installation would remove those of the first as too many. */
const ownerFile = 'installation';
const nameForm = /^\d{8}T\d{9}Z$/;
const ownNames: readonly string[] = ['lost+found', ownerFile, blobsFolder, 'server.lock', 'server.lock-journal', 'server.pid'];
const ownerLimit_bytes = 200;

/**
 * Takes the folder for one backup: made when missing, outside the data folder, of our user and closed to all others, with nothing
 * in it that is not of our backups. The lock ends with the process.
 */
export async function takeBackupsFolder(folder: string, data: string, installation: string): Promise<FolderLock> {
  const refuse = (reason: string) => failure('backup_target_refused', { folder, reason });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const stat = await lstat(folder);
  if (!stat.isDirectory()) throw refuse('it is not a folder');
  if (stat.uid !== process.getuid?.()) throw refuse('it belongs to another user than the server');
  if ((stat.mode & 0o077) !== 0) throw refuse('others may enter it (its mode is not 0700)');
  const [real, own] = await Promise.all([realpath(folder), realpath(data)]);
  if (real === own || real.startsWith(own + sep) || own.startsWith(real + sep)) throw refuse('it lies in the data folder, or around it');
  const foreign = (await readdir(folder)).find((name) => !ownNames.includes(name) && !isOfABackup(name));
  if (foreign !== undefined) throw refuse(`it holds ${foreign}, which is of no backup`);
  const lock = lockFolder(folder);
  try {
    const owner = await readText(folder, ownerFile, ownerLimit_bytes);
    if (owner === null) await writeDurably(folder, ownerFile, `${installation}\n`);
    else if (owner.trim() !== installation) throw refuse('it holds the backups of another installation');
    return lock;
  } catch (error) {
    lock.release();
    throw error;
  }
}

function isOfABackup(name: string): boolean {
  return nameForm.test(name) || name.endsWith('.partial');
}

/** Makes the folder of a backup that begins; its name says when, and sorts. */
export async function newBackup(folder: string, now_ms: number): Promise<string> {
  for (let at_ms = now_ms; ; at_ms++) {
    const path = join(folder, new Date(at_ms).toISOString().replace(/[-:.]/g, ''));
    try {
      await mkdir(path, { mode: 0o700 });
      await syncPath(folder);
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** Backups that were ended, newest first; apart from them the names of those whose manifest is damaged, which cannot be restored. */
export async function keptBackups(folder: string): Promise<{ kept: KeptBackup[]; unreadable: string[] }> {
  const kept: KeptBackup[] = [];
  const unreadable: string[] = [];
  for (const name of await backupNames(folder)) {
    try {
      kept.push({ name, manifest: await readManifest(join(folder, name)) });
    } catch {
      if ((await readdir(join(folder, name))).includes(completeFile)) unreadable.push(name);
    }
  }
  return { kept, unreadable };
}

async function backupNames(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => nameForm.test(name))
    .sort()
    .reverse();
}

/** Removes what was begun and never ended: nobody takes it for a backup, and nobody goes on with it. */
export async function removeUnfinished(folder: string): Promise<void> {
  for (const name of await backupNames(folder)) {
    const names = await readdir(join(folder, name));
    if (!names.includes(completeFile)) await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** Removes a backup: its mark first, so that a half of it is never taken for a whole one. */
export async function removeBackup(folder: string, name: string): Promise<void> {
  const path = join(folder, name);
  await rename(join(path, completeFile), join(path, `${completeFile}.partial`));
  await syncPath(path);
  await rm(path, { recursive: true, force: true });
}

/** The backup that a path means: one of a folder of backups, or the newest of such a folder. */
export async function chosenBackup(path: string): Promise<string> {
  const names = await readdir(path).catch(() => null);
  if (names === null) throw failure('backup_not_complete', { folder: path, reason: 'there is no such folder' });
  if (!names.includes(ownerFile)) return path;
  const [newest] = (await keptBackups(path)).kept;
  if (!newest) throw failure('backup_not_complete', { folder: path, reason: 'no backup in it is complete' });
  return join(path, newest.name);
}

/** The files of a backup: they lie beside it, in the store that all backups of the folder share. */
export function blobsOf(backup: string): string {
  return join(dirname(backup), blobsFolder);
}
