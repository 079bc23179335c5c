import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the player leaves in a data folder: the only folders that it ever empties have this. All else is asked of the server. */
interface Note {
  readonly shuffle: boolean;
  readonly finished: boolean;
}

const noteFile = 'demo.json';
const answerLimit_ms = 2_000;

/** What a start finds: nothing, a year that was begun and goes on, or what makes room for a new one. */
export type Found = 'nothing' | 'begun' | 'over';

/** Makes the data folder fit to start on. */
export async function openDataFolder(data: string, shuffle: boolean): Promise<Found> {
  const note = readNote(data);
  const isUsed = existsSync(data) && readdirSync(data).length > 0;
  if (isUsed && note === null) throw new Error(`${data} holds something that is not of this demo; name another folder with --data`);
  await assertNotServed(data);
  const goesOn = note !== null && !note.finished && !note.shuffle && !shuffle;
  if (!goesOn) rmSync(data, { recursive: true, force: true });
  mkdirSync(data, { recursive: true, mode: 0o700 });
  writeNote(data, { shuffle, finished: false });
  return note === null ? 'nothing' : goesOn ? 'begun' : 'over';
}

export function markFinished(data: string, shuffle: boolean): void {
  writeNote(data, { shuffle, finished: true });
}

/** A server notes its address in its folder while it runs; a folder is not emptied under it. One that was killed does not answer. */
async function assertNotServed(data: string): Promise<void> {
  const file = join(data, 'server.json');
  if (!existsSync(file)) return;
  const { address, pid } = JSON.parse(readFileSync(file, 'utf8')) as { address: string; pid: number };
  if (isAlive(pid) && (await answers(address)))
    throw new Error(`process ${pid} still serves ${data} at ${address}; stop it, or name another --data`);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function answers(address: string): Promise<boolean> {
  try {
    await fetch(`${address}/livez`, { signal: AbortSignal.timeout(answerLimit_ms) });
    return true;
  } catch {
    return false;
  }
}

function writeNote(data: string, note: Note): void {
  writeFileSync(join(data, noteFile), `${JSON.stringify(note)}\n`, { mode: 0o600 });
}

function readNote(data: string): Note | null {
  try {
    return JSON.parse(readFileSync(join(data, noteFile), 'utf8')) as Note;
  } catch {
    return null;
  }
}
