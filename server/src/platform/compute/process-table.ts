import { readdirSync, readFileSync } from 'node:fs';

/** One process of this machine, as Linux tells it in `/proc/<pid>/stat` (man 5 proc). */
export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  readonly zombie: boolean;
  /** User and system time of the process and of those of its children that ended and were waited for. */
  readonly cpu_ms: number;
  readonly rss_bytes: number;
  /** Ticks since boot: tells a process from a later one with the same id. */
  readonly started: number;
}

/** USER_HZ is 100 on every Linux that Node runs on. */
const tick_ms = 10;
/** Reading one process takes about 15 us: the event loop gets a turn after so many. */
const slice = 40;
const commonPage_bytes = 4096;
/** AT_PAGESZ */
const pageSizeKey = 6n;

let latest: { at: number; rows: Promise<readonly ProcessRow[] | null> } | undefined;

/** All processes; several watchers share one scan that is at most `age_ms` old. Null where it cannot be read: no `/proc`, or no file descriptor left. */
export function processTable(age_ms: number): Promise<readonly ProcessRow[] | null> {
  const now = performance.now();
  if (!latest || now - latest.at > age_ms) latest = { at: now, rows: scan().catch(() => null) };
  return latest.rows;
}

async function scan(): Promise<readonly ProcessRow[] | null> {
  if (process.platform !== 'linux') return null;
  const rows: ProcessRow[] = [];
  let read = 0;
  for (const name of readdirSync('/proc')) {
    const first = name.charCodeAt(0);
    if (first < 48 || first > 57) continue;
    const text = readProc(`/proc/${name}/stat`);
    if (text) rows.push(parseStat(text));
    if (++read % slice === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return rows;
}

/** The fields of one `stat` line; the second is the program's name in parentheses, which may hold anything. */
export function parseStat(text: string): ProcessRow {
  const close = text.lastIndexOf(')');
  const fields = text.slice(close + 2).split(' ');
  const field = (number: number) => Number(fields[number - 3] ?? 0);
  return {
    pid: Number(text.slice(0, text.indexOf(' '))),
    parent: field(4),
    group: field(5),
    session: field(6),
    zombie: fields[0] === 'Z' || fields[0] === 'X',
    cpu_ms: (field(14) + field(15) + field(16) + field(17)) * tick_ms,
    started: field(22),
    rss_bytes: field(24) * page_bytes(),
  };
}

/** Proportional set size: memory shared by forks is counted once. Costs about 1 ms per 100 MB, so ask only when it matters. */
export function proportional_bytes(pids: readonly number[]): number {
  let sum = 0;
  for (const pid of pids) {
    const found = /^Pss:\s+(\d+) kB/m.exec(readProc(`/proc/${pid}/smaps_rollup`) ?? '');
    sum += Number(found?.[1] ?? 0) * 1024;
  }
  return sum;
}

let page: number | undefined;

/** From the auxiliary vector (man 3 getauxval), pairs of u64: 300 bytes. `/proc/self/smaps` has it too, and takes 30 ms to write. */
function page_bytes(): number {
  page ??= pageOfVector() ?? commonPage_bytes;
  return page;
}

function pageOfVector(): number | undefined {
  let vector: Buffer;
  try {
    vector = readFileSync('/proc/self/auxv');
  } catch {
    return undefined;
  }
  for (let at = 0; at + 16 <= vector.length; at += 16) {
    if (vector.readBigUInt64LE(at) === pageSizeKey) return Number(vector.readBigUInt64LE(at + 8));
  }
  return undefined;
}

/** A process may end between listing and reading: then there is nothing to tell. Without a file descriptor all would look so. */
function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (/^E[MN]FILE$/.test((cause as NodeJS.ErrnoException).code ?? '')) throw cause;
    return undefined;
  }
}
