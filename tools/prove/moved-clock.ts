import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { compileShim } from './preload.ts';

/** The wall clock of a server in our hand while it runs. Its monotonic clock is never touched, and its children have the real time. */
export interface MovedClock {
  /** What the program is started with. */
  readonly environment: Readonly<Record<string, string>>;
  /** From now on so many milliseconds ahead of the real time, or behind it. */
  set(ahead_ms: number): void;
  /** Stands still at this moment. */
  freeze(at_ms: number): void;
}

const perMs = 1_000_000n;

/** Undefined when the shim cannot be compiled here. */
export function movedClock(folder: string): MovedClock | undefined {
  const library = compileShim('moved-clock', folder);
  if (library === undefined) return undefined;
  const file = join(folder, 'clock');
  const write = (added: bigint, standing: bigint): void => {
    const bytes = Buffer.from(BigInt64Array.of(added, standing).buffer);
    // In one write: a reader never sees half of a change.
    const handle = openSync(file, 'r+');
    writeSync(handle, bytes, 0, bytes.byteLength, 0);
    closeSync(handle);
  };
  writeFileSync(file, Buffer.alloc(16));
  return {
    environment: { LD_PRELOAD: library, CLOCK_FILE: file },
    set: (ahead_ms) => write(BigInt(Math.round(ahead_ms)) * perMs, 0n),
    freeze: (at_ms) => write(0n, BigInt(Math.round(at_ms)) * perMs),
  };
}
