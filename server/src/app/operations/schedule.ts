import type { BackupsFolder, KeptBackup } from './backups-folder.ts';

/** How the backups of an installation stand. */
export interface BackupsState {
  /** Why there is none of the age that was asked for, or null. */
  readonly problem: string | null;
  /** When the next one begins. */
  readonly next_at_ms: number;
}

/** After a failure it is tried again this soon: a disk may have been made free. */
const retry_ms = 3_600_000;
/** A backup may begin late and takes its time before it counts. */
const lateness = 1.5;

/**
 * When the next backup is due, and what is wrong: no day is left out in silence. Those from a time that has not come yet (the clock moved
 * back) do not count. `failed`: the last one that did not end.
 */
export function backupsState(
  { every_ms }: Pick<BackupsFolder, 'every_ms'>,
  kept: readonly KeptBackup[],
  failed: { readonly at_ms: number; readonly why: string } | null,
  now_ms: number,
  /** Since when this server serves: before that nobody could have made one. */
  since_ms: number,
): BackupsState {
  const newest = kept.find(({ manifest }) => manifest.created_at_ms <= now_ms)?.manifest.created_at_ms ?? null;
  const isFailed = failed !== null && failed.at_ms <= now_ms && failed.at_ms > (newest ?? 0);
  const due_at_ms = newest === null ? now_ms : newest + every_ms;
  const next_at_ms = isFailed ? Math.max(due_at_ms, failed.at_ms + Math.min(retry_ms, every_ms)) : due_at_ms;
  if (isFailed) return { problem: `the last backup failed: ${failed.why}`, next_at_ms };
  const late_ms = now_ms - Math.max(newest ?? 0, since_ms) - every_ms * lateness;
  if (late_ms > 0)
    return { problem: newest === null ? 'there is no backup yet' : 'the newest backup is older than it should be', next_at_ms };
  return { problem: null, next_at_ms };
}
