import { SlipwayError } from '../../kernel/error.ts';
import type { Blobs } from '../../platform/blobs/index.ts';
import type { Work } from './rooms.ts';

/** Blobs below this share a pack, and so an fsync. */
const small_bytes = 64 * 1024;
const batch = { blobs: 256, bytes: 4 * 2 ** 20 };

export interface CopyBlobs extends Work {
  readonly from: Blobs;
  readonly to: Blobs;
  /** Digest to size. */
  readonly sizes: ReadonlyMap<string, number>;
  /** What becomes of a blob that cannot be copied. */
  readonly refuse: (digest: string, why: string, cause?: unknown) => Error;
}

/** Copies blobs from store to store; each is hashed as it is read and again as it is written. */
export async function copyBlobs({ from, to, sizes, refuse, progress, signal }: CopyBlobs): Promise<void> {
  let small: { digest: string; content: Buffer }[] = [];
  let done = 0;
  const flush = async (): Promise<void> => {
    const stored = await to.putMany(small.map(({ content }) => content));
    const changed = small.find(({ digest }, index) => stored[index]?.digest !== digest);
    if (changed) throw refuse(changed.digest, 'changed while it was copied');
    done += small.length;
    small = [];
    progress('files', done, sizes.size);
  };
  for (const [digest, bytes] of sizes) {
    signal.throwIfAborted();
    try {
      if (bytes < small_bytes) {
        small.push({ digest, content: await from.read(digest, small_bytes) });
        if (small.length >= batch.blobs || small.length * small_bytes >= batch.bytes) await flush();
      } else {
        await to.put((await from.open(digest)).stream, { expect: digest, limit_bytes: bytes });
        progress('files', ++done, sizes.size);
      }
    } catch (error) {
      if (isDamage(error)) throw refuse(digest, 'is damaged or gone', error);
      throw error;
    }
  }
  if (small.length > 0) await flush();
}

/** Whether an error says that stored bytes are not the ones that were put. */
export function isDamage(error: unknown): boolean {
  return error instanceof SlipwayError && ['blob_corrupt', 'blob_missing', 'digest_mismatch', 'blob_too_large'].includes(error.code);
}
