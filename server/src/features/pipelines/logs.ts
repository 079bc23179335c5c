import { createWriteStream, mkdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../kernel/clock.ts';
import { failure } from '../../kernel/error.ts';

export interface StepLog {
  write(text: string): void;
  close(): Promise<void>;
}

export interface LogPage {
  readonly text: string;
  /** Where the next page begins, in bytes. */
  readonly next: number;
}

/** What steps print, kept as files and readable while they are written. Bounded: past the limit a line says that the rest is left out. */
export interface StepLogs {
  open(execution: string, step: string, attempt: number): StepLog;
  read(execution: string, step: string, attempt: number, from: number): Promise<LogPage>;
}

const limit_bytes = 20 * 2 ** 20;
const page_bytes = 256 * 2 ** 10;

export function createStepLogs({ folder, clock }: { readonly folder: string; readonly clock: Clock }): StepLogs {
  const pathOf = (execution: string, step: string, attempt: number): string => {
    if (!/^exe_[0-9a-z]+$/.test(execution)) throw failure('not_found', { what: 'execution', name: execution });
    return join(folder, execution, `${Buffer.from(step).toString('hex')}-${attempt}.log`);
  };
  return {
    open(execution, step, attempt) {
      const path = pathOf(execution, step, attempt);
      mkdirSync(join(folder, execution), { recursive: true, mode: 0o700 });
      const stream = createWriteStream(path, { flags: 'a', mode: 0o600 });
      // A log that cannot be written (disk full) must not end the step that it is of.
      stream.on('error', () => undefined);
      let written = 0;
      return {
        write(text) {
          if (written > limit_bytes) return;
          const lines = text.replace(/\n$/, '').split('\n');
          const stamped = lines.map((line) => `${new Date(clock.now()).toISOString()} ${line}\n`).join('');
          written += stamped.length;
          stream.write(written > limit_bytes ? 'The log is over its limit; the rest is left out.\n' : stamped);
        },
        close: () => new Promise((resolve) => stream.end(resolve)),
      };
    },
    async read(execution, step, attempt, from) {
      const file = await open(pathOf(execution, step, attempt), 'r').catch(() => null);
      if (!file) return { text: '', next: from };
      try {
        const { bytesRead, buffer } = await file.read(Buffer.alloc(page_bytes), 0, page_bytes, from);
        const end = bytesRead === page_bytes ? wholeLines(buffer) : bytesRead;
        return { text: buffer.subarray(0, end).toString('utf8'), next: from + end };
      } finally {
        await file.close();
      }
    },
  };
}

/** Where the last line of a full page ends: a character of several bytes may lie across its own end. */
function wholeLines(page: Buffer): number {
  return page.lastIndexOf(0x0a) + 1 || page.length;
}
