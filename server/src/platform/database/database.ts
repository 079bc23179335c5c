import type { Clock } from '../../kernel/clock.ts';
import type { SlipwayError } from '../../kernel/error.ts';
import type { Handle } from './handle.ts';
import type { Migration } from './migration.ts';
import type { DatabaseProfile } from './profiles.ts';

export interface Database {
  readonly profile: DatabaseProfile;
  /** Sees what is committed. Statements run on a thread or a connection of their own. */
  readonly read: Handle;
  /**
   * Runs `work` as one atomic, durable change; resolves after it is on disk. All writes of the process share one commit,
   * so `work` awaits nothing but statements of its own `tx`. It may run only once per call: an error undoes it alone.
   */
  write<T>(work: (tx: Handle) => Promise<T>): Promise<T>;
  /**
   * One insert with `?` placeholders over many rows, in one hop: `values` holds the rows end to end, `arity` values each. The quickest is
   * an array of doubles, which is given away by that.
   */
  many(tx: Handle, sql: string, values: readonly unknown[] | Float64Array, arity: number): Promise<number>;
  /**
   * The same, in its order and not waited for. A write whose statements are all sent goes to the database in one message with its COMMIT, and
   * the writes behind it wait for nothing. Only for what cannot be refused by itself: a row under a key that this write knows to be free, an
   * upsert, an update by key (of one row). A refusal is then a fault of ours or of the disk, and fails all writes of the commit.
   */
  send(tx: Handle, sql: string, values: readonly unknown[] | Float64Array, arity: number): void;
  /** Calls `listener` after another process committed, or may have; never where the profile is not `shared`. Returns the way to stop. */
  onForeignCommit(listener: () => void): () => void;
  /** Why it cannot be used now, or null: a failed write, a thread that died, a server that cannot be reached. */
  readonly failed: SlipwayError | null;
  readonly queuedWrites: number;
  /** How many times a write, or a whole group, was taken back. */
  readonly undone: number;
  /** Where the rows are, if not in the data folder: for people, without a password. */
  readonly place: string | null;
  /** Makes a SQLite file in that folder of what is committed now, while others go on writing. */
  copyInto(folder: string): Promise<void>;
  /** Reads what takes seconds, beside the reader that all requests share. */
  aside<T>(use: (read: Handle) => Promise<T>): Promise<T>;
  /** What is wrong with the stored rows, at most `limit` lines. Reads all of them. */
  problems(limit: number): Promise<string[]>;
  /** What the rows take outside of the data folder; 0 if they are in it. */
  bytesElsewhere(): Promise<number>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** Made when missing, mode 0700. */
  readonly folder: string;
  /** `postgres://…`; without it a SQLite file in the folder. */
  readonly url?: string | undefined;
  readonly migrations: readonly Migration[];
  readonly clock: Clock;
}
