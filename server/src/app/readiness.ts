import type { SlipwayError } from '../kernel/error.ts';

export interface Parts {
  /** Why the database does not work, or null. */
  readonly database: Pick<SlipwayError, 'message'> | null;
  /** Why the disk is too full, or null. */
  readonly disk: string | null;
  /** Versions that serve and are not loaded yet. */
  readonly loading: number;
}

/** Why the server could not do its work now, by part. Anybody may read it, so it names nothing of a project. */
export function readinessOf({ database, disk, loading }: Parts): Readonly<Record<string, string>> {
  const versions = loading === 1 ? 'one version is' : `${loading} versions are`;
  return {
    database: database?.message ?? 'ok',
    disk: disk ?? 'ok',
    models: loading === 0 ? 'ok' : `${versions} still being loaded after the start; requests for what is loaded are answered`,
  };
}
