import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Libraries of ours that stand between a program and the system: `power-loss`, `io-fault`, `moved-clock`. */
export type Shim = 'power-loss' | 'io-fault' | 'moved-clock';

export const noShim = 'it needs Linux and a C compiler named `cc`';

/** Prints what a proof found; what could not be tried is a failure in CI and told elsewhere. Answers false where nothing was proved. */
export function tellReport<T extends object>(report: T | undefined): report is T {
  if (report !== undefined) {
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    return true;
  }
  process.stderr.write(`Nothing was proved: ${noShim}.\n`);
  process.exitCode = process.env['CI'] === 'true' ? 1 : 0;
  return false;
}

/** Compiles one into a folder; undefined where there is no compiler or no LD_PRELOAD. */
export function compileShim(name: Shim, folder: string): string | undefined {
  if (process.platform !== 'linux') return undefined;
  const source = fileURLToPath(new URL(`./${name}.c`, import.meta.url));
  const library = join(folder, `${name}.so`);
  try {
    execFileSync('cc', ['-shared', '-fPIC', '-O2', '-o', library, source, '-ldl', '-lpthread'], { stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return library;
}
