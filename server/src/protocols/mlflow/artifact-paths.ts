import { invalid } from './refusal.ts';

/** Whose files an address below `mlflow-artifacts:/` means; `path` is empty for all of them. */
export interface ArtifactPlace {
  readonly of: 'run' | 'model' | 'trace' | 'version';
  readonly experiment: string;
  readonly id: string;
  readonly path: string;
}

/** Refuses paths that lead out of where they begin, however they are written; a part `.` means nothing. The one place where a client's path is judged. */
export function assertSafePath(path: string): string {
  const parts = path.split('/');
  const isSafe =
    !path.startsWith('/') &&
    !/[\\#?\p{Cc}]|^[A-Za-z]:|^[A-Za-z][\w+.-]*:\/|%(?:2e|2f|5c|25)/iu.test(path) &&
    !parts.includes('..') &&
    path.isWellFormed();
  if (!isSafe) throw invalid('Invalid path');
  return parts
    .filter((part) => part !== '.')
    .join('/')
    .replace(/\/+$/, '');
}

/** Null for an address that means nothing of ours. There is no other way from a client's path to what we store. */
export function placeOf(path: string): ArtifactPlace | null {
  const [, experiment = '', run, model, trace, rest = ''] =
    /^(\d{1,15})\/(?:([0-9a-f]{32})|models\/(m-[0-9a-f]{32})|traces\/(tr-[\w-]{1,64}))\/artifacts(?:\/(.*))?$/s.exec(path) ?? [];
  if (run !== undefined) return { of: 'run', experiment, id: run, path: rest };
  if (model !== undefined) return { of: 'model', experiment, id: model, path: rest };
  const [, version, frozen = ''] = /^versions\/(ver_[0-9a-z]{26})\/artifacts(?:\/(.*))?$/s.exec(path) ?? [];
  if (version !== undefined) return { of: 'version', experiment: '', id: version, path: frozen };
  return trace === undefined ? null : { of: 'trace', experiment, id: trace, path: rest };
}

/** The part of an address behind the route, as the client wrote it; a `+` in a path is no space. */
export function pathBehind(url: string, route: string): string {
  const at = url.indexOf(`${route}/`);
  try {
    return at < 0 ? '' : decodeURIComponent(url.slice(at + route.length + 1));
  } catch {
    throw invalid('Invalid path');
  }
}

export interface ListedFile {
  readonly path: string;
  readonly is_dir: boolean;
  readonly file_size?: number;
}

/** One level of a folder, names only; a path that is a file lists as nothing. Protobuf leaves a size of 0 out. */
export function listLevel(files: readonly { readonly path: string; readonly bytes: number }[], folder: string): ListedFile[] {
  const start = folder === '' ? '' : `${folder}/`;
  const found = new Map<string, ListedFile>();
  for (const { path, bytes } of files) {
    if (!path.startsWith(start)) continue;
    const [name = '', ...below] = path.slice(start.length).split('/');
    found.set(
      name,
      below.length > 0 ? { path: name, is_dir: true } : { path: name, is_dir: false, ...(bytes === 0 ? {} : { file_size: bytes }) },
    );
  }
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}
