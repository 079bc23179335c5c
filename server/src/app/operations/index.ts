import { z } from 'zod';
import { type Caller, systemCaller } from '../../kernel/caller.ts';
import { failure } from '../../kernel/error.ts';
import { newId } from '../../kernel/ids.ts';
import type { Handle } from '../../platform/database/index.ts';
import type { JobDefinition, Jobs } from '../../platform/jobs/index.ts';
import { backup } from './backup.ts';
import { type BackupsFolder, keptBackups } from './backups-folder.ts';
import { assertClock, collectGarbage } from './collect-garbage.ts';
import { examine, type Surroundings } from './doctor.ts';
import { type OperationRecord, type OperationRequest, type OperationResult, operationShape, waiting } from './operation.ts';
import type { OpenFolder, Rooms, Work } from './rooms.ts';
import { type BackupsState, backupsState } from './schedule.ts';
import { type Usage, usageOf } from './usage.ts';

export type { BackupsFolder } from './backups-folder.ts';
export type { OperationRecord, OperationRequest, OperationResult } from './operation.ts';
export { type Restore, type Restored, restore, verifyBackup } from './restore.ts';
export type { OpenFolder, Progress, Rooms, Work } from './rooms.ts';

export interface OperationsDeps extends Rooms {
  readonly jobs: Jobs;
  /** The data folder. */
  readonly data: string;
  /** Where backups go; null where nobody named a folder. */
  readonly backups: BackupsFolder | null;
  readonly open: OpenFolder;
}

/** The backups that are kept, newest first, and how that stands. */
export interface Backups extends BackupsState, BackupsFolder {
  readonly items: readonly { readonly name: string; readonly created_at_ms: number; readonly files: number; readonly bytes: number }[];
  /** Complete once, and changed since: they cannot be restored. */
  readonly unreadable: readonly string[];
}

/** The upkeep of an installation. One operation runs at a time: a sweep beside a backup would take what the backup still has to copy. */
export interface Operations {
  /** As a job of the server; `get` tells how far it is. Refuses at once what could not begin. */
  start(caller: Caller, request: OperationRequest): Promise<{ id: string }>;
  /** In this process, for the command line while no server holds the folder. */
  run(caller: Caller, request: OperationRequest, work: Work): Promise<OperationResult>;
  get(caller: Caller, id: string): OperationRecord;
  list(caller: Caller): OperationRecord[];
  usage(caller: Caller): Promise<Usage>;
  /** Null where no folder was named for backups. */
  backups(caller: Caller): Promise<Backups | null>;
  /** Puts a backup on the queue if one is due. */
  backUpIfDue(): Promise<void>;
  /** What an operator should know although the server can work, as of the last look; null when there is nothing. Names no path. */
  note(): string | null;
}

const recordsLimit = 100;
const limit_ms = 12 * 3_600_000;
const payloadShape = z.object({ id: z.string(), request: operationShape });
const system = systemCaller('backups');

export function createOperations(deps: OperationsDeps): Operations {
  const { database, jobs, clock, events } = deps;
  const since_ms = clock.now();
  const records = new Map<string, OperationRecord>();
  let problem: string | null = null;
  const set = (id: string, change: Partial<OperationRecord>, fresh?: OperationRecord): void => {
    const old = records.get(id) ?? fresh;
    if (old) records.set(id, { ...old, ...change } as OperationRecord);
    for (const [oldest] of [...records].slice(0, Math.max(0, records.size - recordsLimit))) records.delete(oldest);
  };
  const job: JobDefinition<z.infer<typeof payloadShape>> = {
    name: 'operations.run',
    payload: payloadShape,
    attempts: 1,
    timeout_ms: limit_ms,
    lane: () => 'operations',
    async handle({ id, request }, { caller, signal }) {
      // Absent after a restart: the job is run again, and is known again.
      set(id, { state: 'running' }, waiting(id, request.kind, clock.now()));
      const progress = (doing: string, done: number, of: number | null): void => set(id, { progress: { doing, done, of } });
      const look = async (): Promise<void> => {
        if (request.kind === 'backup') problem = (await stateOf())?.problem ?? null;
      };
      try {
        const around = { served: true, backups: await stateOf() };
        const { result } = await perform(deps, caller, request, id, { progress, signal }, around);
        await look();
        set(id, { state: 'done', result, ended_at_ms: clock.now() } as Partial<OperationRecord>);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        // Cut short by a stop it begins again at the next start: nothing failed.
        if (request.kind === 'backup' && !isStop(signal)) await tellFailure(deps, caller, id, why);
        await look();
        set(id, { state: 'failed', error: why, ended_at_ms: clock.now() });
        throw error;
      }
    },
  };
  jobs.define([job]);
  const enqueue = (tx: Handle, id: string, request: OperationRequest, person: string | null) =>
    jobs.enqueue(tx, { name: job.name, project_id: null, payload: { id, request }, person });

  async function stateOf(): Promise<Backups | null> {
    if (deps.backups === null) return null;
    const { kept, unreadable } = await keptBackups(deps.backups.folder);
    const [failed] = await events.list({ type: backupFailed, order: 'newest', limit: 1 });
    const last = failed ? { at_ms: failed.at_ms, why: failed.note ?? '' } : null;
    const items = kept.map(({ name, manifest: { created_at_ms, database: rows, blobs } }) => ({
      name,
      created_at_ms,
      files: blobs.blobs,
      bytes: rows.bytes + blobs.bytes,
    }));
    return { ...deps.backups, ...backupsState(deps.backups, kept, last, clock.now(), since_ms), items, unreadable };
  }

  return {
    async start(caller, request) {
      assertServerAdmin(caller);
      if (request.kind === 'backup') assertBackups(deps);
      if (request.kind === 'gc') await assertClock(deps);
      const id = newId('opr');
      set(id, {}, waiting(id, request.kind, clock.now()));
      await database.write((tx) => enqueue(tx, id, request, caller.person));
      return { id };
    },
    async run(caller, request, work) {
      assertServerAdmin(caller);
      return perform(deps, caller, request, newId('opr'), work, { served: false, backups: await stateOf() });
    },
    get(caller, id) {
      assertServerAdmin(caller);
      const found = records.get(id);
      if (!found) throw failure('not_found', { what: 'operation', name: id });
      return found;
    },
    list(caller) {
      assertServerAdmin(caller);
      return [...records.values()].reverse();
    },
    async usage(caller) {
      assertServerAdmin(caller);
      return usageOf(deps, deps.data);
    },
    async backups(caller) {
      assertServerAdmin(caller);
      return stateOf();
    },
    async backUpIfDue() {
      const state = await stateOf();
      problem = state?.problem ?? null;
      const isUnderWay = [...records.values()].some(({ kind, ended_at_ms }) => kind === 'backup' && ended_at_ms === null);
      if (state === null || isUnderWay || state.next_at_ms > clock.now()) return;
      const id = newId('opr');
      set(id, {}, waiting(id, 'backup', clock.now()));
      await database.write((tx) => enqueue(tx, id, { kind: 'backup' }, system.person));
    },
    note: () => (problem === null ? null : 'there is no recent backup; `slipway doctor` says why'),
  };
}

const backupFailed = 'backup.failed';

/** The event is what people see; that it could not be written either is in the log, with the failure itself. */
async function tellFailure({ database, events, log }: OperationsDeps, caller: Caller, id: string, why: string): Promise<void> {
  const news = { project_id: null, type: backupFailed, subject: `backup ${id}`, note: why };
  await database
    .write((tx) => events.emit(tx, caller, news))
    .catch((error: unknown) => log.error('the failure of a backup could not be written down', { err: error, backup: id }));
}

function isStop(signal: AbortSignal): boolean {
  return signal.aborted && !(signal.reason instanceof Error && signal.reason.message === 'timeout');
}

function assertBackups({ backups }: OperationsDeps): BackupsFolder {
  if (backups === null) throw failure('backups_not_configured', {});
  return backups;
}

async function perform(
  deps: OperationsDeps,
  caller: Caller,
  request: OperationRequest,
  id: string,
  work: Work,
  around: Surroundings,
): Promise<OperationResult> {
  switch (request.kind) {
    case 'backup': {
      const { data, open } = deps;
      return { kind: 'backup', result: await backup(deps, caller, { data, open, to: assertBackups(deps), operation: id, ...work }) };
    }
    case 'gc':
      return { kind: 'gc', result: await collectGarbage(deps, caller, { apply: request.apply, ...work }) };
    case 'doctor':
      return { kind: 'doctor', result: await examine(deps, { folder: deps.data, deep: request.deep, scope: around, ...work }) };
  }
}

function assertServerAdmin(caller: Caller): void {
  if (!caller.serverAdmin) throw failure('server_admin_only', { caller: caller.name });
}
