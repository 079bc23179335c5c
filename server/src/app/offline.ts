import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { systemCaller } from '../kernel/caller.ts';
import { systemClock as clock } from '../kernel/clock.ts';
import { failure } from '../kernel/error.ts';
import { lockFolder } from '../platform/database/index.ts';
import { createLog } from '../platform/log/index.ts';
import { buildApp } from './build-app.ts';
import {
  type BackupsFolder,
  type OpenFolder,
  type OperationRequest,
  type OperationResult,
  type Restored,
  restore,
  verifyBackup,
  type Work,
} from './operations/index.ts';

/** What the command line does with a folder that no server serves: whoever may read the folder may do it. */
const log = createLog({ level: 'warn' });
const open: OpenFolder = (data, where = {}) => buildApp({ ...where, data, auth: 'on', clock, log, address: () => '' });

export function restoreFolder(job: { from: string; data: string } & Work): Promise<Restored> {
  return restore({ ...job, open, clock, log });
}

export function verifyFolder(job: { from: string; scratch?: string } & Work): Promise<Restored> {
  return verifyBackup({ ...job, open, clock, log });
}

/** Runs one operation on a data folder, under its lock. */
export async function keepFolder(
  job: { data: string; backups: BackupsFolder | null; request: OperationRequest } & Work,
): Promise<OperationResult> {
  const { data, backups, request, ...work } = job;
  if (!existsSync(join(data, 'slipway.db'))) throw failure('not_found', { what: 'data folder', name: data });
  const lock = lockFolder(data);
  try {
    const app = await buildApp({ data, backups, auth: 'on', clock, log, address: () => '' });
    try {
      return await app.operations.run(systemCaller('command line'), request, work);
    } finally {
      await app.close();
    }
  } finally {
    lock.release();
  }
}
