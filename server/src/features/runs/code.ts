import type { KeyValue } from './run.ts';

/** The code that runs are started from, as whoever holds the checkout saw it. Digests are of uploaded blobs. */
export interface CodeCapture {
  readonly commit: string | null;
  readonly branch: string | null;
  /** URL of the remote repository, without credentials. */
  readonly remote: string | null;
  /** Whether anything differed from the commit; null when that is not known. */
  readonly dirty: boolean | null;
  /** What differed in files that git tracks. */
  readonly diff: string | null;
  /** A list, as JSON, of the files that git does not track. */
  readonly untracked: string | null;
  /** By name. */
  readonly lock_files: Readonly<Record<string, string>>;
  /** What is missing and why, in plain words. */
  readonly notes: readonly string[];
}

interface CodeFile {
  readonly path: string;
  readonly digest: string;
  readonly bytes: number;
}

/** The code of a run, as far as its tags and artifacts tell. */
export interface RunCode {
  readonly commit: string | null;
  readonly branch: string | null;
  readonly remote: string | null;
  readonly dirty: boolean | null;
  /** Artifacts of the run. */
  readonly diff: CodeFile | null;
  readonly untracked: CodeFile | null;
  readonly lock_files: readonly CodeFile[];
  readonly notes: readonly string[];
}

/** The names of the MLflow client (mlflow/utils/mlflow_tags.py) where it has one: a run that it logged shows its code too. */
const tagNames = {
  commit: 'mlflow.source.git.commit',
  branch: 'mlflow.source.git.branch',
  remote: 'mlflow.source.git.repoURL',
  dirty: 'mlflow.source.git.dirty',
  notes: 'slipway.git.notes',
} as const;

export const codeFolder = 'code/';
const diffPath = `${codeFolder}uncommitted.diff`;
const untrackedPath = `${codeFolder}untracked.json`;
const lockFolder = `${codeFolder}lock/`;

export function codeTags({ commit, branch, remote, dirty, notes }: CodeCapture): KeyValue[] {
  const values = { commit, branch, remote, dirty: dirty === null ? null : String(dirty), notes: notes.join('\n') || null };
  return (Object.keys(tagNames) as (keyof typeof tagNames)[]).flatMap((name) => {
    const value = values[name];
    return value === null ? [] : [{ key: tagNames[name], value }];
  });
}

export function codeArtifacts({ diff, untracked, lock_files }: CodeCapture): { path: string; digest: string }[] {
  return [
    ...(diff === null ? [] : [{ path: diffPath, digest: diff }]),
    ...(untracked === null ? [] : [{ path: untrackedPath, digest: untracked }]),
    ...Object.entries(lock_files).map(([name, digest]) => ({ path: `${lockFolder}${name}`, digest })),
  ];
}

/** Null when nothing is known. `files` are the artifacts of the run in the folder of code. */
export function codeOf(tags: readonly KeyValue[], files: readonly CodeFile[]): RunCode | null {
  const tag = (name: keyof typeof tagNames): string | null => tags.find(({ key }) => key === tagNames[name])?.value ?? null;
  const file = (path: string): CodeFile | null => files.find((one) => one.path === path) ?? null;
  const dirty = tag('dirty');
  const code: RunCode = {
    commit: tag('commit'),
    branch: tag('branch'),
    remote: tag('remote'),
    dirty: dirty === null ? null : dirty.toLowerCase() === 'true',
    diff: file(diffPath),
    untracked: file(untrackedPath),
    lock_files: files.filter(({ path }) => path.startsWith(lockFolder)),
    notes: tag('notes')?.split('\n') ?? [],
  };
  const isKnown = code.commit !== null || code.diff !== null || code.lock_files.length > 0 || code.notes.length > 0;
  return isKnown ? code : null;
}

export function codeDigests({ diff, untracked, lock_files }: CodeCapture): string[] {
  return [diff, untracked, ...Object.values(lock_files)].filter((digest) => digest !== null);
}
