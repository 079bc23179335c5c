import { resolve } from 'node:path';
import { usageProblem } from './problem.ts';
import type { BackupsFolder } from './work.ts';

export const backupDefaults = { every_hours: 24, keep: 7 };
const hour_ms = 3_600_000;

export interface BackupOptions {
  readonly backups?: string;
  readonly 'backup-every'?: string;
  readonly 'backup-keep'?: string;
}

/** The folder for backups as the options name it; nothing without one. */
export function backupsOf(input: BackupOptions, folder: string): { backups?: BackupsFolder } {
  const { backups, 'backup-every': every, 'backup-keep': keep } = input;
  if (backups === undefined) {
    if (every === undefined && keep === undefined) return {};
    throw usageProblem('There is no folder for the backups.', 'Name one: `slipway up --backups DIR`.');
  }
  const every_hours = every === undefined ? backupDefaults.every_hours : Number(every);
  if (!(every_hours >= 0.01 && every_hours <= 24 * 366))
    throw usageProblem(`--backup-every ${every} is not a number of hours.`, 'Give hours from 0.01 to 8784, as in `--backup-every 12`.');
  const count = keep === undefined ? backupDefaults.keep : Number(keep);
  if (!Number.isInteger(count) || count < 1 || count > 10_000)
    throw usageProblem(`--backup-keep ${keep} is not a number of backups.`, 'Give a whole number from 1 on, as in `--backup-keep 14`.');
  return { backups: { folder: resolve(folder, backups), every_ms: Math.round(every_hours * hour_ms), keep: count } };
}
