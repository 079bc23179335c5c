import { type ExecFileException, execFile } from 'node:child_process';
import { devNull } from 'node:os';
import { inheritedEnv } from '../platform/compute/index.ts';

/** What git answered, or why it did not. */
export interface GitAnswer {
  readonly how: 'ok' | 'refused' | 'no git' | 'too slow';
  /** The bytes as they came, up to the limit. */
  readonly out: Buffer;
  readonly cut: boolean;
  readonly error: string;
}

/** Nothing of the repository runs because we look at it: no hook, no file-system monitor. Paths are always from its top. */
const settings = {
  'core.fsmonitor': 'false',
  'core.hooksPath': devNull,
  'diff.relative': 'false',
};
const asked = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);

/**
 * Asks git in a folder, by its arguments, never through a shell. It takes no locks, asks nobody for a password, fetches nothing, and sees
 * of our environment only where programs and its settings are, so that a caller that is itself a hook leads it nowhere else. `index` is a
 * copy for commands that write down what they learn of the times of files.
 */
export function askGit(
  folder: string,
  words: readonly string[],
  { time_ms, bytes, index }: { readonly time_ms: number; readonly bytes: number; readonly index?: string | undefined },
): Promise<GitAnswer> {
  const env = {
    ...inheritedEnv(),
    ...{ LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', GIT_NO_LAZY_FETCH: '1' },
    ...(index === undefined ? {} : { GIT_INDEX_FILE: index }),
  };
  const options = { cwd: folder, env, timeout: time_ms, maxBuffer: bytes, encoding: 'buffer' } as const;
  return new Promise((done) => {
    execFile('git', ['--no-pager', ...asked, ...words], options, (error, out, errors) => {
      const cut = error?.code === ('ERR_CHILD_PROCESS_STDIO_MAXBUFFER' as unknown);
      done({ how: cut ? 'ok' : howOf(error), out, cut, error: errors.toString('utf8') });
    });
  });
}

function howOf(error: ExecFileException | null): GitAnswer['how'] {
  if (error === null) return 'ok';
  if (error.code === ('ENOENT' as unknown) || error.code === ('EACCES' as unknown)) return 'no git';
  return error.killed ? 'too slow' : 'refused';
}
