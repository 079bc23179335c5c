import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Sees what a server does outside: every connection and look-up, every file opened where none should be. */
export interface Guard {
  /** For the environment of the server. */
  readonly variables: Readonly<Record<string, string>>;
  /** A folder beside the data folder that nobody has reason to enter; hostile names lead into it. */
  readonly folder: string;
  /** What was seen outside, one line for each kind and place. Throws when the guard itself saw nothing of its own test. */
  seen(): string[];
  /** Differs as soon as anything in the folder was made, changed, moved or deleted. */
  state(): string;
}

/** Undefined where there is no compiler or no LD_PRELOAD. In `root` are the folder of the guard and what may be written. */
export function openGuard(root: string, mayWrite: readonly string[]): Guard | undefined {
  if (process.platform !== 'linux') return undefined;
  const library = join(root, 'guard.so');
  const log = join(root, 'guard.log');
  const folder = join(root, 'guarded');
  const source = fileURLToPath(new URL('./guard.c', import.meta.url));
  try {
    execFileSync('cc', ['-shared', '-fPIC', '-O2', '-o', library, source, '-ldl'], { stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  mkdirSync(folder);
  for (const name of ['passwd', 'canary.txt', 'model.onnx']) writeFileSync(join(folder, name), canaryOfGuard);
  const variables = { LD_PRELOAD: library, GUARD_LOG: log, GUARD_SECRET: folder, GUARD_WRITE: mayWrite.join(':') };
  // A guard that sees nothing proves nothing.
  execFileSync(process.execPath, ['-e', `try { require('node:fs').readFileSync(${JSON.stringify(join(folder, 'passwd'))}) } catch {}`], {
    env: { ...process.env, ...variables },
  });
  const own = `secret ${join(folder, 'passwd')}`;
  return {
    variables,
    folder,
    seen() {
      const lines = existsSync(log) ? readFileSync(log, 'utf8').split('\n').filter(Boolean) : [];
      if (!lines.includes(own)) throw new Error('the guard is blind: it did not see the file that was read to try it');
      return [...new Set(lines.toSpliced(lines.indexOf(own), 1))];
    },
    state: () => stateOf(folder),
  };
}

/** In every file of the guarded folder; it must be in no answer. */
export const canaryOfGuard = 'canary-5f1d0c92-of-the-guarded-folder\n';

function stateOf(folder: string): string {
  return readdirSync(folder, { recursive: true })
    .map(String)
    .sort()
    .map((name) => {
      const { mode, size, mtimeMs, ctimeMs } = statSync(join(folder, name));
      const content = createHash('sha256').update(readFileSync(join(folder, name)));
      return `${name} ${mode} ${size} ${mtimeMs} ${ctimeMs} ${content.digest('hex')}`;
    })
    .join('\n');
}
