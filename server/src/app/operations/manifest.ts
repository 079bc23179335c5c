import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { sha256 } from '../../kernel/digest.ts';
import { failure } from '../../kernel/error.ts';
import { blobListFile, completeFile, manifestFile } from './folders.ts';

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().nonnegative();

const manifestShape = z.object({
  format: z.literal(2),
  version: z.string(),
  installation: digest,
  created_at_ms: count,
  schema: z.string(),
  database: z.object({ bytes: count, digest }),
  blobs: z.object({ blobs: count, bytes: count, digest }),
  counts: z.object({ projects: count, events: count }),
  rows: z.record(z.string(), count),
});

/** What a backup says of itself. */
export type Manifest = z.infer<typeof manifestShape>;

const manifestLimit_bytes = 1_000_000;
/** 67 characters and a size for each blob: ten million of them. */
const listLimit_bytes = 900_000_000;
const blobLine = /^([0-9a-f]{64}) (\d{1,15})$/;

/** `blobs.txt`: a line for each blob, digest and size, sorted. */
export function blobListOf(sizes: ReadonlyMap<string, number>): string {
  const lines = [...sizes].map(([name, bytes]) => `${name} ${bytes}\n`);
  return lines.sort().join('');
}

/** Errors: `backup_not_complete`, `backup_damaged`. */
export async function readManifest(folder: string): Promise<Manifest> {
  const complete = await readText(folder, completeFile, 1000);
  if (complete === null) throw failure('backup_not_complete', { folder, reason: `it has no file \`${completeFile}\`` });
  const text = await readText(folder, manifestFile, manifestLimit_bytes);
  if (text === null || sha256(text) !== complete.trim()) throw damaged(folder, `${manifestFile} is not the one that was written`);
  const parsed = manifestShape.safeParse(JSON.parse(text));
  if (!parsed.success)
    throw failure('backup_not_complete', { folder, reason: 'its manifest is of a form that this version does not know' });
  return parsed.data;
}

/** Digest to size of every file that belongs to a backup. */
export async function readBlobList(folder: string, { blobs }: Manifest): Promise<Map<string, number>> {
  const list = await readText(folder, blobListFile, listLimit_bytes);
  if (list === null || sha256(list) !== blobs.digest) throw damaged(folder, `${blobListFile} is not the one that was written`);
  const found = new Map<string, number>();
  for (const line of list.split('\n')) {
    const parts = blobLine.exec(line);
    if (parts?.[1] !== undefined) found.set(parts[1], Number(parts[2]));
  }
  return found;
}

export function damaged(folder: string, reason: string, cause?: unknown) {
  return failure('backup_damaged', { folder, reason }, {}, cause);
}

/** A small file of ours, or null when there is none. */
export async function readText(folder: string, name: string, limit_bytes: number): Promise<string | null> {
  const file = await open(join(folder, name)).catch(() => null);
  if (!file) return null;
  try {
    if ((await file.stat()).size > limit_bytes) throw damaged(folder, `${name} is larger than it can be`);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}
