import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const mib = 2 ** 20;
export const noMount = 'it needs the right to mount a file system (root)';

/** A file system of its own that is soon full. */
export interface SmallDisk {
  readonly path: string;
  /** Leaves so many bytes free, or as many as there are. */
  leaveFree(free_bytes: number): void;
  /** As much is free again as the others left. */
  makeRoom(): void;
  remove(): void;
}

/** For tests: null where we may not mount one. */
export function smallDisk(size_bytes: number): SmallDisk | null {
  const path = mkdtempSync(join(tmpdir(), 'slipway-disk-'));
  const filler = join(path, 'filler');
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size_bytes},mode=0700`, 'tmpfs', path]);
  if (status !== 0) {
    rmSync(path, { recursive: true, force: true });
    return null;
  }
  return {
    path,
    leaveFree(free_bytes) {
      rmSync(filler, { force: true });
      const { bavail, bsize } = statfsSync(path);
      writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - free_bytes), 1));
    },
    makeRoom: () => rmSync(filler, { force: true }),
    remove() {
      // Lazily: who still has a file open there keeps it until its end.
      spawnSync('umount', ['-l', path]);
      rmSync(path, { recursive: true, force: true });
    },
  };
}
