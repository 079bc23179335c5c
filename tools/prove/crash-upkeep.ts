import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Api, Client } from './crash-api.ts';
import { writtenIsThere } from './crash-check.ts';
import { isDone } from './crash-clients.ts';
import type { Finding, Ledger } from './crash-ledger.ts';

const operationLimit_ms = 60_000;
const gcShare = 0.7;

interface Operation {
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  readonly error: string | null;
}

/** What keeps an installation well, at work beside those who write: the sweep of files that nothing names, and backups. */
export interface Upkeep {
  /** The folder that `up` was given for backups. */
  readonly folder: string;
  /** Acknowledged; most are cut by the kill. */
  sweeps: number;
  backups: number;
  /** One backup at a time: those that were complete before it, and what was acknowledged before it began. */
  open: { readonly earlier: ReadonlySet<string>; readonly before: Ledger } | null;
}

export function newUpkeep(folder: string): Upkeep {
  return { folder, sweeps: 0, backups: 0, open: null };
}

/** What `up` is told, so that none is made but those that are asked for. */
export function backupWords({ folder }: Pick<Upkeep, 'folder'>): string[] {
  return ['--backups', folder, '--backup-every', '8784', '--backup-keep', '2'];
}

/** The names of the backups that are complete, oldest first. */
export function completeBackups(folder: string): string[] {
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  return names.filter((name) => existsSync(join(folder, name, 'complete')));
}

/** Leaves files that nothing names, has such files swept, and has backups made, until the server is gone. */
export async function keep(upkeep: Upkeep, { api, ledger, chance, gone }: Client): Promise<void> {
  for (let n = 0; !gone.aborted; n++) {
    await sleep(chance() * 300);
    const litter = createHash('sha512').update(`${ledger.acknowledged} ${n} ${chance()}`).digest();
    await api.send('PUT', '/projects/default/blobs', chance() < 0.5 ? litter : Buffer.alloc(70_000, litter));
    if (chance() < gcShare || upkeep.open !== null) await sweep(upkeep, api);
    else await startBackup(upkeep, api, ledger);
  }
}

/** Waits for its end only for a moment. */
async function sweep(upkeep: Upkeep, api: Api): Promise<void> {
  const started = await api.send<{ id: string }>('POST', '/operations/gc', { apply: true });
  if (!isDone(started)) return;
  upkeep.sweeps++;
  await operationEnd(api, started.body.id, 500);
}

async function startBackup(upkeep: Upkeep, api: Api, ledger: Ledger): Promise<void> {
  const earlier = new Set(completeBackups(upkeep.folder));
  const before = structuredClone(ledger);
  const started = await api.send('POST', '/operations/backup');
  // One that got no answer is begun or not; then it is not counted on.
  if (!isDone(started)) return;
  upkeep.backups++;
  upkeep.open = { earlier, before };
}

export async function operationEnd(api: Api, id: string, limit_ms: number): Promise<Operation | null> {
  const until = performance.now() + limit_ms;
  while (performance.now() < until) {
    const answer = await api.get<Operation>(`/operations/${id}`).catch(() => null);
    if (answer === null || answer.status !== 200) return null;
    if (answer.body.state === 'done' || answer.body.state === 'failed') return answer.body;
    await sleep(25);
  }
  return null;
}

/** The backup that was acknowledged last goes on to its end, however often it was killed; null when none was. */
export async function finishedBackup(upkeep: Upkeep): Promise<{ folder: string; before: Ledger } | string | null> {
  const { open } = upkeep;
  if (open === null) return null;
  const until = performance.now() + operationLimit_ms;
  while (performance.now() < until) {
    const name = newBackup(upkeep);
    if (name !== undefined) return { folder: join(upkeep.folder, name), before: open.before };
    await sleep(50);
  }
  return 'a backup that was acknowledged did not go on to its end';
}

/** Between two lives: a backup that is complete makes room for the next one. */
export function forgetComplete(upkeep: Upkeep): void {
  if (newBackup(upkeep) !== undefined) upkeep.open = null;
}

function newBackup({ folder, open }: Upkeep): string | undefined {
  return completeBackups(folder).find((name) => open?.earlier.has(name) === false);
}

/** Sweeps once more, when nobody writes. Answers how many files all sweeps removed that came to their end. */
export async function lastSweep(api: Api): Promise<{ swept: number; wrong: string[] }> {
  const started = await api.send<{ id: string }>('POST', '/operations/gc', { apply: true });
  const ended = isDone(started) ? await operationEnd(api, started.body.id, operationLimit_ms) : null;
  const wrong = ended?.state === 'done' ? [] : [`the last sweep: ${ended?.error ?? 'no answer'}`];
  const { body } = await api.get<{ events: { after: { blobs: number } }[] }>('/events?type=garbage.collected&limit=500');
  return { swept: body.events.reduce((sum, { after }) => sum + after.blobs, 0), wrong };
}

/** Looks into what was brought back for all that was acknowledged before the backup began. */
export function restoredHas(api: Api, before: Ledger): Promise<Finding> {
  return writtenIsThere(api, before, () => true);
}
