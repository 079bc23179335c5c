import type { ErrorEntry } from './entry.ts';

/** Errors of the room `operations`: backup, restore, garbage, doctor. */
export const operationsErrors = {
  backup_target_refused: {
    status: 409,
    message: 'The folder {folder} cannot take a backup: {reason}.',
    todo: 'Name a folder outside the data folder that holds nothing but backups of this installation and that only the user of the server can enter (`mkdir -m 700 DIR`): `slipway up --backups DIR`.',
  },
  backups_not_configured: {
    status: 409,
    message: 'No folder was named for backups when this server was started.',
    todo: 'Start it with `slipway up --backups DIR`, best on another disk. A stopped one can be copied with `slipway backup --data DATA --backups DIR`.',
  },
  copy_needs_space: {
    status: 507,
    message:
      'The disk of {folder} has too little space for a copy: it needs {needed_bytes} bytes, {free_bytes} are free. Nothing was copied.',
    todo: 'Make room on that disk, or name a folder on another one. A backup is tried again within the hour.',
  },
  backup_not_complete: {
    status: 409,
    message: '{folder} is not a complete backup: {reason}.',
    todo: 'Restore from a folder that `slipway backup` reported as complete. A backup that was interrupted cannot be used; make a new one.',
  },
  backup_damaged: {
    status: 409,
    message: 'The backup in {folder} is damaged: {reason}.',
    todo: 'Use another backup, or copy this one anew from where it was kept. Nothing of it was put in place.',
  },
  backup_not_verified: {
    status: 500,
    message: 'The backup in {folder} did not pass when it was read back: {reason}.',
    todo: 'Do not rely on it. Run `slipway doctor --deep` on the server, check both disks, then run `slipway backup`.',
  },
  restore_target_not_empty: {
    status: 409,
    message: 'The folder {folder} is not empty: it holds {found}. A restore never overwrites.',
    todo: 'Name a folder that is missing or empty: `slipway restore BACKUP --data DIR`.',
  },
  clock_moved_back: {
    status: 409,
    message: 'The clock of this machine reads {now}, which is before {last}, when {what}. Nothing was removed.',
    todo: 'What is old enough to go cannot be told by a clock that moved back. Set the clock right and run it again.',
  },
} as const satisfies Record<string, ErrorEntry>;
