import { z } from 'zod';
import type { BackupResult } from './backup.ts';
import type { Collected } from './collect-garbage.ts';
import type { Diagnosis } from './doctor.ts';

/** What may be asked for. */
export const operationShape = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('backup') }),
  z.object({ kind: z.literal('gc'), apply: z.boolean() }),
  z.object({ kind: z.literal('doctor'), deep: z.boolean() }),
]);

export type OperationRequest = z.infer<typeof operationShape>;

interface Results {
  readonly backup: BackupResult;
  readonly gc: Collected;
  readonly doctor: Diagnosis;
}

export type OperationResult = { [Kind in keyof Results]: { readonly kind: Kind; readonly result: Results[Kind] } }[keyof Results];

/** One operation as it is now. Kept in memory: how one ended is also an event. */
export type OperationRecord = {
  [Kind in keyof Results]: {
    readonly id: string;
    readonly kind: Kind;
    readonly state: 'waiting' | 'running' | 'done' | 'failed';
    readonly progress: { readonly doing: string; readonly done: number; readonly of: number | null };
    readonly result: Results[Kind] | null;
    readonly error: string | null;
    readonly started_at_ms: number;
    readonly ended_at_ms: number | null;
  };
}[keyof Results];

export function waiting(id: string, kind: OperationRequest['kind'], now_ms: number): OperationRecord {
  return {
    id,
    kind,
    state: 'waiting',
    progress: { doing: 'waiting', done: 0, of: null },
    result: null,
    error: null,
    started_at_ms: now_ms,
    ended_at_ms: null,
  };
}
