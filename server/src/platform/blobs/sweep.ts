import { join } from 'node:path';
import type { Clock } from '../../kernel/clock.ts';
import { assertDigest, isDigest } from './blob.ts';
import { storageFailure } from './durability.ts';
import { type Files, statOrNone, unlinkIfThere } from './files.ts';
import type { Objects } from './objects.ts';
import type { Packs } from './packs.ts';

/** Longer than any upload may hold on to a blob that no row refers to yet. */
const grace_ms = 24 * 60 * 60 * 1000;

interface SweepParts {
  readonly live: AsyncIterable<string> | ReadonlySet<string>;
  readonly olderThan_ms?: number;
  readonly dryRun: boolean;
  readonly clock: Clock;
  readonly packs: Packs;
  readonly objects: Objects;
  readonly files: Files;
  readonly cache: string;
}

export async function sweepBlobs(parts: SweepParts): Promise<{ freed_bytes: number; blobs: number }> {
  const { clock, packs, objects, dryRun } = parts;
  const cutoff_ms = clock.now() - (parts.olderThan_ms ?? grace_ms);
  const live = await collect(parts.live);
  const total = { freed_bytes: 0, blobs: 0 };
  try {
    for await (const { digest, bytes, modified_ms } of objects.list()) {
      if (live.has(digest) || modified_ms >= cutoff_ms) continue;
      if (!dryRun && !(await objects.remove(digest, cutoff_ms))) continue;
      total.freed_bytes += bytes;
      total.blobs++;
    }
    const packed = await packs.compact(live, cutoff_ms, dryRun);
    if (!dryRun) await clearCache(parts, cutoff_ms);
    return { freed_bytes: total.freed_bytes + packed.freed_bytes, blobs: total.blobs + packed.blobs };
  } catch (error) {
    throw storageFailure(error);
  }
}

/** All of the mark before any of the sweep: half a mark would remove what it had not come to. */
async function collect(live: AsyncIterable<string> | ReadonlySet<string>): Promise<ReadonlySet<string>> {
  const all = new Set<string>();
  for await (const digest of live) {
    assertDigest(digest);
    all.add(digest);
  }
  return all;
}

async function clearCache({ files, objects, cache }: SweepParts, cutoff_ms: number): Promise<void> {
  for (const name of await files.readdir(cache)) {
    if (!isDigest(name)) continue;
    const path = join(cache, name);
    await objects.inTurn(name, async () => {
      const stat = await statOrNone(files, path);
      if (stat && stat.modified_ms < cutoff_ms) await unlinkIfThere(files, path);
    });
  }
}
