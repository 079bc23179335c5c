import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** The names inside a data folder and inside a backup. */
export const databaseFile = 'slipway.db';
export const blobsFolder = 'blobs';
export const manifestFile = 'manifest.json';
export const blobListFile = 'blobs.txt';
/** There only when all else is, with the digest of the manifest. */
export const completeFile = 'complete';

/** Removes everything in a folder but `keep`. */
export async function emptyBut(folder: string, keep: readonly string[]): Promise<void> {
  for (const name of await readdir(folder)) if (!keep.includes(name)) await rm(join(folder, name), { recursive: true, force: true });
}

/** Writes a file so that it is whole or absent, and on disk when this resolves. */
export async function writeDurably(folder: string, name: string, text: string): Promise<void> {
  const temp = join(folder, `${name}.partial`);
  const file = await open(temp, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temp, join(folder, name));
  await syncPath(folder);
}

export async function syncPath(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

export async function digestOfFile(path: string, signal: AbortSignal): Promise<{ digest: string; bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path, { signal, highWaterMark: 262_144 }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.byteLength;
  }
  return { digest: hash.digest('hex'), bytes };
}
