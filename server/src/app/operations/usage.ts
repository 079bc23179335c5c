import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCaller } from '../../kernel/caller.ts';
import type { Project } from '../../kernel/project.ts';
import { freeSpace, type Space } from './disk.ts';
import { blobsFolder, databaseFile } from './folders.ts';
import { namedBlobs, type Rooms } from './rooms.ts';

export interface Usage {
  /** What each project refers to, by kind. Equal files are counted where they are named, and stored once. */
  readonly projects: readonly { readonly project: string; readonly kind: string; readonly files: number; readonly bytes: number }[];
  /** What lies on the disk. */
  readonly stored: readonly { readonly what: string; readonly bytes: number }[];
  readonly disk: Space;
}

interface Sum {
  files: number;
  bytes: number;
}

const reader = systemCaller('usage');
const runsPage = 100;

export async function usageOf(rooms: Rooms, data: string): Promise<Usage> {
  const projects: { project: string; kind: string; files: number; bytes: number }[] = [];
  for (const project of await rooms.access.projects.all()) {
    const kinds = [
      ['datasets', await datasetsOf(rooms, project)],
      ['models', await modelsOf(rooms, project)],
      ['artifacts of runs', await artifactsOf(rooms, project)],
    ] as const;
    for (const [kind, sum] of kinds) projects.push({ project: project.name, kind, ...sum });
  }
  const elsewhere_bytes = await rooms.database.bytesElsewhere();
  const stored = [...(await filesOf(rooms)), ...(await besides(data))];
  if (elsewhere_bytes > 0) stored.push({ what: 'database', bytes: elsewhere_bytes });
  return { projects, stored, disk: await freeSpace(data) };
}

/** The files in use, and those that a sweep would remove once they are old enough. */
async function filesOf(rooms: Rooms): Promise<{ what: string; bytes: number }[]> {
  const { bytes, disk_bytes } = await rooms.blobs.usage();
  let named = 0;
  for (const size of (await rooms.blobs.stored(await namedBlobs(rooms))).values()) named += size;
  // Something may be written between the two looks.
  const unnamed = Math.max(0, bytes - named);
  return [
    { what: 'files in use', bytes: disk_bytes - unnamed },
    { what: 'files that nothing names', bytes: unnamed },
  ];
}

async function datasetsOf({ datasets }: Rooms, project: Project): Promise<Sum> {
  const sum = { files: 0, bytes: 0 };
  for (const { name } of await datasets.list(project)) {
    for (const version of await datasets.versions(project, name)) {
      // The table as Parquet, and what it was made of.
      add(sum, version.bytes);
      for (const file of version.files) add(sum, file.bytes);
    }
  }
  return sum;
}

async function modelsOf({ models }: Rooms, project: Project): Promise<Sum> {
  const sum = { files: 0, bytes: 0 };
  for (const { name } of await models.list(reader, project)) {
    for (const version of await models.versions(reader, project, name)) for (const file of version.files) add(sum, file.bytes);
  }
  return sum;
}

async function artifactsOf({ runs }: Rooms, project: Project): Promise<Sum> {
  const sum = { files: 0, bytes: 0 };
  let cursor: string | null = null;
  do {
    const found: Awaited<ReturnType<Rooms['runs']['searchRuns']>> = await runs.searchRuns(reader, project, {
      limit: runsPage,
      ...(cursor === null ? {} : { cursor }),
    });
    for (const run of found.items) for (const artifact of await runs.artifacts(reader, project, run.id)) add(sum, artifact.bytes);
    cursor = found.next;
  } while (cursor !== null);
  return sum;
}

function add(sum: Sum, bytes: number): void {
  sum.files++;
  sum.bytes += bytes;
}

/** Everything else in the data folder by its first name: the database with its log of writes, step logs, work in progress. */
async function besides(data: string): Promise<{ what: string; bytes: number }[]> {
  const stored = new Map<string, number>();
  for (const name of (await readdir(data)).sort()) {
    if (name === blobsFolder) continue;
    const what = name.startsWith(databaseFile) ? 'database' : name;
    stored.set(what, (stored.get(what) ?? 0) + (await sizeOf(join(data, name))));
  }
  return [...stored].map(([what, bytes]) => ({ what, bytes }));
}

/** A file may go while we look: it then takes no space. */
async function sizeOf(path: string): Promise<number> {
  const own = await stat(path).catch(() => null);
  if (!own) return 0;
  if (!own.isDirectory()) return own.size;
  let bytes = 0;
  for (const entry of await readdir(path, { recursive: true })) {
    const found = await stat(join(path, entry)).catch(() => null);
    if (found?.isFile()) bytes += found.size;
  }
  return bytes;
}
