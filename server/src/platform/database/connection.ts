import type { SlipwayError } from '../../kernel/error.ts';

/** What a statement may carry. Every database here knows these; what else there is becomes one of them in `bound`. */
export type SqlValue = null | number | bigint | string | Uint8Array;

/** Rows end to end. Numbers only may come in an array of doubles, which changes hands without a copy and is empty afterwards. */
export type ManyValues = readonly SqlValue[] | Float64Array;

export interface Answer {
  readonly rows: unknown[];
  /** Rows that a statement without rows of its own changed. */
  readonly changes: number;
}

/** Takes statements, and answers them in the order in which they came. */
export interface Statements {
  run(sql: string, params: readonly SqlValue[]): Promise<Answer>;
}

/** Why a whole group of writes failed. */
export interface GroupEnd {
  readonly why: SlipwayError;
  /** What was stored is unknown and stays so: nothing more is written until a restart. */
  readonly dead: boolean;
}

/** The one connection of a process that writes, as the group commit uses it (decisions 0003 and 0017). */
export interface WriteConnection extends Statements {
  /** A group takes no further write after this long, so that the first of it is answered. */
  readonly groupTime_ms: number;
  /** One statement over many rows: `values` holds them end to end, `arity` values each. Resolves to the rows changed. */
  many(sql: string, values: ManyValues, arity: number): Promise<number>;
  /**
   * One statement over one or many rows, sent in its order and not waited for. Refused, it fails the write at `keep`, or the whole group
   * at `commit`.
   */
  send(sql: string, values: ManyValues, arity: number): void;
  /** More was sent than a group should hold back its answers for. */
  readonly isFull: boolean;
  /** Begins the transaction of a group. May resolve before it has begun; if it cannot, all that follows is refused up to the next one. */
  begin(): Promise<void>;
  /** Begins one write in it. */
  save(): Promise<void>;
  /** Keeps the write that was begun last. Rejects, or refuses the `commit`, if one of its statements ended the group, or one that was sent was refused. */
  keep(): Promise<void>;
  /** Takes the write that was begun last back, alone. */
  undo(): Promise<void>;
  /** Resolves once the group is durable. */
  commit(): Promise<void>;
  rollback(): Promise<void>;
  /** False for an error that is a statement's own, and so undoes one write only. */
  endsGroup(error: unknown): boolean;
  groupEnd(error: unknown): GroupEnd;
}
