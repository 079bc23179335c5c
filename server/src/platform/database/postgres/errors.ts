import pg from 'pg';
import { failure, SlipwayError } from '../../../kernel/error.ts';
import type { GroupEnd } from '../connection.ts';
import { SqlError } from '../sql-error.ts';
import type { Address } from './address.ts';

/** A statement that Postgres refused (`state` is its five characters), or that was under way when the connection was lost (no state). */
export class PostgresError extends SqlError {
  readonly state: string | null;
  /** The connection is gone. */
  readonly isLost: boolean;

  constructor(message: string, state: string | null, isLost: boolean, cause?: unknown) {
    super(message, state === uniqueViolation, cause);
    this.state = state;
    this.isLost = isLost;
  }
}

/** The connection went while a COMMIT was under way, and nobody could be asked how it ended. */
export class OutcomeUnknown extends Error {}

const uniqueViolation = '23505';
const diskFull = '53100';
const readOnly = '25006';
const lockTimeout = '55P03';
/** Wrong password, unknown user, not let in by pg_hba.conf; the database is not there. */
const signIn: readonly string[] = ['28P01', '28000', '3D000'];
/** No resources, operator intervention, system error, internal error, a transaction that must be repeated. */
const groupClasses: readonly string[] = ['53', '57', '58', 'XX', '40'];
/** A statement that took too long was cancelled: its own fault. */
const cancelled = '57014';
/** Another process changed the tables: statements that were prepared before do not fit any more. */
const stalePlan = '0A000';

/** Errors of the driver as ours; what our own code threw while a statement was written or read goes as it is. */
export function postgresError(error: unknown): unknown {
  if (error instanceof SqlError || error instanceof SlipwayError || error instanceof RangeError || error instanceof TypeError) return error;
  if (error instanceof pg.DatabaseError) {
    const isLost = error.severity === 'FATAL' || error.severity === 'PANIC';
    return new PostgresError(error.message, error.code ?? null, isLost, error);
  }
  return new PostgresError(reasonOf(error), null, true, error);
}

function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return reasonOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}

/** A prepared statement may be stale, or the session in a state that nobody knows: the connection is given up. */
export function spoilsConnection(error: unknown): boolean {
  return error instanceof PostgresError && (error.isLost || error.state === stalePlan || error.state?.startsWith('XX') === true);
}

export function endsGroup(error: unknown): boolean {
  if (error instanceof OutcomeUnknown) return true;
  if (!(error instanceof PostgresError)) return false;
  if (error.isLost) return true;
  const state = error.state ?? '';
  if (state === cancelled) return false;
  return [readOnly, lockTimeout, stalePlan].includes(state) || groupClasses.includes(state.slice(0, 2));
}

/** What all writes of a group are told. Nothing ends the process: the next group connects anew. */
export function groupEnd(error: unknown, address: Address): GroupEnd {
  return { why: whyOf(error, address), dead: false };
}

export function whyOf(error: unknown, { server, database }: Address): SlipwayError {
  if (error instanceof SlipwayError) return error;
  if (error instanceof OutcomeUnknown) return failure('outcome_unknown', {}, {}, error);
  if (!(error instanceof PostgresError)) return failure('storage_failed', {}, {}, error);
  const state = error.state ?? '';
  if (state === diskFull) return failure('storage_full', {}, {}, error);
  if (signIn.includes(state)) return failure('database_signs_out', { server, database, reason: error.message }, {}, error);
  if (state === lockTimeout) return failure('busy', { what: 'The database', reason: 'another server process holds it' }, {}, error);
  if (state === readOnly) return unreachable('it only reads');
  if (error.isLost || groupClasses.includes(state.slice(0, 2)) || state === stalePlan) return unreachable(error.message);
  return failure('storage_failed', {}, {}, error);

  function unreachable(reason: string): SlipwayError {
    return failure('database_unreachable', { server, database, reason }, {}, error);
  }
}
