import type { SqlValue } from './connection.ts';

/** What the HTTP thread and a SQL thread say to each other. */

export interface SqlThreadData {
  readonly file: string;
  readonly mode: 'read' | 'write';
}

export type SqlRequest =
  | { readonly id: number; readonly kind: 'run'; readonly sql: string; readonly params: readonly SqlValue[] }
  /** One statement over many rows: `values` holds the rows one after the other, `arity` values each. */
  | { readonly id: number; readonly kind: 'many'; readonly sql: string; readonly values: readonly SqlValue[]; readonly arity: number }
  | { readonly id: number; readonly kind: 'exec'; readonly sql: string }
  | { readonly id: number; readonly kind: 'backup'; readonly path: string }
  | { readonly id: number; readonly kind: 'close' };

export type SqlReply =
  | { readonly id: number; readonly ok: true; readonly rows: unknown[]; readonly changes: number }
  /** `inTransaction` tells whether SQLite rolled the whole transaction back by itself, as it does when the disk is full. */
  | { readonly id: number; readonly ok: false; readonly message: string; readonly sqliteCode: number; readonly inTransaction: boolean };
