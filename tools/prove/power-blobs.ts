import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { systemClock } from '../../server/src/kernel/clock.ts';
import { sha256 } from '../../server/src/kernel/digest.ts';
import { type Blobs, type Files, openBlobs, systemFiles } from '../../server/src/platform/blobs/index.ts';
import type { Log } from '../../server/src/platform/log/index.ts';
import type { PowerTarget } from './power-target.ts';

const nothing = () => undefined;
const log: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing, with: () => log };

/** The n-th file: mostly small, each 9th large enough for a file of its own, each 11th the same bytes as an earlier one. */
function contentOf(seed: number, n: number): Buffer {
  if (n % 11 === 7) return contentOf(seed, n - 4);
  const bytes = n % 9 === 0 ? 65_536 + (n % 50) * 1000 : 50 + ((n * 7919) % 6000);
  const stamp = createHash('sha256').update(`${seed}:${n}`).digest();
  return Buffer.alloc(bytes, stamp);
}

/** Three of five are garbage as soon as they are stored, so that sweeps have files to remove and packs to compact. */
const isGarbage = (n: number): boolean => n % 5 >= 2 && n % 11 !== 3 && n % 11 !== 7;

/** How many files after the present one a sweep is told of: those that were written already by others. */
const toldAhead = 500;

/** The control: a store on a disk whose fsync does nothing. */
const unsynced: Files = {
  ...systemFiles,
  open: async (path, flags, mode) => ({ ...(await systemFiles.open(path, flags, mode)), sync: async () => undefined }),
};

export const blobsTarget: PowerTarget = {
  ordered: false,
  async start(folder, seed, control) {
    const blobs = await openBlobs({ folder: join(folder, 'blobs'), clock: systemClock, log, ...(control ? { files: unsynced } : {}) });
    let writing = 0;
    let sweep: Promise<void> | undefined;
    return async (n) => {
      // A sweep without a grace is safe only while nobody writes (the store's own rule; the product's grace is a day).
      while (sweep) await sweep;
      const content = contentOf(seed, n);
      writing++;
      await blobs.put(n % 3 === 0 ? inChunks(content) : content, { limit_bytes: 1_000_000 }).finally(() => writing--);
      if (n % 150 !== 149 || sweep) return;
      sweep = (async () => {
        while (writing > 0) await new Promise(setImmediate);
        await sweepGarbage(blobs, seed, n + toldAhead);
      })();
      await sweep;
      sweep = undefined;
    };
  },
  async check(folder, seed, acknowledged, attempted) {
    const blobs = await openBlobs({ folder: join(folder, 'blobs'), clock: systemClock, log });
    let lost = 0;
    let half = 0;
    for (let n = 0; n < attempted; n++) {
      const content = contentOf(seed, n);
      const digest = sha256(content);
      const visible = (await blobs.has([digest])).get(digest);
      if (visible === undefined) {
        if (acknowledged.has(n) && !isGarbage(n)) lost++;
      } else if (visible !== content.byteLength || !(await isWhole(blobs, digest, content))) half++;
    }
    await blobs.close();
    return { lost, half };
  },
};

async function isWhole(blobs: Blobs, digest: string, content: Buffer): Promise<boolean> {
  return blobs.read(digest, content.byteLength).then(
    (bytes) => bytes.equals(content),
    () => false,
  );
}

async function* inChunks(content: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.byteLength; at += 10_000) yield content.subarray(at, at + 10_000);
}

async function sweepGarbage(blobs: Blobs, seed: number, before: number): Promise<void> {
  const live = new Set<string>();
  for (let n = 0; n < before; n++) if (!isGarbage(n)) live.add(sha256(contentOf(seed, n)));
  await blobs.sweep({ live, olderThan_ms: 0, dryRun: false });
}
