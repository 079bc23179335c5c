import { type ProcessRow, processTable, proportional_bytes } from './process-table.ts';

export interface GroupSample {
  readonly processes: number;
  readonly bytes: number;
  /** Since each of them started: only differences tell what a span of time took. */
  readonly cpu_ms: number;
}

/** A child and all it started: its process group, its session, and descendants seen before they left both. */
export interface ProcessGroup {
  /** `limit_bytes`: when the resident sum is over it, the proportional sum is read, which counts shared pages once. */
  sample(limit_bytes: number): Promise<GroupSample>;
  signal(name: 'SIGTERM' | 'SIGKILL'): void;
  /** Ends what is left: SIGTERM, then SIGKILL after `grace_ms`. Resolves when nothing is left, or one second after SIGKILL. */
  end(grace_ms: number): Promise<void>;
}

/** `leader` is the id of a child that was started `detached`, which makes it the leader of a group of its own. */
export function createProcessGroup(leader: number): ProcessGroup {
  let known = new Map<number, number>();

  /** Null where the table cannot be read. */
  async function members(age_ms: number): Promise<readonly ProcessRow[] | null> {
    const rows = await processTable(age_ms);
    if (rows === null) return null;
    const alive = rows.filter((row) => !row.zombie && belongs(row));
    known = new Map(alive.map((row) => [row.pid, row.started]));
    return alive;
  }

  function belongs(row: ProcessRow): boolean {
    return row.group === leader || row.session === leader || known.get(row.pid) === row.started || known.has(row.parent);
  }

  function signal(name: 'SIGTERM' | 'SIGKILL'): void {
    send(-leader, name);
    for (const pid of known.keys()) send(pid, name);
  }

  async function goneWithin(limit_ms: number): Promise<boolean> {
    const until = performance.now() + limit_ms;
    for (;;) {
      const found = await members(0);
      const left = found === null ? send(-leader, 0) : found.length > 0;
      if (!left) return true;
      if (performance.now() >= until) return false;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  return {
    async sample(limit_bytes) {
      const rows = (await members(100)) ?? [];
      const rss_bytes = rows.reduce((sum, row) => sum + row.rss_bytes, 0);
      return {
        processes: rows.length,
        cpu_ms: rows.reduce((sum, row) => sum + row.cpu_ms, 0),
        bytes: rss_bytes > limit_bytes ? proportional_bytes(rows.map((row) => row.pid)) : rss_bytes,
      };
    },
    signal,
    async end(grace_ms) {
      if (await goneWithin(0)) return;
      signal('SIGTERM');
      if (await goneWithin(grace_ms)) return;
      signal('SIGKILL');
      await goneWithin(1_000);
    },
  };
}

/** False when there is nobody to send it to. */
function send(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
