import { statfs } from 'node:fs/promises';
import { failure } from '../../kernel/error.ts';

export interface Space {
  readonly free_bytes: number;
  readonly bytes: number;
}

const least_bytes = 5 * 2 ** 30;
const leastShare = 0.15;
/** What a copy leaves free of the disk that it goes to. */
const margin_bytes = 32 * 2 ** 20;

export async function freeSpace(folder: string): Promise<Space> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return { free_bytes: bavail * bsize, bytes: blocks * bsize };
}

/** Below both, writes are about to be refused with `storage_full`. */
const fullAt_bytes = 64 * 2 ** 20;
const fullShare = 0.05;

/** Why nothing more can be written, or null. It is told to anyone, so it names no folder. */
export function fullDisk({ free_bytes, bytes }: Space): string | null {
  if (free_bytes >= fullAt_bytes || free_bytes >= bytes * fullShare) return null;
  return `the disk of the data folder is full: ${free_bytes} bytes are free; free space with \`slipway gc\`, no restart is needed`;
}

/** Why there is too little, or null: below 5 GiB, and below 15% of the disk. */
export function spaceProblem({ free_bytes, bytes }: Space): string | null {
  if (free_bytes >= least_bytes || free_bytes >= bytes * leastShare) return null;
  return `only ${free_bytes} of ${bytes} bytes of the disk are free`;
}

/** Refuses a copy before its first byte, where it could not be ended. */
export async function assertSpace(folder: string, needed_bytes: number): Promise<void> {
  const { free_bytes } = await freeSpace(folder);
  if (free_bytes < needed_bytes + margin_bytes)
    throw failure('copy_needs_space', { folder, needed_bytes: needed_bytes + margin_bytes, free_bytes });
}
