import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  type BigIntStats,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Chance as an argument: a cycle that fails repeats from its seed, as far as the kill's moment allows. */
export type Chance = () => number;

/** A disk whose power can fail: the folder a program works on, and the shadow of what of it would survive. */
export interface PowerDisk {
  readonly root: string;
  readonly shadow: string;
  readonly library: string;
  /** Whether unlink, rename and the names of synced files are durable at once, as a journalling file system orders them. */
  readonly ordered: boolean;
}

export function newDisk(library: string, ordered: boolean): PowerDisk {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-power-'));
  const disk = { root: join(folder, 'root'), shadow: join(folder, 'shadow'), library, ordered };
  mkdirSync(disk.root);
  return disk;
}

export function discard(disk: PowerDisk): void {
  rmSync(join(disk.root, '..'), { recursive: true, force: true });
}

export function environmentOf(disk: PowerDisk): NodeJS.ProcessEnv {
  const { library, root, shadow, ordered } = disk;
  return { ...process.env, LD_PRELOAD: library, POWER_ROOT: root, POWER_SHADOW: shadow, ...(ordered ? { POWER_ORDERED: '1' } : {}) };
}

/** Begins a shadow in which all that the root holds now is durable. Due before each program that power will be cut from. */
export function syncAll({ root, shadow }: PowerDisk): void {
  rmSync(shadow, { recursive: true, force: true });
  for (const name of ['', 'c', 'd']) mkdirSync(join(shadow, name));
  let id = 0;
  const keep = (folder: string, key: string) => {
    const lines: string[] = [];
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      const stat = lstatSync(path, { bigint: true });
      if (stat.isDirectory()) {
        lines.push(`d 0 ${name}\n`);
        keep(path, key === rootKey ? name : `${key}%${name}`);
      } else {
        id++;
        copyFileSync(path, join(shadow, 'c', String(id)));
        appendFileSync(join(shadow, 'ids'), `${keyOf(stat)} ${id}\n`);
        lines.push(`f ${id} ${name}\n`);
      }
    }
    writeFileSync(join(shadow, 'd', key), lines.join(''));
  };
  keep(root, rootKey);
}

/** The root's own list has no path to be named after. */
const rootKey = '%root';

/** Tells a file from an earlier one whose inode it was given. */
const keyOf = (stat: BigIntStats): string => `${stat.ino} ${stat.birthtimeNs}`;

interface Entry {
  readonly name: string;
  readonly folder: boolean;
  readonly id: string;
}

/**
 * The power fails: the root becomes what the disk held. With `mixed`, whatever was not synced is kept or lost by chance,
 * block by block and name by name, as a disk that writes back in any order would; without, all of it is lost.
 */
export function failPower(disk: PowerDisk, mixed: boolean, chance: Chance): void {
  const { root, shadow, ordered } = disk;
  const ids = new Map<string, string>();
  for (const line of readFileSync(join(shadow, 'ids'), { encoding: 'utf8', flag: 'a+' }).split('\n')) {
    const [inode, birth, id] = line.split(' ');
    if (id) ids.set(`${inode} ${birth}`, id);
  }
  const live = join(root, '..', 'live');
  execFileSync('mv', [root, live]);
  const alive = livePaths(live, ids);
  const restore = (key: string, from: string, to: string) => {
    mkdirSync(to, { mode: 0o700 });
    const names = chosenNames(durableList(shadow, key), liveList(from, ids), mixed && !ordered, chance);
    for (const { name, folder, id } of names) {
      if (folder) restore(key === rootKey ? name : `${key}%${name}`, join(from, name), join(to, name));
      else if (!name.endsWith('-shm'))
        writeFileSync(join(to, name), contentOf(shadow, id, mixed ? alive.get(id) : undefined, chance), { mode: 0o600 });
    }
  };
  restore(rootKey, live, root);
  rmSync(live, { recursive: true, force: true });
}

function durableList(shadow: string, key: string): Entry[] {
  const path = join(shadow, 'd', key);
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => {
    const [kind = '', id = '', ...name] = line.split(' ');
    return { folder: kind === 'd', id, name: name.join(' ') };
  });
}

function liveList(folder: string, ids: ReadonlyMap<string, string>): Entry[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((name) => {
    const stat = lstatSync(join(folder, name), { bigint: true });
    return { name, folder: stat.isDirectory(), id: ids.get(keyOf(stat)) ?? 'unknown' };
  });
}

/** Names that both lists hold alike are certain; for the others the disk decides. */
function chosenNames(durable: readonly Entry[], live: readonly Entry[], mixed: boolean, chance: Chance): Entry[] {
  if (!mixed) return [...durable];
  const choice = new Map<string, Entry>();
  for (const entry of durable) {
    const same = live.some(({ name, id }) => name === entry.name && id === entry.id);
    if (same || live.some(({ name }) => name === entry.name) || chance() < 0.5) choice.set(entry.name, entry);
  }
  for (const entry of live)
    if (!durable.some(({ name, id }) => name === entry.name && id === entry.id) && chance() < 0.5) choice.set(entry.name, entry);
  return [...choice.values()];
}

function livePaths(folder: string, ids: ReadonlyMap<string, string>, into = new Map<string, string>()): Map<string, string> {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const stat = lstatSync(path, { bigint: true });
    const id = ids.get(keyOf(stat));
    if (stat.isDirectory()) livePaths(path, ids, into);
    else if (id !== undefined) into.set(id, path);
  }
  return into;
}

const block_bytes = 4096;

function contentOf(shadow: string, id: string, alive: string | undefined, chance: Chance): Buffer {
  const kept = join(shadow, 'c', id);
  const durable = existsSync(kept) ? readFileSync(kept) : Buffer.alloc(0);
  if (alive === undefined) return durable;
  const written = readFileSync(alive);
  if (written.equals(durable)) return durable;
  const content = Buffer.alloc(chance() < 0.5 ? durable.byteLength : written.byteLength);
  for (let at = 0; at < content.byteLength; at += block_bytes) {
    content.set((chance() < 0.5 ? durable : written).subarray(at, at + block_bytes).subarray(0, content.byteLength - at), at);
  }
  return content;
}
