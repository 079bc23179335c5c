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

export type SqlRequest =
  | { readonly id: number; readonly kind: 'run'; readonly sql: string; readonly params: readonly SqlValue[] }
  /** One statement over many rows: `values` holds the rows one after the other, `arity` values each. */
  | { readonly id: number; readonly kind: 'many'; readonly sql: string; readonly values: ManyValues; readonly arity: number }
  | { readonly id: number; readonly kind: 'step'; readonly step: Step }
  | { readonly id: number; readonly kind: 'exec'; readonly sql: string }
  | { readonly id: number; readonly kind: 'backup'; readonly path: string }
  | { readonly id: number; readonly kind: 'close' };

/** Rows end to end: a copy of many small objects, each with its names, costs three times as much. */
export interface Done {
  readonly columns: readonly string[];
  readonly values: unknown[];
  readonly changes: number;
}

export type SqlReply =
  | ({ readonly id: number; readonly ok: true } & Done)
  /** `inTransaction` tells whether SQLite rolled the whole transaction back by itself, as it does when the disk is full. */
  | { readonly id: number; readonly ok: false; readonly message: string; readonly sqliteCode: number; readonly inTransaction: boolean };
