import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import type { Client } from '@slipway/sdk';
import { startProgress } from './progress.ts';
import { type HashedFile, hashFile, type LocalFile } from './project-folder.ts';
import type { Streams } from './work.ts';

interface UploadDeps {
  readonly client: Client;
  readonly project: string;
  readonly streams: Streams;
  readonly signal: AbortSignal;
}

/** Up to here a file is sent from memory, so that an attempt that failed can be repeated. */
const inMemory_bytes = 8 * 2 ** 20;
const atOnce = 4;
const digestsPerRequest = 10_000;

/** Reads every file once for its digest; nothing leaves this machine. */
export async function hashFiles(
  files: readonly LocalFile[],
  { streams, signal }: Pick<UploadDeps, 'streams' | 'signal'>,
): Promise<HashedFile[]> {
  const progress = startProgress(streams, 'Reading', total(files));
  const hashed: HashedFile[] = [];
  for (const file of files) hashed.push({ ...file, digest: await hashFile(file.file, signal, progress.add) });
  progress.done();
  return hashed;
}

/** Sends what the server does not have yet, under its digest; answers how much that was. */
export async function uploadMissing(files: readonly HashedFile[], deps: UploadDeps): Promise<{ files: number; bytes: number }> {
  const missing = await missingOf(files, deps);
  const progress = startProgress(deps.streams, 'Uploading', total(missing));
  const queue = [...missing];
  const sender = async (): Promise<void> => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) await send(file, deps, progress.add);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, missing.length) }, sender));
  progress.done();
  return { files: missing.length, bytes: total(missing) };
}

/** Sends contents that are no files, where the server does not have them yet; answers their digests in the same order. */
export async function uploadContents(contents: readonly Buffer[], deps: Omit<UploadDeps, 'streams'>): Promise<string[]> {
  const named = contents.map((content) => ({ content, digest: createHash('sha256').update(content).digest('hex') }));
  const { client, project, signal } = deps;
  for (const { content, digest } of await missingOf(named, deps)) {
    await client.datasets.putBlob({ params: { project }, query: { digest }, body: content, signal });
  }
  return named.map((one) => one.digest);
}

async function missingOf<T extends { readonly digest: string }>(
  files: readonly T[],
  { client, project, signal }: Omit<UploadDeps, 'streams'>,
): Promise<T[]> {
  const byDigest = new Map(files.map((file) => [file.digest, file]));
  const digests = [...byDigest.keys()];
  const missing: T[] = [];
  for (let at = 0; at < digests.length; at += digestsPerRequest) {
    const body = { digests: digests.slice(at, at + digestsPerRequest) };
    const answer = await client.datasets.missingBlobs({ params: { project }, body, signal });
    missing.push(...answer.missing.flatMap((digest) => byDigest.get(digest) ?? []));
  }
  return missing;
}

async function send({ file, bytes, digest }: HashedFile, deps: UploadDeps, onBytes: (bytes: number) => void): Promise<void> {
  const { client, project, signal } = deps;
  const body = bytes <= inMemory_bytes ? readFileSync(file) : counted(createReadStream(file, { highWaterMark: 1_048_576 }), onBytes);
  await client.datasets.putBlob({ params: { project }, query: { digest }, body, signal });
  if (bytes <= inMemory_bytes) onBytes(bytes);
}

async function* counted(source: AsyncIterable<Buffer>, onBytes: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  for await (const part of source) {
    onBytes(part.length);
    yield part;
  }
}

function total(files: readonly LocalFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}
