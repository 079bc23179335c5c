/** The program that loses its power: `power-writer.ts <target> <folder> <seed> <first> [control]`. One line per acknowledged n. */
import { writeSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { targets } from './power-targets.ts';

const [, , name = '', folder = '', seed = '0', first = '0', control = ''] = process.argv;
const target = await targets[name]?.();
if (!target) throw new Error(`No target ${name}`);

/** At once, since the next moment may be the last; again where the reader is slow and the pipe is full. */
async function say(line: string): Promise<void> {
  for (;;) {
    try {
      writeSync(1, line);
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

/** Writes in flight at any moment; the harness counts on it when it asks what may have been begun. */
const together = 16;
const write = await target.start(folder, Number(seed), control === 'control');
// A killed program leaves no compile cache by itself, and the next one would start as slowly.
flushCompileCache();
writeSync(1, 'ready\n');
let next = Number(first);
await Promise.all(
  Array.from({ length: together }, async () => {
    for (;;) {
      const n = next++;
      await write(n);
      await say(`${n}\n`);
    }
  }),
);
