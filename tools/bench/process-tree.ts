import { readdirSync, readFileSync } from 'node:fs';

/** Pids of some processes and all below them. Linux only: it reads /proc. */
export function processTree(...roots: readonly number[]): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const fields = statOf(Number(name));
    if (fields === null) continue;
    const parent = Number(fields[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const tree: number[] = [];
  const waiting = [...roots];
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
    tree.push(pid);
    waiting.push(...(children.get(pid) ?? []));
  }
  return tree;
}

/** The fields of /proc/<pid>/stat after the command's name, which may hold spaces: state is 0, parent 1 (proc_pid_stat(5)). */
function statOf(pid: number): string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

export interface TreeMemory {
  /** PSS of the tree: a page that several processes share counts in equal parts, whoever they are. */
  readonly pss_MB: number;
  /** The same with each file's pages counted once and whole: what the tree takes when nothing else on the machine maps those files. */
  readonly alone_MB: number;
}

/**
 * Memory of a tree in MB of 10^6 bytes. Two figures, because PSS alone flatters: whoever measures from Node shares the pages of
 * the same Node binary (some 40 MB), and PSS then gives the tree only its part of them.
 */
export function memoryOf(...roots: readonly number[]): TreeMemory {
  let pss_kB = 0;
  let anonymous_kB = 0;
  const files_kB = new Map<string, number>();
  for (const { file, rss_kB, own_kB } of processTree(...roots).flatMap(mappingsOf)) {
    pss_kB += own_kB;
    if (file === '') anonymous_kB += own_kB;
    else files_kB.set(file, Math.max(files_kB.get(file) ?? 0, rss_kB));
  }
  const alone_kB = [...files_kB.values()].reduce((sum, kB) => sum + kB, anonymous_kB);
  return { pss_MB: (pss_kB * 1024) / 1e6, alone_MB: (alone_kB * 1024) / 1e6 };
}

interface Mapping {
  /** Inode and offset; empty where no file is behind it. */
  readonly file: string;
  readonly rss_kB: number;
  readonly own_kB: number;
}

/** The mappings of a process from /proc/<pid>/smaps (proc_pid_smaps(5)); none when it has ended. */
function mappingsOf(pid: number): Mapping[] {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/smaps`, 'utf8');
  } catch {
    return [];
  }
  return text.split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m).map((part) => {
    const [, offset = '', inode = '0'] = /^\S+ \S+ (\S+) \S+ (\d+)/.exec(part) ?? [];
    const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(part)?.[1] ?? 0);
    // A private copy of a file's page is as good as anonymous, but it is part of Rss, so the file's figure has it.
    return { file: inode === '0' ? '' : `${inode}+${offset}`, rss_kB: field('Rss'), own_kB: field('Pss') };
  });
}

/** Linux counts CPU time in ticks of 10 ms on every machine we support (USER_HZ = 100). */
const tick_ms = 10;

/** CPU time of some trees since each of their processes began, user and system. */
export function cpuOf_ms(...roots: readonly number[]): number {
  return processTree(...roots)
    .map(statOf)
    .reduce((sum, fields) => sum + (fields === null ? 0 : (Number(fields[11]) + Number(fields[12])) * tick_ms), 0);
}
