import type { ManyValues, SqlValue } from './connection.ts';

/** What the HTTP thread and a SQL thread say to each other, as many at a time as there are. */

export interface SqlThreadData {
  readonly file: string;
  readonly mode: 'read' | 'write';
}

/** What a group of writes goes through. Once a step or a statement of it ended its transaction, the rest of it is refused, unexecuted. */
export const steps = {
  begin: ['BEGIN IMMEDIATE'],
  save: ['SAVEPOINT one'],
  keep: ['RELEASE one'],
  undo: ['ROLLBACK TO one', 'RELEASE one'],
  commit: ['COMMIT'],
  rollback: ['ROLLBACK'],
} as const;

export type Step = keyof typeof steps;

/** The id of a request that nobody waits for: it is not answered, and if it is refused its whole group is, the COMMIT included. */
export const unanswered = 0;

/** What comes after the id. Lists and not objects, whose names would be written and looked up again with each message. */
export type SqlAsk =
  | readonly [kind: 'run', sql: string, params: readonly SqlValue[]]
  /** One statement over many rows: `values` holds the rows one after the other, `arity` values each. */
  | readonly [kind: 'many', sql: string, values: ManyValues, arity: number]
  | readonly [kind: 'step', step: Step]
  | readonly [kind: 'exec', sql: string]
  | readonly [kind: 'backup', path: string]
  | readonly [kind: 'close'];

export type SqlRequest = readonly [id: number, ask: SqlAsk];

/** Rows end to end: a copy of many small objects, each with its names, costs three times as much. */
export type Done = readonly [changes: number, columns: readonly string[], values: unknown[]] | readonly [changes: number];

/** `inTransaction` tells whether SQLite rolled the whole transaction back by itself, as it does when the disk is full. */
export interface Refusal {
  readonly message: string;
  readonly sqliteCode: number;
  readonly inTransaction: boolean;
}

export type SqlReply = readonly [id: number, done: Done, refused?: undefined] | readonly [id: number, done: null, refused: Refusal];
