import { sql } from 'kysely';
import type { Handle } from '../../platform/database/index.ts';
import { foldersOf } from './run.ts';

interface ArtifactRow {
  readonly run: number;
  readonly path: string;
  readonly digest: string;
  readonly bytes: number;
  readonly put_at_ms: number;
}

/** False, and nothing kept, where an artifact lies above or below the path: a file cannot be a folder too. One statement, since an upload waits for each. */
export async function putUnlessFolder(tx: Handle, { run, path, digest, bytes, put_at_ms }: ArtifactRow): Promise<boolean> {
  const folders = foldersOf(path);
  const above =
    folders.length === 0 ? sql`` : sql` and not exists (select 1 from run_artifacts where run = ${run} and path in (${sql.join(folders)}))`;
  const { numAffectedRows } = await sql`insert into run_artifacts (run, path, digest, bytes, put_at_ms)
    select cast(${run} as bigint), ${path}, ${digest}, cast(${bytes} as bigint), cast(${put_at_ms} as bigint)
    where not exists (select 1 from run_artifacts where run = ${run} and path > ${`${path}/`} and path < ${`${path}0`})${above}
    on conflict (run, path) do update set digest = excluded.digest, bytes = excluded.bytes, put_at_ms = excluded.put_at_ms`.execute(tx);
  return Number(numAffectedRows ?? 0) > 0;
}

/** The file of that path, and all files below it. */
export async function deleteArtifacts(tx: Handle, run: number, path: string): Promise<void> {
  await tx
    .deleteFrom('run_artifacts')
    .where('run', '=', run)
    .where((is) => is.or([is('path', '=', path), is.and([is('path', '>', `${path}/`), is('path', '<', `${path}0`)])]))
    .execute();
}
