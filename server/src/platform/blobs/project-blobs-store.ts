import type { Handle } from '../database/index.ts';

interface ProjectBlobsTable {
  project_id: string;
  digest: string;
  put_at_ms: number;
}

declare module '../database/handle.ts' {
  interface Tables {
    project_blobs: ProjectBlobsTable;
  }
}

/** Bounds the values of one statement, which databases limit. */
const together = 1000;

export async function selectOwn(handle: Handle, project_id: string, digests: readonly string[]): Promise<Set<string>> {
  const own = new Set<string>();
  for (let from = 0; from < digests.length; from += together) {
    const rows = await handle
      .selectFrom('project_blobs')
      .select('digest')
      .where('project_id', '=', project_id)
      .where('digest', 'in', digests.slice(from, from + together))
      .execute();
    for (const { digest } of rows) own.add(digest);
  }
  return own;
}

export async function insertOwn(tx: Handle, row: ProjectBlobsTable): Promise<void> {
  await tx
    .insertInto('project_blobs')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
