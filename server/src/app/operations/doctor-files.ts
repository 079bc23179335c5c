import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCaller } from '../../kernel/caller.ts';
import type { Project } from '../../kernel/project.ts';
import { type Check, namedLimit, restoreTodo, verdict } from './check.ts';
import { freeSpace, spaceProblem } from './disk.ts';
import { databaseFile } from './folders.ts';
import { namedBlobs, type Rooms, type Work } from './rooms.ts';

/** What the doctor is told about where the installation runs. */
export interface Surroundings {
  /** A server holds the folder, and this is it. */
  readonly served: boolean;
  /** Null where no folder was named for backups. */
  readonly backups: {
    readonly items: readonly { readonly name: string; readonly created_at_ms: number }[];
    readonly unreadable: readonly string[];
    readonly problem: string | null;
  } | null;
}

const doctor = systemCaller('doctor');

export async function integrity({ database }: Rooms): Promise<Check> {
  const sound = database.place === null ? 'every page, row and index of the database is sound' : 'every row of the database can be read';
  return verdict('database', await database.problems(namedLimit), sound, restoreTodo);
}

export async function files(rooms: Rooms, deep: boolean, { progress, signal }: Work): Promise<Check> {
  const named = await namedBlobs(rooms);
  const there = await rooms.blobs.stored(named);
  const problems = [...named].filter((digest) => !there.has(digest)).map((digest) => `the file ${digest} is missing`);
  let hashed = 0;
  for (const digest of deep ? there.keys() : []) {
    signal.throwIfAborted();
    await rooms.blobs.verify(digest).catch((error: unknown) => problems.push(error instanceof Error ? error.message : String(error)));
    if (++hashed % 100 === 0) progress('files', hashed, there.size);
  }
  return verdict('files', problems, `${named.size} files are there${deep ? ', each with the bytes of its digest' : ''}`, restoreTodo);
}

/** The sizes that versions state are those of the files, so that a file cut short is seen without hashing it. */
export async function sizes({ blobs, datasets, models }: Rooms, projects: readonly Project[]): Promise<Check> {
  const problems: string[] = [];
  let compared = 0;
  for (const project of projects) {
    for (const { name } of await datasets.list(project)) {
      for (const version of await datasets.versions(project, name)) await compare(`dataset ${name}/${version.number}`, version.files);
    }
    for (const { name } of await models.list(doctor, project)) {
      for (const version of await models.versions(doctor, project, name)) await compare(`model ${name}/${version.number}`, version.files);
    }
  }
  return verdict('sizes', problems, `${compared} files of versions have their sizes`, restoreTodo);

  async function compare(what: string, files: readonly { path: string; digest: string; bytes: number }[]): Promise<void> {
    const there = await blobs.stored(files.map((file) => file.digest));
    for (const { path, digest, bytes } of files) {
      compared++;
      const found = there.get(digest);
      // A missing one was named above.
      if (found !== undefined && found !== bytes) problems.push(`${what}: ${path} has ${found} bytes, not ${bytes}`);
    }
  }
}

export async function clock({ events, clock: wall }: Pick<Rooms, 'events' | 'clock'>): Promise<Check> {
  const [newest] = await events.list({ order: 'newest', limit: 1 });
  const ahead_ms = (newest?.at_ms ?? 0) - wall.now();
  const problems = ahead_ms > 0 ? [`the newest event was written ${ahead_ms} ms after now: the clock moved back`] : [];
  return verdict(
    'clock',
    problems,
    'the clock is not before the newest event',
    'Set the clock of this machine right. Until then nothing is swept.',
  );
}

export async function disk(folder: string): Promise<Check> {
  const space = await freeSpace(folder);
  const problem = spaceProblem(space);
  return verdict(
    'disk',
    problem === null ? [] : [problem],
    `${space.free_bytes} bytes are free`,
    'Free space: `slipway du` says what takes it, `slipway gc` removes what nothing names.',
  );
}

const secretFiles: readonly string[] = [databaseFile, `${databaseFile}-wal`, `${databaseFile}-shm`, 'cli-token', 'server.json'];

/** Nobody but the user of the server may enter the folder, or read what is secret in it should it ever stand open. */
export async function modes(folder: string): Promise<Check> {
  const problems: string[] = [];
  const own = await stat(folder);
  if ((own.mode & 0o077) !== 0) problems.push(`others may enter the data folder (its mode is ${octal(own.mode)})`);
  const there = await readdir(folder);
  for (const name of secretFiles.filter((file) => there.includes(file))) {
    const found = await stat(join(folder, name)).catch(() => null);
    if (found && (found.mode & 0o077) !== 0) problems.push(`others may read ${name} (its mode is ${octal(found.mode)})`);
  }
  return verdict('modes', problems, 'the data folder is closed to other users', 'Run `chmod -R go= DIR` on the data folder.');
}

function octal(mode: number): string {
  return (mode & 0o777).toString(8);
}

export async function backups({ clock: wall }: Pick<Rooms, 'clock'>, { backups: kept }: Surroundings): Promise<Check> {
  if (!kept) {
    const found = 'no folder was named for backups: none are made';
    return { check: 'backups', ok: true, found, todo: 'Start the server with `slipway up --backups DIR`, on another disk.' };
  }
  const [newest] = kept.items;
  const problems = [
    ...(kept.problem === null ? [] : [kept.problem]),
    ...kept.unreadable.map((name) => `the backup ${name} was changed after it was made, and cannot be restored`),
  ];
  const hours = newest ? Math.max(0, Math.round((wall.now() - newest.created_at_ms) / 3_600_000)) : 0;
  const well = newest ? `${kept.items.length} are there, the newest ${hours} hours old` : 'none yet; the first is made within minutes';
  const todo =
    'Make room in the folder of backups or name another (`up --backups DIR`), run `slipway backup`, and remove damaged ones by hand.';
  return verdict('backups', problems, well, todo);
}
