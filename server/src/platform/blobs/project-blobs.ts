import type { Clock } from '../../kernel/clock.ts';
import { failure } from '../../kernel/error.ts';
import type { Project } from '../../kernel/project.ts';
import type { Database } from '../database/index.ts';
import type { Blobs, PutOptions, Stored } from './blobs.ts';
import { insertOwn, selectOwn } from './project-blobs-store.ts';

/**
 * Files are stored once for the whole server, and a digest is no secret: it stands in logs, reports and lock files. So a client names
 * by digest only what was sent to its own project; else a digest from elsewhere would open the bytes of another project.
 */
export interface ProjectBlobsDeps {
  readonly database: Database;
  readonly blobs: Blobs;
}

/** Stores what a client sends to a project, which may name it from then on. The note outlives the file: who sent it knew its bytes. */
export async function putOfProject(
  { database, blobs, clock }: ProjectBlobsDeps & { readonly clock: Clock },
  project: Pick<Project, 'id'>,
  source: AsyncIterable<Uint8Array> | Uint8Array,
  options: PutOptions,
): Promise<Stored> {
  const stored = await blobs.put(source, options);
  const { digest } = stored;
  const own = await selectOwn(database.read, project.id, [digest]);
  if (!own.has(digest)) await database.write((tx) => insertOwn(tx, { project_id: project.id, digest, put_at_ms: clock.now() }));
  return stored;
}

/** The sizes of those that were sent to the project and are here. What only others have is as if it were not there. */
export async function findOfProject(
  { database, blobs }: ProjectBlobsDeps,
  project: Pick<Project, 'id'>,
  digests: readonly string[],
): Promise<Map<string, number>> {
  const own = await selectOwn(database.read, project.id, [...new Set(digests)]);
  return blobs.has(own);
}

/** The sizes of all of them, or `not_found` for the first that may not be named. */
export async function assertOfProject(
  deps: ProjectBlobsDeps,
  project: Pick<Project, 'id'>,
  digests: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const own = await findOfProject(deps, project, digests);
  const missing = digests.find((digest) => !own.has(digest));
  if (missing !== undefined) throw failure('not_found', { what: 'uploaded blob', name: missing });
  return own;
}
