import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { compileShim } from './preload.ts';

/** In the order of io-fault.c, whose first is none. */
export const faults = ['EIO', 'ENOSPC', 'EMFILE', 'short write'] as const;
export type Fault = (typeof faults)[number];

/** A disk below a server whose n-th call fails once; while it is not armed it is as any other. */
export interface FailingDisk {
  /** What the program is started with. */
  readonly environment: Readonly<Record<string, string>>;
  /** Counts the calls that can fail so from now on, and fails the one with this number, from 1. */
  arm(fault: Fault, call: number): void;
  /** Ends it. Answers which call failed, null if there were not so many. */
  disarm(): string | null;
}

const numbers_bytes = 4 * 8;
const control_bytes = numbers_bytes + 480;

/** Undefined when the shim cannot be compiled here. `root` is the folder whose calls are counted. */
export function failingDisk(root: string, folder: string): FailingDisk | undefined {
  const library = compileShim('io-fault', folder);
  if (library === undefined) return undefined;
  const file = join(folder, 'fault');
  const write = (fault: number, at: number): void => {
    const bytes = Buffer.alloc(control_bytes);
    bytes.writeBigInt64LE(BigInt(fault), 0);
    bytes.writeBigInt64LE(BigInt(at), 8);
    const handle = openSync(file, 'r+');
    writeSync(handle, bytes, 0, control_bytes, 0);
    closeSync(handle);
  };
  writeFileSync(file, Buffer.alloc(control_bytes));
  return {
    environment: { LD_PRELOAD: library, FAULT_ROOT: root, FAULT_FILE: file },
    arm: (fault, call) => write(faults.indexOf(fault) + 1, call),
    disarm() {
      const bytes = readFileSync(file);
      write(0, 0);
      if (bytes.readBigInt64LE(24) === 0n) return null;
      return bytes.subarray(numbers_bytes, bytes.indexOf(0, numbers_bytes)).toString('utf8');
    },
  };
}
